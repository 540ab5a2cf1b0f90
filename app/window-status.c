/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "window-private.h"
#include "precision/matrix.h"
#include "precision/network-picture.h"
#include "precision/price-tag.h"
#include "run/outcome-view.h"

#include <glib/gi18n.h>

#define STATUS_INTERVAL_MS 100

static const char *
state_name (FxpState state)
{
  switch (state)
    {
    case FXP_STATE_RUNNING:
      return "running";
    case FXP_STATE_FINISHED:
      return "finished";
    case FXP_STATE_DIVERGED:
      return "diverged";
    case FXP_STATE_PAUSED:
    default:
      return "paused";
    }
}

/* For programs, so in no language. */
static char *
describe (FxaWindow *self)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);
  guint n_layers = fxp_experiment_get_n_weighted (fxu_session_get_experiment (self->session));
  const char *assigning = fxa_window_get_assigning (self);
  const char *converting = fxa_window_get_converting (self);
  gboolean is_assigned = fxu_theory_get_assignment (fxu_session_get_theory (self->session)) != NULL;
  char epoch[G_ASCII_DTOSTR_BUF_SIZE];
  gboolean loading;

  g_object_get (self->session, "loading", &loading, NULL);
  if (snapshot == NULL)
    return g_strdup_printf ("run=0 state=none step=0 epoch=0 serial=0 edit=%" G_GUINT64_FORMAT
                            " layers=%u marks=0 loading=%d assigning=%s assigned=%d converting=%s",
                            fxu_session_get_edit_serial (self->session),
                            n_layers,
                            loading,
                            assigning,
                            is_assigned,
                            converting);

  g_ascii_formatd (epoch, sizeof epoch, "%.6g", fxp_snapshot_get_epoch (snapshot));
  return g_strdup_printf ("run=%u state=%s step=%" G_GUINT64_FORMAT
                          " epoch=%s serial=%" G_GUINT64_FORMAT " edit=%" G_GUINT64_FORMAT
                          " layers=%u marks=%u loading=%d assigning=%s assigned=%d converting=%s"
                          " first-frame-ms=%u longest-pause-ms=%u",
                          fxp_snapshot_get_run (snapshot),
                          state_name (fxp_snapshot_get_state (snapshot)),
                          fxp_snapshot_get_step (snapshot),
                          epoch,
                          fxp_snapshot_get_serial (snapshot),
                          fxu_session_get_edit_serial (self->session),
                          n_layers,
                          fxu_chart_board_get_n_marks (FXU_CHART_BOARD (self->charts)),
                          loading,
                          assigning,
                          is_assigned,
                          converting,
                          fxa_pulse_get_first_frame_ms (self->pulse),
                          fxa_pulse_get_longest_pause_ms (self->pulse));
}

static void
matrix_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;

  g_simple_action_set_state (action,
                             g_variant_new_take_string (fxu_precision_matrix_describe (
                               FXU_PRECISION_MATRIX (self->matrix))));
}

static void
charts_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;

  g_simple_action_set_state (action,
                             g_variant_new_take_string (fxa_window_describe_charts (self)));
}

static void
outcome_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree char *text = fxu_outcome_view_describe (FXU_OUTCOME_VIEW (FXA_WINDOW (data)->outcome));

  g_simple_action_set_state (action, g_variant_new_string (text != NULL ? text : ""));
}

static void
network_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxuNetworkPicture *network = FXU_NETWORK_PICTURE (FXA_WINDOW (data)->network);

  g_simple_action_set_state (action,
                             g_variant_new_take_string (fxu_network_picture_describe (network)));
}

static void
price_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxuPriceTag *price = FXU_PRICE_TAG (FXA_WINDOW (data)->price);

  g_simple_action_set_state (action, g_variant_new_take_string (fxu_price_tag_describe (price)));
}

static void
set_pulse (GSimpleAction *action, GVariant *state, gpointer data)
{
  FxaWindow *self = data;

  fxa_pulse_watch (self->pulse, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static gboolean
status_cb (gpointer data)
{
  FxaWindow *self = data;

  self->status_id = 0;
  fxa_window_set_action_state (self, "status", g_variant_new_take_string (describe (self)));
  return G_SOURCE_REMOVE;
}

void
fxa_window_update_status_soon (FxaWindow *self)
{
  if (self->status_id == 0)
    self->status_id = g_timeout_add (STATUS_INTERVAL_MS, status_cb, self);
}

static void
experiment_cb (FxaWindow *self)
{
  g_autofree char *text = fxp_experiment_to_data (fxu_session_get_experiment (self->session));

  fxa_window_set_action_state (self, "experiment", g_variant_new_string (text));
  fxa_window_update_status_soon (self);
}

static void
checkpoint_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FxaWindow) self = data;
  g_autoptr (FxpCheckpoint) checkpoint = NULL;
  g_autoptr (GError) error = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  checkpoint = fxu_session_checkpoint_finish (self->session, result, &error);
  if (checkpoint != NULL)
    fxa_window_set_action_state (self,
                                 "fingerprint",
                                 g_variant_new_string (
                                   fxp_checkpoint_get_fingerprint (checkpoint)));
  else
    fxa_window_tell (self, GTK_MESSAGE_ERROR, error->message);
}

static void
fingerprint_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;

  g_simple_action_set_state (action, g_variant_new_string (""));
  fxu_session_checkpoint_async (self->session,
                                self->cancellable,
                                checkpoint_cb,
                                g_object_ref (self));
}

/* What only tells something does not let itself be changed from outside. */
static void
refuse_state (GSimpleAction *action, GVariant *state, gpointer data)
{
}

static const GActionEntry entries[] = {
  {.name = "status", .state = "''", .change_state = refuse_state},
  {.name = "experiment", .state = "''", .change_state = refuse_state},
  {.name = "message", .state = "''", .change_state = refuse_state},
  /* Told when activated, as telling takes a while. */
  {.name = "matrix", .state = "''", .activate = matrix_cb, .change_state = refuse_state},
  {.name = "charts", .state = "''", .activate = charts_cb, .change_state = refuse_state},
  {.name = "outcome", .state = "''", .activate = outcome_cb, .change_state = refuse_state},
  {.name = "network", .state = "''", .activate = network_cb, .change_state = refuse_state},
  {.name = "price", .state = "''", .activate = price_cb, .change_state = refuse_state},
  {.name = "pulse", .state = "false", .change_state = set_pulse},
  {.name = "fingerprint", .state = "''", .activate = fingerprint_cb, .change_state = refuse_state},
};

void
fxa_window_add_status (FxaWindow *self)
{
  static const char *const told_by[] = {"snapshot", "notify::loading", "notify::running"};

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (gsize i = 0; i < G_N_ELEMENTS (told_by); i++)
    g_signal_connect_object (self->session,
                             told_by[i],
                             G_CALLBACK (fxa_window_update_status_soon),
                             self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session,
                           "experiment-changed",
                           G_CALLBACK (experiment_cb),
                           self,
                           G_CONNECT_SWAPPED);
  experiment_cb (self);
}
