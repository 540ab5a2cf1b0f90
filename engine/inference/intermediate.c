/* SPDX-License-Identifier: MIT */
/* How far a product's sums can reach: exact ones, and such of clusters that are reduced to fewer
 * bits before they meet their scales (the "8-bit intermediate" of Mellempudi et al. 2017; that it
 * is done so is reconstructed). */
#include "config.h"

#include "inference/model-private.h"

#include <math.h>

/* Per unit: the sum of scale x |code| over its weights.  Topologies are small enough that it cannot
 * overflow. */
static guint64 *
sum_magnitudes (const FxpClusters *clusters)
{
  const FxpWeightShape *shape = fxp_clusters_get_shape (clusters);
  guint64 *sums = g_new0 (guint64, shape->n_units);

  for (guint term = 0; term < fxp_clusters_get_n_terms (clusters); term++)
    {
      const guint16 *scales = fxp_clusters_get_scales (clusters, term);
      const gint8 *code = fxp_clusters_get_codes (clusters, term);

      for (gsize unit = 0; unit < shape->n_units; unit++)
        for (gsize input = 0; input < shape->n_inputs; input++)
          for (gsize pixel = 0; pixel < shape->n_pixels; pixel++, code++)
            if (*code != 0)
              {
                const gsize cluster = fxp_clusters_find (clusters, unit, input, pixel);

                sums[unit] += (guint64)scales[cluster] * (guint)ABS (*code);
              }
    }
  return sums;
}

static guint64
get_max (const guint64 *values, gsize n)
{
  guint64 max = 0;

  for (gsize i = 0; i < n; i++)
    max = MAX (max, values[i]);
  return max;
}

guint64
fxp_clusters_get_sum_bound (const FxpClusters *clusters, guint64 input_max)
{
  g_autofree guint64 *sums = sum_magnitudes (clusters);
  guint64 bound;

  if (!g_uint64_checked_mul (&bound,
                             get_max (sums, fxp_clusters_get_shape (clusters)->n_units),
                             input_max))
    return G_MAXUINT64;
  return bound;
}

gint64
fxp_node_get_intermediate_max (const FxpNode *node)
{
  return ((gint64)1 << (node->intermediate_bits - 1)) - 1;
}

guint
fxp_node_choose_reduction (const FxpNode *node, double peak, int exponent)
{
  int length;

  if (!(peak > 0))
    return 0;
  frexp (peak, &length);
  return (guint)MAX (0, length - exponent - (int)(node->intermediate_bits - 1));
}

/* Clusters of a unit: sums of |code| of term @term times @input_max, n_clusters of them at most. */
static gsize
bound_clusters (const FxpNode *node, guint term, gsize unit, guint32 input_max, double *bounds)
{
  const FxpWeightShape *shape = fxp_clusters_get_shape (node->clusters);
  const gsize n = shape->n_inputs * shape->n_pixels;
  const gint8 *codes = fxp_clusters_get_codes (node->clusters, term) + unit * n;
  const gsize first = fxp_clusters_find (node->clusters, unit, 0, 0);
  gsize n_clusters = 0;

  for (gsize i = 0; i < n; i++)
    {
      const gsize cluster =
        fxp_clusters_find (node->clusters, unit, i / shape->n_pixels, i % shape->n_pixels) - first;

      while (n_clusters <= cluster)
        bounds[n_clusters++] = 0;
      bounds[cluster] += (double)ABS ((gint)codes[i]) * input_max;
    }
  return n_clusters;
}

static double
bound_reduced (const FxpNode *node, gsize unit, guint32 input_max, double *clusters)
{
  const gsize first = fxp_clusters_find (node->clusters, unit, 0, 0);
  const double most = (double)fxp_node_get_intermediate_max (node);
  double bound = 0;

  for (guint term = 0; term < fxp_clusters_get_n_terms (node->clusters); term++)
    {
      const guint16 *scales = fxp_clusters_get_scales (node->clusters, term) + first;
      const gsize n = bound_clusters (node, term, unit, input_max, clusters);

      for (gsize k = 0; k < n; k++)
        bound += scales[k] * fmin (clusters[k], most);
    }
  return bound;
}

double *
fxp_node_bound_sums (const FxpNode *node, guint32 input_max)
{
  const gsize n_units = fxp_clusters_get_shape (node->clusters)->n_units;
  double *bounds = g_new (double, n_units);

  if (node->intermediate_bits > 0)
    {
      g_autofree double *clusters = g_new (double, fxp_clusters_get_n_clusters (node->clusters));

      for (gsize unit = 0; unit < n_units; unit++)
        bounds[unit] = bound_reduced (node, unit, input_max, clusters);
    }
  else
    {
      g_autofree guint64 *sums = sum_magnitudes (node->clusters);

      for (gsize unit = 0; unit < n_units; unit++)
        bounds[unit] = (double)sums[unit] * input_max;
    }
  return bounds;
}

guint
fxp_node_guess_reduction (const FxpNode *node, guint32 input_max)
{
  const gsize n_units = fxp_clusters_get_shape (node->clusters)->n_units;
  g_autofree double *clusters = g_new (double, fxp_clusters_get_n_clusters (node->clusters));
  double peak = 0;

  for (guint term = 0; term < fxp_clusters_get_n_terms (node->clusters); term++)
    for (gsize unit = 0; unit < n_units; unit++)
      {
        const gsize n = bound_clusters (node, term, unit, input_max, clusters);

        for (gsize k = 0; k < n; k++)
          peak = fmax (peak, clusters[k]);
      }
  return fxp_node_choose_reduction (node, peak, 0);
}
