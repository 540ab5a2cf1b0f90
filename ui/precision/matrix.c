/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/matrix.h"
#include "beat.h"
#include "precision/cell.h"
#include "precision/matrix-text.h"

#include <glib/gi18n.h>

#define SUM_BITS_DEFAULT 24
#define N_COLUMNS        (FXP_N_ROLES + 1) /* the last one is the sum register */

struct _FxuPrecisionMatrix
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *scrolled;
  GtkWidget *grid;

  FxpTopology *topology; /* the cells are of */
  GPtrArray *cells;      /* borrowed: children of the grid, headings included, row after row */
  guint n_layers;

  FxuSpan span;
  guint layer;
  FxpRole role;
  FxpFormat *fixed; /* owned: per value cell, the format to go back to from float */

  guint update_id;
};

G_DEFINE_FINAL_TYPE (FxuPrecisionMatrix, fxu_precision_matrix, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_SELECTION_CHANGED,
  SIGNAL_OPENED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Row 0 and column 0 are headings. */
static FxuPrecisionCell *
cell_at (FxuPrecisionMatrix *self, guint row, guint column)
{
  return g_ptr_array_index (self->cells, row * (N_COLUMNS + 1) + column);
}

static void
place_of (FxuPrecisionMatrix *self, FxuPrecisionCell *cell, guint *row, guint *column)
{
  guint i;
  gboolean found = g_ptr_array_find (self->cells, cell, &i);

  g_assert (found);
  *row = i / (N_COLUMNS + 1);
  *column = i % (N_COLUMNS + 1);
}

static FxuSelected
selected_at (FxuPrecisionMatrix *self, guint row, guint column)
{
  gboolean in_row = row == 0 || row == self->layer + 1;
  gboolean in_column = column == 0 || column == (guint)self->role + 1;

  switch (self->span)
    {
    case FXU_SPAN_CELL:
      if (row == 0 || column == 0)
        return in_row && in_column && row + column > 0 ? FXU_SELECTED_PART : FXU_SELECTED_NOT;
      return in_row && in_column ? FXU_SELECTED_FULL : FXU_SELECTED_NOT;
    case FXU_SPAN_ROW:
      if (row == 0 || !in_row)
        return FXU_SELECTED_NOT;
      return column == 0 ? FXU_SELECTED_FULL : FXU_SELECTED_PART;
    case FXU_SPAN_COLUMN:
      if (column == 0 || !in_column)
        return FXU_SELECTED_NOT;
      return row == 0 ? FXU_SELECTED_FULL : FXU_SELECTED_PART;
    case FXU_SPAN_ALL:
    default:
      return row + column == 0 ? FXU_SELECTED_FULL : FXU_SELECTED_PART;
    }
}

static void
mark_selected (FxuPrecisionMatrix *self)
{
  for (guint row = 0; row <= self->n_layers; row++)
    for (guint column = 0; column <= N_COLUMNS; column++)
      fxu_precision_cell_set_selected (cell_at (self, row, column),
                                       selected_at (self, row, column));
}

static void
select_span (FxuPrecisionMatrix *self, FxuSpan span, guint layer, FxpRole role)
{
  if (self->span == span && self->layer == layer && self->role == role)
    return;

  self->span = span;
  self->layer = layer;
  self->role = role;
  mark_selected (self);
  g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

static void
selected_cb (FxuPrecisionMatrix *self, FxuPrecisionCell *cell)
{
  guint row, column;

  place_of (self, cell, &row, &column);
  if (row == 0 && column == 0)
    select_span (self, FXU_SPAN_ALL, self->layer, self->role);
  else if (row == 0)
    select_span (self, FXU_SPAN_COLUMN, self->layer, column - 1);
  else if (column == 0)
    select_span (self, FXU_SPAN_ROW, row - 1, self->role);
  else
    select_span (self, FXU_SPAN_CELL, row - 1, column - 1);
}

static void
move_cb (FxuPrecisionMatrix *self, int columns, int rows, FxuPrecisionCell *cell)
{
  guint row, column;

  place_of (self, cell, &row, &column);
  row = (guint)CLAMP ((int)row + rows, 0, (int)self->n_layers);
  column = (guint)CLAMP ((int)column + columns, 0, N_COLUMNS);
  gtk_widget_grab_focus (GTK_WIDGET (cell_at (self, row, column)));
}

static void
opened_cb (FxuPrecisionMatrix *self, FxuPrecisionCell *cell)
{
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
}

static void
grab_cb (FxuPrecisionMatrix *self, gboolean begins, FxuPrecisionCell *cell)
{
  if (begins)
    fxu_session_begin_edit (self->session);
  else
    fxu_session_end_edit (self->session);
}

static FxpExperiment *
nudge_sum (FxuPrecisionMatrix *self, FxpExperiment *experiment, guint layer, const FxuNudge *nudge)
{
  const FxpSumRegister *from = &fxp_experiment_get_precision (experiment, layer)->sum;
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);
  const FxpLayerView *view = NULL;
  guint bits = SUM_BITS_DEFAULT;
  FxpSumRegister to;

  if (snapshot != NULL && layer < fxp_snapshot_get_n_weighted (snapshot))
    view = fxp_snapshot_get_layer (snapshot, layer);
  if (view != NULL && view->sum.n > 0)
    bits = fxp_sum_counts_get_bits_needed (&view->sum);

  to = fxu_nudge_sum (nudge, from, bits);
  return fxp_experiment_with_sum (experiment, (int)layer, &to);
}

static FxpExperiment *
nudge_cell (FxuPrecisionMatrix *self,
            FxpExperiment *experiment,
            guint layer,
            FxpRole role,
            const FxuNudge *nudge)
{
  const FxpQuantizer *from;
  FxpQuantizer to;
  FxpFormat *fixed;

  if (role == FXP_N_ROLES)
    return nudge_sum (self, experiment, layer, nudge);

  fixed = &self->fixed[layer * FXP_N_ROLES + role];
  from = fxp_experiment_get_quantizer (experiment, (FxpTensorId){(guint16)layer, (guint16)role});
  if (!fxp_format_is_float (from->format))
    *fixed = from->format;
  to = fxu_nudge_quantizer (nudge, from, *fixed);
  return fxp_experiment_with_quantizer (experiment, (int)layer, role, &to);
}

/* A heading's change is for all it stands for; a row does not sweep its bias and sum along. */
static void
nudge_cb (FxuPrecisionMatrix *self, FxuNudge *nudge, FxuPrecisionCell *cell)
{
  g_autoptr (FxpExperiment) experiment =
    fxp_experiment_ref (fxu_session_get_experiment (self->session));
  guint row, column;

  place_of (self, cell, &row, &column);
  for (guint layer = 0; layer < self->n_layers; layer++)
    for (guint role = 0; role < N_COLUMNS; role++)
      {
        gboolean swept = column == 0 && role >= FXP_ROLE_BIAS;
        FxpExperiment *nudged;

        if ((row > 0 && row != layer + 1) || (column > 0 && column != role + 1) || swept)
          continue;
        nudged = nudge_cell (self, experiment, layer, role, nudge);
        fxp_experiment_unref (experiment);
        experiment = nudged;
      }
  fxu_session_edit (self->session, experiment);
}

static FxuPrecisionCell *
add_cell (FxuPrecisionMatrix *self, guint row, guint column)
{
  FxuCellKind kind = row == 0 && column == 0 ? FXU_CELL_CORNER
                     : row == 0              ? FXU_CELL_COLUMN
                     : column == 0           ? FXU_CELL_ROW
                                             : FXU_CELL_VALUE;
  GtkWidget *cell = fxu_precision_cell_new (kind);

  gtk_widget_set_hexpand (cell, column > 0);
  gtk_grid_attach (GTK_GRID (self->grid), cell, (int)column, (int)row, 1, 1);
  g_ptr_array_add (self->cells, cell);
  g_signal_connect_object (cell, "nudge", G_CALLBACK (nudge_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "grab", G_CALLBACK (grab_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "move", G_CALLBACK (move_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "open", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  return FXU_PRECISION_CELL (cell);
}

static void
remember_formats (FxuPrecisionMatrix *self, FxpExperiment *experiment)
{
  self->fixed = g_renew (FxpFormat, self->fixed, self->n_layers * FXP_N_ROLES);
  for (guint i = 0; i < self->n_layers * FXP_N_ROLES; i++)
    {
      FxpTensorId id = {(guint16)(i / FXP_N_ROLES), (guint16)(i % FXP_N_ROLES)};
      FxpFormat format = fxp_experiment_get_quantizer (experiment, id)->format;

      self->fixed[i] = fxp_format_is_float (format) ? FXP_FORMAT_SIGNED (12, 9) : format;
    }
}

static void
build (FxuPrecisionMatrix *self)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->grid)) != NULL)
    gtk_grid_remove (GTK_GRID (self->grid), child);
  g_ptr_array_set_size (self->cells, 0);

  fxp_topology_ref (topology);
  g_clear_pointer (&self->topology, fxp_topology_unref);
  self->topology = topology;
  self->n_layers = fxp_experiment_get_n_weighted (experiment);
  remember_formats (self, experiment);

  for (guint row = 0; row <= self->n_layers; row++)
    for (guint column = 0; column <= N_COLUMNS; column++)
      {
        FxuPrecisionCell *cell = add_cell (self, row, column);

        if (row == 0 || column == 0)
          fxu_matrix_text_show_heading (cell, topology, (int)row - 1, (int)column - 1);
      }

  self->layer = MIN (self->layer, self->n_layers - 1);
  mark_selected (self);
}

static void
update (FxuPrecisionMatrix *self)
{
  for (guint row = 1; row <= self->n_layers; row++)
    for (guint column = 1; column <= N_COLUMNS; column++)
      fxu_matrix_text_show_value (cell_at (self, row, column),
                                  self->session,
                                  row - 1,
                                  (FxpRole)(column - 1));
}

static void
experiment_changed_cb (FxuPrecisionMatrix *self)
{
  FxpTopology *topology = fxp_experiment_get_topology (fxu_session_get_experiment (self->session));
  gboolean rebuilt = FALSE;

  if (self->topology == NULL ||
      !g_str_equal (fxp_topology_get_text (topology), fxp_topology_get_text (self->topology)))
    {
      build (self);
      rebuilt = TRUE;
    }
  update (self);
  if (rebuilt)
    g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

static void
update_cb (gpointer item, gpointer data)
{
  FxuPrecisionMatrix *self = data;

  self->update_id = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self);
}

/* Eyes do not read digits sixty times a second. */
static void
snapshot_cb (FxuPrecisionMatrix *self)
{
  if (self->update_id == 0)
    self->update_id = fxu_beat_add (FXU_BEATS_FIGURE, update_cb, self);
}

static void
fxu_precision_matrix_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fxu_precision_matrix_parent_class)->map (widget);

  update (FXU_PRECISION_MATRIX (widget));
}

