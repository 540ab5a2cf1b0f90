/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/course-private.h"

#include <math.h>
#include <sys/resource.h>

/* Leaves the window the processor when both want it. */
#define NICE_WITH_WINDOW 10
/* And that to the run it shows. */
#define NICE_BESIDE_OTHERS 15

/* An evaluation that waits is told of, however short it was until then. */
static void
fill_activity (FxpCourse *self)
{
  gboolean waits = self->job != NULL && self->state != FXP_STATE_RUNNING;

  if (!waits && !fxp_lookout_is_long (&self->lookout, g_get_monotonic_time ()))
    return;
  self->draft->activity = self->lookout.activity;
  self->draft->share = self->lookout.share;
}

static void
fill_draft (FxpCourse *self)
{
  FxpSnapshot *draft = self->draft;

  fxp_pace_measure (&self->pace, g_get_monotonic_time ());
  draft->run = self->run;
  draft->step = self->twins->position.step;
  draft->epoch = fxp_twins_get_epoch (self->twins);
  draft->state = self->state;
  draft->cause = g_strdup (self->cause);
  draft->log_error = g_strdup (fxp_run_log_get_error (self->log));
  draft->serial = self->serial;
  draft->experiment = fxp_experiment_ref (self->twins->experiment);
  draft->steps_per_second = self->pace.steps_per_second;
  draft->samples_per_second = self->pace.samples_per_second;
  draft->rate = fxp_twins_get_rate (self->twins);
  for (guint twin = 0; twin < FXP_N_TWINS; twin++)
    {
      draft->test_accuracy[twin] = self->test.test.accuracy[twin];
      draft->validation_accuracy[twin] = self->test.validation.accuracy[twin];
    }
  draft->mismatch = self->test.test.mismatch;
  if (self->confusion != NULL)
    draft->confusion = fxp_picture_ref (self->confusion);
  fill_activity (self);
  fxp_twins_fill_snapshot (self->twins, draft);
  for (guint i = 0; i < FXP_N_PICTURES; i++)
    if (self->views.pictures[i].newest != NULL)
      draft->pictures[i] = fxp_picture_ref (self->views.pictures[i].newest);
}

static void
set_state (FxpCourse *self, FxpState state)
{
  gint64 now = g_get_monotonic_time ();

  if (self->state == FXP_STATE_RUNNING && state != FXP_STATE_RUNNING)
    fxp_pace_measure (&self->pace, now);
  if (self->state != FXP_STATE_RUNNING && state == FXP_STATE_RUNNING)
    fxp_pace_start (&self->pace, now);
  if (state != FXP_STATE_DIVERGED)
    g_clear_pointer (&self->cause, g_free);
  self->state = state;
}

/* A run begins or is resumed with these, which are taken. */
static void
set_twins (FxpCourse *self, FxpTwins *twins)
{
  FxpSnapshot *draft = fxp_snapshot_new (fxp_experiment_get_n_weighted (twins->experiment));

  if (self->draft != NULL)
    {
      fill_draft (self);
      draft->run = ++self->run;
      fxp_snapshot_absorb (draft, g_steal_pointer (&self->draft));
    }
  self->draft = draft;
  g_clear_pointer (&self->twins, fxp_twins_free);
  self->twins = twins;
  self->test = fxp_no_test;
  self->is_tested = FALSE;
  g_clear_pointer (&self->confusion, fxp_picture_unref);
}

static FxpCheckpoint *
make_checkpoint (FxpCourse *self)
{
  return fxp_twins_checkpoint (self->twins, g_strdup (fxp_run_log_get_text (self->log)));
}

static void
log_end (FxpCourse *self)
{
  g_autoptr (FxpCheckpoint) checkpoint = NULL;

  if (!fxp_run_log_is_writing (self->log))
    return;
  checkpoint = make_checkpoint (self);
  fxp_run_log_end (self->log,
                   fxp_checkpoint_get_step (checkpoint),
                   fxp_checkpoint_get_fingerprint (checkpoint));
}

