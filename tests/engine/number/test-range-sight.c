/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "number/random.h"
#include "number/range-sight.h"
#include "number/vector-unit-private.h"

static const FxpNoise source = {{0x03707344u, 0xa4093822u}};

/* The same, one code at a time. */
static FxpRangeSight
see_slowly (FxpFormat format, gconstpointer codes, gsize n)
{
  const gint64 greatest = MAX (fxp_format_get_max_code (format), 1);
  FxpRangeSight self = {.n = n};

  for (gsize i = 0; i < n; i++)
    {
      const gint64 code = fxp_format_get_code (format, codes, i), magnitude = ABS (code);

      self.n_full += magnitude >= greatest;
      self.n_half += 2 * magnitude >= greatest + 1;
      self.max = MAX (self.max, (guint32)magnitude);
    }
  return self;
}

static void
assert_same (const FxpRangeSight *found, const FxpRangeSight *expected)
{
  g_assert_cmpuint (found->n, ==, expected->n);
  g_assert_cmpuint (found->n_full, ==, expected->n_full);
  g_assert_cmpuint (found->n_half, ==, expected->n_half);
  g_assert_cmpuint (found->n_underflowed, ==, expected->n_underflowed);
  g_assert_cmpuint (found->max, ==, expected->max);
}

/* @n random codes of all sizes, at times the ends of the word. */
static void
fill (FxpFormat format, gsize n, guint8 *codes)
{
  const FxpStorage storage = fxp_format_get_storage (format);
  const gint64 min = fxp_format_get_min_code (format), max = fxp_format_get_max_code (format);

  for (gsize i = 0; i < n; i++)
    {
      const guint32 draw = fxp_noise_draw (source, (guint32)i);
      gint64 code = min + (gint64)((guint64)draw * (guint64)(max - min + 1) >> 32);

      code /= G_GINT64_CONSTANT (1) << (draw % 5);
      code = draw % 97 == 0 ? min : draw % 97 == 1 ? max : code;
      if (storage == FXP_STORAGE_I8 || storage == FXP_STORAGE_U8)
        codes[i] = (guint8)code;
      else if (storage == FXP_STORAGE_I16 || storage == FXP_STORAGE_U16)
        ((guint16 *)(gpointer)codes)[i] = (guint16)code;
      else
        ((guint32 *)(gpointer)codes)[i] = (guint32)code;
    }
}

/* Every word on every vector unit, arrays of sizes around those of the pieces. */
static void
test_codes (gconstpointer data)
{
  enum
  {
    N_MAX = 70000
  };
  static const gsize sizes[] = {0, 1, 31, 127, 128, 129, 1000, 32768, N_MAX};
  g_autofree guint32 *codes = g_new (guint32, N_MAX);

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_INT (data));
  for (guint8 word = 1; word <= FXP_WORD_BITS_MAX; word++)
    for (int is_signed = 0; is_signed < 2; is_signed++)
      {
        const FxpFormat format = {word, 3, is_signed};

        fill (format, N_MAX, (guint8 *)codes);
        for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
          {
            const FxpRangeSight found = fxp_range_sight_of_codes (format, codes, sizes[i]);
            const FxpRangeSight expected = see_slowly (format, codes, sizes[i]);

            assert_same (&found, &expected);
          }
      }
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
}

/* An array of nothing but ends fills each count of a piece. */
static void
test_all_full (gconstpointer data)
{
  enum
  {
    N = 100000
  };
  g_autofree gint8 *codes = g_malloc (N);
  FxpRangeSight found;

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_INT (data));
  memset (codes, -128, N);
  found = fxp_range_sight_of_codes (FXP_FORMAT_SIGNED (8, 0), codes, N);
  assert_same (&found, &(FxpRangeSight){.n = N, .n_full = N, .n_half = N, .max = 128});
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
}

/* Courbariaux's limits in words of 3 bits: L = 3, and half of it at 1.5, so from 2 on. */
static void
test_limits (void)
{
  static const gint8 codes[] = {-4, -3, -2, -1, 0, 1, 2, 3};
  FxpRangeSight sight =
    fxp_range_sight_of_codes (FXP_FORMAT_SIGNED (3, 0), codes, G_N_ELEMENTS (codes));
  const FxpRangeSight zeros = fxp_range_sight_of_codes (FXP_FORMAT_SIGNED (1, 0), codes + 4, 1);
  const FxpRangeSight of_float = fxp_range_sight_of_codes (FXP_FORMAT_FLOAT, codes, 2);

  assert_same (&sight, &(FxpRangeSight){.n = 8, .n_full = 3, .n_half = 5, .max = 4});
  /* A zero is no overflow, though 0 is the greatest code of one signed bit. */
  assert_same (&zeros, &(FxpRangeSight){.n = 1});
  assert_same (&of_float, &(FxpRangeSight){.n = 2});

  fxp_range_sight_add (&sight, &(FxpRangeSight){10, 4, 5, 6, 3});
  assert_same (&sight, &(FxpRangeSight){18, 7, 10, 6, 4});
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (int unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
    {
      const char *name = fxp_vector_unit_get_name ((FxpVectorUnit)unit);
      g_autofree char *codes = g_strdup_printf ("/range-sight/codes/%s", name);
      g_autofree char *all_full = g_strdup_printf ("/range-sight/all-full/%s", name);

      g_test_add_data_func (codes, GINT_TO_POINTER (unit), test_codes);
      g_test_add_data_func (all_full, GINT_TO_POINTER (unit), test_all_full);
    }
  g_test_add_func ("/range-sight/limits", test_limits);

  return g_test_run ();
}
