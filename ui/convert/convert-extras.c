/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/convert-extras.h"
#include "precision/assignment-constants.h"
#include "run/settings-rows.h"

#include <glib/gi18n.h>

/* 0: all there are. */
static const guint image_choices[] = {500, 1000, 2000, 5000, 0};

static const struct
{
  FxpScaling scaling;
  const char *name;
} scaling_choices[] = {
  {FXP_SCALING_ABS_MAX, N_ ("abs-max")},
  {FXP_SCALING_RISTRETTO, N_ ("Ristretto")},
  {FXP_SCALING_NITI, N_ ("NITI")},
  {FXP_SCALING_OVERFLOW_RATE, N_ ("overflow rate")},
};

static const char *const exponent_names[FXP_N_EXPONENTS] = {
  [FXP_EXPONENTS_STATIC] = N_ ("once, by calibration"),
  [FXP_EXPONENTS_DYNAMIC] = N_ ("for each batch"),
  [FXP_EXPONENTS_PREDICTIVE] = N_ ("ahead of each batch"),
};

/* Bits of clusters' sums; 0: exact. */
static const guint sum_choices[] = {0, 8, 9, 10, 11, 12, 13, 14, 15, 16};

struct _FxuConvertExtras
{
  GtkWidget parent_instance;

  FxuSession *session;
  gboolean is_showing; /* what the widgets say follows from the options, not from the user */

  GtkWidget *button;
  GtkWidget *rows;
  GtkWidget *images;
  GtkWidget *steps;
  GtkWidget *rate;
  GtkWidget *sweep_tunes;
  GtkWidget *asymmetric;
  GtkWidget *is_unsigned;
  GtkWidget *exponents;
  GtkWidget *scaling;
  GtkWidget *sums;
  GtkWidget *batches;
};

G_DEFINE_FINAL_TYPE (FxuConvertExtras, fxu_convert_extras, GTK_TYPE_WIDGET)

static void
show_options (FxuConvertExtras *self, const FxpConversionOptions *options)
{
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->asymmetric), options->clusters.asymmetric);
  gtk_widget_set_sensitive (self->asymmetric,
                            fxp_cluster_method_is_ternary (options->clusters.method));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->is_unsigned), options->is_unsigned);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->batches), options->calibration_batches);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->exponents), options->exponents);
  for (guint i = 0; i < G_N_ELEMENTS (scaling_choices); i++)
    if (scaling_choices[i].scaling == options->scaling)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->scaling), i);
  for (guint i = 0; i < G_N_ELEMENTS (sum_choices); i++)
    if (sum_choices[i] == options->intermediate_bits)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->sums), i);
  gtk_widget_set_sensitive (self->sums,
                            options->clusters.method != FXP_CLUSTER_NONE &&
                              options->clusters.method != FXP_CLUSTER_POWER);
}

/* Empty is the default, which is told in its place. */
static void
show_rate (FxuConvertExtras *self, FxuConversion *conversion)
{
  double rate = fxu_conversion_get_rate (conversion);
  double usual = fxu_conversion_get_default_rate (conversion);
  g_autofree char *text = rate > 0.0 ? g_strdup_printf ("%g", rate) : g_strdup ("");
  g_autofree char *hint = usual > 0.0
                            /* translators: in place of a rate: the default one */
                            ? g_strdup_printf (_ ("%g (default)"), usual)
                            : g_strdup (_ ("default"));

  /* A cursor in it stays where it is. */
  if (!g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (self->rate))))
    gtk_editable_set_text (GTK_EDITABLE (self->rate), text);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->rate), hint);
}

static void
show (FxuConvertExtras *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);

  if (conversion == NULL)
    return;
  self->is_showing = TRUE;
  show_options (self, fxu_conversion_get_options (conversion));
  for (guint i = 0; i < G_N_ELEMENTS (image_choices); i++)
    if (image_choices[i] == fxu_conversion_get_n_images (conversion))
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->images), i);
  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->steps),
                             1.0,
                             (double)fxu_conversion_get_max_steps (conversion));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->steps),
                             (double)fxu_conversion_get_n_steps (conversion));
  show_rate (self, conversion);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->sweep_tunes),
                               fxu_conversion_get_sweep_tunes (conversion));
  self->is_showing = FALSE;
}

