/* SPDX-License-Identifier: MIT */
/* Loops between sums, values and codes; part of loops-body-private.h. */

static void
relu (double *restrict values, guint8 *restrict mask, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      mask[i] = values[i] > 0.0;
      values[i] = values[i] < 0.0 ? 0.0 : values[i];
    }
}

static void
clipped_relu (double *restrict values, guint8 *restrict mask, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      mask[i] = (values[i] > 0.0) & (values[i] < 2.0);
      values[i] = values[i] < 0.0 ? 0.0 : values[i];
      values[i] = values[i] > 2.0 ? 2.0 : values[i];
    }
}

static void
hard_tanh (double *restrict values, guint8 *restrict mask, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      mask[i] = (values[i] > -1.0) & (values[i] < 1.0);
      values[i] = values[i] < -1.0 ? -1.0 : values[i];
      values[i] = values[i] > 1.0 ? 1.0 : values[i];
    }
}

static void
clear_marked (guint8 *restrict mask, const guint8 *restrict marks, gsize n)
{
  for (gsize i = 0; i < n; i++)
    mask[i] &= marks[i] ^ 1;
}

/* A mask instead of a choice; bits of a float zero are zeros too. */
#define KEEP_MARKED(type)                                                                          \
  {                                                                                                \
    type *restrict typed = codes;                                                                  \
                                                                                                   \
    for (gsize i = 0; i < n; i++)                                                                  \
      typed[i] &= (type)-mask[i];                                                                  \
    break;                                                                                         \
  }

static void
keep_marked (gpointer codes, const guint8 *restrict mask, gsize code_size, gsize n)
{
  switch (code_size)
    {
    case 1:
      KEEP_MARKED (guint8)
    case 2:
      KEEP_MARKED (guint16)
    default:
      KEEP_MARKED (guint32)
    }
}
#undef KEEP_MARKED

#define DEFINE_SCALE(name, type, unsigned_type)                                                    \
  static void name (const type *restrict sums,                                                     \
                    gsize n_rows,                                                                  \
                    gsize n_columns,                                                               \
                    gsize stride,                                                                  \
                    double step,                                                                   \
                    double *restrict reals,                                                        \
                    guint64 *peak)                                                                 \
  {                                                                                                \
    type low = 0, high = 0;                                                                        \
    guint64 magnitude;                                                                             \
                                                                                                   \
    if (stride == n_columns)                                                                       \
      {                                                                                            \
        n_columns *= n_rows;                                                                       \
        n_rows = 1;                                                                                \
      }                                                                                            \
    for (gsize r = 0; r < n_rows; r++)                                                             \
      for (gsize c = 0; c < n_columns; c++)                                                        \
        {                                                                                          \
          const type sum = sums[r * stride + c];                                                   \
                                                                                                   \
          low = sum < low ? sum : low;                                                             \
          high = sum > high ? sum : high;                                                          \
          reals[r * n_columns + c] = (double)sum * step;                                           \
        }                                                                                          \
    magnitude = MAX (-(unsigned_type)low, (unsigned_type)high);                                    \
    *peak = MAX (*peak, magnitude);                                                                \
  }

DEFINE_SCALE (scale_i32, gint32, guint32)
DEFINE_SCALE (scale_i64, gint64, guint64)
#undef DEFINE_SCALE

static void
move_i32 (const gint32 *restrict sums,
          gsize n_rows,
          gsize n_columns,
          gsize stride,
          gint32 *restrict to,
          guint64 *peak)
{
  gint32 low = 0, high = 0;
  guint32 magnitude;

  if (stride == n_columns)
    {
      n_columns *= n_rows;
      n_rows = 1;
    }
  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < n_columns; c++)
      {
        const gint32 sum = sums[r * stride + c];

        low = sum < low ? sum : low;
        high = sum > high ? sum : high;
        to[r * n_columns + c] = sum;
      }
  magnitude = MAX (-(guint32)low, (guint32)high);
  *peak = MAX (*peak, magnitude);
}

static void
add_periodic (double *restrict values,
              gsize n,
              const double *restrict addends,
              gsize n_addends,
              gsize first)
{
  gsize begin = first % n_addends;

  for (gsize i = 0; i < n;)
    {
      const gsize run = n_addends - begin < n - i ? n_addends - begin : n - i;

      for (gsize j = 0; j < run; j++)
        values[i + j] += addends[begin + j];
      i += run;
      begin = 0;
    }
}

static void
sum_rows (const double *restrict rows, gsize n_rows, gsize n_columns, double *restrict sums)
{
  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < n_columns; c++)
      sums[c] += rows[r * n_columns + c];
}

/* sum + code * step, the code's value; see fxp_format_decode(). */
#define ADD_CODES(type, step)                                                                      \
  {                                                                                                \
    const type *restrict typed = codes;                                                            \
                                                                                                   \
    for (gsize i = 0; i < n; i++)                                                                  \
      {                                                                                            \
        const double value = (double)typed[i] * (step);                                            \
                                                                                                   \
        sums[i] = sums[i] + value;                                                                 \
      }                                                                                            \
    break;                                                                                         \
  }

static void
add_codes (double *restrict sums, FxpFormat format, gconstpointer codes, gsize n)
{
  const double step = fxp_format_get_step (format);

  switch (fxp_format_get_storage (format))
    {
    case FXP_STORAGE_I8:
      ADD_CODES (gint8, step)
    case FXP_STORAGE_U8:
      ADD_CODES (guint8, step)
    case FXP_STORAGE_I16:
      ADD_CODES (gint16, step)
    case FXP_STORAGE_U16:
      ADD_CODES (guint16, step)
    case FXP_STORAGE_I32:
      ADD_CODES (gint32, step)
    case FXP_STORAGE_U32:
      ADD_CODES (guint32, step)
    case FXP_STORAGE_F32:
    default:
      ADD_CODES (float, 1.0)
    }
}
#undef ADD_CODES
