/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/panel-private.h"

#include <string.h>

/* A transposing copy walks this many source rows at a time, so that the cache lines it has
 * touched for one target row still serve the next. */
#define TURN_BLOCK 256

/* From the source, element (row, column) at row * row_stride + column * column_stride. */
typedef struct
{
  const void *source;
  gsize row_stride, column_stride;
  gsize n_rows, n_columns;
  gpointer target;
  gsize target_stride;
  float step; /* of a code, where values are asked for */
} Copy;

typedef void (*CopyFunc) (const Copy *copy);

#define DEFINE_COPY(name, from, to, convert)                                                       \
  static void copy_##name (const Copy *copy)                                                       \
  {                                                                                                \
    const from *source = copy->source;                                                             \
    to *target = copy->target;                                                                     \
    G_GNUC_UNUSED const float step = copy->step;                                                   \
                                                                                                   \
    for (gsize first = 0; first < copy->n_columns; first += TURN_BLOCK)                            \
      {                                                                                            \
        const gsize n = MIN (copy->n_columns - first, TURN_BLOCK);                                 \
                                                                                                   \
        for (gsize row = 0; row < copy->n_rows; row++)                                             \
          {                                                                                        \
            const from *restrict s =                                                               \
              source + row * copy->row_stride + first * copy->column_stride;                       \
            to *restrict t = target + row * copy->target_stride + first;                           \
                                                                                                   \
            if (copy->column_stride == 1)                                                          \
              for (gsize i = 0; i < n; i++)                                                        \
                t[i] = convert (to) s[i];                                                          \
            else                                                                                   \
              for (gsize i = 0; i < n; i++)                                                        \
                t[i] = convert (to) s[i * copy->column_stride];                                    \
          }                                                                                        \
      }                                                                                            \
  }

DEFINE_COPY (i8_i16, gint8, gint16, )
DEFINE_COPY (u8_i16, guint8, gint16, )
DEFINE_COPY (i16_i16, gint16, gint16, )
DEFINE_COPY (u16_i16, guint16, gint16, )
DEFINE_COPY (i8_i32, gint8, gint32, )
DEFINE_COPY (u8_i32, guint8, gint32, )
DEFINE_COPY (i16_i32, gint16, gint32, )
DEFINE_COPY (u16_i32, guint16, gint32, )
DEFINE_COPY (i32_i32, gint32, gint32, )
DEFINE_COPY (u32_i32, guint32, gint32, )
DEFINE_COPY (i8_i64, gint8, gint64, )
DEFINE_COPY (u8_i64, guint8, gint64, )
DEFINE_COPY (i16_i64, gint16, gint64, )
DEFINE_COPY (u16_i64, guint16, gint64, )
DEFINE_COPY (i32_i64, gint32, gint64, )
DEFINE_COPY (u32_i64, guint32, gint64, )
/* A code beyond 24 bits is rounded to float32; the step is a power of two and changes no bit. */
DEFINE_COPY (i8_f32, gint8, float, step *)
DEFINE_COPY (u8_f32, guint8, float, step *)
DEFINE_COPY (i16_f32, gint16, float, step *)
DEFINE_COPY (u16_f32, guint16, float, step *)
DEFINE_COPY (i32_f32, gint32, float, step *)
DEFINE_COPY (u32_f32, guint32, float, step *)
DEFINE_COPY (f32_f32, float, float, )
#undef DEFINE_COPY

static const CopyFunc copy_funcs[FXP_N_OPERANDS][FXP_STORAGE_F32 + 1] = {
  [FXP_OPERAND_I16] =
    {
      [FXP_STORAGE_I8] = copy_i8_i16,
      [FXP_STORAGE_U8] = copy_u8_i16,
      [FXP_STORAGE_I16] = copy_i16_i16,
      [FXP_STORAGE_U16] = copy_u16_i16,
    },
  [FXP_OPERAND_I32] =
    {
      [FXP_STORAGE_I8] = copy_i8_i32,
      [FXP_STORAGE_U8] = copy_u8_i32,
      [FXP_STORAGE_I16] = copy_i16_i32,
      [FXP_STORAGE_U16] = copy_u16_i32,
      [FXP_STORAGE_I32] = copy_i32_i32,
      [FXP_STORAGE_U32] = copy_u32_i32,
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
  [FXP_OPERAND_F32] =
    {
      [FXP_STORAGE_I8] = copy_i8_f32,
      [FXP_STORAGE_U8] = copy_u8_f32,
      [FXP_STORAGE_I16] = copy_i16_f32,
      [FXP_STORAGE_U16] = copy_u16_f32,
      [FXP_STORAGE_I32] = copy_i32_f32,
      [FXP_STORAGE_U32] = copy_u32_f32,
      [FXP_STORAGE_F32] = copy_f32_f32,
    },
};

static const gsize operand_sizes[FXP_N_OPERANDS] = {
  [FXP_OPERAND_I16] = sizeof (gint16),
  [FXP_OPERAND_I32] = sizeof (gint32),
  [FXP_OPERAND_I64] = sizeof (gint64),
  [FXP_OPERAND_F32] = sizeof (float),
};

gboolean
fxp_operand_holds (FxpOperand operand, FxpFormat format)
{
  guint signed_bits = format.word_bits + (format.is_signed ? 0 : 1);

  switch (operand)
    {
    case FXP_OPERAND_I16:
      return signed_bits <= 16;
    case FXP_OPERAND_I32:
      return signed_bits <= 32;
    case FXP_OPERAND_I64:
    case FXP_OPERAND_F32:
      return TRUE;
    case FXP_N_OPERANDS:
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* An unsigned code that fits the signed type has the same bits in both. */
static gboolean
lies_ready (FxpOperand operand, FxpStorage storage)
{
  switch (operand)
    {
    case FXP_OPERAND_I16:
      return storage == FXP_STORAGE_I16 || storage == FXP_STORAGE_U16;
    case FXP_OPERAND_I32:
      return storage == FXP_STORAGE_I32 || storage == FXP_STORAGE_U32;
    case FXP_OPERAND_F32:
      return storage == FXP_STORAGE_F32;
    case FXP_OPERAND_I64:
    case FXP_N_OPERANDS:
    default:
      return FALSE;
    }
}

FxpPanel
fxp_panel_new (const FxpMatrix *matrix,
               gboolean turned,
               gsize n_rows,
               gsize n,
               FxpOperand operand,
               gboolean padded,
               FxpScratch *scratch,
               guint slot)
{
  FxpStorage storage = fxp_format_get_storage (matrix->format);
  gsize padded_n = (n + FXP_PANEL_PADDING - 1) / FXP_PANEL_PADDING * FXP_PANEL_PADDING;
  gsize size = operand_sizes[operand];
  Copy copy = {
    .source = matrix->data,
    .row_stride = turned ? matrix->column_stride : matrix->row_stride,
    .column_stride = turned ? matrix->row_stride : matrix->column_stride,
    .n_rows = n_rows,
    .n_columns = n,
    .target_stride = padded_n,
  };

  if (copy.column_stride == 1 && (n == padded_n || !padded) && lies_ready (operand, storage))
    return (FxpPanel){matrix->data, n_rows, copy.row_stride, n};

  copy.target = fxp_scratch_get (scratch, slot, n_rows * padded_n * size);
  if (padded && n < padded_n)
    memset (copy.target, 0, n_rows * padded_n * size);
  if (operand == FXP_OPERAND_F32)
    copy.step = (float)fxp_format_get_step (matrix->format);
  copy_funcs[operand][storage](&copy);
  return (FxpPanel){copy.target, n_rows, padded_n, padded ? padded_n : n};
}
