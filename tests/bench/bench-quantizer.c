/* SPDX-License-Identifier: MIT */
/* How fast arrays of doubles become codes and statistics, and weights are updated, with every
 * vector unit this processor has: in 10^9 elements per second.  The median of several runs; a copy
 * of as many doubles beside it.  A word on the command line: only rows whose name has it. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "network/weights-private.h"
#include "number/vector-unit-private.h"

#define N_RUNS     7
#define RUN_LENGTH 0.01 /* seconds a run takes at least */
#define N_MAX      1000000

/* In the nearest cache, the next one, and memory. */
static const gsize sizes[] = {2000, 10000, N_MAX};

typedef struct
{
  FxpQuantizer quantizer;
  FxpNoise noise;
  FxpStatistics statistics;
  FxpWeights *weights;
  FxpPass pass;
  double *values, *others;
  guint8 *codes, *clipped;
  const char *part; /* of the names of rows that are wanted; NULL: all */
} Bench;

typedef void (*Work) (Bench *self, gsize n);

static void
copy (Bench *self, gsize n)
{
  memcpy (self->others, self->values, n * sizeof (double));
}

/* In pieces, as a network's layers do it: codes of a piece stay near. */
static void
quantize (Bench *self, gsize n)
{
  FxpQuantizeCounts counts = {0};
  gsize size = fxp_storage_get_size (fxp_format_get_storage (self->quantizer.format));

  for (gsize i = 0; i < n; i += FXP_PIECE)
    fxp_quantizer_apply (&self->quantizer,
                         &self->noise,
                         self->values + i,
                         self->codes + i * size,
                         i,
                         MIN (n - i, FXP_PIECE),
                         &counts,
                         self->clipped == NULL ? NULL : self->clipped + i);
}

static void
decode (Bench *self, gsize n)
{
  fxp_format_decode (self->quantizer.format, self->codes, n, self->others);
}

static void
gather_statistics (Bench *self, gsize n)
{
  gsize size = fxp_storage_get_size (fxp_format_get_storage (self->quantizer.format));

  for (gsize i = 0; i < n; i += FXP_PIECE)
    fxp_statistics_add (&self->statistics,
                        self->quantizer.format,
                        self->values + i,
                        self->codes + i * size,
                        MIN (n - i, FXP_PIECE));
}

static void
take_gradient (Bench *self, gsize n)
{
  fxp_weights_take_gradient (self->weights, &self->pass, 0, n, self->values);
}

static void
update (Bench *self, gsize n)
{
  fxp_weights_update (self->weights, 0.01, &self->pass);
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* What the processor spends on this thread: others of the machine may take their turns. */
static double
read_clock (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double
measure (Bench *self, Work work, gsize n)
{
  double rates[N_RUNS];

  for (guint run = 0; run < N_RUNS; run++)
    {
      double begin = read_clock (), seconds;
      guint n_done = 0;

      do
        {
          work (self, n);
          n_done++;
          seconds = read_clock () - begin;
        }
      while (seconds < RUN_LENGTH);
      rates[run] = n_done * (double)n * 1e-9 / seconds;
    }
  qsort (rates, N_RUNS, sizeof rates[0], compare);
  return rates[N_RUNS / 2];
}

static void
print_row (Bench *self, const char *name, Work work, gsize n)
{
  FxpVectorUnit best = fxp_vector_unit_get ();

  if (self->part != NULL && strstr (name, self->part) == NULL)
    return;
  g_print ("%-36s%9zu", name, n);
  for (guint unit = 0; unit <= best; unit++)
    {
      fxp_vector_unit_limit ((FxpVectorUnit)unit);
      g_print ("%9.2f", measure (self, work, n));
    }
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
  g_print ("\n");
}

static void
bench_rounding (Bench *self, guint8 word_bits, FxpRounding rounding, gsize n)
{
  g_autofree char *name =
    g_strdup_printf ("%s to %d bits", fxp_rounding_get_nick (rounding), word_bits);

  self->quantizer =
    (FxpQuantizer){FXP_FORMAT_SIGNED (word_bits, word_bits - 3), rounding, FXP_OVERFLOW_SATURATE};
  print_row (self, name, quantize, n);
}

static void
bench_number (Bench *self, gsize n)
{
  guint8 *clipped = self->clipped;

  print_row (self, "copy", copy, n);
  self->clipped = NULL;
  for (guint rounding = 0; rounding < FXP_N_ROUNDINGS; rounding++)
    bench_rounding (self, 8, (FxpRounding)rounding, n);
  for (guint rounding = 0; rounding < FXP_N_ROUNDINGS; rounding++)
    bench_rounding (self, 12, (FxpRounding)rounding, n);
  self->clipped = clipped;
  print_row (self, "stochastic, clipped marked", quantize, n);
  self->noise.n_channels = 64;
  self->noise.n_pixels = 100;
  print_row (self, "stochastic, 64 channels last", quantize, n);
  self->noise.n_channels = 20;
  print_row (self, "stochastic, 20 channels last", quantize, n);
  self->noise.n_channels = 0;
  print_row (self, "decode 12 bits", decode, n);
  print_row (self, "statistics", gather_statistics, n);
  self->quantizer = FXP_QUANTIZER_FLOAT;
  print_row (self, "to float32", quantize, n);
}

/* All of a row's tensors with 12 bits and stochastic rounding. */
static void
bench_update (Bench *self, gsize n)
{
  FxpShape shape = FXP_SHAPE_2 (n / 100, 100);
  FxpLayerPrecision precision = {.sum = FXP_SUM_REGISTER_EXACT};

  for (guint role = 0; role < FXP_N_ROLES; role++)
    precision.quantizers[role] =
      (FxpQuantizer){FXP_FORMAT_SIGNED (12, 10), FXP_ROUND_STOCHASTIC, FXP_OVERFLOW_SATURATE};
  precision.quantizers[FXP_ROLE_WEIGHT_ACC].format.frac_bits = 20;
  self->weights = fxp_weights_new (0, &shape, 1, FALSE);
  fxp_weights_set_precision (self->weights, &precision, &self->pass.step);
  fxp_weights_initialize (self->weights, 0.5, 1);
  print_row (self, "gradient of weights", take_gradient, n);
  print_row (self, "update of weights", update, n);
  g_clear_pointer (&self->weights, fxp_weights_free);
}

int
main (int argc, char **argv)
{
  g_autofree double *values = g_new0 (double, N_MAX);
  g_autofree double *others = g_new0 (double, N_MAX);
  g_autofree guint8 *codes = g_malloc0 (N_MAX * 4);
  g_autofree guint8 *clipped = g_malloc0 (N_MAX);
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();
  FxpNonfinite nonfinite = {0};
  Bench bench = {
    .noise = fxp_noise_new (1, 0, 0, 0, FXP_STREAM_QUANTIZE),
    .pass = {.step = {.seed = 1}, .n = 1, .scratch = scratch, .nonfinite = &nonfinite},
    .values = values,
    .others = others,
    .codes = codes,
    .clipped = clipped,
    .part = argc > 1 ? argv[1] : NULL,
  };

  fxp_statistics_clear (&bench.statistics);
  for (guint32 i = 0; i < N_MAX; i++)
    values[i] = fxp_noise_normal (bench.noise, i);
  g_print ("%-36s%9s", "10^9 elements/s", "elements");
  for (guint unit = 0; unit <= fxp_vector_unit_get (); unit++)
    g_print ("%9s", fxp_vector_unit_get_name ((FxpVectorUnit)unit));
  g_print ("\n");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      bench_number (&bench, sizes[i]);
      bench_update (&bench, sizes[i]);
    }
  return 0;
}
