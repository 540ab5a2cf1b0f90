/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/twins-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

static guint
get_n_weighted (const FxpTwins *self)
{
  return fxp_experiment_get_n_weighted (self->experiment);
}

static FxpNetwork *
make_network (const FxpTwins *self, gboolean of_twin)
{
  g_autoptr (GError) error = NULL;
  FxpNetwork *network = fxp_network_new (self->experiment,
                                         &self->position.input,
                                         self->position.n_classes,
                                         of_twin,
                                         self->scratch,
                                         self->team,
                                         &error);

  /* The trainer has checked that the topology fits the data. */
  g_assert_no_error (error);
  fxp_network_set_monitor (network, fxp_lookout_monitor, self->lookout);
  return network;
}

/* Without networks yet. */
static FxpTwins *
prepare (FxpExperiment *experiment,
         FxpDataset *dataset,
         FxpScratch *scratch,
         FxpTeam *team,
         FxpLookout *lookout)
{
  FxpTwins *self = g_new0 (FxpTwins, 1);
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);

  self->experiment = fxp_experiment_ref (experiment);
  self->dataset = fxp_dataset_ref (dataset);
  self->batches =
    fxp_batches_new (dataset,
                     settings->seed,
                     (FxpAugmentation){settings->augment_flip, settings->augment_crop});
  self->position.input = *fxp_dataset_get_shape (dataset);
  self->position.n_classes = fxp_dataset_get_n_classes (dataset);
  self->position.n_samples = fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN);
  fxp_ledger_init (&self->ledger, fxp_experiment_get_n_weighted (experiment));
  self->scratch = scratch;
  self->team = team;
  self->lookout = lookout;
  return self;
}

/* Watches the float network, if there is one, from now on. */
static void
begin_probe (FxpTwins *self)
{
  guint twin;

  g_clear_pointer (&self->probe, fxp_probe_free);
  if (fxp_checkpoint_find_float (self->experiment, &twin))
    self->probe = fxp_probe_new (self->networks[twin], self->team, self->scratch);
}

FxpTwins *
fxp_twins_new (FxpExperiment *experiment,
               FxpDataset *dataset,
               FxpScratch *scratch,
               FxpTeam *team,
               FxpLookout *lookout)
{
  FxpTwins *self = prepare (experiment, dataset, scratch, team, lookout);

  self->networks[0] = make_network (self, FALSE);
  if (fxp_experiment_get_settings (experiment)->twin)
    self->networks[1] = make_network (self, TRUE);
  begin_probe (self);
  return self;
}

static void
add_scalers (const FxpTwins *self, FxpCheckpoint *checkpoint)
{
  for (guint layer = 0; layer < get_n_weighted (self); layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensorId id = {layer, role};

        /* Of a tensor that is shared once, and of none that is not there. */
        if (fxp_experiment_has_tensor (self->experiment, id) &&
            fxp_experiment_get_owner (self->experiment, id).layer == layer)
          fxp_checkpoint_add_scaler (checkpoint,
                                     id,
                                     fxp_network_get_scaler (self->networks[0], id));
      }
}

static void
restore_tensor (FxpTwins *self, const FxpStored *stored)
{
  g_autoptr (GError) error = NULL;

  fxp_checkpoint_put_stored (stored, self->networks[stored->of_twin ? 1 : 0], &error);
  /* Sizes and formats were checked when the checkpoint was read. */
  g_assert_no_error (error);
}

FxpTwins *
fxp_twins_new_from_checkpoint (const FxpCheckpoint *checkpoint,
                               FxpDataset *dataset,
                               FxpScratch *scratch,
                               FxpTeam *team,
                               FxpLookout *lookout)
{
  g_autoptr (FxpTwins) self = prepare (checkpoint->experiment, dataset, scratch, team, lookout);
  guint n_twins = fxp_experiment_get_settings (checkpoint->experiment)->twin ? FXP_N_TWINS : 1;

  for (guint twin = 0; twin < n_twins; twin++)
    {
      if (fxp_lookout_ask (lookout))
        return NULL;
      self->networks[twin] = make_network (self, twin == 1);
    }
  /* Formats first, as tensors are put back in them. */
  for (guint i = 0; i < checkpoint->scalers->len; i++)
    {
      const FxpStoredScaler *stored = &g_array_index (checkpoint->scalers, FxpStoredScaler, i);

      fxp_network_set_scaler (self->networks[0], stored->id, &stored->scaler);
    }
  for (guint i = 0; i < checkpoint->tensors->len; i++)
    {
      if (fxp_lookout_ask (lookout))
        return NULL;
      restore_tensor (self, &g_array_index (checkpoint->tensors, FxpStored, i));
    }
  self->position = checkpoint->position;
  fxp_ledger_restore (&self->ledger, checkpoint);
  begin_probe (self);
  /* What was recorded was checked when the checkpoint was read. */
  if (self->probe != NULL && !fxp_probe_unpack (self->probe, checkpoint->probe))
    g_assert_not_reached ();
  return g_steal_pointer (&self);
}

