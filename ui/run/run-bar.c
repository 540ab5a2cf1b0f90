/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/run-bar.h"

#include <glib/gi18n.h>
#include <math.h>

/* The scale is logarithmic up to this, and without limit at its very end. */
#define SPEED_DECADES 5.0
#define POSITION_MAX  0.97

struct _FxuRunBar
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *box;
  GtkWidget *run;
  GtkWidget *run_icon;
  GtkWidget *run_label;
  GtkWidget *speed;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (FxuRunBar, fxu_run_bar, GTK_TYPE_WIDGET)

double
fxu_run_bar_speed_at (double position)
{
  if (position >= POSITION_MAX)
    return 0.0;
  return pow (10.0, SPEED_DECADES * CLAMP (position, 0.0, 1.0));
}

double
fxu_run_bar_position_of (double speed)
{
  if (speed <= 0.0)
    return 1.0;
  return CLAMP (log10 (speed) / SPEED_DECADES, 0.0, POSITION_MAX - 0.01);
}

static void
refresh_running (FxuRunBar *self)
{
  gboolean running;

  g_object_get (self->session, "running", &running, NULL);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->run_icon),
                                running ? "media-playback-pause-symbolic"
                                        : "media-playback-start-symbolic");
  gtk_label_set_text (GTK_LABEL (self->run_label), running ? _ ("Pause") : _ ("Run"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->run),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  running ? _ ("Pause") : _ ("Run"),
                                  -1);
}

static char *
describe_speed (double speed)
{
  if (speed <= 0.0)
    return g_strdup (_ ("as fast as it goes"));
  return g_strdup_printf (_ ("at most %'.0f steps a second"), speed);
}

static void
refresh_speed (FxuRunBar *self)
{
  double speed;
  g_autofree char *text = NULL;

  g_object_get (self->session, "speed", &speed, NULL);
  self->refreshing = TRUE;
  /* Where the handle was put is kept as long as it means the same. */
  if (fxu_run_bar_speed_at (gtk_range_get_value (GTK_RANGE (self->speed))) != speed)
    gtk_range_set_value (GTK_RANGE (self->speed), fxu_run_bar_position_of (speed));
  self->refreshing = FALSE;

  text = describe_speed (speed);
  gtk_widget_set_tooltip_text (self->speed, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->speed),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  text,
                                  -1);
}

static void
speed_changed_cb (FxuRunBar *self)
{
  double position = gtk_range_get_value (GTK_RANGE (self->speed));

  if (!self->refreshing)
    g_object_set (self->session, "speed", fxu_run_bar_speed_at (position), NULL);
}

static gboolean
fxu_run_bar_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (FXU_RUN_BAR (widget)->run);
}

static void
fxu_run_bar_dispose (GObject *object)
{
  FxuRunBar *self = FXU_RUN_BAR (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_run_bar_parent_class)->dispose (object);
}

static void
fxu_run_bar_class_init (FxuRunBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_run_bar_dispose;
  widget_class->grab_focus = fxu_run_bar_grab_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "runbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TOOLBAR);
}

static GtkWidget *
make_run_button (FxuRunBar *self)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->run_icon = gtk_image_new ();
  self->run_label = gtk_label_new (NULL);
  /* As wide as the longer word, so that nothing moves when it changes. */
  gtk_label_set_width_chars (GTK_LABEL (self->run_label), 6);
  gtk_label_set_xalign (GTK_LABEL (self->run_label), 0.0f);
  gtk_box_append (GTK_BOX (content), self->run_icon);
  gtk_box_append (GTK_BOX (content), self->run_label);

  self->run = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->run), content);
  gtk_widget_add_css_class (self->run, "suggested-action");
  gtk_widget_add_css_class (self->run, "run");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->run), "win.run");
  gtk_widget_set_tooltip_text (self->run, _ ("Run or pause (Space)"));
  return self->run;
}

static GtkWidget *
make_button (const char *icon, const char *action, const char *label, const char *tooltip)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label,
                                  -1);
  return button;
}

static GtkWidget *
make_speed (FxuRunBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *slow = gtk_label_new (_ ("slow"));
  GtkWidget *fast = gtk_label_new (_ ("max"));

  self->speed = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0.0, 1.0, 0.02);
  gtk_scale_set_draw_value (GTK_SCALE (self->speed), FALSE);
  gtk_widget_set_size_request (self->speed, 72, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->speed),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Speed"),
                                  -1);
  gtk_widget_add_css_class (slow, "caption");
  gtk_widget_add_css_class (fast, "caption");
  gtk_box_append (GTK_BOX (box), slow);
  gtk_box_append (GTK_BOX (box), self->speed);
  gtk_box_append (GTK_BOX (box), fast);
  g_signal_connect_object (self->speed,
                           "value-changed",
                           G_CALLBACK (speed_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  return box;
}

static void
fxu_run_bar_init (FxuRunBar *self)
{
  GtkWidget *steps = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_box_append (GTK_BOX (self->box), make_run_button (self));

  gtk_widget_add_css_class (steps, "linked");
  gtk_box_append (GTK_BOX (steps),
                  make_button ("roundoff-step-symbolic",
                               "win.step",
                               _ ("Step"),
                               _ ("One step (.)")));
  gtk_box_append (GTK_BOX (steps),
                  make_button ("roundoff-epoch-symbolic",
                               "win.epoch",
                               _ ("Epoch"),
                               _ ("To the end of the epoch (Shift+.)")));
  gtk_box_append (GTK_BOX (steps),
                  make_button ("roundoff-reset-symbolic",
                               "win.reset",
                               _ ("Reset"),
                               _ ("Back to the start, same seed (Ctrl+R)")));
  gtk_box_append (GTK_BOX (self->box), steps);
  gtk_box_append (GTK_BOX (self->box), make_speed (self));
}

GtkWidget *
fxu_run_bar_new (FxuSession *session)
{
  FxuRunBar *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_RUN_BAR, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session,
                           "notify::running",
                           G_CALLBACK (refresh_running),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "notify::speed",
                           G_CALLBACK (refresh_speed),
                           self,
                           G_CONNECT_SWAPPED);
  refresh_running (self);
  refresh_speed (self);
  return GTK_WIDGET (self);
}
