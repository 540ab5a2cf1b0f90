/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "theory.h"
#include "lock-set.h"
#include "mismatch-meter.h"
#include "session.h"
#include "survey.h"

struct _FxuTheory
{
  GObject parent_instance;

  FxuSession *session; /* borrowed: owns this; NULL once stopped */
  guint n_threads;

  FxuSurvey *survey; /* the newest, or NULL; of this network or, until it comes back, another */
  FxpAssignmentOptions options;
  FxuLockSet *locks;
  FxpAssignment *assignment; /* NULL where there is none that fits */

  GCancellable *taking;    /* of the survey under way, or NULL */
  FxpExperiment *taken_of; /* when it began */
  FxuTheoryActivity activity;
  double share;

  FxuMismatchMeter *meter; /* of p_m */
};

G_DEFINE_FINAL_TYPE (FxuTheory, fxu_theory, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_PROGRESS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
changed (FxuTheory *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
fail (FxuTheory *self, const GError *error)
{
  g_signal_emit_by_name (self->session, "failed", error->message);
}

static FxpExperiment *
get_experiment (FxuTheory *self)
{
  return fxu_session_get_experiment (self->session);
}

/* The least rate of the whole schedule, as the experiment has it. */
static double
get_min_rate (FxuTheory *self)
{
  const FxpSettings *settings = fxp_experiment_get_settings (get_experiment (self));
  FxpDataset *dataset = fxu_session_get_dataset (self->session);
  guint64 n = dataset != NULL ? fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN) : 0;
  guint64 steps_per_epoch = MAX (1, (n + settings->batch - 1) / settings->batch);

  return fxp_criteria_get_min_rate (settings, steps_per_epoch * settings->epochs);
}

static gboolean
has_survey (FxuTheory *self)
{
  return self->survey != NULL && fxu_survey_fits (self->survey, get_experiment (self));
}

static void
mismatch_cb (const GError *error, gpointer data)
{
  FxuTheory *self = data;

  if (error != NULL)
    fail (self, error);
  changed (self);
}

/* Anew from the statistics that are kept.  What cannot be assigned any more says so once. */
static void
assign_again (FxuTheory *self, gboolean had_one)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->assignment, fxp_assignment_unref);
  if (!has_survey (self))
    {
      fxu_mismatch_meter_forget (self->meter);
      return;
    }
  self->assignment = fxp_assignment_new (get_experiment (self),
                                         fxu_survey_get_baseline (self->survey),
                                         fxu_survey_get_gains (self->survey),
                                         &self->options,
                                         get_min_rate (self),
                                         fxu_lock_set_get (self->locks, get_experiment (self)),
                                         &error);
  if (self->assignment != NULL)
    fxu_mismatch_meter_measure (self->meter,
                                self->survey,
                                fxp_assignment_get_experiment (self->assignment));
  else
    {
      fxu_mismatch_meter_forget (self->meter);
      if (had_one)
        fail (self, error);
    }
}

static void
update (FxuTheory *self)
{
  assign_again (self, self->assignment != NULL);
  changed (self);
}

static void
set_activity (FxuTheory *self, FxuTheoryActivity activity, double share)
{
  self->activity = activity;
  self->share = share;
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
}

static void
survey_progress_cb (FxuTheoryActivity activity, double share, gpointer data)
{
  set_activity (data, activity, CLAMP (share, 0.0, 1.0));
}

/* Statistics from which nothing can be assigned do not take the place of those that are there. */
static void
take_survey (FxuTheory *self, FxuSurvey *survey)
{
  FxuSurvey *former = g_steal_pointer (&self->survey);

  self->survey = fxu_survey_ref (survey);
  assign_again (self, TRUE);
  if (self->assignment == NULL && former != NULL)
    {
      fxu_survey_unref (self->survey);
      self->survey = g_steal_pointer (&former);
      assign_again (self, FALSE);
    }
  g_clear_pointer (&former, fxu_survey_unref);
}

static void
survey_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FxuTheory) self = data;
  g_autoptr (FxuSurvey) survey = NULL;
  g_autoptr (GError) error = NULL;

  survey = fxu_survey_take_finish (result, &error);
  /* Given up: another one may be under way by now. */
  if (self->session == NULL || g_task_get_cancellable (G_TASK (result)) != self->taking)
    return;

  g_clear_object (&self->taking);
  g_clear_pointer (&self->taken_of, fxp_experiment_unref);
  if (survey != NULL)
    take_survey (self, survey);
  else
    fail (self, error);
  set_activity (self, FXU_THEORY_IDLE, 0.0);
  changed (self);
}

