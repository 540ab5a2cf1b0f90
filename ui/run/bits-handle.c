/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/bits-handle.h"
#include "look.h"

#include <glib/gi18n.h>

#define BITS_MIN  2
#define BITS_MAX  16
#define BREATH_MS 2600

struct _FxuBitsHandle
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *box;
  GtkWidget *number;
  GtkWidget *scale;
  GtkWidget *hint; /* a revealer */
  gboolean refreshing;
  gboolean grabbed;
  gboolean used; /* nobody needs the hint any more */
  guint breath_id;
};

G_DEFINE_FINAL_TYPE (FxuBitsHandle, fxu_bits_handle, GTK_TYPE_WIDGET)

/* The word length of all quantized tensors: TRUE if they share it; @bits is their mean, 0 if there
 * are none. */
static gboolean
common_bits (FxpExperiment *experiment, guint *bits)
{
  guint n = fxp_experiment_get_n_weighted (experiment) * FXP_ROLE_BIAS;
  guint sum = 0, n_fixed = 0, least = G_MAXUINT, greatest = 0;

  for (guint i = 0; i < n; i++)
    {
      FxpTensorId id = {(guint16)(i / FXP_ROLE_BIAS), (guint16)(i % FXP_ROLE_BIAS)};
      guint word = fxp_experiment_get_quantizer (experiment, id)->format.word_bits;

      if (word == 0)
        continue;
      sum += word;
      n_fixed++;
      least = MIN (least, word);
      greatest = MAX (greatest, word);
    }
  *bits = n_fixed > 0 ? (sum + n_fixed / 2) / n_fixed : 0;
  return n_fixed > 0 && least == greatest;
}

static void
refresh (FxuBitsHandle *self)
{
  guint bits;
  gboolean common = common_bits (fxu_session_get_experiment (self->session), &bits);
  g_autofree char *text = g_strdup_printf (common ? "%u" : "≈%u", bits);

  self->refreshing = TRUE;
  gtk_range_set_value (GTK_RANGE (self->scale), CLAMP (bits, BITS_MIN, BITS_MAX));
  self->refreshing = FALSE;
  gtk_label_set_text (GTK_LABEL (self->number), bits > 0 ? text : _ ("float"));
  gtk_widget_set_sensitive (self->scale, bits > 0);
}

static void
stop_breathing (FxuBitsHandle *self)
{
  g_clear_handle_id (&self->breath_id, g_source_remove);
  gtk_widget_remove_css_class (GTK_WIDGET (self), "breathe");
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->hint), FALSE);
}

static void
value_changed_cb (FxuBitsHandle *self)
{
  guint bits = (guint)(gtk_range_get_value (GTK_RANGE (self->scale)) + 0.5);

  if (self->refreshing)
    return;

  self->used = TRUE;
  stop_breathing (self);
  fxu_session_set_all_bits (self->session, bits);
  refresh (self);
}

static void
end_grab (FxuBitsHandle *self)
{
  if (!self->grabbed)
    return;

  self->grabbed = FALSE;
  fxu_session_end_edit (self->session);
}

/* From press to release is one edit, whatever the scale makes of the events in between. */
static gboolean
event_cb (GtkEventControllerLegacy *controller, GdkEvent *event, FxuBitsHandle *self)
{
  switch ((int)gdk_event_get_event_type (event))
    {
    case GDK_BUTTON_PRESS:
    case GDK_TOUCH_BEGIN:
      if (!self->grabbed)
        {
          self->grabbed = TRUE;
          fxu_session_begin_edit (self->session);
        }
      break;
    case GDK_BUTTON_RELEASE:
    case GDK_TOUCH_END:
    case GDK_TOUCH_CANCEL:
    case GDK_GRAB_BROKEN:
      end_grab (self);
      break;
    default:
      break;
    }
  return GDK_EVENT_PROPAGATE;
}

static gboolean
breath_cb (gpointer data)
{
  FxuBitsHandle *self = data;

  self->breath_id = 0;
  gtk_widget_remove_css_class (GTK_WIDGET (self), "breathe");
  return G_SOURCE_REMOVE;
}

static void
fxu_bits_handle_dispose (GObject *object)
{
  FxuBitsHandle *self = FXU_BITS_HANDLE (object);

  end_grab (self);
  g_clear_handle_id (&self->breath_id, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_bits_handle_parent_class)->dispose (object);
}

static void
fxu_bits_handle_class_init (FxuBitsHandleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_bits_handle_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "bitshandle");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
make_heading (FxuBitsHandle *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new (_ ("Bits everywhere"));
  GtkWidget *hint = gtk_label_new (_ ("pull me down"));

  self->number = gtk_label_new (NULL);
  self->hint = gtk_revealer_new ();
  gtk_widget_add_css_class (title, "name");
  gtk_widget_add_css_class (self->number, "number");
  gtk_widget_add_css_class (hint, "hint");
  gtk_revealer_set_transition_type (GTK_REVEALER (self->hint),
                                    GTK_REVEALER_TRANSITION_TYPE_CROSSFADE);
  gtk_revealer_set_child (GTK_REVEALER (self->hint), hint);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_label_set_xalign (GTK_LABEL (title), 0.0f);
  gtk_box_append (GTK_BOX (row), title);
  gtk_box_append (GTK_BOX (row), self->hint);
  gtk_box_append (GTK_BOX (row), self->number);
  return row;
}

static void
fxu_bits_handle_init (FxuBitsHandle *self)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_box_append (GTK_BOX (self->box), make_heading (self));

  self->scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, BITS_MIN, BITS_MAX, 1.0);
  gtk_scale_set_draw_value (GTK_SCALE (self->scale), FALSE);
  gtk_range_set_round_digits (GTK_RANGE (self->scale), 0);
  gtk_range_set_increments (GTK_RANGE (self->scale), 1.0, 4.0);
  for (int bits = BITS_MIN; bits <= BITS_MAX; bits += 2)
    {
      g_autofree char *mark = g_strdup_printf ("%d", bits);

      gtk_scale_add_mark (GTK_SCALE (self->scale),
                          bits,
                          GTK_POS_BOTTOM,
                          bits % 4 == 0 || bits == BITS_MIN ? mark : NULL);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Bits everywhere"),
                                  -1);
  gtk_box_append (GTK_BOX (self->box), self->scale);
  g_signal_connect_object (self->scale,
                           "value-changed",
                           G_CALLBACK (value_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);

  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_object (events, "event", G_CALLBACK (event_cb), self, 0);
  gtk_widget_add_controller (self->scale, events);
}

GtkWidget *
fxu_bits_handle_new (FxuSession *session)
{
  FxuBitsHandle *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_BITS_HANDLE, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (refresh),
                           self,
                           G_CONNECT_SWAPPED);
  refresh (self);
  return GTK_WIDGET (self);
}

void
fxu_bits_handle_breathe (FxuBitsHandle *self)
{
  g_return_if_fail (FXU_IS_BITS_HANDLE (self));

  if (self->used)
    return;

  gtk_revealer_set_reveal_child (GTK_REVEALER (self->hint), TRUE);
  if (!fxu_look_get_animations (GTK_WIDGET (self)))
    return;

  gtk_widget_add_css_class (GTK_WIDGET (self), "breathe");
  g_clear_handle_id (&self->breath_id, g_source_remove);
  self->breath_id = g_timeout_add (BREATH_MS, breath_cb, self);
}
