/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/theory-board.h"
#include "look.h"
#include "plot/dot-plot.h"
#include "plot/line-plot.h"
#include "run/noise-charts.h"
#include "run/tensor-lines.h"
#include "survey.h"

#include <glib/gi18n.h>
#include <math.h>

enum
{
  CHART_MISMATCH,
  CHART_CONTRIBUTIONS,
  CHART_REFLECTED,
  CHART_PROFILE,
  CHART_CLIPPING,
  CHART_BIAS,
  CHART_LOST,
  CHART_STOPPED,
  N_CHARTS
};

#define N_OF_GROUP  4
#define FIRST_LINES CHART_CLIPPING

static const char *const chart_names[N_CHARTS] = {
  "mismatch",
  "contributions",
  "reflected",
  "profile",
  "clipping",
  "bias",
  "lost",
  "stopped",
};
static const char *const group_names[N_CHARTS / N_OF_GROUP] = {"noise", "criteria"};

struct _FxuTheoryBoard
{
  GtkWidget parent_instance;

  FxuSession *session;
  FxuNoiseWatch *watch;
  GtkWidget *grid;
  GtkWidget *plots[N_CHARTS];
  FxuTensorLines *lines[N_CHARTS - FIRST_LINES];

  FxpBaseline *baseline; /* owned: of the newest snapshot drawn, or NULL */
  gboolean has_run;      /* some snapshot was drawn */
  guint run;             /* its run */

  FxuSpan span;
  guint layer;
  FxpRole role;
};

G_DEFINE_FINAL_TYPE (FxuTheoryBoard, fxu_theory_board, GTK_TYPE_WIDGET)

static gboolean
is_dots (guint i)
{
  return i >= CHART_CONTRIBUTIONS && i <= CHART_PROFILE;
}

static FxuChart *
chart (FxuTheoryBoard *self, guint i)
{
  return fxu_line_plot_get_chart (FXU_LINE_PLOT (self->plots[i]));
}

static FxuDotChart *
dots (FxuTheoryBoard *self, guint i)
{
  return fxu_dot_plot_get_chart (FXU_DOT_PLOT (self->plots[i]));
}

/* At the next beat, those that can be seen. */
static void
redraw (FxuTheoryBoard *self)
{
  for (guint i = 0; i < N_CHARTS; i++)
    if (!gtk_widget_get_mapped (self->plots[i]))
      continue;
    else if (is_dots (i))
      fxu_picture_changed (FXU_PICTURE (self->plots[i]));
    else
      fxu_line_plot_changed (FXU_LINE_PLOT (self->plots[i]));
}

static void
dress (FxuTheoryBoard *self)
{
  const FxuPalette *palette = fxu_look_get_palette (GTK_WIDGET (self));

  fxu_noise_charts_dress_mismatch (chart (self, CHART_MISMATCH), palette);
  for (guint i = FIRST_LINES; i < N_CHARTS; i++)
    {
      /* Updates are counted by layer: a line for each. */
      gboolean by_layer = i >= CHART_LOST;

      fxu_tensor_lines_show (self->lines[i - FIRST_LINES],
                             by_layer ? FXU_SPAN_COLUMN : self->span,
                             self->layer,
                             by_layer ? FXP_ROLE_WEIGHT_ACC : self->role,
                             palette);
    }
  redraw (self);
}

/* What was seen of this run's float network, or NULL. */
static const FxuNoiseSight *
get_sight (FxuTheoryBoard *self)
{
  const FxuNoiseSight *sight = fxu_noise_watch_get_sight (self->watch);

  if (sight == NULL || sight->run != self->run ||
      !fxu_survey_is_same_network (sight->experiment, fxu_session_get_experiment (self->session)))
    return NULL;
  return sight;
}

/* Statistics of another network than the one that is set say nothing of it, and may still come. */
static FxpBaseline *
get_baseline (FxuTheoryBoard *self)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);

  if (snapshot == NULL || !fxu_survey_is_same_network (fxp_snapshot_get_experiment (snapshot),
                                                       fxu_session_get_experiment (self->session)))
    return NULL;
  return fxp_snapshot_get_baseline (snapshot);
}

