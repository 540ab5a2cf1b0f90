/* SPDX-License-Identifier: MIT */
/* The kernels, compiled once for each vector unit: cluster-kernel-UNIT.c defines what is different,
 * includes this and gets its table.  Nothing in here may be seen outside that file.
 *
 *   VECTOR_SIZE          bytes of a vector
 *   TILE_ROWS            so many places, 6 at most, share the loads of two vectors of columns; the
 *                        sums of their clusters and what these add up to must fit the registers
 *   HEIGHTS (define, ...)     define (1, ...) to define (TILE_ROWS, ...)
 *   KERNELS              the name of the table
 *   Ints                 a vector of 32-bit integers, unsigned so that they may wrap
 *   add_pairs (sums, a, b)    adds the products of two signed 16-bit codes in each lane
 *   add_quads (sums, a, b)    adds the products of four 8-bit codes in each lane, those of @a
 *                        unsigned; HAVE_QUADS tells whether there is one */

#include "inference/cluster-kernel-private.h"

#include <string.h>

#define INLINE static inline __attribute__ ((always_inline))

/* What is held stays in registers only where the loops over it are unrolled. */
#define UNROLL _Pragma ("GCC unroll 6")

#define LANES      (VECTOR_SIZE / FXP_STEP_SIZE)
#define MOST       2 /* vectors of columns in a tile */
#define STRIP      FXP_CLUSTER_STRIP
#define HALF_STRIP (FXP_CLUSTER_STRIP / 2)

INLINE Ints
spread (const guint8 *from)
{
  guint32 step;

  memcpy (&step, from, sizeof step);
  return step - (Ints){0};
}

INLINE Ints
load (gconstpointer from)
{
  Ints lanes;

  memcpy (&lanes, from, sizeof lanes);
  return lanes;
}

/* @total plus the scaled sum of a cluster.  A sum that fits 16 bits is the lower one of a pair; the
 * upper half of a scale is 0. */
INLINE Ints
add_scaled (FxpScaleKind scaling, Ints total, Ints sum, const gint32 *scales)
{
  switch (scaling)
    {
    case FXP_SCALE_SHORT:
      return add_pairs (total, sum, load (scales));
    case FXP_SCALE_LONG:
      return total + sum * load (scales);
    case FXP_SCALE_SHIFT:
      return total + (sum << load (scales));
    default:
      return total + sum;
    }
}

