/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/read-out.h"
#include "beat.h"
#include "precision/health.h"

#include <glib/gi18n.h>
#include <math.h>

/* Runs that end sooner than this many seconds do not tell when. */
#define TIME_LEFT_MIN 60.0

struct _FxuReadOut
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *box;
  GtkWidget *place;
  GtkWidget *score;
  GtkWidget *skip;
  double steps_per_second; /* while nothing but training is done */
  guint update_id;
};

G_DEFINE_FINAL_TYPE (FxuReadOut, fxu_read_out, GTK_TYPE_WIDGET)

/* "4 min left", of the epochs the experiment asks for; NULL if it will not say, or soon. */
static char *
describe_time_left (FxpSnapshot *snapshot, double steps_per_second)
{
  const FxpSettings *settings =
    fxp_experiment_get_settings (fxp_snapshot_get_experiment (snapshot));
  double epoch = fxp_snapshot_get_epoch (snapshot);
  double seconds;

  if (!(epoch > 0.0) || !(steps_per_second > 0.0) || epoch >= settings->epochs)
    return NULL;
  seconds = (settings->epochs - epoch) * (double)fxp_snapshot_get_step (snapshot) / epoch /
            steps_per_second;
  if (seconds < TIME_LEFT_MIN)
    return NULL;
  if (seconds < 90.0 * 60.0)
    return g_strdup_printf (_ ("%.0f min left"), ceil (seconds / 60.0));
  if (seconds < 36.0 * 3600.0)
    return g_strdup_printf (_ ("%.0f h left"), seconds / 3600.0);
  return g_strdup_printf (_ ("%.0f days left"), seconds / 86400.0);
}

/* Of long runs how far they are, of short ones how fast. */
static char *
describe_running (FxpSnapshot *snapshot, const char *position, double steps_per_second)
{
  g_autofree char *left = describe_time_left (snapshot, steps_per_second);

  if (left != NULL)
    return g_strdup_printf ("%s · %s", position, left);
  if (steps_per_second < 10.0)
    return g_strdup_printf (_ ("%s · %.1f steps/s"), position, steps_per_second);
  return g_strdup_printf (_ ("%s · %'.0f steps/s"), position, steps_per_second);
}

static char *
describe_place (FxuReadOut *self, FxpSnapshot *snapshot)
{
  gboolean loading, running;
  double epoch;
  g_autofree char *position = NULL;

  g_object_get (self->session, "loading", &loading, "running", &running, NULL);
  if (snapshot == NULL)
    return g_strdup (loading ? _ ("reading data…") : _ ("no data"));

  epoch = fxp_snapshot_get_epoch (snapshot);
  position = g_strdup_printf (epoch < 1.0    ? _ ("epoch %.2f")
                              : epoch < 10.0 ? _ ("epoch %.1f")
                                             : _ ("epoch %'.0f"),
                              epoch);
  switch (fxp_snapshot_get_state (snapshot))
    {
    case FXP_STATE_DIVERGED:
      return g_strdup_printf (_ ("%s · diverged"), position);
    case FXP_STATE_RUNNING:
      if (running)
        return describe_running (snapshot, position, self->steps_per_second);
      return g_strdup_printf (_ ("%s · paused"), position);
    case FXP_STATE_FINISHED:
    case FXP_STATE_PAUSED:
    default:
      return g_strdup_printf (_ ("%s · paused"), position);
    }
}

