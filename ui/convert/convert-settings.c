/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/convert-settings.h"
#include "convert/convert-extras.h"
#include "precision/assignment-constants.h"

#include <glib/gi18n.h>
#include <math.h>

/* The slider goes over the N of a sweep, the entry beyond. */
#define SLIDER_MAX (FXU_SWEEP_N - 1)

struct _FxuConvertSettings
{
  GtkWidget parent_instance;

  FxuSession *session;
  gboolean is_showing; /* what the widgets say follows from the options, not from the user */

  GtkWidget *box;
  GtkWidget *method;
  GtkWidget *slider, *size; /* N: its binary logarithm, and itself */
  GtkWidget *granularity;
  GtkWidget *bits;
  GtkWidget *terms;
  GtkWidget *last;
  GtkWidget *activation_bits;
};

G_DEFINE_FINAL_TYPE (FxuConvertSettings, fxu_convert_settings, GTK_TYPE_WIDGET)

static const char *const granularity_names[FXP_N_GRANULARITIES] = {
  [FXP_GRANULARITY_LAYER] = N_ ("whole layer"),
  [FXP_GRANULARITY_FILTER] = N_ ("whole filter"),
  [FXP_GRANULARITY_KERNELS] = N_ ("N kernels"),
  [FXP_GRANULARITY_WEIGHTS] = N_ ("N weights"),
};

/* FXP_LAST_WEIGHTS_FLOAT is for training alone. */
static const FxpLastWeights last_choices[] = {FXP_LAST_WEIGHTS_BYTE, FXP_LAST_WEIGHTS_CLUSTERS};

static gboolean
has_size (const FxpClusterOptions *clusters)
{
  return clusters->granularity == FXP_GRANULARITY_KERNELS ||
         clusters->granularity == FXP_GRANULARITY_WEIGHTS;
}

static void
show_size (FxuConvertSettings *self, guint size)
{
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->size), size);
  gtk_range_set_value (GTK_RANGE (self->slider), log2 (size));
}

static void
show (FxuConvertSettings *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);
  const FxpConversionOptions *options;
  const FxpClusterOptions *clusters;
  gboolean is_ternary, is_clustered;

  if (conversion == NULL)
    return;
  options = fxu_conversion_get_options (conversion);
  clusters = &options->clusters;
  is_clustered = clusters->method != FXP_CLUSTER_NONE;
  is_ternary = fxp_cluster_method_is_ternary (clusters->method);
  self->is_showing = TRUE;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->method), clusters->method);
  show_size (self, clusters->size);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->granularity), clusters->granularity);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->bits), clusters->bits);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->terms), clusters->terms);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->activation_bits), options->activation_bits);
  for (guint i = 0; i < G_N_ELEMENTS (last_choices); i++)
    if (last_choices[i] == options->last)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->last), i);
  gtk_widget_set_sensitive (self->slider, is_clustered && has_size (clusters));
  gtk_widget_set_sensitive (self->size, is_clustered && has_size (clusters));
  gtk_widget_set_sensitive (self->granularity, is_clustered);
  gtk_widget_set_sensitive (self->bits, !is_ternary);
  gtk_widget_set_sensitive (self->terms, is_ternary);
  gtk_widget_set_sensitive (self->last, is_clustered);
  self->is_showing = FALSE;
}

/* What does not go together with a method is left behind with the one before. */
static void
take_method (FxpConversionOptions *options, FxpClusterMethod method)
{
  FxpClusterOptions *clusters = &options->clusters;
  gboolean was_ternary = fxp_cluster_method_is_ternary (clusters->method);

  clusters->method = method;
  if (fxp_cluster_method_is_ternary (method))
    clusters->bits = 2;
  else
    {
      clusters->terms = 1;
      clusters->asymmetric = FALSE;
      if (was_ternary)
        clusters->bits = method == FXP_CLUSTER_NONE ? 8 : 4;
    }
  if (method == FXP_CLUSTER_NONE || method == FXP_CLUSTER_POWER)
    options->intermediate_bits = 0;
}

static void
turned_cb (FxuConvertSettings *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);
  FxpConversionOptions options;
  FxpClusterMethod method = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->method));

  if (self->is_showing || conversion == NULL)
    return;
  options = *fxu_conversion_get_options (conversion);
  options.clusters.size = (guint)gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->size));
  options.clusters.granularity = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->granularity));
  options.clusters.bits = (guint)gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->bits));
  options.clusters.terms = (guint)gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->terms));
  options.last = last_choices[gtk_drop_down_get_selected (GTK_DROP_DOWN (self->last))];
  options.activation_bits =
    (guint)gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->activation_bits));
  if (method != options.clusters.method)
    take_method (&options, method);
  fxu_conversion_set_options (conversion, &options);
}

static void
slid_cb (FxuConvertSettings *self)
{
  guint size;

  if (self->is_showing)
    return;
  size = 1u << (guint)CLAMP (round (gtk_range_get_value (GTK_RANGE (self->slider))), 0, SLIDER_MAX);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->size), size);
}

static char *
format_slider (GtkScale *scale, double value, gpointer data)
{
  return g_strdup_printf ("%u", 1u << (guint)CLAMP (round (value), 0, SLIDER_MAX));
}

