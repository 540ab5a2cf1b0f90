/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/footprint-private.h"
#include "number/error.h"
#include "training/checkpoint-private.h"
#include "training/fit-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

gboolean
fxp_fit_check (FxpExperiment *experiment, FxpDataset *dataset, GError **error)
{
  if (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN) == 0)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("data set %s has no training samples; expected at least one"),
                   fxp_dataset_get_name (dataset));
      return FALSE;
    }
  return fxp_topology_check (fxp_experiment_get_topology (experiment),
                             fxp_dataset_get_shape (dataset),
                             fxp_dataset_get_n_classes (dataset),
                             NULL,
                             error) &&
         fxp_footprint_check (experiment,
                              fxp_dataset_get_shape (dataset),
                              fxp_dataset_get_n_classes (dataset),
                              fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN),
                              fxp_footprint_get_limit (),
                              error);
}

gboolean
fxp_fit_check_checkpoint (const FxpCheckpoint *checkpoint, FxpDataset *dataset, GError **error)
{
  const FxpPosition *position = &checkpoint->position;
  const FxpShape *shape = fxp_dataset_get_shape (dataset);
  guint64 n_samples = fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN);
  g_autofree char *found = NULL;
  g_autofree char *expected = NULL;

  if (fxp_shape_equal (shape, &position->input) && n_samples == position->n_samples)
    return fxp_fit_check (checkpoint->experiment, dataset, error);
  found = fxp_shape_to_string (&position->input);
  expected = fxp_shape_to_string (shape);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_CHECKPOINT,
               _ ("the checkpoint is of %" PRIu64 " training samples of %s; expected %" PRIu64
                  " of %s as in data set %s"),
               position->n_samples,
               found,
               n_samples,
               expected,
               fxp_dataset_get_name (dataset));
  return FALSE;
}
