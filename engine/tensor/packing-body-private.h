/* SPDX-License-Identifier: MIT */
/* The loops of packing, compiled once for each vector unit: packing-UNIT.c defines what is
 * different, includes this and gets its table.  Nothing in here may be seen outside that file.
 *
 *   VECTOR_SIZE    bytes of a vector
 *   N_ROUNDS       how often 2 is a factor of its steps of 4 bytes
 *   LOW, HIGH      the lanes of the first halves of two vectors in turn, and of the second
 *   FILLERS        the name of the table
 */

#include "tensor/packing-kernel-private.h"
#include "tensor/quads-private.h"

#include <string.h>

#define INLINE static inline __attribute__ ((always_inline))

/* What is held stays in registers only where the loops over it are unrolled. */
#define UNROLL _Pragma ("GCC unroll 16")

#define LANES (VECTOR_SIZE / FXP_STEP_BYTES)

/* Steps side by side. */
typedef guint32 Steps __attribute__ ((vector_size (VECTOR_SIZE)));

typedef struct
{
  Steps rows[LANES];
} Square;

/* Interleaving the first half of the rows with the second turns the digits of (row, column), as one
 * number, by one place; after as many rounds as a row number has digits, row and column have
 * changed places. */
INLINE void
turn (Square *self)
{
  UNROLL for (guint round = 0; round < N_ROUNDS; round++)
  {
    const Square from = *self;

    UNROLL for (guint i = 0; i < LANES / 2; i++)
    {
      const Steps a = from.rows[i], b = from.rows[i + LANES / 2];

      self->rows[2 * i] = __builtin_shufflevector (a, b, LOW);
      self->rows[2 * i + 1] = __builtin_shufflevector (a, b, HIGH);
    }
  }
}

/* A step of a strip takes one or more rows of the source, side by side in each column.  Columns
 * that are contiguous are interleaved so; where rows are, squares are turned; what is left is taken
 * one by one. */
