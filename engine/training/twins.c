/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/twins-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

static guint
get_n_weighted (const FxpTwins *self)
{
  return fxp_experiment_get_n_weighted (self->experiment);
}

static FxpTensorId
get_cell_id (guint cell)
{
  return (FxpTensorId){cell / FXP_N_ROLES, cell % FXP_N_ROLES};
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
  guint n_weighted = fxp_experiment_get_n_weighted (experiment);
  guint n_cells = n_weighted * FXP_N_ROLES;

  self->experiment = fxp_experiment_ref (experiment);
  self->dataset = fxp_dataset_ref (dataset);
  self->batches =
    fxp_batches_new (dataset,
                     settings->seed,
                     (FxpAugmentation){settings->augment_flip, settings->augment_crop});
  self->position.input = *fxp_dataset_get_shape (dataset);
  self->position.n_classes = fxp_dataset_get_n_classes (dataset);
  self->position.n_samples = fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN);
  self->powers = g_new0 (FxpPower, n_cells);
  self->tensors = g_new0 (FxpTensorView, n_cells);
  for (guint i = 0; i < n_cells; i++)
    fxp_statistics_clear (&self->tensors[i].statistics);
  self->layers = g_new0 (FxpLayerView, n_weighted);
  self->scratch = scratch;
  self->team = team;
  self->lookout = lookout;
  return self;
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
  return self;
}

static void
restore_tensor (FxpTwins *self, const FxpStored *stored)
{
  g_autoptr (GError) error = NULL;
  FxpStorage storage = fxp_format_get_storage (stored->format);
  gsize n_bytes;
  gconstpointer bytes = g_bytes_get_data (stored->data, &n_bytes);
  g_autofree gpointer codes = g_malloc (n_bytes);

  fxp_storage_copy_little_endian (storage, codes, bytes, n_bytes);
  fxp_network_restore_learnt (self->networks[stored->of_twin ? 1 : 0],
                              stored->layer,
                              stored->what,
                              stored->format,
                              codes,
                              n_bytes,
                              &error);
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
  for (guint i = 0; i < checkpoint->tensors->len; i++)
    {
      if (fxp_lookout_ask (lookout))
        return NULL;
      restore_tensor (self, &g_array_index (checkpoint->tensors, FxpStored, i));
    }
  self->position = checkpoint->position;
  for (guint i = 0; i < checkpoint->powers->len; i++)
    self->powers[i] = g_array_index (checkpoint->powers, FxpPower, i);
  return g_steal_pointer (&self);
}

