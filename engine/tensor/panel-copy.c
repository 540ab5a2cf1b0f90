/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/panel-copy-private.h"

#include <string.h>

#define INLINE static inline __attribute__ ((always_inline))

/* A copy over the grain of its source walks this many source rows at a time, so that the cache
 * lines it has touched for one target row still serve the next. */
#define PART 256
/* Target rows that are written side by side. */
#define BAND 64

typedef void (*CopyFunc) (const FxpPanelCopy *self);

/* Interleaving the first half of the rows with the second turns the digits of (row, column), as one
 * number, by one place; after as many rounds as a row number has digits, row and column have
 * changed places. */
#define DEFINE_SQUARE(type, lanes, n_rounds, low, high)                                            \
  typedef type Vector_##type __attribute__ ((vector_size (16)));                                   \
                                                                                                   \
  typedef struct                                                                                   \
  {                                                                                                \
    Vector_##type rows[lanes];                                                                     \
  } Square_##type;                                                                                 \
                                                                                                   \
  INLINE void turn_##type (Square_##type *self)                                                    \
  {                                                                                                \
    for (guint round = 0; round < n_rounds; round++)                                               \
      {                                                                                            \
        const Square_##type from = *self;                                                          \
                                                                                                   \
        for (guint i = 0; i < lanes / 2; i++)                                                      \
          {                                                                                        \
            const Vector_##type a = from.rows[i], b = from.rows[i + lanes / 2];                    \
                                                                                                   \
            self->rows[2 * i] = __builtin_shufflevector (a, b, low);                               \
            self->rows[2 * i + 1] = __builtin_shufflevector (a, b, high);                          \
          }                                                                                        \
      }                                                                                            \
  }

#define FOUR_LOW  0, 4, 1, 5
#define FOUR_HIGH 2, 6, 3, 7

DEFINE_SQUARE (gint32, 4, 2, FOUR_LOW, FOUR_HIGH)
#undef DEFINE_SQUARE

/* Any strides, element by element. */
#define DEFINE_COPY(name, from, to)                                                                \
  static void copy_part_##name (const FxpPanelCopy *self,                                          \
                                gsize row,                                                         \
                                gsize last_row,                                                    \
                                gsize column,                                                      \
                                gsize last_column)                                                 \
  {                                                                                                \
    const from *source = (const from *)self->source + column * self->column_stride;                \
    to *target = (to *)self->target + column;                                                      \
    const gsize n = last_column - column;                                                          \
                                                                                                   \
    for (gsize r = row; r < last_row; r++)                                                         \
      {                                                                                            \
        const from *restrict s = source + r * self->row_stride;                                    \
        to *restrict t = target + r * self->target_stride;                                         \
                                                                                                   \
        if (self->column_stride == 1 && n == FXP_STRIP)                                            \
          for (gsize i = 0; i < FXP_STRIP; i++)                                                    \
            t[i] = s[i];                                                                           \
        else if (self->column_stride == 1)                                                         \
          for (gsize i = 0; i < n; i++)                                                            \
            t[i] = s[i];                                                                           \
        else                                                                                       \
          for (gsize i = 0; i < n; i++)                                                            \
            t[i] = s[i * self->column_stride];                                                     \
      }                                                                                            \
  }                                                                                                \
                                                                                                   \
  static void copy_##name (const FxpPanelCopy *self)                                               \
  {                                                                                                \
    for (gsize first = 0; first < self->n_columns; first += PART)                                  \
      copy_part_##name (self, 0, self->n_rows, first, MIN (first + PART, self->n_columns));        \
  }

