/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/matmul-kernel-private.h"

#include <string.h>

#define INLINE static inline __attribute__ ((always_inline))

/* The loops below are written for the compiler's vectoriser: plain, of known small counts inside,
 * over arrays that do not overlap.  A group of rows and columns shares its loads. */
#define ROW_GROUP    2
#define COLUMN_GROUP 4

/* Lets the compiler see that a length has no remainder. */
INLINE gsize
round_to_padding (gsize n)
{
  return n / FXP_PANEL_PADDING * FXP_PANEL_PADDING;
}

#define DEFINE_DOT(name, operand, product, partial, sum)                                           \
  INLINE void dot_group_##name (const operand *restrict a,                                         \
                                gsize a_stride,                                                    \
                                gsize n_rows,                                                      \
                                const operand *restrict b,                                         \
                                gsize b_stride,                                                    \
                                gsize n_columns,                                                   \
                                gsize n,                                                           \
                                gsize block,                                                       \
                                sum *restrict sums,                                                \
                                gsize stride)                                                      \
  {                                                                                                \
    gsize first = 0;                                                                               \
                                                                                                   \
    do                                                                                             \
      {                                                                                            \
        const gsize length = round_to_padding (MIN (n - first, block));                            \
        partial part[ROW_GROUP][COLUMN_GROUP];                                                     \
                                                                                                   \
        for (gsize r = 0; r < n_rows; r++)                                                         \
          for (gsize c = 0; c < n_columns; c++)                                                    \
            part[r][c] = 0;                                                                        \
        for (gsize p = 0; p < length; p++)                                                         \
          for (gsize r = 0; r < n_rows; r++)                                                       \
            for (gsize c = 0; c < n_columns; c++)                                                  \
              part[r][c] += (product)a[r * a_stride + first + p] * b[c * b_stride + first + p];    \
        for (gsize r = 0; r < n_rows; r++)                                                         \
          for (gsize c = 0; c < n_columns; c++)                                                    \
            sums[r * stride + c] = (first == 0 ? 0 : sums[r * stride + c]) + part[r][c];           \
        first += length;                                                                           \
      }                                                                                            \
    while (first < n);                                                                             \
  }                                                                                                \
                                                                                                   \
  INLINE void dot_rows_##name (const FxpPanel *a,                                                  \
                               gsize row,                                                          \
                               gsize n_rows,                                                       \
                               const FxpPanel *b,                                                  \
                               gsize block,                                                        \
                               const FxpTile *tile,                                                \
                               sum *restrict sums)                                                 \
  {                                                                                                \
    const operand *x = (const operand *)a->data + row * a->stride;                                 \
    const operand *y = (const operand *)b->data + tile->column * b->stride;                        \
    gsize c = 0;                                                                                   \
                                                                                                   \
    for (; c + COLUMN_GROUP <= tile->n_columns; c += COLUMN_GROUP)                                 \
      dot_group_##name (x,                                                                         \
                        a->stride,                                                                 \
                        n_rows,                                                                    \
                        y + c * b->stride,                                                         \
                        b->stride,                                                                 \
                        COLUMN_GROUP,                                                              \
                        a->n,                                                                      \
                        block,                                                                     \
                        sums + c,                                                                  \
                        tile->stride);                                                             \
    for (; c < tile->n_columns; c++)                                                               \
      dot_group_##name (x,                                                                         \
                        a->stride,                                                                 \
                        n_rows,                                                                    \
                        y + c * b->stride,                                                         \
                        b->stride,                                                                 \
                        1,                                                                         \
                        a->n,                                                                      \
                        block,                                                                     \
                        sums + c,                                                                  \
                        tile->stride);                                                             \
  }                                                                                                \
                                                                                                   \
  INLINE void dot_##name (const FxpPanel *a,                                                       \
                          const FxpPanel *b,                                                       \
                          gsize block,                                                             \
                          const FxpTile *tile,                                                     \
                          sum *sums)                                                               \
  {                                                                                                \
    gsize r = 0;                                                                                   \
                                                                                                   \
    for (; r + ROW_GROUP <= tile->n_rows; r += ROW_GROUP)                                          \
      dot_rows_##name (a, tile->row + r, ROW_GROUP, b, block, tile, sums + r * tile->stride);      \
    for (; r < tile->n_rows; r++)                                                                  \
      dot_rows_##name (a, tile->row + r, 1, b, block, tile, sums + r * tile->stride);              \
  }

