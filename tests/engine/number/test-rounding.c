/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <math.h>

#include "number/quantizer.h"

/* Midpoints, and the neighbours of one half. */
static void
test_ties (void)
{
  static const struct
  {
    double y;
    /* Even, away, floor, zero, stochastic with a draw of 1/2, sign, up. */
    int codes[FXP_N_ROUNDINGS];
  } rows[] = {
    {0.5, {0, 1, 0, 0, 1, 1, 1}},
    {1.5, {2, 2, 1, 1, 2, 1, 2}},
    {2.5, {2, 3, 2, 2, 3, 1, 3}},
    {-0.5, {0, -1, -1, 0, 0, -1, 0}},
    {-1.5, {-2, -2, -2, -1, -1, -1, -1}},
    {-2.5, {-2, -3, -3, -2, -2, -1, -2}},
    {0x1.fffffffffffffp-2, {0, 0, 0, 0, 0, 1, 0}},
    {-0x1.fffffffffffffp-2, {0, 0, -1, 0, 0, -1, 0}},
    {0x1.0000000000001p-1, {1, 1, 0, 0, 1, 1, 1}},
    {-0x1.0000000000001p-1, {-1, -1, -1, 0, -1, -1, -1}},
    {0x1.fffffffffffffp-1, {1, 1, 0, 0, 1, 1, 1}},
    {0.0, {0, 0, 0, 0, 0, 1, 0}},
    {-0.0, {0, 0, 0, 0, 0, 1, 0}},
    {0x1p-1074, {0, 0, 0, 0, 0, 1, 0}},
    {-0x1p-1074, {0, 0, -1, 0, 0, -1, 0}},
    {-100.25, {-100, -100, -101, -100, -100, -1, -100}},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (int rounding = 0; rounding < FXP_N_ROUNDINGS; rounding++)
      {
        FxpQuantizer quantizer = {FXP_FORMAT_SIGNED (8, 0),
                                  (FxpRounding)rounding,
                                  FXP_OVERFLOW_SATURATE};
        g_assert_cmpint (fxp_quantizer_apply_one (&quantizer, rows[i].y, 0x80000000u),
                         ==,
                         rows[i].codes[rounding]);
      }
}

/* Quantizes all @inputs at once. */
static void
check_examples (const FxpQuantizer *quantizer, const double *inputs, const double *outputs, gsize n)
{
  const double step = fxp_format_get_step (quantizer->format);
  FxpQuantizeCounts counts = {0};
  guint32 codes[16];
  double values[16];

  g_assert_cmpuint (n, <=, G_N_ELEMENTS (codes));
  fxp_quantizer_apply (quantizer, NULL, inputs, codes, 0, n, &counts, NULL);
  fxp_format_decode (quantizer->format, codes, n, values);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_cmpfloat (values[i], ==, outputs[i]);
      g_assert_cmpfloat (step * (double)fxp_quantizer_apply_one (quantizer, inputs[i], 0),
                         ==,
                         outputs[i]);
    }
}

/* Sakr & Shanbhag 2019: Q of 4 bits, signed, range 1, and of 3 bits, unsigned, range 2. */
static void
test_examples (void)
{
  static const double inputs[] = {-1.2, -1.0, -0.0625, 0.0625, 0.3, 0.95, 2.0};
  static const double outputs[] = {-1.0, -1.0, -0.125, 0.125, 0.25, 0.875, 0.875};
  static const double positive_inputs[] = {-0.3, 0.12, 0.125, 1.8, 1.9, 5.0};
  static const double positive_outputs[] = {0.0, 0.0, 0.25, 1.75, 1.75, 1.75};
  FxpQuantizer quantizer = {FXP_FORMAT_SIGNED (4, 3),
                            FXP_ROUND_NEAREST_AWAY,
                            FXP_OVERFLOW_SATURATE};

  g_assert_cmpfloat (fxp_format_get_step (quantizer.format), ==, 0.125);
  check_examples (&quantizer, inputs, outputs, G_N_ELEMENTS (inputs));
  quantizer.format = FXP_FORMAT_UNSIGNED (3, 2);
  g_assert_cmpfloat (fxp_format_get_step (quantizer.format), ==, 0.25);
  check_examples (&quantizer, positive_inputs, positive_outputs, G_N_ELEMENTS (positive_inputs));
}

