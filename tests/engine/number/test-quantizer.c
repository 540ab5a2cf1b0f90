/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "number/error.h"
#include "number/quantizer.h"
#include "number/vector-unit-private.h"

/* Random words, binary points and modes; pieces of every size against the whole. */
static void
test_pieces (gconstpointer data)
{
  enum
  {
    N = 1111
  };
  const FxpNoise key = fxp_noise_new (3, 0, 0, 0, FXP_STREAM_SYNTHETIC);
  double values[N];

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_INT (data));
  for (int trial = 0; trial < 200; trial++)
    {
      FxpQuantizer quantizer = {{(guint8)g_test_rand_int_range (1, 33),
                                 (gint8)g_test_rand_int_range (-96, 127),
                                 g_test_rand_int_range (0, 2)},
                                (FxpRounding)g_test_rand_int_range (0, FXP_N_ROUNDINGS),
                                (FxpOverflow)g_test_rand_int_range (0, FXP_N_OVERFLOWS)};
      const gsize size = fxp_storage_get_size (fxp_format_get_storage (quantizer.format));
      const double spread = ldexp (1.0, quantizer.format.word_bits - quantizer.format.frac_bits);
      guint8 whole[4 * N], pieces[4 * N], clipped[N], clipped_pieces[N];
      FxpQuantizeCounts counts = {0}, counts_pieces = {0};
      gsize first = (gsize)g_test_rand_int () << 8;

      for (guint32 i = 0; i < N; i++)
        values[i] = spread * fxp_noise_normal (key, (guint32)trial * N + i);
      fxp_quantizer_apply (&quantizer, &key, values, whole, first, N, &counts, clipped);
      for (gsize done = 0, n; done < N; done += n)
        {
          n = (gsize)g_test_rand_int_range (1, 400);
          n = MIN (n, N - done);
          fxp_quantizer_apply (&quantizer,
                               &key,
                               values + done,
                               pieces + done * size,
                               first + done,
                               n,
                               &counts_pieces,
                               clipped_pieces + done);
        }

      g_assert_cmpmem (pieces, N * size, whole, N * size);
      g_assert_cmpmem (clipped_pieces, N, clipped, N);
      g_assert_cmpmem (&counts_pieces, sizeof counts, &counts, sizeof counts);
      for (gsize i = 0; i < N; i++)
        g_assert_cmpint (fxp_quantizer_apply_one (&quantizer,
                                                  values[i],
                                                  fxp_noise_draw (key, (guint32)(first + i))),
                         ==,
                         fxp_format_get_code (quantizer.format, whole, i));
    }
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
}

/* Values at which rounding, scaling and clamping could go astray, near @step and far from it. */
static double
pick_value (double step)
{
  static const double special[] = {0.0,
                                   -0.0,
                                   0x1p-1074,
                                   -0x1p-1074,
                                   -0x1p-1022,
                                   -0x1p-600,
                                   0x1p1023,
                                   -DBL_MAX,
                                   INFINITY,
                                   -INFINITY,
                                   NAN};
  double code = ldexp (1.0, g_test_rand_int_range (0, 34));

  switch (g_test_rand_int_range (0, 6))
    {
    case 0:
      return special[g_test_rand_int_range (0, G_N_ELEMENTS (special))];
    case 1:
      return step * g_test_rand_double_range (-code, code);
    case 2:
      return step * nextafter (rint (g_test_rand_double_range (-code, code)), -INFINITY);
    case 3:
      return step * nextafter (0.5 + rint (g_test_rand_double_range (-code, code)), INFINITY);
    case 4:
      return step * (0.5 + rint (g_test_rand_double_range (-code, code)));
    default:
      return step * ldexp (g_test_rand_double_range (-1.0, 1.0), g_test_rand_int_range (-90, 70));
    }
}

