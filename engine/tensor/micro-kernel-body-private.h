/* SPDX-License-Identifier: MIT */
/* The micro-kernels, compiled once for each vector unit: micro-kernel-UNIT.c defines what is
 * different, includes this and gets its table.  Nothing in here may be seen outside that file, as
 * the linker would keep one version of it for all processors.
 *
 *   VECTOR_SIZE          bytes of a vector
 *   TILE_ROWS            so many rows, 12 at most, share the loads of two vectors of columns; their
 *                        sums and what is multiplied must fit the registers
 *   FLOAT_VECTORS        as many vectors of columns in a tile of floats, 1 or 2
 *   SATURATING_ROWS      as many rows of a tile of saturating sums, 8 at most
 *   HEIGHTS (define, ...)     define (1, ...) to define (TILE_ROWS, ...)
 *   KERNELS              the name of the table
 *   Ints                 a vector of 32-bit integers, unsigned so that they may wrap
 *   add_pairs (sums, a, b)    adds the products of two signed 16-bit codes in each lane
 *   add_quads (sums, a, b)    adds the products of four 8-bit codes in each lane, those of @a
 *                        unsigned; HAVE_QUADS tells whether there is one
 *
 * Integer sums are formed modulo 2^32, so a sum that fits is right whatever its parts did. */

#include "tensor/micro-kernel-private.h"

#include <string.h>

#define INLINE static inline __attribute__ ((always_inline))

/* What is held stays in registers only where the loops over it are unrolled. */
#define UNROLL _Pragma ("GCC unroll 12")

#define LANES (VECTOR_SIZE / FXP_STEP_BYTES)

typedef float Floats __attribute__ ((vector_size (VECTOR_SIZE)));

/* A tile of sums: some rows, from @row on, by one or two vectors of columns of a strip. */
typedef struct
{
  const FxpRows *rows;
  gsize row;
  const guint8 *strip; /* the first step of the first column */
  gsize strip_stride;  /* bytes from step to step */
  gsize n_vectors;
  gboolean adds;
} Tile;

INLINE Ints
spread_i16 (const guint8 *from)
{
  guint32 pair;

  memcpy (&pair, from, sizeof pair);
  return pair - (Ints){0};
}

#if HAVE_QUADS
/* A signed code plus 128 is an unsigned one. */
#  define SIGN_BITS 0x80808080u

INLINE Ints
spread_i8 (const guint8 *from)
{
  return spread_i16 (from) ^ SIGN_BITS;
}

/* What the 128s add to the sums of the columns. */
INLINE Ints
sum_excess (const Tile *tile, gsize vector)
{
  const gsize n = tile->rows->n_blocks * tile->rows->n_steps;
  const guint8 *strip = tile->strip + vector * VECTOR_SIZE;
  const Ints factors = SIGN_BITS - (Ints){0};
  Ints even = {0}, odd = {0}, columns;
  gsize i = 0;

  for (; i + 2 <= n; i += 2, strip += 2 * tile->strip_stride)
    {
      memcpy (&columns, strip, sizeof columns);
      even = add_quads (even, factors, columns);
      memcpy (&columns, strip + tile->strip_stride, sizeof columns);
      odd = add_quads (odd, factors, columns);
    }
  if (i < n)
    {
      memcpy (&columns, strip, sizeof columns);
      even = add_quads (even, factors, columns);
    }
  return even + odd;
}
#endif

INLINE Floats
spread_f32 (const guint8 *from)
{
  float value;

  memcpy (&value, from, sizeof value);
  return value - (Floats){0};
}

/* A product and a sum, each rounded. */
INLINE Floats
add_singles (Floats sums, Floats a, Floats b)
{
  return sums + a * b;
}

/* Of the rows of a tile every third has a pointer, from which the next two are one and two strides
 * away, which is as many addresses as a processor can hold and form. */