static void
turned_cb (FxuConvertExtras *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);
  FxpConversionOptions options;

  if (self->is_showing || conversion == NULL)
    return;
  options = *fxu_conversion_get_options (conversion);
  options.clusters.asymmetric = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->asymmetric));
  options.is_unsigned = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->is_unsigned));
  options.calibration_batches =
    (guint)gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->batches));
  options.exponents = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->exponents));
  options.scaling =
    scaling_choices[gtk_drop_down_get_selected (GTK_DROP_DOWN (self->scaling))].scaling;
  options.intermediate_bits = sum_choices[gtk_drop_down_get_selected (GTK_DROP_DOWN (self->sums))];
  fxu_conversion_set_options (conversion, &options);
}

static void
aside_cb (FxuConvertExtras *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);
  guint images = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->images));
  int steps = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->steps));
  gboolean tunes = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->sweep_tunes));

  if (self->is_showing || conversion == NULL)
    return;
  /* Each of these shows all of them again. */
  fxu_conversion_set_n_images (conversion, image_choices[images]);
  fxu_conversion_set_n_steps (conversion, (guint64)MAX (steps, 1));
  fxu_conversion_set_sweep_tunes (conversion, tunes);
}

/* Taken with Enter and when the entry is left; what is no rate leaves the one before. */
static void
rate_cb (FxuConvertExtras *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->rate))));
  char *end;
  double rate;

  if (conversion == NULL)
    return;
  g_strdelimit (text, ",", '.');
  rate = g_ascii_strtod (text, &end);
  if (*end == '\0' && rate >= 0.0 && rate <= FXU_RATE_MAX)
    fxu_conversion_set_rate (conversion, rate);
  show_rate (self, conversion);
}

static void
fxu_convert_extras_dispose (GObject *object)
{
  FxuConvertExtras *self = FXU_CONVERT_EXTRAS (object);

  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_convert_extras_parent_class)->dispose (object);
}

static void
fxu_convert_extras_class_init (FxuConvertExtrasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_convert_extras_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "convertextras");
}

static void
fxu_convert_extras_init (FxuConvertExtras *self)
{
}

static GtkWidget *
add_choice (FxuConvertExtras *self,
            const char *name,
            const char *const *choices,
            GCallback callback,
            const char *help)
{
  GtkWidget *choice = gtk_drop_down_new_from_strings (choices);

  gtk_widget_set_tooltip_text (choice, help);
  gtk_accessible_update_property (GTK_ACCESSIBLE (choice), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (choice, "notify::selected", callback, self);
  return fxu_settings_rows_add (self->rows, name, choice);
}

static GtkWidget *
add_spin (FxuConvertExtras *self,
          const char *name,
          double most,
          GCallback callback,
          const char *help)
{
  GtkWidget *spin = fxu_assignment_constants_make_spin (1.0, most, 1.0, 0, help);

  g_signal_connect_swapped (spin, "value-changed", callback, self);
  return fxu_settings_rows_add (self->rows, name, spin);
}

static GtkWidget *
add_switch (FxuConvertExtras *self, const char *name, GCallback callback, const char *help)
{
  GtkWidget *check = gtk_check_button_new_with_label (name);

  gtk_widget_set_tooltip_text (check, help);
  g_signal_connect_swapped (check, "toggled", callback, self);
  return fxu_settings_rows_add_wide (self->rows, check);
}

static GtkWidget *
add_rate (FxuConvertExtras *self)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 12);
  gtk_widget_set_tooltip_text (entry,
                               _ ("Constant rate of fine-tuning; empty: a fiftieth of the rate the "
                                  "run began with"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Fine-tuning rate"),
                                  -1);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (rate_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (rate_cb), self);
  gtk_widget_add_controller (entry, focus);
  return fxu_settings_rows_add (self->rows, _ ("Fine-tuning rate"), entry);
}

