/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <math.h>
#include <string.h>

#include "number/error.h"
#include "number/quantizer.h"
#include "number/scaling.h"

static const FxpNoise source = {{0x299f31d0u, 0x082efa98u}};

static int
choose (FxpScaling rule, FxpFormat format, double max)
{
  FxpScalingOptions options;

  fxp_scaling_options_init (&options, rule);
  return fxp_scaling_choose (&options, format, max);
}

static FxpQuantizer
get_quantizer (guint8 word, int exponent)
{
  return (FxpQuantizer){FXP_FORMAT_SIGNED (word, (gint8)-exponent),
                        FXP_ROUND_NEAREST_UP,
                        FXP_OVERFLOW_SATURATE_SYMMETRIC};
}

/* Abs-max of P = 8: exponents and the codes of the greatest value. */
static void
test_abs_max (void)
{
  static const struct
  {
    double max;
    int exponent, code;
    gboolean saturates;
  } rows[] = {{3.7, -5, 118, FALSE}, {1.0, -6, 64, FALSE}, {3.99, -5, 127, TRUE}};

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const int exponent = choose (FXP_SCALING_ABS_MAX, FXP_FORMAT_SIGNED (8, 0), rows[i].max);
      const FxpQuantizer quantizer = get_quantizer (8, exponent);
      FxpQuantizeCounts counts = {0};
      gint8 code;

      g_assert_cmpint (exponent, ==, rows[i].exponent);
      fxp_quantizer_apply (&quantizer, NULL, &rows[i].max, &code, 0, 1, &counts, NULL);
      g_assert_cmpint (code, ==, rows[i].code);
      g_assert_cmpuint (counts.n_overflowed, ==, rows[i].saturates);
    }
  g_assert_cmpfloat (ldexp (118, -5), ==, 3.6875);

  /* Nothing is learnt from zeros, nor from what is no number. */
  for (int frac = -3; frac <= 3; frac++)
    for (guint rule = 0; rule < FXP_N_SCALINGS; rule++)
      {
        const FxpFormat format = FXP_FORMAT_SIGNED (8, (gint8)frac);

        g_assert_cmpint (choose (rule, format, 0.0), ==, -frac);
        g_assert_cmpint (choose (rule, format, -0.0), ==, -frac);
        g_assert_cmpint (choose (rule, format, NAN), ==, -frac);
        g_assert_cmpint (choose (rule, format, INFINITY), ==, -frac);
      }
}

/* Every word, and magnitudes at and next to powers of two as far as doubles go. */
static void
test_bounds (void)
{
  for (guint8 word = 1; word <= FXP_WORD_BITS_MAX; word++)
    for (int is_signed = 0; is_signed < 2; is_signed++)
      for (int power = -1074; power <= 1023; power++)
        {
          const FxpFormat format = {word, 0, is_signed};
          const double size = ldexp (1.0, power);
          const double maxima[] = {nextafter (size, 0.0), size, nextafter (size, INFINITY)};
          const int bits = word - is_signed;

          for (gsize i = 0; i < G_N_ELEMENTS (maxima); i++)
            {
              const int exponent = choose (FXP_SCALING_ABS_MAX, format, maxima[i]);
              const int niti = choose (FXP_SCALING_NITI, format, maxima[i]);
              const double code = ldexp (maxima[i], -exponent);

              if (maxima[i] == 0.0)
                continue;
              g_assert_cmpint (exponent, >=, -FXP_FRAC_BITS_MAX);
              g_assert_cmpint (exponent, <=, -FXP_FRAC_BITS_MIN);
              if (exponent > -FXP_FRAC_BITS_MAX)
                g_assert_cmpfloat (code, >=, ldexp (1.0, bits - 1));
              if (exponent < -FXP_FRAC_BITS_MIN)
                g_assert_cmpfloat (code, <, ldexp (1.0, bits));
              /* NITI's differs at powers of two alone. */
              if (exponent > -FXP_FRAC_BITS_MAX && exponent < -FXP_FRAC_BITS_MIN)
                g_assert_cmpint (exponent - niti, ==, i == 1 ? 1 : 0);
            }
        }
}