DEFINE_DOT (i16_short, gint16, gint32, gint32, gint32)
DEFINE_DOT (i16_blocks, gint16, gint32, gint32, gint64)
DEFINE_DOT (i16, gint16, gint32, gint64, gint64)
DEFINE_DOT (i32, gint32, gint64, gint64, gint64)
#undef DEFINE_DOT

void
fxp_kernel_dot_i16_short (const FxpPanel *a, const FxpPanel *b, const FxpTile *tile, gint32 *sums)
{
  dot_i16_short (a, b, G_MAXSIZE, tile, sums);
}

void
fxp_kernel_dot_i16_blocks (const FxpPanel *a,
                           const FxpPanel *b,
                           gsize block,
                           const FxpTile *tile,
                           gint64 *sums)
{
  dot_i16_blocks (a, b, block, tile, sums);
}

void
fxp_kernel_dot_i16 (const FxpPanel *a,
                    const FxpPanel *b,
                    gsize block,
                    const FxpTile *tile,
                    gint64 *sums)
{
  dot_i16 (a, b, G_MAXSIZE, tile, sums);
}

void
fxp_kernel_dot_i32 (const FxpPanel *a,
                    const FxpPanel *b,
                    gsize block,
                    const FxpTile *tile,
                    gint64 *sums)
{
  dot_i32 (a, b, G_MAXSIZE, tile, sums);
}

__int128
fxp_kernel_dot_i64 (const gint64 *a, const gint64 *b, gsize n)
{
  __int128 sum = 0;

  for (gsize p = 0; p < n; p++)
    sum += (__int128)a[p] * b[p];
  return sum;
}

INLINE void
sum_few (const FxpPanel *a, const FxpPanel *b, gsize k, const FxpTile *tile, gint32 *sums)
{
  const gint16 *x = (const gint16 *)a->data + tile->row * a->stride;
  const gint16 *restrict y = (const gint16 *)b->data + tile->column;

  for (gsize r = 0; r < tile->n_rows; r++, x += a->stride)
    {
      gint32 *restrict to = sums + r * tile->stride;

      for (gsize c = 0; c < tile->n_columns; c++)
        {
          gint32 sum = 0;

          for (gsize p = 0; p < k; p++)
            sum += x[p] * y[p * b->stride + c];
          to[c] = sum;
        }
    }
}

void
fxp_kernel_columns_i16_few (const FxpPanel *a, const FxpPanel *b, const FxpTile *tile, gint32 *sums)
{
  /* A known count of terms lets the columns fill the vectors. */
  switch (b->n_rows)
    {
    case 0:
      sum_few (a, b, 0, tile, sums);
      break;
    case 1:
      sum_few (a, b, 1, tile, sums);
      break;
    case 2:
      sum_few (a, b, 2, tile, sums);
      break;
    case 3:
      sum_few (a, b, 3, tile, sums);
      break;
    case FXP_FEW:
      sum_few (a, b, FXP_FEW, tile, sums);
      break;
    default:
      g_return_if_reached ();
    }
}

