/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/setup-view.h"
#include "run/bits-handle.h"
#include "run/dataset-picker.h"
#include "value-choice.h"
#include "value-entry.h"

#include <glib/gi18n.h>
#include <math.h>

struct _FxuSetupView
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *scrolled;
  GtkWidget *handle;
  GtkWidget *generated; /* rows that only generated sets have */
  GtkWidget *twin;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (FxuSetupView, fxu_setup_view, GTK_TYPE_WIDGET)

/* 1, 2, 5, 10, ...: steps even to the eye. */
static char *
step_rate (const char *text, int direction)
{
  static const double digits[] = {1.0, 2.0, 5.0, 10.0};
  double value = g_ascii_strtod (text, NULL);
  double decade, digit;
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  int i;

  if (!(value > 1e-9) || value >= 1e6)
    return NULL;

  decade = pow (10.0, floor (log10 (value) + 1e-9));
  digit = value / decade;
  if (direction > 0)
    for (i = 0; digits[i] <= digit * 1.001; i++)
      ;
  else
    for (i = 3; digits[i] >= digit * 0.999 && i > 0; i--)
      ;
  if (direction < 0 && digits[i] >= digit * 0.999)
    value = decade * 0.5;
  else
    value = decade * digits[i];
  g_ascii_formatd (buffer, sizeof buffer, "%.6g", value);
  return g_strdup (buffer);
}

/* Doubles and halves. */
static char *
step_batch (const char *text, int direction)
{
  guint64 value = g_ascii_strtoull (text, NULL, 10);

  value = direction > 0 ? value * 2 : value / 2;
  return g_strdup_printf ("%u", (guint)CLAMP (value, 1, 65536));
}

static char *
step_noise (const char *text, int direction)
{
  double value = g_ascii_strtod (text, NULL) + 5.0 * direction;
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, "%g", CLAMP (value, 0.0, 50.0));
  return g_strdup (buffer);
}

static char *
step_samples (const char *text, int direction)
{
  guint64 value = g_ascii_strtoull (text, NULL, 10);

  value = direction > 0 ? value * 2 : value / 2;
  return g_strdup_printf ("%u", (guint)CLAMP (value, 10, 1000000));
}

static void
add_row (GtkWidget *grid, int row, const char *name, GtkWidget *control)
{
  GtkWidget *label = gtk_label_new (name);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_set_hexpand (control, TRUE);
  gtk_grid_attach (GTK_GRID (grid), label, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), control, 1, row, 1, 1);
}

static GtkWidget *
make_rows (void)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  return grid;
}

static GtkWidget *
make_heading (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "section");
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  return label;
}

static GtkWidget *
make_precision (FxuSetupView *self)
{
  const char *roundings[FXP_N_ROUNDINGS + 1] = {NULL};
  const char *overflows[FXP_N_OVERFLOWS + 1] = {NULL};
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *rows = make_rows ();

  for (guint i = 0; i < FXP_N_ROUNDINGS; i++)
    roundings[i] = fxp_rounding_get_nick (i);
  for (guint i = 0; i < FXP_N_OVERFLOWS; i++)
    overflows[i] = fxp_overflow_get_nick (i);

  self->handle = fxu_bits_handle_new (self->session);
  add_row (rows,
           0,
           _ ("Rounding"),
           fxu_value_choice_new (self->session,
                                 "precision.*.*.rounding",
                                 _ ("Rounding of every tensor"),
                                 roundings));
  add_row (rows,
           1,
           _ ("Overflow"),
           fxu_value_choice_new (self->session,
                                 "precision.*.*.overflow",
                                 _ ("Overflow of every tensor"),
                                 overflows));
  gtk_box_append (GTK_BOX (box), self->handle);
  gtk_box_append (GTK_BOX (box), rows);
  return box;
}

