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
/* What a scratch slot allocates at most for each byte asked of it. */
#define SCRATCH_SLACK 1.5
/* Operands of a product are packed, in two parts at worst. */
#define PANEL_BYTES 8.0
/* A weight's sums of 64 bits, brought into order and packed, and its real gradient. */
#define PRODUCT_BYTES (8.0 + CODE_BYTES + PANEL_BYTES + REAL_BYTES)
/* What looking at a layer's J2 takes more than its passes, for a baseline that is recorded
 * (analysis/reflected-noise.c): of each value operand, vector and product or owner, of each weight
 * a vector and its sum. */
#define REFLECTION_EDGE_BYTES   (2 * CODE_BYTES + REAL_BYTES)
#define REFLECTION_WEIGHT_BYTES (CODE_BYTES + REAL_BYTES)
/* New codes while words are split anew; less than a checkpoint's copies of both networks. */
#define SPLIT_BYTES (2 * CODE_BYTES)
/* Where a convolution must lower images, it does so in blocks of no more bytes. */
#define COLUMNS_MAX (16.0 * 1024 * 1024)
/* Gradients of a pass lie in so many memories in turn, each as large as the largest. */
#define N_GRADIENTS 3
/* Evaluation takes no more samples at a time, and no more values at the outputs of all layers. */
#define CHUNK_MAX  256
#define VALUES_MAX (1 << 24)

/* Numbers of values, of bytes where they say so; doubles, so that no product overflows. */
typedef struct
{
  double weights;
  double largest_weights; /* of one layer */
  double edge_bytes;      /* of what all layers keep of a batch */
  double largest_edge;
  double column_bytes; /* of one layer's lowered images */
  gboolean has_blocks; /* residual ones, which keep one way while the other is under way */
} Census;

/* Bytes that a layer keeps of each value it puts out, for the way back. */
static double
get_kept_bytes (FxpLayerKind kind)
{
  switch (kind)
    {
    case FXP_LAYER_ACTIVATION:
      return CODE_BYTES + 1; /* and the mask */
    case FXP_LAYER_MAX_POOLING:
      return CODE_BYTES + 1; /* and where the maximum was */
    case FXP_LAYER_AVERAGE_POOLING:
    case FXP_LAYER_BATCH_NORM: /* the normalized values; its own output passes by */
      return CODE_BYTES;
    case FXP_LAYER_DENSE:
    case FXP_LAYER_CONVOLUTION:
    case FXP_LAYER_ADDITION:
    case FXP_LAYER_DROPOUT: /* in place */
    case FXP_N_LAYER_KINDS:
    default:
      return 0;
    }
}

static void
count_layer (Census *self, const FxpLayerSpec *layer, const FxpLayerSize *size, double n)
{
  const double n_inputs = fxp_shape_get_n (&size->input);
  const double n_outputs = fxp_shape_get_n (&size->output);
  double weights = 0;

  self->edge_bytes += n * n_outputs * get_kept_bytes (layer->kind);
  self->largest_edge = MAX (self->largest_edge, n * n_outputs);
  if (layer->kind == FXP_LAYER_DENSE)
    weights = n_inputs * n_outputs;
  else if (layer->kind == FXP_LAYER_CONVOLUTION)
    {
      const double kernel = (double)layer->kernel * layer->kernel;
      const double n_pixels = (double)size->input.dim[1] * size->input.dim[2];
      const double n_places = (double)size->output.dim[1] * size->output.dim[2];
      const double forward = size->input.dim[0] * kernel * n_places;
      const double turned = layer->units * kernel * n_pixels;
      /* An image is lowered whole, however large; its gradient likewise. */
      const double least = CODE_BYTES * MAX (forward, turned);

      weights = size->input.dim[0] * kernel * layer->units;
      self->column_bytes =
        MAX (self->column_bytes, MAX (least, MIN (n * forward * CODE_BYTES, COLUMNS_MAX)));
    }
  self->weights += weights;
  self->largest_weights = MAX (self->largest_weights, weights);
  self->has_blocks = self->has_blocks || layer->kind == FXP_LAYER_ADDITION;
}

/* Both networks take turns with it. */
static double
get_scratch_bytes (const Census *self)
{
  double edge_bytes = REAL_BYTES + PANEL_BYTES + N_GRADIENTS * CODE_BYTES + REFLECTION_EDGE_BYTES;

  /* A projection's output, and the first of two gradients that meet. */
  if (self->has_blocks)
    edge_bytes += 2 * REAL_BYTES;
  return SCRATCH_SLACK * (self->largest_edge * edge_bytes +
                          self->largest_weights * (PRODUCT_BYTES + REFLECTION_WEIGHT_BYTES) +
                          self->column_bytes * (1 + PANEL_BYTES / CODE_BYTES));
}

/* Of each weight that clusters stand for, in the fixed-point network (number/clustering.c): itself,
 * what is left of it and its value, its codes, and its share of real and quantized scales, or of the
 * room in which one cluster of a whole layer is fitted. */
static double
get_cluster_bytes (const FxpClusterOptions *options)
{
  const double n_terms = options->terms * (options->asymmetric ? 2 : 1);
  const double of_weight = 2 * REAL_BYTES + CODE_BYTES + n_terms;
  const double of_cluster = REAL_BYTES + n_terms * (REAL_BYTES + 2);

  switch (options->granularity)
    {
    case FXP_GRANULARITY_LAYER:
      return of_weight + 4 * REAL_BYTES + 1;
    case FXP_GRANULARITY_KERNELS:
    case FXP_GRANULARITY_WEIGHTS:
      return of_weight + of_cluster / options->size;
    case FXP_GRANULARITY_FILTER:
    case FXP_N_GRANULARITIES:
    default:
      return of_weight;
    }
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
  const double n =
    MAX (MIN (settings->batch, (double)n_samples), fxp_footprint_get_chunk (topology, input));
  const double n_networks = settings->twin ? 2 : 1;
  const double weight_bytes = WEIGHT_BYTES + (settings->momentum > 0 ? CODE_BYTES : 0);
  g_autofree FxpLayerSize *sizes = g_new0 (FxpLayerSize, n_layers);
  Census census = {.edge_bytes = n * fxp_shape_get_n (input) * CODE_BYTES,
                   .largest_edge = n * fxp_shape_get_n (input)};
  double own, clustered = 0, passing;

  if (!fxp_topology_check (topology, input, n_classes, NULL, NULL) ||
      !fxp_topology_measure (topology, input, sizes))
    return 0;
  for (guint i = 0; i < n_layers; i++)
    count_layer (&census, fxp_topology_get_layer (topology, i), &sizes[i], n);
  own = census.weights * weight_bytes + census.edge_bytes;
  if (settings->clusters.method != FXP_CLUSTER_NONE)
    clustered = census.weights * get_cluster_bytes (&settings->clusters);
  passing =
    MAX (census.largest_weights * SPLIT_BYTES, census.weights * n_networks * 4 * CODE_BYTES);
  return n_networks * own + clustered + get_scratch_bytes (&census) + passing;
}

guint
fxp_footprint_get_chunk (const FxpTopology *topology, const FxpShape *input)
{
  const guint n_layers = fxp_topology_get_n_layers (topology);
  g_autofree FxpLayerSize *sizes = g_new0 (FxpLayerSize, n_layers);
  guint64 n_values = 0;

  if (!fxp_topology_measure (topology, input, sizes))
    return 1;
  for (guint i = 0; i < n_layers; i++)
    n_values += fxp_shape_get_n (&sizes[i].output);
  return CLAMP (VALUES_MAX / n_values, 1, CHUNK_MAX);
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
