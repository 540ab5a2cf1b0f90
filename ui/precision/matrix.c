/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/matrix.h"
#include "beat.h"
#include "precision/cell.h"
#include "precision/frozen-grid.h"
#include "precision/matrix-columns.h"
#include "precision/matrix-text.h"
#include "precision/sweep.h"

#include <glib/gi18n.h>

/* More rows than these are drawn small, without their histograms. */
#define ROOMY_ROWS_MAX 8

struct _FxuPrecisionMatrix
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *scrolled;
  FxuFrozenGrid *grid; /* row 0 and column 0 are headings */
  FxuSweep *sweep;

  FxpTopology *topology; /* the cells are of */
  guint n_layers;
  FxuMatrixColumns columns;

  FxuSpan span;
  guint layer;
  FxpRole role;

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

/* NULL where a layer has no such tensor. */
static FxuPrecisionCell *
cell_at (FxuPrecisionMatrix *self, guint row, guint column)
{
  GtkWidget *child = fxu_frozen_grid_get_child_at (self->grid, column, row);

  return FXU_IS_PRECISION_CELL (child) ? FXU_PRECISION_CELL (child) : NULL;
}

static void
place_of (FxuPrecisionMatrix *self, FxuPrecisionCell *cell, guint *row, guint *column)
{
  gboolean found = fxu_frozen_grid_find (self->grid, GTK_WIDGET (cell), column, row);

  g_assert (found);
}

static void
mark_selected (FxuPrecisionMatrix *self)
{
  guint chosen = fxu_matrix_columns_find (&self->columns, self->role);

  for (guint row = 0; row <= self->n_layers; row++)
    for (guint column = 0; column <= self->columns.n; column++)
      if (cell_at (self, row, column) != NULL)
        fxu_precision_cell_set_selected (cell_at (self, row, column),
                                         fxu_matrix_columns_select (self->span,
                                                                    self->layer + 1,
                                                                    chosen,
                                                                    row,
                                                                    column));
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
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  guint row, column, owner;
  FxpRole role;

  place_of (self, cell, &row, &column);
  role = column > 0 ? self->columns.roles[column - 1] : self->role;
  owner = row > 0 && column > 0 ? fxu_matrix_get_owner (experiment, row - 1, role) : 0;
  if (row == 0)
    select_span (self, column == 0 ? FXU_SPAN_ALL : FXU_SPAN_COLUMN, self->layer, role);
  else if (column == 0)
    select_span (self, FXU_SPAN_ROW, row - 1, role);
  else if (owner == row - 1)
    select_span (self, FXU_SPAN_CELL, row - 1, role);
  else
    gtk_widget_grab_focus (GTK_WIDGET (cell_at (self, owner + 1, column)));
}

/* To the next cell that way; past the blank ones, and from a shared one to its owner. */
static void
move_cb (FxuPrecisionMatrix *self, int columns, int rows, FxuPrecisionCell *cell)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  int row, column;
  guint from_row, from_column;

  place_of (self, cell, &from_row, &from_column);
  row = (int)from_row + rows;
  column = (int)from_column + columns;
  while (row >= 0 && row <= (int)self->n_layers && column >= 0 && column <= (int)self->columns.n)
    {
      FxuPrecisionCell *next = cell_at (self, (guint)row, (guint)column);

      if (next != NULL && row > 0 && column > 0)
        next = cell_at (self,
                        1 + fxu_matrix_get_owner (experiment,
                                                  (guint)row - 1,
                                                  self->columns.roles[column - 1]),
                        (guint)column);
      /* A shared cell beside its owner leads on. */
      if (next != NULL && next != cell)
        {
          gtk_widget_grab_focus (GTK_WIDGET (next));
          return;
        }
      row += rows;
      column += columns;
    }
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

/* A heading's change is for all it stands for. */
static void
nudge_cb (FxuPrecisionMatrix *self, FxuNudge *nudge, FxuPrecisionCell *cell)
{
  guint row, column;
  int layer, role;

  place_of (self, cell, &row, &column);
  role = column > 0 ? (int)self->columns.roles[column - 1] : -1;
  layer = (int)row - 1;
  if (layer >= 0 && role >= 0)
    layer = (int)fxu_matrix_get_owner (fxu_session_get_experiment (self->session),
                                       (guint)layer,
                                       (FxpRole)role);
  fxu_sweep_nudge (self->sweep, layer, role, nudge);
}

