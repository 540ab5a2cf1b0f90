/* SPDX-License-Identifier: MIT */
/* The loops over rows, compiled once for each vector unit: frame-rows-UNIT.c defines ROWS, the name
 * of the table, and includes this.  Plain C for the compiler's vectoriser, which wants to know how
 * many channels lie side by side. */

#include "tensor/frame-rows-private.h"
#include "tensor/quads-private.h"

#include <string.h>

#define INLINE static inline __attribute__ ((always_inline))

/* Channels side by side. */
#define BAND 32
#define HALF 16
#define FEW  8

#define DEFINE_ROW(name, from, to, per_step, is_copy, scale)                                       \
  static void fill_##name (const FxpFrameRow *self, gconstpointer data, gpointer target)           \
  {                                                                                                \
    const from *restrict row = data;                                                               \
    to *restrict to_row = target;                                                                  \
    const gsize n_channels = self->n_channels, n_all = self->n_all, width = self->width;           \
    G_GNUC_UNUSED const float step = self->step;                                                   \
                                                                                                   \
    if (n_channels < n_all)                                                                        \
      {                                                                                            \
        for (gsize x = 0; x < width; x++)                                                          \
          for (gsize c = 0; c < n_channels; c++)                                                   \
            to_row[x * n_channels + c] = scale (to) row[x * n_all + c];                            \
        return;                                                                                    \
      }                                                                                            \
    if (is_copy)                                                                                   \
      memcpy (to_row, row, width *n_channels * sizeof (to));                                       \
    else                                                                                           \
      for (gsize i = 0; i < width * n_channels; i++)                                               \
        to_row[i] = scale (to) row[i];                                                             \
  }                                                                                                \
                                                                                                   \
  INLINE void group_channels_##name (const from *const *at,                                        \
                                     gsize n,                                                      \
                                     float step G_GNUC_UNUSED,                                     \
                                     to *restrict target)                                          \
  {                                                                                                \
    gsize c = 0;                                                                                   \
                                                                                                   \
    if (sizeof (to) == 1)                                                                          \
      for (; c + FXP_QUADS <= n; c += FXP_QUADS)                                                   \
        fxp_quads_interleave ((gconstpointer[]){at[0] + c,                                         \
                                                at[per_step > 1] + c,                              \
                                                at[per_step > 2 ? 2 : 0] + c,                      \
                                                at[per_step > 3 ? 3 : 0] + c},                     \
                              target + c * per_step);                                              \
    for (; c < n; c++)                                                                             \
      for (gsize i = 0; i < per_step; i++)                                                         \
        target[c * per_step + i] = scale (to) at[i][c];                                            \
  }                                                                                                \
                                                                                                   \
  /* Pixels of a group that lie outside the image are zeros. */                                    \
  static void group_##name (const FxpFrameRow *self, gconstpointer data, gpointer to_data)         \
  {                                                                                                \
    static const from zeros[BAND];                                                                 \
    const from *row = data;                                                                        \
    to *restrict target = to_data;                                                                 \
    const gsize n_channels = self->n_channels;                                                     \
                                                                                                   \
    for (gsize x = 0; x < self->frame_width; x++)                                                  \
      for (gsize c = 0, n; c < n_channels; c += n, target += n * per_step)                         \
        {                                                                                          \
          const gsize rest = n_channels - c;                                                       \
          const from *at[per_step];                                                                \
                                                                                                   \
          n = rest >= BAND ? BAND : rest >= HALF ? HALF : rest >= FEW ? FEW : rest;                \
          for (gsize i = 0; i < per_step; i++)                                                     \
            {                                                                                      \
              const gsize pixel = x + i * self->distance - self->left;                             \
                                                                                                   \
              at[i] = pixel < self->width ? row + pixel * self->n_all + c : zeros;                 \
            }                                                                                      \
          if (n == BAND)                                                                           \
            group_channels_##name (at, BAND, self->step, target);                                  \
          else if (n == HALF)                                                                      \
            group_channels_##name (at, HALF, self->step, target);                                  \
          else if (n == FEW)                                                                       \
            group_channels_##name (at, FEW, self->step, target);                                   \
          else                                                                                     \
            group_channels_##name (at, n, self->step, target);                                     \
        }                                                                                          \
  }