static void
give_up (FxuTheory *self)
{
  /* Cancelling may call back at once, and then finds nothing under way. */
  g_autoptr (GCancellable) taking = g_steal_pointer (&self->taking);

  g_clear_pointer (&self->taken_of, fxp_experiment_unref);
  if (taking != NULL)
    g_cancellable_cancel (taking);
}

static void
experiment_changed_cb (FxuTheory *self)
{
  if (self->taking != NULL && !fxu_survey_is_same_network (self->taken_of, get_experiment (self)))
    fxu_theory_cancel (self);
  update (self);
}

/* What other data were measured is of no use any more, and would keep them in memory. */
static void
dataset_changed_cb (FxuTheory *self)
{
  FxpDataset *dataset = fxu_session_get_dataset (self->session);

  fxu_theory_cancel (self);
  if (self->survey == NULL || fxu_survey_get_dataset (self->survey) == dataset)
    return;
  g_clear_pointer (&self->survey, fxu_survey_unref);
  update (self);
}

static void
fxu_theory_dispose (GObject *object)
{
  fxu_theory_stop (FXU_THEORY (object));

  G_OBJECT_CLASS (fxu_theory_parent_class)->dispose (object);
}

static void
fxu_theory_finalize (GObject *object)
{
  FxuTheory *self = FXU_THEORY (object);

  fxu_lock_set_free (self->locks);
  fxu_mismatch_meter_free (self->meter);

  G_OBJECT_CLASS (fxu_theory_parent_class)->finalize (object);
}

static void
fxu_theory_class_init (FxuTheoryClass *klass)
{
  static const char *const names[N_SIGNALS] = {"changed", "progress"};

  G_OBJECT_CLASS (klass)->dispose = fxu_theory_dispose;
  G_OBJECT_CLASS (klass)->finalize = fxu_theory_finalize;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i],
                               FXU_TYPE_THEORY,
                               G_SIGNAL_RUN_LAST,
                               0,
                               NULL,
                               NULL,
                               NULL,
                               G_TYPE_NONE,
                               0);
}

static void
fxu_theory_init (FxuTheory *self)
{
  self->locks = fxu_lock_set_new ();
  fxp_assignment_options_init (&self->options, FXP_VARIANT_PAPER);
}

FxuTheory *
fxu_theory_new (FxuSession *session, guint n_threads)
{
  FxuTheory *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);
  g_return_val_if_fail (n_threads >= 1, NULL);

  self = g_object_new (FXU_TYPE_THEORY, NULL);
  self->session = session;
  self->n_threads = n_threads;
  self->meter = fxu_mismatch_meter_new (n_threads, mismatch_cb, self);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (experiment_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "dataset-changed",
                           G_CALLBACK (dataset_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
fxu_theory_stop (FxuTheory *self)
{
  g_return_if_fail (FXU_IS_THEORY (self));

  if (self->session == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->session, self);
  self->session = NULL;
  give_up (self);
  self->activity = FXU_THEORY_IDLE;
  fxu_mismatch_meter_forget (self->meter);
  g_clear_pointer (&self->assignment, fxp_assignment_unref);
  g_clear_pointer (&self->survey, fxu_survey_unref);
}

void
fxu_theory_assign (FxuTheory *self, FxuTheorySource source)
{
  g_return_if_fail (FXU_IS_THEORY (self));

  if (self->session == NULL)
    return;

  give_up (self);
  self->taking = g_cancellable_new ();
  self->taken_of = fxp_experiment_ref (get_experiment (self));
  fxu_survey_take_async (self->session,
                         source,
                         self->n_threads,
                         survey_progress_cb,
                         self,
                         self->taking,
                         survey_cb,
                         g_object_ref (self));
}

void
fxu_theory_cancel (FxuTheory *self)
{
  g_return_if_fail (FXU_IS_THEORY (self));

  if (self->taking == NULL)
    return;
  give_up (self);
  set_activity (self, FXU_THEORY_IDLE, 0.0);
}

FxuTheoryActivity
fxu_theory_get_activity (FxuTheory *self, double *share)
{
  g_return_val_if_fail (FXU_IS_THEORY (self), FXU_THEORY_IDLE);

  if (share != NULL)
    *share = self->share;
  return self->activity;
}

/* What the run so far has recorded of its float network; NULL if nothing, or if it is another
 * one's. */
static FxpBaseline *
get_run_baseline (FxuTheory *self)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);
  FxpBaseline *baseline = snapshot != NULL ? fxp_snapshot_get_baseline (snapshot) : NULL;

  if (baseline == NULL || fxp_baseline_get_n_looks (baseline) == 0 ||
      !fxu_survey_is_same_network (fxp_snapshot_get_experiment (snapshot), get_experiment (self)))
    return NULL;
  return baseline;
}

