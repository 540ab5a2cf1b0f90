/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/inspector.h"
#include "beat.h"
#include "binary-point.h"
#include "plot/histogram.h"
#include "precision/cluster-text.h"
#include "precision/control-row.h"
#include "precision/inspector-counts.h"
#include "precision/matrix-text.h"
#include "precision/register-view.h"
#include "value-choice.h"
#include "value-entry.h"

#include <glib/gi18n.h>

struct _FxuInspector
{
  GtkWidget parent_instance;

  FxuSession *session;
  guint layer;
  FxpRole role; /* FXP_N_ROLES: the sum register */
  gboolean dragging;

  GtkWidget *box;
  GtkWidget *title;
  GtkWidget *controls; /* a stack: "tensor" or "sum" */
  GtkWidget *format, *rounding, *overflow, *scaling;
  GtkWidget *sum_mode, *sum_bits;
  GtkWidget *picture; /* a stack likewise */
  GtkWidget *histogram;
  GtkWidget *register_view;
  GtkWidget *counts;

  guint update_id;
};

G_DEFINE_FINAL_TYPE (FxuInspector, fxu_inspector, GTK_TYPE_WIDGET)

static FxpTensorId
tensor_id (FxuInspector *self)
{
  return (FxpTensorId){(guint16)self->layer, (guint16)self->role};
}

/* The newest snapshot as far as it is about this network. */
static FxpSnapshot *
fitting_snapshot (FxuInspector *self)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);

  if (snapshot == NULL || fxp_experiment_needs_reset (fxp_snapshot_get_experiment (snapshot),
                                                      fxu_session_get_experiment (self->session)))
    return NULL;
  return snapshot;
}

static void
update_sum (FxuInspector *self, FxpSnapshot *snapshot)
{
  const FxpSumRegister *sum =
    &fxp_experiment_get_precision (fxu_session_get_experiment (self->session), self->layer)->sum;
  const FxpLayerView *layer =
    snapshot != NULL ? fxp_snapshot_get_layer (snapshot, self->layer) : NULL;

  fxu_register_view_set (FXU_REGISTER_VIEW (self->register_view),
                         sum,
                         layer != NULL ? &layer->sum : NULL);
  fxu_inspector_counts_show_sum (FXU_INSPECTOR_COUNTS (self->counts), sum, layer);
}

/* What products use in place of the weights; NULL: of another tensor, or the weights themselves. */
static char *
describe_use (FxuInspector *self, FxpExperiment *experiment)
{
  g_autofree char *brief = NULL;

  if (self->role == FXP_ROLE_WEIGHT)
    brief = fxu_cluster_text_get_brief (experiment, self->layer);
  /* translators: weights are codes with a scale there, as in "in products 2-bit × α" */
  return brief != NULL ? g_strdup_printf (_ ("in products %s"), brief) : NULL;
}

static void
set_title (FxuInspector *self)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  g_autofree char *name =
    fxp_topology_get_name (fxp_experiment_get_topology (experiment), self->layer);
  g_autofree char *escaped = g_markup_escape_text (fxu_matrix_text_get_role (self->role), -1);
  g_autofree char *use = describe_use (self, experiment);
  g_autofree char *words = NULL;
  g_autofree char *now = NULL;
  g_autofree char *title = NULL;

  /* The format that can be typed below is where it begins. */
  if (self->role < FXP_N_ROLES && fxp_experiment_moves (experiment, tensor_id (self)))
    {
      FxpQuantizer quantizer = fxu_binary_point_get_quantizer (self->session, tensor_id (self));
      g_autofree char *format = fxp_format_to_string (quantizer.format);

      /* translators: the number format that a tensor has at the moment, as its binary point moves
       */
      now = g_strdup_printf (_ ("now %s"), format);
    }
  title = g_strdup_printf ("<b>%s · %s</b>  <span alpha=\"70%%\">%s</span>%s%s%s%s",
                           name,
                           fxu_matrix_text_get_symbol (self->role),
                           escaped,
                           now != NULL ? " · " : "",
                           now != NULL ? now : "",
                           use != NULL ? " · " : "",
                           use != NULL ? use : "");
  gtk_label_set_markup (GTK_LABEL (self->title), title);
  if (use != NULL)
    words = fxu_cluster_text_get_words (experiment, self->layer);
  gtk_widget_set_tooltip_text (self->title, words);
}

