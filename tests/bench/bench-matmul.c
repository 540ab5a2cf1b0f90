/* SPDX-License-Identifier: MIT */
/* How fast matrix products are, packing included, with every vector unit this processor has: in
 * 10^9 operations per second, a product and an addition each, and as a share of what one thread can
 * do with the registers alone.  The median of several runs. */
#include "config.h"

#include "number/random.h"
#include "peak.h"
#include "tensor/matmul-private.h"

#include <string.h>

#define N_RUNS     7
#define RUN_LENGTH 0.01 /* seconds a run takes at least */
#define LONG       0.1  /* a run that takes longer need not be repeated */

typedef struct
{
  gsize m, n, k;
} Shape;

/* As layers have them: a small dense one, a large one, and convolutions of filters x positions x
 * kernel pixels. */
static const Shape shapes[] = {
  {64, 64, 64},
  {256, 256, 256},
  {512, 512, 512},
  {1024, 1024, 1024},
  {16, 1024, 144},
  {64, 256, 576},
  {128, 4096, 1152},
};

typedef struct
{
  const char *name;
  FxpFormat format;
  FxpSumRegister sum;
  FxpElement element; /* of the instructions that could do it fastest */
} Kind;

static const Kind kinds[] = {
  {"8 bits", {8, 6, TRUE}, {FXP_SUM_EXACT, 64}, FXP_ELEMENT_I8},
  {"8 bits, saturating in 20", {8, 6, TRUE}, {FXP_SUM_SATURATE, 20}, FXP_ELEMENT_I8},
  {"12 bits", {12, 10, TRUE}, {FXP_SUM_EXACT, 64}, FXP_ELEMENT_I16},
  {"16 bits", {16, 14, TRUE}, {FXP_SUM_EXACT, 64}, FXP_ELEMENT_I16},
  {"24 bits", {24, 20, TRUE}, {FXP_SUM_EXACT, 64}, FXP_ELEMENT_F32},
  {"24 bits, saturating in 40", {24, 20, TRUE}, {FXP_SUM_SATURATE, 40}, FXP_ELEMENT_F32},
  {"32 bits", {32, 30, TRUE}, {FXP_SUM_EXACT, 64}, FXP_ELEMENT_F32},
  {"float32", {.is_signed = TRUE}, {FXP_SUM_EXACT, 64}, FXP_ELEMENT_F32},
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

/* In GOP/s, and as a share of what the unit could do with registers alone at that moment: other
 * work on the machine changes both. */
typedef struct
{
  double rate, share;
} Speed;

static double
get_peak (FxpVectorUnit unit, FxpElement element)
{
  double peak = peak_measure (unit, element);

  /* Where a unit has nothing for 8 bits, 16 must do. */
  return peak > 0 ? peak : peak_measure (unit, FXP_ELEMENT_I16);
}

static Speed
measure (const Shape *shape, const Kind *kind, FxpVectorUnit unit, FxpScratch *scratch)
{
  double operations = 2.0 * (double)shape->m * (double)shape->n * (double)shape->k;
  FxpMatrix a = matrix_new (kind->format, shape->m, shape->k);
  FxpMatrix b = matrix_new (kind->format, shape->k, shape->n);
  g_autofree double *out = g_new (double, shape->m * shape->n);
  FxpSumCounts counts = {0};
  double rates[N_RUNS], shares[N_RUNS], seconds = 0;
  guint n_runs = 0;

  while (n_runs < N_RUNS && seconds < LONG)
    {
      double peak = get_peak (unit, kind->element);
      double begin = peak_get_seconds ();
      guint n_products = 0;

      do
        {
          fxp_matmul (&a,
                      &b,
                      shape->m,
                      shape->n,
                      shape->k,
                      &kind->sum,
                      out,
                      shape->n,
                      scratch,
                      NULL,
                      &counts);
          n_products++;
          seconds = peak_get_seconds () - begin;
        }
      while (seconds < RUN_LENGTH);
      rates[n_runs] = n_products * operations * 1e-9 / seconds;
      shares[n_runs] = rates[n_runs] / peak;
      n_runs++;
    }
  qsort (rates, n_runs, sizeof rates[0], compare);
  qsort (shares, n_runs, sizeof shares[0], compare);
  g_free ((gpointer)a.data);
  g_free ((gpointer)b.data);
  return (Speed){rates[n_runs / 2], shares[n_runs / 2]};
}

/* With an argument, only operands whose name begins with it. */
int
main (int argc, char **argv)
{
  FxpVectorUnit best = fxp_vector_unit_get ();
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();

  g_print ("%-28s%-16s", "GOP/s, share of the peak", "m x n x k");
  for (guint unit = 0; unit <= best; unit++)
    g_print ("%9s     ", fxp_vector_unit_get_name ((FxpVectorUnit)unit));
  g_print ("\n");
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint j = 0; j < G_N_ELEMENTS (shapes); j++)
      {
        const Shape *shape = &shapes[j];
        g_autofree char *size = g_strdup_printf ("%zux%zux%zu", shape->m, shape->n, shape->k);

        if (argc > 1 && !g_str_has_prefix (kinds[i].name, argv[1]))
          continue;
        g_print ("%-28s%-16s", kinds[i].name, size);
        for (guint unit = 0; unit <= best; unit++)
          {
            Speed speed;

            fxp_vector_unit_limit ((FxpVectorUnit)unit);
            speed = measure (shape, &kinds[i], (FxpVectorUnit)unit, scratch);
            g_print ("%9.1f %3.0f%%", speed.rate, 100 * speed.share);
          }
        g_print ("\n");
      }
  return 0;
}