/* Places @places and on, by one or two vectors of columns from @column on. */
#define DEFINE_FORM(name, add)                                                                     \
  INLINE void form_rows_##name (const FxpClusterWalk *walk,                                        \
                                const gsize *places,                                               \
                                gsize n_rows,                                                      \
                                gsize n_vectors,                                                   \
                                const FxpClusterStrip *strip,                                      \
                                gsize column,                                                      \
                                gint32 *restrict sums,                                             \
                                gsize stride)                                                      \
  {                                                                                                \
    const gsize n_columns = strip->n_columns, n_clusters = walk->n_clusters;                       \
    const FxpScaleKind scaling = walk->scaling;                                                    \
    const guint8 *codes = (const guint8 *)strip->codes + column * FXP_STEP_SIZE;                   \
    const gint32 *scales = strip->scales + column;                                                 \
    const guint32 *step = walk->steps;                                                             \
    const guint8 *rows[TILE_ROWS];                                                                 \
    Ints totals[TILE_ROWS][MOST];                                                                  \
                                                                                                   \
    UNROLL for (gsize r = 0; r < n_rows; r++)                                                      \
    {                                                                                              \
      rows[r] = walk->frame + places[r];                                                           \
      UNROLL for (gsize v = 0; v < n_vectors; v++) totals[r][v] =                                  \
        load (strip->starts + column + v * LANES);                                                 \
    }                                                                                              \
    for (gsize k = 0; k < n_clusters; k++, scales += n_columns)                                    \
      {                                                                                            \
        const guint32 *end = step + walk->counts[k];                                               \
        Ints held[TILE_ROWS][MOST];                                                                \
                                                                                                   \
        UNROLL for (gsize r = 0; r < n_rows; r++) UNROLL for (gsize v = 0; v < n_vectors; v++)     \
          held[r][v] = (Ints){0};                                                                  \
        for (; step < end; step++, codes += n_columns * FXP_STEP_SIZE)                             \
          {                                                                                        \
            Ints columns[MOST];                                                                    \
                                                                                                   \
            UNROLL for (gsize v = 0; v < n_vectors; v++) columns[v] =                              \
              load (codes + v * VECTOR_SIZE);                                                      \
            UNROLL for (gsize r = 0; r < n_rows; r++)                                              \
            {                                                                                      \
              const Ints factors = spread (rows[r] + *step);                                       \
                                                                                                   \
              UNROLL for (gsize v = 0; v < n_vectors; v++) held[r][v] =                            \
                add (held[r][v], factors, columns[v]);                                             \
            }                                                                                      \
          }                                                                                        \
        UNROLL for (gsize r = 0; r < n_rows; r++) UNROLL for (gsize v = 0; v < n_vectors; v++)     \
          totals[r][v] = add_scaled (scaling, totals[r][v], held[r][v], scales + v * LANES);       \
      }                                                                                            \
    UNROLL for (gsize r = 0; r < n_rows; r++) UNROLL for (gsize v = 0; v < n_vectors; v++)         \
      memcpy (sums + r * stride + v * LANES, &totals[r][v], VECTOR_SIZE);                          \
  }                                                                                                \
                                                                                                   \
  HEIGHTS (DEFINE_TILE, name)                                                                      \
                                                                                                   \
  static void (*const tiles_##name[]) (const FxpClusterWalk *,                                     \
                                       const gsize *,                                              \
                                       const FxpClusterStrip *,                                    \
                                       gsize,                                                      \
                                       gint32 *,                                                   \
                                       gsize) = {NULL, HEIGHTS (LIST_TILE, name)};                 \
                                                                                                   \
  /* Tiles of even heights, so that no short one is left. */                                       \
  static void form_##name (const FxpClusterWalk *walk,                                             \
                           gsize n_places,                                                         \
                           const FxpClusterStrip *strip,                                           \
                           gpointer sums,                                                          \
                           gsize stride)                                                           \
  {                                                                                                \
    const gsize n_tiles = (n_places + TILE_ROWS - 1) / TILE_ROWS;                                  \
                                                                                                   \
    for (gsize i = 0, place = 0; i < n_tiles; i++)                                                 \
      {                                                                                            \
        const gsize n = n_places / n_tiles + (i < n_places % n_tiles ? 1 : 0);                     \
                                                                                                   \
        for (gsize column = 0; column < strip->n_columns; column += MOST * LANES)                  \
          tiles_##name[n](walk,                                                                    \
                          walk->places + place,                                                    \
                          strip,                                                                   \
                          column,                                                                  \
                          (gint32 *)sums + place * stride + column,                                \
                          stride);                                                                 \
        place += n;                                                                                \
      }                                                                                            \
  }

/* Half a strip is one vector where vectors are long. */
#define DEFINE_TILE(n_rows, name)                                                                  \
  static void tile_##n_rows##_##name (const FxpClusterWalk *walk,                                  \
                                      const gsize *places,                                         \
                                      const FxpClusterStrip *strip,                                \
                                      gsize column,                                                \
                                      gint32 *sums,                                                \
                                      gsize stride)                                                \
  {                                                                                                \
    if (MOST * LANES <= HALF_STRIP || strip->n_columns == STRIP)                                   \
      form_rows_##name (walk, places, n_rows, MOST, strip, column, sums, stride);                  \
    else                                                                                           \
      form_rows_##name (walk, places, n_rows, 1, strip, column, sums, stride);                     \
  }
#define LIST_TILE(n_rows, name) tile_##n_rows##_##name,

DEFINE_FORM (pairs, add_pairs)
#if HAVE_QUADS
DEFINE_FORM (quads, add_quads)
#endif

/* So many products of a code below 2^16 and one of 8 bits fit 32 bits together. */
#define STEPS_AT_ONCE 256

INLINE void
reduce (FxpClusterReduction *self, gint64 *restrict sums, gsize n_columns)
{
  const gint64 half = self->half, most = self->most;
  const guint shift = self->shift;
  guint64 n_clipped = 0;
  gint64 peak = 0;

  for (gsize c = 0; c < n_columns; c++)
    {
      const gint64 code = (sums[c] + half) >> shift;

      peak = MAX (peak, ABS (sums[c]));
      n_clipped += (code < -most) | (code > most);
      sums[c] = CLAMP (code, -most, most);
    }
  self->n_clipped += n_clipped;
  self->peak = MAX (self->peak, (guint64)peak);
}