/* A dense sweep of a saturating quantizer: monotone, idempotent, near, and onto every code. */
static void
check_sweep (const FxpQuantizer *quantizer, double farthest)
{
  const double step = fxp_format_get_step (quantizer->format);
  const double min = fxp_format_get_min (quantizer->format);
  const double max = fxp_format_get_max (quantizer->format);
  gint64 last = G_MININT64, n_codes = 0;

  for (double x = min - 3.0 * step; x <= max + 3.0 * step; x += step / 16.0)
    {
      gint64 code = fxp_quantizer_apply_one (quantizer, x, 0x9e3779b9u);
      double value = (double)code * step;

      g_assert_cmpint (code, >=, last);
      n_codes += code != last ? 1 : 0;
      last = code;
      g_assert_cmpint (fxp_quantizer_apply_one (quantizer, value, 0x12345678u), ==, code);
      if (x >= min && x <= max)
        g_assert_cmpfloat (fabs (value - x), <=, farthest * step);
    }

  g_assert_cmpint (n_codes, ==, G_GINT64_CONSTANT (1) << quantizer->format.word_bits);
}

static gboolean
is_nearest (FxpRounding rounding)
{
  return rounding == FXP_ROUND_NEAREST_EVEN || rounding == FXP_ROUND_NEAREST_AWAY ||
         rounding == FXP_ROUND_NEAREST_UP;
}

/* Signs make two codes of all values: see test_sign(). */
static void
test_sweep (void)
{
  for (guint8 word = 1; word <= 8; word++)
    for (int is_signed = 0; is_signed < 2; is_signed++)
      for (int rounding = 0; rounding < FXP_N_ROUNDINGS; rounding++)
        {
          FxpQuantizer quantizer = {{word, 5, is_signed},
                                    (FxpRounding)rounding,
                                    FXP_OVERFLOW_SATURATE};

          if (rounding != FXP_ROUND_SIGN)
            check_sweep (&quantizer, is_nearest (quantizer.rounding) ? 0.5 : 1.0);
        }
}

/* Sakr & Shanbhag 2019: Q (Q (x)) = Q (x), Q is monotone, |Q (x) - x| <= step / 2 inside the range,
 * and there are 2^B outputs.  Ranges of the paper's weights (1) and activations (2). */
static void
test_idempotence (void)
{
  for (guint8 word = 1; word <= 12; word++)
    {
      const FxpFormat formats[] = {FXP_FORMAT_SIGNED (word, (gint8)(word - 1)),
                                   FXP_FORMAT_UNSIGNED (word, (gint8)(word - 1))};

      for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
        {
          FxpQuantizer quantizer = {formats[i], FXP_ROUND_NEAREST_AWAY, FXP_OVERFLOW_SATURATE};

          check_sweep (&quantizer, 0.5);
        }
    }
}

/* Binarization: two codes, nothing lost at either end, whatever the step and the size. */
static void
test_sign (void)
{
  static const double values[] =
    {0.0, -0.0, 0x1p-1074, -0x1p-1074, 0.3, -0.3, 1e300, -1e300, INFINITY, -INFINITY, NAN};
  static const int signs[] = {1, 1, 1, -1, 1, -1, 1, -1, 1, -1, 0};
  enum
  {
    N = G_N_ELEMENTS (values)
  };

  for (int frac = FXP_FRAC_BITS_MIN; frac <= FXP_FRAC_BITS_MAX; frac++)
    for (int overflow = 0; overflow < FXP_N_OVERFLOWS; overflow++)
      {
        FxpQuantizer quantizer = {{2, (gint8)frac, TRUE}, FXP_ROUND_SIGN, (FxpOverflow)overflow};
        const FxpQuantizeCounts expected = {.n = N, .n_nonfinite = 3};
        FxpQuantizeCounts counts = {0};
        guint8 clipped[N];
        gint8 codes[N];

        fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, N, &counts, clipped);
        g_assert_cmpmem (&counts, sizeof counts, &expected, sizeof expected);
        for (gsize i = 0; i < N; i++)
          {
            g_assert_cmpint (codes[i], ==, signs[i]);
            g_assert_cmpint (fxp_quantizer_apply_one (&quantizer, values[i], 0), ==, signs[i]);
            g_assert_cmpint (clipped[i], ==, 0);
          }
      }
}

