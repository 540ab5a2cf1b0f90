/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/packing-private.h"
#include "tensor/product-private.h"

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>

/* Slots of the scratch memory. */
enum
{
  SLOT_A,
  SLOT_B,
  SLOT_B_STRIPS,
  /* packed-pair has the next ones. */
};

/* Where fewer products fit 32 bits, widening their sums costs more than forming twice as many. */
#define SEGMENT_MIN 16

/* Rows that read a strip of columns together, of the saturating kernel. */
#define STRIP_READ_ROWS 8

/* Rows and columns a thread takes at least: whole strips. */
#define GRAIN FXP_STRIP_COLUMNS

/* Codes or products of them: -least_magnitude .. greatest.  0 lies between. */
typedef struct
{
  guint64 least_magnitude, greatest;
} Range;

static Range
get_range (FxpFormat format, FxpPart part)
{
  const gint64 least = fxp_format_get_min_code (format);
  const gint64 greatest = fxp_format_get_max_code (format);

  switch (part)
    {
    case FXP_PART_HIGH:
      return (Range){-(guint64)(least >> 8), (guint64)(greatest >> 8)};
    case FXP_PART_LOW:
      return (Range){0, 255};
    case FXP_PART_WHOLE:
    default:
      return (Range){-(guint64)least, (guint64)greatest};
    }
}

static Range
get_product_range (FxpFormat a_format, FxpFormat b_format, FxpPart part)
{
  const Range a = get_range (a_format, FXP_PART_WHOLE), b = get_range (b_format, part);

  return (Range){
    .least_magnitude = MAX (a.least_magnitude * b.greatest, a.greatest * b.least_magnitude),
    .greatest = MAX (a.least_magnitude * b.least_magnitude, a.greatest * b.greatest),
  };
}

/* As 0 is a code of every format, what holds for @k products holds for every part of them. */
static gboolean
range_fits (const Range *range, gsize k, guint bits)
{
  unsigned __int128 limit = (unsigned __int128)1 << (bits - 1);

  return (unsigned __int128)range->least_magnitude * k <= limit &&
         (unsigned __int128)range->greatest * k < limit;
}

gboolean
fxp_matmul_fits (FxpFormat a, FxpFormat b, gsize k, guint bits)
{
  Range range;

  g_return_val_if_fail (!fxp_format_is_float (a) && !fxp_format_is_float (b), FALSE);
  g_return_val_if_fail (bits >= 1 && bits <= 128, FALSE);

  range = get_product_range (a, b, FXP_PART_WHOLE);
  return range_fits (&range, k, bits);
}

gsize
fxp_matmul_get_limit (FxpFormat a, FxpFormat b, FxpPart part)
{
  Range range;

  g_return_val_if_fail (!fxp_format_is_float (a) && !fxp_format_is_float (b), 0);

  range = get_product_range (a, b, part);
  return (gsize)MIN (((guint64)G_MAXINT32 + 1) / MAX (range.least_magnitude, 1),
                     (guint64)G_MAXINT32 / MAX (range.greatest, 1));
}

/* Signed. */
static gboolean
fits_16_bits (FxpFormat format)
{
  return format.word_bits + (format.is_signed ? 0 : 1) <= 16;
}

static gboolean
fits_8_bits (FxpFormat format)
{
  return format.word_bits + (format.is_signed ? 0 : 1) <= 8;
}

/* What micro-kernels can form exact sums of @k products with; FALSE: they cannot. */
static gboolean
choose_packing (FxpPacking *self, FxpFormat a, FxpFormat b, gsize k, gboolean saturates)
{
  if (!fits_16_bits (a) || b.word_bits > 16)
    return FALSE;
  self->element = FXP_ELEMENT_I16;
  if (fits_8_bits (a) && fits_8_bits (b) && !saturates &&
      fxp_micro_kernels_get ()->sum[FXP_ELEMENT_I8] != NULL)
    self->element = FXP_ELEMENT_I8;
  for (FxpPart part = FXP_PART_WHOLE; part <= FXP_PART_LOW; part++)
    self->limits[part] = fxp_matmul_get_limit (a, b, part);
  self->is_split = !fits_16_bits (b) || self->limits[FXP_PART_WHOLE] < CLAMP (k, 2, SEGMENT_MIN);
  self->is_whole = fits_16_bits (b) && (!self->is_split || saturates);
  return TRUE;
}