static void
fxu_precision_matrix_dispose (GObject *object)
{
  FxuPrecisionMatrix *self = FXU_PRECISION_MATRIX (object);

  g_clear_handle_id (&self->update_id, fxu_beat_remove);
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_precision_matrix_parent_class)->dispose (object);
}

static void
fxu_precision_matrix_finalize (GObject *object)
{
  FxuPrecisionMatrix *self = FXU_PRECISION_MATRIX (object);

  g_clear_pointer (&self->topology, fxp_topology_unref);
  g_clear_pointer (&self->cells, g_ptr_array_unref);
  g_clear_pointer (&self->fixed, g_free);

  G_OBJECT_CLASS (fxu_precision_matrix_parent_class)->finalize (object);
}

static void
fxu_precision_matrix_class_init (FxuPrecisionMatrixClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fxu_precision_matrix_dispose;
  object_class->finalize = fxu_precision_matrix_finalize;
  widget_class->map = fxu_precision_matrix_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "precisionmatrix");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);

  signals[SIGNAL_SELECTION_CHANGED] = g_signal_new ("selection-changed",
                                                    FXU_TYPE_PRECISION_MATRIX,
                                                    G_SIGNAL_RUN_LAST,
                                                    0,
                                                    NULL,
                                                    NULL,
                                                    NULL,
                                                    G_TYPE_NONE,
                                                    0);
  signals[SIGNAL_OPENED] = g_signal_new ("opened",
                                         FXU_TYPE_PRECISION_MATRIX,
                                         G_SIGNAL_RUN_LAST,
                                         0,
                                         NULL,
                                         NULL,
                                         NULL,
                                         G_TYPE_NONE,
                                         0);
}