/* Room for sums, and the code just out of the word. */
static void
test_options (void)
{
  const FxpFormat format = FXP_FORMAT_SIGNED (8, 0);
  FxpScalingOptions options;

  fxp_scaling_options_init (&options, FXP_SCALING_ABS_MAX);
  options.head_room = 2;
  g_assert_cmpint (fxp_scaling_choose (&options, format, 3.7), ==, -3);
  options.head_room = 0;
  options.bumps = TRUE;
  g_assert_cmpint (fxp_scaling_choose (&options, format, 3.99), ==, -4);
  g_assert_cmpint (fxp_scaling_choose (&options, format, ldexp (127.5, -5)), ==, -4);
  g_assert_cmpint (fxp_scaling_choose (&options, format, nextafter (ldexp (127.5, -5), 0)), ==, -5);
  g_assert_cmpint (fxp_scaling_choose (&options, format, 3.7), ==, -5);
  /* With a bit left empty it is in the word anyway. */
  options.head_room = 1;
  g_assert_cmpint (fxp_scaling_choose (&options, format, 3.99), ==, -4);
}

/* @n values, each @draw of its index; *max becomes their greatest magnitude. */
typedef double (*Draw) (guint32 i);

static double *
draw_values (Draw draw, gsize n, double *max)
{
  double *values = g_new (double, n);

  *max = 0.0;
  for (guint32 i = 0; i < n; i++)
    {
      values[i] = draw (i);
      *max = fmax (*max, fabs (values[i]));
    }
  return values;
}

static double
draw_gaussian (guint32 i)
{
  return fxp_noise_normal (source, i);
}

static double
draw_laplace (guint32 i)
{
  const double u = fxp_noise_uniform (source, i) - 0.5;

  return -copysign (log (1.0 - 2.0 * fabs (u)), u);
}

static double
draw_uniform (guint32 i)
{
  return 2.0 * fxp_noise_uniform (source, i) - 1.0;
}

/* Quantizing what was quantized changes nothing: the same exponent and the same mantissas.  And no
 * error exceeds half a step unless the code is the greatest. */
static void
test_idempotence_and_error (void)
{
  enum
  {
    N = 500
  };

  for (guint8 word = 3; word <= 16; word++)
    for (int trial = 0; trial < 60; trial++)
      {
        gint32 codes[N], again[N];
        double values[N], decoded[N], max = 0.0;
        FxpQuantizeCounts counts = {0};
        FxpQuantizer quantizer;
        int exponent;

        for (guint32 i = 0; i < N; i++)
          {
            values[i] = ldexp (fxp_noise_normal (source, (guint32)trial * N + i), trial - 30);
            max = fmax (max, fabs (values[i]));
          }
        exponent = choose (FXP_SCALING_ABS_MAX, FXP_FORMAT_SIGNED (word, 0), max);
        quantizer = get_quantizer (word, exponent);
        fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, N, &counts, NULL);
        fxp_format_decode (quantizer.format, codes, N, decoded);
        max = 0.0;
        for (gsize i = 0; i < N; i++)
          {
            max = fmax (max, fabs (decoded[i]));
            if (fabs (values[i]) <= fxp_format_get_max (quantizer.format))
              g_assert_cmpfloat (fabs (decoded[i] - values[i]), <=, ldexp (0.5, exponent));
          }
        g_assert_cmpint (choose (FXP_SCALING_ABS_MAX, quantizer.format, max), ==, exponent);
        fxp_quantizer_apply (&quantizer, NULL, decoded, again, 0, N, &counts, NULL);
        g_assert_cmpmem (again,
                         N * fxp_storage_get_size (fxp_format_get_storage (quantizer.format)),
                         codes,
                         N * fxp_storage_get_size (fxp_format_get_storage (quantizer.format)));
      }
}

static double
measure_snr (const double *values, gsize n, double max, guint8 word)
{
  const int exponent = choose (FXP_SCALING_ABS_MAX, FXP_FORMAT_SIGNED (word, 0), max);
  const FxpQuantizer quantizer = get_quantizer (word, exponent);
  g_autofree gint16 *codes = g_new (gint16, n);
  g_autofree double *decoded = g_new (double, n);
  FxpQuantizeCounts counts = {0};
  double signal = 0.0, noise = 0.0;

  fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, n, &counts, NULL);
  fxp_format_decode (quantizer.format, codes, n, decoded);
  for (gsize i = 0; i < n; i++)
    {
      signal += values[i] * values[i];
      noise += (decoded[i] - values[i]) * (decoded[i] - values[i]);
    }
  return 10.0 * log10 (signal / noise);
}

/* 6 dB a bit, by whatever distribution; the level depends on where the greatest sample lies between
 * powers of two, and on nothing else by more than that. */
