/* SPDX-License-Identifier: MIT */
/* The inner loops of matrix products, compiled once for each vector unit: matmul-kernel-UNIT.c
 * defines what is different, includes this and gets its table of kernels.  Nothing in here may be
 * seen outside that file, as the linker would keep one version of it for all processors.
 *
 *   VECTOR_SIZE                bytes of a vector
 *   ROW_GROUP, COLUMN_GROUP    rows and columns of a dot kernel that share their loads
 *   SATURATE_ROW_GROUP, FLOAT_ROW_GROUP    rows of a column kernel that do
 *   KERNELS                    the name of the table
 */

#include "tensor/matmul-kernel-private.h"

#include <string.h>

#define INLINE static inline __attribute__ ((always_inline))

/* The dot kernels are written for the compiler's vectoriser: plain, of known small counts inside,
 * over arrays that do not overlap. */

/* Lets the compiler see that a length of padded rows has no remainder. */
INLINE gsize
round_to_vectors (gsize n, gsize operand_size)
{
  return n / (VECTOR_SIZE / operand_size) * (VECTOR_SIZE / operand_size);
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
        const gsize length = round_to_vectors (MIN (n - first, block), sizeof (operand));          \
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

static void
dot_i16_short_kernel (const FxpPanel *a, const FxpPanel *b, const FxpTile *tile, gint32 *sums)
{
  dot_i16_short (a, b, G_MAXSIZE, tile, sums);
}

static void
dot_i16_blocks_kernel (const FxpPanel *a,
                       const FxpPanel *b,
                       gsize block,
                       const FxpTile *tile,
                       gint64 *sums)
{
  dot_i16_blocks (a, b, block, tile, sums);
}

static void
dot_i16_kernel (const FxpPanel *a,
                const FxpPanel *b,
                gsize block,
                const FxpTile *tile,
                gint64 *sums)
{
  dot_i16 (a, b, G_MAXSIZE, tile, sums);
}

static void
dot_i32_kernel (const FxpPanel *a,
                const FxpPanel *b,
                gsize block,
                const FxpTile *tile,
                gint64 *sums)
{
  dot_i32 (a, b, G_MAXSIZE, tile, sums);
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

static void
columns_i16_few (const FxpPanel *a, const FxpPanel *b, const FxpTile *tile, gint32 *sums)
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

/* The kernels below form the sums of neighbouring columns side by side, each in its order, in one
 * or two vectors for each row of a group.  What they hold stays in registers only where the loops
 * over it are unrolled. */
#define UNROLL _Pragma ("GCC unroll 4")

#define DEFINE_SATURATE(name, operand, sum)                                                        \
  typedef sum Sums_##name __attribute__ ((vector_size (VECTOR_SIZE)));                             \
  typedef operand Operands_##name                                                                  \
    __attribute__ ((vector_size (VECTOR_SIZE / sizeof (sum) * sizeof (operand))));                 \
                                                                                                   \
  INLINE Sums_##name load_##name (const operand *from)                                             \
  {                                                                                                \
    Operands_##name operands;                                                                      \
                                                                                                   \
    memcpy (&operands, from, sizeof operands);                                                     \
    return __builtin_convertvector(operands, Sums_##name);                                         \
  }                                                                                                \
                                                                                                   \
  INLINE void store_##name (const Sums_##name *from, gint64 *restrict to)                          \
  {                                                                                                \
    for (gsize i = 0; i < VECTOR_SIZE / sizeof (sum); i++)                                         \
      to[i] = (*from)[i];                                                                          \
  }                                                                                                \
                                                                                                   \
  INLINE void add_##name (Sums_##name product,                                                     \
                          sum low,                                                                 \
                          sum high,                                                                \
                          Sums_##name *held,                                                       \
                          Sums_##name *clamped)                                                    \
  {                                                                                                \
    const Sums_##name next = *held + product;                                                      \
                                                                                                   \
    for (gsize i = 0; i < VECTOR_SIZE / sizeof (sum); i++)                                         \
      {                                                                                            \
        const sum raised = next[i] < low ? low : next[i];                                          \
                                                                                                   \
        (*held)[i] = raised > high ? high : raised;                                                \
      }                                                                                            \
    *clamped |= *held ^ next;                                                                      \
  }                                                                                                \
                                                                                                   \
  INLINE void saturate_group_##name (const FxpPanel *a,                                            \
                                     gsize row,                                                    \
                                     gsize n_rows,                                                 \
                                     const FxpPanel *b,                                            \
                                     gsize column,                                                 \
                                     gsize n_vectors,                                              \
                                     sum low,                                                      \
                                     sum high,                                                     \
                                     gint64 *restrict sums,                                        \
                                     gint64 *restrict left,                                        \
                                     gsize stride)                                                 \
  {                                                                                                \
    const gsize lanes = VECTOR_SIZE / sizeof (sum);                                                \
    const operand *restrict x = (const operand *)a->data + row * a->stride;                        \
    const operand *restrict y[2];                                                                  \
    Sums_##name held[SATURATE_ROW_GROUP][2], clamped[SATURATE_ROW_GROUP][2];                       \
                                                                                                   \
    for (gsize v = 0; v < n_vectors; v++)                                                          \
      y[v] = (const operand *)b->data + fxp_panel_find_in_strips (b, column + v * lanes);          \
    for (gsize r = 0; r < n_rows; r++)                                                             \
      for (gsize v = 0; v < n_vectors; v++)                                                        \
        held[r][v] = clamped[r][v] = (Sums_##name){0};                                             \
    for (gsize p = 0; p < b->n_rows; p++)                                                          \
      {                                                                                            \
        Sums_##name columns[2];                                                                    \
                                                                                                   \
        for (gsize v = 0; v < n_vectors; v++)                                                      \
          columns[v] = load_##name (y[v] + p * b->stride);                                         \
        UNROLL for (gsize r = 0; r < n_rows; r++)                                                  \
        {                                                                                          \
          const sum element = x[r * a->stride + p];                                                \
                                                                                                   \
          UNROLL for (gsize v = 0; v < n_vectors; v++)                                             \
            add_##name (element *columns[v], low, high, &held[r][v], &clamped[r][v]);              \
        }                                                                                          \
      }                                                                                            \
    for (gsize r = 0; r < n_rows; r++)                                                             \
      for (gsize v = 0; v < n_vectors; v++)                                                        \
        {                                                                                          \
          store_##name (&held[r][v], sums + r * stride + v * lanes);                               \
          store_##name (&clamped[r][v], left + r * stride + v * lanes);                            \
        }                                                                                          \
  }                                                                                                \
                                                                                                   \
  INLINE void saturate_columns_##name (const FxpPanel *a,                                          \
                                       const FxpPanel *b,                                          \
                                       sum low,                                                    \
                                       sum high,                                                   \
                                       const FxpTile *tile,                                        \
                                       gsize c,                                                    \
                                       gsize n_vectors,                                            \
                                       gint64 *sums,                                               \
                                       gint64 *left)                                               \
  {                                                                                                \
    const gsize column = tile->column + c, group = SATURATE_ROW_GROUP;                             \
    const gsize stride = tile->stride;                                                             \
    gsize r = 0, i = c;                                                                            \
                                                                                                   \
    for (; r + group <= tile->n_rows; r += group, i += group * stride)                             \
      saturate_group_##name (a,                                                                    \
                             tile->row + r,                                                        \
                             group,                                                                \
                             b,                                                                    \
                             column,                                                               \
                             n_vectors,                                                            \
                             low,                                                                  \
                             high,                                                                 \
                             sums + i,                                                             \
                             left + i,                                                             \
                             stride);                                                              \
    for (; r < tile->n_rows; r++, i += stride)                                                     \
      saturate_group_##name (a,                                                                    \
                             tile->row + r,                                                        \
                             1,                                                                    \
                             b,                                                                    \
                             column,                                                               \
                             n_vectors,                                                            \
                             low,                                                                  \
                             high,                                                                 \
                             sums + i,                                                             \
                             left + i,                                                             \
                             stride);                                                              \
  }                                                                                                \
                                                                                                   \
  static void saturate_##name (const FxpPanel *a,                                                  \
                               const FxpPanel *b,                                                  \
                               gint64 min,                                                         \
                               gint64 max,                                                         \
                               const FxpTile *tile,                                                \
                               gint64 *sums,                                                       \
                               gint64 *left)                                                       \
  {                                                                                                \
    const gsize lanes = VECTOR_SIZE / sizeof (sum);                                                \
    const sum low = (sum)min, high = (sum)max;                                                     \
    gsize c = 0;                                                                                   \
                                                                                                   \
    for (; c + lanes < tile->n_columns; c += 2 * lanes)                                            \
      saturate_columns_##name (a, b, low, high, tile, c, 2, sums, left);                           \
    if (c < tile->n_columns)                                                                       \
      saturate_columns_##name (a, b, low, high, tile, c, 1, sums, left);                           \
  }

