/* SPDX-License-Identifier: MIT */
/* The conversion page over a session with a network. */
#include "config.h"

#include "convert/convert-text.h"
#include "convert/convert-view.h"
#include "display.h"
#include "running-session.h"

#define DEADLINE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  FxuSession *session;
  FxuConversion *conversion; /* borrowed from the session */
  GtkWidget *view, *window;
} Fixture;

static gboolean
shows (Fixture *fixture, const char *part)
{
  g_autofree char *text = fxu_convert_view_describe (FXU_CONVERT_VIEW (fixture->view));

  return strstr (text, part) != NULL;
}

static void
wait_shown (Fixture *fixture, const char *part)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

  while (!shows (fixture, part))
    running_session_spin (deadline_us);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->session = running_session_new ("digits-conv");
  fixture->conversion = fxu_session_get_conversion (fixture->session);
  fixture->view = fxu_convert_view_new (fixture->session);
  fixture->window = display_show (fixture->view, 800, 600);
  wait_shown (fixture, "conv2, output 1, cluster 1 of 2: 36 weights");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gboolean is_gone = FALSE;

  g_object_weak_ref (G_OBJECT (fixture->view), display_gone_cb, &is_gone);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_assert_true (is_gone);
  running_session_end (fixture->session);
}

/* The @n-th widget of @type below @parent, in order of their place. */
static GtkWidget *
find (GtkWidget *parent, GType type, guint *n)
{
  for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found;

      if (G_TYPE_CHECK_INSTANCE_TYPE (child, type) && (*n)-- == 0)
        return child;
      found = find (child, type, n);
      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
get_widget (Fixture *fixture, GType type, guint n)
{
  GtkWidget *found = find (fixture->view, type, &n);

  g_assert_nonnull (found);
  return found;
}

/* The run is looked at when the page is in front, not before. */
static void
test_takes_the_run_when_seen (Fixture *fixture, gconstpointer data)
{
  g_assert_nonnull (fxu_conversion_get_trained (fixture->conversion));
  g_assert_true (shows (fixture, "float: –"));
  g_assert_true (shows (fixture, "Integer engine: not certified yet"));
  g_assert_true (shows (fixture, "Without batch normalization"));
  g_assert_true (shows (fixture, "conv1: bits 8, N –"));
}

static void
test_choices_change_options (Fixture *fixture, gconstpointer data)
{
  GtkWidget *method = get_widget (fixture, GTK_TYPE_DROP_DOWN, 0);
  GtkWidget *slider = get_widget (fixture, GTK_TYPE_SCALE, 0);

  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (method)), ==, FXP_CLUSTER_OPTIMAL);
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (slider)), ==, 2.0);
  gtk_range_set_value (GTK_RANGE (slider), 3.0);
  g_assert_cmpuint (fxu_conversion_get_options (fixture->conversion)->clusters.size, ==, 8);
  wait_shown (fixture, "conv2, output 1, cluster 1 of 1: 72 weights");

  gtk_drop_down_set_selected (GTK_DROP_DOWN (method), FXP_CLUSTER_LINEAR);
  g_assert_cmpint (fxu_conversion_get_options (fixture->conversion)->clusters.method,
                   ==,
                   FXP_CLUSTER_LINEAR);
  g_assert_cmpuint (fxu_conversion_get_options (fixture->conversion)->clusters.bits, ==, 4);
  wait_shown (fixture, "conv2: bits 4 (");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (method), FXP_CLUSTER_TWN);
  g_assert_cmpuint (fxu_conversion_get_options (fixture->conversion)->clusters.bits, ==, 2);
  g_assert_false (gtk_widget_get_sensitive (get_widget (fixture, GTK_TYPE_BUTTON, 0)) &&
                  fxu_conversion_explain (fixture->conversion, FXU_JOB_CONVERT) != NULL);
}

static void
test_rows_choose_layers (Fixture *fixture, gconstpointer data)
{
  GtkListBox *list = GTK_LIST_BOX (get_widget (fixture, GTK_TYPE_LIST_BOX, 0));

  gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, 0));
  wait_shown (fixture, "conv1, output 1: its part of one cluster, 9 weights");
  fxu_convert_view_select (FXU_CONVERT_VIEW (fixture->view), 1, 99, 99);
  g_assert_true (shows (fixture, "conv2, output 8, cluster 2 of 2"));
  g_assert_cmpint (gtk_list_box_row_get_index (gtk_list_box_get_selected_row (list)), ==, 1);
}

static void
test_words_of_scores (Fixture *fixture, gconstpointer data)
{
  const FxuScore whole = {10000, 9000, 10000}, part = {400, 360, 10000}, none = {0};
  g_autofree char *share = fxu_convert_text_share (&whole);
  g_autofree char *images = fxu_convert_text_images (&part);
  g_autofree char *nothing = fxu_convert_text_share (&none);

  g_assert_cmpstr (share, ==, "90.0 %");
  g_assert_nonnull (strstr (images, "400 of 10"));
  g_assert_nonnull (strstr (images, "±1.5 %"));
  g_assert_cmpstr (nothing, ==, "–");
}

