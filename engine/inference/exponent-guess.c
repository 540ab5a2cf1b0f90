/* SPDX-License-Identifier: MIT */
/* The exponents of a model before it has seen data: from weights and batch normalization. */
#include "config.h"

#include "inference/model-private.h"

#include <math.h>

/* What normalization gives reaches about so many deviations, and inputs about so far, pixels or
 * normalized ones. */
#define DEVIATIONS       6.0
#define INPUT_PIXELS     1.0
#define INPUT_NORMALIZED 4.0

/* The most that a product without batch normalization can give: nothing is lost, and much is left
 * empty. */
static double
bound_output (const FxpModel *self, const FxpNode *node)
{
  const guint32 input_max = fxp_codes_get_max (fxp_model_get_format (self, node->from));
  const guint64 bound = fxp_clusters_get_sum_bound (node->clusters, input_max);
  double offset = 0;

  for (gsize i = 0; i < node->output.dim[0]; i++)
    offset = fmax (offset, fabs (node->beta[i]));
  return ldexp ((double)bound, fxp_node_get_sum_exponent (self, node) - (int)node->reduction) +
         offset;
}

/* Behind batch normalization values have the deviation gamma around beta. */
static double
guess_output (const FxpNode *node)
{
  double peak = 0;

  for (gsize i = 0; i < node->output.dim[0]; i++)
    peak = fmax (peak, fabs (node->beta[i]) + DEVIATIONS * fabs (node->gamma[i]));
  return peak;
}

static double
bend_peak (const FxpModel *self, const FxpNode *node, double peak)
{
  if (!node->activates)
    return peak;
  switch (fxp_experiment_get_settings (self->experiment)->activation)
    {
    case FXP_ACTIVATION_CLIPPED_RELU:
      return fmin (peak, 2.0);
    case FXP_ACTIVATION_HARD_TANH:
      return fmin (peak, 1.0);
    case FXP_ACTIVATION_RELU:
    case FXP_ACTIVATION_TANH:
    case FXP_N_ACTIVATIONS:
    default:
      return peak;
    }
}

/* The greatest magnitude that @node gives, as far as can be told without data. */
static double
guess_peak (const FxpModel *self, const FxpNode *node, const double *peaks)
{
  switch (node->kind)
    {
    case FXP_NODE_PRODUCT:
      return bend_peak (self,
                        node,
                        node->gamma != NULL ? guess_output (node) : bound_output (self, node));
    case FXP_NODE_SUM:
      return bend_peak (self, node, peaks[node->from + 1] + peaks[node->skip + 1]);
    case FXP_NODE_MAXIMUM:
    case FXP_NODE_MEAN:
    default:
      return peaks[node->from + 1];
    }
}

static void
guess_node (FxpModel *self, FxpNode *node, double *peaks)
{
  peaks[node - self->nodes + 1] = guess_peak (self, node, peaks);
  if (node->intermediate_bits > 0)
    node->reduction =
      fxp_node_guess_reduction (node, fxp_codes_get_max (fxp_model_get_format (self, node->from)));
}

gboolean
fxp_model_guess_exponents (FxpModel *self, GError **error)
{
  const FxpSettings *settings = fxp_experiment_get_settings (self->experiment);
  g_autofree double *peaks = g_new (double, self->n_nodes + 1);

  peaks[0] = settings->dataset_normalize ? INPUT_NORMALIZED : INPUT_PIXELS;
  for (int i = FXP_NODE_INPUT; i < (int)self->n_nodes; i++)
    {
      if (i != FXP_NODE_INPUT)
        guess_node (self, &self->nodes[i], peaks);
      if (!fxp_model_set_exponent (self,
                                   i,
                                   fxp_model_choose_exponent (self, i, peaks[i + 1]),
                                   error))
        return FALSE;
    }
  return TRUE;
}
