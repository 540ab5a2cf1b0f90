/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/chart-board.h"
#include "look.h"
#include "plot/line-plot.h"
#include "run/change-label.h"
#include "run/tensor-lines.h"

#include <glib/gi18n.h>
#include <math.h>

/* Top of the axis of widths, unless a word is longer. */
#define BITS_USUAL 16
/* Changes that follow one another faster are one mark. */
#define MARK_DELAY_MS 300

enum
{
  CHART_LOSS,
  CHART_ACCURACY,
  CHART_SQNR,
  CHART_BITS,
  CHART_EXPONENTS,
  N_CHARTS
};

static const char *const chart_names[N_CHARTS] = {"loss", "accuracy", "sqnr", "bits", "exponents"};

/* Series of the loss and accuracy charts. */
enum
{
  SERIES_FIXED,
  SERIES_FLOAT,
  SERIES_VALID_FIXED, /* of accuracy alone, once there are validation data */
  SERIES_VALID_FLOAT,
};

struct _FxuChartBoard
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *grid;
  GtkWidget *plots[N_CHARTS];
  FxuTensorLines *sqnr, *bits, *exponents;

  char *shown;         /* "all", or the name of a chart */
  FxpExperiment *seen; /* of the newest snapshot drawn */
  guint run;

  FxuSpan span;
  guint layer;
  FxpRole role;

  FxpExperiment *unmarked; /* before the changes that wait for their mark, or NULL */
  double mark_x;
  gboolean dragged; /* they are part of a drag */
  guint mark_id;
  guint n_marks;
  gboolean has_validation;
};

G_DEFINE_FINAL_TYPE (FxuChartBoard, fxu_chart_board, GTK_TYPE_WIDGET)

static FxuChart *
chart (FxuChartBoard *self, guint i)
{
  return fxu_line_plot_get_chart (FXU_LINE_PLOT (self->plots[i]));
}

/* At the next beat, those that can be seen. */
static void
redraw (FxuChartBoard *self)
{
  for (guint i = 0; i < N_CHARTS; i++)
    if (gtk_widget_get_mapped (self->plots[i]))
      fxu_line_plot_changed (FXU_LINE_PLOT (self->plots[i]));
}

/* Colours follow light and dark. */
static void
dress (FxuChartBoard *self)
{
  const FxuPalette *palette = fxu_look_get_palette (GTK_WIDGET (self));

  for (guint i = CHART_LOSS; i <= CHART_ACCURACY; i++)
    {
      fxu_chart_set_series_look (chart (self, i),
                                 SERIES_FIXED,
                                 _ ("fixed"),
                                 palette->hues[FXU_HUE_FIXED]);
      fxu_chart_set_series_look (chart (self, i),
                                 SERIES_FLOAT,
                                 _ ("float"),
                                 palette->hues[FXU_HUE_TWIN]);
    }
  fxu_chart_set_series_look (chart (self, CHART_ACCURACY),
                             SERIES_VALID_FIXED,
                             /* translators: accuracy on validation data, very short */
                             _ ("valid. fixed"),
                             palette->hues[FXU_HUE_MARK]);
  fxu_chart_set_series_look (chart (self, CHART_ACCURACY),
                             SERIES_VALID_FLOAT,
                             _ ("valid. float"),
                             palette->hues[FXU_HUE_MARK]);
  fxu_tensor_lines_show (self->sqnr, self->span, self->layer, self->role, palette);
  fxu_tensor_lines_show (self->bits, self->span, self->layer, self->role, palette);
  fxu_tensor_lines_show (self->exponents, self->span, self->layer, self->role, palette);
  redraw (self);
}

static void
add_mark (FxuChartBoard *self, double x, const char *label)
{
  for (guint i = 0; i < N_CHARTS; i++)
    fxu_chart_add_mark (chart (self, i), x, label);
  self->n_marks++;
  redraw (self);
}

static void
forget_mark (FxuChartBoard *self)
{
  g_clear_handle_id (&self->mark_id, g_source_remove);
  g_clear_pointer (&self->unmarked, fxp_experiment_unref);
}

static void
flush_mark (FxuChartBoard *self)
{
  g_autofree char *label = fxu_change_label (self->unmarked, self->seen);

  if (label != NULL)
    add_mark (self, self->mark_x, label);
  forget_mark (self);
}

