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
  return network;
}

/* Without networks yet. */
static FxpTwins *
prepare (FxpExperiment *experiment, FxpDataset *dataset, FxpScratch *scratch, FxpTeam *team)
{
  FxpTwins *self = g_new0 (FxpTwins, 1);
  guint n_weighted = fxp_experiment_get_n_weighted (experiment);
  guint n_cells = n_weighted * FXP_N_ROLES;

  self->experiment = fxp_experiment_ref (experiment);
  self->dataset = fxp_dataset_ref (dataset);
  self->batches = fxp_batches_new (dataset, fxp_experiment_get_settings (experiment)->seed, (FxpAugmentation){0});
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
  return self;
}

FxpTwins *
fxp_twins_new (FxpExperiment *experiment, FxpDataset *dataset, FxpScratch *scratch, FxpTeam *team)
{
  FxpTwins *self = prepare (experiment, dataset, scratch, team);

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
  fxp_network_restore_tensor (self->networks[stored->of_twin ? 1 : 0],
                              stored->id,
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
                               FxpInterruptFunc interrupt,
                               gpointer data)
{
  g_autoptr (FxpTwins) self = prepare (checkpoint->experiment, dataset, scratch, team);
  guint n_twins = fxp_experiment_get_settings (checkpoint->experiment)->twin ? FXP_N_TWINS : 1;

  for (guint twin = 0; twin < n_twins; twin++)
    {
      if (interrupt (data))
        return NULL;
      self->networks[twin] = make_network (self, twin == 1);
    }
  for (guint i = 0; i < checkpoint->tensors->len; i++)
    {
      if (interrupt (data))
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

/* Moves what the network has seen to the totals.  After every probed step, so that the sums of
 * doubles are made of the same terms in the same order whenever else this is called, and whether
 * a run came here straight or from a checkpoint. */
static void
gather_statistics (FxpTwins *self)
{
  FxpNetwork *network = self->networks[0];
  guint n_weighted = get_n_weighted (self);

  for (guint cell = 0; cell < n_weighted * FXP_N_ROLES; cell++)
    {
      const FxpStatistics *seen = fxp_network_get_statistics (network, get_cell_id (cell));

      if (seen == NULL)
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
forget_layer (FxpTwins *self, guint layer, const FxpLayerPrecision *to)
{
  const FxpLayerPrecision *from = fxp_experiment_get_precision (self->experiment, layer);
  gboolean changed[FXP_N_ROLES];

  for (guint role = 0; role < FXP_N_ROLES; role++)
    {
      guint cell = layer * FXP_N_ROLES + role;

      changed[role] = !fxp_quantizer_equal (&from->quantizers[role], &to->quantizers[role]);
      if (!changed[role])
        continue;
      self->powers[cell] = (FxpPower){0};
      fxp_statistics_clear (&self->tensors[cell].statistics);
    }
  if (!fxp_sum_register_equal (&from->sum, &to->sum) || changed[FXP_ROLE_WEIGHT] ||
      changed[FXP_ROLE_ACTIVATION] || changed[FXP_ROLE_ACTIVATION_GRAD])
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
    forget_layer (self, layer, fxp_experiment_get_precision (experiment, layer));
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

static const char *
get_role_name (FxpRole role)
{
  switch (role)
    {
    case FXP_ROLE_WEIGHT:
      return _ ("weight");
    case FXP_ROLE_ACTIVATION:
      return _ ("activation");
    case FXP_ROLE_WEIGHT_GRAD:
      return _ ("weight gradient");
    case FXP_ROLE_ACTIVATION_GRAD:
      return _ ("activation gradient");
    case FXP_ROLE_WEIGHT_ACC:
      return _ ("weight accumulator");
    case FXP_ROLE_BIAS:
      return _ ("bias");
    case FXP_N_ROLES:
    default:
      g_return_val_if_reached (NULL);
    }
}

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
                            get_role_name (id.role),
                            id.layer + 1u,
                            self->position.step);
  if (!isfinite (loss))
    return g_strdup_printf (_ ("%s: the loss is not finite at step %" PRIu64),
                            which,
                            self->position.step);
  return NULL;
}

gboolean
fxp_twins_train (FxpTwins *self, char **cause)
{
  const FxpSettings *settings = fxp_experiment_get_settings (self->experiment);
  FxpPosition *position = &self->position;
  FxpInterval *interval = &position->interval;
  FxpStep step = {.seed = settings->seed, .step = position->step};
  gboolean probes = position->step % settings->statistics_every == 0;
  const double *inputs;
  const guint16 *labels;
  gsize n = fxp_batches_next (self->batches, &position->cursor, settings->batch, &inputs, &labels);

  position->step++;
  interval->n_steps++;
  interval->n_samples += n;
  *cause = NULL;
  for (guint twin = 0; twin < FXP_N_TWINS && self->networks[twin] != NULL; twin++)
    {
      FxpStepResult result;

      step.probe = probes && twin == 0;
      fxp_network_train (self->networks[twin], inputs, labels, n, settings->rate, &step, &result);
      interval->loss[twin] += result.loss;
      interval->n_correct[twin] += result.n_correct;
      if (*cause == NULL)
        *cause = find_cause (self, twin, result.loss);
    }
  if (probes)
    gather_statistics (self);
  return *cause == NULL;
}

static float
get_sqnr_db (const FxpPower *power)
{
  const FxpStatistics sums = {.sum_squares = power->signal, .noise = power->noise};

  return fxp_statistics_get_sqnr_db (&sums);
}

void
fxp_twins_get_record (const FxpTwins *self,
                      const FxpTest *test,
                      FxpRecord *record,
                      FxpTensorRecord *cells)
{
  const FxpTest none = {{NAN, NAN}, {NAN, NAN}};
  const FxpInterval *interval = &self->position.interval;
  double loss[FXP_N_TWINS], accuracy[FXP_N_TWINS];

  if (test == NULL)
    test = &none;
  for (guint twin = 0; twin < FXP_N_TWINS; twin++)
    {
      gboolean any = interval->n_steps > 0 && self->networks[twin] != NULL;

      loss[twin] = any ? interval->loss[twin] / interval->n_steps : NAN;
      accuracy[twin] = any ? (double)interval->n_correct[twin] / interval->n_samples : NAN;
    }
  *record = (FxpRecord){
    .step = self->position.step,
    .epoch = fxp_twins_get_epoch (self),
    .loss_fixed = loss[0],
    .loss_float = loss[1],
    .train_accuracy_fixed = accuracy[0],
    .train_accuracy_float = accuracy[1],
    .test_accuracy_fixed = test->accuracy[0],
    .test_accuracy_float = test->accuracy[1],
    .test_loss_fixed = test->loss[0],
    .test_loss_float = test->loss[1],
  };
  for (guint cell = 0; cell < get_n_weighted (self) * FXP_N_ROLES; cell++)
    {
      FxpFormat format =
        fxp_experiment_get_quantizer (self->experiment, get_cell_id (cell))->format;

      cells[cell].word_bits = format.word_bits;
      cells[cell].sqnr_db = fxp_format_is_float (format) ? NAN : get_sqnr_db (&self->powers[cell]);
    }
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
      snapshot->has_tensor[cell] =
        fxp_network_get_tensor (self->networks[0], get_cell_id (cell)) != NULL;
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
      for (guint i = 0; i < FXP_N_STORED_ROLES; i++)
        {
          FxpTensorId id = {layer, fxp_stored_roles[i]};

          fxp_checkpoint_add (checkpoint,
                              twin == 1,
                              id,
                              fxp_network_get_tensor (self->networks[twin], id));
        }
  fxp_checkpoint_seal (checkpoint);
  return checkpoint;
}
