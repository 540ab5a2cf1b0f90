/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "number/statistics.h"
#include "number/vector-unit-private.h"

static const FxpNoise source = {{0x13198a2eu, 0x03707344u}};
static const FxpNoise draws = {{0xa4093822u, 0x299f31d0u}};

/* Normal values over 140 binades with zeros, subnormals and non-finite ones in between. */
static void
fill_mixed (double *values, guint32 n)
{
  static const double special[] = {0.0,
                                   -0.0,
                                   0x1p-1074,
                                   -0x1p-1030,
                                   0x1p-64,
                                   0x1.fffffffffffffp-65,
                                   0x1p-63,
                                   0x1p31,
                                   0x1p32,
                                   -0x1p200,
                                   INFINITY,
                                   -INFINITY,
                                   NAN,
                                   1.0,
                                   -1.0,
                                   2.0};

  for (guint32 i = 0; i < n; i++)
    values[i] = i % 8 == 3 ? special[i / 8 % G_N_ELEMENTS (special)]
                           : ldexp (fxp_noise_normal (source, i), (int)(i % 141) - 70);
}

static void
count_plainly (FxpStatistics *self, double value)
{
  int exponent;

  if (!isfinite (value))
    return;
  if (value == 0.0)
    {
      self->n_zero++;
      return;
    }
  frexp (value, &exponent);
  exponent = CLAMP (exponent - 1, FXP_BINADE_MIN, FXP_BINADE_MIN + FXP_N_BINADES - 1);
  self->binades[value < 0.0][exponent - FXP_BINADE_MIN]++;
}

static void
assert_near (double found, double expected)
{
  g_assert_cmpfloat (fabs (found - expected), <=, 1e-12 * fabs (expected));
}

static void
assert_same_histogram (const FxpStatistics *a, const FxpStatistics *b)
{
  g_assert_cmpuint (a->n_zero, ==, b->n_zero);
  g_assert_cmpmem (a->binades, sizeof a->binades, b->binades, sizeof b->binades);
  g_assert_cmpfloat (a->min, ==, b->min);
  g_assert_cmpfloat (a->max, ==, b->max);
}

/* Next to zero: what rounding to nearest brings to the first code of its sign. */
static gboolean
is_first (FxpFormat format, double value)
{
  double y = fabs (value) / fxp_format_get_step (format);

  return !fxp_format_is_float (format) && y >= 0.5 && y < 1.5;
}

static void
check_against_plain (const FxpQuantizer *quantizer, const double *values, guint32 n)
{
  g_autofree guint32 *codes = g_new (guint32, n);
  g_autofree double *quantized = g_new (double, n);
  FxpStatistics found, expected;
  guint64 n_finite = 0;

  fxp_statistics_clear (&found);
  fxp_statistics_clear (&expected);
  fxp_quantizer_apply (quantizer, &draws, values, codes, 0, n, &found.counts, NULL);
  fxp_statistics_add (&found, quantizer->format, values, codes, n);
  fxp_format_decode (quantizer->format, codes, n, quantized);

  for (guint32 i = 0; i < n; i++)
    {
      count_plainly (&expected, values[i]);
      if (!isfinite (values[i]))
        continue;
      n_finite++;
      if (is_first (quantizer->format, values[i]))
        {
          expected.n_first++;
          expected.sum_first += fabs (values[i]);
        }
      expected.sum += values[i];
      expected.sum_squares += values[i] * values[i];
      expected.min = fmin (expected.min, values[i]);
      expected.max = fmax (expected.max, values[i]);
      if (isfinite (quantized[i]))
        expected.noise += (quantized[i] - values[i]) * (quantized[i] - values[i]);
    }

  g_assert_cmpuint (fxp_statistics_get_n (&found), ==, n_finite);
  g_assert_cmpuint (found.counts.n, ==, n);
  assert_same_histogram (&found, &expected);
  assert_near (found.sum_squares, expected.sum_squares);
  assert_near (found.noise, expected.noise);
  g_assert_cmpuint (found.n_first, ==, expected.n_first);
  assert_near (found.sum_first, expected.sum_first);
  /* Terms of both signs cancel: near is measured by their size. */
  g_assert_cmpfloat (fabs (found.sum - expected.sum),
                     <=,
                     1e-15 * n * sqrt (n * expected.sum_squares));
}

