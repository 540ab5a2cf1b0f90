/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/random.h"
#include "number/vector-unit-private.h"
#include "tensor/sums-private.h"

#include <string.h>

#define N_ROWS    2
#define N_COLUMNS 18

/* How the codes of an operand are chosen. */
typedef enum
{
  FILL_MIN,
  FILL_MAX,
  FILL_RANDOM,
  N_FILLS
} Fill;

typedef struct
{
  FxpElement element;
  FxpFormat a, b;
  gboolean split;
} Pair;

static const Pair pairs[] = {
  {FXP_ELEMENT_I8, {8, 0, TRUE}, {8, 0, TRUE}, FALSE},
  {FXP_ELEMENT_I8, {7, 0, FALSE}, {8, 0, TRUE}, FALSE},
  {FXP_ELEMENT_I16, {8, 0, TRUE}, {16, 0, TRUE}, FALSE},
  {FXP_ELEMENT_I16, {12, 0, TRUE}, {12, 0, TRUE}, FALSE},
  {FXP_ELEMENT_I16, {12, 0, TRUE}, {15, 0, FALSE}, FALSE},
  {FXP_ELEMENT_I16, {14, 0, TRUE}, {16, 0, TRUE}, FALSE},
  {FXP_ELEMENT_I16, {16, 0, TRUE}, {16, 0, TRUE}, TRUE},
  {FXP_ELEMENT_I16, {16, 0, TRUE}, {16, 0, FALSE}, TRUE},
  {FXP_ELEMENT_I16, {15, 0, FALSE}, {12, 0, TRUE}, TRUE},
};

static FxpMatrix
matrix_new (FxpFormat format, gsize n_rows, gsize n_columns, Fill fill)
{
  const gsize size = fxp_storage_get_size (fxp_format_get_storage (format));
  const gint64 min = fxp_format_get_min_code (format), max = fxp_format_get_max_code (format);
  guint8 *data = g_malloc0 ((n_rows * n_columns + FXP_STEP_BYTES) * size);

  for (gsize i = 0; i < n_rows * n_columns; i++)
    {
      guint32 draw = fxp_noise_draw (fxp_noise_new (5, n_rows, 0, 0, 0), (guint32)i);
      gint64 code = min + (gint64)(draw % ((guint64)(max - min) + 1));

      if (fill != FILL_RANDOM)
        code = fill == FILL_MIN ? min : max;
      memcpy (data + i * size, &code, size);
    }
  return (FxpMatrix){data, format, n_columns, 1};
}

static gint64
sum_naively (const FxpMatrix *a, const FxpMatrix *b, gsize row, gsize column, gsize k)
{
  gint64 sum = 0;

  for (gsize p = 0; p < k; p++)
    sum += fxp_format_get_code (a->format, a->data, row * a->row_stride + p) *
           fxp_format_get_code (b->format, b->data, p * b->row_stride + column);
  return sum;
}

/* Adds the sums of a part of @b. */
static void
form_part (const Pair *pair,
           const FxpRows *rows,
           const FxpMatrix *b,
           gsize k,
           FxpPart part,
           gint64 *sums)
{
  const gsize n_steps = rows->n_blocks * rows->n_steps, n = fxp_packing_get_n_columns (N_COLUMNS);
  g_autofree guint8 *strip = g_malloc (fxp_packing_get_n_bytes (n_steps, N_COLUMNS));

  fxp_packing_fill (b, k, N_COLUMNS, pair->element, part, 0, n_steps, strip);
  fxp_sums_form (fxp_micro_kernels_get (),
                 pair->element,
                 rows,
                 N_ROWS,
                 strip,
                 n,
                 part,
                 fxp_matmul_get_limit (pair->a, pair->b, part),
                 part == FXP_PART_LOW,
                 sums,
                 n);
}

/* @k products, a whole number of blocks. */
static void
check (const Pair *pair, gsize k, gsize n_blocks, Fill a_fill, Fill b_fill)
{
  const gsize n = fxp_packing_get_n_columns (N_COLUMNS);
  /* Rows of 8-bit codes as they are, others of 16. */
  const FxpFormat narrow = pair->a;
  const gsize size = pair->element == FXP_ELEMENT_I8 ? 1 : 2;
  FxpMatrix a = matrix_new (narrow, N_ROWS, k, a_fill);
  FxpMatrix b = matrix_new (pair->b, k, N_COLUMNS, b_fill);
  g_autofree guint8 *data = g_malloc0 (N_ROWS * k * size + FXP_STEP_BYTES);
  g_autofree gsize *offsets = g_new (gsize, n_blocks);
  g_autofree gint64 *sums = g_new (gint64, N_ROWS * n);
  const FxpRows rows = {
    .data = data,
    .row_stride = k * size,
    .step_stride = FXP_STEP_BYTES,
    .block_offsets = offsets,
    .n_blocks = n_blocks,
    .n_steps = k * size / FXP_STEP_BYTES / n_blocks,
  };

  g_assert_cmpuint (rows.n_steps * n_blocks * FXP_STEP_BYTES, ==, k * size);
  for (gsize i = 0; i < N_ROWS * k; i++)
    {
      gint64 code = fxp_format_get_code (narrow, a.data, i);

      memcpy (data + i * size, &code, size);
    }
  for (gsize t = 0; t < n_blocks; t++)
    offsets[t] = t * rows.n_steps * FXP_STEP_BYTES;
  if (pair->split)
    {
      form_part (pair, &rows, &b, k, FXP_PART_HIGH, sums);
      form_part (pair, &rows, &b, k, FXP_PART_LOW, sums);
    }
  else
    form_part (pair, &rows, &b, k, FXP_PART_WHOLE, sums);
  for (gsize r = 0; r < N_ROWS; r++)
    for (gsize c = 0; c < N_COLUMNS; c += N_COLUMNS - 1)
      g_assert_cmpint (sums[r * n + c], ==, sum_naively (&a, &b, r, c, k));
  g_free ((gpointer)a.data);
  g_free ((gpointer)b.data);
}