static gboolean
is_at_last (const FxpCourse *self)
{
  const FxpPosition *position = &self->twins->position;

  return (self->last_epoch > 0 && position->cursor.epoch >= self->last_epoch) ||
         (self->last_step > 0 && position->step >= self->last_step);
}

static void
stop_at_last (FxpCourse *self)
{
  set_state (self, self->last_state);
  if (self->state == FXP_STATE_FINISHED)
    log_end (self);
}

static void
add_record (FxpCourse *self)
{
  fxp_draft_record_add_to (fxp_draft_record_new (self->twins), self->draft);
}

/* The record waits for its figures; all else is from now on as if it had been made. */
static void
begin_test (FxpCourse *self)
{
  self->record = fxp_draft_record_new (self->twins);
  self->job = fxp_test_job_new (self->twins);
  fxp_lookout_begin (&self->lookout, FXP_ACTIVITY_TEST);
}

/* With its figures, or without if it is given up. */
static void
end_test (FxpCourse *self)
{
  g_clear_pointer (&self->job, fxp_test_job_free);
  fxp_lookout_end (&self->lookout);
  if (self->is_tested)
    fxp_draft_record_set_test (self->record, &self->test);
  fxp_draft_record_add_to (g_steal_pointer (&self->record), self->draft);
  if (self->state == FXP_STATE_RUNNING && is_at_last (self))
    stop_at_last (self);
}

static void
advance_test (FxpCourse *self)
{
  if (!fxp_test_job_advance (self->job) || !fxp_test_job_is_done (self->job))
    return;
  fxp_test_job_get_test (self->job, &self->test);
  self->is_tested = TRUE;
  g_clear_pointer (&self->confusion, fxp_picture_unref);
  self->confusion = fxp_test_job_steal_confusion (self->job);
  end_test (self);
}

/* What a step is followed by depends on its number alone, so that a run that stops here and goes
 * on later has the same records behind it as one that went through.  A record out of turn, at the
 * end, therefore leaves the sums as they are. */
static void
follow_step (FxpCourse *self)
{
  const FxpSettings *settings = fxp_experiment_get_settings (self->twins->experiment);
  const FxpPosition *position = &self->twins->position;
  gboolean is_last = is_at_last (self);
  gboolean tests = fxp_twins_is_between_epochs (self->twins) &&
                   position->cursor.epoch % settings->evaluate_every == 0;
  gboolean is_due = tests || position->step % settings->record_every == 0;

  tests = tests || (is_last && self->last_state == FXP_STATE_FINISHED);
  if (tests)
    begin_test (self);
  else if (is_due)
    add_record (self);
  if (is_due)
    fxp_twins_begin_interval (self->twins);
  if (is_last && !tests)
    stop_at_last (self);
}

static void
take_step (FxpCourse *self)
{
  guint64 n_samples = self->twins->position.interval.n_samples;

  if (!fxp_twins_train (self->twins, &self->cause))
    return;
  fxp_pace_count (&self->pace,
                  self->twins->position.interval.n_samples - n_samples,
                  g_get_monotonic_time ());
  fxp_views_invalidate (&self->views);
  self->is_tested = FALSE;
  if (self->cause == NULL)
    {
      follow_step (self);
      return;
    }
  add_record (self);
  set_state (self, FXP_STATE_DIVERGED);
}

void
fxp_course_advance (FxpCourse *self)
{
  if (self->job != NULL)
    advance_test (self);
  else
    take_step (self);
}

gint64
fxp_course_get_due (const FxpCourse *self)
{
  if (self->state != FXP_STATE_RUNNING)
    return G_MAXINT64;
  if (self->job != NULL || self->pace.limit == 0)
    return 0;
  return (gint64)ceil (self->pace.due);
}