static void
test_against_plain (void)
{
  static const FxpFormat formats[] =
    {{8, 4, TRUE}, {8, 4, FALSE}, {16, -20, TRUE}, {12, 60, TRUE}, {32, 16, TRUE}, {0, 0, TRUE}};
  static const guint32 sizes[] = {0, 1, 3, 4, 255, 256, 257, 1000, 5000};
  double values[5000];

  fill_mixed (values, G_N_ELEMENTS (values));
  for (gsize f = 0; f < G_N_ELEMENTS (formats); f++)
    for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
      for (int rounding = 0; rounding < FXP_N_ROUNDINGS; rounding++)
        for (int overflow = 0; overflow < FXP_N_OVERFLOWS; overflow++)
          {
            FxpQuantizer quantizer = {formats[f], (FxpRounding)rounding, (FxpOverflow)overflow};
            check_against_plain (&quantizer, values, sizes[s]);
          }
}

/* Rows of different sizes added into one, and merged from parts. */
static void
test_merge (void)
{
  enum
  {
    N = 3000,
    CUT = 1234
  };
  const FxpQuantizer quantizer = {FXP_FORMAT_SIGNED (10, 5),
                                  FXP_ROUND_NEAREST_EVEN,
                                  FXP_OVERFLOW_SATURATE};
  double values[N];
  gint16 codes[N];
  FxpStatistics whole, part, merged;

  fill_mixed (values, N);
  fxp_statistics_clear (&whole);
  fxp_statistics_clear (&part);
  fxp_statistics_clear (&merged);
  fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, N, &whole.counts, NULL);
  fxp_statistics_add (&whole, quantizer.format, values, codes, N);
  fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, CUT, &part.counts, NULL);
  fxp_statistics_add (&part, quantizer.format, values, codes, CUT);
  fxp_statistics_merge (&merged, &part);
  g_assert_cmpmem (&merged, sizeof merged, &part, sizeof part);

  fxp_statistics_clear (&part);
  fxp_quantizer_apply (&quantizer, NULL, values + CUT, codes, CUT, N - CUT, &part.counts, NULL);
  fxp_statistics_add (&part, quantizer.format, values + CUT, codes, N - CUT);
  fxp_statistics_merge (&merged, &part);

  assert_same_histogram (&merged, &whole);
  g_assert_cmpmem (&merged.counts, sizeof merged.counts, &whole.counts, sizeof whole.counts);
  assert_near (merged.sum, whole.sum);
  assert_near (merged.sum_squares, whole.sum_squares);
  assert_near (merged.noise, whole.noise);
  g_assert_cmpuint (whole.n_first, >, 0);
  g_assert_cmpuint (merged.n_first, ==, whole.n_first);
  assert_near (merged.sum_first, whole.sum_first);
}

static void
test_empty (void)
{
  static const double zeros[5] = {0.0, -0.0}, constant[5] = {0.1, 0.1, 0.1, 0.1, 0.1};
  static const gint8 codes[5] = {0};
  FxpStatistics statistics;

  fxp_statistics_clear (&statistics);
  g_assert_cmpuint (fxp_statistics_get_n (&statistics), ==, 0);
  g_assert_true (isnan (fxp_statistics_get_mean (&statistics)));
  g_assert_true (isnan (fxp_statistics_get_variance (&statistics)));
  g_assert_true (isnan (fxp_statistics_get_sqnr_db (&statistics)));
  g_assert_true (isnan (fxp_statistics_get_bias (&statistics, FXP_FORMAT_FLOAT)));
  g_assert_cmpfloat (statistics.min, ==, INFINITY);
  g_assert_cmpfloat (statistics.max, ==, -INFINITY);

  fxp_statistics_add (&statistics, FXP_FORMAT_SIGNED (8, 4), zeros, codes, 5);
  g_assert_cmpuint (fxp_statistics_get_n (&statistics), ==, 5);
  g_assert_true (isnan (fxp_statistics_get_sqnr_db (&statistics)));
  g_assert_cmpfloat (fxp_statistics_get_mean (&statistics), ==, 0.0);
  g_assert_true (isnan (fxp_statistics_get_bias (&statistics, FXP_FORMAT_SIGNED (8, 4))));

  fxp_statistics_clear (&statistics);
  fxp_statistics_add (&statistics, FXP_FORMAT_SIGNED (8, 4), constant, NULL, 5);
  g_assert_cmpfloat (fxp_statistics_get_sqnr_db (&statistics), ==, INFINITY);
  g_assert_cmpfloat (fxp_statistics_get_variance (&statistics), >=, 0.0);
  g_assert_cmpfloat (fxp_statistics_get_variance (&statistics), <, 1e-17);
  assert_near (fxp_statistics_get_mean (&statistics), 0.1);
}