static void
add_blank (FxuPrecisionMatrix *self, guint row, guint column)
{
  GtkWidget *blank = gtk_label_new (NULL);
  g_autofree char *spoken =
    fxu_matrix_text_describe_blank (self->topology, row - 1, self->columns.roles[column - 1]);

  gtk_widget_add_css_class (blank, "blank");
  gtk_accessible_update_property (GTK_ACCESSIBLE (blank),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken,
                                  -1);
  fxu_frozen_grid_attach (self->grid, blank, column, row);
}

static FxuPrecisionCell *
add_cell (FxuPrecisionMatrix *self, guint row, guint column)
{
  FxuCellKind kind = row == 0 && column == 0 ? FXU_CELL_CORNER
                     : row == 0              ? FXU_CELL_COLUMN
                     : column == 0           ? FXU_CELL_ROW
                                             : FXU_CELL_VALUE;
  GtkWidget *cell = fxu_precision_cell_new (kind);

  fxu_precision_cell_set_compact (FXU_PRECISION_CELL (cell), self->n_layers > ROOMY_ROWS_MAX);
  fxu_frozen_grid_attach (self->grid, cell, column, row);
  g_signal_connect_object (cell, "nudge", G_CALLBACK (nudge_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "grab", G_CALLBACK (grab_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "move", G_CALLBACK (move_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "open", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  return FXU_PRECISION_CELL (cell);
}

static void
fill_row (FxuPrecisionMatrix *self, FxpExperiment *experiment, guint row)
{
  for (guint column = 0; column <= self->columns.n; column++)
    {
      FxuPrecisionCell *cell;

      if (row > 0 && column > 0 &&
          !fxu_matrix_has_cell (experiment, row - 1, self->columns.roles[column - 1]))
        {
          add_blank (self, row, column);
          continue;
        }
      cell = add_cell (self, row, column);
      if (row == 0 || column == 0)
        fxu_matrix_text_show_heading (cell,
                                      self->topology,
                                      (int)row - 1,
                                      column > 0 ? (int)self->columns.roles[column - 1] : -1);
      else if (fxu_matrix_get_owner (experiment, row - 1, self->columns.roles[column - 1]) !=
               row - 1)
        gtk_widget_set_focusable (GTK_WIDGET (cell), FALSE);
    }
}

static void
build (FxuPrecisionMatrix *self)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  FxpTopology *topology = fxp_experiment_get_topology (experiment);

  fxp_topology_ref (topology);
  g_clear_pointer (&self->topology, fxp_topology_unref);
  self->topology = topology;
  self->n_layers = fxp_experiment_get_n_weighted (experiment);
  self->columns = fxu_matrix_columns_of (experiment);
  fxu_sweep_begin (self->sweep);

  fxu_frozen_grid_set_size (self->grid, self->columns.n + 1, self->n_layers + 1);
  for (guint row = 0; row <= self->n_layers; row++)
    fill_row (self, experiment, row);

  self->layer = MIN (self->layer, self->n_layers - 1);
  if (fxu_matrix_columns_find (&self->columns, self->role) == 0 ||
      !fxu_matrix_has_cell (experiment, self->layer, self->role))
    self->role = FXP_ROLE_WEIGHT;
  mark_selected (self);
}

static void
update_rows (FxuPrecisionMatrix *self, guint first, guint last)
{
  for (guint row = first; row <= last; row++)
    for (guint column = 1; column <= self->columns.n; column++)
      if (cell_at (self, row, column) != NULL)
        fxu_matrix_text_show_value (cell_at (self, row, column),
                                    self->session,
                                    row - 1,
                                    self->columns.roles[column - 1]);
}

/* TRUE if the cells do not stand for @experiment's tensors any more. */
static gboolean
is_outdated (FxuPrecisionMatrix *self, FxpExperiment *experiment)
{
  FxuMatrixColumns columns;

  if (self->topology == NULL ||
      !g_str_equal (fxp_topology_get_text (fxp_experiment_get_topology (experiment)),
                    fxp_topology_get_text (self->topology)))
    return TRUE;
  columns = fxu_matrix_columns_of (experiment);
  return !fxu_matrix_columns_equal (&columns, &self->columns);
}

static void
experiment_changed_cb (FxuPrecisionMatrix *self)
{
  gboolean rebuilt = is_outdated (self, fxu_session_get_experiment (self->session));

  if (rebuilt)
    build (self);
  update_rows (self, 1, self->n_layers);
  if (rebuilt)
    g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

/* Rows out of sight are up to date when they come into it. */
static void
update_cb (gpointer item, gpointer data)
{
  FxuPrecisionMatrix *self = data;
  guint first, last;

  self->update_id = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) &&
      fxu_frozen_grid_get_visible_rows (self->grid, &first, &last))
    update_rows (self, first, last);
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

  snapshot_cb (FXU_PRECISION_MATRIX (widget));
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
  g_clear_pointer (&self->sweep, fxu_sweep_free);

  G_OBJECT_CLASS (fxu_precision_matrix_parent_class)->finalize (object);
}

static guint
add_signal (const char *name)
{
  return g_signal_new (name,
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

  signals[SIGNAL_SELECTION_CHANGED] = add_signal ("selection-changed");
  signals[SIGNAL_OPENED] = add_signal ("opened");
}

static void
fxu_precision_matrix_init (FxuPrecisionMatrix *self)
{
  self->grid = FXU_FROZEN_GRID (fxu_frozen_grid_new ());
  self->scrolled = gtk_scrolled_window_new ();
  /* That there is more to see is to be seen. */
  gtk_scrolled_window_set_overlay_scrolling (GTK_SCROLLED_WINDOW (self->scrolled), FALSE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), GTK_WIDGET (self->grid));
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (
                             GTK_SCROLLED_WINDOW (self->scrolled)),
                           "value-changed",
                           G_CALLBACK (snapshot_cb),
                           self,
                           G_CONNECT_SWAPPED);
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
  self->sweep = fxu_sweep_new (session);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (experiment_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "snapshot", G_CALLBACK (snapshot_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (fxu_session_get_theory (session),
                           "changed",
                           G_CALLBACK (snapshot_cb),
                           self,
                           G_CONNECT_SWAPPED);
  experiment_changed_cb (self);
  return GTK_WIDGET (self);
}

gboolean
fxu_precision_matrix_get_selected (FxuPrecisionMatrix *self, guint *layer, FxpRole *role)
{
  g_return_val_if_fail (FXU_IS_PRECISION_MATRIX (self), FALSE);
  *layer = self->layer;
  *role = self->role;
  return self->n_layers > 0;
}

FxuSpan
fxu_precision_matrix_get_span (FxuPrecisionMatrix *self)
{
  g_return_val_if_fail (FXU_IS_PRECISION_MATRIX (self), FXU_SPAN_CELL);

  return self->span;
}

static void
reveal (FxuPrecisionMatrix *self)
{
  fxu_frozen_grid_reveal (self->grid,
                          fxu_matrix_columns_find (&self->columns, self->role),
                          self->layer + 1);
}

gboolean
fxu_precision_matrix_select (FxuPrecisionMatrix *self, guint layer, FxpRole role)
{
  FxpExperiment *experiment;

  g_return_val_if_fail (FXU_IS_PRECISION_MATRIX (self), FALSE);

  experiment = fxu_session_get_experiment (self->session);
  if (layer >= self->n_layers || role > FXP_N_ROLES ||
      !fxu_matrix_has_cell (experiment, layer, role))
    return FALSE;
  select_span (self, FXU_SPAN_CELL, fxu_matrix_get_owner (experiment, layer, role), role);
  reveal (self);
  return TRUE;
}

void
fxu_precision_matrix_select_row (FxuPrecisionMatrix *self, guint layer)
{
  FxpRole role = FXP_ROLE_WEIGHT;

  g_return_if_fail (FXU_IS_PRECISION_MATRIX (self));
  g_return_if_fail (layer < self->n_layers);

  if (fxu_matrix_has_cell (fxu_session_get_experiment (self->session), layer, self->role))
    role = self->role;
  select_span (self, FXU_SPAN_ROW, layer, role);
  reveal (self);
}

char *
fxu_precision_matrix_describe (FxuPrecisionMatrix *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (FXU_IS_PRECISION_MATRIX (self), NULL);

  update_rows (self, 1, self->n_layers);
  for (guint layer = 0; layer < self->n_layers; layer++)
    for (guint column = 1; column <= self->columns.n; column++)
      fxu_matrix_text_append_line (text,
                                   self->topology,
                                   layer,
                                   self->columns.roles[column - 1],
                                   cell_at (self, layer + 1, column));
  return g_string_free (g_steal_pointer (&text), FALSE);
}
