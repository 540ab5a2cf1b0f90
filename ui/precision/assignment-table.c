/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/assignment-table.h"
#include "precision/assignment-cell.h"
#include "precision/assignment-text.h"
#include "precision/frozen-grid.h"
#include "precision/matrix-text.h"

#include <glib/gi18n.h>

/* More rows than these are drawn small. */
#define ROOMY_ROWS_MAX 3
#define COLUMNS_MAX    6

/* The paper's five, and what goes beyond it. */
static const FxpRole all_roles[COLUMNS_MAX] = {FXP_ROLE_WEIGHT,
                                               FXP_ROLE_ACTIVATION,
                                               FXP_ROLE_WEIGHT_GRAD,
                                               FXP_ROLE_ACTIVATION_GRAD,
                                               FXP_ROLE_WEIGHT_ACC,
                                               FXP_ROLE_MOMENTUM};

struct _FxuAssignmentTable
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *scrolled;
  FxuFrozenGrid *grid; /* row 0 and column 0 are headings */

  FxpTopology *topology; /* the cells are of */
  guint n_layers;
  guint n_columns; /* the first ones of all_roles */
  FxpTensorId selected;
  gboolean is_outdated;
};

G_DEFINE_FINAL_TYPE (FxuAssignmentTable, fxu_assignment_table, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_SELECTION_CHANGED,
  SIGNAL_APPLY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static FxpTensorId
id_at (guint row, guint column)
{
  return (FxpTensorId){(guint16)(row - 1), (guint16)all_roles[column - 1]};
}

/* NULL where a layer has no such tensor, or another layer owns it. */
static FxuAssignmentCell *
cell_at (FxuAssignmentTable *self, guint row, guint column)
{
  GtkWidget *child = fxu_frozen_grid_get_child_at (self->grid, column, row);

  return FXU_IS_ASSIGNMENT_CELL (child) ? FXU_ASSIGNMENT_CELL (child) : NULL;
}

static guint
column_of (FxuAssignmentTable *self, FxpRole role)
{
  for (guint i = 0; i < self->n_columns; i++)
    if (all_roles[i] == role)
      return i + 1;
  return 0;
}

static FxuAssignmentCell *
cell_of (FxuAssignmentTable *self, FxpTensorId id)
{
  guint column = column_of (self, id.role);

  return id.layer < self->n_layers && column > 0 ? cell_at (self, id.layer + 1u, column) : NULL;
}

static FxpAssignment *
get_assignment (FxuAssignmentTable *self)
{
  FxuTheory *theory = fxu_session_get_theory (self->session);

  return theory != NULL ? fxu_theory_get_assignment (theory) : NULL;
}

static void
mark_selected (FxuAssignmentTable *self)
{
  for (guint row = 1; row <= self->n_layers; row++)
    for (guint column = 1; column <= self->n_columns; column++)
      if (cell_at (self, row, column) != NULL)
        fxu_assignment_cell_set_selected (cell_at (self, row, column),
                                          row == self->selected.layer + 1u &&
                                            all_roles[column - 1] == self->selected.role);
}

static void
select_id (FxuAssignmentTable *self, FxpTensorId id)
{
  if (self->selected.layer == id.layer && self->selected.role == id.role)
    return;

  self->selected = id;
  mark_selected (self);
  g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

static FxpTensorId
id_of (FxuAssignmentTable *self, FxuAssignmentCell *cell)
{
  guint row, column;
  gboolean found = fxu_frozen_grid_find (self->grid, GTK_WIDGET (cell), &column, &row);

  g_assert (found);
  return id_at (row, column);
}

static void
selected_cb (FxuAssignmentTable *self, FxuAssignmentCell *cell)
{
  select_id (self, id_of (self, cell));
}

static void
lock_cb (FxuAssignmentTable *self, gboolean locked, FxuAssignmentCell *cell)
{
  FxuTheory *theory = fxu_session_get_theory (self->session);

  if (theory != NULL)
    fxu_theory_set_locked (theory, id_of (self, cell), locked);
}

/* To the next cell that way, past those that are not there. */
static gboolean
move (FxuAssignmentTable *self, int columns, int rows)
{
  int row = self->selected.layer + 1 + rows;
  int column = (int)column_of (self, self->selected.role) + columns;

  while (row >= 1 && row <= (int)self->n_layers && column >= 1 && column <= (int)self->n_columns)
    {
      FxuAssignmentCell *next = cell_at (self, (guint)row, (guint)column);

      if (next != NULL)
        {
          gtk_widget_grab_focus (GTK_WIDGET (next));
          break;
        }
      row += rows;
      column += columns;
    }
  return TRUE;
}

static gboolean
key_pressed_cb (FxuAssignmentTable *self, guint keyval, guint keycode, GdkModifierType modifiers)
{
  FxuTheory *theory = fxu_session_get_theory (self->session);

  if ((modifiers & (GDK_ALT_MASK | GDK_SUPER_MASK | GDK_CONTROL_MASK)) != 0 || theory == NULL)
    return FALSE;

  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      return move (self, -1, 0);
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      return move (self, 1, 0);
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      return move (self, 0, -1);
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      return move (self, 0, 1);
    case GDK_KEY_l:
    case GDK_KEY_L:
      fxu_theory_set_locked (theory,
                             self->selected,
                             !fxu_theory_is_locked (theory, self->selected));
      return TRUE;
    case GDK_KEY_a:
    case GDK_KEY_A:
      fxu_theory_apply_tensor (theory, self->selected);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      g_signal_emit (self, signals[SIGNAL_APPLY], 0);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
add_heading (FxuAssignmentTable *self,
             const char *markup,
             const char *spoken,
             guint column,
             guint row)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_set_tooltip_text (label, spoken);
  fxu_frozen_grid_attach (self->grid, label, column, row);
}

/* A tensor that is not there is blank; one that is another layer's names that. */
static void
add_blank (FxuAssignmentTable *self, FxpExperiment *experiment, guint row, guint column)
{
  FxpTensorId id = id_at (row, column);
  FxpTensorId owner = fxp_experiment_get_owner (experiment, id);
  GtkWidget *label = gtk_label_new (NULL);

  if (owner.layer != id.layer)
    {
      g_autofree char *name = fxp_topology_get_name (self->topology, owner.layer);
      g_autofree char *text = g_strdup_printf ("= %s", name);

      gtk_label_set_text (GTK_LABEL (label), text);
    }
  gtk_widget_add_css_class (label, "caption");
  fxu_frozen_grid_attach (self->grid, label, column, row);
}

static void
add_cell (FxuAssignmentTable *self, guint row, guint column)
{
  GtkWidget *cell = fxu_assignment_cell_new (self->n_layers > ROOMY_ROWS_MAX);

  g_signal_connect_object (cell, "selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "lock", G_CALLBACK (lock_cb), self, G_CONNECT_SWAPPED);
  fxu_frozen_grid_attach (self->grid, cell, column, row);
}

static gboolean
owns (FxpExperiment *experiment, FxpTensorId id)
{
  return fxp_experiment_has_tensor (experiment, id) &&
         fxp_experiment_get_owner (experiment, id).layer == id.layer;
}

static guint
count_columns (FxpExperiment *experiment)
{
  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    if (fxp_experiment_has_tensor (experiment, (FxpTensorId){(guint16)layer, FXP_ROLE_MOMENTUM}))
      return COLUMNS_MAX;
  return COLUMNS_MAX - 1;
}

static void
build (FxuAssignmentTable *self)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  FxpTopology *topology = fxp_experiment_get_topology (experiment);

  fxp_topology_ref (topology);
  g_clear_pointer (&self->topology, fxp_topology_unref);
  self->topology = topology;
  self->n_layers = fxp_experiment_get_n_weighted (experiment);
  self->n_columns = count_columns (experiment);
  fxu_frozen_grid_set_size (self->grid, self->n_columns + 1, self->n_layers + 1);

  for (guint column = 1; column <= self->n_columns; column++)
    add_heading (self,
                 fxu_matrix_text_get_symbol (all_roles[column - 1]),
                 fxu_matrix_text_get_role (all_roles[column - 1]),
                 column,
                 0);
  for (guint row = 1; row <= self->n_layers; row++)
    {
      g_autofree char *name = fxp_topology_get_name (topology, row - 1);

      add_heading (self, name, name, 0, row);
      for (guint column = 1; column <= self->n_columns; column++)
        if (owns (experiment, id_at (row, column)))
          add_cell (self, row, column);
        else
          add_blank (self, experiment, row, column);
    }
  if (cell_of (self, self->selected) == NULL)
    self->selected = (FxpTensorId){0, FXP_ROLE_WEIGHT};
  mark_selected (self);
}

static gboolean
fits (FxuAssignmentTable *self, FxpExperiment *experiment)
{
  return self->topology != NULL &&
         g_str_equal (fxp_topology_get_text (fxp_experiment_get_topology (experiment)),
                      fxp_topology_get_text (self->topology)) &&
         count_columns (experiment) == self->n_columns;
}

static void
update (FxuAssignmentTable *self)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  FxpAssignment *assignment = get_assignment (self);

  self->is_outdated = FALSE;
  if (assignment == NULL)
    return;
  if (!fits (self, experiment))
    build (self);
  for (guint row = 1; row <= self->n_layers; row++)
    for (guint column = 1; column <= self->n_columns; column++)
      if (cell_at (self, row, column) != NULL)
        fxu_assignment_text_show (cell_at (self, row, column), self->session, id_at (row, column));
}

static void
changed_cb (FxuAssignmentTable *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self);
  else
    self->is_outdated = TRUE;
}