/* What apply should find, from one value at a time. */
static void
quantize_plainly (const FxpQuantizer *quantizer,
                  const FxpNoise *noise,
                  const double *values,
                  gsize first,
                  gsize n,
                  gint64 *codes,
                  FxpQuantizeCounts *counts)
{
  FxpQuantizer wide = *quantizer;

  /* As no code of the narrow word leaves the wide one, what they differ in has overflowed; tested
   * with words of less than 30 bits. */
  wide.format.word_bits = 32;
  wide.format.is_signed = TRUE;
  wide.overflow = FXP_OVERFLOW_SATURATE;
  for (gsize i = 0; i < n; i++)
    {
      guint32 draw = fxp_noise_draw (*noise, fxp_noise_find (noise, first + i));
      gint64 unbounded = fxp_quantizer_apply_one (&wide, values[i], draw);

      codes[i] = fxp_quantizer_apply_one (quantizer, values[i], draw);
      counts->n++;
      counts->n_overflowed += unbounded != codes[i];
      counts->n_underflowed += unbounded == 0 && values[i] != 0.0 && !isnan (values[i]);
      counts->n_nonfinite += !isfinite (values[i]);
    }
}

/* Every rounding against one value at a time, with draws in line and in planes of any kind. */
static void
test_against_one (gconstpointer data)
{
  static const guint32 channels[] = {0, 1, 2, 3, 8, 10, 16, 20, 24, 32, 50, 64, 100};
  static const guint32 pixels[] = {1, 2, 3, 4, 7, 16, 100};
  enum
  {
    N_MAX = 700
  };
  double values[N_MAX];
  guint32 codes[N_MAX];
  gint64 expected[N_MAX];
  guint8 clipped[N_MAX];

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_INT (data));
  for (int trial = 0; trial < 3000; trial++)
    {
      FxpQuantizer quantizer = {{(guint8)g_test_rand_int_range (1, 31),
                                 (gint8)g_test_rand_int_range (-96, 127),
                                 g_test_rand_int_range (0, 2)},
                                (FxpRounding)g_test_rand_int_range (0, FXP_N_ROUNDINGS),
                                (FxpOverflow)g_test_rand_int_range (0, 2)};
      const double step = fxp_format_get_step (quantizer.format);
      FxpNoise noise = fxp_noise_new (5, (guint64)trial, 0, 0, FXP_STREAM_QUANTIZE);
      FxpQuantizeCounts counts = {0}, expected_counts = {0};
      gsize first = (gsize)g_test_rand_int_range (0, 2000), n;

      noise.n_channels = channels[g_test_rand_int_range (0, G_N_ELEMENTS (channels))];
      noise.n_pixels = pixels[g_test_rand_int_range (0, G_N_ELEMENTS (pixels))];
      first -= g_test_rand_bit () ? first % 16 : 0;
      n = (gsize)g_test_rand_int_range (1, N_MAX);
      for (gsize i = 0; i < n; i++)
        values[i] =
          trial % 2 == 0 ? pick_value (step) : step * g_test_rand_double_range (-3000.0, 3000.0);
      fxp_quantizer_apply (&quantizer, &noise, values, codes, first, n, &counts, clipped);
      quantize_plainly (&quantizer, &noise, values, first, n, expected, &expected_counts);

      for (gsize i = 0; i < n; i++)
        {
          gint64 code = fxp_format_get_code (quantizer.format, codes, i);

          if (code != expected[i])
            g_error ("trial %d, %a of step %a, %s: found %" G_GINT64_FORMAT
                     ", expected %" G_GINT64_FORMAT,
                     trial,
                     values[i],
                     step,
                     fxp_rounding_get_nick (quantizer.rounding),
                     code,
                     expected[i]);
        }
      g_assert_cmpmem (&counts, sizeof counts, &expected_counts, sizeof counts);
      for (gsize i = 0; i < n; i++)
        counts.n_overflowed -= clipped[i];
      g_assert_cmpuint (counts.n_overflowed, ==, 0);
    }
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
}