/* What float32 cannot hold is no noise, and everything else has 24 bits. */
static void
test_float (void)
{
  double values[1000];
  float codes[1000];
  FxpStatistics statistics;

  for (guint32 i = 0; i < 1000; i++)
    values[i] = i == 7 ? 1e39 : fxp_noise_normal (source, i);
  fxp_statistics_clear (&statistics);
  fxp_quantizer_apply (&FXP_QUANTIZER_FLOAT,
                       NULL,
                       values,
                       codes,
                       0,
                       1000,
                       &statistics.counts,
                       NULL);
  fxp_statistics_add (&statistics, FXP_FORMAT_FLOAT, values, codes, 1000);

  g_assert_cmpuint (statistics.counts.n_nonfinite, ==, 1);
  g_assert_cmpuint (fxp_statistics_get_n (&statistics), ==, 1000);
  g_assert_cmpfloat (statistics.noise, >, 0.0);
  g_assert_cmpfloat (statistics.noise, <, 1000 * 0x1p-48);
  g_assert_cmpuint (statistics.n_first, ==, 0);
  g_assert_cmpfloat (statistics.sum_first, ==, 0.0);
}

/* A uniform signal over the whole range: 6.02 dB for each bit. */
static void
test_sqnr (void)
{
  enum
  {
    N = 100000
  };
  g_autofree double *values = g_new (double, N);
  g_autofree gint16 *codes = g_new (gint16, N);

  for (guint8 bits = 4; bits <= 14; bits++)
    {
      FxpQuantizer quantizer = {{bits, 3, TRUE}, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
      double range = ldexp (1.0, bits - 1 - 3);
      FxpStatistics statistics;

      for (guint32 i = 0; i < N; i++)
        values[i] = range * (2.0 * fxp_noise_uniform (source, i) - 1.0) - 0x1p-4;
      fxp_statistics_clear (&statistics);
      fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, N, &statistics.counts, NULL);
      /* Codes of at most 8 bits are stored in bytes, which the array has room for. */
      fxp_statistics_add (&statistics, quantizer.format, values, codes, N);

      g_assert_cmpfloat_with_epsilon (fxp_statistics_get_sqnr_db (&statistics), 6.0206 * bits, 0.1);
      /* The noise model again, through the statistics: step^2 / 12. */
      g_assert_cmpfloat_with_epsilon (statistics.noise / N * 64.0 * 12.0, 1.0, 0.02);
      g_assert_cmpfloat_with_epsilon (fxp_statistics_get_variance (&statistics) * 3.0,
                                      range * range,
                                      0.02 * range * range);
    }
}

/* Uniform inside each of 20 binades, as predict() takes them to be.  Counts differ by chance in the
 * binades that a limit cuts: at most two of 1000 values each, or 5 standard deviations of 22. */
