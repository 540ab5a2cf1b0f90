/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "window-private.h"
#include "choice-switch.h"
#include "run/theory-board.h"
#include "run/trials-view.h"

#include <glib/gi18n.h>

/* The pane of charts: those of the run, those of theory against measurement, and trials. */

static const FxaChoice choices[] = {
  {"all", N_ ("All charts")},
  {"loss", N_ ("Loss")},
  {"accuracy", N_ ("Accuracy")},
  {"sqnr", N_ ("SQNR")},
  {"bits", N_ ("Bits")},
  /* translators: chart of the exponents of dynamic fixed point */
  {"exponents", N_ ("Exponents")},
  /* translators: charts of quantization noise, predicted and measured */
  {"noise", N_ ("Noise")},
  {"criteria", N_ ("Criteria")},
  {"trials", N_ ("Trials")},
};

GtkWidget *
fxa_window_make_charts (FxaWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  self->charts = fxu_chart_board_new (self->session);
  self->theory = fxu_theory_board_new (self->session);
  self->trials = fxu_trials_view_new (self->session);
  self->boards = gtk_stack_new ();
  /* What is not shown need not fit. */
  gtk_stack_set_hhomogeneous (GTK_STACK (self->boards), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->boards), FALSE);
  gtk_stack_add_child (GTK_STACK (self->boards), self->charts);
  gtk_stack_add_child (GTK_STACK (self->boards), self->theory);
  gtk_stack_add_child (GTK_STACK (self->boards), self->trials);
  gtk_widget_set_vexpand (self->boards, TRUE);
  gtk_box_append (GTK_BOX (box),
                  fxa_choice_switch_new ("win.chart", choices, G_N_ELEMENTS (choices)));
  gtk_box_append (GTK_BOX (box), self->boards);
  return box;
}

void
fxa_window_select_charts (FxaWindow *self, FxuSpan span, guint layer, FxpRole role)
{
  fxu_chart_board_select (FXU_CHART_BOARD (self->charts), span, layer, role);
  fxu_theory_board_select (FXU_THEORY_BOARD (self->theory), span, layer, role);
}

char *
fxa_window_describe_charts (FxaWindow *self)
{
  g_autofree char *run = fxu_chart_board_describe (FXU_CHART_BOARD (self->charts));
  g_autofree char *theory = fxu_theory_board_describe (FXU_THEORY_BOARD (self->theory));
  g_autofree char *trials = fxu_trials_view_describe (FXU_TRIALS_VIEW (self->trials));

  return g_strconcat (run, theory, trials, NULL);
}

static void
set_chart (GSimpleAction *action, GVariant *state, gpointer data)
{
  FxaWindow *self = data;
  const char *name = g_variant_get_string (state, NULL);
  GtkWidget *board;

  if (g_str_equal (name, "trials"))
    board = self->trials;
  else if (fxu_chart_board_show (FXU_CHART_BOARD (self->charts), name))
    board = self->charts;
  else if (fxu_theory_board_show (FXU_THEORY_BOARD (self->theory), name))
    board = self->theory;
  else
    return;
  gtk_stack_set_visible_child (GTK_STACK (self->boards), board);
  g_simple_action_set_state (action, state);
}

static void
trials_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;

  fxu_trials_view_start (FXU_TRIALS_VIEW (self->trials), g_variant_get_string (parameter, NULL));
}

void
fxa_window_add_chart_actions (FxaWindow *self)
{
  const GActionEntry entries[] = {
    {.name = "chart", .parameter_type = "s", .state = "'all'", .change_state = set_chart},
    {.name = "trials", .parameter_type = "s", .activate = trials_cb},
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