/* As many extreme products as provably fit, and more, in one block and in several; @data: the
 * vector unit. */
static void
test_limits (gconstpointer data)
{
  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      const Pair *pair = &pairs[i];
      const gsize n = fxp_element_get_n_per_step (pair->element);
      const FxpPart part = pair->split ? FXP_PART_LOW : FXP_PART_WHOLE;
      const gsize limit = fxp_matmul_get_limit (pair->a, pair->b, part) / n * n;

      if (fxp_micro_kernels_get ()->sum[pair->element] == NULL)
        continue;
      g_assert_cmpuint (limit, >=, n);
      for (Fill a_fill = 0; a_fill < N_FILLS; a_fill++)
        for (Fill b_fill = 0; b_fill < N_FILLS; b_fill++)
          {
            check (pair, limit, 1, a_fill, b_fill);
            check (pair, limit + n, 1, a_fill, b_fill);
            check (pair, 2 * limit + 3 * n, 1, a_fill, b_fill);
            check (pair, 5 * n, 5, a_fill, b_fill);
            check (pair, 3 * limit, 3, a_fill, b_fill);
            check (pair, 3 * (limit + n), 3, a_fill, b_fill);
          }
    }
}

/* One product more than the limit would not fit, for all small formats. */
static void
test_get_limit (void)
{
  for (guint bits = 2; bits <= 256; bits++)
    for (guint sign = 0; sign < 4; sign++)
      {
        FxpFormat a = {bits / 16 + 1, 0, sign & 1}, b = {bits % 16 + 1, 0, (sign & 2) != 0};
        gsize limit = fxp_matmul_get_limit (a, b, FXP_PART_WHOLE);

        g_assert_true (fxp_matmul_fits (a, b, limit, 32));
        g_assert_false (fxp_matmul_fits (a, b, limit + 1, 32));
      }
  g_assert_cmpuint (fxp_matmul_get_limit (FXP_FORMAT_SIGNED (16, 0),
                                          FXP_FORMAT_SIGNED (16, 0),
                                          FXP_PART_HIGH),
                    ==,
                    511);
  g_assert_cmpuint (fxp_matmul_get_limit (FXP_FORMAT_SIGNED (16, 0),
                                          FXP_FORMAT_SIGNED (16, 0),
                                          FXP_PART_LOW),
                    ==,
                    257);
  g_assert_cmpuint (fxp_matmul_get_limit (FXP_FORMAT_SIGNED (32, 0),
                                          FXP_FORMAT_SIGNED (32, 0),
                                          FXP_PART_WHOLE),
                    ==,
                    0);
}

static void
test_fits (void)
{
  for (guint a_bits = 1; a_bits <= 4; a_bits++)
    for (guint b_bits = 1; b_bits <= 4; b_bits++)
      for (guint sign = 0; sign < 4; sign++)
        for (gsize k = 0; k <= 40; k++)
          for (guint bits = 1; bits <= 16; bits++)
            {
              FxpFormat a = {a_bits, 0, sign & 1};
              FxpFormat b = {b_bits, 0, (sign & 2) != 0};
              gint64 least = 0, greatest = 0, limit = (gint64)1 << (bits - 1);

              for (gint64 x = fxp_format_get_min_code (a); x <= fxp_format_get_max_code (a); x++)
                for (gint64 y = fxp_format_get_min_code (b); y <= fxp_format_get_max_code (b); y++)
                  {
                    least = MIN (least, x * y);
                    greatest = MAX (greatest, x * y);
                  }
              g_assert_cmpint (fxp_matmul_fits (a, b, k, bits),
                               ==,
                               least * (gint64)k >= -limit && greatest * (gint64)k < limit);
            }
}

static void
test_fits_limits (void)
{
  FxpFormat s32 = FXP_FORMAT_SIGNED (32, 0), u32 = FXP_FORMAT_UNSIGNED (32, 0);

  g_assert_true (fxp_matmul_fits (s32, s32, 1, 64));
  g_assert_false (fxp_matmul_fits (s32, s32, 1, 63));
  g_assert_false (fxp_matmul_fits (s32, s32, 2, 64));
  g_assert_false (fxp_matmul_fits (u32, u32, 1, 64));
  g_assert_true (fxp_matmul_fits (u32, u32, 1, 65));
  g_assert_true (fxp_matmul_fits (s32, u32, 1, 64));
  g_assert_true (fxp_matmul_fits (u32, u32, G_MAXSIZE >> 1, 128));
  g_assert_false (fxp_matmul_fits (u32, u32, G_MAXSIZE, 128));
}

int
main (int argc, char **argv)
{
  const guint n_units = fxp_vector_unit_get () + 1;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/sums/fits", test_fits);
  g_test_add_func ("/tensor/sums/fits-limits", test_fits_limits);
  g_test_add_func ("/tensor/sums/get-limit", test_get_limit);
  for (guint unit = 0; unit < n_units; unit++)
    {
      g_autofree char *path =
        g_strconcat ("/tensor/sums/limits/", fxp_vector_unit_get_name ((FxpVectorUnit)unit), NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (unit), test_limits);
    }
  return g_test_run ();
}
