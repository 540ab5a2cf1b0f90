/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "code-array.h"
#include "tensor/transpose-private.h"

static const gsize element_sizes[] = {1, 2, 4, 8};
static const gsize lengths[] = {1, 2, 3, 15, 16, 17, 31, 32, 33, 50};

#define GAP       3
#define UNTOUCHED 0x55

/* No two neighbours alike. */
static guint8 *
bytes_new (gsize n)
{
  return code_array_new (FXP_FORMAT_UNSIGNED (8, 0), n, CODES_RANDOM, (guint)n);
}

/* With gaps behind the rows of both, of which those of the copy stay as they are. */
static void
check (gsize n_rows, gsize n_columns, gsize size)
{
  const gsize from_stride = n_columns + GAP, to_stride = n_rows + GAP;
  const gsize n_to = (n_columns - 1) * to_stride + n_rows;
  g_autofree guint8 *from = bytes_new (((n_rows - 1) * from_stride + n_columns) * size);
  g_autofree guint8 *to = g_malloc (n_to * size);

  memset (to, UNTOUCHED, n_to * size);
  fxp_transpose (from, n_rows, n_columns, from_stride, size, to, to_stride);
  for (gsize i = 0; i < n_to; i++)
    {
      const gsize row = i % to_stride, column = i / to_stride;

      for (gsize byte = 0; byte < size; byte++)
        g_assert_cmpuint (to[i * size + byte],
                          ==,
                          row < n_rows ? from[(row * from_stride + column) * size + byte]
                                       : UNTOUCHED);
    }
}

static void
test_strides (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (element_sizes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (lengths); j++)
      for (guint k = 0; k < G_N_ELEMENTS (lengths); k++)
        check (lengths[j], lengths[k], element_sizes[i]);
}

/* Matrices behind each other, each for itself. */
static void
test_all (void)
{
  const gsize n = 3, n_rows = 17, n_columns = 5, n_codes = n_rows * n_columns;

  for (guint i = 0; i < G_N_ELEMENTS (element_sizes); i++)
    {
      const gsize size = element_sizes[i];
      g_autofree guint8 *from = bytes_new (n * n_codes * size);
      g_autofree guint8 *to = g_malloc (n * n_codes * size);

      fxp_transpose_all (from, n, n_rows, n_columns, size, to);
      for (gsize j = 0; j < n * n_codes; j++)
        {
          const gsize row = j % n_rows, column = j / n_rows % n_columns;
          const gsize at = j / n_codes * n_codes + row * n_columns + column;

          g_assert_cmpmem (to + j * size, size, from + at * size, size);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/transpose/strides", test_strides);
  g_test_add_func ("/tensor/transpose/all", test_all);
  return g_test_run ();
}
