/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "window-private.h"
#include "shortcuts.h"
#include "precision/matrix.h"

#include <glib/gi18n.h>
#include <math.h>

void
fxa_window_set_action_state (FxaWindow *self, const char *name, GVariant *state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), state);
}

static void
set_running (GSimpleAction *action, GVariant *state, gpointer data)
{
  FxaWindow *self = data;

  /* The state follows from the session, which may also stop by itself. */
  g_object_set (self->session, "running", g_variant_get_boolean (state), NULL);
}

static void
running_cb (FxaWindow *self)
{
  gboolean running;

  g_object_get (self->session, "running", &running, NULL);
  fxa_window_set_action_state (self, "run", g_variant_new_boolean (running));
}

static void
set_speed (GSimpleAction *action, GVariant *state, gpointer data)
{
  FxaWindow *self = data;
  double speed = g_variant_get_double (state);

  if (isfinite (speed) && speed >= 0.0)
    g_object_set (self->session, "speed", speed, NULL);
  else
    fxa_window_tell (self,
                     GTK_MESSAGE_ERROR,
                     _ ("speed: not a number of steps a second; expected 0 or more"));
}

static void
speed_cb (FxaWindow *self)
{
  double speed;

  g_object_get (self->session, "speed", &speed, NULL);
  fxa_window_set_action_state (self, "speed", g_variant_new_double (speed));
}

static void
step_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fxu_session_step (FXA_WINDOW (data)->session, 1);
}

static void
epoch_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fxu_session_step_epoch (FXA_WINDOW (data)->session);
}

static void
reset_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fxu_session_reset (FXA_WINDOW (data)->session);
}

static void
new_seed_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fxu_session_new_seed (FXA_WINDOW (data)->session);
}

static void
undo_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fxu_session_undo (FXA_WINDOW (data)->session);
}

static void
redo_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fxu_session_redo (FXA_WINDOW (data)->session);
}

static void
set_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *key, *value;

  g_variant_get (parameter, "(&s&s)", &key, &value);
  fxu_session_set_value (FXA_WINDOW (data)->session, key, value);
}

static void
all_bits_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;
  guint bits = g_variant_get_uint32 (parameter);

  if (bits >= 2 && bits <= FXP_WORD_BITS_MAX)
    {
      fxu_session_set_all_bits (self->session, bits);
      return;
    }
  fxa_window_tell (self, GTK_MESSAGE_ERROR, _ ("all-bits: expected a whole number in 2..32"));
}

static void
preset_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) preset =
    fxp_preset_load (g_variant_get_string (parameter, NULL), &error);

  if (preset != NULL)
    fxu_session_set_experiment (self->session, preset);
  else
    fxa_window_tell (self, GTK_MESSAGE_ERROR, error->message);
}

static void
select_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;
  guint layer, role;

  g_variant_get (parameter, "(uu)", &layer, &role);
  if (!fxu_precision_matrix_select (FXU_PRECISION_MATRIX (self->matrix), layer, role))
    fxa_window_tell (self, GTK_MESSAGE_ERROR, _ ("select: there is no such cell"));
}

static void
set_color_scheme (GSimpleAction *action, GVariant *state, gpointer data)
{
  FxaWindow *self = data;

  if (fxa_preferences_set_color_scheme (self->preferences, g_variant_get_string (state, NULL)))
    g_simple_action_set_state (action, state);
}

static void
set_show_setup (GSimpleAction *action, GVariant *state, gpointer data)
{
  gtk_widget_set_visible (FXA_WINDOW (data)->setup, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
set_show_outcome (GSimpleAction *action, GVariant *state, gpointer data)
{
  fxa_window_show_outcome (data, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
skip_test_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fxu_session_skip_test (FXA_WINDOW (data)->session);
}

static void
cancel_loading_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fxu_session_cancel_loading (FXA_WINDOW (data)->session);
}

static void
help_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *help = fxa_shortcuts_make_window ();

  gtk_window_set_transient_for (help, data);
  gtk_window_present (help);
}

static void
dismiss_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fxa_window_dismiss (data);
}

static void
close_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_close (data);
}

static const GActionEntry entries[] = {
  {.name = "run", .state = "false", .change_state = set_running},
  {.name = "speed", .parameter_type = "d", .state = "0.0", .change_state = set_speed},
  {.name = "step", .activate = step_cb},
  {.name = "epoch", .activate = epoch_cb},
  {.name = "reset", .activate = reset_cb},
  {.name = "new-seed", .activate = new_seed_cb},
  {.name = "skip-test", .activate = skip_test_cb},
  {.name = "cancel-loading", .activate = cancel_loading_cb},
  {.name = "undo", .activate = undo_cb},
  {.name = "redo", .activate = redo_cb},
  {.name = "set", .parameter_type = "(ss)", .activate = set_cb},
  {.name = "all-bits", .parameter_type = "u", .activate = all_bits_cb},
  {.name = "preset", .parameter_type = "s", .activate = preset_cb},
  {.name = "select", .parameter_type = "(uu)", .activate = select_cb},
  {.name = "color-scheme",
   .parameter_type = "s",
   .state = "'system'",
   .change_state = set_color_scheme},
  {.name = "show-setup", .state = "true", .change_state = set_show_setup},
  {.name = "show-outcome", .state = "true", .change_state = set_show_outcome},
  {.name = "help", .activate = help_cb},
  {.name = "dismiss", .activate = dismiss_cb},
  {.name = "close", .activate = close_cb},
};

static void
bind_enabled (FxaWindow *self, const char *property, const char *name)
{
  g_object_bind_property (self->session,
                          property,
                          g_action_map_lookup_action (G_ACTION_MAP (self), name),
                          "enabled",
                          G_BINDING_SYNC_CREATE);
}

static void
color_scheme_cb (FxaWindow *self)
{
  const char *name = fxa_preferences_get_color_scheme (self->preferences);

  fxa_window_set_action_state (self, "color-scheme", g_variant_new_string (name));
}

void
fxa_window_add_actions (FxaWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  bind_enabled (self, "can-undo", "undo");
  bind_enabled (self, "can-redo", "redo");
  g_signal_connect_object (self->session,
                           "notify::running",
                           G_CALLBACK (running_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session,
                           "notify::speed",
                           G_CALLBACK (speed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->preferences,
                           "notify::color-scheme",
                           G_CALLBACK (color_scheme_cb),
                           self,
                           G_CONNECT_SWAPPED);
  running_cb (self);
  speed_cb (self);
  color_scheme_cb (self);
}