/* 32 bits hold every sum of @k products. */
static gboolean
packs_short (const FxpPacking *packing, gsize k)
{
  return !packing->is_split && k <= packing->limits[FXP_PART_WHOLE];
}

gboolean
fxp_matmul_is_short (FxpFormat a, FxpFormat b, gsize k, const FxpSumRegister *sum)
{
  FxpPacking packing;

  return !fxp_format_is_float (a) && !fxp_format_is_float (b) &&
         choose_packing (&packing, a, b, k, FALSE) && packs_short (&packing, k) &&
         (sum->mode == FXP_SUM_EXACT || fxp_matmul_fits (a, b, k, sum->bits));
}

/* How the sums leave, by what the formats prove. */
static FxpProductKind
choose_kind (const FxpProduct *self,
             const FxpPacking *packing,
             const Range *range,
             FxpFormat a,
             FxpFormat b,
             gsize k)
{
  const gboolean fits = range_fits (range, k, self->bits);

  if (self->is_packed && fits && packs_short (packing, k))
    return FXP_PRODUCT_SHORT;
  if (!fxp_operand_holds (FXP_OPERAND_I32, a) || !fxp_operand_holds (FXP_OPERAND_I32, b) ||
      !range_fits (range, k, 64))
    return FXP_PRODUCT_WIDE;
  if (fits)
    return FXP_PRODUCT_FITTING;
  if (self->mode == FXP_SUM_WRAP)
    return FXP_PRODUCT_WRAPPING;
  /* The kernels need room for one product beside a sum at its limit; a register of 64 bits that
   * holds the sums of 64 was found to fit above. */
  return self->is_packed && fits_16_bits (b) && self->bits <= 31 ? FXP_PRODUCT_SATURATING_SHORT
                                                                 : FXP_PRODUCT_SATURATING;
}

/* Panels for the kernels that take them. */
static void
prepare_panels (FxpProduct *self,
                const FxpMatrix *a,
                const FxpMatrix *b,
                gsize m,
                gsize n,
                gsize k,
                FxpScratch *scratch)
{
  const gsize vector_size = self->kernels->vector_size;
  const FxpOperand operand = self->kind == FXP_PRODUCT_WIDE ? FXP_OPERAND_I64 : FXP_OPERAND_I32;

  if (self->kind == FXP_PRODUCT_SATURATING)
    self->b_strips =
      fxp_panel_new_strips (b, k, n, operand, m / STRIP_READ_ROWS, scratch, SLOT_B_STRIPS);
  if (self->kind == FXP_PRODUCT_SATURATING || !self->is_packed)
    self->a = fxp_panel_new (a, FALSE, m, k, operand, vector_size, scratch, SLOT_A);
  if (!self->is_packed)
    self->b = fxp_panel_new (b, TRUE, n, k, operand, vector_size, scratch, SLOT_B);
}

static void
prepare_fixed (FxpProduct *self,
               const FxpMatrix *a,
               const FxpMatrix *b,
               gsize m,
               gsize n,
               gsize k,
               const FxpSumRegister *sum,
               FxpScratch *scratch,
               FxpTeam *team)
{
  const Range range = get_product_range (a->format, b->format, FXP_PART_WHOLE);
  FxpPacking packing;

  self->mode = sum->mode;
  self->bits = sum->mode == FXP_SUM_EXACT ? FXP_SUM_BITS_MAX : sum->bits;
  self->max = (gint64)(G_MAXUINT64 >> (FXP_SUM_BITS_MAX - self->bits + 1));
  self->min = -self->max - 1;
  self->step = ldexp (1.0, -(a->format.frac_bits + b->format.frac_bits));

  self->is_packed =
    choose_packing (&packing,
                    a->format,
                    b->format,
                    k,
                    self->mode == FXP_SUM_SATURATE && !range_fits (&range, k, self->bits));
  self->kind = choose_kind (self, &packing, &range, a->format, b->format, k);
  if (self->kind == FXP_PRODUCT_WIDE)
    self->is_packed = FALSE;
  prepare_panels (self, a, b, m, n, k, scratch);
  if (self->is_packed)
    fxp_packed_pair_init (&self->pair, &packing, a, b, m, n, k, scratch, team);
}

