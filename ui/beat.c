/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "beat.h"

#define BEAT_US ((gint64)FXU_BEAT_MS * 1000)

typedef struct
{
  guint id;
  gint64 due; /* number of the beat */
  GFunc function;
  gpointer data;
} Call;

/* Of the main thread. */
static GArray *calls; /* of Call, in order of asking */
static guint last_id;
static guint timer_id;
static gint64 sounding = -1; /* number of the beat that is now; -1 between them */

static void wait_for_next (void);

/* FALSE if nothing is due at this beat any more. */
static gboolean
take_due (Call *call)
{
  for (guint i = 0; i < calls->len; i++)
    if (g_array_index (calls, Call, i).due <= sounding)
      {
        *call = g_array_index (calls, Call, i);
        g_array_remove_index (calls, i);
        return TRUE;
      }
  return FALSE;
}

static gboolean
beat_cb (gpointer data)
{
  Call call;

  timer_id = 0;
  sounding = g_get_monotonic_time () / BEAT_US;
  while (take_due (&call))
    call.function (NULL, call.data);
  sounding = -1;
  wait_for_next ();
  return G_SOURCE_REMOVE;
}

static void
wait_for_next (void)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 next = G_MAXINT64;

  g_clear_handle_id (&timer_id, g_source_remove);
  for (guint i = 0; i < calls->len; i++)
    next = MIN (next, g_array_index (calls, Call, i).due);
  if (next == G_MAXINT64)
    return;
  timer_id = g_timeout_add ((guint)(MAX (next * BEAT_US - now_us, 0) / 1000) + 1, beat_cb, NULL);
}

guint
fxu_beat_add (guint n, GFunc function, gpointer data)
{
  gint64 now = g_get_monotonic_time () / BEAT_US;
  Call call;

  g_return_val_if_fail (n >= 1, 0);
  g_return_val_if_fail (function != NULL, 0);

  if (calls == NULL)
    calls = g_array_new (FALSE, FALSE, sizeof (Call));
  last_id = last_id == G_MAXUINT ? 1 : last_id + 1;
  call = (Call){last_id, (now / n + 1) * n, function, data};
  if (sounding >= 0 && n == 1)
    call.due = sounding;
  g_array_append_val (calls, call);
  if (sounding < 0)
    wait_for_next ();
  return call.id;
}

void
fxu_beat_remove (guint id)
{
  for (guint i = 0; calls != NULL && i < calls->len; i++)
    if (g_array_index (calls, Call, i).id == id)
      {
        g_array_remove_index (calls, i);
        return;
      }
}
