/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/sweep-board.h"
#include "convert/convert-text.h"
#include "plot/dot-plot.h"

#include <glib/gi18n.h>
#include <math.h>

typedef enum
{
  PLOT_ACCURACY,
  PLOT_REPLACED,
  PLOT_SPEED,
  PLOT_BITS,
  N_PLOTS
} Plot;

struct _FxuSweepBoard
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *grid;
  GtkWidget *plots[N_PLOTS];
  GtkWidget *note;
};

G_DEFINE_FINAL_TYPE (FxuSweepBoard, fxu_sweep_board, GTK_TYPE_WIDGET)

static FxuDotChart *
get_chart (FxuSweepBoard *self, Plot plot)
{
  return fxu_dot_plot_get_chart (FXU_DOT_PLOT (self->plots[plot]));
}

static double
get_percent (const FxuScore *score)
{
  return score->n > 0 ? 100.0 * (double)score->n_correct / (double)score->n : NAN;
}

static void
forget (FxuSweepBoard *self, Plot plot)
{
  for (guint place = 0; place < FXU_SWEEP_N; place++)
    for (guint kind = 0; kind < (plot == PLOT_ACCURACY ? FXU_N_STAGES - 1 : 1); kind++)
      fxu_dot_chart_set_value (get_chart (self, plot), place, kind, NAN);
}

static void
show_accuracy (FxuSweepBoard *self, FxuConversion *conversion)
{
  FxuDotChart *chart = get_chart (self, PLOT_ACCURACY);
  FxuScore reference = fxu_conversion_get_score (conversion, FXU_STAGE_FLOAT, NULL);
  const FxuSweepPoint *points;
  gboolean is_stale;
  guint n;

  points = fxu_conversion_get_points (conversion, &n, &is_stale);
  forget (self, PLOT_ACCURACY);
  for (guint i = 0; i < n; i++)
    for (guint stage = FXU_STAGE_CONVERTED; stage < FXU_N_STAGES; stage++)
      fxu_dot_chart_set_value (chart, i, stage - 1, get_percent (&points[i].scores[stage]));
  fxu_dot_chart_set_reference (chart, n > 0 ? get_percent (&reference) : NAN, _ ("float"));
  fxu_picture_changed (FXU_PICTURE (self->plots[PLOT_ACCURACY]));
  gtk_widget_set_visible (self->note, n > 0 && is_stale);
  if (n > 0 && is_stale)
    gtk_widget_add_css_class (self->plots[PLOT_ACCURACY], "stale");
  else
    gtk_widget_remove_css_class (self->plots[PLOT_ACCURACY], "stale");
}

/* By the formulas: nothing has to be run for these. */
static void
show_counts (FxuSweepBoard *self, FxuConversion *conversion)
{
  gboolean has_counts =
    fxu_conversion_get_work (conversion) != NULL &&
    fxu_conversion_get_refusal (conversion) == NULL &&
    fxu_conversion_get_options (conversion)->clusters.method != FXP_CLUSTER_NONE;

  for (guint plot = PLOT_REPLACED; plot < N_PLOTS; plot++)
    forget (self, plot);
  for (guint i = 0; i < FXU_SWEEP_N && has_counts; i++)
    {
      FxpOperations operations = fxu_conversion_count (conversion, fxu_sweep_get_size (i));

      fxu_dot_chart_set_value (get_chart (self, PLOT_REPLACED),
                               i,
                               0,
                               100.0 * operations.share_replaced);
      fxu_dot_chart_set_value (get_chart (self, PLOT_SPEED), i, 0, operations.speed_up);
      fxu_dot_chart_set_value (get_chart (self, PLOT_BITS), i, 0, operations.bits_per_weight);
    }
  for (guint plot = PLOT_REPLACED; plot < N_PLOTS; plot++)
    fxu_picture_changed (FXU_PICTURE (self->plots[plot]));
}

static void
update (FxuSweepBoard *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);

  if (conversion == NULL)
    return;
  show_accuracy (self, conversion);
  show_counts (self, conversion);
}

static void
progress_cb (FxuSweepBoard *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);
  guint size = 0;

  if (conversion == NULL)
    return;
  fxu_conversion_get_activity (conversion, NULL, &size);
  if (size > 0)
    show_accuracy (self, conversion);
}

