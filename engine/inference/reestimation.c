/* SPDX-License-Identifier: MIT */
/* Batch normalization's mean and variance with the weights and activations that a network has now:
 * conversion shifts them, and nothing trains the network to make up for it (Mellempudi et al. 2017;
 * the procedure is reconstructed). */
#include "config.h"

#include "inference/conversion.h"

#include "inference/calibration-data-private.h"
#include "inference/integer-private.h"
#include "number/error.h"
#include "tensor/team-private.h"
#include <glib/gi18n-lib.h>
#include <math.h>

/* Sums over batches, per channel of a product; NULL where it is not normalized. */
typedef struct
{
  double *means, *variances; /* owned */
} NodeSums;

typedef struct
{
  FxpModel *model; /* borrowed; nobody else has it */
  NodeSums *nodes; /* owned; n_nodes */
  GError *error;   /* of a layer whose A and B cannot be formed; owned */
} Reestimation;

/* A part of the progress that is told. */
typedef struct
{
  FxpConversionProgress func;
  gpointer data;
  double first, width;
} Part;

static void
tell (double share, gpointer data)
{
  const Part *self = data;

  if (self->func != NULL)
    self->func (self->first + share * self->width, self->data);
}

/* Mean and variance of @n_values sums of each of @n_channels channels, on the sums' own grid.
 * Integers on the way, around the nearest integer to the mean: only the last step rounds, and
 * nothing depends on an order. */
static void
measure (const gint64 *sums, gsize n_values, gsize n_channels, double *means, double *variances)
{
  g_autofree __int128 *totals = g_new0 (__int128, n_channels);
  g_autofree __int128 *squares = g_new0 (__int128, n_channels);
  g_autofree gint64 *centres = g_new (gint64, n_channels);

  for (gsize i = 0; i < n_values; i++)
    for (gsize c = 0; c < n_channels; c++)
      totals[c] += sums[i * n_channels + c];
  for (gsize c = 0; c < n_channels; c++)
    {
      means[c] = (double)totals[c] / (double)n_values;
      centres[c] = (gint64)floor (means[c] + 0.5);
    }
  for (gsize i = 0; i < n_values; i++)
    for (gsize c = 0; c < n_channels; c++)
      {
        const gint64 distance = sums[i * n_channels + c] - centres[c];

        squares[c] += (__int128)distance * distance;
      }
  for (gsize c = 0; c < n_channels; c++)
    {
      const double rest = (double)(totals[c] - (__int128)centres[c] * (gint64)n_values);

      variances[c] = ((double)squares[c] - rest * rest / (double)n_values) / (double)n_values;
    }
}

/* A layer's sums, just formed: it is normalized with what they show. */
static void
see_sums (FxpInteger *engine, guint index, const gint64 *sums, gsize n, gpointer data)
{
  Reestimation *self = data;
  FxpNode *node = &self->model->nodes[index];
  const gsize n_channels = node->output.dim[0];
  const gsize n_pixels = fxp_shape_get_n (&node->output) / n_channels;
  NodeSums *node_sums = &self->nodes[index];
  const int exponent = fxp_integer_get_sum_exponent (engine, index);

  if (node->gamma == NULL || self->error != NULL)
    return;
  measure (sums, n * n_pixels, n_channels, node->mean, node->variance);
  for (gsize c = 0; c < n_channels; c++)
    {
      node->mean[c] = ldexp (node->mean[c], exponent);
      node->variance[c] = ldexp (node->variance[c], 2 * exponent);
      node_sums->means[c] += node->mean[c];
      node_sums->variances[c] += node->variance[c];
    }
  fxp_node_form_affine (self->model, node, &self->error);
}

static gboolean
check (const FxpModel *model, GError **error)
{
  if (fxp_conversion_options_is_off (&model->options))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ (
                     "nothing of the network is converted, so its batch normalization is as it was "
                     "learnt; expected weights or activations of fewer bits"));
      return FALSE;
    }
  for (guint i = 0; i < model->n_nodes; i++)
    if (model->nodes[i].gamma != NULL)
      return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_SHAPE,
               _ ("topology %s: no layer has batch normalization, so there is nothing to estimate "
                  "anew; expected at least one with BN behind it"),
               fxp_topology_get_text (fxp_experiment_get_topology (model->experiment)));
  return FALSE;
}

