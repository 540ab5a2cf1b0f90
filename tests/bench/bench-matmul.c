/* SPDX-License-Identifier: MIT */
/* How fast matrix products are, packing included, with every vector unit this processor has: in
 * 10^9 operations per second, a product and an addition each.  The median of several runs. */
#include "config.h"

#include "number/random.h"
#include "number/vector-unit-private.h"
#include "tensor/matmul-private.h"

#include <string.h>

#define N_RUNS     7
#define RUN_LENGTH 0.01 /* seconds a run takes at least */

typedef struct
{
  gsize m, n, k;
} Shape;

/* As layers have them: a small dense one, a large one, and convolutions of filters x positions x
 * kernel pixels. */
static const Shape shapes[] = {
  {64, 64, 64},
  {256, 256, 256},
  {16, 1024, 144},
  {64, 256, 576},
  {128, 4096, 1152},
};

static const struct
{
  const char *name;
  FxpFormat format;
  FxpSumRegister sum;
} operands[] = {
  {"8 bits", {8, 6, TRUE}, {FXP_SUM_EXACT, 64}},
  {"8 bits, saturating in 20", {8, 6, TRUE}, {FXP_SUM_SATURATE, 20}},
  {"12 bits", {12, 10, TRUE}, {FXP_SUM_EXACT, 64}},
  {"16 bits", {16, 14, TRUE}, {FXP_SUM_EXACT, 64}},
  {"24 bits", {24, 20, TRUE}, {FXP_SUM_EXACT, 64}},
  {"24 bits, saturating in 40", {24, 20, TRUE}, {FXP_SUM_SATURATE, 40}},
  {"32 bits", {32, 30, TRUE}, {FXP_SUM_EXACT, 64}},
  {"float32", {.is_signed = TRUE}, {FXP_SUM_EXACT, 64}},
};

/* Codes of any value, or reals around 0; rows of @n_columns. */
static FxpMatrix
matrix_new (FxpFormat format, gsize n_rows, gsize n_columns)
{
  const FxpNoise noise = fxp_noise_new (1, 0, 0, 0, 0);
  gsize size = fxp_storage_get_size (fxp_format_get_storage (format));
  guint8 *data = g_malloc (n_rows * n_columns * size);

  for (gsize i = 0; i < n_rows * n_columns; i++)
    {
      guint32 draw = fxp_noise_draw (noise, (guint32)i);
      gint32 code = (gint32)draw >> (32 - MAX (format.word_bits, 1));
      float real = (float)(gint32)draw * 0x1p-31f;

      memcpy (data + i * size, fxp_format_is_float (format) ? (void *)&real : (void *)&code, size);
    }
  return (FxpMatrix){data, format, n_columns, 1};
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static double
measure (const Shape *shape, FxpFormat format, const FxpSumRegister *sum, FxpScratch *scratch)
{
  double operations = 2.0 * (double)shape->m * (double)shape->n * (double)shape->k;
  FxpMatrix a = matrix_new (format, shape->m, shape->k);
  FxpMatrix b = matrix_new (format, shape->k, shape->n);
  g_autofree double *out = g_new (double, shape->m * shape->n);
  FxpSumCounts counts = {0};
  double rates[N_RUNS];

  for (guint run = 0; run < N_RUNS; run++)
    {
      gint64 begin = g_get_monotonic_time ();
      double seconds;
      guint n_products = 0;

      do
        {
          fxp_matmul (&a,
                      &b,
                      shape->m,
                      shape->n,
                      shape->k,
                      sum,
                      out,
                      shape->n,
                      scratch,
                      NULL,
                      &counts);
          n_products++;
          seconds = (double)(g_get_monotonic_time () - begin) * 1e-6;
        }
      while (seconds < RUN_LENGTH);
      rates[run] = n_products * operations * 1e-9 / seconds;
    }
  qsort (rates, N_RUNS, sizeof rates[0], compare);
  g_free ((gpointer)a.data);
  g_free ((gpointer)b.data);
  return rates[N_RUNS / 2];
}

int
main (void)
{
  FxpVectorUnit best = fxp_vector_unit_get ();
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();

  g_print ("%-28s%-16s", "GOP/s", "m x n x k");
  for (guint unit = 0; unit <= best; unit++)
    g_print ("%9s", fxp_vector_unit_get_name ((FxpVectorUnit)unit));
  g_print ("\n");
  for (guint i = 0; i < G_N_ELEMENTS (operands); i++)
    for (guint j = 0; j < G_N_ELEMENTS (shapes); j++)
      {
        const Shape *shape = &shapes[j];
        g_autofree char *size = g_strdup_printf ("%zux%zux%zu", shape->m, shape->n, shape->k);

        g_print ("%-28s%-16s", operands[i].name, size);
        for (guint unit = 0; unit <= best; unit++)
          {
            fxp_vector_unit_limit ((FxpVectorUnit)unit);
            g_print ("%9.1f", measure (shape, operands[i].format, &operands[i].sum, scratch));
          }
        g_print ("\n");
      }
  return 0;
}