DEFINE_ROW (i8_i8, gint8, gint8, 4, TRUE, )
DEFINE_ROW (i8_i16, gint8, gint16, 2, FALSE, )
DEFINE_ROW (u8_i16, guint8, gint16, 2, FALSE, )
DEFINE_ROW (i16_i16, gint16, gint16, 2, TRUE, )
DEFINE_ROW (i8_f32, gint8, float, 1, FALSE, step *)
DEFINE_ROW (u8_f32, guint8, float, 1, FALSE, step *)
DEFINE_ROW (i16_f32, gint16, float, 1, FALSE, step *)
DEFINE_ROW (u16_f32, guint16, float, 1, FALSE, step *)
DEFINE_ROW (i32_f32, gint32, float, 1, FALSE, step *)
DEFINE_ROW (u32_f32, guint32, float, 1, FALSE, step *)
DEFINE_ROW (f32_f32, float, float, 1, TRUE, )
#undef DEFINE_ROW

#define DEFINE_ADD(type)                                                                           \
  INLINE void add_columns_##type (const type *restrict codes,                                      \
                                  gsize n_rows,                                                    \
                                  gsize n_columns,                                                 \
                                  gsize stride,                                                    \
                                  guint64 *restrict norms)                                         \
  {                                                                                                \
    guint32 sums[FXP_NORM_BAND] = {0};                                                             \
                                                                                                   \
    for (gsize r = 0; r < n_rows; r++, codes += stride)                                            \
      for (gsize c = 0; c < n_columns; c++)                                                        \
        sums[c] += (guint32)ABS ((gint32)codes[c]);                                                \
    for (gsize c = 0; c < n_columns; c++)                                                          \
      norms[c] += sums[c];                                                                         \
  }                                                                                                \
                                                                                                   \
  static void add_##type (gconstpointer codes,                                                     \
                          gsize n_rows,                                                            \
                          gsize n_columns,                                                         \
                          gsize stride,                                                            \
                          guint64 *norms)                                                          \
  {                                                                                                \
    switch (n_columns)                                                                             \
      {                                                                                            \
      case FXP_NORM_BAND:                                                                          \
        add_columns_##type (codes, n_rows, FXP_NORM_BAND, stride, norms);                          \
        break;                                                                                     \
      case FXP_NORM_BAND / 2:                                                                      \
        add_columns_##type (codes, n_rows, FXP_NORM_BAND / 2, stride, norms);                      \
        break;                                                                                     \
      case FXP_NORM_BAND / 4:                                                                      \
        add_columns_##type (codes, n_rows, FXP_NORM_BAND / 4, stride, norms);                      \
        break;                                                                                     \
      default:                                                                                     \
        add_columns_##type (codes, n_rows, n_columns, stride, norms);                              \
        break;                                                                                     \
      }                                                                                            \
  }

DEFINE_ADD (gint8)
DEFINE_ADD (guint8)
DEFINE_ADD (gint16)
DEFINE_ADD (guint16)
#undef DEFINE_ADD

/* An unsigned code that fits the signed element has the same bits in both. */
#define FILLERS(prefix)                                                                            \
  {                                                                                                \
    [FXP_ELEMENT_I8] =                                                                             \
      {                                                                                            \
        [FXP_STORAGE_I8] = prefix##_i8_i8,                                                         \
        [FXP_STORAGE_U8] = prefix##_i8_i8,                                                         \
      },                                                                                           \
    [FXP_ELEMENT_I16] =                                                                            \
      {                                                                                            \
        [FXP_STORAGE_I8] = prefix##_i8_i16,                                                        \
        [FXP_STORAGE_U8] = prefix##_u8_i16,                                                        \
        [FXP_STORAGE_I16] = prefix##_i16_i16,                                                      \
        [FXP_STORAGE_U16] = prefix##_i16_i16,                                                      \
      },                                                                                           \
    [FXP_ELEMENT_F32] = {                                                                          \
      [FXP_STORAGE_I8] = prefix##_i8_f32,                                                          \
      [FXP_STORAGE_U8] = prefix##_u8_f32,                                                          \
      [FXP_STORAGE_I16] = prefix##_i16_f32,                                                        \
      [FXP_STORAGE_U16] = prefix##_u16_f32,                                                        \
      [FXP_STORAGE_I32] = prefix##_i32_f32,                                                        \
      [FXP_STORAGE_U32] = prefix##_u32_f32,                                                        \
      [FXP_STORAGE_F32] = prefix##_f32_f32,                                                        \
    },                                                                                             \
  }

const FxpFrameRows ROWS = {
  .fill = FILLERS (fill),
  .group = FILLERS (group),
  .add_norms =
    {
      [FXP_STORAGE_I8] = add_gint8,
      [FXP_STORAGE_U8] = add_guint8,
      [FXP_STORAGE_I16] = add_gint16,
      [FXP_STORAGE_U16] = add_guint16,
    },
};