DEFINE_SATURATE (i16, gint16, gint32)
DEFINE_SATURATE (i32, gint32, gint64)
#undef DEFINE_SATURATE

typedef float Floats __attribute__ ((vector_size (VECTOR_SIZE)));

#define FLOATS (VECTOR_SIZE / sizeof (float))

INLINE Floats
load_floats (const float *from)
{
  Floats floats;

  memcpy (&floats, from, sizeof floats);
  return floats;
}

INLINE void
sum_group_f32 (const FxpPanel *a,
               gsize row,
               gsize n_rows,
               const FxpPanel *b,
               gsize column,
               gsize n_vectors,
               float *restrict sums,
               gsize stride)
{
  const float *restrict x = (const float *)a->data + row * a->stride;
  const float *restrict y[2];
  Floats held[FLOAT_ROW_GROUP][2];

  for (gsize v = 0; v < n_vectors; v++)
    y[v] = (const float *)b->data + fxp_panel_find_in_strips (b, column + v * FLOATS);
  for (gsize r = 0; r < n_rows; r++)
    for (gsize v = 0; v < n_vectors; v++)
      held[r][v] = (Floats){0};
  for (gsize p = 0; p < b->n_rows; p++)
    for (gsize v = 0; v < n_vectors; v++)
      {
        const Floats columns = load_floats (y[v] + p * b->stride);

        for (gsize r = 0; r < n_rows; r++)
          held[r][v] += x[r * a->stride + p] * columns;
      }
  for (gsize r = 0; r < n_rows; r++)
    for (gsize v = 0; v < n_vectors; v++)
      memcpy (sums + r * stride + v * FLOATS, &held[r][v], sizeof held[r][v]);
}