static void
test_predict (void)
{
  enum
  {
    N = 20000
  };
  g_autofree double *values = g_new (double, N);
  g_autofree guint32 *codes = g_new (guint32, N);
  FxpStatistics statistics;

  for (guint32 i = 0; i < N; i++)
    values[i] = ldexp (1.0 + fxp_noise_uniform (source, i), (int)(i % 20) - 10) *
                (i / 20 % 3 == 0 ? -1.0 : 1.0);
  values[5] = 0.0;
  fxp_statistics_clear (&statistics);
  fxp_statistics_add (&statistics, FXP_FORMAT_FLOAT, values, NULL, N);

  for (guint8 word = 1; word <= FXP_WORD_BITS_MAX; word++)
    for (int frac = -12; frac <= 14; frac++)
      for (int rounding = 0; rounding < FXP_N_ROUNDINGS; rounding++)
        {
          FxpQuantizer quantizer = {{word, (gint8)frac, frac & 1},
                                    (FxpRounding)rounding,
                                    (FxpOverflow)(word % FXP_N_OVERFLOWS)};
          FxpQuantizeCounts actual = {0}, would_be;

          fxp_quantizer_apply (&quantizer, &draws, values, codes, 0, N, &actual, NULL);
          fxp_statistics_predict (&statistics, &quantizer, &would_be);
          g_assert_cmpuint (would_be.n, ==, N);
          g_assert_cmpuint (would_be.n_nonfinite, ==, 0);
          g_assert_cmpfloat (fabs ((double)would_be.n_overflowed - (double)actual.n_overflowed),
                             <=,
                             112.0);
          g_assert_cmpfloat (fabs ((double)would_be.n_underflowed - (double)actual.n_underflowed),
                             <=,
                             112.0);
          g_assert_cmpuint (would_be.n_overflowed + would_be.n_underflowed, <=, N + 1);
        }

  fxp_statistics_predict (&statistics, &FXP_QUANTIZER_FLOAT, &(FxpQuantizeCounts){0});
}

/* Zeros have a sign too. */
static void
test_predict_signs (void)
{
  static const double values[] = {0.0, -0.0, 3.0, -1e-30, -7.0};
  static const struct
  {
    FxpFormat format;
    guint64 n_overflowed;
  } rows[] = {
    {FXP_FORMAT_SIGNED (2, 0), 0},
    {FXP_FORMAT_SIGNED (8, 7), 0},
    {FXP_FORMAT_SIGNED (1, 0), 3},
    {FXP_FORMAT_UNSIGNED (8, 0), 2},
  };
  FxpStatistics statistics;

  fxp_statistics_clear (&statistics);
  fxp_statistics_add (&statistics, FXP_FORMAT_FLOAT, values, NULL, G_N_ELEMENTS (values));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const FxpQuantizer quantizer = {rows[i].format, FXP_ROUND_SIGN, FXP_OVERFLOW_SATURATE};
      FxpQuantizeCounts would_be;

      fxp_statistics_predict (&statistics, &quantizer, &would_be);
      g_assert_cmpuint (would_be.n_overflowed, ==, rows[i].n_overflowed);
      g_assert_cmpuint (would_be.n_underflowed, ==, 0);
    }
}