static void
prepare_float (FxpProduct *self,
               const FxpMatrix *a,
               const FxpMatrix *b,
               gsize m,
               gsize n,
               gsize k,
               FxpScratch *scratch,
               FxpTeam *team)
{
  const FxpPacking packing = {.element = FXP_ELEMENT_F32, .is_whole = TRUE};

  self->kind = FXP_PRODUCT_FLOAT;
  self->is_packed = TRUE;
  fxp_packed_pair_init (&self->pair, &packing, a, b, m, n, k, scratch, team);
}

/* A product divided among a team along its longer side.  The counts are a sum and a maximum of
 * integers, so the order in which threads add theirs does not show. */
typedef struct
{
  const FxpProduct *product;
  gsize m, n;
  gboolean by_columns;
  atomic_uint_fast64_t n_overflowed;
  atomic_uint_fast64_t peak;
} Division;

static void
form_share (gpointer data, gsize first, gsize last)
{
  Division *self = data;
  FxpSumCounts counts = {0};
  uint_fast64_t peak;

  if (self->by_columns)
    fxp_product_form (self->product, 0, self->m, first, last, &counts);
  else
    fxp_product_form (self->product, first, last, 0, self->n, &counts);

  atomic_fetch_add (&self->n_overflowed, counts.n_overflowed);
  peak = atomic_load (&self->peak);
  while (peak < counts.peak && !atomic_compare_exchange_weak (&self->peak, &peak, counts.peak))
    ;
}

static void
form_together (const FxpProduct *product,
               gsize m,
               gsize n,
               gsize k,
               FxpTeam *team,
               FxpSumCounts *counts)
{
  Division division = {.product = product, .m = m, .n = n, .by_columns = n > m};

  fxp_team_run (team,
                division.by_columns ? n : m,
                GRAIN,
                (guint64)m * n * k,
                form_share,
                &division);
  counts->n_overflowed += atomic_load (&division.n_overflowed);
  counts->peak = MAX (counts->peak, atomic_load (&division.peak));
}

static void
form (const FxpProduct *product, gsize m, gsize n, gsize k, FxpTeam *team, FxpSumCounts *counts)
{
  if (team == NULL || fxp_team_get_n_threads (team) == 1)
    fxp_product_form (product, 0, m, 0, n, counts);
  else
    form_together (product, m, n, k, team, counts);
}

void
fxp_matmul_form_sums (const FxpMatrix *a,
                      const FxpMatrix *b,
                      gsize m,
                      gsize n,
                      gsize k,
                      gint32 *sums,
                      FxpScratch *scratch,
                      FxpTeam *team)
{
  FxpSumCounts counts = {0};
  FxpProduct product;

  if (m == 0 || n == 0)
    return;
  product.kernels = fxp_matmul_kernels_get ();
  product.sums = sums;
  product.out_stride = n;
  prepare_fixed (&product, a, b, m, n, k, &FXP_SUM_REGISTER_EXACT, scratch, team);
  g_return_if_fail (product.kind == FXP_PRODUCT_SHORT);
  product.kind = FXP_PRODUCT_SUMS;
  form (&product, m, n, k, team, &counts);
}

void
fxp_matmul (const FxpMatrix *a,
            const FxpMatrix *b,
            gsize m,
            gsize n,
            gsize k,
            const FxpSumRegister *sum,
            double *out,
            gsize out_stride,
            FxpScratch *scratch,
            FxpTeam *team,
            FxpSumCounts *counts)
{
  FxpSumCounts formed = {0};
  FxpProduct product;

  g_return_if_fail (out_stride >= n);

  if (m == 0 || n == 0)
    return;
  /* Set field by field, as clearing it all would take as long as a small product. */
  product.kernels = fxp_matmul_kernels_get ();
  product.out = out;
  product.out_stride = out_stride;
  if (fxp_format_is_float (a->format) || fxp_format_is_float (b->format))
    prepare_float (&product, a, b, m, n, k, scratch, team);
  else
    {
      prepare_fixed (&product, a, b, m, n, k, sum, scratch, team);
      formed.n = (guint64)m * n;
    }
  form (&product, m, n, k, team, &formed);
  if (formed.n > 0)
    fxp_sum_counts_add (counts, &formed);
}
