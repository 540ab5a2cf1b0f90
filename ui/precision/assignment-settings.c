/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/assignment-settings.h"
#include "precision/assignment-constants.h"

#include <glib/gi18n.h>

/* In the list behind the variants. */
#define CUSTOM FXP_N_VARIANTS

struct _FxuAssignmentSettings
{
  GtkWidget parent_instance;

  FxuSession *session;
  gboolean is_showing; /* what the widgets say follows from the options, not from the user */

  GtkWidget *box;
  GtkWidget *variant;
  GtkWidget *target; /* in percent */
  GtkWidget *extra_bits;
  GtkWidget *constants; /* a button with a popover */
};

G_DEFINE_FINAL_TYPE (FxuAssignmentSettings, fxu_assignment_settings, GTK_TYPE_WIDGET)

/* Takes from @variant what makes it one. */
static void
take_variant (FxpAssignmentOptions *options, FxpVariant variant)
{
  FxpAssignmentOptions of_variant;

  fxp_assignment_options_init (&of_variant, variant);
  options->variant = variant;
  options->smoothing = of_variant.smoothing;
  options->gradient_range = of_variant.gradient_range;
  options->gradient_margin = of_variant.gradient_margin;
  options->fourth_root = of_variant.fourth_root;
  options->jacobian = of_variant.jacobian;
}

static gboolean
is_variant (const FxpAssignmentOptions *options, FxpVariant variant)
{
  FxpAssignmentOptions other = *options;

  take_variant (&other, variant);
  return other.smoothing == options->smoothing && other.gradient_range == options->gradient_range &&
         other.gradient_margin == options->gradient_margin &&
         other.fourth_root == options->fourth_root && other.jacobian == options->jacobian;
}

static guint
find_variant (const FxpAssignmentOptions *options)
{
  for (guint i = 0; i < FXP_N_VARIANTS; i++)
    if (is_variant (options, i))
      return i;
  return CUSTOM;
}

static void
show (FxuAssignmentSettings *self)
{
  FxuTheory *theory = fxu_session_get_theory (self->session);
  const FxpAssignmentOptions *options;

  if (theory == NULL)
    return;
  options = fxu_theory_get_options (theory);
  self->is_showing = TRUE;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->variant), find_variant (options));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->target), 100.0 * options->target);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->extra_bits), options->extra_bits);
  self->is_showing = FALSE;
}

static void
variant_cb (FxuAssignmentSettings *self)
{
  FxuTheory *theory = fxu_session_get_theory (self->session);
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->variant));
  FxpAssignmentOptions options;

  if (self->is_showing || theory == NULL)
    return;
  if (chosen == CUSTOM)
    {
      /* Which ones is asked next. */
      gtk_menu_button_popup (GTK_MENU_BUTTON (self->constants));
      return;
    }
  options = *fxu_theory_get_options (theory);
  take_variant (&options, chosen);
  fxu_theory_set_options (theory, &options);
}

static void
turned_cb (FxuAssignmentSettings *self)
{
  FxuTheory *theory = fxu_session_get_theory (self->session);
  FxpAssignmentOptions options;

  if (self->is_showing || theory == NULL)
    return;
  options = *fxu_theory_get_options (theory);
  options.target = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->target)) / 100.0;
  options.extra_bits = (guint)gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->extra_bits));
  fxu_theory_set_options (theory, &options);
}

/* Closed without another constant, it is the variant it was. */
static void
closed_cb (FxuAssignmentSettings *self)
{
  show (self);
}

static void
fxu_assignment_settings_dispose (GObject *object)
{
  FxuAssignmentSettings *self = FXU_ASSIGNMENT_SETTINGS (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_assignment_settings_parent_class)->dispose (object);
}

static void
fxu_assignment_settings_class_init (FxuAssignmentSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_assignment_settings_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "assignmentsettings");
}

static void
fxu_assignment_settings_init (FxuAssignmentSettings *self)
{
}

static GtkWidget *
make_label (const char *markup)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  return label;
}

static GtkWidget *
make_variants (FxuAssignmentSettings *self)
{
  const char *const names[] = {_ ("paper"), _ ("code"), _ ("custom"), NULL};
  GtkWidget *choice = gtk_drop_down_new_from_strings (names);

  gtk_widget_set_tooltip_text (choice,
                               _ ("Which constants: the paper's, as far as they are known, those "
                                  "of the released code, or your own"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (choice),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Variant of the criteria"),
                                  -1);
  g_signal_connect_swapped (choice, "notify::selected", G_CALLBACK (variant_cb), self);
  return choice;
}

static GtkWidget *
make_constants (FxuAssignmentSettings *self)
{
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *popover = gtk_popover_new ();

  gtk_popover_set_child (GTK_POPOVER (popover), fxu_assignment_constants_new (self->session));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _ ("Constants"));
  gtk_widget_set_tooltip_text (button, _ ("The constants of the formulas, one by one"));
  g_signal_connect_object (popover, "closed", G_CALLBACK (closed_cb), self, G_CONNECT_SWAPPED);
  return button;
}

static void
build (FxuAssignmentSettings *self)
{
  self->variant = make_variants (self);
  self->target =
    fxu_assignment_constants_make_spin (0.01,
                                        100.0,
                                        0.25,
                                        2,
                                        _ ("Target of the bound on p_m, the probability that the "
                                           "fixed-point network chooses another "
                                           "class than the float one, in percent"));
  self->extra_bits = fxu_assignment_constants_make_spin (0.0,
                                                         16.0,
                                                         1.0,
                                                         0,
                                                         _ ("Bits of every W and A beyond the "
                                                            "least that meet the target"));
  gtk_editable_set_width_chars (GTK_EDITABLE (self->extra_bits), 2);
  g_signal_connect_swapped (self->target, "value-changed", G_CALLBACK (turned_cb), self);
  g_signal_connect_swapped (self->extra_bits, "value-changed", G_CALLBACK (turned_cb), self);
  self->constants = make_constants (self);

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 5);
  gtk_box_append (GTK_BOX (self->box), self->variant);
  gtk_box_append (GTK_BOX (self->box), make_label ("p<sub>m</sub> ≤"));
  gtk_box_append (GTK_BOX (self->box), self->target);
  gtk_box_append (GTK_BOX (self->box), make_label ("%  +"));
  gtk_box_append (GTK_BOX (self->box), self->extra_bits);
  /* translators: behind a number of extra bits */
  gtk_box_append (GTK_BOX (self->box), make_label (_ ("bits")));
  gtk_box_append (GTK_BOX (self->box), self->constants);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
fxu_assignment_settings_new (FxuSession *session)
{
  FxuAssignmentSettings *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_ASSIGNMENT_SETTINGS, NULL);
  self->session = g_object_ref (session);
  self->is_showing = TRUE;
  build (self);
  g_signal_connect_object (fxu_session_get_theory (session),
                           "changed",
                           G_CALLBACK (show),
                           self,
                           G_CONNECT_SWAPPED);
  show (self);
  return GTK_WIDGET (self);
}