static void
fxu_assignment_table_map (GtkWidget *widget)
{
  FxuAssignmentTable *self = FXU_ASSIGNMENT_TABLE (widget);

  if (self->is_outdated)
    update (self);
  GTK_WIDGET_CLASS (fxu_assignment_table_parent_class)->map (widget);
}

static void
fxu_assignment_table_dispose (GObject *object)
{
  FxuAssignmentTable *self = FXU_ASSIGNMENT_TABLE (object);

  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_assignment_table_parent_class)->dispose (object);
}

static void
fxu_assignment_table_finalize (GObject *object)
{
  g_clear_pointer (&FXU_ASSIGNMENT_TABLE (object)->topology, fxp_topology_unref);

  G_OBJECT_CLASS (fxu_assignment_table_parent_class)->finalize (object);
}

static guint
add_signal (const char *name)
{
  return g_signal_new (name,
                       FXU_TYPE_ASSIGNMENT_TABLE,
                       G_SIGNAL_RUN_LAST,
                       0,
                       NULL,
                       NULL,
                       NULL,
                       G_TYPE_NONE,
                       0);
}

static void
fxu_assignment_table_class_init (FxuAssignmentTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fxu_assignment_table_dispose;
  object_class->finalize = fxu_assignment_table_finalize;
  widget_class->map = fxu_assignment_table_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "assignmenttable");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);

  signals[SIGNAL_SELECTION_CHANGED] = add_signal ("selection-changed");
  signals[SIGNAL_APPLY] = add_signal ("apply");
}