/* What follows from formats and statistics and not from time. */
static void
fill_dots (FxuTheoryBoard *self)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  FxuTheory *theory = fxu_session_get_theory (self->session);
  FxpAssignment *assignment = theory != NULL ? fxu_theory_get_assignment (theory) : NULL;
  const FxuNoiseSight *sight = get_sight (self);
  const FxpNoiseGains *gains = sight != NULL ? sight->gains : NULL;

  if (gains == NULL && assignment != NULL)
    gains = fxp_assignment_get_gains (assignment);
  fxu_noise_charts_fill_contributions (dots (self, CHART_CONTRIBUTIONS),
                                       experiment,
                                       gains,
                                       assignment,
                                       fxu_noise_watch_is_looking (self->watch));
  fxu_noise_charts_fill_reflected (dots (self, CHART_REFLECTED), experiment, get_baseline (self));
  fxu_noise_charts_fill_profile (dots (self, CHART_PROFILE), experiment);
  redraw (self);
}

static void
seen_cb (FxuTheoryBoard *self)
{
  const FxuNoiseSight *sight = fxu_noise_watch_get_sight (self->watch);

  if (sight->run == self->run)
    fxu_noise_charts_append_sight (chart (self, CHART_MISMATCH), sight);
  fill_dots (self);
}

static void
start_run (FxuTheoryBoard *self, FxpSnapshot *snapshot)
{
  FxpExperiment *experiment = fxp_snapshot_get_experiment (snapshot);

  self->has_run = TRUE;
  self->run = fxp_snapshot_get_run (snapshot);
  fxu_chart_clear_points (chart (self, CHART_MISMATCH));
  for (guint i = FIRST_LINES; i < N_CHARTS; i++)
    fxu_tensor_lines_prepare (self->lines[i - FIRST_LINES], experiment);
  self->layer = MIN (self->layer, fxp_experiment_get_n_weighted (experiment) - 1);
  dress (self);
}

/* The values of one record, as each chart of lines takes them, in percent. */
static void
read_record (FxpSnapshot *snapshot, gsize i, float *values[N_CHARTS - FIRST_LINES])
{
  const FxpTensorRecord *tensors = fxp_snapshot_get_tensor_records (snapshot, i);
  const FxpLayerRecord *layers = fxp_snapshot_get_layer_records (snapshot, i);
  guint n = fxp_snapshot_get_n_weighted (snapshot) * FXP_N_ROLES;

  for (guint k = 0; k < n; k++)
    {
      gboolean is_acc = k % FXP_N_ROLES == FXP_ROLE_WEIGHT_ACC;
      const FxpLayerRecord *layer = &layers[k / FXP_N_ROLES];

      values[CHART_CLIPPING - FIRST_LINES][k] = 100.0f * tensors[k].overflowed;
      values[CHART_BIAS - FIRST_LINES][k] = 100.0f * tensors[k].bias;
      values[CHART_LOST - FIRST_LINES][k] = is_acc ? 100.0f * layer->lost : NAN;
      values[CHART_STOPPED - FIRST_LINES][k] = is_acc ? 100.0f * layer->stopped : NAN;
    }
}

static void
append_record (FxuTheoryBoard *self, FxpSnapshot *snapshot, const FxpRecord *record, gsize i)
{
  gsize n = fxp_snapshot_get_n_weighted (snapshot) * FXP_N_ROLES;
  g_autofree float *memory = g_new (float, n *(N_CHARTS - FIRST_LINES));
  float *values[N_CHARTS - FIRST_LINES];
  gboolean is_first = FALSE;

  for (guint k = 0; k < N_CHARTS - FIRST_LINES; k++)
    values[k] = memory + k * n;
  read_record (snapshot, i, values);
  if (!isnan (record->mismatch))
    fxu_chart_append (chart (self, CHART_MISMATCH),
                      FXU_MISMATCH_TWINS,
                      record->epoch,
                      100.0 * record->mismatch);
  for (guint k = 0; k < N_CHARTS - FIRST_LINES; k++)
    is_first |= fxu_tensor_lines_append (self->lines[k], record->epoch, values[k]);
  if (is_first)
    dress (self);
}