static gboolean
mark_cb (gpointer data)
{
  FxuChartBoard *self = data;

  /* A drag is one change, however long it takes. */
  if (fxu_session_is_editing (self->session))
    return G_SOURCE_CONTINUE;

  self->mark_id = 0;
  flush_mark (self);
  return G_SOURCE_REMOVE;
}

/* The mark comes when things are quiet again, and stands where they began. */
static void
mark_later (FxuChartBoard *self, FxpExperiment *before, double x)
{
  gboolean dragged = fxu_session_is_editing (self->session);

  /* What follows a drag is another change, be it as soon as may be. */
  if (self->unmarked != NULL && self->dragged && !dragged)
    flush_mark (self);
  self->dragged = dragged;
  if (self->unmarked == NULL)
    {
      self->unmarked = fxp_experiment_ref (before);
      self->mark_x = x;
    }
  g_clear_handle_id (&self->mark_id, g_source_remove);
  self->mark_id = g_timeout_add (MARK_DELAY_MS, mark_cb, self);
}

/* Lines without a point would stand in the legend. */
static void
show_validation (FxuChartBoard *self, gboolean visible)
{
  FxuChart *accuracy = chart (self, CHART_ACCURACY);

  self->has_validation = visible;
  fxu_chart_set_title (accuracy, visible ? _ ("Accuracy") : _ ("Test accuracy"));
  fxu_chart_set_series_visible (accuracy, SERIES_VALID_FIXED, visible);
  fxu_chart_set_series_visible (accuracy, SERIES_VALID_FLOAT, visible);
}

static gboolean
any_moves (const FxpExperiment *experiment)
{
  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      if (fxp_experiment_moves (experiment, (FxpTensorId){layer, role}))
        return TRUE;
  return FALSE;
}

/* Where binary points move, they are what is worth a look, and words keep their length. */
static void
show_charts (FxuChartBoard *self)
{
  const gboolean all = g_str_equal (self->shown, "all");
  const guint hidden = self->seen != NULL && any_moves (self->seen) ? CHART_BITS : CHART_EXPONENTS;

  for (guint i = 0; i < N_CHARTS; i++)
    gtk_widget_set_visible (self->plots[i],
                            all ? i != hidden : g_str_equal (chart_names[i], self->shown));
  redraw (self);
}

static void
start_run (FxuChartBoard *self, FxpSnapshot *snapshot)
{
  FxpExperiment *experiment = fxp_snapshot_get_experiment (snapshot);

  forget_mark (self);
  self->n_marks = 0;
  self->run = fxp_snapshot_get_run (snapshot);
  for (guint i = 0; i < N_CHARTS; i++)
    fxu_chart_clear_points (chart (self, i));
  show_validation (self, FALSE);
  fxu_tensor_lines_prepare (self->sqnr, experiment);
  fxu_tensor_lines_prepare (self->bits, experiment);
  fxu_tensor_lines_prepare (self->exponents, experiment);
  self->layer = MIN (self->layer, fxp_experiment_get_n_weighted (experiment) - 1);
  dress (self);
}

/* To @series and the one after it. */
static void
append_pair (FxuChart *target, guint series, double x, float fixed, float twin)
{
  if (!isnan (fixed))
    fxu_chart_append (target, series, x, fixed);
  if (!isnan (twin))
    fxu_chart_append (target, series + 1, x, twin);
}

static void
append_validation (FxuChartBoard *self, const FxpRecord *record)
{
  if (isnan (record->validation_accuracy_fixed))
    return;
  if (!self->has_validation)
    show_validation (self, TRUE);
  append_pair (chart (self, CHART_ACCURACY),
               SERIES_VALID_FIXED,
               record->epoch,
               100.0f * record->validation_accuracy_fixed,
               100.0f * record->validation_accuracy_float);
}