static void
run (FxpCourse *self, guint64 last_epoch, guint64 last_step, FxpState last_state)
{
  /* What is no number does not become one by going on. */
  if (self->state == FXP_STATE_DIVERGED)
    return;
  self->last_epoch = last_epoch;
  self->last_step = last_step;
  self->last_state = last_state;
  if (self->job == NULL && is_at_last (self))
    {
      if (last_state != FXP_STATE_FINISHED || self->is_tested)
        {
          stop_at_last (self);
          return;
        }
      begin_test (self);
    }
  set_state (self, FXP_STATE_RUNNING);
}

void
fxp_course_run (FxpCourse *self, guint64 last_epoch, guint64 last_step)
{
  run (self, last_epoch, last_step, FXP_STATE_FINISHED);
}

/* TRUE while it runs only to take some steps. */
static gboolean
is_stepping (const FxpCourse *self)
{
  return self->state == FXP_STATE_RUNNING && self->last_state == FXP_STATE_PAUSED;
}

/* From another step.  Goes on only if it was really running, not taking some steps. */
static void
begin_again (FxpCourse *self)
{
  gboolean runs = self->state == FXP_STATE_RUNNING && self->last_state == FXP_STATE_FINISHED;

  set_state (self, FXP_STATE_PAUSED);
  if (runs)
    run (self, self->last_epoch, self->last_step, self->last_state);
}

void
fxp_course_take_steps (FxpCourse *self, guint64 n)
{
  guint64 from = self->twins->position.step;

  if (n == 0)
    return;
  if (is_stepping (self))
    from = MAX (from, self->last_step);
  run (self, 0, from + n, FXP_STATE_PAUSED);
}

void
fxp_course_finish_epoch (FxpCourse *self)
{
  guint64 from = self->twins->position.cursor.epoch;

  if (is_stepping (self))
    from = MAX (from, self->last_epoch);
  run (self, from + 1, 0, FXP_STATE_PAUSED);
}

void
fxp_course_pause (FxpCourse *self)
{
  if (self->state == FXP_STATE_RUNNING)
    set_state (self, FXP_STATE_PAUSED);
}

void
fxp_course_skip_test (FxpCourse *self)
{
  if (self->job != NULL)
    end_test (self);
}

/* To step 0; @dataset: NULL, or what replaces the data. */
static void
restart (FxpCourse *self, FxpExperiment *experiment, FxpDataset *dataset)
{
  FxpExperiment *old = self->twins->experiment;
  gboolean same = fxp_experiment_equal (old, experiment);
  char **changes = same ? NULL : fxp_experiment_diff (old, experiment);

  fxp_course_skip_test (self);
  if (!same || dataset != NULL)
    fxp_views_forget (&self->views);
  fxp_views_invalidate (&self->views);
  set_twins (self,
             fxp_twins_new (experiment,
                            dataset != NULL ? dataset : self->twins->dataset,
                            self->scratch,
                            self->team,
                            &self->lookout));
  if (changes != NULL)
    fxp_snapshot_add_event (self->draft, 0, changes);
  if (same)
    fxp_run_log_reset (self->log, experiment);
  else
    fxp_run_log_begin (self->log, experiment);
  begin_again (self);
}

void
fxp_course_set_experiment (FxpCourse *self, FxpExperiment *experiment, FxpDataset *dataset)
{
  FxpExperiment *old = self->twins->experiment;
  guint64 step = self->twins->position.step;
  char **changes;

  if (dataset != NULL || fxp_experiment_needs_reset (old, experiment))
    {
      restart (self, experiment, dataset);
      return;
    }
  if (fxp_experiment_equal (old, experiment))
    return;
  fxp_course_skip_test (self);
  changes = fxp_experiment_diff (old, experiment);
  fxp_run_log_edit (self->log, step, (const char *const *)changes);
  fxp_snapshot_add_event (self->draft, step, changes);
  fxp_twins_set_experiment (self->twins, experiment);
  fxp_views_invalidate (&self->views);
  self->is_tested = FALSE;
  if (self->state == FXP_STATE_DIVERGED)
    set_state (self, FXP_STATE_PAUSED);
}