static void
test_snr (void)
{
  enum
  {
    N = 100000
  };
  static const struct
  {
    Draw draw;
    double at_8_bits;
  } rows[] = {{draw_gaussian, 34.9}, {draw_laplace, 31.9}, {draw_uniform, 48.1}};

  for (gsize row = 0; row < G_N_ELEMENTS (rows); row++)
    {
      double max, last;
      g_autofree double *values = draw_values (rows[row].draw, N, &max);

      g_assert_cmpfloat_with_epsilon (measure_snr (values, N, max, 8), rows[row].at_8_bits, 6.1);
      last = measure_snr (values, N, max, 4);
      for (guint8 word = 5; word <= 14; word++)
        {
          const double snr = measure_snr (values, N, max, word);

          if (row == 0)
            g_assert_cmpfloat_with_epsilon (snr - last, 6.02, 0.3);
          else
            g_assert_cmpfloat (snr, >, last + 4.0);
          last = snr;
        }
    }
}

/* A = 3.7 in 8 bits. */
static void
test_ristretto (void)
{
  const FxpFormat format = FXP_FORMAT_SIGNED (8, 0);
  FxpScalingOptions options;

  fxp_scaling_options_init (&options, FXP_SCALING_RISTRETTO);
  g_assert_cmpint (fxp_scaling_choose (&options, format, 3.7), ==, -6);
  g_assert_cmpfloat (fxp_format_get_max (FXP_FORMAT_SIGNED (8, 6)), ==, 1.984375);
  options.is_parameter = TRUE;
  g_assert_cmpint (fxp_scaling_choose (&options, format, 3.7), ==, -5);
  g_assert_cmpfloat (fxp_format_get_max (FXP_FORMAT_SIGNED (8, 5)), ==, 3.96875);
  g_assert_cmpint (fxp_scaling_choose (&options, format, 4.0), ==, -5);
  g_assert_cmpint (fxp_scaling_choose (&options, format, 4.01), ==, -4);
}

/* A weight of 1 with a step of 2^-6 and 10 000 updates of 2^-10, which nearest loses and stochastic
 * rounding keeps on average; the word is wide enough not to saturate. */
static void
test_stall (void)
{
  const FxpFormat format = FXP_FORMAT_SIGNED (16, 6);
  const FxpQuantizer nearest = {format, FXP_ROUND_NEAREST_UP, FXP_OVERFLOW_SATURATE};
  const FxpQuantizer stochastic = {format, FXP_ROUND_STOCHASTIC, FXP_OVERFLOW_SATURATE};
  const double step = fxp_format_get_step (format);
  double stalled = 1.0, moving = 1.0;

  for (guint32 i = 0; i < 10000; i++)
    {
      stalled = step * (double)fxp_quantizer_apply_one (&nearest, stalled + 0x1p-10, 0);
      moving =
        step *
        (double)fxp_quantizer_apply_one (&stochastic, moving + 0x1p-10, fxp_noise_draw (source, i));
    }
  g_assert_cmpfloat (stalled, ==, 1.0);
  g_assert_cmpfloat (fabs ((moving - 1.0) / 9.77 - 1.0), <=, 0.12);
}

static void
test_nicks (void)
{
  g_autoptr (GError) error = NULL;
  FxpScaling scaling = FXP_SCALING_FIXED;

  for (guint i = 0; i < FXP_N_SCALINGS; i++)
    {
      g_assert_true (fxp_scaling_parse (fxp_scaling_get_nick (i), &scaling, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (scaling, ==, i);
    }
  g_assert_false (fxp_scaling_parse ("abs max", &scaling, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
  for (guint i = 0; i < FXP_N_SCALINGS; i++)
    g_assert_nonnull (strstr (error->message, fxp_scaling_get_nick (i)));
  g_assert_cmpint (scaling, ==, FXP_N_SCALINGS - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/scaling/nicks", test_nicks);
  g_test_add_func ("/scaling/bounds", test_bounds);
  g_test_add_func ("/scaling/options", test_options);
  /* Numbered as the acceptance tests of the second paper's specification. */
  g_test_add_func ("/scaling/F1-abs-max", test_abs_max);
  g_test_add_func ("/scaling/F2-F3-idempotence-and-error", test_idempotence_and_error);
  g_test_add_func ("/scaling/F4-snr", test_snr);
  g_test_add_func ("/scaling/F5-ristretto", test_ristretto);
  g_test_add_func ("/scaling/F7-stall", test_stall);

  return g_test_run ();
}