static void
append_record (FxuChartBoard *self, FxpSnapshot *snapshot, const FxpRecord *record, gsize i)
{
  const FxpTensorRecord *tensors = fxp_snapshot_get_tensor_records (snapshot, i);
  guint n = fxp_snapshot_get_n_weighted (snapshot) * FXP_N_ROLES;
  g_autofree float *sqnr = g_new (float, n);
  g_autofree float *bits = g_new (float, n);
  g_autofree float *exponents = g_new (float, n);
  gboolean has_new_line;
  double x = record->epoch;

  append_pair (chart (self, CHART_LOSS), SERIES_FIXED, x, record->loss_fixed, record->loss_float);
  append_validation (self, record);
  append_pair (chart (self, CHART_ACCURACY),
               SERIES_FIXED,
               x,
               100.0f * record->test_accuracy_fixed,
               100.0f * record->test_accuracy_float);
  for (guint k = 0; k < n; k++)
    {
      /* From 0 up, with one step at most: widths are compared, not their ripples. */
      if (tensors[k].word_bits > BITS_USUAL)
        fxu_chart_set_y_range (chart (self, CHART_BITS), 0.0, FXP_WORD_BITS_MAX);
      sqnr[k] = isinf (tensors[k].sqnr_db) ? NAN : tensors[k].sqnr_db;
      bits[k] = tensors[k].word_bits == 0 ? NAN : tensors[k].word_bits;
      exponents[k] = tensors[k].word_bits == 0 ? NAN : -tensors[k].frac_bits;
    }
  has_new_line = fxu_tensor_lines_append (self->sqnr, x, sqnr);
  has_new_line |= fxu_tensor_lines_append (self->bits, x, bits);
  has_new_line |= fxu_tensor_lines_append (self->exponents, x, exponents);
  if (has_new_line)
    dress (self);
}

static double
epoch_of_step (FxpSnapshot *snapshot, guint64 step)
{
  guint64 now = fxp_snapshot_get_step (snapshot);

  return now > 0 ? fxp_snapshot_get_epoch (snapshot) * (double)step / (double)now : 0.0;
}

static void
snapshot_cb (FxuChartBoard *self)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);
  FxpExperiment *experiment = fxp_snapshot_get_experiment (snapshot);
  const FxpRecord *records;
  const FxpEvent *events;
  gsize n_records, n_events;

  if (self->seen == NULL || fxp_snapshot_get_run (snapshot) != self->run)
    start_run (self, snapshot);
  else
    {
      events = fxp_snapshot_get_events (snapshot, &n_events);
      if (n_events > 0)
        mark_later (self, self->seen, epoch_of_step (snapshot, events[0].step));
    }
  if (experiment != self->seen)
    {
      fxp_experiment_ref (experiment);
      g_clear_pointer (&self->seen, fxp_experiment_unref);
      self->seen = experiment;
      show_charts (self);
    }

  records = fxp_snapshot_get_records (snapshot, &n_records);
  for (gsize i = 0; i < n_records; i++)
    append_record (self, snapshot, &records[i], i);
  if (n_records > 0)
    redraw (self);
}

static void
fxu_chart_board_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  FxuChartBoard *self = FXU_CHART_BOARD (widget);

  GTK_WIDGET_CLASS (fxu_chart_board_parent_class)->css_changed (widget, change);

  if (self->grid != NULL)
    dress (self);
}

static void
fxu_chart_board_dispose (GObject *object)
{
  FxuChartBoard *self = FXU_CHART_BOARD (object);

  forget_mark (self);
  g_clear_pointer (&self->sqnr, fxu_tensor_lines_free);
  g_clear_pointer (&self->bits, fxu_tensor_lines_free);
  g_clear_pointer (&self->exponents, fxu_tensor_lines_free);
  g_clear_pointer (&self->grid, gtk_widget_unparent);
  g_clear_pointer (&self->seen, fxp_experiment_unref);
  g_clear_pointer (&self->shown, g_free);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_chart_board_parent_class)->dispose (object);
}

static void
fxu_chart_board_class_init (FxuChartBoardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_chart_board_dispose;
  widget_class->css_changed = fxu_chart_board_css_changed;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "chartboard");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
add_plot (FxuChartBoard *self, guint i, FxuChart *new_chart)
{
  GtkWidget *plot = fxu_line_plot_new (new_chart);

  gtk_widget_set_hexpand (plot, TRUE);
  gtk_widget_set_vexpand (plot, TRUE);
  /* One of the last two is shown beside the others. */
  gtk_grid_attach (GTK_GRID (self->grid),
                   plot,
                   (int)MIN (i, CHART_BITS) % 2,
                   (int)MIN (i, CHART_BITS) / 2,
                   1,
                   1);
  self->plots[i] = plot;
}