void
fxp_course_restore (FxpCourse *self, const FxpCheckpoint *checkpoint)
{
  FxpTwins *twins = fxp_twins_new_from_checkpoint (checkpoint,
                                                   self->twins->dataset,
                                                   self->scratch,
                                                   self->team,
                                                   &self->lookout);

  if (twins == NULL)
    return;
  fxp_course_skip_test (self);
  fxp_views_forget (&self->views);
  set_twins (self, twins);
  fxp_run_log_resume (self->log, checkpoint->log);
  begin_again (self);
}

/* Of this thread alone.  Where it is not allowed, the picture is less smooth and no more. */
static void
be_nice (FxpCourse *self, int nice)
{
  (void)setpriority (PRIO_PROCESS, 0, nice);
  fxp_team_set_nice (self->team, nice);
}

void
fxp_course_set_view (FxpCourse *self, FxpView view, guint field_size)
{
  fxp_views_set (&self->views, view, field_size);
  if (view != FXP_VIEW_NONE)
    be_nice (self, NICE_WITH_WINDOW);
}

void
fxp_course_give_way (FxpCourse *self)
{
  be_nice (self, NICE_BESIDE_OTHERS);
}

void
fxp_course_set_log_file (FxpCourse *self, GFile *file)
{
  log_end (self);
  fxp_run_log_set_file (self->log, file);
}

FxpCourse *
fxp_course_new (FxpExperiment *experiment,
                FxpDataset *dataset,
                guint n_threads,
                FxpInterruptFunc interrupt,
                gpointer data)
{
  FxpCourse *self = g_new0 (FxpCourse, 1);

  self->lookout.interrupt = interrupt;
  self->lookout.data = data;
  self->scratch = fxp_scratch_new ();
  self->team = fxp_team_new (n_threads);
  self->log = fxp_run_log_new ();
  fxp_run_log_begin (self->log, experiment);
  fxp_views_invalidate (&self->views);
  set_twins (self, fxp_twins_new (experiment, dataset, self->scratch, self->team, &self->lookout));
  return self;
}

void
fxp_course_free (FxpCourse *self)
{
  if (self == NULL)
    return;

  fxp_views_clear (&self->views);
  g_clear_pointer (&self->draft, fxp_snapshot_unref);
  g_clear_pointer (&self->confusion, fxp_picture_unref);
  g_clear_pointer (&self->job, fxp_test_job_free);
  g_clear_pointer (&self->record, fxp_draft_record_free);
  g_clear_pointer (&self->log, fxp_run_log_free);
  g_clear_pointer (&self->twins, fxp_twins_free);
  g_clear_pointer (&self->team, fxp_team_free);
  g_clear_pointer (&self->scratch, fxp_scratch_free);
  g_free (self->cause);
  g_free (self);
}

gboolean
fxp_course_update_views (FxpCourse *self, gint64 now)
{
  gboolean runs = self->state == FXP_STATE_RUNNING;

  return fxp_views_get_due (&self->views, runs) <= now &&
         fxp_views_update (&self->views, self->twins, runs, now);
}

FxpSnapshot *
fxp_course_take_snapshot (FxpCourse *self)
{
  FxpSnapshot *draft = self->draft;

  fill_draft (self);
  self->draft = fxp_snapshot_new (draft->n_weighted);
  return draft;
}

void
fxp_course_add_checkpoint (FxpCourse *self)
{
  g_ptr_array_add (self->draft->checkpoints, make_checkpoint (self));
}

void
fxp_course_reset (FxpCourse *self)
{
  restart (self, self->twins->experiment, NULL);
}

void
fxp_course_end (FxpCourse *self)
{
  fxp_course_skip_test (self);
  log_end (self);
}
