/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/random.h"
#include "tensor/panel-private.h"

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
  {7, 5, TRUE},
  {8, 3, FALSE},
  {13, 9, TRUE},
  {15, 2, FALSE},
  {27, 20, TRUE},
  {31, 8, FALSE},
};

static FxpMatrix
matrix_new (FxpFormat format, gsize n_rows, gsize n_columns, Layout layout)
{
  const FxpNoise noise = fxp_noise_new (7, 0, 0, 0, 0);
  gsize size = fxp_storage_get_size (fxp_format_get_storage (format));
  FxpMatrix self = {NULL, format, n_columns, 1};
  gsize n;
  guint8 *data;

  if (layout == LAYOUT_COLUMNS)
    self = (FxpMatrix){NULL, format, 1, n_rows + 3};
  else if (layout == LAYOUT_SPREAD)
    self = (FxpMatrix){NULL, format, 2 * n_columns + 1, 2};
  /* To the last element and not a byte further, so that a sanitizer sees a step outside. */
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

/* An element of a panel at @place, as a real: all of them are exact in a double. */
static double
get_element (const FxpPanel *panel, FxpOperand operand, gsize place)
{
  switch (operand)
    {
    case FXP_OPERAND_I32:
      return ((const gint32 *)panel->data)[place];
    case FXP_OPERAND_I64:
      return (double)((const gint64 *)panel->data)[place];
    case FXP_N_OPERANDS:
    default:
      g_assert_not_reached ();
    }
}

/* The element that belongs there. */
static double
get_expected (const FxpMatrix *matrix, gsize row, gsize column)
{
  gsize i = row * matrix->row_stride + column * matrix->column_stride;

  return (double)fxp_format_get_code (matrix->format, matrix->data, i);
}

static void
check_rows (const FxpMatrix *matrix,
            gboolean turned,
            gsize n_rows,
            gsize n,
            FxpOperand operand,
            gsize padding,
            FxpScratch *scratch)
{
  FxpPanel panel = fxp_panel_new (matrix, turned, n_rows, n, operand, padding, scratch, 0);

  g_assert_cmpuint (panel.n_rows, ==, n_rows);
  g_assert_cmpuint (panel.n, >=, n);
  g_assert_cmpuint (panel.n, <, n + MAX (padding, 1));
  for (gsize row = 0; row < n_rows; row++)
    for (gsize i = 0; i < panel.n; i++)
      {
        double expected = 0;

        if (i < n)
          expected = get_expected (matrix, turned ? i : row, turned ? row : i);
        g_assert_cmpfloat (get_element (&panel, operand, row * panel.stride + i), ==, expected);
      }
}

static void
check_strips (const FxpMatrix *matrix,
              gsize n_rows,
              gsize n,
              FxpOperand operand,
              gsize n_reads,
              FxpScratch *scratch)
{
  FxpPanel panel = fxp_panel_new_strips (matrix, n_rows, n, operand, n_reads, scratch, 1);
  gsize n_whole = (n + FXP_STRIP - 1) / FXP_STRIP * FXP_STRIP;

  g_assert_cmpuint (panel.n_rows, ==, n_rows);
  for (gsize column = 0; column < n_whole; column++)
    for (gsize row = 0; row < n_rows; row++)
      {
        gsize place = fxp_panel_find_in_strips (&panel, column) + row * panel.stride;
        double expected = column < n ? get_expected (matrix, row, column) : 0;

        g_assert_cmpfloat (get_element (&panel, operand, place), ==, expected);
      }
}

static void
check (FxpFormat format, FxpOperand operand, gsize n_rows, gsize n, FxpScratch *scratch)
{
  for (Layout layout = 0; layout < N_LAYOUTS; layout++)
    {
      FxpMatrix matrix = matrix_new (format, n_rows, n, layout);

      for (gsize padding = 0; padding <= 64; padding = padding == 0 ? 16 : padding * 2)
        {
          check_rows (&matrix, FALSE, n_rows, n, operand, padding, scratch);
          check_rows (&matrix, TRUE, n, n_rows, operand, padding, scratch);
        }
      check_strips (&matrix, n_rows, n, operand, 1, scratch);
      check_strips (&matrix, n_rows, n, operand, 100, scratch);
      g_free ((gpointer)matrix.data);
    }
}

/* Sizes around those of squares, strips, bands and parts. */
static void
test_naive (void)
{
  static const gsize sizes[] = {1, 3, 4, 7, 8, 9, 16, 31, 33, 64, 71, 259};
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
    for (FxpOperand operand = 0; operand < FXP_N_OPERANDS; operand++)
      {
        if (!fxp_operand_holds (operand, formats[f]))
          continue;
        for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
          for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
            check (formats[f], operand, sizes[i], sizes[j], scratch);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/panel/naive", test_naive);
  return g_test_run ();
}
