/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/calibration-data-private.h"

#include "number/error.h"
#include "number/random.h"
#include <glib/gi18n-lib.h>
#include <math.h>

/* Keeps the draws apart from those that divide data (0) and choose slices of them (1). */
#define CALIBRATION_ROLE 2

static gboolean
check_data (const FxpModel *model, FxpDataset *dataset, GError **error)
{
  const FxpShape *shape = fxp_dataset_get_shape (dataset);
  g_autofree char *found = NULL;
  g_autofree char *expected = NULL;

  if (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN) == 0)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("data set %s has no training samples; expected at least one to calibrate "
                      "with"),
                   fxp_dataset_get_name (dataset));
      return FALSE;
    }
  if (fxp_shape_equal (shape, fxp_model_get_input (model)) &&
      fxp_dataset_get_n_classes (dataset) == fxp_model_get_n_classes (model))
    return TRUE;
  found = fxp_shape_to_string (shape);
  expected = fxp_shape_to_string (fxp_model_get_input (model));
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_SHAPE,
               _ ("data set %s has samples of %s in %u classes; expected %s in %u, which the "
                  "network was trained with"),
               fxp_dataset_get_name (dataset),
               found,
               fxp_dataset_get_n_classes (dataset),
               expected,
               fxp_model_get_n_classes (model));
  return FALSE;
}

gboolean
fxp_calibration_data_init (FxpCalibrationData *self,
                           const FxpModel *model,
                           FxpDataset *dataset,
                           guint n_batches,
                           GError **error)
{
  const guint64 seed = fxp_experiment_get_settings (fxp_model_get_experiment (model))->seed;
  guint32 n_all;

  *self = (FxpCalibrationData){.size = fxp_model_get_options (model)->calibration_size};
  if (!check_data (model, dataset, error))
    return FALSE;
  n_all = fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN);
  self->dataset = fxp_dataset_ref (dataset);
  self->rows = g_new (guint32, n_all);
  for (guint32 i = 0; i < n_all; i++)
    self->rows[i] = i;
  fxp_noise_shuffle (fxp_noise_new (seed, 0, FXP_SPLIT_TRAIN, CALIBRATION_ROLE, FXP_STREAM_SPLIT),
                     self->rows,
                     n_all);
  self->size = MIN (self->size, n_all);
  self->n_batches = MIN (n_batches, n_all / self->size);
  self->inputs = g_new (double, self->size *fxp_shape_get_n (fxp_model_get_input (model)));
  return TRUE;
}

void
fxp_calibration_data_clear (FxpCalibrationData *self)
{
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
  g_clear_pointer (&self->rows, g_free);
  g_clear_pointer (&self->inputs, g_free);
}

void
fxp_calibration_data_gather (FxpCalibrationData *self, guint batch)
{
  fxp_dataset_gather (self->dataset,
                      FXP_SPLIT_TRAIN,
                      self->rows + (gsize)batch * self->size,
                      self->size,
                      self->inputs,
                      NULL);
}

gboolean
fxp_calibration_data_fit_input (FxpCalibrationData *self,
                                FxpModel *model,
                                GCancellable *cancellable,
                                GError **error)
{
  const gsize n = self->size * fxp_shape_get_n (&model->input);
  double peak = 0;

  for (guint batch = 0; batch < self->n_batches; batch++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      fxp_calibration_data_gather (self, batch);
      for (gsize i = 0; i < n; i++)
        peak = fmax (peak, fabs (self->inputs[i]));
    }
  if (!fxp_model_set_exponent (model,
                               FXP_NODE_INPUT,
                               fxp_model_choose_exponent (model, FXP_NODE_INPUT, peak),
                               error))
    return FALSE;
  /* Nodes keep theirs, but B lies on another grid. */
  for (guint i = 0; i < model->n_nodes; i++)
    if (!fxp_model_set_exponent (model, (int)i, -model->nodes[i].format.frac_bits, error))
      return FALSE;
  return TRUE;
}
