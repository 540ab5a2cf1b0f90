/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "running-session.h"
#include "plot/histogram.h"
#include "precision/control-row.h"
#include "precision/inspector.h"
#include "precision/register-view.h"

typedef struct
{
  FxuSession *session;
  GtkWidget *inspector;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->session = running_session_new ("spiral");
  fxu_session_step (fixture->session, 100);
  running_session_wait_step (fixture->session, 100);
  fixture->inspector = fxu_inspector_new (fixture->session);
  fixture->window = display_show (fixture->inspector, 480, 360);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gboolean gone = FALSE;

  g_object_weak_ref (G_OBJECT (fixture->inspector), display_gone_cb, &gone);
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

static const FxpQuantizer *
quantizer_of (Fixture *fixture, guint layer, FxpRole role)
{
  FxpTensorId id = {(guint16)layer, (guint16)role};

  return fxp_experiment_get_quantizer (fxu_session_get_experiment (fixture->session), id);
}

/* Every cell can be shown, the sum register too. */
static void
test_show (Fixture *fixture, gconstpointer data)
{
  gtk_test_accessible_assert_role (fixture->inspector, GTK_ACCESSIBLE_ROLE_GROUP);
  for (guint layer = 0; layer < 3; layer++)
    for (guint role = 0; role <= FXP_N_ROLES; role++)
      {
        fxu_inspector_show (FXU_INSPECTOR (fixture->inspector), layer, role);
        gtk_test_widget_wait_for_draw (fixture->window);
      }
  gtk_test_accessible_assert_role (find (fixture->inspector, FXU_TYPE_REGISTER_VIEW),
                                   GTK_ACCESSIBLE_ROLE_METER);
}

/* A drag in the histogram is one edit. */
static void
test_drag (Fixture *fixture, gconstpointer data)
{
  GtkWidget *histogram = find (fixture->inspector, FXU_TYPE_HISTOGRAM);
  FxpQuantizer quantizer = *quantizer_of (fixture, 1, FXP_ROLE_WEIGHT_GRAD);
  gboolean can_undo;

  fxu_inspector_show (FXU_INSPECTOR (fixture->inspector), 1, FXP_ROLE_WEIGHT_GRAD);
  for (int i = 0; i < 4; i++)
    {
      quantizer.format.word_bits--;
      quantizer.format.frac_bits--;
      g_signal_emit_by_name (histogram, "format-edited", &quantizer, i == 3);
    }
  g_assert_cmpuint (quantizer_of (fixture, 1, FXP_ROLE_WEIGHT_GRAD)->format.word_bits, ==, 8);
  fxu_session_undo (fixture->session);
  g_assert_cmpuint (quantizer_of (fixture, 1, FXP_ROLE_WEIGHT_GRAD)->format.word_bits, ==, 12);
  g_object_get (fixture->session, "can-undo", &can_undo, NULL);
  g_assert_false (can_undo);
}

/* A smaller network while a layer is shown that it does not have. */
static void
test_fewer_layers (Fixture *fixture, gconstpointer data)
{
  fxu_inspector_show (FXU_INSPECTOR (fixture->inspector), 2, FXP_ROLE_WEIGHT);
  g_assert_true (fxu_session_set_value (fixture->session, "network.topology", "2-4-2"));
  running_session_wait_step (fixture->session, 0);
  gtk_test_widget_wait_for_draw (fixture->window);
}

/* Choices stay readable: two in a line where four would be cut off, all under captions elsewhere.
 */
static void
test_fold (void)
{
  GtkWidget *row = g_object_ref_sink (fxu_control_row_new ());
  int width, narrow, wide, baseline;

  for (guint i = 0; i < 4; i++)
    fxu_control_row_append (FXU_CONTROL_ROW (row),
                            "Rounding",
                            gtk_button_new_with_label ("nearest-even"));
  gtk_widget_measure (row, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, width, &wide, NULL, NULL, &baseline);
  gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, width - 1, &narrow, NULL, NULL, &baseline);
  g_assert_cmpint (narrow, >, wide);
  gtk_widget_allocate (row, width, wide, -1, NULL);
  g_assert_false (fxu_control_row_get_folded (FXU_CONTROL_ROW (row)));
  gtk_widget_allocate (row, width - 1, narrow, -1, NULL);
  g_assert_true (fxu_control_row_get_folded (FXU_CONTROL_ROW (row)));
  for (GtkWidget *child = gtk_widget_get_first_child (row); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      graphene_rect_t bounds;

      if (!GTK_IS_BUTTON (child))
        continue;
      g_assert_cmpstr (gtk_widget_get_tooltip_text (child), ==, "Rounding");
      g_assert_true (gtk_widget_compute_bounds (child, row, &bounds));
      g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=, narrow);
      g_assert_cmpfloat (bounds.size.width, >=, (width - 1 - 6) / 2);
    }
  g_object_unref (row);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  if (!display_test_init (&argc, &argv))
    return 0;

  ADD ("/precision/inspector/show", test_show);
  ADD ("/precision/inspector/drag", test_drag);
  ADD ("/precision/inspector/fewer-layers", test_fewer_layers);
  g_test_add_func ("/precision/control-row/fold", test_fold);
  return g_test_run ();
}