#define DEFINE_SATURATE(name, operand, sum)                                                        \
  void fxp_kernel_saturate_##name (const FxpPanel *a,                                              \
                                   const FxpPanel *b,                                              \
                                   gint64 min,                                                     \
                                   gint64 max,                                                     \
                                   const FxpTile *tile,                                            \
                                   gint64 *sums,                                                   \
                                   gint64 *left)                                                   \
  {                                                                                                \
    const sum low = (sum)min, high = (sum)max;                                                     \
    const gsize n = tile->n_columns;                                                               \
                                                                                                   \
    for (gsize r = 0; r < tile->n_rows; r++)                                                       \
      {                                                                                            \
        const operand *x = (const operand *)a->data + (tile->row + r) * a->stride;                 \
        const operand *restrict y = (const operand *)b->data + tile->column;                       \
        sum held[FXP_TILE_COLUMNS], clamped[FXP_TILE_COLUMNS];                                     \
                                                                                                   \
        memset (held, 0, n * sizeof held[0]);                                                      \
        memset (clamped, 0, n * sizeof clamped[0]);                                                \
        for (gsize p = 0; p < b->n_rows; p++, y += b->stride)                                      \
          for (gsize c = 0; c < n; c++)                                                            \
            {                                                                                      \
              const sum next = held[c] + (sum)x[p] * y[c];                                         \
              const sum raised = next < low ? low : next;                                          \
                                                                                                   \
              held[c] = raised > high ? high : raised;                                             \
              clamped[c] |= held[c] ^ next;                                                        \
            }                                                                                      \
        for (gsize c = 0; c < n; c++)                                                              \
          {                                                                                        \
            sums[r * tile->stride + c] = held[c];                                                  \
            left[r * tile->stride + c] = clamped[c];                                               \
          }                                                                                        \
      }                                                                                            \
  }

DEFINE_SATURATE (i16, gint16, gint32)
DEFINE_SATURATE (i32, gint32, gint64)
#undef DEFINE_SATURATE

gint64
fxp_kernel_saturate_i64 (const gint64 *a,
                         const gint64 *b,
                         gsize n,
                         gint64 min,
                         gint64 max,
                         gboolean *left)
{
  gint64 sum = 0;

  for (gsize p = 0; p < n; p++)
    {
      __int128 next = (__int128)a[p] * b[p] + sum;

      if (next < min || next > max)
        *left = TRUE;
      sum = (gint64)CLAMP (next, min, max);
    }
  return sum;
}

/* Four columns of floats at once, in whatever registers the processor has. */
typedef float Columns __attribute__ ((vector_size (16)));

#define FLOAT_ROW_GROUP 4

INLINE Columns
load_columns (const float *from)
{
  Columns columns;

  memcpy (&columns, from, sizeof columns);
  return columns;
}

/* Eight columns of a few rows. */
INLINE void
sum_f32 (const FxpPanel *a,
         gsize row,
         gsize n_rows,
         const FxpPanel *b,
         gsize column,
         float *restrict sums,
         gsize stride)
{
  const float *restrict x = (const float *)a->data + row * a->stride;
  const float *restrict y = (const float *)b->data + column;
  Columns left[FLOAT_ROW_GROUP], right[FLOAT_ROW_GROUP];

  for (gsize r = 0; r < n_rows; r++)
    left[r] = right[r] = (Columns){0};
  for (gsize p = 0; p < b->n_rows; p++, y += b->stride)
    {
      const Columns y_left = load_columns (y), y_right = load_columns (y + 4);

      for (gsize r = 0; r < n_rows; r++)
        {
          left[r] += x[r * a->stride + p] * y_left;
          right[r] += x[r * a->stride + p] * y_right;
        }
    }
  for (gsize r = 0; r < n_rows; r++)
    {
      memcpy (sums + r * stride, &left[r], sizeof left[r]);
      memcpy (sums + r * stride + 4, &right[r], sizeof right[r]);
    }
}

void
fxp_kernel_columns_f32 (const FxpPanel *a, const FxpPanel *b, const FxpTile *tile, float *sums)
{
  const gsize stride = tile->stride;

  /* Padding columns come out as zeros nobody reads. */
  for (gsize c = 0; c < tile->n_columns; c += FXP_PANEL_PADDING)
    {
      const gsize column = tile->column + c;
      gsize r = 0;

      for (; r + 4 <= tile->n_rows; r += 4)
        sum_f32 (a, tile->row + r, 4, b, column, sums + r * stride + c, stride);
      for (; r + 2 <= tile->n_rows; r += 2)
        sum_f32 (a, tile->row + r, 2, b, column, sums + r * stride + c, stride);
      for (; r < tile->n_rows; r++)
        sum_f32 (a, tile->row + r, 1, b, column, sums + r * stride + c, stride);
    }
}
