/* SPDX-License-Identifier: MIT */
/* Arrays of codes or reals for the tests of products, and what is in them.  They end with their
 * last element, so that a sanitizer sees a step outside. */
#pragma once

#include "number/format.h"
#include "number/random.h"
#include "number/vector-unit-private.h"

#include <string.h>

typedef enum
{
  CODES_RANDOM, /* over the whole word, and often at its ends */
  CODES_LEAST,
  CODES_GREATEST,
  CODES_SMALL, /* magnitudes of 3 at most */
} CodeChoice;

static inline gint64
code_array_choose (FxpFormat format, CodeChoice choice, guint32 draw)
{
  if (choice == CODES_LEAST || (choice == CODES_RANDOM && draw % 8 == 0))
    return fxp_format_get_min_code (format);
  if (choice == CODES_GREATEST || (choice == CODES_RANDOM && draw % 8 == 1))
    return fxp_format_get_max_code (format);
  if (choice == CODES_SMALL)
    return (gint64)(draw % 4) * (format.is_signed && draw & 4 ? -1 : 1);
  if (format.is_signed)
    return (gint32)draw >> (32 - format.word_bits);
  return draw >> (32 - format.word_bits);
}

/* Floats lie within -1..1, and some are zeros of either sign. */
static inline gpointer
code_array_new (FxpFormat format, gsize n, CodeChoice choice, guint key)
{
  const FxpNoise noise = fxp_noise_new (11, key, 0, 0, FXP_STREAM_SYNTHETIC);
  const gsize size = fxp_storage_get_size (fxp_format_get_storage (format));
  guint8 *codes = g_malloc (n * size);

  for (gsize i = 0; i < n; i++)
    {
      const guint32 draw = fxp_noise_draw (noise, (guint32)i);

      if (fxp_format_is_float (format))
        {
          float value = (float)(gint32)draw * (draw % 16 == 0 ? 0.0f : 0x1p-31f);

          memcpy (codes + i * size, &value, size);
        }
      else
        {
          guint32 code = (guint32)code_array_choose (format, choice, draw);

          memcpy (codes + i * size, &code, size);
        }
    }
  return codes;
}

/* As products take it where an operand is float: a code is rounded to float32, its step is exact.
 */
static inline float
code_array_get_value (FxpFormat format, gconstpointer codes, gsize i)
{
  if (fxp_format_is_float (format))
    return ((const float *)codes)[i];
  return (float)fxp_format_get_code (format, codes, i) * (float)fxp_format_get_step (format);
}

/* A sum of products formed naively: 64-bit integers, or float32 in the order of the calls. */
typedef struct
{
  FxpFormat a, b;
  gint64 codes;
  float value;
} NaiveSum;

static inline void
naive_sum_add (NaiveSum *self, gconstpointer a, gsize i, gconstpointer b, gsize j)
{
  if (fxp_format_is_float (self->a) || fxp_format_is_float (self->b))
    self->value += code_array_get_value (self->a, a, i) * code_array_get_value (self->b, b, j);
  else
    self->codes += fxp_format_get_code (self->a, a, i) * fxp_format_get_code (self->b, b, j);
}

/* That it is sum @i of an array of those of @size bytes that micro-kernels form. */
static inline void
naive_sum_assert (const NaiveSum *self, gsize size, gconstpointer sums, gsize i)
{
  if (fxp_format_is_float (self->a) || fxp_format_is_float (self->b))
    g_assert_cmpmem ((const float *)sums + i, sizeof (float), &self->value, sizeof (float));
  else
    g_assert_cmpint (size == sizeof (gint32) ? ((const gint32 *)sums)[i]
                                             : ((const gint64 *)sums)[i],
                     ==,
                     self->codes);
}

/* Adds a case for each vector unit that this processor has; its data is the unit. */
static inline void
add_unit_tests (const char *path, GTestDataFunc func)
{
  const guint n_units = fxp_vector_unit_get () + 1;

  for (guint unit = 0; unit < n_units; unit++)
    {
      g_autofree char *name =
        g_strconcat (path, "/", fxp_vector_unit_get_name ((FxpVectorUnit)unit), NULL);

      g_test_add_data_func (name, GUINT_TO_POINTER (unit), func);
    }
}