gboolean
fxu_theory_can_use_run (FxuTheory *self)
{
  g_return_val_if_fail (FXU_IS_THEORY (self), FALSE);

  return self->session != NULL && get_run_baseline (self) != NULL;
}

FxpAssignment *
fxu_theory_get_assignment (FxuTheory *self)
{
  g_return_val_if_fail (FXU_IS_THEORY (self), NULL);

  return self->assignment;
}

FxuTheorySource
fxu_theory_get_source (FxuTheory *self)
{
  g_return_val_if_fail (FXU_IS_THEORY (self), FXU_THEORY_FROM_RUN);

  return self->survey != NULL ? fxu_survey_get_source (self->survey) : FXU_THEORY_FROM_RUN;
}

double
fxu_theory_get_epoch (FxuTheory *self)
{
  g_return_val_if_fail (FXU_IS_THEORY (self), 0.0);

  return self->survey != NULL ? fxp_checkpoint_get_epoch (fxu_survey_get_checkpoint (self->survey))
                              : 0.0;
}

FxpMismatch
fxu_theory_get_mismatch (FxuTheory *self)
{
  g_return_val_if_fail (FXU_IS_THEORY (self), (FxpMismatch){0});

  return fxu_mismatch_meter_get (self->meter);
}

gboolean
fxu_theory_apply (FxuTheory *self)
{
  g_autoptr (FxpExperiment) assigned = NULL;

  g_return_val_if_fail (FXU_IS_THEORY (self), FALSE);

  if (self->assignment == NULL)
    return FALSE;
  /* The edit leads to another assignment. */
  assigned = fxp_experiment_ref (fxp_assignment_get_experiment (self->assignment));
  return fxu_session_edit (self->session, assigned);
}

gboolean
fxu_theory_apply_tensor (FxuTheory *self, FxpTensorId id)
{
  FxpQuantizer quantizer;

  g_return_val_if_fail (FXU_IS_THEORY (self), FALSE);

  if (self->assignment == NULL)
    return FALSE;
  id = fxp_experiment_get_owner (get_experiment (self), id);
  if (fxp_assignment_get (self->assignment, id) == NULL)
    return FALSE;
  quantizer = fxp_assignment_get (self->assignment, id)->quantizer;
  return fxu_session_set_quantizer (self->session, id.layer, id.role, &quantizer);
}

const FxpAssignmentOptions *
fxu_theory_get_options (FxuTheory *self)
{
  g_return_val_if_fail (FXU_IS_THEORY (self), NULL);

  return &self->options;
}

void
fxu_theory_set_options (FxuTheory *self, const FxpAssignmentOptions *options)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (FXU_IS_THEORY (self));
  g_return_if_fail (options != NULL);

  if (self->session == NULL)
    return;
  if (!fxp_assignment_options_validate (options, &error))
    {
      fail (self, error);
      /* Whoever shows them shows the old ones again. */
      changed (self);
      return;
    }
  self->options = *options;
  update (self);
}

gboolean
fxu_theory_is_locked (FxuTheory *self, FxpTensorId id)
{
  g_return_val_if_fail (FXU_IS_THEORY (self), FALSE);

  return self->session != NULL && id.role < FXP_N_ROLES &&
         *fxu_lock_set_at (self->locks, get_experiment (self), id);
}

void
fxu_theory_set_locked (FxuTheory *self, FxpTensorId id, gboolean locked)
{
  gboolean *lock;

  g_return_if_fail (FXU_IS_THEORY (self));
  g_return_if_fail (id.role < FXP_N_ROLES);

  if (self->session == NULL)
    return;
  lock = fxu_lock_set_at (self->locks, get_experiment (self), id);
  if (*lock == locked)
    return;
  *lock = locked;
  update (self);
}

guint
fxu_theory_judge (FxuTheory *self, FxpTensorId id, FxpJudgement judgements[FXP_JUDGEMENTS_MAX])
{
  FxpCriteria criteria = {0};

  g_return_val_if_fail (FXU_IS_THEORY (self), 0);

  if (self->session == NULL)
    return 0;
  if (self->assignment != NULL)
    criteria = *fxp_assignment_get_criteria (self->assignment);
  else
    {
      criteria.baseline = get_run_baseline (self);
      criteria.options = &self->options;
      criteria.min_rate = get_min_rate (self);
      if (criteria.baseline == NULL)
        return 0;
    }
  return fxp_criteria_judge (&criteria, get_experiment (self), id, judgements);
}
