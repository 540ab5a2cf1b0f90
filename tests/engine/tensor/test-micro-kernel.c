/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/random.h"
#include "number/vector-unit-private.h"
#include "tensor/micro-kernel-private.h"

#include <string.h>

#define N_BYTES  (1 << 18)
#define N_BLOCKS 9

/* Two operands, and block offsets into the first. */
typedef struct
{
  guint8 *data;  /* the rows, anywhere in it */
  guint8 *strip; /* all of it */
  gsize offsets[N_BLOCKS];
} Operands;

static guint32
draw (guint32 i)
{
  return fxp_noise_draw (fxp_noise_new (11, 0, 0, 0, 0), i);
}

/* Random codes, or in every second block of 256 bytes the extreme ones; floats within +-1. */
static guint8 *
bytes_new (FxpElement element, guint32 seed)
{
  guint8 *bytes = g_malloc (N_BYTES);
  const gsize size = FXP_STEP_BYTES / fxp_element_get_n_per_step (element);

  for (guint32 i = 0; i < N_BYTES / size; i++)
    {
      gint32 code = (gint32)draw (seed + i);
      float value = (float)code * 0x1p-31f;

      if ((i * size) & 256)
        code = code & 1 ? (element == FXP_ELEMENT_I8 ? G_MAXINT8 : G_MAXINT16)
                        : (element == FXP_ELEMENT_I8 ? G_MININT8 : G_MININT16);
      memcpy (bytes + i * size, element == FXP_ELEMENT_F32 ? (void *)&value : (void *)&code, size);
    }
  return bytes;
}

static gint32
get_code (FxpElement element, const guint8 *from)
{
  gint16 code;

  if (element == FXP_ELEMENT_I8)
    return *(const gint8 *)from;
  memcpy (&code, from, sizeof code);
  return code;
}

/* The products of one step. */
static gint64
multiply (FxpElement element, const guint8 *a, const guint8 *b)
{
  const gsize n = fxp_element_get_n_per_step (element), size = FXP_STEP_BYTES / n;
  gint64 sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (gint64)get_code (element, a + i * size) * get_code (element, b + i * size);
  return sum;
}

/* Sum (@row, @column) step by step; an integer one modulo 2^32. */
static guint32
sum_naively (FxpElement element,
             const FxpRows *rows,
             gsize row,
             const guint8 *strip,
             gsize n_columns,
             gsize column,
             gboolean adds,
             guint32 before)
{
  guint32 sum = adds ? before : 0, product;
  float single, a, b;

  memcpy (&single, &sum, sizeof single);
  for (gsize i = 0; i < rows->n_blocks * rows->n_steps; i++)
    {
      const guint8 *x = rows->data + rows->block_offsets[i / rows->n_steps] +
                        row * rows->row_stride + i % rows->n_steps * rows->step_stride;
      const guint8 *y = strip + (i * n_columns + column) * FXP_STEP_BYTES;

      product = (guint32)multiply (element, x, y);
      sum += product;
      memcpy (&a, x, sizeof a);
      memcpy (&b, y, sizeof b);
      if (element == FXP_ELEMENT_F32)
        single += a * b;
    }
  if (element == FXP_ELEMENT_F32)
    memcpy (&sum, &single, sizeof sum);
  return sum;
}

static void
check (FxpElement element,
       const FxpRows *rows,
       gsize n_rows,
       const guint8 *strip,
       gsize n_columns,
       gboolean adds)
{
  const FxpSumKernel sum = fxp_micro_kernels_get ()->sum[element];
  const gsize stride = n_columns + 5;
  g_autofree guint32 *sums = g_new (guint32, n_rows * stride);
  const float before = 0.25f;
  guint32 bits;

  memcpy (&bits, &before, sizeof bits);
  for (gsize i = 0; i < n_rows * stride; i++)
    sums[i] = bits;
  sum (rows, n_rows, strip, n_columns, adds, sums, stride);
  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < stride; c++)
      {
        guint32 expected = bits;

        if (c < n_columns)
          expected = sum_naively (element, rows, r, strip, n_columns, c, adds, bits);
        if (sums[r * stride + c] != expected)
          g_test_message ("sum (%zu,%zu) of %zu rows, %zu blocks of %zu steps",
                          r,
                          c,
                          n_rows,
                          rows->n_blocks,
                          rows->n_steps);
        g_assert_cmphex (sums[r * stride + c], ==, expected);
      }
}