/* Measuring takes a processor for a while, so only while somebody looks. */
static gboolean
watches (FxuTheoryBoard *self)
{
  return gtk_widget_get_mapped (self->plots[CHART_MISMATCH]) ||
         gtk_widget_get_mapped (self->plots[CHART_CONTRIBUTIONS]);
}

/* TRUE if the statistics that the snapshot brings are not those drawn. */
static gboolean
take_baseline (FxuTheoryBoard *self, FxpBaseline *baseline)
{
  if (baseline == self->baseline)
    return FALSE;
  g_clear_pointer (&self->baseline, fxp_baseline_unref);
  self->baseline = baseline != NULL ? fxp_baseline_ref (baseline) : NULL;
  return TRUE;
}

static void
snapshot_cb (FxuTheoryBoard *self)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);
  gboolean is_new = !self->has_run || fxp_snapshot_get_run (snapshot) != self->run;
  const FxpRecord *records;
  gboolean is_tested = FALSE;
  gsize n;

  if (is_new)
    start_run (self, snapshot);
  records = fxp_snapshot_get_records (snapshot, &n);
  for (gsize i = 0; i < n; i++)
    {
      append_record (self, snapshot, &records[i], i);
      is_tested |= !isnan (records[i].test_accuracy_fixed);
    }
  if (is_tested && watches (self))
    fxu_noise_watch_look (self->watch);
  /* Bitwise-or: the statistics are taken in any case. */
  if (is_new | take_baseline (self, fxp_snapshot_get_baseline (snapshot)))
    fill_dots (self);
  else if (n > 0)
    redraw (self);
}

/* Somebody begins to look: at a run that has gone on since, or at the first one. */
static void
mapped_cb (FxuTheoryBoard *self)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);
  const FxuNoiseSight *sight = get_sight (self);

  if (watches (self) && snapshot != NULL &&
      (sight == NULL || sight->epoch < fxp_snapshot_get_epoch (snapshot)))
    fxu_noise_watch_look (self->watch);
  fill_dots (self);
}

static void
fxu_theory_board_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  FxuTheoryBoard *self = FXU_THEORY_BOARD (widget);

  GTK_WIDGET_CLASS (fxu_theory_board_parent_class)->css_changed (widget, change);

  if (self->grid != NULL)
    dress (self);
}

static void
fxu_theory_board_dispose (GObject *object)
{
  FxuTheoryBoard *self = FXU_THEORY_BOARD (object);

  if (self->watch != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->watch, self);
      fxu_noise_watch_stop (self->watch);
    }
  g_clear_object (&self->watch);
  for (guint i = 0; i < G_N_ELEMENTS (self->lines); i++)
    g_clear_pointer (&self->lines[i], fxu_tensor_lines_free);
  g_clear_pointer (&self->grid, gtk_widget_unparent);
  g_clear_pointer (&self->baseline, fxp_baseline_unref);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_theory_board_parent_class)->dispose (object);
}

static void
fxu_theory_board_class_init (FxuTheoryBoardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_theory_board_dispose;
  widget_class->css_changed = fxu_theory_board_css_changed;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "chartboard");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
add_plot (FxuTheoryBoard *self, guint i, GtkWidget *plot)
{
  guint place = i % N_OF_GROUP;

  gtk_widget_set_hexpand (plot, TRUE);
  gtk_widget_set_vexpand (plot, TRUE);
  gtk_widget_set_visible (plot, i < N_OF_GROUP);
  gtk_grid_attach (GTK_GRID (self->grid), plot, (int)place % 2, (int)(i / 2), 1, 1);
  self->plots[i] = plot;
}

