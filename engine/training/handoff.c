/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/handoff-private.h"
#include "training/snapshot-private.h"

static gboolean
wake_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  /* First of all: a publish after this line wakes us again. */
  g_source_set_ready_time (source, -1);
  return callback (data);
}

static GSourceFuncs wake_funcs = {.dispatch = wake_dispatch};

void
fxp_handoff_init (FxpHandoff *self, GSourceFunc deliver, gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->commands = g_async_queue_new_full ((GDestroyNotify)fxp_command_free);
  self->latest = NULL;
  self->wake = g_source_new (&wake_funcs, sizeof (GSource));
  g_source_set_static_name (self->wake, "fxp-trainer snapshot");
  /* Below input and drawing: a picture that is late shows more, not less. */
  g_source_set_priority (self->wake, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_callback (self->wake, deliver, data, NULL);
  g_source_attach (self->wake, context);
}

void
fxp_handoff_close (FxpHandoff *self)
{
  g_source_destroy (self->wake);
}

void
fxp_handoff_clear (FxpHandoff *self)
{
  FxpSnapshot *left = fxp_handoff_take (self);

  g_clear_pointer (&left, fxp_snapshot_unref);
  g_clear_pointer (&self->wake, g_source_unref);
  g_clear_pointer (&self->commands, g_async_queue_unref);
}

void
fxp_handoff_send (FxpHandoff *self, FxpCommand *command)
{
  FXP_HANDOFF_SEND (command);
  g_async_queue_push (self->commands, command);
}

FxpCommand *
fxp_handoff_receive (FxpHandoff *self, gint64 wait_us)
{
  FxpCommand *command;

  if (wait_us == 0)
    command = g_async_queue_try_pop (self->commands);
  else if (wait_us < 0)
    command = g_async_queue_pop (self->commands);
  else
    command = g_async_queue_timeout_pop (self->commands, wait_us);
  if (command != NULL)
    FXP_HANDOFF_RECEIVE (command);
  return command;
}

void
fxp_handoff_publish (FxpHandoff *self, FxpSnapshot *snapshot)
{
  FxpSnapshot *unread = g_atomic_pointer_exchange (&self->latest, NULL);

  if (unread != NULL)
    fxp_snapshot_absorb (snapshot, unread);
  /* Only this thread puts something there, so the place is still empty. */
  g_atomic_pointer_exchange (&self->latest, snapshot);
  g_source_set_ready_time (self->wake, 0);
}

FxpSnapshot *
fxp_handoff_take (FxpHandoff *self)
{
  return g_atomic_pointer_exchange (&self->latest, NULL);
}
