/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "conversion-parts.h"

#include <glib/gi18n.h>

#define N_IMAGES 1000 /* tested at first: one sigma is a point at 90 % */
#define N_STEPS  300  /* of fine-tuning at first */

G_DEFINE_FINAL_TYPE (FxuConversion, fxu_conversion, G_TYPE_OBJECT)

enum
{
  SIGNAL_CLUSTERED,
  SIGNAL_CHANGED,
  SIGNAL_PROGRESS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
fxu_conversion_changed (FxuConversion *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
fxu_conversion_fail (FxuConversion *self, const char *message)
{
  g_signal_emit_by_name (self->session, "failed", message);
}

static void
set_activity (FxuConversion *self, FxuActivity activity, double share, guint sweep_size)
{
  self->activity = activity;
  self->share = share;
  self->sweep_size = sweep_size;
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
}

FxuOrigin
fxu_conversion_get_now (FxuConversion *self)
{
  return (FxuOrigin){self->options, self->n_sources};
}

static void
clustered_cb (gpointer data)
{
  FxuConversion *self = data;

  g_signal_emit (self, signals[SIGNAL_CLUSTERED], 0);
  fxu_conversion_changed (self);
}

static void
forget_source (FxuConversion *self)
{
  g_clear_pointer (&self->source, fxu_conversion_source_unref);
  g_clear_pointer (&self->work, fxp_work_unref);
  fxu_clusterer_want (self->clusterer, NULL, NULL);
  fxu_findings_clear (&self->findings);
}

/* Takes @source over. */
static void
take_source (FxuConversion *self, FxuConversionSource *source)
{
  FxpTrained *trained = fxu_conversion_source_get_trained (source);

  /* Figures of another network would only confuse. */
  if (self->source == NULL || !fxu_conversion_source_is_same_network (self->source, source))
    forget_source (self);
  g_clear_pointer (&self->source, fxu_conversion_source_unref);
  self->source = source;
  self->n_sources++;
  if (self->work == NULL)
    self->work = fxp_work_new (fxp_experiment_get_topology (fxp_trained_get_experiment (trained)),
                               fxp_trained_get_input (trained),
                               NULL); /* the network exists, so its shapes fit */
  fxu_clusterer_want (self->clusterer, trained, &self->options);
}

static void
give_up (FxuConversion *self)
{
  /* Cancelling may call back at once, and then finds nothing under way. */
  g_autoptr (GCancellable) busy = g_steal_pointer (&self->busy);

  self->kind = FXU_N_JOBS;
  if (busy != NULL)
    g_cancellable_cancel (busy);
}

static void
end (FxuConversion *self)
{
  g_clear_object (&self->busy);
  self->kind = FXU_N_JOBS;
  set_activity (self, FXU_ACTIVITY_IDLE, 0.0, 0);
  fxu_conversion_changed (self);
}

static void
progress_cb (const FxuJobNews *news, gpointer data)
{
  FxuConversion *self = data;

  fxu_findings_take (&self->findings, self->kind, &self->job_origin, news);
  set_activity (self, news->activity, news->share, news->sweep_size);
}

static void
done_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (FxuConversion) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FxuJobOutcome) outcome = fxu_conversion_job_run_finish (result, &error);

  /* Given up: another one may be under way by now. */
  if (self->session == NULL || g_task_get_cancellable (G_TASK (result)) != self->busy)
    return;
  if (outcome == NULL)
    fxu_conversion_fail (self, error->message);
  else
    {
      fxu_findings_take (&self->findings, self->kind, &self->job_origin, &outcome->news);
      if (outcome->model != NULL)
        fxu_findings_take_model (&self->findings,
                                 self->kind,
                                 &self->job_origin,
                                 g_steal_pointer (&outcome->model));
    }
  end (self);
}

static gboolean
wants_float_score (FxuConversion *self)
{
  const FxuScore *score = &self->findings.scores[FXU_STAGE_FLOAT];
  guint64 n = fxp_dataset_get_n (fxu_conversion_source_get_dataset (self->source), FXP_SPLIT_TEST);

  n = self->n_images > 0 ? MIN (n, self->n_images) : n;
  return score->n != n || score->n_all != n ||
         self->findings.origins[FXU_STAGE_FLOAT].source != self->n_sources;
}

