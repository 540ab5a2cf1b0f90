/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/convert-bar.h"
#include "convert/convert-guide.h"
#include "convert/convert-text.h"

#include <glib/gi18n.h>

struct _FxuConvertBar
{
  GtkWidget parent_instance;

  FxuSession *session;

  GtkWidget *box;
  GtkWidget *buttons[FXU_N_JOBS];
  GtkWidget *progress;
  GtkWidget *cancel;
  GtkWidget *save;
  GtkWidget *source;
};

G_DEFINE_FINAL_TYPE (FxuConvertBar, fxu_convert_bar, GTK_TYPE_WIDGET)

static const struct
{
  const char *label, *help;
} jobs[FXU_N_JOBS] = {
  [FXU_JOB_CONVERT] = {N_ ("Convert"),
                       N_ ("Calibrate exponents of what the run has learnt by now, and test it")},
  [FXU_JOB_REESTIMATE] = {N_ ("Re-estimate"),
                          N_ ("Mean and variance of batch normalization anew, with the quantized "
                              "network; no labels are looked at")},
  [FXU_JOB_TUNE] = {N_ ("Fine-tune"),
                    N_ ("Train on with clustered weights forward and float gradients, away from "
                        "the run; then test")},
  [FXU_JOB_SWEEP] = {N_ ("Sweep N"), N_ ("Convert and re-estimate with N = 1, 2, 4, … 64")},
  [FXU_JOB_CERTIFY] = {N_ ("Certify"),
                       N_ ("Run the integer engine and the simulation on the same images and "
                           "compare every value")},
};

/* In the order they are done in. */
static const FxuJobKind order[] = {
  FXU_JOB_CONVERT,
  FXU_JOB_REESTIMATE,
  FXU_JOB_TUNE,
  FXU_JOB_CERTIFY,
  FXU_JOB_SWEEP,
};

static FxuConversion *
get_conversion (FxuConvertBar *self)
{
  return fxu_session_get_conversion (self->session);
}

static void
clicked_cb (GtkButton *button, FxuConvertBar *self)
{
  FxuConversion *conversion = get_conversion (self);

  for (guint i = 0; i < FXU_N_JOBS && conversion != NULL; i++)
    if (GTK_WIDGET (button) == self->buttons[i])
      fxu_conversion_start (conversion, i);
}

static void
cancel_cb (FxuConvertBar *self)
{
  if (get_conversion (self) != NULL)
    fxu_conversion_cancel (get_conversion (self));
}

static char *
describe_activity (FxuConversion *conversion)
{
  double share;
  guint size;
  FxuActivity activity = fxu_conversion_get_activity (conversion, &share, &size);
  const char *name = fxu_convert_text_activity (activity);
  FxpFineTuningResult tuning = fxu_conversion_get_tuning (conversion);

  if (size > 0)
    /* translators: of a sweep: N, what is done with it, and how much of that in percent */
    return g_strdup_printf (_ ("N = %u: %s, %.0f %%"), size, name, 100.0 * share);
  if (activity == FXU_ACTIVITY_TUNING && tuning.n_steps > 0)
    /* translators: what is done, how much of it in percent, and the loss at its end */
    return g_strdup_printf (_ ("%s, %.0f %%, loss %.3f"), name, 100.0 * share, tuning.loss_last);
  return g_strdup_printf (_ ("%s, %.0f %%"), name, 100.0 * share);
}

static void
show_progress (FxuConvertBar *self)
{
  FxuConversion *conversion = get_conversion (self);
  double share = 0.0;
  gboolean is_busy = conversion != NULL &&
                     fxu_conversion_get_activity (conversion, &share, NULL) != FXU_ACTIVITY_IDLE;
  g_autofree char *text = is_busy ? describe_activity (conversion) : g_strdup ("");

  gtk_widget_set_visible (self->progress, is_busy);
  gtk_widget_set_visible (self->source, !is_busy);
  gtk_widget_set_sensitive (self->cancel, is_busy);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), share);
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (self->progress), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text,
                                  -1);
}