static void
update_tensor (FxuInspector *self, FxpSnapshot *snapshot)
{
  const FxpQuantizer present = fxu_binary_point_get_quantizer (self->session, tensor_id (self));
  const FxpQuantizer *quantizer =
    fxp_experiment_get_quantizer (fxu_session_get_experiment (self->session), tensor_id (self));
  const FxpTensorView *view = NULL;
  const FxpLayerView *layer = NULL;
  gboolean predict = FALSE;

  if (snapshot != NULL)
    {
      view = fxp_snapshot_get_tensor (snapshot, tensor_id (self));
      if (self->role == FXP_ROLE_WEIGHT_ACC)
        layer = fxp_snapshot_get_layer (snapshot, self->layer);
      predict =
        !fxp_quantizer_equal (quantizer,
                              fxp_experiment_get_quantizer (fxp_snapshot_get_experiment (snapshot),
                                                            tensor_id (self)));
    }
  /* The window under the pointer is the user's while it is dragged. */
  if (!self->dragging)
    fxu_histogram_set (FXU_HISTOGRAM (self->histogram),
                       view != NULL ? &view->statistics : NULL,
                       &present);
  fxu_inspector_counts_show_tensor (FXU_INSPECTOR_COUNTS (self->counts),
                                    &present,
                                    view,
                                    layer,
                                    predict);
}

static void
update (FxuInspector *self)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);

  if (self->layer >= fxp_experiment_get_n_weighted (experiment))
    return;

  set_title (self);
  if (self->role == FXP_N_ROLES)
    update_sum (self, fitting_snapshot (self));
  else
    update_tensor (self, fitting_snapshot (self));
}

static void
update_cb (gpointer item, gpointer data)
{
  FxuInspector *self = data;

  self->update_id = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self);
}

static void
snapshot_cb (FxuInspector *self)
{
  if (self->update_id == 0)
    self->update_id = fxu_beat_add (FXU_BEATS_FIGURE, update_cb, self);
}

static void
format_edited_cb (FxuHistogram *histogram,
                  const FxpQuantizer *quantizer,
                  gboolean done,
                  FxuInspector *self)
{
  if (!self->dragging)
    fxu_session_begin_edit (self->session);
  self->dragging = TRUE;
  fxu_session_set_quantizer (self->session, (int)self->layer, self->role, quantizer);
  if (!done)
    return;

  self->dragging = FALSE;
  fxu_session_end_edit (self->session);
  update (self);
}

static void
set_key (GtkWidget *control, guint layer, const char *nick, const char *field)
{
  g_autofree char *key = g_strdup_printf ("precision.%u.%s.%s", layer + 1, nick, field);

  if (FXU_IS_VALUE_ENTRY (control))
    fxu_value_entry_set_key (FXU_VALUE_ENTRY (control), key);
  else
    fxu_value_choice_set_key (FXU_VALUE_CHOICE (control), key);
}

static void
fxu_inspector_dispose (GObject *object)
{
  FxuInspector *self = FXU_INSPECTOR (object);

  g_clear_handle_id (&self->update_id, fxu_beat_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_inspector_parent_class)->dispose (object);
}

static void
fxu_inspector_class_init (FxuInspectorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_inspector_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "inspector");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_inspector_init (FxuInspector *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Selected tensor"),
                                  -1);
}

static GtkWidget *
captioned (const char *caption, GtkWidget *control)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *label = gtk_label_new (caption);

  gtk_widget_add_css_class (label, "caption");
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), control);
  gtk_widget_set_hexpand (box, TRUE);
  return box;
}

static GtkWidget *
make_tensor_controls (FxuInspector *self)
{
  const char *roundings[FXP_N_ROUNDINGS + 1] = {NULL};
  const char *overflows[FXP_N_OVERFLOWS + 1] = {NULL};
  const char *scalings[FXP_N_SCALINGS + 1] = {NULL};
  GtkWidget *row = fxu_control_row_new ();

  for (guint i = 0; i < FXP_N_ROUNDINGS; i++)
    roundings[i] = fxp_rounding_get_nick (i);
  for (guint i = 0; i < FXP_N_OVERFLOWS; i++)
    overflows[i] = fxp_overflow_get_nick (i);
  for (guint i = 0; i < FXP_N_SCALINGS; i++)
    scalings[i] = fxp_scaling_get_nick (i);

  self->format =
    fxu_value_entry_new (self->session, "precision.1.weight.format", _ ("Number format"), NULL);
  fxu_value_entry_set_width_chars (FXU_VALUE_ENTRY (self->format), 7, 7);
  gtk_widget_set_tooltip_text (self->format,
                               _ ("Qm.n: one sign bit, m integer bits, n fraction bits.\n"
                                  "Also UQm.n, ap_fixed<W,I>, fixdt(s,W,F), float."));
  self->rounding =
    fxu_value_choice_new (self->session, "precision.1.weight.rounding", _ ("Rounding"), roundings);
  self->overflow =
    fxu_value_choice_new (self->session, "precision.1.weight.overflow", _ ("Overflow"), overflows);
  self->scaling =
    fxu_value_choice_new (self->session, "precision.1.weight.scaling", _ ("Scaling"), scalings);
  gtk_widget_set_tooltip_text (self->scaling,
                               _ ("How the binary point moves while the run trains, from where the "
                                  "format says."));
  fxu_control_row_append (FXU_CONTROL_ROW (row), _ ("Format"), self->format);
  fxu_control_row_append (FXU_CONTROL_ROW (row), _ ("Rounding"), self->rounding);
  fxu_control_row_append (FXU_CONTROL_ROW (row), _ ("Overflow"), self->overflow);
  fxu_control_row_append (FXU_CONTROL_ROW (row), _ ("Scaling"), self->scaling);
  return row;
}

