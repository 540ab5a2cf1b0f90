/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/read-out.h"
#include "beat.h"
#include "precision/health.h"

#include <glib/gi18n.h>

struct _FxuReadOut
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *box;
  GtkWidget *place;
  GtkWidget *score;
  guint update_id;
};

G_DEFINE_FINAL_TYPE (FxuReadOut, fxu_read_out, GTK_TYPE_WIDGET)

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
  position = g_strdup_printf (epoch < 10.0 ? _ ("epoch %.1f") : _ ("epoch %'.0f"), epoch);
  switch (fxp_snapshot_get_state (snapshot))
    {
    case FXP_STATE_DIVERGED:
      return g_strdup_printf (_ ("%s · diverged"), position);
    case FXP_STATE_RUNNING:
      if (running)
        return g_strdup_printf (_ ("%s · %'.0f steps/s"),
                                position,
                                fxp_snapshot_get_steps_per_second (snapshot));
      return g_strdup_printf (_ ("%s · paused"), position);
    case FXP_STATE_FINISHED:
    case FXP_STATE_PAUSED:
    default:
      return g_strdup_printf (_ ("%s · paused"), position);
    }
}

static char *
describe_score (FxpSnapshot *snapshot)
{
  g_autofree char *fixed = NULL;
  g_autofree char *twin = NULL;

  if (snapshot == NULL)
    return g_strdup (" ");

  fixed = fxu_share_to_string (fxp_snapshot_get_test_accuracy (snapshot, FALSE));
  twin = fxu_share_to_string (fxp_snapshot_get_test_accuracy (snapshot, TRUE));
  /* translators: test accuracies of the fixed-point run and of its float twin */
  return g_strdup_printf (_ ("test: fixed %s, float %s"), fixed, twin);
}

static void
update_cb (gpointer item, gpointer data)
{
  FxuReadOut *self = data;
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);
  g_autofree char *place = describe_place (self, snapshot);
  g_autofree char *score = describe_score (snapshot);

  self->update_id = 0;
  gtk_label_set_text (GTK_LABEL (self->place), place);
  gtk_label_set_text (GTK_LABEL (self->score), score);
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
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_valign (self->box, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->place = make_line ();
  self->score = make_line ();
  gtk_box_append (GTK_BOX (self->box), self->place);
  gtk_box_append (GTK_BOX (self->box), self->score);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("State of the run"),
                                  -1);
}

GtkWidget *
fxu_read_out_new (FxuSession *session)
{
  FxuReadOut *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_READ_OUT, NULL);
  self->session = g_object_ref (session);
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
