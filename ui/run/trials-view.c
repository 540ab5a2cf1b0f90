/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/trials-view.h"
#include "look.h"
#include "plot/line-plot.h"

#include <glib/gi18n.h>
#include <math.h>

/* What there is to choose from; the experiment as it is, FX, is C_o once that was applied. */
static const struct
{
  const char *names;
  const char *label;
} choices[] = {
  {"C-1 FX C+1", N_ ("A bit fewer, a bit more")},
  {"FX C-1 C-2 C-3 C-4", N_ ("Fewer and fewer bits")},
  {"FX W-2 A-2 GW-2 GA-2 ACC-2", N_ ("One kind of tensor two bits shorter")},
  {"FX GW/1 GW/2 GA/1 GA/2 GA/4", N_ ("Ranges of gradients halved")},
  {"FX BN SQ TG", N_ ("Other systems")},
};

struct _FxuTrialsView
{
  GtkWidget parent_instance;

  FxuTrials *trials;
  GtkWidget *box;
  GtkWidget *chooser;
  GtkWidget *button;
  GtkWidget *plot;
  GtkWidget *results;
};

G_DEFINE_FINAL_TYPE (FxuTrialsView, fxu_trials_view, GTK_TYPE_WIDGET)

static FxuChart *
chart (FxuTrialsView *self)
{
  return fxu_line_plot_get_chart (FXU_LINE_PLOT (self->plot));
}

/* The sign of a name with a subscript's plain letters: "C−1". */
static char *
make_label (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "-", 2);

  return g_strjoinv ("−", parts);
}

/* Colours follow light and dark. */
static void
dress (FxuTrialsView *self)
{
  const FxuPalette *palette = fxu_look_get_palette (GTK_WIDGET (self));

  for (guint i = 0; i < fxu_trials_get_n (self->trials); i++)
    {
      const FxuTrial *trial = fxu_trials_get (self->trials, i);
      g_autofree char *label = make_label (trial->name);
      gboolean is_float = g_str_equal (trial->name, "FL");
      gboolean is_fixed = g_str_equal (trial->name, "FX");

      fxu_chart_set_series_look (chart (self),
                                 i,
                                 label,
                                 is_float   ? palette->hues[FXU_HUE_TWIN]
                                 : is_fixed ? palette->hues[FXU_HUE_FIXED]
                                            : fxu_palette_get_category (palette, i));
    }
  fxu_line_plot_changed (FXU_LINE_PLOT (self->plot));
}

static char *
describe_trial (const FxuTrial *trial)
{
  g_autofree char *label = make_label (trial->name);
  const char *end = trial->cause != NULL ? _ (", diverged") : "";

  if (isnan (trial->test_accuracy))
    /* translators: a trial so far: its name and how many epochs it has done */
    return g_strdup_printf (_ ("%s epoch %.1f%s"), label, trial->epoch, end);
  /* translators: a trial so far: its name, its test accuracy in percent, and perhaps ", diverged"
   */
  return g_strdup_printf (_ ("%s %.1f %%%s"), label, 100.0 * trial->test_accuracy, end);
}

static void
update_results (FxuTrialsView *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean runs = fxu_trials_is_running (self->trials);

  for (guint i = 0; i < fxu_trials_get_n (self->trials); i++)
    {
      g_autofree char *part = describe_trial (fxu_trials_get (self->trials, i));

      g_string_append_printf (text, "%s%s", i > 0 ? "   " : "", part);
    }
  if (runs)
    g_string_append_printf (text, "   (%.0f %%)", 100.0 * fxu_trials_get_share (self->trials));
  gtk_label_set_text (GTK_LABEL (self->results), text->str);
  gtk_widget_set_visible (self->results, text->len > 0);
  gtk_button_set_label (GTK_BUTTON (self->button), runs ? _ ("Stop") : _ ("Start"));
}

static void
started_cb (FxuTrialsView *self)
{
  const FxuColor any = {0.5, 0.5, 0.5, 1.0};

  fxu_chart_clear_series (chart (self));
  for (guint i = 0; i < fxu_trials_get_n (self->trials); i++)
    fxu_chart_add_series (chart (self),
                          "",
                          any,
                          g_str_equal (fxu_trials_get (self->trials, i)->name, "FL")
                            ? FXU_LINE_DASHED
                            : FXU_LINE_SOLID);
  dress (self);
  update_results (self);
}