#define DEFINE_FILL(name, from, to, part, scale)                                                   \
  typedef from Codes_##name                                                                        \
    __attribute__ ((vector_size (VECTOR_SIZE / sizeof (to) * sizeof (from))));                     \
  typedef to Elements_##name __attribute__ ((vector_size (VECTOR_SIZE)));                          \
                                                                                                   \
  /* Whole steps and what remains, from @row on; known counts and strides make it fast. */         \
  INLINE void take_rows_##name (const FxpStripFilling *self,                                       \
                                gsize row,                                                         \
                                gsize n_columns,                                                   \
                                gsize column_stride)                                               \
  {                                                                                                \
    const gsize n = FXP_STEP_BYTES / sizeof (to), width = self->width;                             \
    const gsize row_stride = self->row_stride;                                                     \
    G_GNUC_UNUSED const float step = self->step;                                                   \
                                                                                                   \
    for (; row < self->n_rows; row += n)                                                           \
      {                                                                                            \
        const gsize n_here = MIN (self->n_rows - row, n);                                          \
        const from *restrict source = (const from *)self->source + row * row_stride;               \
        to *restrict target = (to *)(gpointer)self->target + row * width;                          \
                                                                                                   \
        if (n_here < n || n_columns < width)                                                       \
          memset (target, 0, width *FXP_STEP_BYTES);                                               \
        if (sizeof (to) == 1 && n_here == n && column_stride == 1 && n_columns % FXP_QUADS == 0)   \
          for (gsize c = 0; c < n_columns; c += FXP_QUADS)                                         \
            fxp_quads_interleave ((gconstpointer[]){source + c,                                    \
                                                    source + c + row_stride,                       \
                                                    source + c + 2 * row_stride,                   \
                                                    source + c + 3 * row_stride},                  \
                                  target + c * n);                                                 \
        else if (n_here == n)                                                                      \
          for (gsize c = 0; c < n_columns; c++)                                                    \
            for (gsize i = 0; i < n; i++)                                                          \
              target[c * n + i] = scale (to) part (source[c * column_stride + i * row_stride]);    \
        else                                                                                       \
          for (gsize c = 0; c < n_columns; c++)                                                    \
            for (gsize i = 0; i < n_here; i++)                                                     \
              target[c * n + i] = scale (to) part (source[c * column_stride + i * row_stride]);    \
      }                                                                                            \
  }                                                                                                \
                                                                                                   \
  /* As many columns, from (@row, @column) on, as a vector has steps; rows fill a vector. */       \
  INLINE void turn_square_##name (const FxpStripFilling *self, gsize row, gsize column)            \
  {                                                                                                \
    const gsize n_columns = MIN (self->n_columns - column, LANES);                                 \
    const from *source = (const from *)self->source + row + column * self->column_stride;          \
    guint8 *target = self->target + row * self->width * sizeof (to) + column * FXP_STEP_BYTES;     \
    G_GNUC_UNUSED const float step = self->step;                                                   \
    Square square;                                                                                 \
                                                                                                   \
    for (gsize c = 0; c < LANES; c++)                                                              \
      {                                                                                            \
        Codes_##name codes = {0};                                                                  \
                                                                                                   \
        if (c < n_columns)                                                                         \
          memcpy (&codes, source + c * self->column_stride, sizeof codes);                         \
        square.rows[c] = (Steps)(scale __builtin_convertvector(part (codes), Elements_##name));    \
      }                                                                                            \
    turn (&square);                                                                                \
    for (gsize s = 0; s < LANES; s++, target += self->width * FXP_STEP_BYTES)                      \
      memcpy (target, &square.rows[s], VECTOR_SIZE);                                               \
  }                                                                                                \
                                                                                                   \
  INLINE gsize turn_##name (const FxpStripFilling *self)                                           \
  {                                                                                                \
    const gsize n = VECTOR_SIZE / sizeof (to), last_row = self->n_rows / n * n;                    \
                                                                                                   \
    for (gsize row = 0; row < last_row; row += n)                                                  \
      for (gsize column = 0; column < self->width; column += LANES)                                \
        if (column < self->n_columns)                                                              \
          turn_square_##name (self, row, column);                                                  \
        else                                                                                       \
          for (gsize s = 0; s < LANES; s++)                                                        \
            memset (self->target + row * self->width * sizeof (to) +                               \
                      (s * self->width + column) * FXP_STEP_BYTES,                                 \
                    0,                                                                             \
                    VECTOR_SIZE);                                                                  \
    return last_row;                                                                               \
  }                                                                                                \
                                                                                                   \
  static void fill_##name (const FxpStripFilling *self)                                            \
  {                                                                                                \
    const gsize n_columns = self->n_columns, half = FXP_STRIP_COLUMNS / 2;                         \
                                                                                                   \
    if (self->column_stride != 1)                                                                  \
      take_rows_##name (self,                                                                      \
                        self->row_stride == 1 ? turn_##name (self) : 0,                            \
                        n_columns,                                                                 \
                        self->column_stride);                                                      \
    else if (n_columns == FXP_STRIP_COLUMNS)                                                       \
      take_rows_##name (self, 0, FXP_STRIP_COLUMNS, 1);                                            \
    else if (n_columns == half)                                                                    \
      take_rows_##name (self, 0, half, 1);                                                         \
    else                                                                                           \
      take_rows_##name (self, 0, n_columns, 1);                                                    \
  }

#define WHOLE_OF(code) (code)
#define HIGH_OF(code)  ((code) >> 8)
#define LOW_OF(code)   ((code)&255)

DEFINE_FILL (i8_i8, gint8, gint8, WHOLE_OF, )
DEFINE_FILL (u8_i8, guint8, gint8, WHOLE_OF, )
DEFINE_FILL (i8_i16, gint8, gint16, WHOLE_OF, )
DEFINE_FILL (u8_i16, guint8, gint16, WHOLE_OF, )
DEFINE_FILL (i16_i16, gint16, gint16, WHOLE_OF, )
DEFINE_FILL (u16_i16, guint16, gint16, WHOLE_OF, )
DEFINE_FILL (i16_i16_high, gint16, gint16, HIGH_OF, )
DEFINE_FILL (u16_i16_high, guint16, gint16, HIGH_OF, )
DEFINE_FILL (i16_i16_low, gint16, gint16, LOW_OF, )
DEFINE_FILL (u16_i16_low, guint16, gint16, LOW_OF, )
/* A code beyond 24 bits is rounded to float32; the step is a power of two and changes no bit. */
DEFINE_FILL (i8_f32, gint8, float, WHOLE_OF, step *)
DEFINE_FILL (u8_f32, guint8, float, WHOLE_OF, step *)
DEFINE_FILL (i16_f32, gint16, float, WHOLE_OF, step *)
DEFINE_FILL (u16_f32, guint16, float, WHOLE_OF, step *)
DEFINE_FILL (i32_f32, gint32, float, WHOLE_OF, step *)
DEFINE_FILL (u32_f32, guint32, float, WHOLE_OF, step *)
DEFINE_FILL (f32_f32, float, float, WHOLE_OF, )
#undef DEFINE_FILL

const FxpStripFillers FILLERS = {
  .fill =
    {
      [FXP_ELEMENT_I8][FXP_PART_WHOLE] =
        {
          [FXP_STORAGE_I8] = fill_i8_i8,
          [FXP_STORAGE_U8] = fill_u8_i8,
        },
      [FXP_ELEMENT_I16][FXP_PART_WHOLE] =
        {
          [FXP_STORAGE_I8] = fill_i8_i16,
          [FXP_STORAGE_U8] = fill_u8_i16,
          [FXP_STORAGE_I16] = fill_i16_i16,
          [FXP_STORAGE_U16] = fill_u16_i16,
        },
      [FXP_ELEMENT_I16][FXP_PART_HIGH] =
        {
          [FXP_STORAGE_I16] = fill_i16_i16_high,
          [FXP_STORAGE_U16] = fill_u16_i16_high,
        },
      [FXP_ELEMENT_I16][FXP_PART_LOW] =
        {
          [FXP_STORAGE_I16] = fill_i16_i16_low,
          [FXP_STORAGE_U16] = fill_u16_i16_low,
        },
      [FXP_ELEMENT_F32][FXP_PART_WHOLE] =
        {
          [FXP_STORAGE_I8] = fill_i8_f32,
          [FXP_STORAGE_U8] = fill_u8_f32,
          [FXP_STORAGE_I16] = fill_i16_f32,
          [FXP_STORAGE_U16] = fill_u16_f32,
          [FXP_STORAGE_I32] = fill_i32_f32,
          [FXP_STORAGE_U32] = fill_u32_f32,
          [FXP_STORAGE_F32] = fill_f32_f32,
        },
    },
};
