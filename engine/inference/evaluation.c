/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/evaluation.h"

#include "inference/conversion.h"
#include "inference/integer-private.h"
#include "inference/simulation-private.h"
#include "number/error.h"
#include "number/quotation-private.h"
#include "tensor/team-private.h"
#include <glib/gi18n-lib.h>
#include <math.h>

/* What goes in and out of the largest node, of a batch that nobody chose, is about so much: a share
 * of a processor's caches.  Threads do not count, as exponents of a batch must not depend on
 * them. */
#define CACHE_BYTES (2 * 1024 * 1024)
#define BATCH_MIN   16
#define BATCH_MAX   256

static const char *const nicks[FXP_N_ENGINES] = {
  [FXP_ENGINE_INTEGER] = "integer",
  [FXP_ENGINE_SIMULATED] = "simulated",
  [FXP_ENGINE_BOTH] = "both",
};

/* An evaluation under way; all owned. */
typedef struct
{
  FxpModel *model;
  FxpTeam *team;
  FxpInteger *integer;       /* or NULL */
  FxpSimulation *simulation; /* or NULL */
  FxpSimulation *reference;  /* the float network, or NULL */
  guint batch;
  guint32 *rows; /* the first ones of the split, @batch of them */
  double *inputs;
  guint16 *labels;
  gboolean *differs; /* of each sample of a batch */
} Evaluation;

const char *
fxp_engine_get_nick (FxpEngine self)
{
  g_return_val_if_fail ((guint)self < FXP_N_ENGINES, NULL);

  return nicks[self];
}

gboolean
fxp_engine_parse (const char *text, FxpEngine *engine, GError **error)
{
  g_autofree char *found = NULL;

  g_return_val_if_fail (text != NULL && engine != NULL, FALSE);

  for (guint i = 0; i < FXP_N_ENGINES; i++)
    if (g_str_equal (text, nicks[i]))
      {
        *engine = i;
        return TRUE;
      }
  found = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s is no engine; expected integer, simulated or both"),
               found);
  return FALSE;
}

static void
evaluation_clear (Evaluation *self)
{
  g_clear_pointer (&self->integer, fxp_integer_free);
  g_clear_pointer (&self->simulation, fxp_simulation_free);
  g_clear_pointer (&self->reference, fxp_simulation_free);
  g_clear_pointer (&self->team, fxp_team_free);
  g_free (self->rows);
  g_free (self->inputs);
  g_free (self->labels);
  g_free (self->differs);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Evaluation, evaluation_clear)

static gboolean
check (FxpModel *model, FxpDataset *dataset, FxpSplit split, FxpEngine engine, GError **error)
{
  const FxpShape *shape = fxp_dataset_get_shape (dataset);
  g_autofree char *found = fxp_shape_to_string (shape);
  g_autofree char *expected = fxp_shape_to_string (fxp_model_get_input (model));

  if (model->n_nodes == 0 && engine != FXP_ENGINE_SIMULATED)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_CHECKPOINT,
                   _ ("the model is the float network itself, which has no integers; expected "
                      "engine simulated, or a converted network"));
      return FALSE;
    }
  if (!fxp_shape_equal (shape, fxp_model_get_input (model)) ||
      fxp_dataset_get_n_classes (dataset) > fxp_model_get_n_classes (model))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("data set %s has samples of %s in %u classes; expected %s in %u, as the "
                      "model has"),
                   fxp_dataset_get_name (dataset),
                   found,
                   fxp_dataset_get_n_classes (dataset),
                   expected,
                   fxp_model_get_n_classes (model));
      return FALSE;
    }
  if (fxp_dataset_get_n (dataset, split) == 0)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("data set %s has no such samples; expected at least one"),
                   fxp_dataset_get_name (dataset));
      return FALSE;
    }
  return TRUE;
}

static guint
choose_batch (const FxpModel *model)
{
  gsize most = 1;

  for (guint i = 0; i < model->n_nodes; i++)
    most =
      MAX (most,
           fxp_shape_get_n (&model->nodes[i].input) + fxp_shape_get_n (&model->nodes[i].output));
  return CLAMP (CACHE_BYTES / most, BATCH_MIN, BATCH_MAX);
}