static void
fxu_assignment_table_init (FxuAssignmentTable *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->is_outdated = TRUE;
  self->grid = FXU_FROZEN_GRID (fxu_frozen_grid_new ());
  self->scrolled = gtk_scrolled_window_new ();
  /* That there is more to see is to be seen. */
  gtk_scrolled_window_set_overlay_scrolling (GTK_SCROLLED_WINDOW (self->scrolled), FALSE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (self->scrolled), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), GTK_WIDGET (self->grid));
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Assigned precision of every tensor"),
                                  -1);
}

GtkWidget *
fxu_assignment_table_new (FxuSession *session)
{
  FxuAssignmentTable *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_ASSIGNMENT_TABLE, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (fxu_session_get_theory (session),
                           "changed",
                           G_CALLBACK (changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  build (self);
  return GTK_WIDGET (self);
}

FxpTensorId
fxu_assignment_table_get_selected (FxuAssignmentTable *self)
{
  g_return_val_if_fail (FXU_IS_ASSIGNMENT_TABLE (self), (FxpTensorId){0});

  return self->selected;
}

void
fxu_assignment_table_select (FxuAssignmentTable *self, FxpTensorId id)
{
  FxpExperiment *experiment;

  g_return_if_fail (FXU_IS_ASSIGNMENT_TABLE (self));

  experiment = fxu_session_get_experiment (self->session);
  if (id.role >= FXP_N_ROLES || id.layer >= fxp_experiment_get_n_weighted (experiment))
    return;
  if (!fits (self, experiment))
    build (self);
  id = fxp_experiment_get_owner (experiment, id);
  if (cell_of (self, id) == NULL)
    return;
  select_id (self, id);
  fxu_frozen_grid_reveal (self->grid, column_of (self, id.role), id.layer + 1u);
}

char *
fxu_assignment_table_describe (FxuAssignmentTable *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (FXU_IS_ASSIGNMENT_TABLE (self), NULL);

  update (self);
  for (guint row = 1; get_assignment (self) != NULL && row <= self->n_layers; row++)
    for (guint column = 1; column <= self->n_columns; column++)
      {
        FxuAssignmentCell *cell = cell_at (self, row, column);
        g_autofree char *name = fxp_topology_get_name (self->topology, row - 1);

        if (cell != NULL)
          g_string_append_printf (text,
                                  "%s %s: %s\n",
                                  name,
                                  fxp_role_get_symbol (all_roles[column - 1]),
                                  fxu_assignment_cell_get_reading (cell));
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