static void
build_rows (FxuConvertExtras *self)
{
  const char *const images[] = {_ ("500"), _ ("1,000"), _ ("2,000"), _ ("5,000"), _ ("all"), NULL};
  const char *const sums[] =
    {_ ("exact"), "8", "9", "10", "11", "12", "13", "14", "15", "16", NULL};
  const char *scalings[G_N_ELEMENTS (scaling_choices) + 1] = {NULL};
  const char *exponents[FXP_N_EXPONENTS + 1] = {NULL};

  for (guint i = 0; i < G_N_ELEMENTS (scaling_choices); i++)
    scalings[i] = _ (scaling_choices[i].name);
  for (guint i = 0; i < FXP_N_EXPONENTS; i++)
    exponents[i] = _ (exponent_names[i]);
  self->rows = fxu_settings_rows_new ();
  self->images = add_choice (self,
                             _ ("Test images"),
                             images,
                             G_CALLBACK (aside_cb),
                             _ ("The first so many of the test set, for accuracies and for the "
                                "certificate"));
  self->steps = add_spin (self,
                          _ ("Fine-tuning steps"),
                          1e6,
                          G_CALLBACK (aside_cb),
                          _ ("Batches to train on, up to one epoch"));
  self->rate = add_rate (self);
  self->sweep_tunes = add_switch (self,
                                  _ ("Sweeps fine-tune each N"),
                                  G_CALLBACK (aside_cb),
                                  _ ("Takes as long as fine-tuning seven times"));
  self->asymmetric = add_switch (self,
                                 _ ("Scales of their own for + and −"),
                                 G_CALLBACK (turned_cb),
                                 _ ("Ternary codes: two terms of one sign each"));
  self->is_unsigned = add_switch (self,
                                  _ ("No sign behind a ReLU"),
                                  G_CALLBACK (turned_cb),
                                  _ ("Activations that cannot be negative have one bit more"));
  self->exponents = add_choice (self,
                                _ ("Exponents chosen"),
                                exponents,
                                G_CALLBACK (turned_cb),
                                _ ("Exponents of activations: static, so that a result does not "
                                   "depend on its batch; dynamic, of each batch's own maximum; or "
                                   "predictive, from the maxima of batches before (Autoflex)"));
  self->scaling = add_choice (self,
                              _ ("Exponent rule"),
                              scalings,
                              G_CALLBACK (turned_cb),
                              _ ("The rule by which calibration chooses exponents"));
  self->sums = add_choice (self,
                           _ ("Bits of clusters' sums"),
                           sums,
                           G_CALLBACK (turned_cb),
                           _ ("A cluster's sum meets its scale as it is, or rounded and clipped to "
                              "so many bits, sign included (reconstructed)"));
  self->batches = add_spin (self,
                            _ ("Calibration batches"),
                            10000.0,
                            G_CALLBACK (turned_cb),
                            _ ("Of training images, for exponents and for batch normalization"));
}

GtkWidget *
fxu_convert_extras_new (FxuSession *session)
{
  FxuConvertExtras *self;
  GtkWidget *popover;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_CONVERT_EXTRAS, NULL);
  self->session = g_object_ref (session);
  self->is_showing = TRUE;
  build_rows (self);
  popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (popover), self->rows);
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->button), _ ("More"));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), popover);
  gtk_widget_set_tooltip_text (self->button,
                               _ ("Images to test on, steps and rate of fine-tuning, exponents, "
                                  "sums"));
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  g_signal_connect_object (fxu_session_get_conversion (session),
                           "changed",
                           G_CALLBACK (show),
                           self,
                           G_CONNECT_SWAPPED);
  /* The default rate is that of what is clustered. */
  g_signal_connect_object (fxu_session_get_conversion (session),
                           "clustered",
                           G_CALLBACK (show),
                           self,
                           G_CONNECT_SWAPPED);
  show (self);
  return GTK_WIDGET (self);
}