/* The network that @trained is, as a model of which nothing is converted. */
static FxpSimulation *
make_reference (FxpTrained *trained, FxpTeam *team, GError **error)
{
  g_autoptr (FxpModel) model = NULL;
  FxpConversionOptions options;

  if (trained == NULL)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_CHECKPOINT,
                   _ ("the model does not hold the float network it was made from, so that it "
                      "cannot be timed beside it; expected one that was just converted"));
      return NULL;
    }
  fxp_conversion_options_init (&options);
  options.clusters.method = FXP_CLUSTER_NONE;
  options.activation_bits = 32;
  model = fxp_conversion_cluster (trained, &options, error);
  return model == NULL ? NULL : fxp_simulation_new (model, team, error);
}

static gboolean
evaluation_init (Evaluation *self,
                 FxpModel *model,
                 guint batch,
                 FxpEngine engine,
                 gboolean times_float,
                 guint n_threads,
                 GError **error)
{
  *self = (Evaluation){.model = model, .batch = batch > 0 ? batch : choose_batch (model)};
  self->team = fxp_team_new (n_threads);
  if (engine != FXP_ENGINE_SIMULATED)
    self->integer = fxp_integer_new (model, self->team);
  if (engine == FXP_ENGINE_BOTH)
    fxp_integer_keep (self->integer);
  if (engine != FXP_ENGINE_INTEGER)
    {
      self->simulation = fxp_simulation_new (model, self->team, error);
      if (self->simulation == NULL)
        return FALSE;
    }
  if (times_float)
    {
      self->reference = make_reference (fxp_model_get_trained (model), self->team, error);
      if (self->reference == NULL)
        return FALSE;
    }
  self->rows = g_new (guint32, self->batch);
  self->inputs = g_new (double, self->batch *fxp_shape_get_n (fxp_model_get_input (model)));
  self->labels = g_new (guint16, self->batch);
  self->differs = g_new (gboolean, self->batch);
  return TRUE;
}

static gboolean
sample_differs (const gint32 *codes, double step, const double *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (step * codes[i] != values[i])
      return TRUE;
  return FALSE;
}

static void
note_difference (const Evaluation *self,
                 gsize sample,
                 guint node,
                 gsize *first_sample,
                 guint *first_node)
{
  if (sample < *first_sample)
    {
      *first_sample = sample;
      *first_node = node;
    }
  self->differs[sample] = TRUE;
}

/* Every value of both engines, of the batch that both have just computed. */
static void
compare (Evaluation *self, gsize n, FxpInferenceResult *result)
{
  const FxpModel *model = self->model;
  const guint last = model->n_nodes - 1;
  const gsize n_outputs = fxp_shape_get_n (&model->nodes[last].output);
  const double *logits[2] = {
    fxp_integer_get_logits (self->integer),
    fxp_simulation_get_logits (self->simulation),
  };
  gsize first_sample = n;
  guint first_node = 0;

  for (gsize i = 0; i < n; i++)
    self->differs[i] = FALSE;
  for (guint node = 0; node < last; node++)
    {
      const gsize n_features = fxp_shape_get_n (&model->nodes[node].output);
      const double *values = fxp_simulation_get_values (self->simulation, (int)node);
      int exponent;
      const gint32 *codes = fxp_integer_get_codes (self->integer, (int)node, &exponent);

      for (gsize i = 0; i < n; i++)
        if (sample_differs (codes + i * n_features,
                            ldexp (1.0, exponent),
                            values + i * n_features,
                            n_features))
          note_difference (self, i, node, &first_sample, &first_node);
      result->n_values += n * n_features;
    }
  for (gsize i = 0; i < n * n_outputs; i++)
    if (logits[0][i] != logits[1][i])
      note_difference (self, i / n_outputs, last, &first_sample, &first_node);
  result->n_values += n * n_outputs;
  if (first_sample < n && result->n_agreed == result->n)
    {
      result->first_sample = result->n + first_sample;
      result->first_node = first_node;
    }
  for (gsize i = 0; i < n; i++)
    result->n_agreed += !self->differs[i];
}