/* @limit: percent, or NaN. */
static void
add_lines (FxuTheoryBoard *self, guint i, const char *stem, double limit, const char *limit_label)
{
  FxuChart *lines = fxu_chart_new (stem, _ ("epoch"), _ ("%"));

  fxu_chart_set_limit (lines, limit, limit_label);
  add_plot (self, i, fxu_line_plot_new (lines));
  self->lines[i - FIRST_LINES] = fxu_tensor_lines_new (lines, stem, FXU_LINE_SOLID);
}

static void
fxu_theory_board_init (FxuTheoryBoard *self)
{
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (self->grid), TRUE);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 6);

  add_plot (self, CHART_MISMATCH, fxu_line_plot_new (fxu_noise_charts_make_mismatch ()));
  add_plot (self, CHART_CONTRIBUTIONS, fxu_dot_plot_new (fxu_noise_charts_make_contributions ()));
  add_plot (self, CHART_REFLECTED, fxu_dot_plot_new (fxu_noise_charts_make_reflected ()));
  add_plot (self, CHART_PROFILE, fxu_dot_plot_new (fxu_noise_charts_make_profile ()));
  add_lines (self,
             CHART_CLIPPING,
             _ ("Clipping"),
             5.0,
             /* xgettext:no-c-format */
             _ ("GC: 5 % of a weight gradient"));
  add_lines (self,
             CHART_BIAS,
             _ ("Bias η"),
             1.0,
             /* xgettext:no-c-format */
             _ ("RQB: 1 % of a weight gradient"));
  /* Tensors differ by orders of magnitude in it, and by chance now and then it is next to none. */
  fxu_chart_set_log_y (chart (self, CHART_BIAS), TRUE);
  fxu_chart_set_y_range (chart (self, CHART_BIAS), 0.01, 100.0);
  add_lines (self, CHART_LOST, _ ("Lost updates"), NAN, NULL);
  add_lines (self, CHART_STOPPED, _ ("Stopped accumulators"), NAN, NULL);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
}

GtkWidget *
fxu_theory_board_new (FxuSession *session)
{
  FxuTheoryBoard *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_THEORY_BOARD, NULL);
  self->session = g_object_ref (session);
  self->watch = fxu_noise_watch_new (session);
  g_signal_connect_object (self->watch,
                           "activity",
                           G_CALLBACK (fill_dots),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->watch, "seen", G_CALLBACK (seen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "snapshot", G_CALLBACK (snapshot_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (fill_dots),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (fxu_session_get_theory (session),
                           "changed",
                           G_CALLBACK (fill_dots),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->grid, "map", G_CALLBACK (mapped_cb), self, G_CONNECT_SWAPPED);
  dress (self);
  fill_dots (self);
  return GTK_WIDGET (self);
}

void
fxu_theory_board_select (FxuTheoryBoard *self, FxuSpan span, guint layer, FxpRole role)
{
  g_return_if_fail (FXU_IS_THEORY_BOARD (self));

  self->span = span;
  self->layer = layer;
  self->role = role;
  dress (self);
}

/* Whether chart @i is shown under @name. */
static gboolean
is_named (guint i, const char *name)
{
  return g_str_equal (chart_names[i], name) || g_str_equal (group_names[i / N_OF_GROUP], name);
}

gboolean
fxu_theory_board_show (FxuTheoryBoard *self, const char *name)
{
  gboolean any = FALSE;

  g_return_val_if_fail (FXU_IS_THEORY_BOARD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  for (guint i = 0; i < N_CHARTS; i++)
    any |= is_named (i, name);
  if (!any)
    return FALSE;
  for (guint i = 0; i < N_CHARTS; i++)
    gtk_widget_set_visible (self->plots[i], is_named (i, name));
  mapped_cb (self);
  return TRUE;
}

char *
fxu_theory_board_describe (FxuTheoryBoard *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (FXU_IS_THEORY_BOARD (self), NULL);

  for (guint i = 0; i < N_CHARTS; i++)
    {
      g_autofree char *line = is_dots (i) ? fxu_dot_chart_describe (dots (self, i))
                                          : fxu_chart_describe (chart (self, i));

      g_string_append_printf (text, "%s\n", line);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
