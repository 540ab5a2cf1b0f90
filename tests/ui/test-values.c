/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "running-session.h"
#include "value-choice.h"
#include "value-entry.h"

static GtkWidget *
find (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_entry (void)
{
  FxuSession *session = running_session_new ("spiral");
  GtkWidget *widget = fxu_value_entry_new (session, "network.topology", "Network topology", NULL);
  GtkWidget *window = display_show (widget, 300, 60);
  FxuValueEntry *entry = FXU_VALUE_ENTRY (widget);
  GtkWidget *inner = find (widget, GTK_TYPE_ENTRY);

  gtk_test_accessible_assert_role (widget, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_property (inner, GTK_ACCESSIBLE_PROPERTY_LABEL, "Network topology");
  g_assert_cmpstr (fxu_value_entry_get_text (entry), ==, "2-8-8-2");

  /* Refused: it stays as typed, says why, and an edit elsewhere does not overwrite it. */
  g_assert_false (fxu_value_entry_submit (entry, "3-8-2"));
  g_assert_nonnull (fxu_value_entry_get_error (entry));
  gtk_test_accessible_assert_state (inner,
                                    GTK_ACCESSIBLE_STATE_INVALID,
                                    GTK_ACCESSIBLE_INVALID_TRUE);
  g_assert_true (fxu_session_set_value (session, "training.rate", "0.05"));
  g_assert_cmpstr (fxu_value_entry_get_text (entry), ==, "3-8-2");

  g_assert_true (fxu_value_entry_submit (entry, " 2-6-2 "));
  g_assert_null (fxu_value_entry_get_error (entry));
  g_assert_cmpstr (fxu_value_entry_get_text (entry), ==, "2-6-2");
  fxu_session_undo (session);
  g_assert_cmpstr (fxu_value_entry_get_text (entry), ==, "2-8-8-2");

  /* Escape takes back what was typed. */
  gtk_editable_set_text (GTK_EDITABLE (inner), "7");
  g_assert_true (display_press_key (inner, GDK_KEY_Escape, 0));
  g_assert_cmpstr (fxu_value_entry_get_text (entry), ==, "2-8-8-2");

  fxu_value_entry_set_key (entry, "precision.1.weight.format");
  g_assert_cmpstr (fxu_value_entry_get_text (entry), ==, "Q2.9");
  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

static void
test_choice (void)
{
  static const char *const choices[] = {"nearest-even", "floor", "stochastic", NULL};
  FxuSession *session = running_session_new ("spiral");
  GtkWidget *choice = fxu_value_choice_new (session, "precision.*.*.rounding", "Rounding", choices);
  GtkWidget *window = display_show (choice, 300, 60);
  GtkDropDown *drop_down = GTK_DROP_DOWN (find (choice, GTK_TYPE_DROP_DOWN));
  g_autofree char *value = NULL;

  g_assert_cmpuint (gtk_drop_down_get_selected (drop_down), ==, 0);
  gtk_drop_down_set_selected (drop_down, 2);
  value = fxp_experiment_get_value (fxu_session_get_experiment (session), "precision.*.*.rounding");
  g_assert_cmpstr (value, ==, "stochastic");

  /* Cells that differ show as mixed, and mixed is no choice to keep. */
  g_assert_true (fxu_session_set_value (session, "precision.2.weight.rounding", "floor"));
  g_assert_cmpuint (gtk_drop_down_get_selected (drop_down), ==, 3);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (drop_down)), ==, 4);
  fxu_session_undo (session);
  g_assert_cmpuint (gtk_drop_down_get_selected (drop_down), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (drop_down)), ==, 3);
  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

int
main (int argc, char *argv[])
{
  if (!display_test_init (&argc, &argv))
    return 0;

  g_test_add_func ("/values/entry", test_entry);
  g_test_add_func ("/values/choice", test_choice);
  return g_test_run ();
}