static void
fxu_sweep_board_dispose (GObject *object)
{
  FxuSweepBoard *self = FXU_SWEEP_BOARD (object);

  g_clear_pointer (&self->grid, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_sweep_board_parent_class)->dispose (object);
}

static void
fxu_sweep_board_class_init (FxuSweepBoardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_sweep_board_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "sweepboard");
}

static FxuDotChart *
make_chart (Plot plot)
{
  static const struct
  {
    const char *title, *unit, *empty;
  } texts[N_PLOTS] = {
    [PLOT_ACCURACY] = {N_ ("Accuracy over N"), N_ ("%"), N_ ("Sweep N to see this")},
    [PLOT_REPLACED] = {N_ ("Multiplications replaced over N"), N_ ("%"), N_ ("No clusters")},
    [PLOT_SPEED] = {N_ ("Speed model over N"), N_ ("times float32"), N_ ("No clusters")},
    [PLOT_BITS] = {N_ ("Storage over N"), N_ ("bits per weight"), N_ ("No clusters")},
  };
  FxuDotChart *chart = fxu_dot_chart_new (_ (texts[plot].title), _ (texts[plot].unit));

  if (plot == PLOT_ACCURACY)
    for (guint stage = FXU_STAGE_CONVERTED; stage < FXU_N_STAGES; stage++)
      fxu_dot_chart_add_kind (chart, fxu_convert_text_stage (stage));
  else
    fxu_dot_chart_add_kind (chart, _ ("by the formula"));
  fxu_dot_chart_set_joined (chart, TRUE);
  fxu_dot_chart_set_from_zero (chart, FALSE);
  fxu_dot_chart_set_empty_text (chart, _ (texts[plot].empty));
  return chart;
}

static void
set_places (FxuDotChart *chart)
{
  g_auto (GStrv) names = g_new0 (char *, FXU_SWEEP_N + 1);

  for (guint i = 0; i < FXU_SWEEP_N; i++)
    names[i] = g_strdup_printf ("%u", fxu_sweep_get_size (i));
  fxu_dot_chart_set_places (chart, (const char *const *)names);
}

static void
fxu_sweep_board_init (FxuSweepBoard *self)
{
  self->grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 4);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 4);
  gtk_grid_set_column_homogeneous (GTK_GRID (self->grid), TRUE);
  for (guint plot = 0; plot < N_PLOTS; plot++)
    {
      FxuDotChart *chart = make_chart (plot);

      set_places (chart);
      self->plots[plot] = fxu_dot_plot_new (chart);
      gtk_widget_set_vexpand (self->plots[plot], TRUE);
      gtk_widget_set_hexpand (self->plots[plot], TRUE);
      gtk_widget_set_size_request (self->plots[plot], -1, plot == PLOT_ACCURACY ? 150 : 110);
    }
  gtk_grid_attach (GTK_GRID (self->grid), self->plots[PLOT_ACCURACY], 0, 0, 3, 1);
  for (guint plot = PLOT_REPLACED; plot < N_PLOTS; plot++)
    gtk_grid_attach (GTK_GRID (self->grid), self->plots[plot], (int)plot - 1, 2, 1, 1);
  self->note = gtk_label_new (_ ("Swept before the last change; sweep again"));
  gtk_widget_add_css_class (self->note, "caption");
  gtk_widget_set_visible (self->note, FALSE);
  gtk_grid_attach (GTK_GRID (self->grid), self->note, 0, 1, 3, 1);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
}

GtkWidget *
fxu_sweep_board_new (FxuSession *session)
{
  FxuSweepBoard *self;
  FxuConversion *conversion;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_SWEEP_BOARD, NULL);
  self->session = g_object_ref (session);
  conversion = fxu_session_get_conversion (session);
  g_signal_connect_object (conversion, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (conversion,
                           "progress",
                           G_CALLBACK (progress_cb),
                           self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

char *
fxu_sweep_board_describe (FxuSweepBoard *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (FXU_IS_SWEEP_BOARD (self), NULL);

  for (guint plot = 0; plot < N_PLOTS; plot++)
    {
      g_autofree char *line = fxu_dot_chart_describe (get_chart (self, plot));

      g_string_append_printf (text, "%s\n", line);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
