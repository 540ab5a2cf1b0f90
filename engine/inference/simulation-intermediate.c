/* SPDX-License-Identifier: MIT */
/* Products whose sums of clusters are reduced before they meet their scales, cluster by cluster. */
#include "config.h"

#include "inference/simulation-state-private.h"

static gsize
get_n_weights (const FxpNode *node)
{
  const FxpWeightShape *shape = fxp_clusters_get_shape (node->clusters);

  return shape->n_inputs * shape->n_pixels;
}

void
fxp_simulated_reduction_clear (FxpSimulatedReduction *self)
{
  g_clear_pointer (&self->clusters, g_free);
}

/* What the weights of a unit meet at one place of the output, as weights lie. */
static void
gather (const FxpSimulatedReduction *self,
        const double *image,
        gsize row,
        gsize column,
        double *values)
{
  const FxpNode *node = self->node;
  const FxpSimulatedOutput *in = self->in;
  const FxpWeightShape *shape = fxp_clusters_get_shape (node->clusters);

  for (gsize i = 0; i < shape->n_inputs; i++)
    for (gsize p = 0; p < shape->n_pixels; p++, values++)
      {
        const gsize y = row * node->stride + p / node->kernel;
        const gsize x = column * node->stride + p % node->kernel;

        if (node->output.rank == 1)
          *values = image[fxp_simulation_turn_input (&node->input, i)];
        else if (y < node->padding || y >= in->height + node->padding || x < node->padding ||
                 x >= in->width + node->padding)
          *values = 0.0;
        else
          *values =
            image[((y - node->padding) * in->width + x - node->padding) * in->n_channels + i];
      }
}

/* Sums of a unit's clusters, exact. */
static void
sum_clusters (const FxpSimulatedReduction *self,
              guint term,
              gsize unit,
              const double *values,
              double *sums)
{
  const gsize n = get_n_weights (self->node);
  const gint8 *codes = fxp_clusters_get_codes (self->node->clusters, term) + unit * n;

  memset (sums, 0, self->n_clusters * sizeof *sums);
  for (gsize i = 0; i < n; i++)
    sums[self->clusters[i]] += codes[i] * values[i];
}

void
fxp_simulated_reduction_form (const FxpSimulatedReduction *self,
                              const double *image,
                              gsize row,
                              gsize column,
                              double *acc)
{
  FxpClusters *clusters = self->node->clusters;
  const gsize n_units = fxp_clusters_get_shape (clusters)->n_units;
  const double most = (double)fxp_node_get_intermediate_max (self->node);
  const double unit_of_scales = ldexp (1.0, fxp_clusters_get_exponent (clusters));
  g_autofree double *values = g_new (double, get_n_weights (self->node));
  g_autofree double *sums = g_new (double, self->n_clusters);

  gather (self, image, row, column, values);
  for (gsize unit = 0; unit < n_units; unit++)
    for (guint term = 0; term < fxp_clusters_get_n_terms (clusters); term++)
      {
        const guint16 *scales =
          fxp_clusters_get_scales (clusters, term) + fxp_clusters_find (clusters, unit, 0, 0);

        sum_clusters (self, term, unit, values, sums);
        for (gsize k = 0; k < self->n_clusters; k++)
          {
            const double code = fxp_simulation_round (sums[k] / self->step);

            acc[unit] += CLAMP (code, -most, most) * self->step * (scales[k] * unit_of_scales);
          }
      }
}

typedef struct
{
  const FxpSimulatedReduction *reduction;
  double *peaks; /* of each sample */
} Search;

static double
find_peak (const FxpSimulatedReduction *self,
           const double *image,
           gsize row,
           gsize column,
           double *values,
           double *sums)
{
  FxpClusters *clusters = self->node->clusters;
  double peak = 0.0;

  gather (self, image, row, column, values);
  for (gsize unit = 0; unit < fxp_clusters_get_shape (clusters)->n_units; unit++)
    for (guint term = 0; term < fxp_clusters_get_n_terms (clusters); term++)
      {
        sum_clusters (self, term, unit, values, sums);
        for (gsize k = 0; k < self->n_clusters; k++)
          peak = MAX (peak, fabs (sums[k]));
      }
  return peak;
}

static void
search_samples (gpointer data, gsize first, gsize last)
{
  const Search *self = data;
  const FxpSimulatedReduction *reduction = self->reduction;
  const FxpNode *node = reduction->node;
  const gsize height = node->output.rank == 3 ? node->output.dim[1] : 1;
  const gsize width = node->output.rank == 3 ? node->output.dim[2] : 1;
  g_autofree double *values = g_new (double, get_n_weights (node));
  g_autofree double *sums = g_new (double, reduction->n_clusters);

  for (gsize sample = first; sample < last; sample++)
    for (gsize row = 0; row < height; row++)
      for (gsize column = 0; column < width; column++)
        {
          const double *image = reduction->in->values + sample * reduction->in->n_features;
          const double peak = find_peak (reduction, image, row, column, values, sums);

          self->peaks[sample] = MAX (self->peaks[sample], peak);
        }
}

/* The greatest sum of a cluster in the batch. */
static double
search (const FxpSimulatedReduction *self, const FxpSimulation *simulation)
{
  g_autofree double *peaks = g_new0 (double, simulation->n);
  Search walk = {self, peaks};
  double peak = 0.0;

  fxp_team_run (simulation->team,
                simulation->n,
                1,
                simulation->n * fxp_shape_get_n (&self->node->output) * get_n_weights (self->node),
                search_samples,
                &walk);
  for (gsize i = 0; i < simulation->n; i++)
    peak = MAX (peak, peaks[i]);
  return peak;
}

void
fxp_simulated_reduction_init (FxpSimulatedReduction *self,
                              const FxpSimulation *simulation,
                              const FxpNode *node)
{
  const FxpWeightShape *shape = fxp_clusters_get_shape (node->clusters);
  const gsize n = get_n_weights (node);
  int exponent;

  *self = (FxpSimulatedReduction){
    .node = node,
    .in = fxp_simulation_get_output (simulation, node->from),
    .clusters = g_new (guint32, n),
    .reduction = node->reduction,
  };
  exponent = -self->in->format.frac_bits;
  /* The same for every unit. */
  for (gsize i = 0; i < n; i++)
    {
      self->clusters[i] =
        fxp_clusters_find (node->clusters, 0, i / shape->n_pixels, i % shape->n_pixels);
      self->n_clusters = MAX (self->n_clusters, self->clusters[i] + 1);
    }
  if (simulation->model->options.exponents == FXP_EXPONENTS_DYNAMIC)
    self->reduction = fxp_node_choose_reduction (node, search (self, simulation), exponent);
  self->step = ldexp (1.0, exponent + (int)self->reduction);
}