/* The same, and by squares where the columns of the source are contiguous. */
#define DEFINE_TURN(name, from, to, lanes)                                                         \
  DEFINE_COPY (name, from, to)                                                                     \
                                                                                                   \
  typedef from From_##name __attribute__ ((vector_size (lanes * sizeof (from))));                  \
                                                                                                   \
  /* The square of elements whose first is (@row, @column). */                                     \
  INLINE void turn_square_##name (const FxpPanelCopy *self, gsize row, gsize column)               \
  {                                                                                                \
    const from *source = (const from *)self->source + row + column * self->column_stride;          \
    to *target = (to *)self->target + row * self->target_stride + column;                          \
    Square_##to square;                                                                            \
                                                                                                   \
    for (gsize i = 0; i < lanes; i++, source += self->column_stride)                               \
      {                                                                                            \
        From_##name codes;                                                                         \
                                                                                                   \
        memcpy (&codes, source, sizeof codes);                                                     \
        square.rows[i] = __builtin_convertvector(codes, Vector_##to);                              \
      }                                                                                            \
    turn_##to (&square);                                                                           \
    for (gsize i = 0; i < lanes; i++, target += self->target_stride)                               \
      memcpy (target, &square.rows[i], sizeof square.rows[i]);                                     \
  }                                                                                                \
                                                                                                   \
  /* A band of target rows keeps its cache lines until they are full. */                           \
  static void turn_##name (const FxpPanelCopy *self)                                               \
  {                                                                                                \
    const gsize last_row = self->n_rows / lanes * lanes;                                           \
    const gsize last_column = self->n_columns / lanes * lanes;                                     \
                                                                                                   \
    if (self->row_stride != 1 || self->column_stride == 1)                                         \
      {                                                                                            \
        copy_##name (self);                                                                        \
        return;                                                                                    \
      }                                                                                            \
    for (gsize first = 0; first < last_row; first += BAND)                                         \
      for (gsize column = 0; column < last_column; column += lanes)                                \
        for (gsize row = first; row < MIN (first + BAND, last_row); row += lanes)                  \
          turn_square_##name (self, row, column);                                                  \
    copy_part_##name (self, 0, last_row, last_column, self->n_columns);                            \
    copy_part_##name (self, last_row, self->n_rows, 0, self->n_columns);                           \
  }

DEFINE_TURN (i8_i32, gint8, gint32, 4)
DEFINE_TURN (u8_i32, guint8, gint32, 4)
DEFINE_TURN (i16_i32, gint16, gint32, 4)
DEFINE_TURN (u16_i32, guint16, gint32, 4)
DEFINE_TURN (i32_i32, gint32, gint32, 4)
DEFINE_TURN (u32_i32, guint32, gint32, 4)
DEFINE_COPY (i8_i64, gint8, gint64)
DEFINE_COPY (u8_i64, guint8, gint64)
DEFINE_COPY (i16_i64, gint16, gint64)
DEFINE_COPY (u16_i64, guint16, gint64)
DEFINE_COPY (i32_i64, gint32, gint64)
DEFINE_COPY (u32_i64, guint32, gint64)
#undef DEFINE_TURN
#undef DEFINE_COPY

static const CopyFunc copies[FXP_N_OPERANDS][FXP_STORAGE_U32 + 1] = {
  [FXP_OPERAND_I32] =
    {
      [FXP_STORAGE_I8] = turn_i8_i32,
      [FXP_STORAGE_U8] = turn_u8_i32,
      [FXP_STORAGE_I16] = turn_i16_i32,
      [FXP_STORAGE_U16] = turn_u16_i32,
      [FXP_STORAGE_I32] = turn_i32_i32,
      [FXP_STORAGE_U32] = turn_u32_i32,
    },
  [FXP_OPERAND_I64] =
    {
      [FXP_STORAGE_I8] = copy_i8_i64,
      [FXP_STORAGE_U8] = copy_u8_i64,
      [FXP_STORAGE_I16] = copy_i16_i64,
      [FXP_STORAGE_U16] = copy_u16_i64,
      [FXP_STORAGE_I32] = copy_i32_i64,
      [FXP_STORAGE_U32] = copy_u32_i64,
    },
};

void
fxp_panel_copy (const FxpPanelCopy *self, FxpStorage from, FxpOperand to)
{
  g_return_if_fail (copies[to][from] != NULL);

  copies[to][from](self);
}
