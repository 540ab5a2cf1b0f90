/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/footprint-private.h"
#include "number/error.h"
#include "number/random.h"
#include "training/fit-private.h"
#include "training/theory-job-private.h"

#include <glib/gi18n-lib.h>

static gboolean
check (const FxpCheckpoint *checkpoint, FxpDataset *dataset, FxpSplit split, GError **error)
{
  guint twin;

  if (!fxp_checkpoint_find_float (checkpoint->experiment, &twin))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_CHECKPOINT,
                   _ ("the run has no float network; expected one with its float twin, or with "
                      "all formats float"));
      return FALSE;
    }
  if (!fxp_fit_check_checkpoint (checkpoint, dataset, error))
    return FALSE;
  if (fxp_dataset_get_n_classes (dataset) < 2)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("data set %s has one class; expected two or more, as precision is judged by "
                      "the margins between them"),
                   fxp_dataset_get_name (dataset));
      return FALSE;
    }
  if (fxp_dataset_get_n (dataset, split) == 0)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   split == FXP_SPLIT_VALIDATION
                     ? _ ("data set %s has no validation samples; expected at least one")
                     : _ ("data set %s has no such samples; expected at least one"),
                   fxp_dataset_get_name (dataset));
      return FALSE;
    }
  return TRUE;
}

/* Without replacement, in the order drawn, so that a mean over the first of them is one over a
 * smaller slice. */
static void
draw_rows (FxpTheoryJob *self, guint n_samples)
{
  guint64 seed = fxp_experiment_get_settings (self->checkpoint->experiment)->seed;
  guint32 n_all = fxp_dataset_get_n (self->dataset, self->split);

  self->rows = g_new (guint32, n_all);
  for (guint32 i = 0; i < n_all; i++)
    self->rows[i] = i;
  /* The role keeps them apart from the draws that divided the data. */
  fxp_noise_shuffle (fxp_noise_new (seed, 0, self->split, 1, FXP_STREAM_SPLIT), self->rows, n_all);
  self->n = MIN (n_samples, n_all);
}

static gboolean
restore (FxpTheoryJob *self, GError **error)
{
  const FxpCheckpoint *checkpoint = self->checkpoint;
  guint twin;

  fxp_checkpoint_find_float (checkpoint->experiment, &twin);
  for (guint i = 0; i < checkpoint->tensors->len; i++)
    {
      const FxpStored *stored = &g_array_index (checkpoint->tensors, FxpStored, i);

      if ((stored->of_twin ? 1 : 0) == twin &&
          !fxp_checkpoint_put_stored (stored, self->network, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
fxp_theory_job_init (FxpTheoryJob *self,
                     FxpCheckpoint *checkpoint,
                     FxpDataset *dataset,
                     const FxpTheoryOptions *options,
                     guint n_threads,
                     GCancellable *cancellable,
                     GError **error)
{
  const FxpPosition *position = &checkpoint->position;

  *self = (FxpTheoryJob){.split = options->slice, .cancellable = cancellable};
  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !check (checkpoint, dataset, options->slice, error))
    return FALSE;
  self->checkpoint = fxp_checkpoint_ref (checkpoint);
  self->dataset = fxp_dataset_ref (dataset);
  self->scratch = fxp_scratch_new ();
  self->team = fxp_team_new (n_threads);
  self->network = fxp_network_new (checkpoint->experiment,
                                   &position->input,
                                   position->n_classes,
                                   TRUE,
                                   self->scratch,
                                   self->team,
                                   error);
  if (self->network == NULL || !restore (self, error))
    return FALSE;
  fxp_network_set_monitor (self->network, fxp_theory_job_monitor, self);
  draw_rows (self, options->n_samples);
  self->n_inputs = fxp_footprint_get_chunk (fxp_experiment_get_topology (checkpoint->experiment),
                                            &position->input);
  self->inputs = g_new (double, self->n_inputs *fxp_shape_get_n (&position->input));
  return TRUE;
}

void
fxp_theory_job_clear (FxpTheoryJob *self)
{
  g_clear_pointer (&self->network, fxp_network_free);
  g_clear_pointer (&self->team, fxp_team_free);
  g_clear_pointer (&self->scratch, fxp_scratch_free);
  g_clear_pointer (&self->rows, g_free);
  g_clear_pointer (&self->inputs, g_free);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
  g_clear_pointer (&self->checkpoint, fxp_checkpoint_unref);
}

guint
fxp_theory_job_gather (FxpTheoryJob *self, guint first, guint n_max)
{
  guint n = MIN (MIN (n_max, self->n_inputs), self->n - first);

  fxp_dataset_gather (self->dataset, self->split, self->rows + first, n, self->inputs, NULL);
  return n;
}

gboolean
fxp_theory_job_monitor (double share, gpointer data)
{
  const FxpTheoryJob *self = data;

  return g_cancellable_is_cancelled (self->cancellable);
}