/* Nothing of what is to be estimated, nor exponents that came of it, has a say in the result: to
 * estimate twice is to estimate once. */
static gboolean
begin (Reestimation *self, GError **error)
{
  FxpModel *model = self->model;

  self->nodes = g_new0 (NodeSums, model->n_nodes);
  for (guint i = 0; i < model->n_nodes; i++)
    {
      FxpNode *node = &model->nodes[i];

      if (node->gamma == NULL)
        continue;
      self->nodes[i].means = g_new0 (double, node->output.dim[0]);
      self->nodes[i].variances = g_new0 (double, node->output.dim[0]);
      for (gsize c = 0; c < node->output.dim[0]; c++)
        {
          node->mean[c] = 0.0;
          node->variance[c] = 1.0;
        }
    }
  return fxp_model_guess_exponents (model, error);
}

static void
finish (Reestimation *self, guint n_batches)
{
  for (guint i = 0; i < self->model->n_nodes; i++)
    {
      FxpNode *node = &self->model->nodes[i];

      for (gsize c = 0; node->gamma != NULL && c < node->output.dim[0]; c++)
        {
          node->mean[c] = self->nodes[i].means[c] / n_batches;
          node->variance[c] = self->nodes[i].variances[c] / n_batches;
        }
    }
  self->model->is_reestimated = TRUE;
}

static void
reestimation_clear (Reestimation *self)
{
  for (guint i = 0; self->nodes != NULL && i < self->model->n_nodes; i++)
    {
      g_free (self->nodes[i].means);
      g_free (self->nodes[i].variances);
    }
  g_free (self->nodes);
  g_clear_error (&self->error);
}

static gboolean
run (Reestimation *self,
     FxpCalibrationData *data,
     FxpTeam *team,
     Part *part,
     GCancellable *cancellable,
     GError **error)
{
  g_autoptr (FxpInteger) engine = NULL;

  if (!begin (self, error) ||
      !fxp_calibration_data_fit_input (data, self->model, cancellable, error))
    return FALSE;
  engine = fxp_integer_new (self->model, team);
  fxp_integer_set_dynamic (engine, TRUE);
  fxp_integer_keep (engine);
  fxp_integer_set_sight (engine, see_sums, self);
  for (guint i = 0; i < data->n_batches; i++)
    {
      tell ((double)i / data->n_batches, part);
      fxp_calibration_data_gather (data, i);
      if (!fxp_integer_run (engine, data->inputs, data->size, cancellable))
        {
          g_cancellable_set_error_if_cancelled (cancellable, error);
          return FALSE;
        }
      if (self->error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&self->error));
          return FALSE;
        }
    }
  finish (self, data->n_batches);
  return TRUE;
}

FxpModel *
fxp_conversion_reestimate (FxpModel *model,
                           FxpDataset *dataset,
                           guint n_batches,
                           guint n_threads,
                           FxpConversionProgress progress,
                           gpointer progress_data,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (FxpModel) changed = NULL;
  g_auto (FxpCalibrationData) data = {0};
  g_autoptr (FxpTeam) team = NULL;
  Reestimation self;
  Part part;
  gboolean done;

  g_return_val_if_fail (model != NULL && dataset != NULL && n_batches > 0 && n_threads > 0, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !check (model, error) ||
      !fxp_calibration_data_init (&data, model, dataset, n_batches, error))
    return NULL;
  changed = fxp_model_copy (model);
  team = fxp_team_new (n_threads);
  part = (Part){progress, progress_data, 0, 0};
  part.width = n_batches / (double)(n_batches + model->options.calibration_batches);
  self = (Reestimation){.model = changed};
  done = run (&self, &data, team, &part, cancellable, error);
  reestimation_clear (&self);
  if (!done)
    return NULL;
  part.first = part.width;
  part.width = 1.0 - part.first;
  return fxp_conversion_calibrate (changed, dataset, n_threads, tell, &part, cancellable, error);
}