static void
fxu_chart_board_init (FxuChartBoard *self)
{
  const FxuColor any = {0.5, 0.5, 0.5, 1.0};

  self->grid = gtk_grid_new ();
  gtk_grid_set_row_homogeneous (GTK_GRID (self->grid), TRUE);
  gtk_grid_set_column_homogeneous (GTK_GRID (self->grid), TRUE);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 6);

  add_plot (self, CHART_LOSS, fxu_chart_new (_ ("Training loss"), _ ("epoch"), _ ("loss")));
  add_plot (self, CHART_ACCURACY, fxu_chart_new (_ ("Test accuracy"), _ ("epoch"), _ ("%")));
  add_plot (self, CHART_SQNR, fxu_chart_new (_ ("SQNR"), _ ("epoch"), _ ("dB")));
  add_plot (self, CHART_BITS, fxu_chart_new (_ ("Bits"), _ ("epoch"), _ ("bits")));
  add_plot (self,
            CHART_EXPONENTS,
            /* translators: the step of a number format is two to the power of this */
            fxu_chart_new (_ ("Exponents"), _ ("epoch"), _ ("log₂ step")));
  fxu_chart_set_log_y (chart (self, CHART_LOSS), TRUE);
  fxu_chart_set_y_range (chart (self, CHART_BITS), 0.0, BITS_USUAL);
  for (guint i = CHART_LOSS; i <= CHART_ACCURACY; i++)
    {
      fxu_chart_add_series (chart (self, i), _ ("fixed"), any, FXU_LINE_SOLID);
      fxu_chart_add_series (chart (self, i), _ ("float"), any, FXU_LINE_DASHED);
    }
  fxu_chart_add_series (chart (self, CHART_ACCURACY), _ ("valid. fixed"), any, FXU_LINE_SOLID);
  fxu_chart_add_series (chart (self, CHART_ACCURACY), _ ("valid. float"), any, FXU_LINE_DASHED);
  show_validation (self, FALSE);
  self->sqnr = fxu_tensor_lines_new (chart (self, CHART_SQNR), _ ("SQNR"), FXU_LINE_SOLID);
  self->bits = fxu_tensor_lines_new (chart (self, CHART_BITS), _ ("Bits"), FXU_LINE_STEPS);
  self->exponents =
    fxu_tensor_lines_new (chart (self, CHART_EXPONENTS), _ ("Exponents"), FXU_LINE_STEPS);
  self->shown = g_strdup ("all");
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
  show_charts (self);
}

GtkWidget *
fxu_chart_board_new (FxuSession *session)
{
  FxuChartBoard *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_CHART_BOARD, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "snapshot", G_CALLBACK (snapshot_cb), self, G_CONNECT_SWAPPED);
  dress (self);
  return GTK_WIDGET (self);
}

void
fxu_chart_board_select (FxuChartBoard *self, FxuSpan span, guint layer, FxpRole role)
{
  g_return_if_fail (FXU_IS_CHART_BOARD (self));

  self->span = span;
  self->layer = layer;
  self->role = role;
  dress (self);
}

gboolean
fxu_chart_board_show (FxuChartBoard *self, const char *name)
{
  guint i = 0;

  g_return_val_if_fail (FXU_IS_CHART_BOARD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  while (i < N_CHARTS && !g_str_equal (chart_names[i], name))
    i++;
  if (i == N_CHARTS && !g_str_equal (name, "all"))
    return FALSE;
  g_free (self->shown);
  self->shown = g_strdup (name);
  show_charts (self);
  return TRUE;
}

guint
fxu_chart_board_get_n_marks (FxuChartBoard *self)
{
  g_return_val_if_fail (FXU_IS_CHART_BOARD (self), 0);

  return self->n_marks;
}

char *
fxu_chart_board_describe (FxuChartBoard *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (FXU_IS_CHART_BOARD (self), NULL);

  for (guint i = 0; i < N_CHARTS; i++)
    {
      g_autofree char *line = fxu_chart_describe (chart (self, i));

      g_string_append_printf (text, "%s\n", line);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
