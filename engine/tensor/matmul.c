/* SPDX-License-Identifier: MIT */
#include "config.h"

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
};

/* Shorter blocks would spend their time on flushing partial sums. */
#define BLOCK_MIN 32

/* Columns a thread takes at least, whole strips, so that no two write to one cache line all the
 * time. */
#define COLUMN_GRAIN FXP_STRIP

/* Least and greatest product of two codes: -least_magnitude .. greatest.  0 lies between. */
typedef struct
{
  guint64 least_magnitude, greatest;
} ProductRange;

static ProductRange
get_product_range (FxpFormat a, FxpFormat b)
{
  guint64 a_low = -(guint64)fxp_format_get_min_code (a);
  guint64 b_low = -(guint64)fxp_format_get_min_code (b);
  guint64 a_high = (guint64)fxp_format_get_max_code (a);
  guint64 b_high = (guint64)fxp_format_get_max_code (b);

  return (ProductRange){
    .least_magnitude = MAX (a_low * b_high, a_high * b_low),
    .greatest = MAX (a_low * b_low, a_high * b_high),
  };
}

/* As 0 is a code of every format, what holds for @k products holds for every part of them. */
static gboolean
range_fits (const ProductRange *range, gsize k, guint bits)
{
  unsigned __int128 limit = (unsigned __int128)1 << (bits - 1);

  return (unsigned __int128)range->least_magnitude * k <= limit &&
         (unsigned __int128)range->greatest * k < limit;
}

gboolean
fxp_matmul_fits (FxpFormat a, FxpFormat b, gsize k, guint bits)
{
  ProductRange range;

  g_return_val_if_fail (!fxp_format_is_float (a) && !fxp_format_is_float (b), FALSE);
  g_return_val_if_fail (bits >= 1 && bits <= 128, FALSE);

  range = get_product_range (a, b);
  return range_fits (&range, k, bits);
}

/* How many products, @k at most, provably fit 32 bits. */
static gsize
get_block (const ProductRange *range, gsize k)
{
  guint64 below = k, above = k;

  if (range_fits (range, k, 32))
    return k;
  if (range->least_magnitude > 0)
    below = ((guint64)G_MAXINT32 + 1) / range->least_magnitude;
  if (range->greatest > 0)
    above = (guint64)G_MAXINT32 / range->greatest;
  return (gsize)MIN (below, above);
}

/* Kernels of exact sums in 64 bits; returns what they compute with. */
static FxpOperand
choose_kernels (FxpProduct *self, const ProductRange *range, gboolean narrow, gsize k)
{
  gsize block;

  self->form = self->kernels->dot_i32;
  self->saturate = self->kernels->saturate_i32;
  if (!narrow)
    return FXP_OPERAND_I32;

  block = get_block (range, k);
  self->saturate = self->kernels->saturate_i16;
  self->form = self->kernels->dot_i16;
  if (block == k)
    {
      self->form = self->kernels->dot_i16_blocks;
      /* The padding of a row adds nothing to its sum. */
      self->block = G_MAXSIZE;
    }
  else if (block >= BLOCK_MIN)
    {
      self->form = self->kernels->dot_i16_blocks;
      self->block = block - block % (self->kernels->vector_size / sizeof (gint16));
    }
  return FXP_OPERAND_I16;
}

/* Chooses computing types and kernels by what the formats prove. */
static FxpOperand
choose (FxpProduct *self, FxpFormat a, FxpFormat b, gsize k)
{
  ProductRange range = get_product_range (a, b);
  gboolean narrow =
    fxp_operand_holds (FXP_OPERAND_I16, a) && fxp_operand_holds (FXP_OPERAND_I16, b);
  gboolean fits = range_fits (&range, k, self->bits);

  if (narrow && fits && range_fits (&range, k, 32))
    {
      self->kind = FXP_PRODUCT_SHORT;
      self->form_short =
        k <= FXP_FEW ? self->kernels->columns_i16_few : self->kernels->dot_i16_short;
      return FXP_OPERAND_I16;
    }
  if (!fxp_operand_holds (FXP_OPERAND_I32, a) || !fxp_operand_holds (FXP_OPERAND_I32, b) ||
      !range_fits (&range, k, 64))
    {
      self->kind = FXP_PRODUCT_WIDE;
      return FXP_OPERAND_I64;
    }
  if (fits)
    self->kind = FXP_PRODUCT_FITTING;
  else if (self->mode == FXP_SUM_WRAP)
    self->kind = FXP_PRODUCT_WRAPPING;
  else
    {
      /* The kernels need room for one product beside a sum at its limit; a register of 64 bits
       * that holds the sums of 64 was found to fit above. */
      self->kind = FXP_PRODUCT_SATURATING;
      narrow = narrow && self->bits <= 31;
    }
  return choose_kernels (self, &range, narrow, k);
}

static void
prepare_fixed (FxpProduct *self,
               const FxpMatrix *a,
               const FxpMatrix *b,
               gsize m,
               gsize n,
               gsize k,
               const FxpSumRegister *sum,
               FxpScratch *scratch)
{
  gsize vector_size = self->kernels->vector_size;
  FxpOperand operand;
  gboolean few;

  self->mode = sum->mode;
  self->bits = sum->mode == FXP_SUM_EXACT ? FXP_SUM_BITS_MAX : sum->bits;
  self->max = (gint64)(G_MAXUINT64 >> (FXP_SUM_BITS_MAX - self->bits + 1));
  self->min = -self->max - 1;
  self->step = ldexp (1.0, -(a->format.frac_bits + b->format.frac_bits));

  operand = choose (self, a->format, b->format, k);
  few = self->kind == FXP_PRODUCT_SHORT && self->form_short == self->kernels->columns_i16_few;
  self->a = fxp_panel_new (a, FALSE, m, k, operand, few ? 0 : vector_size, scratch, SLOT_A);
  self->b = few ? fxp_panel_new (b, FALSE, k, n, operand, 0, scratch, SLOT_B)
                : fxp_panel_new (b, TRUE, n, k, operand, vector_size, scratch, SLOT_B);
  if (self->kind == FXP_PRODUCT_SATURATING)
    self->b_strips =
      fxp_panel_new_strips (b, k, n, operand, m / FXP_TILE_ROWS, scratch, SLOT_B_STRIPS);
}

static void
prepare_float (FxpProduct *self,
               const FxpMatrix *a,
               const FxpMatrix *b,
               gsize m,
               gsize n,
               gsize k,
               FxpScratch *scratch)
{
  self->kind = FXP_PRODUCT_FLOAT;
  self->a = fxp_panel_new (a, FALSE, m, k, FXP_OPERAND_F32, 0, scratch, SLOT_A);
  self->b_strips =
    fxp_panel_new_strips (b, k, n, FXP_OPERAND_F32, m / FXP_TILE_ROWS, scratch, SLOT_B_STRIPS);
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
                division.by_columns ? COLUMN_GRAIN : FXP_TILE_ROWS,
                (guint64)m * n * k,
                form_share,
                &division);
  counts->n_overflowed += atomic_load (&division.n_overflowed);
  counts->peak = MAX (counts->peak, atomic_load (&division.peak));
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
    prepare_float (&product, a, b, m, n, k, scratch);
  else
    {
      prepare_fixed (&product, a, b, m, n, k, sum, scratch);
      formed.n = (guint64)m * n;
    }
  if (team == NULL || fxp_team_get_n_threads (team) == 1)
    fxp_product_form (&product, 0, m, 0, n, &formed);
  else
    form_together (&product, m, n, k, team, &formed);
  if (formed.n > 0)
    fxp_sum_counts_add (counts, &formed);
}