/* Words without one of the two codes: the range says so, for as many values as there are. */
static void
test_sign_without_code (void)
{
  static const double values[] = {-2.0, -1.0, 3.0, 0.0, 0.5, NAN, INFINITY};
  static const struct
  {
    FxpFormat format;
    FxpOverflow overflow;
    int negative, positive;
    guint64 n_overflowed;
  } rows[] = {
    {FXP_FORMAT_UNSIGNED (4, 0), FXP_OVERFLOW_SATURATE, 0, 1, 2},
    {FXP_FORMAT_UNSIGNED (4, 0), FXP_OVERFLOW_WRAP, 15, 1, 2},
    {FXP_FORMAT_SIGNED (1, 0), FXP_OVERFLOW_SATURATE, -1, 0, 4},
    {FXP_FORMAT_SIGNED (1, 0), FXP_OVERFLOW_SATURATE_SYMMETRIC, 0, 0, 6},
    {FXP_FORMAT_SIGNED (1, 0), FXP_OVERFLOW_WRAP, -1, -1, 4},
  };

  for (gsize row = 0; row < G_N_ELEMENTS (rows); row++)
    {
      FxpQuantizer quantizer = {rows[row].format, FXP_ROUND_SIGN, rows[row].overflow};
      FxpQuantizeCounts counts = {0};
      guint8 codes[G_N_ELEMENTS (values)], clipped[G_N_ELEMENTS (values)];

      fxp_quantizer_apply (&quantizer,
                           NULL,
                           values,
                           codes,
                           0,
                           G_N_ELEMENTS (values),
                           &counts,
                           clipped);
      for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
        {
          gint64 code = fxp_format_get_code (quantizer.format, codes, i);
          int expected = values[i] < 0.0    ? rows[row].negative
                         : values[i] >= 0.0 ? rows[row].positive
                                            : 0;

          g_assert_cmpint (code, ==, expected);
        }
      g_assert_cmpuint (counts.n_overflowed, ==, rows[row].n_overflowed);
      g_assert_cmpuint (counts.n_underflowed, ==, 0);
      g_assert_cmpuint (counts.n_nonfinite, ==, 2);
    }
}

/* Every word of up to 8 bits, and every sixteenth of a step to twice its range: floor (y + 1/2) in
 * integers, which is the adder and shift that hardware has. */
static void
test_up (void)
{
  for (guint8 word = 1; word <= 8; word++)
    for (int is_signed = 0; is_signed < 2; is_signed++)
      for (int sixteenth = -(32 << word); sixteenth <= 32 << word; sixteenth++)
        {
          const FxpQuantizer quantizer = {{word, 0, is_signed},
                                          FXP_ROUND_NEAREST_UP,
                                          FXP_OVERFLOW_SATURATE};
          const gint64 rounded = (sixteenth + 8) >> 4;

          g_assert_cmpint (fxp_quantizer_apply_one (&quantizer, sixteenth / 16.0, 0),
                           ==,
                           CLAMP (rounded,
                                  fxp_format_get_min_code (quantizer.format),
                                  fxp_format_get_max_code (quantizer.format)));
        }
}

/* The uniform noise model: variance step^2 / 12 and no bias, or, for stochastic rounding, twice
 * that variance and no bias either. */
