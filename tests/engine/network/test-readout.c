/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/readout-private.h"
#include "number/random.h"
#include "number/vector-unit-private.h"

#include <math.h>
#include <string.h>

/* Operands, how many products a sum has at most, and a register. */
typedef struct
{
  FxpFormat a, b;
  gsize k;
  FxpSumRegister sum;
  gsize size; /* of a sum */
} Case;

static const Case cases[] = {
  {{8, 5, TRUE}, {8, 7, TRUE}, 100, {FXP_SUM_EXACT, 64}, 4},
  {{8, 5, TRUE}, {8, 7, TRUE}, 100, {FXP_SUM_WRAP, 12}, 4},
  {{8, 5, TRUE}, {8, 7, TRUE}, 100, {FXP_SUM_WRAP, 2}, 4},
  {{8, 5, TRUE}, {8, 7, TRUE}, 127, {FXP_SUM_WRAP, 22}, 4}, /* proved never to wrap */
  {{8, 5, TRUE}, {8, 7, TRUE}, 128, {FXP_SUM_WRAP, 22}, 4}, /* one product more, which may */
  {{8, 5, TRUE}, {8, 7, TRUE}, 100, {FXP_SUM_SATURATE, 22}, 4},
  {{12, -9, TRUE}, {12, -9, TRUE}, 511, {FXP_SUM_EXACT, 64}, 4},
  {{12, 60, TRUE}, {12, 50, TRUE}, 4000, {FXP_SUM_EXACT, 64}, 8},
  {{16, 12, TRUE}, {16, 14, TRUE}, 4000, {FXP_SUM_WRAP, 32}, 8},
  {{16, 12, TRUE}, {16, 14, TRUE}, 4000, {FXP_SUM_WRAP, 33}, 8},
  {{16, 12, TRUE}, {16, 14, TRUE}, 4000, {FXP_SUM_SATURATE, 43}, 8},
  {{15, 15, FALSE}, {15, 15, FALSE}, 3, {FXP_SUM_WRAP, 30}, 8},
};

/* Sums, and where they lie. */
typedef struct
{
  gsize n_rows, n_columns, stride;
} Layout;

static const Layout layouts[] = {
  {1, 1, 16},
  {1, 16, 16},
  {3, 7, 16},
  {13, 20, 32},
  {5, 33, 48},
  {17, 64, 64},
};

/* The greatest magnitude that the formats allow. */
static gint64
get_most (const Case *self)
{
  const gint64 a = MAX (fxp_format_get_max_code (self->a), -fxp_format_get_min_code (self->a));
  const gint64 b = MAX (fxp_format_get_max_code (self->b), -fxp_format_get_min_code (self->b));

  return (gint64)self->k * a * b;
}

/* A sum that the formats allow, of small magnitude or large. */
static gint64
choose_sum (const Case *self, gsize i)
{
  const FxpNoise noise = fxp_noise_new (5, 0, 0, 0, FXP_STREAM_SYNTHETIC);
  const guint32 draw = fxp_noise_draw (noise, (guint32)i);
  const gint64 most = get_most (self);
  const gint64 least = self->a.is_signed ? -most / 2 : 0;

  if (draw % 8 == 0)
    return draw & 8 ? most : least;
  if (draw % 2 == 0)
    return (gint64)(draw % 4096) * (draw & 4096 && least < 0 ? -1 : 1);
  return least + (gint64)((double)(draw >> 8) * 0x1p-24 * (double)(most - least));
}

/* Integer sums with gaps, which hold what no count may see. */
static guint8 *
sums_new (const Case *self, const Layout *layout, gsize first)
{
  const gsize n = (layout->n_rows - 1) * layout->stride + layout->n_columns;
  guint8 *sums = g_malloc (n * self->size);

  for (gsize i = 0; i < n; i++)
    {
      const gboolean is_gap = i % layout->stride >= layout->n_columns;
      const gint64 sum = is_gap ? 0x4040404040404040 : choose_sum (self, first + i);

      memcpy (sums + i * self->size, &sum, self->size);
    }
  return sums;
}

/* Adds to @counts what a sum does. */
static double
read_naively (const Case *self, gint64 sum, FxpSumCounts *counts)
{
  const double step = ldexp (1.0, -(self->a.frac_bits + self->b.frac_bits));
  gboolean overflowed = FALSE;
  gint64 held = sum;

  if (self->sum.mode == FXP_SUM_WRAP)
    held = fxp_sum_register_add (&self->sum, 0, sum, &overflowed);
  counts->n++;
  counts->n_overflowed += overflowed ? 1 : 0;
  counts->peak = MAX (counts->peak, (guint64)ABS (sum));
  return (double)held * step;
}