/* What takes long, while it does; else how good it is. */
static char *
describe_score (FxpSnapshot *snapshot)
{
  g_autofree char *fixed = NULL;
  g_autofree char *twin = NULL;
  double share = 0.0;

  if (snapshot == NULL)
    return g_strdup (" ");

  switch (fxp_snapshot_get_activity (snapshot, &share))
    {
    case FXP_ACTIVITY_STEP:
      return g_strdup_printf (_ ("step %.0f %%"), 100.0 * share);
    case FXP_ACTIVITY_TEST:
      return g_strdup_printf (_ ("testing %.0f %%"), 100.0 * share);
    case FXP_ACTIVITY_NONE:
    default:
      break;
    }
  fixed = fxu_share_to_string (fxp_snapshot_get_test_accuracy (snapshot, FALSE));
  twin = fxu_share_to_string (fxp_snapshot_get_test_accuracy (snapshot, TRUE));
  /* translators: test accuracies of the fixed-point run and of its float twin */
  return g_strdup_printf (_ ("test: fixed %s, float %s"), fixed, twin);
}

static gboolean
is_testing (FxpSnapshot *snapshot)
{
  double share;

  return fxp_snapshot_get_activity (snapshot, &share) == FXP_ACTIVITY_TEST;
}

static void
update_cb (gpointer item, gpointer data)
{
  FxuReadOut *self = data;
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);
  g_autofree char *place = NULL;
  g_autofree char *score = NULL;

  self->update_id = 0;
  /* A test takes time from the steps, but does not last. */
  if (snapshot != NULL && !is_testing (snapshot))
    self->steps_per_second = fxp_snapshot_get_steps_per_second (snapshot);
  place = describe_place (self, snapshot);
  score = describe_score (snapshot);
  gtk_label_set_text (GTK_LABEL (self->place), place);
  gtk_label_set_text (GTK_LABEL (self->score), score);
  gtk_widget_set_visible (self->skip, snapshot != NULL && is_testing (snapshot));
  gtk_widget_set_hexpand (self->score, !gtk_widget_get_visible (self->skip));
}

static void
update_soon (FxuReadOut *self)
{
  if (self->update_id == 0)
    self->update_id = fxu_beat_add (FXU_BEATS_FIGURE, update_cb, self);
}

static void
fxu_read_out_dispose (GObject *object)
{
  FxuReadOut *self = FXU_READ_OUT (object);

  g_clear_handle_id (&self->update_id, fxu_beat_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_read_out_parent_class)->dispose (object);
}

static void
fxu_read_out_class_init (FxuReadOutClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_read_out_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "readout");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static GtkWidget *
make_line (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  /* Room for the longest line of a common run, so that the bar stands still. */
  gtk_label_set_width_chars (GTK_LABEL (label), 23);
  return label;
}

static void
fxu_read_out_init (FxuReadOut *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_valign (self->box, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->place = make_line ();
  self->score = make_line ();
  gtk_box_append (GTK_BOX (self->box), self->place);
  self->skip = gtk_button_new_with_label (_ ("Skip"));
  gtk_widget_set_tooltip_text (self->skip, _ ("Go on training without this test"));
  gtk_widget_set_visible (self->skip, FALSE);
  /* The button stands before the words and takes no room from the bar. */
  gtk_widget_set_hexpand (self->skip, TRUE);
  gtk_widget_set_halign (self->skip, GTK_ALIGN_END);
  gtk_label_set_width_chars (GTK_LABEL (self->score), 12);
  gtk_box_append (GTK_BOX (line), self->skip);
  gtk_box_append (GTK_BOX (line), self->score);
  gtk_box_append (GTK_BOX (self->box), line);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("State of the run"),
                                  -1);
}

GtkWidget *
fxu_read_out_new (FxuSession *session, const char *skip_action)
{
  FxuReadOut *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);
  g_return_val_if_fail (skip_action != NULL, NULL);

  self = g_object_new (FXU_TYPE_READ_OUT, NULL);
  self->session = g_object_ref (session);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->skip), skip_action);
  g_signal_connect_object (session, "snapshot", G_CALLBACK (update_soon), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "notify::running",
                           G_CALLBACK (update_soon),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "notify::loading",
                           G_CALLBACK (update_soon),
                           self,
                           G_CONNECT_SWAPPED);
  update_soon (self);
  return GTK_WIDGET (self);
}
