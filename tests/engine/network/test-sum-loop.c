/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/loops-private.h"
#include "network/sum-loop-private.h"
#include "number/vector-unit-private.h"

#include <math.h>
#include <string.h>

/* Each unit against the loops one by one, of the plain unit. */

#define SPARE 64 /* bytes behind results, which nobody may touch */

/* Where sums lie, and whose biases they take. */
typedef struct
{
  gsize n_rows, n_columns, stride;
  gsize n_biases;
  gsize first;
} Layout;

static const Layout layouts[] = {
  {1, 1, 16, 1, 0},
  {1, 1, 16, 5, 3},
  {1, 16, 16, 16, 32},
  {3, 7, 16, 7, 14},
  {13, 20, 32, 20, 400},
  {51, 20, 20, 20, 60},
  {5, 33, 48, 33, 33 * 5},
  {16, 64, 64, 64, 128},
  {8, 128, 128, 128, 128 * 3},
  {1, 1000, 1008, 1000, 2000},
  {1, FXP_PIECE, FXP_PIECE, 1500, 1500 * 3 + FXP_PIECE},
  {1, FXP_PIECE, FXP_PIECE, 10, FXP_PIECE * 5},
  {1, 476, 512, 1500, 1500 + FXP_PIECE},
};

static const FxpFormat formats[] = {
  {8, 4, TRUE},
  {8, 8, FALSE},
  {12, 8, TRUE},
  {16, 11, TRUE},
  {15, 30, FALSE},
  {20, 14, TRUE},
  {1, 0, FALSE},
  {8, -3, TRUE}, /* whose steps AVX2 does not take */
  {32, 16, TRUE},
};

/* Binary points of sums: as fine as some codes, finer by so much that shifts end, and coarser. */
static const int points[] = {4, 5, 8, 19, 35, 36, 40, 61, 62, -7};

typedef struct
{
  const Layout *layout;
  FxpQuantizer quantizer;
  int point;
  gboolean in_planes, has_biases, has_sums;
  FxpNoise noise;
  gint32 *sums;
  double *values;
  double *biases;
} Case;

typedef struct
{
  guint8 *codes, *mask;
  FxpTally tally;
} Result;

static guint32
draw (guint32 kind, gsize i)
{
  return fxp_noise_draw (fxp_noise_new (11, kind, 0, 0, FXP_STREAM_SYNTHETIC), (guint32)i);
}

/* Of all magnitudes, midpoints, and the ends. */
static gint32
choose_sum (gsize i)
{
  const guint32 kind = draw (0, i), bits = draw (1, i);
  const gint32 few = (gint32)bits >> (kind >> 8) % 32;

  switch (kind % 16)
    {
    case 0:
      return G_MININT32;
    case 1:
      return G_MAXINT32;
    case 2:
      return 0;
    case 3:
      return (gint32)(bits % 3) - 1;
    case 4:
    case 5:
      return (gint32)((guint32)((gint32)(bits % 9) - 4) << (kind >> 8) % 28);
    default:
      return few;
    }
}

static double
choose_bias (gsize i)
{
  const guint32 kind = draw (2, i), bits = draw (3, i);

  switch (kind % 24)
    {
    case 0:
      return -0.0;
    case 1:
      return 0x1p-1074;
    case 2:
      return -0x1p-1060;
    case 3:
      return 1e300;
    case 4:
      return -3e38;
    case 5:
      return NAN;
    case 6:
      return INFINITY;
    case 7:
      return -INFINITY;
    case 8:
      return 2.0;
    default:
      return ldexp ((double)(gint32)bits, -(int)(24 + (kind >> 8) % 20));
    }
}

static void
fill (Case *self)
{
  const Layout *layout = self->layout;
  const gsize n = layout->n_rows * layout->n_columns;
  const gsize n_sums = layout->n_rows * layout->stride;

  self->sums = g_new (gint32, n_sums);
  self->values = g_new (double, n);
  self->biases = g_new (double, layout->n_biases);
  for (gsize i = 0; i < n_sums; i++)
    self->sums[i] =
      i % layout->stride < layout->n_columns ? choose_sum (i + layout->first) : G_MININT32;
  for (gsize i = 0; i < layout->n_biases; i++)
    self->biases[i] = choose_bias (i + layout->n_biases);
  for (gsize i = 0; i < n; i++)
    self->values[i] = choose_bias (i + 7777);
  self->noise = fxp_noise_new (1, 2, 3, 4, FXP_STREAM_QUANTIZE);
  if (self->in_planes)
    {
      self->noise.n_channels = (guint32)layout->n_biases;
      self->noise.n_pixels = 9;
    }
}

static void
clear (Case *self)
{
  g_free (self->sums);
  g_free (self->values);
  g_free (self->biases);
}

static Result
result_new (gsize n)
{
  Result self = {g_malloc (4 * n + SPARE), g_malloc (n + SPARE), {{.n = 2}}};

  memset (self.codes, 0xa5, 4 * n + SPARE);
  memset (self.mask, 0xa5, n + SPARE);
  self.tally.first.n_overflowed = 5;
  self.tally.sums = (FxpSumCounts){.n = 3, .n_overflowed = 1, .peak = 1};
  return self;
}

static void
result_clear (Result *self)
{
  g_free (self->codes);
  g_free (self->mask);
}

static void
assert_equal (const Result *a, const Result *b, gsize n)
{
  g_assert_cmpmem (a->codes, 4 * n + SPARE, b->codes, 4 * n + SPARE);
  g_assert_cmpmem (a->mask, n + SPARE, b->mask, n + SPARE);
  g_assert_cmpmem (&a->tally, sizeof a->tally, &b->tally, sizeof b->tally);
}