static void
check (const Case *self, const FxpReadout *readout, const Layout *layout, FxpSumCounts *seen)
{
  const gsize n = layout->n_rows * layout->n_columns;
  const gsize first = 1000 * (gsize)(layout - layouts);
  g_autofree guint8 *sums = sums_new (self, layout, first);
  g_autofree double *reals = g_new (double, n);
  FxpSumCounts counts = {.n = 3, .n_overflowed = 2, .peak = 1}, expected = counts;

  fxp_readout_read (readout,
                    sums,
                    layout->n_rows,
                    layout->n_columns,
                    layout->stride,
                    reals,
                    &counts);
  for (gsize i = 0; i < n; i++)
    {
      const gsize at = i / layout->n_columns * layout->stride + i % layout->n_columns;
      const double real = read_naively (self, choose_sum (self, first + at), &expected);

      g_assert_cmpmem (&reals[i], sizeof (double), &real, sizeof (double));
    }
  g_assert_cmpuint (counts.n, ==, expected.n);
  g_assert_cmpuint (counts.n_overflowed, ==, expected.n_overflowed);
  g_assert_cmpuint (counts.peak, ==, expected.peak);
  fxp_sum_counts_add (seen, &counts);
}

/* @data: the vector unit. */
static void
test_integers (gconstpointer data)
{
  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *of = &cases[i];
      const gboolean may_wrap =
        of->sum.mode == FXP_SUM_WRAP && !fxp_matmul_fits (of->a, of->b, of->k, of->sum.bits);
      FxpSumCounts seen = {0};
      FxpSummation summation;
      FxpReadout readout;

      g_assert_true (fxp_summation_choose (&summation, of->a, of->b, of->k, &of->sum));
      g_assert_cmpuint (fxp_summation_get_size (&summation), ==, of->size);
      fxp_readout_init (&readout, &summation, of->a, of->b, of->k, &of->sum);
      for (guint j = 0; j < G_N_ELEMENTS (layouts); j++)
        check (of, &readout, &layouts[j], &seen);
      g_assert_cmpint (seen.n_overflowed > 2 * G_N_ELEMENTS (layouts), ==, may_wrap);
    }
}

/* Floats leave as they are and count nothing. */
static void
test_floats (gconstpointer data)
{
  const FxpSumRegister narrow = {FXP_SUM_WRAP, 2};
  const FxpFormat fixed = FXP_FORMAT_SIGNED (8, 3);
  const float sums[2][16] = {{1.5f, -0.0f, 3e38f}, {INFINITY, -1e-45f, 0x1.fffffep-1f}};
  FxpSumCounts counts = {0};
  FxpSummation summation;
  FxpReadout readout;
  double reals[6];

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  g_assert_true (fxp_summation_choose (&summation, fixed, FXP_FORMAT_FLOAT, 9, &narrow));
  fxp_readout_init (&readout, &summation, fixed, FXP_FORMAT_FLOAT, 9, &narrow);
  fxp_readout_read (&readout, sums, 2, 3, 16, reals, &counts);
  for (gsize i = 0; i < 6; i++)
    {
      const double real = (double)sums[i / 3][i % 3];

      g_assert_cmpmem (&reals[i], sizeof (double), &real, sizeof (double));
    }
  g_assert_cmpuint (counts.n, ==, 0);
  g_assert_cmpuint (counts.n_overflowed, ==, 0);
  g_assert_cmpuint (counts.peak, ==, 0);
}

static void
test_at (void)
{
  FxpReadout readout = {.summation = {.element = FXP_ELEMENT_I16, .is_short = TRUE}};
  guint8 sums[64];

  g_assert_true (fxp_readout_at (&readout, sums, 5) == sums + 20);
  readout.summation.is_short = FALSE;
  g_assert_true (fxp_readout_at (&readout, sums, 5) == sums + 40);
  readout.summation.element = FXP_ELEMENT_F32;
  g_assert_true (fxp_readout_at (&readout, sums, 5) == sums + 20);
}

int
main (int argc, char *argv[])
{
  const guint n_units = fxp_vector_unit_get () + 1;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/readout/at", test_at);
  for (guint unit = 0; unit < n_units; unit++)
    {
      const char *name = fxp_vector_unit_get_name ((FxpVectorUnit)unit);
      g_autofree char *integers = g_strconcat ("/network/readout/integers/", name, NULL);
      g_autofree char *floats = g_strconcat ("/network/readout/floats/", name, NULL);

      g_test_add_data_func (integers, GUINT_TO_POINTER (unit), test_integers);
      g_test_add_data_func (floats, GUINT_TO_POINTER (unit), test_floats);
    }
  return g_test_run ();
}
