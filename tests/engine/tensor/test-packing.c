/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/random.h"
#include "number/vector-unit-private.h"
#include "tensor/packing-private.h"

#include <string.h>

/* Matrices of rows, of columns, and with gaps everywhere. */
typedef enum
{
  LAYOUT_ROWS,
  LAYOUT_COLUMNS,
  LAYOUT_SPREAD,
  N_LAYOUTS
} Layout;

static const FxpFormat formats[] = {
  {8, 5, TRUE},
  {7, 5, FALSE},
  {8, 3, FALSE},
  {16, 9, TRUE},
  {15, 2, FALSE},
  {16, 2, FALSE},
  {27, 20, TRUE},
  {31, 8, FALSE},
  {0, 0, TRUE}, /* float */
};

/* Ends with its last element, so that a sanitizer sees a step outside. */
static FxpMatrix
matrix_new (FxpFormat format, gsize n_rows, gsize n_columns, Layout layout)
{
  const FxpNoise noise = fxp_noise_new (7, 0, 0, 0, 0);
  gsize size = fxp_storage_get_size (fxp_format_get_storage (format));
  FxpMatrix self = {NULL, format, n_columns, 1};
  guint8 *data;
  gsize n;

  if (layout == LAYOUT_COLUMNS)
    self = (FxpMatrix){NULL, format, 1, n_rows + 3};
  else if (layout == LAYOUT_SPREAD)
    self = (FxpMatrix){NULL, format, 9, 9 * n_rows};
  n = (n_rows - 1) * self.row_stride + (n_columns - 1) * self.column_stride + 1;
  self.data = data = g_malloc (n * size);
  for (gsize i = 0; i < n; i++)
    {
      gint32 draw = (gint32)fxp_noise_draw (noise, (guint32)i);
      guint32 code = format.is_signed ? (guint32)(draw >> (32 - MAX (format.word_bits, 1)))
                                      : (guint32)draw >> (32 - format.word_bits);
      float real = (float)draw * 0x1p-31f;

      memcpy (data + i * size, fxp_format_is_float (format) ? (void *)&real : (void *)&code, size);
    }
  return self;
}

/* An element as a real; all are exact in a double. */
static double
get_packed (FxpElement element, const guint8 *at)
{
  gint16 code;
  float value;

  if (element == FXP_ELEMENT_I8)
    return *(const gint8 *)at;
  if (element == FXP_ELEMENT_I16)
    {
      memcpy (&code, at, sizeof code);
      return code;
    }
  memcpy (&value, at, sizeof value);
  return (double)value;
}

/* The one that belongs there. */
static double
get_expected (const FxpMatrix *matrix, FxpElement element, FxpPart part, gsize row, gsize column)
{
  gsize i = row * matrix->row_stride + column * matrix->column_stride;
  gint64 code;

  if (fxp_format_is_float (matrix->format))
    return (double)((const float *)matrix->data)[i];
  code = fxp_format_get_code (matrix->format, matrix->data, i);
  if (element == FXP_ELEMENT_F32)
    return (double)((float)code * (float)fxp_format_get_step (matrix->format));
  if (part == FXP_PART_LOW)
    return (double)(code & 255);
  return (double)(part == FXP_PART_HIGH ? code >> 8 : code);
}

/* Whether the element holds every code of that part. */
static gboolean
holds (FxpElement element, FxpPart part, FxpFormat format)
{
  guint signed_bits = format.word_bits + (format.is_signed ? 0 : 1);

  if (element == FXP_ELEMENT_F32)
    return part == FXP_PART_WHOLE;
  if (fxp_format_is_float (format))
    return FALSE;
  if (part != FXP_PART_WHOLE)
    return element == FXP_ELEMENT_I16 && format.word_bits > 8 && format.word_bits <= 16;
  return signed_bits <= (element == FXP_ELEMENT_I8 ? 8 : 16);
}

/* Fills the steps after the first of strips with two more, and looks at them all. */
static void
check (const FxpMatrix *matrix, gsize n_rows, gsize n_columns, FxpElement element, FxpPart part)
{
  const gsize n_per_step = fxp_element_get_n_per_step (element);
  const gsize n_filled = (n_rows + n_per_step - 1) / n_per_step, n_steps = n_filled + 2;
  const gsize n_bytes = fxp_packing_get_n_bytes (n_steps, n_columns);
  const gsize n_whole = fxp_packing_get_n_columns (n_columns);
  g_autofree guint8 *target = g_malloc (n_bytes);
  g_autofree guint8 *untouched = g_malloc (n_bytes);

  memset (target, 0x55, n_bytes);
  memset (untouched, 0x55, n_bytes);
  fxp_packing_fill (matrix, n_rows, n_columns, element, part, 1, n_steps, target);
  for (gsize column = 0; column < n_whole; column++)
    {
      const gsize first = column / FXP_STRIP_COLUMNS * FXP_STRIP_COLUMNS;
      const gsize width = MIN (n_whole - first, FXP_STRIP_COLUMNS);
      const guint8 *strip = target + fxp_packing_find_strip (n_steps, first);

      for (gsize step = 0; step < n_steps; step++)
        {
          const guint8 *at = strip + (step * width + column - first) * FXP_STEP_BYTES;

          if (step == 0 || step > n_filled)
            g_assert_cmpmem (at, FXP_STEP_BYTES, untouched, FXP_STEP_BYTES);
          else
            for (gsize i = 0; i < n_per_step; i++)
              {
                gsize row = (step - 1) * n_per_step + i;
                double expected = 0;

                if (row < n_rows && column < n_columns)
                  expected = get_expected (matrix, element, part, row, column);
                g_assert_cmpfloat (get_packed (element, at + i * (FXP_STEP_BYTES / n_per_step)),
                                   ==,
                                   expected);
              }
        }
    }
}

/* Sizes around those of squares and strips; @data: the vector unit. */
static void
test_naive (gconstpointer data)
{
  static const gsize sizes[] = {1, 3, 4, 9, 15, 16, 31, 33, 64, 71, 130};

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
    for (Layout layout = 0; layout < N_LAYOUTS; layout++)
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
          {
            FxpMatrix matrix = matrix_new (formats[f], sizes[i], sizes[j], layout);

            for (FxpElement element = 0; element < FXP_N_ELEMENTS; element++)
              for (FxpPart part = 0; part <= FXP_PART_LOW; part++)
                if (holds (element, part, formats[f]))
                  check (&matrix, sizes[i], sizes[j], element, part);
            g_free ((gpointer)matrix.data);
          }
}

static void
test_sizes (void)
{
  g_assert_cmpuint (fxp_packing_get_n_columns (0), ==, 0);
  g_assert_cmpuint (fxp_packing_get_n_columns (1), ==, 16);
  g_assert_cmpuint (fxp_packing_get_n_columns (16), ==, 16);
  g_assert_cmpuint (fxp_packing_get_n_columns (33), ==, 48);
  g_assert_cmpuint (fxp_packing_get_n_bytes (3, 33), ==, 3 * 48 * 4);
  g_assert_cmpuint (fxp_packing_find_strip (3, 32), ==, 3 * 32 * 4);
}

int
main (int argc, char **argv)
{
  const guint n_units = fxp_vector_unit_get () + 1;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/packing/sizes", test_sizes);
  for (guint unit = 0; unit < n_units; unit++)
    {
      g_autofree char *path = g_strconcat ("/tensor/packing/naive/",
                                           fxp_vector_unit_get_name ((FxpVectorUnit)unit),
                                           NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (unit), test_naive);
    }
  return g_test_run ();
}
