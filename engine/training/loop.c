/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/course-private.h"
#include "training/loop-private.h"

#define PUBLISH_INTERVAL_US 16000
#define SHARE_INTERVAL_US   (G_USEC_PER_SEC / 10) /* of work that takes long */

struct _FxpLoop
{
  FxpHandoff *handoff;       /* borrowed */
  FxpExperiment *experiment; /* owned: the first one, as the data */
  FxpDataset *dataset;
  guint n_threads;

  FxpCourse *course; /* owned */
  GQueue pending;    /* of FxpCommand, owned: received, not obeyed yet */
  gboolean quits;

  gint64 published;                   /* when that was last done */
  gboolean has_news, has_urgent_news; /* since then */
};

FxpLoop *
fxp_loop_new (FxpHandoff *handoff, FxpExperiment *experiment, FxpDataset *dataset, guint n_threads)
{
  FxpLoop *self = g_new0 (FxpLoop, 1);

  self->handoff = handoff;
  self->experiment = fxp_experiment_ref (experiment);
  self->dataset = fxp_dataset_ref (dataset);
  self->n_threads = n_threads;
  g_queue_init (&self->pending);
  return self;
}

static void
loop_free (FxpLoop *self)
{
  g_queue_clear_full (&self->pending, (GDestroyNotify)fxp_command_free);
  g_clear_pointer (&self->course, fxp_course_free);
  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
  g_free (self);
}

/* Takes in a command; a quit is obeyed whatever is before it. */
static void
accept (FxpLoop *self, FxpCommand *command)
{
  if (command->kind == FXP_COMMAND_QUIT)
    self->quits = TRUE;
  g_queue_push_tail (&self->pending, command);
}

static void
publish (FxpLoop *self)
{
  fxp_handoff_publish (self->handoff, fxp_course_take_snapshot (self->course));
  self->published = g_get_monotonic_time ();
  self->has_news = self->has_urgent_news = FALSE;
}

/* Takes in what has come.  TRUE if that is a quit. */
static gboolean
receive_all (FxpLoop *self)
{
  FxpCommand *command;

  while ((command = fxp_handoff_receive (self->handoff, 0)) != NULL)
    accept (self, command);
  return self->quits;
}

/* In the midst of work: tells how far it is, and whether to give it up.  FxpInterruptFunc. */
static gboolean
look_up_cb (gpointer data)
{
  FxpLoop *self = data;
  gint64 now = g_get_monotonic_time ();

  if (receive_all (self))
    return TRUE;
  if (self->course != NULL && fxp_lookout_is_long (&self->course->lookout, now) &&
      now >= self->published + SHARE_INTERVAL_US)
    publish (self);
  return FALSE;
}

static void
obey (FxpLoop *self, FxpCommand *command)
{
  FxpCourse *course = self->course;

  switch (command->kind)
    {
    case FXP_COMMAND_RUN:
      fxp_course_run (course, command->epochs, command->steps);
      break;
    case FXP_COMMAND_PAUSE:
      fxp_course_pause (course);
      break;
    case FXP_COMMAND_STEP:
      fxp_course_take_steps (course, command->steps);
      break;
    case FXP_COMMAND_STEP_EPOCH:
      fxp_course_finish_epoch (course);
      break;
    case FXP_COMMAND_RESET:
      fxp_course_reset (course);
      break;
    case FXP_COMMAND_SET_SPEED:
      fxp_pace_set_limit (&course->pace, command->speed, g_get_monotonic_time ());
      break;
    case FXP_COMMAND_SET_EXPERIMENT:
      fxp_course_set_experiment (course, command->experiment, command->dataset);
      break;
    case FXP_COMMAND_RESTORE:
      fxp_course_restore (course, command->checkpoint);
      break;
    case FXP_COMMAND_CHECKPOINT:
      fxp_course_add_checkpoint (course);
      break;
    case FXP_COMMAND_GIVE_WAY:
      fxp_course_give_way (course);
      break;
    case FXP_COMMAND_SET_VIEW:
      fxp_course_set_view (course, command->view, command->field_size);
      break;
    case FXP_COMMAND_SET_SAMPLE:
      fxp_views_set_sample (&course->views, command->sample);
      break;
    case FXP_COMMAND_SKIP_TEST:
      fxp_course_skip_test (course);
      break;
    case FXP_COMMAND_SET_LOG_FILE:
      fxp_course_set_log_file (course, command->file);
      break;
    case FXP_COMMAND_QUIT:
    default:
      break;
    }
  /* Only now: what was told on the way did not obey it yet. */
  course->serial = command->serial;
  self->has_urgent_news = TRUE;
}

static void
obey_all (FxpLoop *self)
{
  while (!receive_all (self) && !g_queue_is_empty (&self->pending))
    {
      g_autoptr (FxpCommand) command = g_queue_pop_head (&self->pending);
      FxpCommand *next = g_queue_peek_head (&self->pending);

      if (next == NULL || !fxp_command_superseded (command, next))
        obey (self, command);
    }
}

static gboolean
is_running (const FxpLoop *self)
{
  return self->course->state == FXP_STATE_RUNNING;
}

/* What is due of the run, then pictures, then publishing. */
static void
work (FxpLoop *self)
{
  gint64 now = g_get_monotonic_time ();

  if (fxp_course_get_due (self->course) <= now)
    {
      fxp_course_advance (self->course);
      self->has_news = TRUE;
      self->has_urgent_news |= !is_running (self);
    }
  if (self->quits)
    return;
  self->has_news |= fxp_course_update_views (self->course, now);
  if (self->has_urgent_news || (self->has_news && now >= self->published + PUBLISH_INTERVAL_US))
    publish (self);
}

/* Until a command comes or something else is to be done. */
static void
wait_for_work (FxpLoop *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 until = fxp_course_get_due (self->course);
  FxpCommand *command;

  if (until <= now)
    return;
  until = MIN (until, fxp_views_get_due (&self->course->views, is_running (self)));
  if (self->has_news)
    until = MIN (until, self->published + PUBLISH_INTERVAL_US);
  if (until <= now)
    return;
  command = fxp_handoff_receive (self->handoff, until == G_MAXINT64 ? -1 : until - now);
  if (command != NULL)
    accept (self, command);
}

gpointer
fxp_loop_thread (gpointer loop)
{
  FxpLoop *self = loop;

  FXP_HANDOFF_RECEIVE (self);
  self->course =
    fxp_course_new (self->experiment, self->dataset, self->n_threads, look_up_cb, self);
  self->has_urgent_news = TRUE;
  while (!self->quits)
    {
      obey_all (self);
      if (!self->quits)
        work (self);
      if (!self->quits)
        wait_for_work (self);
    }
  fxp_course_end (self->course);
  publish (self);
  FXP_HANDOFF_SEND (self->handoff);
  loop_free (self);
  return NULL;
}
