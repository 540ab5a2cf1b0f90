/* SPDX-License-Identifier: MIT */
/* Commands that assign precision, and what can be read of it. */
#include "config.h"

#include "window-private.h"
#include "precision/assignment-view.h"

#include <glib/gi18n.h>
#include <math.h>

static FxuTheory *
get_theory (FxaWindow *self)
{
  return fxu_session_get_theory (self->session);
}

static void
assign_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;
  const char *source = g_variant_get_string (parameter, NULL);

  if (g_str_equal (source, "run"))
    fxu_theory_assign (get_theory (self), FXU_THEORY_FROM_RUN);
  else if (g_str_equal (source, "baseline"))
    fxu_theory_assign (get_theory (self), FXU_THEORY_FROM_BASELINE);
  else
    fxa_window_tell (self, GTK_MESSAGE_ERROR, _ ("assign: expected run or baseline"));
}

static void
assign_cancel_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fxu_theory_cancel (get_theory (data));
}

static void
assign_apply_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;

  if (fxu_theory_get_assignment (get_theory (self)) != NULL)
    fxu_theory_apply (get_theory (self));
  else
    fxa_window_tell (self, GTK_MESSAGE_ERROR, _ ("assign-apply: nothing is assigned yet"));
}

/* A second time lets go. */
static void
lock_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  FxpTensorId id;
  const char *nick;
  FxpRole role;
  guint layer;

  g_variant_get (parameter, "(u&s)", &layer, &nick);
  if (fxp_role_parse (nick, &role, NULL) && layer < fxp_experiment_get_n_weighted (experiment))
    id = (FxpTensorId){(guint16)layer, (guint16)role};
  else
    id = (FxpTensorId){0, FXP_N_ROLES};
  if (id.role == FXP_N_ROLES || !fxp_experiment_has_tensor (experiment, id))
    {
      fxa_window_tell (self, GTK_MESSAGE_ERROR, _ ("lock: there is no such tensor"));
      return;
    }
  fxu_theory_set_locked (get_theory (self), id, !fxu_theory_is_locked (get_theory (self), id));
}

/* Numbers of the options, by the names that scripts give them. */
typedef enum
{
  NUMBER_REAL,
  NUMBER_COUNT,
  NUMBER_SWITCH,
} NumberKind;

static const struct
{
  const char *name;
  NumberKind kind;
  gsize offset;
} numbers[] = {
  {"c", NUMBER_REAL, G_STRUCT_OFFSET (FxpAssignmentOptions, smoothing)},
  {"k", NUMBER_REAL, G_STRUCT_OFFSET (FxpAssignmentOptions, gradient_range)},
  {"margin", NUMBER_REAL, G_STRUCT_OFFSET (FxpAssignmentOptions, gradient_margin)},
  {"fourth-root", NUMBER_SWITCH, G_STRUCT_OFFSET (FxpAssignmentOptions, fourth_root)},
  {"simplified", NUMBER_SWITCH, G_STRUCT_OFFSET (FxpAssignmentOptions, jacobian)},
  {"target", NUMBER_REAL, G_STRUCT_OFFSET (FxpAssignmentOptions, target)},
  {"extra-bits", NUMBER_COUNT, G_STRUCT_OFFSET (FxpAssignmentOptions, extra_bits)},
  {"bits-max", NUMBER_COUNT, G_STRUCT_OFFSET (FxpAssignmentOptions, bits_max)},
  {"floor", NUMBER_REAL, G_STRUCT_OFFSET (FxpAssignmentOptions, deviation_floor)},
  {"input-bits", NUMBER_COUNT, G_STRUCT_OFFSET (FxpAssignmentOptions, input_bits)},
  {"input-counts", NUMBER_SWITCH, G_STRUCT_OFFSET (FxpAssignmentOptions, input_counts)},
};

static gboolean
set_number (FxpAssignmentOptions *options, gsize i, const char *text)
{
  char *end;
  double value = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !isfinite (value))
    return FALSE;
  if (numbers[i].kind == NUMBER_REAL)
    {
      G_STRUCT_MEMBER (double, options, numbers[i].offset) = value;
      return TRUE;
    }
  if (value < 0.0 || value > (numbers[i].kind == NUMBER_SWITCH ? 1.0 : 1e6) ||
      value != floor (value))
    return FALSE;
  if (numbers[i].kind == NUMBER_SWITCH)
    G_STRUCT_MEMBER (gboolean, options, numbers[i].offset) = value != 0.0;
  else
    G_STRUCT_MEMBER (guint, options, numbers[i].offset) = (guint)value;
  return TRUE;
}

/* "target=0.005"; "variant=code" sets the constants that make it one, whatever they were. */
static gboolean
set_option (FxpAssignmentOptions *options, const char *word)
{
  g_auto (GStrv) parts = g_strsplit (word, "=", 2);
  FxpVariant variant;

  if (g_strv_length (parts) != 2)
    return FALSE;
  if (g_str_equal (parts[0], "variant"))
    {
      if (!fxp_variant_parse (parts[1], &variant, NULL))
        return FALSE;
      fxp_assignment_options_init (options, variant);
      return TRUE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (g_str_equal (parts[0], numbers[i].name))
      return set_number (options, i, parts[1]);
  return FALSE;
}

static void
assign_options_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;
  g_auto (GStrv) words = g_strsplit (g_variant_get_string (parameter, NULL), " ", -1);
  FxpAssignmentOptions options = *fxu_theory_get_options (get_theory (self));

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !set_option (&options, words[i]))
      {
        g_autofree char *message =
          g_strdup_printf (_ ("assign-options: “%s” is not one; expected NAME=VALUE such as "
                              "variant=code or target=0.005"),
                           words[i]);

        fxa_window_tell (self, GTK_MESSAGE_ERROR, message);
        return;
      }
  fxu_theory_set_options (get_theory (self), &options);
}

static void
assignment_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxuAssignmentView *view = FXU_ASSIGNMENT_VIEW (FXA_WINDOW (data)->assignment);

  g_simple_action_set_state (action,
                             g_variant_new_take_string (fxu_assignment_view_describe (view)));
}

static void
refuse_state (GSimpleAction *action, GVariant *state, gpointer data)
{
}

const char *
fxa_window_get_assigning (FxaWindow *self)
{
  switch (fxu_theory_get_activity (get_theory (self), NULL))
    {
    case FXU_THEORY_BASELINE:
      return "baseline";
    case FXU_THEORY_GAINS:
      return "gains";
    case FXU_THEORY_IDLE:
    default:
      return "no";
    }
}

static const GActionEntry entries[] = {
  {.name = "assign", .parameter_type = "s", .activate = assign_cb},
  {.name = "assign-cancel", .activate = assign_cancel_cb},
  {.name = "assign-apply", .activate = assign_apply_cb},
  {.name = "assign-options", .parameter_type = "s", .activate = assign_options_cb},
  {.name = "lock", .parameter_type = "(us)", .activate = lock_cb},
  {.name = "assignment", .state = "''", .activate = assignment_cb, .change_state = refuse_state},
};

void
fxa_window_add_theory_actions (FxaWindow *self)
{
  static const char *const told_by[] = {"changed", "progress"};

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (gsize i = 0; i < G_N_ELEMENTS (told_by); i++)
    g_signal_connect_object (get_theory (self),
                             told_by[i],
                             G_CALLBACK (fxa_window_update_status_soon),
                             self,
                             G_CONNECT_SWAPPED);
}