/* One sum in a register that clamps it after each product. */
static gint32
saturate_naively (const FxpRows *rows,
                  gsize row,
                  const guint8 *strip,
                  gsize n_columns,
                  gsize column,
                  gint32 max,
                  gboolean *left)
{
  gint32 sum = 0;

  *left = FALSE;
  for (gsize i = 0; i < 2 * rows->n_blocks * rows->n_steps; i++)
    {
      const gsize step = i / 2, code = i % 2 * sizeof (gint16);
      const guint8 *x = rows->data + rows->block_offsets[step / rows->n_steps] +
                        row * rows->row_stride + step % rows->n_steps * rows->step_stride;
      const guint8 *y = strip + (step * n_columns + column) * FXP_STEP_BYTES;
      gint64 next =
        (gint64)get_code (FXP_ELEMENT_I16, x + code) * get_code (FXP_ELEMENT_I16, y + code) + sum;

      *left |= next < -max - 1 || next > max;
      sum = (gint32)CLAMP (next, -max - 1, max);
    }
  return sum;
}

static void
check_saturating (const FxpRows *rows, gsize n_rows, const guint8 *strip, gsize n_columns)
{
  const gint32 max = n_rows % 2 == 0 ? (1 << 30) - 1 : (1 << 24) - 1;
  const gsize stride = n_columns + 3;
  g_autofree gint32 *sums = g_new0 (gint32, n_rows * stride);
  g_autofree guint32 *left = g_new0 (guint32, n_rows * stride);

  fxp_micro_kernels_get ()
    ->saturate (rows, n_rows, strip, n_columns, -max - 1, max, sums, left, stride);
  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < n_columns; c++)
      {
        gboolean has_left;

        g_assert_cmpint (sums[r * stride + c],
                         ==,
                         saturate_naively (rows, r, strip, n_columns, c, max, &has_left));
        g_assert_cmpint (left[r * stride + c] != 0, ==, has_left);
      }
}

/* Rows side by side, behind each other, and turned; blocks with gaps and out of order. */
static void
check_layouts (FxpElement element, const Operands *operands, gsize n_rows, gsize n_steps)
{
  const gsize layouts[][2] = {{n_steps * 4 + 1, 4}, {4, n_rows * 4}, {68, 12}};

  for (gsize layout = 0; layout < G_N_ELEMENTS (layouts); layout++)
    for (gsize n_blocks = 0; n_blocks <= N_BLOCKS; n_blocks += n_blocks < 2 ? 1 : 7)
      {
        FxpRows rows = {
          .data = operands->data,
          .row_stride = layouts[layout][0],
          .step_stride = layouts[layout][1],
          .block_offsets = operands->offsets,
          .n_blocks = n_blocks,
          .n_steps = n_steps,
        };

        for (gsize n_columns = 16; n_columns <= 32; n_columns += 16)
          {
            check (element, &rows, n_rows, operands->strip, n_columns, (n_rows + layout) % 2 == 0);
            if (element == FXP_ELEMENT_I16)
              check_saturating (&rows, n_rows, operands->strip, n_columns);
          }
      }
}

/* @data: the vector unit. */
static void
test_naive (gconstpointer data)
{
  static const gsize counts[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 23, 25, 41};
  static const gsize steps[] = {0, 1, 2, 3, 4, 5, 8, 17, 40};
  Operands operands;

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  for (gsize t = 0; t < N_BLOCKS; t++)
    operands.offsets[t] = (t * 5 % N_BLOCKS) * 4003;
  for (FxpElement element = 0; element < FXP_N_ELEMENTS; element++)
    {
      if (fxp_micro_kernels_get ()->sum[element] == NULL)
        continue;
      operands.data = bytes_new (element, 0);
      operands.strip = bytes_new (element, N_BYTES);
      for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
        for (gsize j = 0; j < G_N_ELEMENTS (steps); j++)
          check_layouts (element, &operands, counts[i], steps[j]);
      g_free (operands.data);
      g_free (operands.strip);
    }
}

/* All units have these; 8-bit ones are for those that are faster with them. */
static void
test_get (void)
{
  for (guint unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
    {
      fxp_vector_unit_limit ((FxpVectorUnit)unit);
      g_assert_nonnull (fxp_micro_kernels_get ()->sum[FXP_ELEMENT_I16]);
      g_assert_nonnull (fxp_micro_kernels_get ()->sum[FXP_ELEMENT_F32]);
      g_assert_true ((fxp_micro_kernels_get ()->sum[FXP_ELEMENT_I8] != NULL) ==
                     (fxp_vector_unit_get () == FXP_VECTOR_AVX512_VNNI));
    }
  g_assert_cmpuint (fxp_element_get_n_per_step (FXP_ELEMENT_I8), ==, 4);
  g_assert_cmpuint (fxp_element_get_n_per_step (FXP_ELEMENT_I16), ==, 2);
  g_assert_cmpuint (fxp_element_get_n_per_step (FXP_ELEMENT_F32), ==, 1);
}

int
main (int argc, char **argv)
{
  const guint n_units = fxp_vector_unit_get () + 1;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/micro-kernel/get", test_get);
  for (guint unit = 0; unit < n_units; unit++)
    {
      g_autofree char *path = g_strconcat ("/tensor/micro-kernel/naive/",
                                           fxp_vector_unit_get_name ((FxpVectorUnit)unit),
                                           NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (unit), test_naive);
    }
  return g_test_run ();
}
