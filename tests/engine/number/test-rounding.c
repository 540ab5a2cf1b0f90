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
    int codes[FXP_N_ROUNDINGS]; /* even, away, floor, zero, stochastic with a draw of one half */
  } rows[] = {
    {0.5, {0, 1, 0, 0, 1}},
    {1.5, {2, 2, 1, 1, 2}},
    {2.5, {2, 3, 2, 2, 3}},
    {-0.5, {0, -1, -1, 0, 0}},
    {-1.5, {-2, -2, -2, -1, -1}},
    {-2.5, {-2, -3, -3, -2, -2}},
    {0x1.fffffffffffffp-2, {0, 0, 0, 0, 0}},
    {-0x1.fffffffffffffp-2, {0, 0, -1, 0, 0}},
    {0x1.0000000000001p-1, {1, 1, 0, 0, 1}},
    {-0x1.0000000000001p-1, {-1, -1, -1, 0, -1}},
    {0x1.fffffffffffffp-1, {1, 1, 0, 0, 1}},
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

/* Sakr & Shanbhag 2019: signed and unsigned examples of Q at ranges 1 and 2. */
static void
test_paper_examples (void)
{
  static const double inputs[] = {-1.2, -1.0, -0.0625, 0.0625, 0.3, 0.95, 2.0};
  static const double outputs[] = {-1.0, -1.0, -0.125, 0.125, 0.25, 0.875, 0.875};
  static const double positive_inputs[] = {-0.3, 0.12, 0.125, 1.8, 1.9, 5.0};
  static const double positive_outputs[] = {0.0, 0.0, 0.25, 1.75, 1.75, 1.75};
  FxpQuantizer quantizer = {FXP_FORMAT_SIGNED (4, 3),
                            FXP_ROUND_NEAREST_AWAY,
                            FXP_OVERFLOW_SATURATE};

  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    g_assert_cmpfloat (0.125 * (double)fxp_quantizer_apply_one (&quantizer, inputs[i], 0),
                       ==,
                       outputs[i]);

  quantizer.format = FXP_FORMAT_UNSIGNED (3, 2);
  for (gsize i = 0; i < G_N_ELEMENTS (positive_inputs); i++)
    g_assert_cmpfloat (0.25 * (double)fxp_quantizer_apply_one (&quantizer, positive_inputs[i], 0),
                       ==,
                       positive_outputs[i]);
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
          check_sweep (&quantizer, rounding <= FXP_ROUND_NEAREST_AWAY ? 0.5 : 1.0);
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
  static const double bias[FXP_N_ROUNDINGS] = {0.0, 0.0, -0.5, 0.0, 0.0};
  static const double variance[FXP_N_ROUNDINGS] = {1.0, 1.0, 1.0, 4.0, 2.0};

  for (int rounding = 0; rounding < FXP_N_ROUNDINGS; rounding++)
    {
      FxpQuantizer quantizer = {FXP_FORMAT_SIGNED (8, 6),
                                (FxpRounding)rounding,
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
      g_assert_cmpfloat_with_epsilon (mean, bias[rounding], 0.01);
      g_assert_cmpfloat_with_epsilon ((squares / N - mean * mean) * 12.0 / variance[rounding],
                                      1.0,
                                      0.02);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/rounding/ties", test_ties);
  g_test_add_func ("/number/rounding/paper-examples", test_paper_examples);
  g_test_add_func ("/number/rounding/sweep", test_sweep);
  g_test_add_func ("/number/rounding/noise-model", test_noise_model);

  return g_test_run ();
}