/* The model a job begins with, borrowed; NULL: it clusters the weights first. */
static FxpModel *
find_model (FxuConversion *self)
{
  FxuStage best = fxu_findings_get_best (&self->findings, &self->job_origin);

  if (self->kind == FXU_JOB_CERTIFY || (self->kind == FXU_JOB_TUNE && best != FXU_STAGE_TUNED))
    return self->findings.models[best];
  return NULL;
}

/* What is told until the thread tells something. */
static FxuActivity
get_first_activity (FxuJobKind kind)
{
  switch (kind)
    {
    case FXU_JOB_REESTIMATE:
      return FXU_ACTIVITY_REESTIMATING;
    case FXU_JOB_TUNE:
      return FXU_ACTIVITY_TUNING;
    case FXU_JOB_CERTIFY:
      return FXU_ACTIVITY_CERTIFYING;
    case FXU_JOB_CONVERT:
    case FXU_JOB_SWEEP:
    case FXU_N_JOBS:
    default:
      return FXU_ACTIVITY_CALIBRATING;
    }
}

static void
start_job (FxuConversion *self)
{
  const char *why = fxu_conversion_explain (self, self->kind);
  FxuJobRequest request;

  /* What was taken meanwhile may be another network, of which nothing is converted yet. */
  if (why != NULL)
    {
      fxu_conversion_fail (self, why);
      end (self);
      return;
    }
  self->job_origin = fxu_conversion_get_now (self);
  fxu_findings_begin (&self->findings,
                      self->kind,
                      fxu_findings_get_best (&self->findings, &self->job_origin));
  request = (FxuJobRequest){
    .kind = self->kind,
    .checkpoint = fxu_conversion_source_get_checkpoint (self->source),
    .trained = fxu_conversion_source_get_trained (self->source),
    .dataset = fxu_conversion_source_get_dataset (self->source),
    .options = self->options,
    .model = find_model (self),
    .n_images = self->n_images,
    .n_steps = fxu_conversion_get_n_steps (self),
    .rate = self->rate,
    .tests_float = self->kind != FXU_JOB_CERTIFY && wants_float_score (self),
    .sweep_tunes = self->sweep_tunes,
    .n_threads = self->n_threads,
  };
  fxu_conversion_job_run_async (&request,
                                progress_cb,
                                self,
                                self->busy,
                                done_cb,
                                g_object_ref (self));
  set_activity (self, get_first_activity (self->kind), 0.0, 0);
  fxu_conversion_changed (self);
}

static void
taken_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (FxuConversion) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FxuConversionSource) source = fxu_conversion_source_take_finish (result, &error);

  /* Given up: another one may be under way by now. */
  if (self->session == NULL || g_task_get_cancellable (G_TASK (result)) != self->busy)
    return;
  if (source == NULL)
    {
      self->has_missed = TRUE;
      fxu_conversion_fail (self, error->message);
      end (self);
      return;
    }
  take_source (self, g_steal_pointer (&source));
  if (self->kind == FXU_N_JOBS)
    end (self);
  else
    start_job (self);
}

/* What @kind says begins then. */
static void
take (FxuConversion *self, FxuJobKind kind)
{
  give_up (self);
  self->kind = kind;
  self->busy = g_cancellable_new ();
  set_activity (self, FXU_ACTIVITY_TAKING, 0.0, 0);
  fxu_conversion_source_take_async (self->session, self->busy, taken_cb, g_object_ref (self));
}

/* Other data or another network: what is under way would be of no use. */
static void
session_changed_cb (FxuConversion *self)
{
  self->has_missed = FALSE;
  if (self->source == NULL ||
      fxu_conversion_source_compare (self->source, self->session) != FXU_SOURCE_OTHER)
    return;
  fxu_conversion_cancel (self);
  if (fxu_conversion_source_get_dataset (self->source) != fxu_session_get_dataset (self->session))
    {
      forget_source (self);
      g_signal_emit (self, signals[SIGNAL_CLUSTERED], 0);
    }
  fxu_conversion_changed (self);
}

static void
fxu_conversion_dispose (GObject *object)
{
  fxu_conversion_stop (FXU_CONVERSION (object));

  G_OBJECT_CLASS (fxu_conversion_parent_class)->dispose (object);
}