static GtkWidget *
find_badge (GtkWidget *parent)
{
  for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = gtk_widget_has_css_class (child, "badge") ? child : find_badge (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
wait_idle (Fixture *fixture)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

  while (fxu_conversion_get_activity (fixture->conversion, NULL, NULL) != FXU_ACTIVITY_IDLE)
    running_session_spin (deadline_us);
}

/* Cancels in the midst, between the first images and the last. */
static void
stop_half_way_cb (FxuConversion *conversion)
{
  guint64 n_images;
  guint64 n = fxu_conversion_get_certificate (conversion, NULL, NULL).n;

  fxu_conversion_get_certificate_state (conversion, &n_images);
  if (n > 0 && n < n_images)
    fxu_conversion_cancel (conversion);
}

/* A part of the images is no certificate, and does not look like one. */
static void
test_stopped_is_not_certified (Fixture *fixture, gconstpointer data)
{
  GtkWidget *badge = find_badge (fixture->view);
  g_autofree char *stopped = NULL;
  gulong handler;

  /* Slow enough that there is a midst. */
  g_assert_true (fxu_session_set_value (fixture->session, "network.topology", "48C3P-48C3P-10"));
  wait_shown (fixture, "conv2, output 1, cluster 1 of 12: 36 weights");
  fxu_conversion_set_n_images (fixture->conversion, 300);
  fxu_conversion_start (fixture->conversion, FXU_JOB_CONVERT);
  wait_idle (fixture);
  handler = g_signal_connect (fixture->conversion, "progress", G_CALLBACK (stop_half_way_cb), NULL);
  fxu_conversion_start (fixture->conversion, FXU_JOB_CERTIFY);
  wait_idle (fixture);
  g_signal_handler_disconnect (fixture->conversion, handler);
  g_assert_cmpint (fxu_conversion_get_certificate_state (fixture->conversion, NULL),
                   ==,
                   FXU_CERTIFICATE_STOPPED);
  stopped = g_strdup_printf ("Integer engine: %" G_GUINT64_FORMAT
                             " of 300 images bit for bit so far, stopped (converted)",
                             fxu_conversion_get_certificate (fixture->conversion, NULL, NULL).n);
  g_assert_true (shows (fixture, stopped));
  g_assert_true (gtk_widget_has_css_class (badge, "stopped"));
  g_assert_false (gtk_widget_has_css_class (badge, "agrees"));

  fxu_conversion_start (fixture->conversion, FXU_JOB_CERTIFY);
  wait_idle (fixture);
  g_assert_true (shows (fixture, "Integer engine: 300 of 300 images bit for bit (converted)"));
  g_assert_false (gtk_widget_has_css_class (badge, "stopped"));
  g_assert_true (gtk_widget_has_css_class (badge, "agrees"));
}

/* The first entry that is none of a spin button: the rate's. */
static GtkWidget *
get_rate_entry (Fixture *fixture)
{
  GtkWidget *menu = get_widget (fixture, GTK_TYPE_MENU_BUTTON, 0);
  guint n = 0;
  GtkWidget *entry =
    find (GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (menu))), GTK_TYPE_ENTRY, &n);

  g_assert_nonnull (entry);
  return entry;
}

/* That fine-tuning diverged is a result: shown, and not taken for an error. */
static void
test_divergence_is_shown (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry = get_rate_entry (fixture);

  g_assert_cmpfloat (fxu_conversion_get_default_rate (fixture->conversion), >, 0.0);
  g_assert_nonnull (strstr (gtk_entry_get_placeholder_text (GTK_ENTRY (entry)), "(default)"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "much");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
  g_assert_cmpfloat (fxu_conversion_get_rate (fixture->conversion), ==, 0.0);

  gtk_editable_set_text (GTK_EDITABLE (entry), "100");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpfloat (fxu_conversion_get_rate (fixture->conversion), ==, FXU_RATE_MAX);
  fxu_session_step (fixture->session, 120);
  running_session_wait_step (fixture->session, 120);
  fxu_conversion_start (fixture->conversion, FXU_JOB_CONVERT);
  wait_idle (fixture);
  fxu_conversion_set_n_steps (fixture->conversion, 40);
  fxu_conversion_set_n_images (fixture->conversion, 100);
  fxu_conversion_start (fixture->conversion, FXU_JOB_TUNE);
  wait_idle (fixture);
  g_assert_true (fxu_conversion_get_tuning (fixture->conversion).diverged);
  g_assert_true (shows (fixture, "fine-tuned, diverged: "));
  g_assert_true (shows (fixture, "Fine-tuning diverged, which is a result too"));

  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  g_signal_emit_by_name (entry, "activate");
  fxu_conversion_start (fixture->conversion, FXU_JOB_TUNE);
  wait_idle (fixture);
  g_assert_false (shows (fixture, "diverged"));
  g_assert_true (shows (fixture, "fine-tuned: "));
}

#define VIEW_TEST(name, func)                                                                      \
  g_test_add ("/convert/convert-view/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  if (!display_test_init (&argc, &argv))
    return 0;
  VIEW_TEST ("takes-the-run-when-seen", test_takes_the_run_when_seen);
  VIEW_TEST ("choices-change-options", test_choices_change_options);
  VIEW_TEST ("rows-choose-layers", test_rows_choose_layers);
  VIEW_TEST ("words-of-scores", test_words_of_scores);
  VIEW_TEST ("stopped-is-not-certified", test_stopped_is_not_certified);
  VIEW_TEST ("divergence-is-shown", test_divergence_is_shown);
  return g_test_run ();
}
