/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/cluster-reading.h"
#include "plot/scale.h"

#include <glib/gi18n.h>
#include <math.h>

/* The two levels of one scale, whether or not any weight has them. */
static void
set_levels_of_scale (FxuClusterData *data, double scale)
{
  if (!(scale > 0.0))
    return;
  data->levels[data->n_levels++] = scale;
  data->levels[data->n_levels++] = -scale;
}

/* Where there are more, those that weights have; none if they are too many to tell apart. */
static void
set_levels_of_values (FxuClusterData *data)
{
  for (gsize i = 0; i < data->n; i++)
    {
      guint k = 0;

      while (k < data->n_levels && data->levels[k] != data->values[i])
        k++;
      if (data->values[i] == 0.0 || k < data->n_levels)
        continue;
      if (k == FXU_CLUSTER_LEVELS_MAX)
        {
          data->n_levels = 0;
          return;
        }
      data->levels[data->n_levels++] = data->values[i];
    }
}

static double
get_scale (const FxpClusters *clusters, gsize cluster)
{
  return ldexp (fxp_clusters_get_scales (clusters, 0)[cluster],
                fxp_clusters_get_exponent (clusters));
}

/* "-8.2 dB" of these weights alone. */
static char *
describe_error (const FxuClusterData *data)
{
  double energy = 0.0, error = 0.0;

  for (gsize i = 0; i < data->n; i++)
    if (isfinite (data->weights[i]))
      {
        double rest = data->weights[i] - data->values[i];

        energy += data->weights[i] * data->weights[i];
        error += rest * rest;
      }
  if (!(error > 0.0) || !(energy > 0.0))
    return g_strdup (_ ("no error"));
  return g_strdup_printf (_ ("error %.1f dB"), 10.0 * log10 (error / energy));
}

static char *
describe_scale (const FxpClusters *clusters, gsize cluster, double threshold)
{
  g_autofree char *power = fxu_scale_format_power (2, fxp_clusters_get_exponent (clusters));
  g_autofree char *scale = NULL;
  g_autofree char *cut = NULL;
  guint mantissa;

  if (fxp_clusters_is_plain (clusters))
    /* translators: of weights in plain words: bits of a word, and the power of two of its step */
    return g_strdup_printf (_ ("words of %u bits, step %s"),
                            fxp_clusters_get_options (clusters)->bits,
                            power);
  scale = fxu_scale_format_reading (get_scale (clusters, cluster));
  mantissa = fxp_clusters_get_scales (clusters, 0)[cluster];
  if (!(threshold > 0.0))
    /* translators: of a cluster: its scale, as a number and as a mantissa times a power of two */
    return g_strdup_printf (_ ("α = %s (%u · %s)"), scale, mantissa, power);
  cut = fxu_scale_format_reading (threshold);
  /* translators: the same, and the threshold below which weights are dropped */
  return g_strdup_printf (_ ("α = %s (%u · %s), Δ = %s"), scale, mantissa, power, cut);
}

static gboolean
is_kept (const FxpClusters *clusters, gsize i)
{
  for (guint term = 0; term < fxp_clusters_get_n_terms (clusters); term++)
    if (fxp_clusters_get_codes (clusters, term)[i] != 0)
      return TRUE;
  return FALSE;
}

static char *
make_title (FxuClustering *clustering,
            guint layer,
            guint output,
            guint cluster,
            const FxuClusterMembers *members)
{
  const char *name = fxu_clustering_get_report (clustering, layer)->name;

  if (members->is_only_part)
    /* translators: weights of one output; those of others share their scale */
    return g_strdup_printf (_ ("%s, output %u: its part of one cluster, %u weights"),
                            name,
                            output + 1,
                            (guint)members->n);
  return g_strdup_printf (_ ("%s, output %u, cluster %u of %u: %u weights"),
                          name,
                          output + 1,
                          cluster + 1,
                          fxu_clustering_count_clusters (clustering, layer),
                          (guint)members->n);
}

void
fxu_cluster_reading_fill (FxuClusterSheet *sheet,
                          FxuClustering *clustering,
                          guint layer,
                          guint output,
                          guint cluster,
                          const double *weights,
                          const double *values)
{
  const FxpClusters *clusters =
    fxp_model_get_clusters (fxu_clustering_get_model (clustering), layer);
  const FxpWeightShape *shape = fxp_clusters_get_shape (clusters);
  g_auto (FxuClusterMembers) members =
    fxu_clustering_get_members (clustering, layer, output, cluster);
  gsize first = output * shape->n_inputs * shape->n_pixels;
  g_autofree double *real = g_new (double, members.n);
  g_autofree double *stands = g_new (double, members.n);
  g_autofree guint8 *kept = g_new (guint8, members.n);
  FxuClusterData data = {.n = members.n, .threshold = NAN};
  g_autofree char *title = make_title (clustering, layer, output, cluster, &members);
  g_autofree char *scale = NULL;
  g_autofree char *error = NULL;
  g_autofree char *caption = NULL;

  for (gsize i = 0; i < members.n; i++)
    {
      real[i] = weights[first + members.places[i]];
      stands[i] = values[first + members.places[i]];
      kept[i] = (guint8)is_kept (clusters, first + members.places[i]);
    }
  data.weights = real;
  data.values = stands;
  data.is_kept = kept;
  data.kernel = fxp_clusters_get_options (clusters)->granularity == FXP_GRANULARITY_WEIGHTS &&
                    !fxp_clusters_is_plain (clusters)
                  ? 0
                  : shape->n_pixels;
  if (!fxp_clusters_is_plain (clusters))
    {
      data.threshold = fxp_clusters_get_threshold (clusters, members.cluster);
      if (fxp_cluster_method_is_ternary (fxp_clusters_get_options (clusters)->method) &&
          fxp_clusters_get_n_terms (clusters) == 1)
        set_levels_of_scale (&data, get_scale (clusters, members.cluster));
      else
        set_levels_of_values (&data);
    }
  scale = describe_scale (clusters, members.cluster, data.threshold);
  error = describe_error (&data);
  caption = g_strdup_printf ("%s, %s", scale, error);
  fxu_cluster_sheet_set (sheet, &data, title, caption);
}