static void
fxu_precision_matrix_init (FxuPrecisionMatrix *self)
{
  self->cells = g_ptr_array_new ();
  self->grid = gtk_grid_new ();
  gtk_widget_set_valign (self->grid, GTK_ALIGN_START);
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->grid);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Precision of every tensor"),
                                  -1);
}

GtkWidget *
fxu_precision_matrix_new (FxuSession *session)
{
  FxuPrecisionMatrix *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_PRECISION_MATRIX, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (experiment_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "snapshot", G_CALLBACK (snapshot_cb), self, G_CONNECT_SWAPPED);
  experiment_changed_cb (self);
  return GTK_WIDGET (self);
}

gboolean
fxu_precision_matrix_get_selected (FxuPrecisionMatrix *self, guint *layer, FxpRole *role)
{
  g_return_val_if_fail (FXU_IS_PRECISION_MATRIX (self), FALSE);

  if (layer != NULL)
    *layer = self->layer;
  if (role != NULL)
    *role = self->role;
  return self->n_layers > 0;
}

FxuSpan
fxu_precision_matrix_get_span (FxuPrecisionMatrix *self)
{
  g_return_val_if_fail (FXU_IS_PRECISION_MATRIX (self), FXU_SPAN_CELL);

  return self->span;
}

void
fxu_precision_matrix_select (FxuPrecisionMatrix *self, guint layer, FxpRole role)
{
  g_return_if_fail (FXU_IS_PRECISION_MATRIX (self));
  g_return_if_fail (layer < self->n_layers);
  g_return_if_fail (role <= FXP_N_ROLES);

  select_span (self, FXU_SPAN_CELL, layer, role);
}

char *
fxu_precision_matrix_describe (FxuPrecisionMatrix *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (FXU_IS_PRECISION_MATRIX (self), NULL);

  for (guint layer = 0; layer < self->n_layers; layer++)
    for (guint role = 0; role < N_COLUMNS; role++)
      {
        FxuPrecisionCell *cell = cell_at (self, layer + 1, role + 1);
        g_autofree char *name = fxp_topology_get_name (self->topology, layer);
        const char *symbol = role < FXP_N_ROLES ? fxp_role_get_symbol (role) : "sum";

        g_string_append_printf (text,
                                "%s %s: %s\n",
                                name,
                                symbol,
                                fxu_precision_cell_get_reading (cell));
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