void
fxp_twins_free (FxpTwins *self)
{
  if (self == NULL)
    return;

  for (guint twin = 0; twin < FXP_N_TWINS; twin++)
    g_clear_pointer (&self->networks[twin], fxp_network_free);
  fxp_batches_free (self->batches);
  fxp_experiment_unref (self->experiment);
  fxp_dataset_unref (self->dataset);
  g_free (self->powers);
  g_free (self->tensors);
  g_free (self->layers);
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

/* Moves what the network has seen of whole steps to the totals.  After every probed step, so that
 * the sums of doubles are made of the same terms in the same order whenever else this is called,
 * and whether a run came here straight or from a checkpoint. */
static void
gather_statistics (FxpTwins *self)
{
  FxpNetwork *network = self->networks[0];
  guint n_weighted = get_n_weighted (self);

  if (self->in_step)
    return;
  for (guint cell = 0; cell < n_weighted * FXP_N_ROLES; cell++)
    {
      const FxpStatistics *seen = fxp_network_get_statistics (network, get_cell_id (cell));

      /* Nothing of a tensor that is not there. */
      if (seen->counts.n == 0)
        continue;
      self->powers[cell].signal += seen->sum_squares;
      self->powers[cell].noise += seen->noise;
      fxp_statistics_merge (&self->tensors[cell].statistics, seen);
    }
  for (guint layer = 0; layer < n_weighted; layer++)
    {
      const FxpUpdateCounts *updates = fxp_network_get_update_counts (network, layer);

      fxp_sum_counts_add (&self->layers[layer].sum, fxp_network_get_sum_counts (network, layer));
      self->layers[layer].n_updates += updates->n;
      self->layers[layer].n_lost_updates += updates->n_lost;
    }
  fxp_network_clear_statistics (network);
}

/* Which of a layer's counts another precision makes meaningless: a tensor's with its quantizer,
 * the register's with the step or width of the sums, the updates' with the words. */
static void
forget_layer (FxpTwins *self, guint layer, const FxpExperiment *experiment)
{
  const FxpLayerPrecision *from = fxp_experiment_get_precision (self->experiment, layer);
  const FxpLayerPrecision *to = fxp_experiment_get_precision (experiment, layer);
  const FxpRole gradient =
    fxp_experiment_has_tensor (experiment, (FxpTensorId){layer, FXP_ROLE_NORM_GRAD})
      ? FXP_ROLE_NORM_GRAD
      : FXP_ROLE_ACTIVATION_GRAD;
  gboolean changed[FXP_N_ROLES];

  for (guint role = 0; role < FXP_N_ROLES; role++)
    {
      guint cell = layer * FXP_N_ROLES + role;
      FxpTensorId id = {layer, role};

      changed[role] = !fxp_quantizer_equal (fxp_experiment_get_quantizer (self->experiment, id),
                                            fxp_experiment_get_quantizer (experiment, id));
      if (!changed[role])
        continue;
      self->powers[cell] = (FxpPower){0};
      fxp_statistics_clear (&self->tensors[cell].statistics);
    }
  if (!fxp_sum_register_equal (&from->sum, &to->sum) || changed[FXP_ROLE_WEIGHT] ||
      changed[FXP_ROLE_ACTIVATION] || changed[gradient])
    self->layers[layer].sum = (FxpSumCounts){0};
  if (changed[FXP_ROLE_WEIGHT] || changed[FXP_ROLE_WEIGHT_ACC])
    self->layers[layer].n_updates = self->layers[layer].n_lost_updates = 0;
}

void
fxp_twins_set_experiment (FxpTwins *self, FxpExperiment *experiment)
{
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);

  gather_statistics (self);
  for (guint layer = 0; layer < get_n_weighted (self); layer++)
    forget_layer (self, layer, experiment);
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
    gather_statistics (self);
  lesson.n =
    fxp_batches_next (self->batches, &cursor, settings->batch, &lesson.inputs, &lesson.labels);
  self->in_step = TRUE;
  fxp_lookout_begin (self->lookout, FXP_ACTIVITY_STEP);
  if (!pass_both_ways (self, &lesson))
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
    gather_statistics (self);
  return TRUE;
}

void
fxp_twins_begin_interval (FxpTwins *self)
{
  self->position.interval = (FxpInterval){0};
  for (guint cell = 0; cell < get_n_weighted (self) * FXP_N_ROLES; cell++)
    self->powers[cell] = (FxpPower){0};
}

void
fxp_twins_fill_snapshot (FxpTwins *self, FxpSnapshot *snapshot)
{
  guint n_weighted = get_n_weighted (self);

  gather_statistics (self);
  for (guint cell = 0; cell < n_weighted * FXP_N_ROLES; cell++)
    {
      snapshot->tensors[cell] = self->tensors[cell];
      snapshot->has_tensor[cell] = fxp_experiment_has_tensor (self->experiment, get_cell_id (cell));
    }
  for (guint layer = 0; layer < n_weighted; layer++)
    snapshot->layers[layer] = self->layers[layer];
}

FxpCheckpoint *
fxp_twins_checkpoint (const FxpTwins *self, char *log)
{
  FxpCheckpoint *checkpoint =
    fxp_checkpoint_new (self->experiment, log, &self->position, self->powers);

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
