/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/conversion.h"

#include "inference/model-private.h"
#include "network/normalizer-private.h"
#include <math.h>

#define FLOAT_BITS 32

static int
compare_scales (gconstpointer a, gconstpointer b)
{
  return (int)*(const guint16 *)a - (int)*(const guint16 *)b;
}

/* Least, median and greatest mantissa of term 0. */
static void
report_scales (const FxpClusters *clusters, FxpLayerReport *report)
{
  const gsize n = fxp_clusters_get_n_clusters (clusters);
  g_autofree guint16 *scales =
    g_memdup2 (fxp_clusters_get_scales (clusters, 0), n * sizeof *scales);

  qsort (scales, n, sizeof *scales, compare_scales);
  report->scale_min = scales[0];
  report->scale_median = scales[n / 2];
  report->scale_max = scales[n - 1];
  report->scale_exponent = fxp_clusters_get_exponent (clusters);
}

/* How far re-estimation has moved the centres of channels, in deviations that were learnt. */
static double
measure_shift (const FxpModel *model, const FxpNode *node)
{
  const FxpTrainedLayer *learnt;
  double sum = 0;

  if (node->gamma == NULL || model->trained == NULL)
    return NAN;
  learnt = fxp_trained_get_layer (model->trained, node->weighted);
  for (gsize i = 0; i < learnt->n_units; i++)
    {
      const double distance = node->mean[i] - learnt->mean[i];

      sum += distance * distance / (learnt->variance[i] + FXP_NORMALIZER_EPSILON);
    }
  return sqrt (sum / (double)learnt->n_units);
}

/* A layer of the float network: nothing is lost, as nothing was converted. */
static void
report_float (const FxpModel *model, guint layer, FxpLayerReport *report)
{
  const FxpTrainedLayer *learnt = fxp_trained_get_layer (model->trained, layer);
  const gsize n = learnt->n_units * learnt->n_inputs * learnt->n_pixels;

  report->weights = (FxpClusterReport){.n = n, .bits_per_weight = FLOAT_BITS};
  for (gsize i = 0; i < n; i++)
    {
      report->weights.energy += learnt->weights[i] * learnt->weights[i];
      report->weights.n_nonzero += learnt->weights[i] != 0;
    }
  report->bits = FLOAT_BITS;
  report->is_plain = TRUE;
  report->shift = learnt->gamma != NULL ? 0.0 : NAN;
}

static void
report_node (const FxpModel *model, const FxpNode *node, FxpLayerReport *report)
{
  fxp_clusters_get_report (node->clusters, &report->weights);
  report->bits = fxp_clusters_get_options (node->clusters)->bits;
  report->is_plain = fxp_clusters_is_plain (node->clusters);
  report->effective_size = fxp_clusters_get_effective_size (node->clusters);
  report_scales (node->clusters, report);
  report->is_wide = node->is_wide;
  report->intermediate_bits = node->intermediate_bits;
  report->reduction = node->reduction;
  report->shift = measure_shift (model, node);
}

FxpLayerReport *
fxp_model_report (const FxpModel *self)
{
  FxpTopology *topology;
  FxpLayerReport *reports;
  guint n;

  g_return_val_if_fail (self != NULL, NULL);

  topology = fxp_experiment_get_topology (self->experiment);
  n = fxp_model_get_n_weighted (self);
  reports = g_new0 (FxpLayerReport, n);
  for (guint i = 0; i < n; i++)
    {
      const FxpNode *node = fxp_model_get_product (self, i);

      reports[i].name = fxp_topology_get_name (topology, i);
      reports[i].input = fxp_model_get_input_format (self, i);
      if (node == NULL)
        report_float (self, i, &reports[i]);
      else
        report_node (self, node, &reports[i]);
    }
  return reports;
}

void
fxp_layer_reports_free (FxpLayerReport *reports, guint n)
{
  if (reports == NULL)
    return;

  for (guint i = 0; i < n; i++)
    g_free (reports[i].name);
  g_free (reports);
}