void
fxp_twins_free (FxpTwins *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->probe, fxp_probe_free);
  for (guint twin = 0; twin < FXP_N_TWINS; twin++)
    g_clear_pointer (&self->networks[twin], fxp_network_free);
  fxp_batches_free (self->batches);
  fxp_experiment_unref (self->experiment);
  fxp_dataset_unref (self->dataset);
  fxp_ledger_clear (&self->ledger);
  g_free (self);
}

double
fxp_twins_get_epoch (const FxpTwins *self)
{
  const FxpPosition *position = &self->position;

  return position->cursor.epoch + (double)position->cursor.first / position->n_samples;
}

gboolean
fxp_twins_is_between_epochs (const FxpTwins *self)
{
  return self->position.cursor.first == 0;
}

void
fxp_twins_gather (FxpTwins *self)
{
  if (!self->in_step)
    fxp_ledger_gather (&self->ledger, self->networks[0]);
}

/* What is recorded of a float network goes on through edits of formats, which it has none of, and
 * of how the run is shown.  It begins anew where from here on another training happens: what the
 * deviations of gradients were before says nothing of it. */
static gboolean
trains_alike (const FxpSettings *a, const FxpSettings *b)
{
  return a->activation == b->activation && a->rate == b->rate && a->schedule == b->schedule &&
         a->schedule_factor == b->schedule_factor && a->n_schedule_steps == b->n_schedule_steps &&
         memcmp (a->schedule_steps,
                 b->schedule_steps,
                 a->n_schedule_steps * sizeof a->schedule_steps[0]) == 0 &&
         a->momentum == b->momentum && a->weight_decay == b->weight_decay && !a->clip == !b->clip &&
         a->gradients == b->gradients && a->batch == b->batch;
}

void
fxp_twins_set_experiment (FxpTwins *self, FxpExperiment *experiment)
{
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);
  gboolean goes_on, was_float, is_float;
  guint from, to;

  fxp_twins_gather (self);
  fxp_ledger_forget (&self->ledger, self->experiment, experiment);
  was_float = fxp_checkpoint_find_float (self->experiment, &from);
  is_float = fxp_checkpoint_find_float (experiment, &to);
  goes_on = was_float && is_float && from == to &&
            trains_alike (fxp_experiment_get_settings (self->experiment), settings);
  if (!goes_on)
    g_clear_pointer (&self->probe, fxp_probe_free);
  if (!settings->twin)
    g_clear_pointer (&self->networks[1], fxp_network_free);
  for (guint twin = 0; twin < FXP_N_TWINS && self->networks[twin] != NULL; twin++)
    fxp_network_set_experiment (self->networks[twin],
                                experiment,
                                settings->seed,
                                self->position.step);
  fxp_experiment_ref (experiment);
  fxp_experiment_unref (self->experiment);
  self->experiment = experiment;
  if (!goes_on)
    begin_probe (self);
}

/* In the middle of a sentence. */
static const char *const role_names[FXP_N_ROLES] = {
  [FXP_ROLE_WEIGHT] = N_ ("weight"),
  [FXP_ROLE_ACTIVATION] = N_ ("activation"),
  [FXP_ROLE_WEIGHT_GRAD] = N_ ("weight gradient"),
  [FXP_ROLE_ACTIVATION_GRAD] = N_ ("activation gradient"),
  [FXP_ROLE_WEIGHT_ACC] = N_ ("weight accumulator"),
  [FXP_ROLE_BIAS] = N_ ("bias"),
  [FXP_ROLE_NORM] = N_ ("normalized value"),
  [FXP_ROLE_GAMMA] = N_ ("scale of batch normalization"),
  [FXP_ROLE_BETA] = N_ ("shift of batch normalization"),
  [FXP_ROLE_NORM_GRAD] = N_ ("gradient behind batch normalization"),
  [FXP_ROLE_MOMENTUM] = N_ ("momentum"),
};

/* NULL if all is finite. */
static char *
find_cause (const FxpTwins *self, guint twin, double loss)
{
  const char *which = twin == 0 ? _ ("fixed-point run") : _ ("float twin");
  FxpTensorId id;

  if (fxp_network_get_nonfinite (self->networks[twin], &id))
    /* translators: as in "float twin: activation of layer 2 is not finite at step 812" */
    return g_strdup_printf (_ ("%s: %s of layer %u is not finite at step %" PRIu64),
                            which,
                            _ (role_names[id.role]),
                            id.layer + 1u,
                            self->position.step);
  if (!isfinite (loss))
    return g_strdup_printf (_ ("%s: the loss is not finite at step %" PRIu64),
                            which,
                            self->position.step);
  return NULL;
}

double
fxp_twins_get_rate (const FxpTwins *self)
{
  return fxp_settings_get_rate (fxp_experiment_get_settings (self->experiment),
                                self->position.step);
}

