/* SPDX-License-Identifier: MIT */
/* The quantizer against the golden files, which are written in exact rationals. */
#include "config.h"

#include <math.h>

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
  static const char *const names[] = {"quantizer.txt",
                                      "quantizer-sign.txt",
                                      "quantizer-nearest-up.txt"};

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
  g_assert_cmpuint (g_hash_table_size (golden.lines), ==, (8 + 8) * 2 * 21);

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_INT (data));
  for (guint8 word = 1; word <= FXP_WORD_BITS_MAX; word++)
    check_word (&golden, word);
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (int unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
    {
      const char *unit_name = fxp_vector_unit_get_name ((FxpVectorUnit)unit);
      g_autofree char *path = g_strdup_printf ("/number/quantizer/golden/%s", unit_name);

      g_test_add_data_func (path, GINT_TO_POINTER (unit), test_golden);
    }

  return g_test_run ();
}
