/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/fine-tuning.h"

#include "experiment/experiment-private.h"
#include "inference/model-private.h"
#include "number/elementary.h"
#include "number/error.h"
#include "training/fit-private.h"
#include "training/run-log-private.h"
#include "training/twins-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* The paper's 1e-4 is a small part of the rate that its networks began with; 1/50 is what one of
 * this program's sizes bears. */
#define RATE_SHARE 50.0
/* Steps that a mean of losses is over are one in so many, and no more than can be summed in every
 * step without being noticed. */
#define N_PARTS              10
#define MEAN_MAX             1000
#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)
#define DESCRIPTION_MAX      1000 /* characters */

/* How the activations that enter a layer are formed: behind the product or sum above it, before any
 * pooling.  The mean of a pooling may have a finer step in the model; a cell has one for both, and
 * the wider range. */
static FxpFormat
get_activation_format (const FxpModel *model, guint layer)
{
  int from = fxp_model_get_product (model, layer)->from;

  while (from != FXP_NODE_INPUT &&
         (model->nodes[from].kind == FXP_NODE_MAXIMUM || model->nodes[from].kind == FXP_NODE_MEAN))
    from = model->nodes[from].from;
  return fxp_model_get_format (model, from);
}

static FxpQuantizer
get_activation_quantizer (const FxpModel *model, guint layer)
{
  FxpFormat format;

  if (fxp_conversion_options_is_off (&model->options))
    return FXP_QUANTIZER_FLOAT;
  format = get_activation_format (model, layer);
  return (FxpQuantizer){
    .format = format,
    .rounding = FXP_ROUND_NEAREST_UP,
    .overflow = format.is_signed ? FXP_OVERFLOW_SATURATE_SYMMETRIC : FXP_OVERFLOW_SATURATE,
  };
}

static void
set_cells (FxpExperiment *experiment, const FxpModel *model, guint16 layer)
{
  const FxpQuantizer exact = FXP_QUANTIZER_FLOAT;
  const FxpQuantizer activation = get_activation_quantizer (model, layer);

  for (guint16 role = 0; role < FXP_N_ROLES; role++)
    {
      const FxpTensorId id = {layer, role};

      if (!fxp_experiment_owns_cell (experiment, id))
        continue;
      fxp_experiment_set_scaling (experiment, id, FXP_SCALING_FIXED);
      fxp_experiment_set_cell (experiment, id, role == FXP_ROLE_ACTIVATION ? &activation : &exact);
    }
  fxp_experiment_edit_row (experiment, layer)->sum = FXP_SUM_REGISTER_EXACT;
}

/* Plain words of one exponent are one cluster of a layer whose scale is a power of two. */
static FxpClusterOptions
get_clusters (const FxpConversionOptions *options)
{
  FxpClusterOptions clusters = options->clusters;

  if (clusters.method != FXP_CLUSTER_NONE || fxp_conversion_options_is_off (options))
    return clusters;
  clusters.method = FXP_CLUSTER_POWER;
  clusters.granularity = FXP_GRANULARITY_LAYER;
  return clusters;
}

/* Whoever reads the experiment, or replays its log, learns that its beginning is not drawn. */
static char *
describe (const FxpSettings *settings)
{
  /* translators: the title of an experiment */
  g_autofree char *text =
    g_strdup_printf (_ ("Fine-tuning of “%s” with weights in clusters, from the weights it had "
                        "learnt. A replay would begin with drawn ones and is another run."),
                     settings->title);

  return g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), DESCRIPTION_MAX));
}