static char *
describe_source (FxuConversion *conversion)
{
  gboolean is_behind;
  double epoch = fxu_conversion_get_epoch (conversion, &is_behind);

  if (fxu_conversion_get_trained (conversion) == NULL)
    return g_strdup ("");
  if (is_behind)
    /* translators: of the weights that are converted */
    return g_strdup_printf (_ ("from epoch %.4g; the run has trained on since"), epoch);
  return g_strdup_printf (_ ("from this run at epoch %.4g"), epoch);
}

/* The step that comes next is the one to be seen first. */
static void
set_suggested (GtkWidget *button, gboolean is_next)
{
  if (is_next)
    gtk_widget_add_css_class (button, "suggested-action");
  else
    gtk_widget_remove_css_class (button, "suggested-action");
}

static void
update_save (FxuConvertBar *self, FxuConversion *conversion)
{
  const char *why = conversion != NULL ? fxu_conversion_explain_save (conversion) : "";

  gtk_widget_set_tooltip_text (self->save,
                               why != NULL ? why
                                           : _ ("The best network of these options, as a file that "
                                                "“roundoff-cli evaluate” runs"));
}

static void
update (FxuConvertBar *self)
{
  FxuConversion *conversion = get_conversion (self);
  FxuJobKind next = FXU_N_JOBS;
  g_autofree char *source = conversion != NULL ? describe_source (conversion) : g_strdup ("");

  if (conversion != NULL &&
      fxu_conversion_get_activity (conversion, NULL, NULL) == FXU_ACTIVITY_IDLE)
    next = fxu_convert_guide_get_next (conversion);
  for (guint i = 0; i < FXU_N_JOBS; i++)
    {
      const char *why = conversion != NULL ? fxu_conversion_explain (conversion, i) : "";

      gtk_widget_set_sensitive (self->buttons[i], why == NULL);
      gtk_widget_set_tooltip_text (self->buttons[i], why == NULL ? _ (jobs[i].help) : why);
      set_suggested (self->buttons[i], next == i);
    }
  update_save (self, conversion);
  gtk_label_set_text (GTK_LABEL (self->source), source);
  show_progress (self);
}

static void
fxu_convert_bar_dispose (GObject *object)
{
  FxuConvertBar *self = FXU_CONVERT_BAR (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_convert_bar_parent_class)->dispose (object);
}

static void
fxu_convert_bar_class_init (FxuConvertBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_convert_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "convertbar");
}

static void
fxu_convert_bar_init (FxuConvertBar *self)
{
}

static GtkWidget *
make_button (FxuConvertBar *self, const char *label)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->box), button);
  return button;
}

static void
build (FxuConvertBar *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 5);
  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    {
      self->buttons[order[i]] = make_button (self, _ (jobs[order[i]].label));
      g_signal_connect (self->buttons[order[i]], "clicked", G_CALLBACK (clicked_cb), self);
    }
  self->cancel = make_button (self, _ ("Cancel"));
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (cancel_cb), self);

  /* The window knows where to, and whether there is anything to save. */
  self->save = make_button (self, _ ("Save network…"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->save), "win.save-network-dialog");

  self->progress = gtk_progress_bar_new ();
  gtk_progress_bar_set_show_text (GTK_PROGRESS_BAR (self->progress), TRUE);
  gtk_widget_set_valign (self->progress, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (self->progress, TRUE);
  gtk_box_append (GTK_BOX (self->box), self->progress);
  self->source = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->source), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->source), 1.0f);
  gtk_widget_set_hexpand (self->source, TRUE);
  gtk_widget_add_css_class (self->source, "caption");
  gtk_box_append (GTK_BOX (self->box), self->source);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
fxu_convert_bar_new (FxuSession *session)
{
  FxuConvertBar *self;
  FxuConversion *conversion;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_CONVERT_BAR, NULL);
  self->session = g_object_ref (session);
  build (self);
  conversion = fxu_session_get_conversion (session);
  g_signal_connect_object (conversion, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (conversion,
                           "progress",
                           G_CALLBACK (show_progress),
                           self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

const char *
fxu_convert_bar_get_text (FxuConvertBar *self)
{
  g_return_val_if_fail (FXU_IS_CONVERT_BAR (self), NULL);

  return gtk_progress_bar_get_text (GTK_PROGRESS_BAR (self->progress));
}
