/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/transpose-private.h"

/* Squares of this side are transposed one after the other, so that the cache lines they write are
 * complete while they are near. */
#define SIDE 16

#define DEFINE_TRANSPOSE(type)                                                                     \
  static void transpose_##type (const type *restrict from,                                         \
                                gsize n_rows,                                                      \
                                gsize n_columns,                                                   \
                                gsize from_stride,                                                 \
                                type *restrict to,                                                 \
                                gsize to_stride)                                                   \
  {                                                                                                \
    for (gsize row = 0; row < n_rows; row += SIDE)                                                 \
      for (gsize column = 0; column < n_columns; column += SIDE)                                   \
        {                                                                                          \
          const gsize last_row = MIN (row + SIDE, n_rows);                                         \
          const gsize last_column = MIN (column + SIDE, n_columns);                                \
                                                                                                   \
          for (gsize c = column; c < last_column; c++)                                             \
            for (gsize r = row; r < last_row; r++)                                                 \
              to[c * to_stride + r] = from[r * from_stride + c];                                   \
        }                                                                                          \
  }

DEFINE_TRANSPOSE (guint8)
DEFINE_TRANSPOSE (guint16)
DEFINE_TRANSPOSE (guint32)
DEFINE_TRANSPOSE (guint64)
#undef DEFINE_TRANSPOSE

void
fxp_transpose (gconstpointer from,
               gsize n_rows,
               gsize n_columns,
               gsize from_stride,
               gsize element_size,
               gpointer to,
               gsize to_stride)
{
  switch (element_size)
    {
    case 1:
      transpose_guint8 (from, n_rows, n_columns, from_stride, to, to_stride);
      break;
    case 2:
      transpose_guint16 (from, n_rows, n_columns, from_stride, to, to_stride);
      break;
    case 4:
      transpose_guint32 (from, n_rows, n_columns, from_stride, to, to_stride);
      break;
    case 8:
      transpose_guint64 (from, n_rows, n_columns, from_stride, to, to_stride);
      break;
    default:
      g_return_if_reached ();
    }
}

void
fxp_transpose_all (gconstpointer from,
                   gsize n,
                   gsize n_rows,
                   gsize n_columns,
                   gsize element_size,
                   gpointer to)
{
  const gsize n_bytes = n_rows * n_columns * element_size;

  for (gsize i = 0; i < n; i++)
    fxp_transpose ((const guint8 *)from + i * n_bytes,
                   n_rows,
                   n_columns,
                   n_columns,
                   element_size,
                   (guint8 *)to + i * n_bytes,
                   n_rows);
}
