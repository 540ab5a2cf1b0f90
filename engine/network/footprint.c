/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/footprint-private.h"

#include "number/error.h"
#include <glib/gi18n-lib.h>
#include <unistd.h>

/* Bytes of the widest code, and of the real value a sum becomes. */
#define CODE_BYTES 4.0
#define REAL_BYTES 8.0
/* A weight's code, residue and gradient, and whether it moved. */
#define WEIGHT_BYTES (3 * CODE_BYTES + 1)
/* What a scratch slot allocates for each byte asked of it. */
#define SCRATCH_SLACK 1.5
/* Operands of a product are copied, widened at worst. */
#define PANEL_BYTES 8.0
/* Whole words while a word is split anew; less than a checkpoint's copies of both networks. */
#define SPLIT_BYTES (3 * REAL_BYTES)
/* Evaluation takes no more samples at a time. */
#define SAMPLES_MIN 256.0

/* Numbers of values; doubles, so that no product overflows. */
typedef struct
{
  double weights;
  double largest_weights; /* of one layer */
  double edges;           /* of all layers' inputs and outputs, for all samples of a batch */
  double largest_edge;
  double largest_columns; /* of one layer's lowered images */
} Census;

static void
count_layer (Census *self,
             const FxpLayerSpec *layer,
             const FxpShape *in,
             const FxpShape *out,
             double n)
{
  const double n_inputs = fxp_shape_get_n (in), n_outputs = fxp_shape_get_n (out);
  double weights = 0, columns = 0;

  /* A layer with weights has an edge of real values before the activation. */
  self->edges += n * n_outputs * (layer->kind == FXP_LAYER_MAX_POOLING ? 1 : 2);
  self->largest_edge = MAX (self->largest_edge, n * n_outputs);
  if (layer->kind == FXP_LAYER_DENSE)
    weights = n_inputs * n_outputs;
  else if (layer->kind == FXP_LAYER_CONVOLUTION)
    {
      const double n_rows = (double)in->dim[0] * layer->kernel * layer->kernel;

      weights = n_rows * layer->units;
      columns = n * n_rows * out->dim[1] * out->dim[2];
    }
  self->weights += weights;
  self->largest_weights = MAX (self->largest_weights, weights);
  self->largest_columns = MAX (self->largest_columns, columns);
}

double
fxp_footprint_estimate (const FxpExperiment *experiment,
                        const FxpShape *input,
                        guint n_classes,
                        gsize n_samples)
{
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  const guint n_layers = fxp_topology_get_n_layers (topology);
  const double n = MAX (MIN (settings->batch, (double)n_samples), SAMPLES_MIN);
  const double n_networks = settings->twin ? 2 : 1;
  g_autofree FxpShape *shapes = g_new0 (FxpShape, n_layers);
  Census census = {.edges = n * fxp_shape_get_n (input),
                   .largest_edge = n * fxp_shape_get_n (input)};
  double own, shared, passing;

  if (!fxp_topology_check (topology, input, n_classes, shapes, NULL))
    return 0;
  for (guint i = 0; i < n_layers; i++)
    count_layer (&census,
                 fxp_topology_get_layer (topology, i),
                 i == 0 ? input : &shapes[i - 1],
                 &shapes[i],
                 n);
  own = census.weights * WEIGHT_BYTES + census.edges * 2 * CODE_BYTES;
  shared = SCRATCH_SLACK *
           (MAX (census.largest_weights, census.largest_edge) * (REAL_BYTES + PANEL_BYTES) +
            census.largest_columns * (CODE_BYTES + PANEL_BYTES));
  passing =
    MAX (census.largest_weights * SPLIT_BYTES, census.weights * n_networks * 4 * CODE_BYTES);
  return n_networks * own + shared + passing;
}

double
fxp_footprint_get_limit (void)
{
  return 0.75 * sysconf (_SC_PHYS_PAGES) * sysconf (_SC_PAGESIZE);
}

gboolean
fxp_footprint_check (const FxpExperiment *experiment,
                     const FxpShape *input,
                     guint n_classes,
                     gsize n_samples,
                     double limit,
                     GError **error)
{
  const double n_bytes = fxp_footprint_estimate (experiment, input, n_classes, n_samples);
  g_autofree char *needed = g_format_size ((guint64)MIN (n_bytes, 0x1p63));
  g_autofree char *possible = g_format_size ((guint64)limit);

  if (n_bytes <= limit)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_SHAPE,
               _ ("topology %.200s in batches of %u needs about %s of memory; at most %s are "
                  "possible here, three quarters of what there is"),
               fxp_topology_get_text (fxp_experiment_get_topology (experiment)),
               fxp_experiment_get_settings (experiment)->batch,
               needed,
               possible);
  return FALSE;
}