static void
test_float (gconstpointer data)
{
  static const double values[] = {0.0, -0.0, 0.1, 1e-50, 3.4e38, 3.5e38, -1e300, INFINITY, NAN};
  enum
  {
    N = G_N_ELEMENTS (values)
  };
  FxpQuantizer quantizer = FXP_QUANTIZER_FLOAT;
  FxpQuantizeCounts counts = {0};
  guint8 clipped[N];
  float codes[N];

  memset (clipped, 1, sizeof clipped);
  quantizer.rounding = FXP_ROUND_STOCHASTIC;
  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_INT (data));
  fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, N, &counts, clipped);
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);

  for (gsize i = 0; i < N; i++)
    {
      float expected = (float)values[i];
      g_assert_cmpint (memcmp (&codes[i], &expected, sizeof expected), ==, 0);
      g_assert_cmpint (clipped[i], ==, 0);
    }
  g_assert_cmpuint (counts.n, ==, N);
  g_assert_cmpuint (counts.n_nonfinite, ==, 4);
  g_assert_cmpuint (counts.n_overflowed, ==, 0);
  g_assert_cmpuint (counts.n_underflowed, ==, 0);
}

static void
test_nicks (void)
{
  g_autoptr (GError) error = NULL;
  FxpRounding rounding = FXP_ROUND_FLOOR;
  FxpOverflow overflow = FXP_OVERFLOW_WRAP;

  for (int i = 0; i < FXP_N_ROUNDINGS; i++)
    {
      g_assert_true (
        fxp_rounding_parse (fxp_rounding_get_nick ((FxpRounding)i), &rounding, &error));
      g_assert_no_error (error);
      g_assert_cmpint (rounding, ==, i);
    }
  for (int i = 0; i < FXP_N_OVERFLOWS; i++)
    {
      g_assert_true (
        fxp_overflow_parse (fxp_overflow_get_nick ((FxpOverflow)i), &overflow, &error));
      g_assert_no_error (error);
      g_assert_cmpint (overflow, ==, i);
    }

  g_assert_false (fxp_rounding_parse ("nearest", &rounding, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
  g_assert_cmpstr (error->message,
                   ==,
                   "\"nearest\": expected nearest-even, nearest-away, floor, toward-zero, "
                   "stochastic, sign or nearest-up");
  g_assert_cmpint (rounding, ==, FXP_N_ROUNDINGS - 1);
  g_clear_error (&error);
  g_assert_false (fxp_overflow_parse ("Wrap\xff", &overflow, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_equal (void)
{
  FxpQuantizer a = {FXP_FORMAT_SIGNED (8, 4), FXP_ROUND_FLOOR, FXP_OVERFLOW_WRAP}, b = a;

  g_assert_true (fxp_quantizer_equal (&a, &b));
  b.overflow = FXP_OVERFLOW_SATURATE;
  g_assert_false (fxp_quantizer_equal (&a, &b));
  b = a;
  b.rounding = FXP_ROUND_STOCHASTIC;
  g_assert_false (fxp_quantizer_equal (&a, &b));
  b = a;
  b.format.frac_bits++;
  g_assert_false (fxp_quantizer_equal (&a, &b));
}

static void
add_per_unit (const char *name, GTestDataFunc test)
{
  for (int unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
    {
      const char *unit_name = fxp_vector_unit_get_name ((FxpVectorUnit)unit);
      g_autofree char *path = g_strdup_printf ("/number/quantizer/%s/%s", name, unit_name);

      g_test_add_data_func (path, GINT_TO_POINTER (unit), test);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_per_unit ("pieces", test_pieces);
  add_per_unit ("against-one", test_against_one);
  add_per_unit ("float", test_float);
  g_test_add_func ("/number/quantizer/nicks", test_nicks);
  g_test_add_func ("/number/quantizer/equal", test_equal);

  return g_test_run ();
}