#define DEFINE_SUM(name, element, vector, add, most_vectors)                                       \
  INLINE void sum_tile_##name (const Tile *tile,                                                   \
                               gsize n_rows,                                                       \
                               gsize n_vectors,                                                    \
                               const vector *excess,                                               \
                               element *restrict sums,                                             \
                               gsize stride)                                                       \
  {                                                                                                \
    const FxpRows *rows = tile->rows;                                                              \
    const gsize row_stride = rows->row_stride, step_stride = rows->step_stride;                    \
    const gsize strip_stride = tile->strip_stride;                                                 \
    const gsize n_steps = rows->n_steps, n_blocks = rows->n_blocks;                                \
    const guint8 *strip = tile->strip;                                                             \
    vector held[TILE_ROWS][most_vectors];                                                          \
                                                                                                   \
    UNROLL for (gsize r = 0; r < n_rows; r++)                                                      \
      UNROLL for (gsize v = 0; v < n_vectors; v++) if (tile->adds)                                 \
        memcpy (&held[r][v], sums + r * stride + v * LANES, VECTOR_SIZE);                          \
    else held[r][v] = (vector){0};                                                                 \
    for (gsize t = 0; t < n_blocks; t++)                                                           \
      {                                                                                            \
        const guint8 *first = rows->data + rows->block_offsets[t] + tile->row * row_stride;        \
        const guint8 *thirds[4] = {first,                                                          \
                                   first + 3 * row_stride,                                         \
                                   first + 6 * row_stride,                                         \
                                   first + 9 * row_stride};                                        \
                                                                                                   \
        for (gsize s = 0; s < n_steps; s++)                                                        \
          {                                                                                        \
            vector columns[most_vectors];                                                          \
                                                                                                   \
            UNROLL for (gsize v = 0; v < n_vectors; v++)                                           \
              memcpy (&columns[v], strip + v * VECTOR_SIZE, VECTOR_SIZE);                          \
            UNROLL for (gsize r = 0; r < n_rows; r++)                                              \
            {                                                                                      \
              const vector factors = spread_##name (thirds[r / 3] + r % 3 * row_stride);           \
                                                                                                   \
              UNROLL for (gsize v = 0; v < n_vectors; v++) held[r][v] =                            \
                add (held[r][v], factors, columns[v]);                                             \
            }                                                                                      \
            UNROLL for (gsize i = 0; i < 4; i++) thirds[i] += step_stride;                         \
            strip += strip_stride;                                                                 \
          }                                                                                        \
      }                                                                                            \
    UNROLL for (gsize r = 0; r < n_rows; r++) UNROLL for (gsize v = 0; v < n_vectors; v++)         \
    {                                                                                              \
      const vector sum = excess == NULL ? held[r][v] : held[r][v] - excess[v];                     \
                                                                                                   \
      memcpy (sums + r * stride + v * LANES, &sum, VECTOR_SIZE);                                   \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  HEIGHTS (DEFINE_TILE, name, element, vector, most_vectors)                                       \
                                                                                                   \
  static void (*const tiles_##name[]) (const Tile *,                                               \
                                       const vector *,                                             \
                                       element *,                                                  \
                                       gsize) = {NULL, HEIGHTS (LIST_TILE, name)};                 \
                                                                                                   \
  /* Tiles of even heights, so that no short one is left. */                                       \
  INLINE void sum_columns_##name (Tile *tile,                                                      \
                                  gsize n_rows,                                                    \
                                  const vector *excess,                                            \
                                  element *sums,                                                   \
                                  gsize stride)                                                    \
  {                                                                                                \
    const gsize n_tiles = (n_rows + TILE_ROWS - 1) / TILE_ROWS;                                    \
    const gsize height = n_rows / n_tiles, n_higher = n_rows % n_tiles;                            \
                                                                                                   \
    tile->row = 0;                                                                                 \
    for (gsize i = 0; i < n_tiles; i++)                                                            \
      {                                                                                            \
        const gsize n = height + (i < n_higher ? 1 : 0);                                           \
                                                                                                   \
        tiles_##name[n](tile, excess, sums + tile->row * stride, stride);                          \
        tile->row += n;                                                                            \
      }                                                                                            \
  }                                                                                                \
                                                                                                   \
  static void sum_##name (const FxpRows *rows,                                                     \
                          gsize n_rows,                                                            \
                          gconstpointer strip,                                                     \
                          gsize n_columns,                                                         \
                          gboolean adds,                                                           \
                          gpointer sums,                                                           \
                          gsize stride)                                                            \
  {                                                                                                \
    Tile tile = {                                                                                  \
      .rows = rows,                                                                                \
      .strip_stride = n_columns * FXP_STEP_BYTES,                                                  \
      .adds = adds,                                                                                \
    };                                                                                             \
                                                                                                   \
    if (n_rows == 0)                                                                               \
      return;                                                                                      \
    for (gsize c = 0; c < n_columns; c += most_vectors * LANES)                                    \
      {                                                                                            \
        vector excess[most_vectors];                                                               \
                                                                                                   \
        tile.strip = (const guint8 *)strip + c * FXP_STEP_BYTES;                                   \
        tile.n_vectors = MIN ((n_columns - c) / LANES, most_vectors);                              \
        sum_columns_##name (&tile,                                                                 \
                            n_rows,                                                                \
                            take_excess_##name (&tile, excess),                                    \
                            (element *)sums + c,                                                   \
                            stride);                                                               \
      }                                                                                            \
  }