static void
test_noise_model (void)
{
  enum
  {
    N = 100000
  };
  const FxpNoise draws = fxp_noise_new (1, 0, 0, 0, FXP_STREAM_QUANTIZE);
  const FxpNoise source = fxp_noise_new (1, 0, 0, 0, FXP_STREAM_SYNTHETIC);
  static const struct
  {
    FxpRounding rounding;
    double bias, variance;
  } rows[] = {
    {FXP_ROUND_NEAREST_EVEN, 0.0, 1.0},
    {FXP_ROUND_NEAREST_AWAY, 0.0, 1.0},
    {FXP_ROUND_NEAREST_UP, 0.0, 1.0},
    {FXP_ROUND_FLOOR, -0.5, 1.0},
    {FXP_ROUND_TOWARD_ZERO, 0.0, 4.0},
    {FXP_ROUND_STOCHASTIC, 0.0, 2.0},
  };

  for (gsize row = 0; row < G_N_ELEMENTS (rows); row++)
    {
      FxpQuantizer quantizer = {FXP_FORMAT_SIGNED (8, 6),
                                rows[row].rounding,
                                FXP_OVERFLOW_SATURATE};
      double sum = 0.0, squares = 0.0, mean;

      for (guint32 i = 0; i < N; i++)
        {
          double y = 200.0 * fxp_noise_uniform (source, i) - 100.0;
          gint64 code =
            fxp_quantizer_apply_one (&quantizer, ldexp (y, -6), fxp_noise_draw (draws, i));
          sum += (double)code - y;
          squares += ((double)code - y) * ((double)code - y);
        }

      mean = sum / N;
      g_assert_cmpfloat_with_epsilon (mean, rows[row].bias, 0.01);
      g_assert_cmpfloat_with_epsilon ((squares / N - mean * mean) * 12.0 / rows[row].variance,
                                      1.0,
                                      0.02);
    }
}

/* Sakr & Shanbhag 2019: of values uniform over 200 steps the noise has variance step^2 / 12 within
 * 2 percent and a mean of less than 0.01 step. */
static void
test_uniform_noise (void)
{
  enum
  {
    N = 100000
  };
  const FxpNoise source = fxp_noise_new (6, 4, 0, 0, FXP_STREAM_SYNTHETIC);
  const FxpQuantizer quantizer = {FXP_FORMAT_SIGNED (8, 7),
                                  FXP_ROUND_NEAREST_AWAY,
                                  FXP_OVERFLOW_SATURATE};
  const double step = fxp_format_get_step (quantizer.format);
  g_autofree double *values = g_new (double, N);
  g_autofree double *quantized = g_new (double, N);
  g_autofree gint8 *codes = g_new (gint8, N);
  FxpQuantizeCounts counts = {0};
  double sum = 0.0, squares = 0.0, mean;

  for (guint32 i = 0; i < N; i++)
    values[i] = step * (200.0 * fxp_noise_uniform (source, i) - 100.0);
  fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, N, &counts, NULL);
  fxp_format_decode (quantizer.format, codes, N, quantized);
  for (gsize i = 0; i < N; i++)
    {
      double noise = quantized[i] - values[i];

      sum += noise;
      squares += noise * noise;
    }

  mean = sum / N;
  g_assert_cmpuint (counts.n_overflowed, ==, 0);
  g_assert_cmpfloat (fabs (mean), <, 0.01 * step);
  g_assert_cmpfloat_with_epsilon ((squares / N - mean * mean) * 12.0 / (step * step), 1.0, 0.02);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/rounding/ties", test_ties);
  g_test_add_func ("/number/rounding/sweep", test_sweep);
  g_test_add_func ("/number/rounding/up", test_up);
  g_test_add_func ("/number/rounding/sign", test_sign);
  g_test_add_func ("/number/rounding/sign-without-code", test_sign_without_code);
  g_test_add_func ("/number/rounding/noise-model", test_noise_model);
  /* Numbered as the acceptance tests of the first paper's specification. */
  g_test_add_func ("/number/6.1-examples", test_examples);
  g_test_add_func ("/number/6.2-idempotence", test_idempotence);
  g_test_add_func ("/number/6.4-uniform-noise", test_uniform_noise);

  return g_test_run ();
}
