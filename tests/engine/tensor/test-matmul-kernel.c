/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/random.h"
#include "number/vector-unit-private.h"
#include "tensor/matmul-kernel-private.h"

#include <string.h>

static const FxpFormat formats[] = {
  {2, 1, TRUE},
  {8, 5, TRUE},
  {8, 9, FALSE},
  {12, 11, TRUE},
  {16, 8, TRUE},
  {16, 20, FALSE},
  {24, 10, TRUE},
  {31, 30, FALSE},
  {32, 40, TRUE},
  {0, 0, TRUE}, /* float */
};

static const FxpSumRegister registers[] = {
  {FXP_SUM_EXACT, 64},
  {FXP_SUM_WRAP, 21},
  {FXP_SUM_SATURATE, 21},
  {FXP_SUM_SATURATE, 45},
  {FXP_SUM_SATURATE, 64},
};

/* Random codes by rows, or by columns; floats beyond their range now and then. */
static FxpMatrix
matrix_new (FxpFormat format, gsize n_rows, gsize n_columns, gboolean turned)
{
  const FxpNoise noise = fxp_noise_new (3, n_rows, turned, 0, 0);
  gsize size = fxp_storage_get_size (fxp_format_get_storage (format));
  gsize n = n_rows * n_columns;
  guint8 *data = g_malloc (n * size);

  for (gsize i = 0; i < n; i++)
    {
      gint32 draw = (gint32)fxp_noise_draw (noise, (guint32)i);
      guint32 code = format.is_signed ? (guint32)(draw >> (32 - MAX (format.word_bits, 1)))
                                      : (guint32)draw >> (32 - format.word_bits);
      float real = (float)draw * (draw % 1000 == 0 ? 0x1p96f : 0x1p-31f);

      memcpy (data + i * size, fxp_format_is_float (format) ? (void *)&real : (void *)&code, size);
    }
  return (FxpMatrix){data, format, turned ? 1 : n_columns, turned ? n_rows : 1};
}

/* Compares what every unit makes of one product with what the plain one does. */
static void
check (const FxpMatrix *a, const FxpMatrix *b, const gsize *size, FxpScratch *scratch)
{
  const FxpVectorUnit best = fxp_vector_unit_get ();
  gsize m = size[0], n = size[1], k = size[2], n_bytes = m * n * sizeof (double);
  g_autofree double *plain = g_malloc0 (n_bytes);
  g_autofree double *out = g_malloc0 (n_bytes);

  for (guint r = 0; r < G_N_ELEMENTS (registers); r++)
    for (guint unit = 0; unit <= best; unit++)
      {
        double *to = unit == FXP_VECTOR_PLAIN ? plain : out;
        FxpSumCounts counts = {0}, expected;

        fxp_vector_unit_limit ((FxpVectorUnit)unit);
        fxp_matmul (a, b, m, n, k, &registers[r], to, n, scratch, NULL, &counts);
        if (unit == FXP_VECTOR_PLAIN)
          expected = counts;
        g_assert_cmpmem (to, n_bytes, plain, n_bytes);
        g_assert_cmpmem (&counts, sizeof counts, &expected, sizeof expected);
      }
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
}

/* Sizes with and without remainders, bit for bit. */
static void
test_units (void)
{
  static const gsize sizes[][3] = {{64, 96, 80}, {37, 101, 299}, {8, 160, 33}, {70, 66, 4}};
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint x = 0; x < G_N_ELEMENTS (formats); x++)
      for (guint turned = 0; turned < 2; turned++)
        {
          const gsize *size = sizes[i];
          FxpMatrix a = matrix_new (formats[x], size[0], size[2], FALSE);
          FxpMatrix b = matrix_new (formats[x], size[2], size[1], turned);

          check (&a, &b, size, scratch);
          g_free ((gpointer)a.data);
          g_free ((gpointer)b.data);
        }
}

/* The table is that of the vector unit. */
static void
test_get (void)
{
  static const gsize sizes[FXP_N_VECTOR_UNITS] = {16, 32, 64, 64};

  for (guint unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
    {
      fxp_vector_unit_limit ((FxpVectorUnit)unit);
      g_assert_cmpuint (fxp_matmul_kernels_get ()->vector_size, ==, sizes[fxp_vector_unit_get ()]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/matmul-kernel/get", test_get);
  g_test_add_func ("/tensor/matmul-kernel/units", test_units);
  return g_test_run ();
}