/* Half a strip is one vector where vectors are long. */
#define DEFINE_TILE(n_rows, name, element, vector, most_vectors)                                   \
  static void tile_##n_rows##_##name (const Tile *tile,                                            \
                                      const vector *excess,                                        \
                                      element *sums,                                               \
                                      gsize stride)                                                \
  {                                                                                                \
    if (most_vectors * LANES <= FXP_STRIP_COLUMNS / 2 || tile->n_vectors == most_vectors)          \
      sum_tile_##name (tile, n_rows, most_vectors, excess, sums, stride);                          \
    else                                                                                           \
      sum_tile_##name (tile, n_rows, 1, excess, sums, stride);                                     \
  }
#define LIST_TILE(n_rows, name) tile_##n_rows##_##name,

INLINE const Ints *
take_excess_i16 (const Tile *tile G_GNUC_UNUSED, Ints *excess G_GNUC_UNUSED)
{
  return NULL;
}

INLINE const Floats *
take_excess_f32 (const Tile *tile G_GNUC_UNUSED, Floats *excess G_GNUC_UNUSED)
{
  return NULL;
}

DEFINE_SUM (i16, gint32, Ints, add_pairs, 2)
DEFINE_SUM (f32, float, Floats, add_singles, FLOAT_VECTORS)
#if HAVE_QUADS
INLINE const Ints *
take_excess_i8 (const Tile *tile, Ints *excess)
{
  for (gsize v = 0; v < tile->n_vectors; v++)
    excess[v] = sum_excess (tile, v);
  return excess;
}

DEFINE_SUM (i8, gint32, Ints, add_quads, 2)
#endif

/* Signed lanes of sums that saturate. */
typedef gint32 SignedInts __attribute__ ((vector_size (VECTOR_SIZE)));

/* Selects one of two codes side by side. */
INLINE Ints
select_code (Ints pairs, gint16 first, gint16 second)
{
  const gint16 codes[2] = {first, second};
  guint32 mask;

  memcpy (&mask, codes, sizeof mask);
  return pairs & mask;
}

/* One product in each lane, as the other code of the column is zero. */
INLINE void
add_and_clamp (Ints factors, Ints columns, gint32 min, gint32 max, Ints *held, Ints *left)
{
  const SignedInts next = (SignedInts)add_pairs (*held, factors, columns);
  SignedInts clamped;

  for (gsize i = 0; i < LANES; i++)
    {
      const gint32 raised = next[i] < min ? min : next[i];

      clamped[i] = raised > max ? max : raised;
    }
  *left |= (Ints)(clamped ^ next);
  *held = (Ints)clamped;
}

