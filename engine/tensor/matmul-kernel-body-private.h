/* SPDX-License-Identifier: MIT */
/* The inner loops of matrix products, compiled once for each vector unit: matmul-kernel-UNIT.c
 * defines what is different, includes this and gets its table of kernels.  Nothing in here may be
 * seen outside that file, as the linker would keep one version of it for all processors.
 *
 *   VECTOR_SIZE                bytes of a vector
 *   ROW_GROUP, COLUMN_GROUP    rows and columns of a dot kernel that share their loads
 *   SATURATE_ROW_GROUP         rows of a saturating kernel that do
 *   KERNELS                    the name of the table
 */

#include "tensor/matmul-kernel-private.h"

#include <string.h>

#define INLINE static inline __attribute__ ((always_inline))

/* The dot kernel is written for the compiler's vectoriser: plain, of known small counts inside,
 * over arrays that do not overlap. */

/* @n is a multiple of vectors, which the compiler is to see. */
INLINE void
dot_group (const gint32 *restrict a,
           gsize a_stride,
           gsize n_rows,
           const gint32 *restrict b,
           gsize b_stride,
           gsize n_columns,
           gsize n,
           gint64 *restrict sums,
           gsize stride)
{
  const gsize lanes = VECTOR_SIZE / sizeof (gint32);
  gint64 part[ROW_GROUP][COLUMN_GROUP];

  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < n_columns; c++)
      part[r][c] = 0;
  for (gsize p = 0; p < n / lanes * lanes; p++)
    for (gsize r = 0; r < n_rows; r++)
      for (gsize c = 0; c < n_columns; c++)
        part[r][c] += (gint64)a[r * a_stride + p] * b[c * b_stride + p];
  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < n_columns; c++)
      sums[r * stride + c] = part[r][c];
}

INLINE void
dot_rows (const FxpPanel *a,
          gsize row,
          gsize n_rows,
          const FxpPanel *b,
          const FxpTile *tile,
          gint64 *restrict sums)
{
  const gsize stride = tile->stride, n = a->n;
  const gint32 *x = (const gint32 *)a->data + row * a->stride;
  const gint32 *y = (const gint32 *)b->data + tile->column * b->stride;
  gsize c = 0;

  for (; c + COLUMN_GROUP <= tile->n_columns; c += COLUMN_GROUP, y += COLUMN_GROUP * b->stride)
    dot_group (x, a->stride, n_rows, y, b->stride, COLUMN_GROUP, n, sums + c, stride);
  for (; c < tile->n_columns; c++, y += b->stride)
    dot_group (x, a->stride, n_rows, y, b->stride, 1, n, sums + c, stride);
}

static void
dot_i32 (const FxpPanel *a, const FxpPanel *b, const FxpTile *tile, gint64 *sums)
{
  gsize r = 0;

  for (; r + ROW_GROUP <= tile->n_rows; r += ROW_GROUP)
    dot_rows (a, tile->row + r, ROW_GROUP, b, tile, sums + r * tile->stride);
  for (; r < tile->n_rows; r++)
    dot_rows (a, tile->row + r, 1, b, tile, sums + r * tile->stride);
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

DEFINE_SATURATE (i32, gint32, gint64)
#undef DEFINE_SATURATE

typedef double Doubles __attribute__ ((vector_size (VECTOR_SIZE)));

#define DOUBLES (VECTOR_SIZE / sizeof (double))

/* Sums leave as doubles, a vector of those at a time. */
#define DEFINE_PUT(name, sum)                                                                      \
  typedef sum Puts_##name __attribute__ ((vector_size (DOUBLES * sizeof (sum))));                  \
                                                                                                   \
  typedef struct                                                                                   \
  {                                                                                                \
    Puts_##name least, greatest;                                                                   \
  } Extremes_##name;                                                                               \
                                                                                                   \
  INLINE Puts_##name choose_##name (Puts_##name choice, Puts_##name a, Puts_##name b)              \
  {                                                                                                \
    return (a & choice) | (b & ~choice);                                                           \
  }                                                                                                \
                                                                                                   \
  INLINE void put_vector_##name (const sum *from,                                                  \
                                 double step,                                                      \
                                 double *to,                                                       \
                                 Extremes_##name *extremes)                                        \
  {                                                                                                \
    Puts_##name sums;                                                                              \
    Doubles values;                                                                                \
                                                                                                   \
    memcpy (&sums, from, sizeof sums);                                                             \
    values = __builtin_convertvector(sums, Doubles) * step;                                        \
    memcpy (to, &values, sizeof values);                                                           \
    extremes->least = choose_##name (sums < extremes->least, sums, extremes->least);               \
    extremes->greatest = choose_##name (sums > extremes->greatest, sums, extremes->greatest);      \
  }                                                                                                \
                                                                                                   \
  static guint64 put_##name (const sum *sums,                                                      \
                             const FxpTile *tile,                                                  \
                             double step,                                                          \
                             double *out,                                                          \
                             gsize out_stride)                                                     \
  {                                                                                                \
    const gsize n_columns = tile->n_columns;                                                       \
    Extremes_##name extremes = {{0}, {0}};                                                         \
    sum leasts[DOUBLES], greatests[DOUBLES], least = 0, greatest = 0;                              \
                                                                                                   \
    for (gsize r = 0; r < tile->n_rows; r++, sums += tile->stride, out += out_stride)              \
      {                                                                                            \
        gsize c = 0;                                                                               \
                                                                                                   \
        for (; c + DOUBLES <= n_columns; c += DOUBLES)                                             \
          put_vector_##name (sums + c, step, out + c, &extremes);                                  \
        for (; c < n_columns; c++)                                                                 \
          {                                                                                        \
            out[c] = (double)sums[c] * step;                                                       \
            least = MIN (least, sums[c]);                                                          \
            greatest = MAX (greatest, sums[c]);                                                    \
          }                                                                                        \
      }                                                                                            \
    memcpy (leasts, &extremes.least, sizeof leasts);                                               \
    memcpy (greatests, &extremes.greatest, sizeof greatests);                                      \
    for (gsize i = 0; i < DOUBLES; i++)                                                            \
      {                                                                                            \
        least = MIN (least, leasts[i]);                                                            \
        greatest = MAX (greatest, greatests[i]);                                                   \
      }                                                                                            \
    return MAX (-(guint64)least, (guint64)greatest);                                               \
  }

DEFINE_PUT (i32, gint32)
DEFINE_PUT (i64, gint64)
#undef DEFINE_PUT

static void
put_f32 (const float *sums, const FxpTile *tile, double *out, gsize out_stride)
{
  for (gsize r = 0; r < tile->n_rows; r++)
    {
      const float *restrict from = sums + r * tile->stride;
      double *restrict to = out + r * out_stride;

      for (gsize c = 0; c < tile->n_columns; c++)
        to[c] = (double)from[c];
    }
}

const FxpMatmulKernels KERNELS = {
  .vector_size = VECTOR_SIZE,
  .dot_i32 = dot_i32,
  .saturate_i32 = saturate_i32,
  .put_i32 = put_i32,
  .put_i64 = put_i64,
  .put_f32 = put_f32,
};
