/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "number/error.h"
#include "number/quantizer.h"
#include "number/vector-unit-private.h"

/* The golden files, see tests/golden/quantizer.py; all have the same key, fracs and extremes. */
typedef struct
{
  GHashTable *lines; /* "grid 8 1 floor wrap" to "overflowed underflowed digest" */
  FxpNoise noise;
  GArray *fracs;    /* int */
  GArray *extremes; /* double */
} Golden;

static void
golden_clear (Golden *self)
{
  g_clear_pointer (&self->lines, g_hash_table_unref);
  g_clear_pointer (&self->fracs, g_array_unref);
  g_clear_pointer (&self->extremes, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Golden, golden_clear)

static void
golden_add_line (Golden *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);

  if (g_str_equal (words[0], "key"))
    for (int i = 0; i < 2; i++)
      self->noise.key[i] = (guint32)g_ascii_strtoull (words[1 + i], NULL, 10);
  else if (g_str_equal (words[0], "fracs"))
    for (char **word = words + 1; *word != NULL; word++)
      {
        int frac = (int)g_ascii_strtoll (*word, NULL, 10);
        g_array_append_val (self->fracs, frac);
      }
  else if (g_str_equal (words[0], "extremes"))
    for (char **word = words + 1; *word != NULL; word++)
      {
        double value = g_ascii_strtod (*word, NULL);
        g_array_append_val (self->extremes, value);
        value = -value;
        g_array_append_val (self->extremes, value);
      }
  else if (g_strv_length (words) == 8)
    g_hash_table_insert (self->lines,
                         g_strjoin (" ", words[0], words[1], words[2], words[3], words[4], NULL),
                         g_strjoin (" ", words[5], words[6], words[7], NULL));
}

static void
golden_load (Golden *self)
{
  static const char *const names[] = {"quantizer.txt", "quantizer-sign.txt"};

  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->fracs = g_array_new (FALSE, FALSE, sizeof (int));
  self->extremes = g_array_new (FALSE, FALSE, sizeof (double));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", names[i], NULL);
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) lines = NULL;

      g_array_set_size (self->fracs, 0);
      g_array_set_size (self->extremes, 0);
      g_file_get_contents (path, &text, NULL, &error);
      g_assert_no_error (error);
      lines = g_strsplit (text, "\n", -1);
      for (char **line = lines; *line != NULL; line++)
        if (**line != '#' && **line != '\0')
          golden_add_line (self, *line);
    }
}

/* Quantizes, checks each code against the scalar function and adds all to @digest. */
static void
run_array (const FxpQuantizer *quantizer,
           FxpNoise noise,
           const double *values,
           gsize n,
           FxpQuantizeCounts *counts,
           GChecksum *digest)
{
  g_autofree guint32 *codes = g_new (guint32, n);
  g_autofree guint8 *clipped = g_malloc (n);

  fxp_quantizer_apply (quantizer, &noise, values, codes, 0, n, counts, clipped);
  for (gsize i = 0; i < n; i++)
    {
      gint64 code = fxp_format_get_code (quantizer->format, codes, i);
      gint64 stored = GINT64_TO_LE (code);
      guint32 draw = fxp_noise_draw (noise, (guint32)i);

      g_assert_cmpint (fxp_quantizer_apply_one (quantizer, values[i], draw), ==, code);
      g_checksum_update (digest, (const guchar *)&stored, sizeof stored);
      g_checksum_update (digest, &clipped[i], 1);
    }
}

static void
check_golden (const Golden *golden,
              const char *table,
              const FxpQuantizer *quantizer,
              const FxpQuantizeCounts *counts,
              GChecksum *digest)
{
  g_autofree char *key = g_strdup_printf ("%s %d %d %s %s",
                                          table,
                                          quantizer->format.word_bits,
                                          quantizer->format.is_signed,
                                          fxp_rounding_get_nick (quantizer->rounding),
                                          fxp_overflow_get_nick (quantizer->overflow));
  g_autofree char *found = g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %.16s",
                                            counts->n_overflowed,
                                            counts->n_underflowed,
                                            g_checksum_get_string (digest));
  const char *expected = g_hash_table_lookup (golden->lines, key);

  if (g_strcmp0 (found, expected) != 0)
    g_test_fail_printf ("%s, %d fraction bits: found %s, expected %s",
                        key,
                        quantizer->format.frac_bits,
                        found,
                        expected);
}

/* Quarter steps to twice the range; the same codes at every binary point. */
static void
check_grid (const Golden *golden, FxpQuantizer *quantizer)
{
  const int last = 8 << quantizer->format.word_bits;
  const gsize n = 2 * (gsize)last + 1;
  g_autofree double *values = g_new (double, n);

  for (guint k = 0; k < golden->fracs->len; k++)
    {
      g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);
      FxpQuantizeCounts counts = {0};
      int frac = g_array_index (golden->fracs, int, k);

      quantizer->format.frac_bits = (gint8)frac;
      for (int i = -last; i <= last; i++)
        values[i + last] = ldexp (0.25 * i, -frac);
      run_array (quantizer, golden->noise, values, n, &counts, digest);
      g_assert_cmpuint (counts.n, ==, n);
      g_assert_cmpuint (counts.n_nonfinite, ==, 0);
      check_golden (golden, "grid", quantizer, &counts, digest);
    }
}

static void
check_extremes (const Golden *golden, FxpQuantizer *quantizer)
{
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);
  const double *values = (const double *)(gpointer)golden->extremes->data;
  FxpQuantizeCounts counts = {0};

  for (guint k = 0; k < golden->fracs->len; k++)
    {
      quantizer->format.frac_bits = (gint8)g_array_index (golden->fracs, int, k);
      run_array (quantizer, golden->noise, values, golden->extremes->len, &counts, digest);
    }

  /* Infinity and NaN, each with both signs. */
  g_assert_cmpuint (counts.n_nonfinite, ==, 4 * golden->fracs->len);
  check_golden (golden, "extreme", quantizer, &counts, digest);
}

/* Every mode of @word at once. */
static void
check_word (const Golden *golden, guint8 word)
{
  g_autofree char *extreme = g_strdup_printf ("extreme %d 1 floor wrap", word);

  for (int rounding = 0; rounding < FXP_N_ROUNDINGS; rounding++)
    for (int overflow = 0; overflow < FXP_N_OVERFLOWS; overflow++)
      for (int is_signed = 0; is_signed < 2; is_signed++)
        {
          FxpQuantizer quantizer = {{word, 0, is_signed},
                                    (FxpRounding)rounding,
                                    (FxpOverflow)overflow};

          if (word <= 8)
            check_grid (golden, &quantizer);
          if (g_hash_table_contains (golden->lines, extreme))
            check_extremes (golden, &quantizer);
        }
}

static void
test_golden (gconstpointer data)
{
  g_auto (Golden) golden = {0};

  golden_load (&golden);
  g_assert_cmpuint (g_hash_table_size (golden.lines), ==, (8 + 8) * 2 * 18);

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_INT (data));
  for (guint8 word = 1; word <= FXP_WORD_BITS_MAX; word++)
    check_word (&golden, word);
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
}

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
                   "stochastic or sign");
  g_assert_cmpint (rounding, ==, FXP_ROUND_SIGN);
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

  add_per_unit ("golden", test_golden);
  add_per_unit ("pieces", test_pieces);
  add_per_unit ("against-one", test_against_one);
  add_per_unit ("float", test_float);
  g_test_add_func ("/number/quantizer/nicks", test_nicks);
  g_test_add_func ("/number/quantizer/equal", test_equal);

  return g_test_run ();
}