static char *
step_bits (const char *text, int direction)
{
  int bits = atoi (text) + direction;

  return g_strdup_printf ("%d", CLAMP (bits, FXP_SUM_BITS_MIN, FXP_SUM_BITS_MAX));
}

static GtkWidget *
make_sum_controls (FxuInspector *self)
{
  const char *modes[FXP_N_SUM_MODES + 1] = {NULL};
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  for (guint i = 0; i < FXP_N_SUM_MODES; i++)
    modes[i] = fxp_sum_mode_get_nick (i);

  self->sum_mode =
    fxu_value_choice_new (self->session, "precision.1.sum.register", _ ("Sum register"), modes);
  self->sum_bits = fxu_value_entry_new (self->session,
                                        "precision.1.sum.bits",
                                        _ ("Bits of the sum register"),
                                        step_bits);
  gtk_box_append (GTK_BOX (box), captioned (_ ("Register"), self->sum_mode));
  gtk_box_append (GTK_BOX (box), captioned (_ ("Bits"), self->sum_bits));
  return box;
}

static void
build (FxuInspector *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  self->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0.0f);
  gtk_box_append (GTK_BOX (self->box), self->title);

  self->controls = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->controls), make_tensor_controls (self), "tensor");
  gtk_stack_add_named (GTK_STACK (self->controls), make_sum_controls (self), "sum");
  gtk_box_append (GTK_BOX (self->box), self->controls);

  self->histogram = fxu_histogram_new ();
  g_signal_connect_object (self->histogram,
                           "format-edited",
                           G_CALLBACK (format_edited_cb),
                           self,
                           0);
  self->register_view = fxu_register_view_new ();
  self->picture = gtk_stack_new ();
  gtk_widget_set_vexpand (self->picture, TRUE);
  gtk_stack_add_named (GTK_STACK (self->picture), self->histogram, "tensor");
  gtk_stack_add_named (GTK_STACK (self->picture), self->register_view, "sum");
  gtk_box_append (GTK_BOX (self->box), self->picture);

  self->counts = fxu_inspector_counts_new ();
  gtk_box_append (GTK_BOX (self->box), self->counts);
}

GtkWidget *
fxu_inspector_new (FxuSession *session)
{
  FxuInspector *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_INSPECTOR, NULL);
  self->session = g_object_ref (session);
  build (self);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (update),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "snapshot", G_CALLBACK (snapshot_cb), self, G_CONNECT_SWAPPED);
  fxu_inspector_show (self, 0, FXP_ROLE_WEIGHT);
  return GTK_WIDGET (self);
}

void
fxu_inspector_show (FxuInspector *self, guint layer, FxpRole role)
{
  gboolean is_sum = role == FXP_N_ROLES;
  const char *page = is_sum ? "sum" : "tensor";

  g_return_if_fail (FXU_IS_INSPECTOR (self));
  g_return_if_fail (role <= FXP_N_ROLES);
  g_return_if_fail (layer <
                    fxp_experiment_get_n_weighted (fxu_session_get_experiment (self->session)));

  self->layer = layer;
  self->role = role;
  if (is_sum)
    {
      set_key (self->sum_mode, layer, "sum", "register");
      set_key (self->sum_bits, layer, "sum", "bits");
    }
  else
    {
      const char *nick = fxp_role_get_nick (role);

      set_key (self->format, layer, nick, "format");
      set_key (self->rounding, layer, nick, "rounding");
      set_key (self->overflow, layer, nick, "overflow");
      set_key (self->scaling, layer, nick, "scaling");
    }
  gtk_stack_set_visible_child_name (GTK_STACK (self->controls), page);
  gtk_stack_set_visible_child_name (GTK_STACK (self->picture), page);
  update (self);
}