/* One place of a strip of @n_columns, in 64 bits. */
INLINE void
form_single (const FxpClusterWalk *walk,
             const guint8 *place,
             const FxpClusterStrip *strip,
             gsize n_columns,
             gint64 *restrict sums)
{
  const gint8 *codes = strip->codes;
  const gint32 *scales = strip->scales;
  const guint32 *step = walk->steps;
  gint64 totals[STRIP];

  for (gsize c = 0; c < n_columns; c++)
    totals[c] = strip->starts[c];
  for (gsize k = 0; k < walk->n_clusters; k++, scales += n_columns)
    {
      const guint32 *end = step + walk->counts[k];
      gint64 held[STRIP] = {0};

      while (step < end)
        {
          const guint32 *next = step + MIN (end - step, STEPS_AT_ONCE);
          gint32 part[STRIP] = {0};

          for (; step < next; step++, codes += n_columns)
            {
              gint32 code;

              memcpy (&code, place + *step, sizeof code);
              for (gsize c = 0; c < n_columns; c++)
                part[c] += code * codes[c];
            }
          for (gsize c = 0; c < n_columns; c++)
            held[c] += part[c];
        }
      if (walk->reduction != NULL)
        reduce (walk->reduction, held, n_columns);
      for (gsize c = 0; c < n_columns; c++)
        if (walk->scaling == FXP_SCALE_NONE)
          totals[c] += held[c];
        else if (walk->scaling == FXP_SCALE_SHIFT)
          totals[c] += (gint64)((guint64)held[c] << scales[c]);
        else
          totals[c] += held[c] * scales[c];
    }
  memcpy (sums, totals, n_columns * sizeof *sums);
}

static void
form_singles (const FxpClusterWalk *walk,
              gsize n_places,
              const FxpClusterStrip *strip,
              gpointer sums,
              gsize stride)
{
  for (gsize i = 0; i < n_places; i++)
    {
      const guint8 *place = walk->frame + walk->places[i];
      gint64 *to = (gint64 *)sums + i * stride;

      if (strip->n_columns == STRIP)
        form_single (walk, place, strip, STRIP, to);
      else
        form_single (walk, place, strip, HALF_STRIP, to);
    }
}

/* Plain C for the compiler's vectoriser. */
#define DEFINE_REQUANTIZE(name, type)                                                              \
  INLINE guint32 requantize_row_##name (const FxpRequantization *self,                             \
                                        const gint32 *restrict sums,                               \
                                        gsize n_channels,                                          \
                                        type *restrict codes)                                      \
  {                                                                                                \
    const gint32 *restrict factors = self->factors;                                                \
    const gint32 *restrict low = self->low, *restrict high = self->high;                           \
    const gint64 *restrict offsets = self->offsets;                                                \
    const gint32 bias = self->bias, least = self->least, greatest = self->greatest;                \
    const gint32 beneath = self->beneath, above = self->above;                                     \
    const guint shift = self->shift;                                                               \
    guint32 n_clipped = 0;                                                                         \
                                                                                                   \
    for (gsize c = 0; c < n_channels; c++)                                                         \
      {                                                                                            \
        const gint32 raised = sums[c] > low[c] ? sums[c] : low[c];                                 \
        const gint32 sum = raised < high[c] ? raised : high[c];                                    \
        const guint64 y = (guint64)((gint64)factors[c] * sum + offsets[c]);                        \
        gint32 code = (gint32)(y >> shift) - bias;                                                 \
                                                                                                   \
        n_clipped += (code < beneath) | (code > above);                                            \
        code = code > least ? code : least;                                                        \
        codes[c] = code < greatest ? code : greatest;                                              \
      }                                                                                            \
    return n_clipped;                                                                              \
  }                                                                                                \
                                                                                                   \
  static guint64 requantize_##name (const FxpRequantization *self,                                 \
                                    const gint32 *sums,                                            \
                                    gsize n_rows,                                                  \
                                    gsize stride,                                                  \
                                    gpointer codes)                                                \
  {                                                                                                \
    guint64 n_clipped = 0;                                                                         \
                                                                                                   \
    for (gsize r = 0; r < n_rows; r++)                                                             \
      n_clipped += requantize_row_##name (self,                                                    \
                                          sums + r * stride,                                       \
                                          self->n_channels,                                        \
                                          (type *)codes + r * self->n_channels);                   \
    return n_clipped;                                                                              \
  }

DEFINE_REQUANTIZE (i8, gint8)
DEFINE_REQUANTIZE (u8, guint8)
DEFINE_REQUANTIZE (i16, gint16)
DEFINE_REQUANTIZE (u16, guint16)

const FxpClusterKernels KERNELS = {
  .form =
    {
#if HAVE_QUADS
      [FXP_STEP_QUAD] = form_quads,
#endif
      [FXP_STEP_PAIR] = form_pairs,
      [FXP_STEP_SINGLE] = form_singles,
    },
  .requantize =
    {
      [FXP_STORAGE_I8] = requantize_i8,
      [FXP_STORAGE_U8] = requantize_u8,
      [FXP_STORAGE_I16] = requantize_i16,
      [FXP_STORAGE_U16] = requantize_u16,
    },
};
