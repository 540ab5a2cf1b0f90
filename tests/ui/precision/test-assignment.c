/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "running-session.h"
#include "precision/assignment-table.h"
#include "precision/assignment-view.h"

typedef struct
{
  FxuSession *session;
  FxuTheory *theory; /* borrowed */
  GtkWidget *view;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->session = running_session_new ("spiral");
  fixture->theory = fxu_session_get_theory (fixture->session);
  fixture->view = fxu_assignment_view_new (fixture->session);
  fixture->window = display_show (fixture->view, 700, 320);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gboolean gone = FALSE;

  g_object_weak_ref (G_OBJECT (fixture->view), display_gone_cb, &gone);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  running_session_end (fixture->session);
  g_assert_true (gone);
}

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
press (Fixture *fixture, guint keyval)
{
  g_assert_true (display_press_key (find (fixture->view, FXU_TYPE_ASSIGNMENT_TABLE), keyval, 0));
}

static void
assign (Fixture *fixture)
{
  gint64 deadline_us = g_get_monotonic_time () + RUNNING_SESSION_DEADLINE_US;

  fxu_session_step (fixture->session, 400);
  running_session_wait_step (fixture->session, 400);
  fxu_theory_assign (fixture->theory, FXU_THEORY_FROM_RUN);
  while (fxu_theory_get_assignment (fixture->theory) == NULL)
    running_session_spin (deadline_us);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
check_says (Fixture *fixture, const char *part)
{
  g_autofree char *text = fxu_assignment_view_describe (FXU_ASSIGNMENT_VIEW (fixture->view));

  if (strstr (text, part) == NULL)
    g_test_fail_printf ("“%s” is not in:\n%s", part, text);
}

static void
test_says_why (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = fxu_assignment_view_describe (FXU_ASSIGNMENT_VIEW (fixture->view));

  g_assert_cmpstr (before, ==, "");
  assign (fixture);
  check_says (fixture, "bound");
  check_says (fixture, "from this run");
  check_says (fixture, "fc1 W: ");
  check_says (fixture, "fc3 W_acc: ");
  check_says (fixture, "EFQN – equalizing feedforward quantization noise");
  check_says (fixture, "E / Emin");
  check_says (fixture, "reconstructed");
  fxu_assignment_view_select (FXU_ASSIGNMENT_VIEW (fixture->view),
                              (FxpTensorId){1, FXP_ROLE_WEIGHT_GRAD});
  check_says (fixture, "RQB – relative quantization bias");
  check_says (fixture, "GC – gradient clipping");
}

static void
check_selected (Fixture *fixture, guint layer, FxpRole role)
{
  FxpTensorId id = fxu_assignment_view_get_selected (FXU_ASSIGNMENT_VIEW (fixture->view));

  g_assert_cmpuint (id.layer, ==, layer);
  g_assert_cmpuint (id.role, ==, role);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  const FxpTensorId id = {1, FXP_ROLE_ACTIVATION};
  g_autoptr (FxpExperiment) first =
    fxp_experiment_ref (fxu_session_get_experiment (fixture->session));
  g_autoptr (FxpExperiment) assigned = NULL;

  assign (fixture);
  press (fixture, GDK_KEY_Right);
  press (fixture, GDK_KEY_Down);
  check_selected (fixture, 1, FXP_ROLE_ACTIVATION);
  press (fixture, GDK_KEY_l);
  g_assert_true (fxu_theory_is_locked (fixture->theory, id));
  check_says (fixture, "locked");
  press (fixture, GDK_KEY_l);
  g_assert_false (fxu_theory_is_locked (fixture->theory, id));

  assigned = fxp_experiment_ref (
    fxp_assignment_get_experiment (fxu_theory_get_assignment (fixture->theory)));
  press (fixture, GDK_KEY_a);
  g_assert_true (fxp_quantizer_equal (fxp_experiment_get_quantizer (fxu_session_get_experiment (
                                                                      fixture->session),
                                                                    id),
                                      fxp_experiment_get_quantizer (assigned, id)));
  g_assert_false (fxp_experiment_equal (fxu_session_get_experiment (fixture->session), assigned));
  press (fixture, GDK_KEY_Return);
  g_assert_true (fxp_experiment_equal (fxu_session_get_experiment (fixture->session), assigned));
  fxu_session_undo (fixture->session);
  fxu_session_undo (fixture->session);
  g_assert_true (fxp_experiment_equal (fxu_session_get_experiment (fixture->session), first));
}

static void
test_follows (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  assign (fixture);
  g_assert_true (fxu_session_set_value (fixture->session, "training.momentum", "0.9"));
  check_says (fixture, "fc1 V: ");
  g_assert_true (fxu_session_set_value (fixture->session, "network.topology", "2-5-2"));
  text = fxu_assignment_view_describe (FXU_ASSIGNMENT_VIEW (fixture->view));
  g_assert_cmpstr (text, ==, "");
  fxu_assignment_view_select (FXU_ASSIGNMENT_VIEW (fixture->view),
                              (FxpTensorId){7, FXP_ROLE_WEIGHT});
  fxu_session_undo (fixture->session);
  check_says (fixture, "fc3 W: ");
}

#define TEST(name, function)                                                                       \
  g_test_add ("/assignment-view/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  if (!display_test_init (&argc, &argv))
    return 0;
  TEST ("says-why", test_says_why);
  TEST ("keys", test_keys);
  TEST ("follows", test_follows);
  return g_test_run ();
}
