/* SPDX-License-Identifier: MIT */
/* How long integer inference of the demo network takes per image, with every vector unit this
 * processor has, beside its float network: microseconds of one thread's time, so that what else the
 * computer does counts little.  The least of several runs, which go in turn.  Weights are drawn;
 * how long it takes does not depend on them. */
#include "config.h"

#include <time.h>

#include "../engine/inference/trained-net.h"
#include "inference/conversion.h"
#include "inference/integer-private.h"
#include "inference/simulation-private.h"
#include "number/vector-unit-private.h"

#define N_RUNS   7
#define N_IMAGES 80
#define TOPOLOGY "1x28x28-32C3P-BN-MP2-64C3P-BN-MP2-64C3P-BN-128C1-BN-64C1-BN-GAP-10"

typedef struct
{
  const char *name;
  FxpClusterMethod method;
  FxpGranularity granularity;
  guint size, bits;
} Row;

static const Row rows[] = {
  {"8a-8w", FXP_CLUSTER_NONE, FXP_GRANULARITY_LAYER, 1, 8},
  {"8a-4w, clusters of 4", FXP_CLUSTER_LINEAR, FXP_GRANULARITY_KERNELS, 4, 4},
  {"8a-2w, clusters of 1", FXP_CLUSTER_OPTIMAL, FXP_GRANULARITY_KERNELS, 1, 2},
  {"8a-2w, clusters of 4", FXP_CLUSTER_OPTIMAL, FXP_GRANULARITY_KERNELS, 4, 2},
  {"8a-2w, clusters of 64", FXP_CLUSTER_OPTIMAL, FXP_GRANULARITY_KERNELS, 64, 2},
  {"8a-2w, FGQ of 4", FXP_CLUSTER_OPTIMAL, FXP_GRANULARITY_WEIGHTS, 4, 2},
};

static FxpModel *
convert (FxpTrained *trained, const Row *row)
{
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpModel *model;

  fxp_conversion_options_init (&options);
  options.clusters.method = row->method;
  options.clusters.granularity = row->granularity;
  options.clusters.size = row->size;
  options.clusters.bits = row->bits;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  return model;
}

/* Of which nothing is converted. */
static FxpSimulation *
make_float (FxpTrained *trained)
{
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpSimulation *simulation;

  fxp_conversion_options_init (&options);
  options.clusters.method = FXP_CLUSTER_NONE;
  options.activation_bits = 32;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  simulation = fxp_simulation_new (model, NULL, &error);
  g_assert_no_error (error);
  return simulation;
}

static double
get_microseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e6 + now.tv_nsec * 1e-3;
}

static void
print_row (FxpTrained *trained, FxpModel *model, const char *name, const double *inputs)
{
  g_autoptr (FxpInteger) integer = fxp_integer_new (model, NULL);
  g_autoptr (FxpSimulation) reference = make_float (trained);
  double least = INFINITY, least_float = INFINITY;

  for (guint i = 0; i < N_RUNS; i++)
    {
      const double began = get_microseconds ();
      double between;

      g_assert_true (fxp_integer_run (integer, inputs, N_IMAGES, NULL));
      between = get_microseconds ();
      g_assert_true (fxp_simulation_run (reference, inputs, N_IMAGES, NULL));
      least = fmin (least, between - began);
      least_float = fmin (least_float, get_microseconds () - between);
    }
  g_print ("%-24s%8s%12.1f%12.1f%12.2f\n",
           name,
           fxp_vector_unit_get_name (fxp_vector_unit_get ()),
           least / N_IMAGES,
           least_float / N_IMAGES,
           least_float / least);
}

int
main (int argc G_GNUC_UNUSED, char **argv G_GNUC_UNUSED)
{
  const FxpShape input = FXP_SHAPE_3 (1, 28, 28);
  const FxpVectorUnit best = fxp_vector_unit_get ();
  g_autoptr (FxpTrained) trained = trained_net_new_on (TOPOLOGY, "relu", &input);
  g_autofree double *inputs = trained_net_draw (N_IMAGES * 784, 40, 0, 0.3, 0.5);

  g_print ("%-24s%8s%12s%12s%12s\n", "microseconds per image", "unit", "integer", "float", "ratio");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FxpModel) model = convert (trained, &rows[i]);

      for (guint unit = FXP_VECTOR_PLAIN; unit <= best; unit++)
        {
          fxp_vector_unit_limit (unit);
          print_row (trained, model, rows[i].name, inputs);
        }
    }
  return 0;
}