INLINE void
sum_columns_f32 (const FxpPanel *a,
                 const FxpPanel *b,
                 const FxpTile *tile,
                 gsize c,
                 gsize n_vectors,
                 float *sums)
{
  const gsize column = tile->column + c, stride = tile->stride, group = FLOAT_ROW_GROUP;
  gsize row = tile->row, last_row = row + tile->n_rows;

  sums += c;
  for (; row + group <= last_row; row += group, sums += group * stride)
    sum_group_f32 (a, row, group, b, column, n_vectors, sums, stride);
  for (; row + 2 <= last_row; row += 2, sums += 2 * stride)
    sum_group_f32 (a, row, 2, b, column, n_vectors, sums, stride);
  for (; row < last_row; row++, sums += stride)
    sum_group_f32 (a, row, 1, b, column, n_vectors, sums, stride);
}

static void
columns_f32 (const FxpPanel *a, const FxpPanel *b, const FxpTile *tile, float *sums)
{
  gsize c = 0;

  for (; c + FLOATS < tile->n_columns; c += 2 * FLOATS)
    sum_columns_f32 (a, b, tile, c, 2, sums);
  if (c < tile->n_columns)
    sum_columns_f32 (a, b, tile, c, 1, sums);
}

const FxpMatmulKernels KERNELS = {
  .vector_size = VECTOR_SIZE,
  .dot_i16_short = dot_i16_short_kernel,
  .dot_i16_blocks = dot_i16_blocks_kernel,
  .dot_i16 = dot_i16_kernel,
  .dot_i32 = dot_i32_kernel,
  .columns_i16_few = columns_i16_few,
  .saturate_i16 = saturate_i16,
  .saturate_i32 = saturate_i32,
  .columns_f32 = columns_f32,
};