static void
fxu_conversion_finalize (GObject *object)
{
  fxu_clusterer_free (FXU_CONVERSION (object)->clusterer);

  G_OBJECT_CLASS (fxu_conversion_parent_class)->finalize (object);
}

static void
fxu_conversion_class_init (FxuConversionClass *klass)
{
  static const char *const names[N_SIGNALS] = {"clustered", "changed", "progress"};

  G_OBJECT_CLASS (klass)->dispose = fxu_conversion_dispose;
  G_OBJECT_CLASS (klass)->finalize = fxu_conversion_finalize;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i],
                               FXU_TYPE_CONVERSION,
                               G_SIGNAL_RUN_LAST,
                               0,
                               NULL,
                               NULL,
                               NULL,
                               G_TYPE_NONE,
                               0);
}

static void
fxu_conversion_init (FxuConversion *self)
{
  fxp_conversion_options_init (&self->options);
  self->clusterer = fxu_clusterer_new (clustered_cb, self);
  self->n_images = N_IMAGES;
  self->n_steps = N_STEPS;
  self->kind = FXU_N_JOBS;
}

FxuConversion *
fxu_conversion_new (FxuSession *session, guint n_threads)
{
  static const char *const told_by[] = {"experiment-changed", "dataset-changed"};
  FxuConversion *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);
  g_return_val_if_fail (n_threads >= 1, NULL);

  self = g_object_new (FXU_TYPE_CONVERSION, NULL);
  self->session = session;
  self->n_threads = n_threads;
  for (gsize i = 0; i < G_N_ELEMENTS (told_by); i++)
    g_signal_connect_object (session,
                             told_by[i],
                             G_CALLBACK (session_changed_cb),
                             self,
                             G_CONNECT_SWAPPED);
  return self;
}

void
fxu_conversion_stop (FxuConversion *self)
{
  g_return_if_fail (FXU_IS_CONVERSION (self));

  if (self->session == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->session, self);
  self->session = NULL;
  give_up (self);
  self->activity = FXU_ACTIVITY_IDLE;
  forget_source (self);
}

void
fxu_conversion_look (FxuConversion *self)
{
  gboolean is_behind;

  g_return_if_fail (FXU_IS_CONVERSION (self));

  if (self->session == NULL || self->busy != NULL || self->has_missed ||
      fxu_session_get_dataset (self->session) == NULL)
    return;
  if (self->source == NULL ||
      fxu_conversion_source_compare (self->source, self->session) == FXU_SOURCE_OTHER)
    {
      take (self, FXU_N_JOBS);
      return;
    }
  fxu_conversion_get_epoch (self, &is_behind);
  if (is_behind != self->is_behind)
    {
      self->is_behind = is_behind;
      fxu_conversion_changed (self);
    }
}

void
fxu_conversion_start (FxuConversion *self, FxuJobKind kind)
{
  const char *why;

  g_return_if_fail (FXU_IS_CONVERSION (self));
  g_return_if_fail (kind < FXU_N_JOBS);

  if (self->session == NULL)
    return;
  why = fxu_conversion_explain (self, kind);
  if (why != NULL)
    {
      fxu_conversion_fail (self, why);
      return;
    }
  /* What was found stays comparable: only a conversion takes anew what has been learnt since. */
  if (self->source == NULL ||
      fxu_conversion_source_compare (self->source, self->session) == FXU_SOURCE_OTHER ||
      (kind == FXU_JOB_CONVERT &&
       fxu_conversion_source_compare (self->source, self->session) == FXU_SOURCE_BEHIND))
    {
      take (self, kind);
      return;
    }
  give_up (self);
  self->kind = kind;
  self->busy = g_cancellable_new ();
  start_job (self);
}

void
fxu_conversion_cancel (FxuConversion *self)
{
  g_return_if_fail (FXU_IS_CONVERSION (self));

  if (self->busy == NULL)
    return;
  give_up (self);
  end (self);
}

FxuActivity
fxu_conversion_get_activity (FxuConversion *self, double *share, guint *sweep_size)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), FXU_ACTIVITY_IDLE);

  if (share != NULL)
    *share = self->share;
  if (sweep_size != NULL)
    *sweep_size = self->sweep_size;
  return self->activity;
}

FxpTrained *
fxu_conversion_get_trained (FxuConversion *self)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), NULL);

  return self->source != NULL ? fxu_conversion_source_get_trained (self->source) : NULL;
}