static void
recorded_cb (FxuTrialsView *self, guint i, double epoch, double loss)
{
  fxu_chart_append (chart (self), i, epoch, loss);
  if (gtk_widget_get_mapped (self->plot))
    fxu_line_plot_changed (FXU_LINE_PLOT (self->plot));
}

void
fxu_trials_view_start (FxuTrialsView *self, const char *names)
{
  g_auto (GStrv) parts = NULL;

  g_return_if_fail (FXU_IS_TRIALS_VIEW (self));
  g_return_if_fail (names != NULL);

  if (*names == '\0')
    {
      fxu_trials_stop (self->trials);
      return;
    }
  parts = g_strsplit (names, " ", FXU_TRIALS_MAX - 1);
  fxu_trials_start (self->trials, (const char *const *)parts);
}

static void
clicked_cb (FxuTrialsView *self)
{
  guint choice = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->chooser));

  fxu_trials_view_start (self, fxu_trials_is_running (self->trials) ? "" : choices[choice].names);
}

static void
fxu_trials_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  FxuTrialsView *self = FXU_TRIALS_VIEW (widget);

  GTK_WIDGET_CLASS (fxu_trials_view_parent_class)->css_changed (widget, change);

  if (self->trials != NULL)
    dress (self);
}

static void
fxu_trials_view_dispose (GObject *object)
{
  FxuTrialsView *self = FXU_TRIALS_VIEW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->trials);

  G_OBJECT_CLASS (fxu_trials_view_parent_class)->dispose (object);
}

static void
fxu_trials_view_class_init (FxuTrialsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_trials_view_dispose;
  widget_class->css_changed = fxu_trials_view_css_changed;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "trialsview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
make_controls (FxuTrialsView *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkStringList *labels = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    gtk_string_list_append (labels, _ (choices[i].label));
  self->chooser = gtk_drop_down_new (G_LIST_MODEL (labels), NULL);
  gtk_widget_set_hexpand (self->chooser, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->chooser),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Trials"),
                                  -1);
  self->button = gtk_button_new_with_label (_ ("Start"));
  gtk_widget_set_tooltip_text (self->button,
                               _ ("Trains the experiment so changed from the beginning, beside "
                                  "the run in the window"));
  g_signal_connect_object (self->button,
                           "clicked",
                           G_CALLBACK (clicked_cb),
                           self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (row), self->chooser);
  gtk_box_append (GTK_BOX (row), self->button);
  return row;
}

static void
fxu_trials_view_init (FxuTrialsView *self)
{
  FxuChart *losses = fxu_chart_new (_ ("Training loss of trials"), _ ("epoch"), _ ("loss"));

  fxu_chart_set_log_y (losses, TRUE);
  fxu_chart_set_empty_text (losses, _ ("Start trials to compare configurations"));
  self->plot = fxu_line_plot_new (losses);
  gtk_widget_set_vexpand (self->plot, TRUE);
  self->results = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->results), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (self->results), TRUE);
  gtk_widget_add_css_class (self->results, "caption");
  gtk_widget_set_visible (self->results, FALSE);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_box_append (GTK_BOX (self->box), make_controls (self));
  gtk_box_append (GTK_BOX (self->box), self->plot);
  gtk_box_append (GTK_BOX (self->box), self->results);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
fxu_trials_view_new (FxuSession *session)
{
  FxuTrialsView *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_TRIALS_VIEW, NULL);
  self->trials = fxu_trials_new (session);
  g_signal_connect_object (self->trials,
                           "started",
                           G_CALLBACK (started_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->trials,
                           "recorded",
                           G_CALLBACK (recorded_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->trials,
                           "changed",
                           G_CALLBACK (update_results),
                           self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

char *
fxu_trials_view_describe (FxuTrialsView *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (FXU_IS_TRIALS_VIEW (self), NULL);

  for (guint i = 0; i < fxu_trials_get_n (self->trials); i++)
    {
      const FxuTrial *trial = fxu_trials_get (self->trials, i);

      g_string_append_printf (text,
                              "%s: epoch %.2f, loss %.4f, test %.1f %%%s\n",
                              trial->name,
                              trial->epoch,
                              trial->loss,
                              100.0 * trial->test_accuracy,
                              trial->cause != NULL ? ", diverged" : "");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
