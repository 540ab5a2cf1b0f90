/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/assignment-constants.h"
#include "run/settings-rows.h"

#include <glib/gi18n.h>

struct _FxuAssignmentConstants
{
  GtkWidget parent_instance;

  FxuSession *session;
  gboolean is_showing; /* what the widgets say follows from the options, not from the user */

  GtkWidget *rows;
  GtkWidget *smoothing;
  GtkWidget *gradient_range;
  GtkWidget *gradient_margin;
  GtkWidget *fourth_root;
  GtkWidget *jacobian;
  GtkWidget *bits_max;
  GtkWidget *input_bits;
  GtkWidget *input_counts;
};

G_DEFINE_FINAL_TYPE (FxuAssignmentConstants, fxu_assignment_constants, GTK_TYPE_WIDGET)

static double
get_number (GtkWidget *spin)
{
  return gtk_spin_button_get_value (GTK_SPIN_BUTTON (spin));
}

/* What is shown with two digits stays as exact as it was until it is turned. */
static void
take_number (GtkWidget *spin, double *value)
{
  if (ABS (get_number (spin) - *value) > 0.005)
    *value = get_number (spin);
}

static guint
get_count (GtkWidget *spin)
{
  return (guint)gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (spin));
}

static gboolean
get_switch (GtkWidget *check)
{
  return gtk_check_button_get_active (GTK_CHECK_BUTTON (check));
}

static void
turned_cb (FxuAssignmentConstants *self)
{
  FxuTheory *theory = fxu_session_get_theory (self->session);
  FxpAssignmentOptions options;

  if (self->is_showing || theory == NULL)
    return;
  options = *fxu_theory_get_options (theory);
  take_number (self->smoothing, &options.smoothing);
  take_number (self->gradient_range, &options.gradient_range);
  options.gradient_margin =
    (double)(1u << gtk_drop_down_get_selected (GTK_DROP_DOWN (self->gradient_margin)));
  options.fourth_root = get_switch (self->fourth_root);
  options.jacobian = (FxpJacobian)gtk_drop_down_get_selected (GTK_DROP_DOWN (self->jacobian));
  options.bits_max = get_count (self->bits_max);
  options.input_bits = get_count (self->input_bits);
  options.input_counts = get_switch (self->input_counts);
  fxu_theory_set_options (theory, &options);
}

static guint
log2_of_margin (double margin)
{
  guint n = 0;

  while (n < 2 && margin > (double)(1u << n))
    n++;
  return n;
}

static void
show (FxuAssignmentConstants *self)
{
  FxuTheory *theory = fxu_session_get_theory (self->session);
  const FxpAssignmentOptions *options;

  if (theory == NULL)
    return;
  options = fxu_theory_get_options (theory);
  self->is_showing = TRUE;
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->smoothing), options->smoothing);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->gradient_range), options->gradient_range);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->gradient_margin),
                              log2_of_margin (options->gradient_margin));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->fourth_root), options->fourth_root);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->jacobian), options->jacobian);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->bits_max), options->bits_max);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->input_bits), options->input_bits);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->input_counts), options->input_counts);
  self->is_showing = FALSE;
}

static void
fxu_assignment_constants_dispose (GObject *object)
{
  FxuAssignmentConstants *self = FXU_ASSIGNMENT_CONSTANTS (object);

  g_clear_pointer (&self->rows, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_assignment_constants_parent_class)->dispose (object);
}

static void
fxu_assignment_constants_class_init (FxuAssignmentConstantsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_assignment_constants_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "assignmentconstants");
}

static void
fxu_assignment_constants_init (FxuAssignmentConstants *self)
{
}

GtkWidget *
fxu_assignment_constants_make_spin (double least,
                                    double most,
                                    double step,
                                    guint digits,
                                    const char *label)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (least, most, step);

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), digits);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 4);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 5);
  gtk_widget_set_tooltip_text (spin, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return spin;
}

static GtkWidget *
add_spin (FxuAssignmentConstants *self,
          const char *name,
          double least,
          double most,
          double step,
          guint digits,
          const char *help)
{
  GtkWidget *spin = fxu_assignment_constants_make_spin (least, most, step, digits, help);

  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (turned_cb), self);
  return fxu_settings_rows_add (self->rows, name, spin);
}

static GtkWidget *
add_choice (FxuAssignmentConstants *self,
            const char *name,
            const char *const *choices,
            const char *help)
{
  GtkWidget *choice = gtk_drop_down_new_from_strings (choices);

  gtk_widget_set_tooltip_text (choice, help);
  gtk_accessible_update_property (GTK_ACCESSIBLE (choice), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (choice, "notify::selected", G_CALLBACK (turned_cb), self);
  return fxu_settings_rows_add (self->rows, name, choice);
}

static GtkWidget *
add_switch (FxuAssignmentConstants *self, const char *name, const char *help)
{
  GtkWidget *check = gtk_check_button_new_with_label (name);

  gtk_widget_set_tooltip_text (check, help);
  g_signal_connect_swapped (check, "toggled", G_CALLBACK (turned_cb), self);
  return fxu_settings_rows_add_wide (self->rows, check);
}

static void
build (FxuAssignmentConstants *self)
{
  const char *const margins[] = {"1", "2", "4", NULL};
  const char *const jacobians[] = {_ ("exact"), _ ("simplified"), NULL};

  self->is_showing = TRUE;
  self->rows = fxu_settings_rows_new ();
  gtk_widget_set_parent (self->rows, GTK_WIDGET (self));
  self->smoothing =
    add_spin (self,
              _ ("c, of peaks"),
              0.1,
              10.0,
              0.1,
              2,
              _ ("Factor of the greatest deviation, for peaks that the moving average flattened"));
  self->gradient_range = add_spin (self,
                                   _ ("k, of G_A's range"),
                                   1.0,
                                   32.0,
                                   1.0,
                                   1,
                                   _ ("Range of G_A, in its greatest deviations"));
  self->gradient_margin = add_choice (self,
                                      _ ("G_A's range ×"),
                                      margins,
                                      _ ("A margin beyond that; the released code doubles it"));
  self->jacobian = add_choice (self,
                               _ ("λ"),
                               jacobians,
                               _ ("How the Jacobian's greatest singular value is found: exactly, "
                                  "block by block, or as the released code averages it"));
  self->fourth_root = add_switch (self,
                                  _ ("Fourth root of |G_W| / |G_A|"),
                                  _ ("In BQN; with it the bound on noise power is guaranteed"));
  self->bits_max = add_spin (self, _ ("Most bits"), 2.0, 32.0, 1.0, 0, _ ("Cap of every word"));
  self->input_bits =
    add_spin (self,
              _ ("Input bits"),
              0.0,
              32.0,
              1.0,
              0,
              _ ("Word length of the network's input; 0: equalized as all the others"));
  self->input_counts = add_switch (self,
                                   _ ("Input counts"),
                                   _ ("The input takes part in E_min and in the bound on p_m"));
  self->is_showing = FALSE;
}

GtkWidget *
fxu_assignment_constants_new (FxuSession *session)
{
  FxuAssignmentConstants *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_ASSIGNMENT_CONSTANTS, NULL);
  self->session = g_object_ref (session);
  build (self);
  g_signal_connect_object (fxu_session_get_theory (session),
                           "changed",
                           G_CALLBACK (show),
                           self,
                           G_CONNECT_SWAPPED);
  show (self);
  return GTK_WIDGET (self);
}