static GtkWidget *
make_data (FxuSetupView *self, const char *file_action)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->generated = make_rows ();
  add_row (self->generated,
           0,
           _ ("Noise %"),
           fxu_value_entry_new (self->session,
                                "dataset.noise",
                                _ ("Noise in percent"),
                                step_noise));
  add_row (self->generated,
           1,
           _ ("Samples"),
           fxu_value_entry_new (self->session,
                                "dataset.samples",
                                _ ("Number of samples"),
                                step_samples));
  gtk_box_append (GTK_BOX (box), make_heading (_ ("Data")));
  gtk_box_append (GTK_BOX (box), fxu_dataset_picker_new (self->session, file_action));
  gtk_box_append (GTK_BOX (box), self->generated);
  return box;
}

static void
twin_toggled_cb (FxuSetupView *self)
{
  gboolean on = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->twin));

  if (!self->refreshing)
    fxu_session_set_value (self->session, "training.twin", on ? "true" : "false");
}

static GtkWidget *
make_training (FxuSetupView *self)
{
  const char *activations[FXP_N_ACTIVATIONS + 1] = {NULL};
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *rows = make_rows ();

  for (guint i = 0; i < FXP_N_ACTIVATIONS; i++)
    activations[i] = fxp_activation_get_nick (i);

  add_row (rows,
           0,
           _ ("Rate"),
           fxu_value_entry_new (self->session, "training.rate", _ ("Learning rate"), step_rate));
  add_row (rows,
           1,
           _ ("Batch"),
           fxu_value_entry_new (self->session, "training.batch", _ ("Batch size"), step_batch));
  add_row (rows,
           2,
           _ ("Activation"),
           fxu_value_choice_new (self->session,
                                 "network.activation",
                                 _ ("Activation function"),
                                 activations));
  self->twin = gtk_check_button_new_with_label (_ ("Float twin beside it"));
  gtk_widget_set_tooltip_text (self->twin,
                               _ ("The same run in floating point: same seed, same batches.\n"
                                  "It takes about half of the time."));
  g_signal_connect_object (self->twin,
                           "toggled",
                           G_CALLBACK (twin_toggled_cb),
                           self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), make_heading (_ ("Training")));
  gtk_box_append (GTK_BOX (box), rows);
  gtk_box_append (GTK_BOX (box), self->twin);
  return box;
}

static void
refresh (FxuSetupView *self)
{
  const FxpSettings *settings =
    fxp_experiment_get_settings (fxu_session_get_experiment (self->session));

  self->refreshing = TRUE;
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->twin), settings->twin);
  self->refreshing = FALSE;
  /* Sets that are read, not made, have neither noise nor a number of samples to choose. */
  gtk_widget_set_sensitive (self->generated,
                            settings->dataset_name != NULL &&
                              !g_str_equal (settings->dataset_name, "digits"));
}

static void
fxu_setup_view_dispose (GObject *object)
{
  FxuSetupView *self = FXU_SETUP_VIEW (object);

  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_setup_view_parent_class)->dispose (object);
}

static void
fxu_setup_view_class_init (FxuSetupViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_setup_view_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "setup");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_setup_view_init (FxuSetupView *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Settings"),
                                  -1);
}

GtkWidget *
fxu_setup_view_new (FxuSession *session, const char *file_action)
{
  FxuSetupView *self;
  GtkWidget *box;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);
  g_return_val_if_fail (file_action != NULL, NULL);

  self = g_object_new (FXU_TYPE_SETUP_VIEW, NULL);
  self->session = g_object_ref (session);

  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 14);
  gtk_box_append (GTK_BOX (box), make_precision (self));
  gtk_box_append (GTK_BOX (box), make_data (self, file_action));
  gtk_box_append (GTK_BOX (box), make_training (self));
  gtk_widget_add_css_class (box, "content");

  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled),
                                  GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), box);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));

  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (refresh),
                           self,
                           G_CONNECT_SWAPPED);
  refresh (self);
  return GTK_WIDGET (self);
}

void
fxu_setup_view_give_cue (FxuSetupView *self)
{
  g_return_if_fail (FXU_IS_SETUP_VIEW (self));

  fxu_bits_handle_breathe (FXU_BITS_HANDLE (self->handle));
}
