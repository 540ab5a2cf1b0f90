/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "code-array.h"
#include "tensor/column-norm-private.h"

#define GAP 3 /* between rows */

typedef struct
{
  FxpFormat format;
  CodeChoice codes;
  gsize n_rows, n_columns;
} Case;

static const Case cases[] = {
  {{8, 3, TRUE}, CODES_RANDOM, 1, 1},
  {{8, 3, FALSE}, CODES_RANDOM, 17, 63},
  {{12, 3, TRUE}, CODES_RANDOM, 40, 64},
  {{16, 3, TRUE}, CODES_RANDOM, 9, 65},
  {{16, 3, FALSE}, CODES_RANDOM, 300, 130},
  {{2, 3, TRUE}, CODES_RANDOM, 100, 20},
  {{8, 3, TRUE}, CODES_LEAST, 1000, 3},
  {{16, 0, TRUE}, CODES_LEAST, 131073, 2},
  {{16, 0, FALSE}, CODES_GREATEST, 65537, 1}, /* 32 bits do not hold these two */
};

static guint64
measure_naively (const FxpMatrix *matrix, gsize n_rows, gsize n_columns)
{
  guint64 greatest = 0;

  for (gsize column = 0; column < n_columns; column++)
    {
      guint64 norm = 0;

      for (gsize row = 0; row < n_rows; row++)
        norm += (guint64)ABS (
          fxp_format_get_code (matrix->format, matrix->data, row * matrix->row_stride + column));
      greatest = MAX (greatest, norm);
    }
  return greatest;
}

/* @data: the vector unit. */
static void
test_measure (gconstpointer data)
{
  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *of = &cases[i];
      const gsize stride = of->n_columns + GAP;
      g_autofree gpointer codes =
        code_array_new (of->format, (of->n_rows - 1) * stride + of->n_columns, of->codes, i);
      const FxpMatrix matrix = {codes, of->format, stride, 1};

      g_assert_cmpuint (fxp_column_norm_measure (&matrix, of->n_rows, of->n_columns),
                        ==,
                        measure_naively (&matrix, of->n_rows, of->n_columns));
    }
}

/* 2^31 - 1 at most, of either sign. */
static void
test_fits (void)
{
  const FxpFormat narrow = FXP_FORMAT_SIGNED (8, 0), wide = FXP_FORMAT_UNSIGNED (16, 0);

  g_assert_true (fxp_column_norm_fits (0, wide));
  g_assert_true (fxp_column_norm_fits ((1 << 24) - 1, narrow));
  g_assert_false (fxp_column_norm_fits (1 << 24, narrow));
  g_assert_true (fxp_column_norm_fits (G_MAXINT32 / 65535, wide));
  g_assert_false (fxp_column_norm_fits (G_MAXINT32 / 65535 + 1, wide));
  g_assert_false (fxp_column_norm_fits (G_MAXUINT64, FXP_FORMAT_UNSIGNED (1, 0)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/column-norm/fits", test_fits);
  add_unit_tests ("/tensor/column-norm/measure", test_measure);
  return g_test_run ();
}