INLINE void
saturate_tile (const Tile *tile,
               gsize n_rows,
               gint32 min,
               gint32 max,
               gint32 *sums,
               guint32 *left,
               gsize stride)
{
  const FxpRows *rows = tile->rows;
  const gsize row_stride = rows->row_stride;
  const guint8 *strip = tile->strip;
  Ints held[SATURATING_ROWS], clamped[SATURATING_ROWS];

  UNROLL for (gsize r = 0; r < n_rows; r++) held[r] = clamped[r] = (Ints){0};
  for (gsize t = 0; t < rows->n_blocks; t++)
    {
      const guint8 *first = rows->data + rows->block_offsets[t] + tile->row * row_stride;
      const guint8 *thirds[3] = {first, first + 3 * row_stride, first + 6 * row_stride};

      for (gsize s = 0; s < rows->n_steps; s++, strip += tile->strip_stride)
        {
          Ints columns;

          memcpy (&columns, strip, sizeof columns);
          UNROLL for (gsize r = 0; r < n_rows; r++)
          {
            const Ints factors = spread_i16 (thirds[r / 3] + r % 3 * row_stride);

            add_and_clamp (factors, select_code (columns, -1, 0), min, max, &held[r], &clamped[r]);
            add_and_clamp (factors, select_code (columns, 0, -1), min, max, &held[r], &clamped[r]);
          }
          UNROLL for (gsize i = 0; i < 3; i++) thirds[i] += rows->step_stride;
        }
    }
  UNROLL for (gsize r = 0; r < n_rows; r++)
  {
    memcpy (sums + r * stride, &held[r], sizeof held[r]);
    memcpy (left + r * stride, &clamped[r], sizeof clamped[r]);
  }
}

static void
saturate (const FxpRows *rows,
          gsize n_rows,
          gconstpointer strip,
          gsize n_columns,
          gint32 min,
          gint32 max,
          gint32 *sums,
          guint32 *left,
          gsize stride)
{
  Tile tile = {.rows = rows, .strip_stride = n_columns * FXP_STEP_BYTES};

  for (gsize c = 0; c < n_columns; c += LANES)
    {
      gsize i = c;

      tile.strip = (const guint8 *)strip + c * FXP_STEP_BYTES;
      tile.row = 0;
      for (; tile.row + SATURATING_ROWS <= n_rows; tile.row += SATURATING_ROWS)
        {
          saturate_tile (&tile, SATURATING_ROWS, min, max, sums + i, left + i, stride);
          i += SATURATING_ROWS * stride;
        }
      for (; tile.row < n_rows; tile.row++, i += stride)
        saturate_tile (&tile, 1, min, max, sums + i, left + i, stride);
    }
}

INLINE void
widen_half (const gint32 *restrict sums, guint shift, gboolean adds, gint64 *restrict totals)
{
  for (gsize c = 0; c < FXP_STRIP_COLUMNS / 2; c++)
    totals[c] = (adds ? totals[c] : 0) + (gint64)((guint64)sums[c] << shift);
}

static void
widen (const gint32 *sums,
       gsize n_rows,
       gsize n_columns,
       guint shift,
       gboolean adds,
       gint64 *totals,
       gsize stride)
{
  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < n_columns; c += FXP_STRIP_COLUMNS / 2)
      if (adds)
        widen_half (sums + r * n_columns + c, shift, TRUE, totals + r * stride + c);
      else
        widen_half (sums + r * n_columns + c, shift, FALSE, totals + r * stride + c);
}

const FxpMicroKernels KERNELS = {
  .sum =
    {
#if HAVE_QUADS
      [FXP_ELEMENT_I8] = sum_i8,
#endif
      [FXP_ELEMENT_I16] = sum_i16,
      [FXP_ELEMENT_F32] = sum_f32,
    },
  .saturate = saturate,
  .widen = widen,
};