FxpExperiment *
fxp_fine_tuning_get_experiment (const FxpModel *model, const FxpFineTuningOptions *options)
{
  FxpExperiment *experiment;
  FxpSettings *settings;

  g_return_val_if_fail (model != NULL && options != NULL, NULL);

  experiment = fxp_experiment_copy (model->experiment);
  settings = fxp_experiment_edit_settings (experiment);
  g_free (settings->description);
  settings->description = describe (settings);
  settings->twin = FALSE;
  settings->rate = options->rate > 0 ? options->rate : settings->rate / RATE_SHARE;
  settings->schedule = FXP_SCHEDULE_CONSTANT;
  settings->gradients = FXP_GRADIENTS_PLAIN;
  settings->clusters = get_clusters (&model->options);
  settings->last_weights = model->options.last;
  for (guint16 layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    set_cells (experiment, model, layer);
  return experiment;
}

/* A fine-tuning under way. */
typedef struct
{
  FxpScratch *scratch; /* owned, as what follows */
  FxpTeam *team;
  FxpTwins *twins;
  double *losses; /* of the last n_mean steps, in turn */
  FxpLookout lookout;

  guint64 n_steps, n_mean; /* to be done, and that a mean is over */
  double loss_begin;       /* of the first step, before anything was learnt */
  double loss_first;       /* sum over the first n_mean */
  FxpFineTuningResult *result;

  FxpFineTuningProgress progress; /* or NULL */
  gpointer progress_data;
  gint64 told; /* monotonic time */
} Tuning;

static gboolean
interrupt_cb (gpointer data)
{
  return g_cancellable_is_cancelled (data);
}

static void
tuning_clear (Tuning *self)
{
  g_clear_pointer (&self->twins, fxp_twins_free);
  g_clear_pointer (&self->team, fxp_team_free);
  g_clear_pointer (&self->scratch, fxp_scratch_free);
  g_clear_pointer (&self->losses, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tuning, tuning_clear)

/* A float tensor of the network. */
static void
put (FxpNetwork *network, guint layer, FxpLearnt what, const double *values)
{
  const FxpTensor *tensor = fxp_network_get_learnt (network, layer, what);
  g_autoptr (GError) error = NULL;
  g_autofree float *floats = NULL;

  if (tensor == NULL || values == NULL)
    return;
  floats = g_new (float, tensor->n);
  for (gsize i = 0; i < tensor->n; i++)
    floats[i] = (float)values[i];
  fxp_network_restore_learnt (network,
                              layer,
                              what,
                              FXP_FORMAT_FLOAT,
                              floats,
                              tensor->n * sizeof *floats,
                              &error);
  g_assert_no_error (error);
}

/* All that @trained has learnt; what momentum has gathered is none of it. */
static void
put_trained (FxpNetwork *network, const FxpTrained *trained)
{
  for (guint i = 0; i < fxp_trained_get_n_layers (trained); i++)
    {
      const FxpTrainedLayer *layer = fxp_trained_get_layer (trained, i);

      put (network, i, FXP_LEARNT_WEIGHT, layer->weights);
      put (network, i, FXP_LEARNT_BIAS, layer->bias);
      put (network, i, FXP_LEARNT_GAMMA, layer->gamma);
      put (network, i, FXP_LEARNT_BETA, layer->beta);
      put (network, i, FXP_LEARNT_MEAN, layer->mean);
      put (network, i, FXP_LEARNT_VARIANCE, layer->variance);
    }
}

static void
measure (Tuning *self, double loss)
{
  FxpFineTuningResult *result = self->result;
  const guint64 n = MIN (result->n_steps + 1, self->n_mean);
  double sum = 0;

  if (result->n_steps == 0)
    self->loss_begin = loss;
  self->losses[result->n_steps % self->n_mean] = loss;
  result->n_steps++;
  if (result->n_steps <= self->n_mean)
    self->loss_first += loss;
  for (guint64 i = 0; i < n; i++)
    sum += self->losses[i];
  result->loss_first = self->loss_first / n;
  result->loss_last = sum / n;
}

/* Worse than in the beginning may be a fluctuation, worse than guessing besides is none.  A first
 * tenth says less: a rate far too large has done its work within some steps. */
static gboolean
is_lost (const Tuning *self)
{
  const FxpFineTuningResult *result = self->result;
  const double guessing = fxp_log (self->twins->position.n_classes);

  return result->n_steps > 0 &&
         !(result->loss_last <= self->loss_begin || result->loss_last <= guessing);
}

/* FALSE if it is given up. */
static gboolean
take_step (Tuning *self)
{
  FxpTwins *twins = self->twins;
  const FxpInterval *interval = &twins->position.interval;
  const guint record_every = fxp_experiment_get_settings (twins->experiment)->record_every;
  const double before = interval->loss[0];
  g_autofree char *cause = NULL;

  if (!fxp_twins_train (twins, &cause))
    return FALSE;
  measure (self, interval->loss[0] - before);
  if (cause != NULL)
    self->result->diverged = TRUE;
  /* Records begin where those of a run that goes on from here would. */
  else if (twins->position.step % record_every == 0)
    fxp_twins_begin_interval (twins);
  return TRUE;
}

static void
tell (Tuning *self)
{
  const gint64 now = g_get_monotonic_time ();
  const gboolean is_over = self->result->n_steps == self->n_steps || self->result->diverged;

  if (self->progress == NULL || (!is_over && now - self->told < PROGRESS_INTERVAL_US))
    return;
  self->told = now;
  self->progress ((double)self->result->n_steps / MAX (self->n_steps, 1),
                  self->result,
                  self->progress_data);
}

static gboolean
check (const FxpCheckpoint *checkpoint,
       FxpExperiment *experiment,
       FxpDataset *dataset,
       GError **error)
{
  FxpTopology *found = fxp_experiment_get_topology (checkpoint->experiment);
  FxpTopology *expected = fxp_experiment_get_topology (experiment);

  if (g_str_equal (fxp_topology_get_text (found), fxp_topology_get_text (expected)))
    return fxp_fit_check (experiment, dataset, error);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_CHECKPOINT,
               _ ("the checkpoint's network is %.200s; expected %.200s, as the model's"),
               fxp_topology_get_text (found),
               fxp_topology_get_text (expected));
  return FALSE;
}

static FxpCheckpoint *
finish (Tuning *self)
{
  g_autoptr (FxpRunLog) log = fxp_run_log_new ();

  self->result->diverged = self->result->diverged || is_lost (self);
  fxp_run_log_begin (log, self->twins->experiment);
  return fxp_twins_checkpoint (self->twins, g_strdup (fxp_run_log_get_text (log)));
}

FxpCheckpoint *
fxp_fine_tuning_run (const FxpCheckpoint *checkpoint,
                     FxpDataset *dataset,
                     const FxpModel *model,
                     const FxpFineTuningOptions *options,
                     guint n_threads,
                     FxpFineTuningProgress progress,
                     gpointer progress_data,
                     GCancellable *cancellable,
                     FxpFineTuningResult *result,
                     GError **error)
{
  g_autoptr (FxpExperiment) experiment = NULL;
  g_autoptr (FxpTrained) trained = NULL;
  g_auto (Tuning) self = {.result = result, .progress = progress, .progress_data = progress_data};

  g_return_val_if_fail (checkpoint != NULL && dataset != NULL && model != NULL, NULL);
  g_return_val_if_fail (options != NULL && n_threads >= 1 && result != NULL, NULL);

  *result = (FxpFineTuningResult){.loss_first = NAN, .loss_last = NAN};
  experiment = fxp_fine_tuning_get_experiment (model, options);
  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !check (checkpoint, experiment, dataset, error))
    return NULL;
  trained = fxp_trained_new_from_checkpoint (checkpoint, error);
  if (trained == NULL)
    return NULL;
  self.lookout.interrupt = interrupt_cb;
  self.lookout.data = cancellable;
  self.scratch = fxp_scratch_new ();
  self.team = fxp_team_new (n_threads);
  self.twins = fxp_twins_new (experiment, dataset, self.scratch, self.team, &self.lookout);
  self.n_steps = options->n_steps;
  self.n_mean = CLAMP (options->n_steps / N_PARTS, 1, MEAN_MAX);
  self.losses = g_new0 (double, self.n_mean);
  put_trained (self.twins->networks[0], trained);
  while (result->n_steps < self.n_steps && !result->diverged)
    {
      if (g_cancellable_is_cancelled (cancellable) || !take_step (&self))
        {
          g_cancellable_set_error_if_cancelled (cancellable, error);
          return NULL;
        }
      tell (&self);
    }
  return finish (&self);
}