static void
fxu_convert_settings_dispose (GObject *object)
{
  FxuConvertSettings *self = FXU_CONVERT_SETTINGS (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_convert_settings_parent_class)->dispose (object);
}

static void
fxu_convert_settings_class_init (FxuConvertSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_convert_settings_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "convertsettings");
}

static void
fxu_convert_settings_init (FxuConvertSettings *self)
{
}

/* With its name in front; both belong to one part of a row that wraps. */
static void
add (GtkWidget *row, const char *name, GtkWidget *control)
{
  GtkWidget *label = gtk_label_new (name);

  gtk_widget_set_tooltip_text (label, gtk_widget_get_tooltip_text (control));
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), control);
}

static GtkWidget *
make_choice (FxuConvertSettings *self, const char *const *names, const char *label)
{
  GtkWidget *choice = gtk_drop_down_new_from_strings (names);

  gtk_widget_set_tooltip_text (choice, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (choice),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label,
                                  -1);
  g_signal_connect_swapped (choice, "notify::selected", G_CALLBACK (turned_cb), self);
  return choice;
}

static GtkWidget *
make_spin (FxuConvertSettings *self, double least, double most, guint width, const char *label)
{
  GtkWidget *spin = fxu_assignment_constants_make_spin (least, most, 1.0, 0, label);

  gtk_editable_set_width_chars (GTK_EDITABLE (spin), (int)width);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), (int)width);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (turned_cb), self);
  return spin;
}

static GtkWidget *
make_slider (FxuConvertSettings *self)
{
  GtkWidget *slider = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0.0, SLIDER_MAX, 1.0);

  gtk_range_set_round_digits (GTK_RANGE (slider), 0);
  gtk_scale_set_format_value_func (GTK_SCALE (slider), format_slider, NULL, NULL);
  gtk_widget_set_size_request (slider, 110, -1);
  gtk_widget_set_tooltip_text (slider,
                               _ ("N: kernels or weights that share one scale, doubled with each "
                                  "step"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (slider),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("N in powers of two"),
                                  -1);
  g_signal_connect_swapped (slider, "value-changed", G_CALLBACK (slid_cb), self);
  return slider;
}

static GtkWidget *
make_row (FxuConvertSettings *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (GTK_BOX (self->box), row);
  return row;
}

static void
build_first (FxuConvertSettings *self)
{
  GtkWidget *row = make_row (self);
  const char *methods[FXP_N_CLUSTER_METHODS + 1] = {NULL};
  const char *granularities[FXP_N_GRANULARITIES + 1] = {NULL};

  for (guint i = 0; i < FXP_N_CLUSTER_METHODS; i++)
    methods[i] = fxp_cluster_method_get_name (i);
  for (guint i = 0; i < FXP_N_GRANULARITIES; i++)
    granularities[i] = _ (granularity_names[i]);
  self->method = make_choice (self, methods, _ ("How weights become codes"));
  self->slider = make_slider (self);
  self->size = make_spin (self,
                          1.0,
                          FXP_CLUSTER_SIZE_MAX,
                          3,
                          _ ("N: kernels or weights that share one scale"));
  self->granularity = make_choice (self, granularities, _ ("What shares one scale"));
  gtk_widget_set_hexpand (self->method, TRUE);
  gtk_box_append (GTK_BOX (row), self->method);
  add (row, _ ("N"), self->slider);
  gtk_box_append (GTK_BOX (row), self->size);
  gtk_widget_set_valign (self->size, GTK_ALIGN_CENTER);
  add (row, _ ("clusters"), self->granularity);
}

static void
build_second (FxuConvertSettings *self)
{
  GtkWidget *row = make_row (self);
  GtkWidget *extras;
  const char *const lasts[] = {_ ("8 bit"), _ ("clusters"), NULL};

  self->bits = make_spin (self,
                          FXP_CLUSTER_BITS_MIN,
                          FXP_CLUSTER_BITS_MAX,
                          2,
                          _ ("Bits of a weight's code; 2 where it is ternary"));
  self->terms = make_spin (self,
                           1.0,
                           FXP_CLUSTER_TERMS_MAX,
                           2,
                           _ ("Residual steps: each makes ternary what the ones before left"));
  self->last = make_choice (self, lasts, _ ("Weights of the last layer"));
  self->activation_bits =
    make_spin (self, 2.0, 16.0, 2, _ ("Bits of an activation, sign included"));
  extras = fxu_convert_extras_new (self->session);
  gtk_widget_set_hexpand (extras, TRUE);
  gtk_widget_set_halign (extras, GTK_ALIGN_END);
  add (row, _ ("weight bits"), self->bits);
  add (row, _ ("terms"), self->terms);
  add (row, _ ("last layer"), self->last);
  add (row, _ ("activation bits"), self->activation_bits);
  gtk_box_append (GTK_BOX (row), extras);
}

GtkWidget *
fxu_convert_settings_new (FxuSession *session)
{
  FxuConvertSettings *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_CONVERT_SETTINGS, NULL);
  self->session = g_object_ref (session);
  self->is_showing = TRUE;
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  build_first (self);
  build_second (self);
  g_signal_connect_object (fxu_session_get_conversion (session),
                           "changed",
                           G_CALLBACK (show),
                           self,
                           G_CONNECT_SWAPPED);
  show (self);
  return GTK_WIDGET (self);
}