/* @activation: FXP_N_ACTIVATIONS for none, then the mask is of what is not 0. */
static Result
compose (const Case *self, FxpActivation activation)
{
  const Layout *layout = self->layout;
  const FxpLoops *loops = &fxp_loops_plain;
  const gsize n = layout->n_rows * layout->n_columns;
  g_autofree double *values = g_memdup2 (self->values, n * sizeof (double));
  g_autofree guint8 *clipped = g_malloc (n);
  Result result = result_new (n);

  if (self->has_sums)
    {
      loops->scale_i32 (self->sums,
                        layout->n_rows,
                        layout->n_columns,
                        layout->stride,
                        ldexp (1.0, -self->point),
                        values,
                        &result.tally.sums.peak);
      result.tally.sums.n += n;
    }
  if (self->has_biases)
    loops->add_periodic (values, n, self->biases, layout->n_biases, layout->first);
  if (activation == FXP_ACTIVATION_RELU)
    loops->relu (values, result.mask, n);
  else if (activation == FXP_ACTIVATION_CLIPPED_RELU)
    loops->clipped_relu (values, result.mask, n);
  else
    for (gsize i = 0; i < n; i++)
      result.mask[i] = values[i] != 0.0;
  fxp_quantizer_apply (&self->quantizer,
                       &self->noise,
                       values,
                       result.codes,
                       layout->first,
                       n,
                       &result.tally.first,
                       clipped);
  if (activation != FXP_N_ACTIVATIONS)
    loops->clear_marked (result.mask, clipped, n);
  return result;
}

static gboolean
take (const Case *self, FxpActivation activation, Result *result)
{
  const Layout *layout = self->layout;
  const FxpSumSpan span = {
    .sums = self->has_sums ? self->sums : NULL,
    .values = self->values,
    .first = layout->first,
    .n_rows = layout->n_rows,
    .n_columns = layout->n_columns,
    .stride = layout->stride,
    .step = ldexp (1.0, -self->point),
    .biases = self->has_biases ? self->biases : NULL,
    .n_biases = self->has_biases ? layout->n_biases : 0,
  };

  if (activation == FXP_N_ACTIVATIONS)
    return fxp_sum_loop_get ()->quantize (&span,
                                          &self->quantizer,
                                          &self->noise,
                                          result->codes,
                                          result->mask,
                                          &result->tally);
  return fxp_sum_loop_get ()->activate (&span,
                                        activation,
                                        &self->quantizer,
                                        &self->noise,
                                        result->codes,
                                        result->mask,
                                        &result->tally);
}

static gboolean
is_taken (const Case *self, FxpActivation activation, FxpVectorUnit unit)
{
  const int shift = self->point - self->quantizer.format.frac_bits;

  if (unit == FXP_VECTOR_PLAIN || self->quantizer.overflow == FXP_OVERFLOW_WRAP ||
      self->quantizer.rounding == FXP_ROUND_SIGN || self->quantizer.format.word_bits > 30 ||
      (unit == FXP_VECTOR_AVX2 && self->quantizer.format.frac_bits < 0))
    return FALSE;
  if (activation == FXP_N_ACTIVATIONS)
    return self->has_sums && !self->has_biases && shift >= 1 && shift <= 31;
  return activation == FXP_ACTIVATION_RELU || activation == FXP_ACTIVATION_CLIPPED_RELU;
}

/* What is not taken leaves no trace. */
static void
check (const Case *self, FxpVectorUnit unit)
{
  const gsize n = self->layout->n_rows * self->layout->n_columns;

  for (guint activation = 0; activation <= FXP_N_ACTIVATIONS; activation++)
    {
      const gboolean expected_taken = is_taken (self, activation, unit);
      Result expected, result = result_new (n);

      fxp_vector_unit_limit (FXP_VECTOR_PLAIN);
      expected = expected_taken ? compose (self, activation) : result_new (n);
      fxp_vector_unit_limit (unit);
      g_assert_cmpint (take (self, activation, &result), ==, expected_taken);
      assert_equal (&result, &expected, n);
      result_clear (&expected);
      result_clear (&result);
    }
}

static void
check_inputs (Case *self, FxpVectorUnit unit)
{
  for (guint inputs = 0; inputs < 8; inputs++)
    {
      self->in_planes = (inputs & 1) != 0;
      self->has_biases = (inputs & 2) != 0;
      self->has_sums = (inputs & 4) != 0;
      fill (self);
      check (self, unit);
      clear (self);
    }
}

/* All roundings and overflows of some format, sums and layout; @data: the vector unit. */
static void
test_units (gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats) * G_N_ELEMENTS (points); i++)
    for (guint mode = 0; mode < FXP_N_ROUNDINGS * FXP_N_OVERFLOWS; mode++)
      {
        Case of = {
          .layout = &layouts[(i + mode) % G_N_ELEMENTS (layouts)],
          .quantizer = {.format = formats[i % G_N_ELEMENTS (formats)],
                        .rounding = mode % FXP_N_ROUNDINGS,
                        .overflow = mode / FXP_N_ROUNDINGS},
          .point = points[i / G_N_ELEMENTS (formats)],
        };

        check_inputs (&of, (FxpVectorUnit)GPOINTER_TO_UINT (data));
      }
}

int
main (int argc, char *argv[])
{
  const guint n_units = fxp_vector_unit_get () + 1;

  g_test_init (&argc, &argv, NULL);
  for (guint unit = 0; unit < n_units; unit++)
    {
      g_autofree char *path = g_strconcat ("/network/sum-loop/units/",
                                           fxp_vector_unit_get_name ((FxpVectorUnit)unit),
                                           NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (unit), test_units);
    }
  return g_test_run ();
}