/* A batch and what its step depends on. */
typedef struct
{
  const double *inputs;
  const guint16 *labels;
  gsize n;
  FxpStep steps[FXP_N_TWINS];
  FxpStepResult results[FXP_N_TWINS];
} Lesson;

/* Last of all that can be given up, so that what is recorded is of steps that are taken.  The end
 * of an epoch is where the @cursor behind the batch is at the beginning of the next. */
static gboolean
record_baseline (FxpTwins *self, const FxpCursor *cursor)
{
  if (self->probe == NULL)
    return TRUE;
  fxp_lookout_set_part (self->lookout, 1, 0);
  return fxp_probe_record (self->probe,
                           self->position.cursor.first == 0,
                           cursor->first == 0,
                           fxp_lookout_monitor,
                           self->lookout);
}

/* Everything of a step but learning from it. */
static gboolean
pass_both_ways (FxpTwins *self, Lesson *lesson)
{
  double size = self->networks[1] != NULL ? 1.0 / FXP_N_TWINS : 1;

  for (guint twin = 0; twin < FXP_N_TWINS && self->networks[twin] != NULL; twin++)
    {
      FxpNetwork *network = self->networks[twin];

      fxp_lookout_set_part (self->lookout, twin * size, size);
      if (!fxp_network_forward (network, lesson->inputs, lesson->n, &lesson->steps[twin]))
        return FALSE;
      fxp_network_get_loss (network, lesson->labels, &lesson->results[twin]);
      if (!fxp_network_backward (network, &lesson->steps[twin]))
        return FALSE;
    }
  return TRUE;
}

/* Both learn only once both are through, so that a step is taken whole or not at all. */
gboolean
fxp_twins_train (FxpTwins *self, char **cause)
{
  const FxpSettings *settings = fxp_experiment_get_settings (self->experiment);
  FxpPosition *position = &self->position;
  FxpInterval *interval = &position->interval;
  FxpCursor cursor = position->cursor;
  gboolean probes = position->step % settings->statistics_every == 0;
  double rate = fxp_twins_get_rate (self);
  Lesson lesson = {
    .steps = {{settings->seed, position->step, probes}, {settings->seed, position->step, FALSE}}};

  *cause = NULL;
  /* What is gathered cannot be lost with what a step given up has probed. */
  if (probes)
    fxp_twins_gather (self);
  lesson.n =
    fxp_batches_next (self->batches, &cursor, settings->batch, &lesson.inputs, &lesson.labels);
  self->in_step = TRUE;
  fxp_lookout_begin (self->lookout, FXP_ACTIVITY_STEP);
  if (!pass_both_ways (self, &lesson) || !record_baseline (self, &cursor))
    {
      if (probes)
        fxp_network_clear_statistics (self->networks[0]);
      self->in_step = FALSE;
      fxp_lookout_end (self->lookout);
      return FALSE;
    }
  position->cursor = cursor;
  position->step++;
  interval->n_steps++;
  interval->n_samples += lesson.n;
  for (guint twin = 0; twin < FXP_N_TWINS && self->networks[twin] != NULL; twin++)
    {
      const FxpStepResult *result = &lesson.results[twin];

      fxp_network_update (self->networks[twin], rate, &lesson.steps[twin]);
      interval->loss[twin] += result->loss;
      interval->n_correct[twin] += result->n_correct;
      if (*cause == NULL)
        *cause = find_cause (self, twin, result->loss);
    }
  fxp_lookout_end (self->lookout);
  self->in_step = FALSE;
  if (probes)
    fxp_twins_gather (self);
  return TRUE;
}

void
fxp_twins_begin_interval (FxpTwins *self)
{
  self->position.interval = (FxpInterval){0};
  fxp_ledger_begin_interval (&self->ledger);
}

void
fxp_twins_fill_snapshot (FxpTwins *self, FxpSnapshot *snapshot)
{
  fxp_twins_gather (self);
  fxp_ledger_fill_snapshot (&self->ledger, self->experiment, self->networks[0], snapshot);
  if (self->probe != NULL)
    snapshot->baseline = fxp_probe_get_baseline (self->probe);
}

FxpCheckpoint *
fxp_twins_checkpoint (FxpTwins *self, char *log)
{
  FxpCheckpoint *checkpoint;

  fxp_twins_gather (self);
  checkpoint = fxp_checkpoint_new (self->experiment,
                                   log,
                                   &self->position,
                                   self->ledger.tensor_sums,
                                   self->ledger.layer_sums,
                                   self->probe != NULL ? fxp_probe_pack (self->probe) : NULL);
  add_scalers (self, checkpoint);
  for (guint twin = 0; twin < FXP_N_TWINS && self->networks[twin] != NULL; twin++)
    for (guint layer = 0; layer < get_n_weighted (self); layer++)
      for (guint what = 0; what < FXP_N_LEARNT; what++)
        fxp_checkpoint_add (checkpoint,
                            twin == 1,
                            layer,
                            what,
                            fxp_network_get_learnt (self->networks[twin], layer, what));
  fxp_checkpoint_seal (checkpoint);
  return checkpoint;
}
