/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "interruption.h"

#include <glib-unix.h>
#include <signal.h>

static const int numbers[FXA_N_SIGNALS] = {SIGINT, SIGTERM, SIGHUP};

struct _FxaInterruption
{
  GCancellable *cancellable; /* owned, as all */
  GMainLoop *loop;
  GThread *thread; /* waits for signals, as the one at work cannot */
  GSource *sources[FXA_N_SIGNALS];
};

void
fxa_signals_catch (GSource *sources[FXA_N_SIGNALS],
                   GMainContext *context,
                   GSourceFunc func,
                   gpointer data)
{
  for (gsize i = 0; i < FXA_N_SIGNALS; i++)
    {
      struct sigaction action;

      sources[i] = NULL;
      /* As under nohup, or in the background of a script. */
      if (sigaction (numbers[i], NULL, &action) == 0 && action.sa_handler == SIG_IGN)
        continue;
      sources[i] = g_unix_signal_source_new (numbers[i]);
      g_source_set_callback (sources[i], func, data, NULL);
      g_source_attach (sources[i], context);
    }
}

void
fxa_signals_release (GSource *sources[FXA_N_SIGNALS])
{
  for (gsize i = 0; i < FXA_N_SIGNALS; i++)
    if (sources[i] != NULL)
      {
        g_source_destroy (sources[i]);
        g_clear_pointer (&sources[i], g_source_unref);
      }
}

void
fxa_signals_raise (void)
{
  signal (SIGINT, SIG_DFL);
  raise (SIGINT);
}

static gboolean
signal_cb (gpointer data)
{
  FxaInterruption *self = data;

  if (g_cancellable_is_cancelled (self->cancellable))
    fxa_signals_raise ();
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_CONTINUE;
}

static gpointer
run (gpointer loop)
{
  g_main_loop_run (loop);
  return NULL;
}

FxaInterruption *
fxa_interruption_new (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  FxaInterruption *self = g_new0 (FxaInterruption, 1);

  self->cancellable = g_cancellable_new ();
  self->loop = g_main_loop_new (context, FALSE);
  fxa_signals_catch (self->sources, context, signal_cb, self);
  self->thread = g_thread_new ("signals", run, self->loop);
  return self;
}

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
fxa_interruption_free (FxaInterruption *self)
{
  /* Told from within, so that a loop that has not begun yet is not missed. */
  g_autoptr (GSource) idle = g_idle_source_new ();

  if (self == NULL)
    return;
  g_source_set_callback (idle, quit_cb, self->loop, NULL);
  g_source_attach (idle, g_main_loop_get_context (self->loop));
  g_thread_join (self->thread);
  fxa_signals_release (self->sources);
  g_main_loop_unref (self->loop);
  g_object_unref (self->cancellable);
  g_free (self);
}

GCancellable *
fxa_interruption_get_cancellable (const FxaInterruption *self)
{
  return self->cancellable;
}