/* The first greatest logit of a sample is what it is taken for. */
static guint64
count_correct (const Evaluation *self, gsize n)
{
  const double *logits = self->integer != NULL ? fxp_integer_get_logits (self->integer)
                                               : fxp_simulation_get_logits (self->simulation);
  FxpTopology *topology = fxp_experiment_get_topology (self->model->experiment);
  const guint n_outputs =
    fxp_topology_get_layer (topology, fxp_topology_get_n_layers (topology) - 1)->units;
  guint64 n_correct = 0;

  for (gsize i = 0; i < n; i++, logits += n_outputs)
    {
      guint winner = 0;

      for (guint c = 1; c < n_outputs; c++)
        if (logits[c] > logits[winner])
          winner = c;
      n_correct += winner == self->labels[i];
    }
  return n_correct;
}

static double
get_seconds (void)
{
  return (double)g_get_monotonic_time () / G_USEC_PER_SEC;
}

static gboolean
run_engine (Evaluation *self, gsize n, FxpInferenceResult *result, GCancellable *cancellable)
{
  const double began = get_seconds ();
  const gboolean done = self->integer != NULL
                          ? fxp_integer_run (self->integer, self->inputs, n, cancellable)
                          : fxp_simulation_run (self->simulation, self->inputs, n, cancellable);

  result->seconds += get_seconds () - began;
  return done;
}

static gboolean
run_reference (Evaluation *self, gsize n, FxpInferenceResult *result, GCancellable *cancellable)
{
  const double began = get_seconds ();
  gboolean done;

  if (self->reference == NULL)
    return TRUE;
  done = fxp_simulation_run (self->reference, self->inputs, n, cancellable);
  result->float_seconds += get_seconds () - began;
  return done;
}

/* In turn, and in turn who is first: what else the computer does meets both alike. */
static gboolean
run_batch (Evaluation *self, gsize n, FxpInferenceResult *result, GCancellable *cancellable)
{
  const gboolean is_first = result->n / self->batch % 2 == 0;

  if (!(is_first ? run_engine : run_reference) (self, n, result, cancellable) ||
      !(is_first ? run_reference : run_engine) (self, n, result, cancellable))
    return FALSE;
  if (!result->is_compared)
    return TRUE;
  if (!fxp_simulation_run (self->simulation, self->inputs, n, cancellable))
    return FALSE;
  compare (self, n, result);
  return TRUE;
}

gboolean
fxp_evaluation_run (FxpModel *model,
                    FxpDataset *dataset,
                    FxpSplit split,
                    guint64 n_max,
                    guint batch,
                    FxpEngine engine,
                    gboolean times_float,
                    guint n_threads,
                    FxpEvaluationProgress progress,
                    gpointer progress_data,
                    GCancellable *cancellable,
                    FxpInferenceResult *result,
                    GError **error)
{
  g_auto (Evaluation) self = {0};
  FxpInferenceResult so_far = {
    .engine = engine,
    .is_compared = engine == FXP_ENGINE_BOTH,
    .float_seconds = times_float ? 0 : NAN,
  };
  guint64 n_all;

  g_return_val_if_fail (model != NULL && dataset != NULL && result != NULL, FALSE);
  g_return_val_if_fail ((guint)engine < FXP_N_ENGINES && n_threads > 0, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !check (model, dataset, split, engine, error) ||
      !evaluation_init (&self, model, batch, engine, times_float, n_threads, error))
    return FALSE;
  n_all = fxp_dataset_get_n (dataset, split);
  if (n_max > 0)
    n_all = MIN (n_all, n_max);
  while (so_far.n < n_all)
    {
      const gsize n = MIN (n_all - so_far.n, self.batch);

      for (gsize i = 0; i < n; i++)
        self.rows[i] = so_far.n + i;
      fxp_dataset_gather (dataset, split, self.rows, n, self.inputs, self.labels);
      if (!run_batch (&self, n, &so_far, cancellable))
        {
          g_cancellable_set_error_if_cancelled (cancellable, error);
          return FALSE;
        }
      so_far.n_correct += count_correct (&self, n);
      so_far.n += n;
      if (self.integer != NULL)
        fxp_integer_get_counts (self.integer, &so_far.counts);
      if (progress != NULL)
        progress ((double)so_far.n / n_all, &so_far, progress_data);
    }
  *result = so_far;
  return TRUE;
}