/* The order of the sums is part of the contract: runs are compared bit for bit. */
static void
test_same_bits (void)
{
  double values[777];
  gint16 codes[777];
  const FxpQuantizer quantizer = {FXP_FORMAT_SIGNED (12, 9),
                                  FXP_ROUND_STOCHASTIC,
                                  FXP_OVERFLOW_SATURATE};
  FxpStatistics statistics;

  for (guint32 i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = 3.0 * fxp_noise_uniform (source, i) - 1.0;
  fxp_statistics_clear (&statistics);
  fxp_quantizer_apply (&quantizer, &draws, values, codes, 0, 777, &statistics.counts, NULL);
  fxp_statistics_add (&statistics, quantizer.format, values, codes, 777);

  g_assert_cmpfloat (statistics.sum, ==, 0x1.a2c5595456dc6p+8);
  g_assert_cmpfloat (statistics.sum_squares, ==, 0x1.84c886ea8c913p+9);
  g_assert_cmpfloat (statistics.noise, ==, 0x1.f08796fe0a937p-12);
}

/* The order of the sums in which all vector units agree: blocks of 256 elements, what is finite of
 * them in four lanes. */
static void
add_in_order (FxpStatistics *self,
              FxpFormat format,
              const double *values,
              const double *quantized,
              gsize n)
{
  for (gsize done = 0; done < n; done += 256)
    {
      double sums[4][4] = {{0.0}};
      gsize lane = 0;

      for (gsize i = done; i < MIN (n, done + 256); i++)
        {
          double error = quantized[i] - values[i];

          if (!isfinite (values[i]))
            continue;
          count_plainly (self, values[i]);
          sums[3][lane] += is_first (format, values[i]) ? fabs (values[i]) : 0.0;
          self->n_first += is_first (format, values[i]);
          self->min = values[i] < self->min ? values[i] : self->min;
          self->max = values[i] > self->max ? values[i] : self->max;
          sums[0][lane] += values[i];
          sums[1][lane] += values[i] * values[i];
          sums[2][lane] += isfinite (error) ? error * error : 0.0;
          lane = (lane + 1) % 4;
        }
      self->sum += (sums[0][0] + sums[0][1]) + (sums[0][2] + sums[0][3]);
      self->sum_squares += (sums[1][0] + sums[1][1]) + (sums[1][2] + sums[1][3]);
      self->noise += (sums[2][0] + sums[2][1]) + (sums[2][2] + sums[2][3]);
      self->sum_first += (sums[3][0] + sums[3][1]) + (sums[3][2] + sums[3][3]);
    }
}

/* Arrays of any length and kind: mixed ones, and rectified ones in which zeros of both signs are
 * the least or greatest. */
static void
test_units (void)
{
  enum
  {
    N_MAX = 1500
  };
  double values[N_MAX], quantized[N_MAX];
  guint32 codes[N_MAX];

  for (int trial = 0; trial < 600; trial++)
    {
      static const FxpQuantizer quantizers[] = {
        {FXP_FORMAT_SIGNED (8, 5), FXP_ROUND_STOCHASTIC, FXP_OVERFLOW_SATURATE},
        {FXP_FORMAT_UNSIGNED (12, -20), FXP_ROUND_FLOOR, FXP_OVERFLOW_WRAP},
        {FXP_FORMAT_SIGNED (24, 20), FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE},
        {FXP_FORMAT_FLOAT, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE},
      };
      const FxpQuantizer *quantizer = &quantizers[trial % G_N_ELEMENTS (quantizers)];
      const gsize n = (gsize)g_test_rand_int_range (1, N_MAX);
      const gboolean has_codes = g_test_rand_bit ();
      FxpStatistics expected;
      FxpQuantizeCounts ignored = {0};

      if (trial % 3 == 0)
        fill_mixed (values, (guint32)n);
      else
        for (gsize i = 0; i < n; i++)
          {
            double value = g_test_rand_double_range (-1.0, 3.0);

            value = MAX (value, g_test_rand_bit () ? 0.0 : -0.0);
            values[i] = trial % 3 == 1 ? value : -value;
          }
      fxp_quantizer_apply (quantizer, &draws, values, codes, 0, n, &ignored, NULL);
      fxp_format_decode (quantizer->format, codes, n, quantized);
      fxp_statistics_clear (&expected);
      add_in_order (&expected, quantizer->format, values, has_codes ? quantized : values, n);

      for (int unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
        {
          FxpStatistics found;

          fxp_vector_unit_limit ((FxpVectorUnit)unit);
          fxp_statistics_clear (&found);
          fxp_statistics_add (&found, quantizer->format, values, has_codes ? codes : NULL, n);
          g_assert_cmpmem (&found, sizeof found, &expected, sizeof expected);
        }
      fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/statistics/against-plain", test_against_plain);
  g_test_add_func ("/number/statistics/merge", test_merge);
  g_test_add_func ("/number/statistics/empty", test_empty);
  g_test_add_func ("/number/statistics/float", test_float);
  g_test_add_func ("/number/statistics/sqnr", test_sqnr);
  g_test_add_func ("/number/statistics/predict", test_predict);
  g_test_add_func ("/number/statistics/predict-signs", test_predict_signs);
  g_test_add_func ("/number/statistics/same-bits", test_same_bits);
  g_test_add_func ("/number/statistics/units", test_units);

  return g_test_run ();
}
