/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/frozen-grid.h"

struct _FxuFrozenGrid
{
  GtkWidget parent_instance;

  guint n_columns, n_rows;
  GtkWidget **children; /* row after row; NULL where there is none */
  GtkWidget *uppermost; /* of those that scroll, or NULL */

  GtkAdjustment *adjustments[2]; /* by GtkOrientation; NULL until given */
  GtkScrollablePolicy policies[2];

  int *lefts; /* of the columns and, last, their end; all as allocated */
  int top;    /* height of the frozen row */
  int row_height;
};

enum
{
  PROP_0,
  PROP_HADJUSTMENT,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

static void fxu_frozen_grid_scrollable_init (GtkScrollableInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FxuFrozenGrid,
                               fxu_frozen_grid,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE,
                                                      fxu_frozen_grid_scrollable_init))

static GtkWidget *
child_at (FxuFrozenGrid *self, guint column, guint row)
{
  return self->children[row * self->n_columns + column];
}

static int
measure_column (FxuFrozenGrid *self, guint column)
{
  int most = 0;

  for (guint row = 0; row < self->n_rows; row++)
    {
      GtkWidget *child = child_at (self, column, row);
      int minimum = 0;

      if (child != NULL)
        gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      most = MAX (most, minimum);
    }
  return most;
}

/* Of rows @first to the one before @end. */
static void
measure_rows (FxuFrozenGrid *self, guint first, guint end, int *minimum, int *natural)
{
  *minimum = *natural = 0;
  for (guint i = first * self->n_columns; i < end * self->n_columns; i++)
    {
      int least, wanted;

      if (self->children[i] == NULL)
        continue;
      gtk_widget_measure (self->children[i],
                          GTK_ORIENTATION_VERTICAL,
                          -1,
                          &least,
                          &wanted,
                          NULL,
                          NULL);
      *minimum = MAX (*minimum, least);
      *natural = MAX (*natural, wanted);
    }
}

static void
fxu_frozen_grid_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  FxuFrozenGrid *self = FXU_FROZEN_GRID (widget);
  int heading, row, row_natural;

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      for (guint column = 0; column < self->n_columns; column++)
        {
          int width = measure_column (self, column);

          *natural += width;
          if (column < 2)
            *minimum += width;
        }
      return;
    }
  if (self->n_rows == 0)
    return;
  measure_rows (self, 0, 1, &heading, natural);
  measure_rows (self, 1, self->n_rows, &row, &row_natural);
  *minimum = heading + row;
  *natural = heading + (int)(self->n_rows - 1) * row_natural;
}

static void
lay_out_columns (FxuFrozenGrid *self, int width)
{
  int left = 0, extra;

  for (guint column = 0; column < self->n_columns; column++)
    {
      self->lefts[column] = left;
      left += measure_column (self, column);
    }
  self->lefts[self->n_columns] = left;

  extra = width - left;
  for (int column = 1; extra > 0 && column < (int)self->n_columns; column++)
    self->lefts[column + 1] += extra * column / ((int)self->n_columns - 1);
}

static void
lay_out_rows (FxuFrozenGrid *self, int height)
{
  int least, wanted, n = (int)self->n_rows - 1;

  measure_rows (self, 0, 1, &self->top, &wanted);
  measure_rows (self, 1, self->n_rows, &least, &wanted);
  self->row_height = n > 0 ? CLAMP ((height - self->top) / n, least, wanted) : 0;
}

static void
configure (FxuFrozenGrid *self, GtkOrientation orientation, int content, int page, int step)
{
  GtkAdjustment *adjustment = self->adjustments[orientation];
  double value;

  if (adjustment == NULL)
    return;
  value = CLAMP (gtk_adjustment_get_value (adjustment), 0.0, MAX (0.0, (double)content - page));
  gtk_adjustment_configure (adjustment, value, 0.0, MAX (content, page), step, 0.9 * page, page);
}

static int
get_offset (FxuFrozenGrid *self, GtkOrientation orientation)
{
  GtkAdjustment *adjustment = self->adjustments[orientation];

  return adjustment != NULL ? (int)gtk_adjustment_get_value (adjustment) : 0;
}

static void
allocate_child (FxuFrozenGrid *self, guint column, guint row)
{
  GtkWidget *child = child_at (self, column, row);
  GtkAllocation box = {
    .x = self->lefts[column],
    .y = row == 0 ? 0 : self->top + (int)(row - 1) * self->row_height,
    .width = self->lefts[column + 1] - self->lefts[column],
    .height = row == 0 ? self->top : self->row_height,
  };

  if (child == NULL || !gtk_widget_should_layout (child))
    return;
  if (column > 0)
    box.x -= get_offset (self, GTK_ORIENTATION_HORIZONTAL);
  if (row > 0)
    box.y -= get_offset (self, GTK_ORIENTATION_VERTICAL);
  gtk_widget_size_allocate (child, &box, -1);
}

static void
fxu_frozen_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  FxuFrozenGrid *self = FXU_FROZEN_GRID (widget);

  if (self->n_rows == 0)
    return;
  lay_out_columns (self, width);
  lay_out_rows (self, height);
  configure (self,
             GTK_ORIENTATION_HORIZONTAL,
             self->lefts[self->n_columns],
             width,
             self->lefts[self->n_columns] / (int)self->n_columns);
  configure (self,
             GTK_ORIENTATION_VERTICAL,
             self->top + (int)(self->n_rows - 1) * self->row_height,
             height,
             self->row_height);
  for (guint row = 0; row < self->n_rows; row++)
    for (guint column = 0; column < self->n_columns; column++)
      allocate_child (self, column, row);
}

gboolean
fxu_frozen_grid_get_visible_rows (FxuFrozenGrid *self, guint *first, guint *last)
{
  int offset, room;

  g_return_val_if_fail (FXU_IS_FROZEN_GRID (self), FALSE);

  if (self->n_rows < 2 || self->row_height <= 0)
    return FALSE;
  offset = get_offset (self, GTK_ORIENTATION_VERTICAL);
  room = MAX (1, gtk_widget_get_height (GTK_WIDGET (self)) - self->top);
  *first = 1 + (guint)(offset / self->row_height);
  *last = MIN (1 + (guint)((offset + room - 1) / self->row_height), self->n_rows - 1);
  return *first <= *last;
}

/* Rows @first to @last of columns from @column on, cut where the frozen ones begin. */
static void
snapshot_part (FxuFrozenGrid *self,
               GtkSnapshot *snapshot,
               guint column,
               guint n_columns,
               guint first,
               guint last,
               const graphene_rect_t *box)
{
  if (box->size.width <= 0.0f || box->size.height <= 0.0f)
    return;
  gtk_snapshot_push_clip (snapshot, box);
  for (guint row = first; row <= last; row++)
    for (guint i = column; i < column + n_columns; i++)
      if (child_at (self, i, row) != NULL)
        gtk_widget_snapshot_child (GTK_WIDGET (self), child_at (self, i, row), snapshot);
  gtk_snapshot_pop (snapshot);
}

static void
fxu_frozen_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FxuFrozenGrid *self = FXU_FROZEN_GRID (widget);
  float width = (float)gtk_widget_get_width (widget);
  float height = (float)gtk_widget_get_height (widget);
  float left, top = (float)self->top;
  guint first, last;
  graphene_rect_t box;

  if (self->row_height == 0)
    return;
  left = (float)self->lefts[1];
  if (fxu_frozen_grid_get_visible_rows (self, &first, &last))
    {
      box = GRAPHENE_RECT_INIT (left, top, width - left, height - top);
      snapshot_part (self, snapshot, 1, self->n_columns - 1, first, last, &box);
      box = GRAPHENE_RECT_INIT (0.0f, top, left, height - top);
      snapshot_part (self, snapshot, 0, 1, first, last, &box);
    }
  box = GRAPHENE_RECT_INIT (left, 0.0f, width - left, top);
  snapshot_part (self, snapshot, 1, self->n_columns - 1, 0, 0, &box);
  box = GRAPHENE_RECT_INIT (0.0f, 0.0f, left, top);
  snapshot_part (self, snapshot, 0, 1, 0, 0, &box);
}

static void
reveal_span (FxuFrozenGrid *self, GtkOrientation orientation, int frozen, int begin, int end)
{
  GtkAdjustment *adjustment = self->adjustments[orientation];
  double value = get_offset (self, orientation);
  double page = adjustment != NULL ? gtk_adjustment_get_page_size (adjustment) : 0.0;

  if (adjustment == NULL)
    return;
  if (begin - value < frozen)
    gtk_adjustment_set_value (adjustment, begin - frozen);
  else if (end - value > page)
    gtk_adjustment_set_value (adjustment, end - page);
}

void
fxu_frozen_grid_reveal (FxuFrozenGrid *self, guint column, guint row)
{
  g_return_if_fail (FXU_IS_FROZEN_GRID (self));
  g_return_if_fail (column < self->n_columns && row < self->n_rows);

  if (column > 0)
    reveal_span (self,
                 GTK_ORIENTATION_HORIZONTAL,
                 self->lefts[1],
                 self->lefts[column],
                 self->lefts[column + 1]);
  if (row > 0)
    reveal_span (self,
                 GTK_ORIENTATION_VERTICAL,
                 self->top,
                 self->top + (int)(row - 1) * self->row_height,
                 self->top + (int)row * self->row_height);
}

/* Where the keyboard goes, the eye has to follow. */
static void
fxu_frozen_grid_set_focus_child (GtkWidget *widget, GtkWidget *child)
{
  FxuFrozenGrid *self = FXU_FROZEN_GRID (widget);
  guint column, row;

  GTK_WIDGET_CLASS (fxu_frozen_grid_parent_class)->set_focus_child (widget, child);

  if (child != NULL && fxu_frozen_grid_find (self, child, &column, &row))
    fxu_frozen_grid_reveal (self, column, row);
}

static void
set_adjustment (FxuFrozenGrid *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  GtkAdjustment *old = self->adjustments[orientation];

  if (old != NULL)
    g_signal_handlers_disconnect_by_data (old, self);
  if (adjustment != NULL)
    g_signal_connect_object (adjustment,
                             "value-changed",
                             G_CALLBACK (gtk_widget_queue_allocate),
                             self,
                             G_CONNECT_SWAPPED);
  g_set_object (&self->adjustments[orientation], adjustment);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static GtkOrientation
orientation_of (guint property)
{
  return property == PROP_HADJUSTMENT || property == PROP_HSCROLL_POLICY
           ? GTK_ORIENTATION_HORIZONTAL
           : GTK_ORIENTATION_VERTICAL;
}

static void
fxu_frozen_grid_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  FxuFrozenGrid *self = FXU_FROZEN_GRID (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      set_adjustment (self, orientation_of (id), g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      self->policies[orientation_of (id)] = g_value_get_enum (value);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fxu_frozen_grid_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FxuFrozenGrid *self = FXU_FROZEN_GRID (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[orientation_of (id)]);
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, self->policies[orientation_of (id)]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
clear (FxuFrozenGrid *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->children, g_free);
  g_clear_pointer (&self->lefts, g_free);
  self->uppermost = NULL;
  self->n_columns = self->n_rows = 0;
  self->row_height = 0;
}

static void
fxu_frozen_grid_dispose (GObject *object)
{
  FxuFrozenGrid *self = FXU_FROZEN_GRID (object);

  clear (self);
  /* They were connected for as long as this lives. */
  g_clear_object (&self->adjustments[0]);
  g_clear_object (&self->adjustments[1]);

  G_OBJECT_CLASS (fxu_frozen_grid_parent_class)->dispose (object);
}

static void
fxu_frozen_grid_scrollable_init (GtkScrollableInterface *interface)
{
}

static void
fxu_frozen_grid_class_init (FxuFrozenGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fxu_frozen_grid_dispose;
  object_class->set_property = fxu_frozen_grid_set_property;
  object_class->get_property = fxu_frozen_grid_get_property;
  widget_class->measure = fxu_frozen_grid_measure;
  widget_class->size_allocate = fxu_frozen_grid_size_allocate;
  widget_class->snapshot = fxu_frozen_grid_snapshot;
  widget_class->set_focus_child = fxu_frozen_grid_set_focus_child;
  gtk_widget_class_set_css_name (widget_class, "frozengrid");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
}

static void
fxu_frozen_grid_init (FxuFrozenGrid *self)
{
}

GtkWidget *
fxu_frozen_grid_new (void)
{
  return g_object_new (FXU_TYPE_FROZEN_GRID, NULL);
}

void
fxu_frozen_grid_set_size (FxuFrozenGrid *self, guint n_columns, guint n_rows)
{
  g_return_if_fail (FXU_IS_FROZEN_GRID (self));
  g_return_if_fail (n_columns >= 1 && n_rows >= 1);

  clear (self);
  self->n_columns = n_columns;
  self->n_rows = n_rows;
  self->children = g_new0 (GtkWidget *, (gsize)n_columns * n_rows);
  self->lefts = g_new0 (int, n_columns + 1);
}

void
fxu_frozen_grid_attach (FxuFrozenGrid *self, GtkWidget *child, guint column, guint row)
{
  g_return_if_fail (FXU_IS_FROZEN_GRID (self));
  g_return_if_fail (column < self->n_columns && row < self->n_rows);

  self->children[row * self->n_columns + column] = child;
  /* What is frozen lies above what scrolls under it, and is first for the pointer. */
  if (row == 0 || column == 0)
    {
      gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
      return;
    }
  gtk_widget_insert_after (child, GTK_WIDGET (self), self->uppermost);
  self->uppermost = child;
}

GtkWidget *
fxu_frozen_grid_get_child_at (FxuFrozenGrid *self, guint column, guint row)
{
  g_return_val_if_fail (FXU_IS_FROZEN_GRID (self), NULL);

  return column < self->n_columns && row < self->n_rows ? child_at (self, column, row) : NULL;
}

gboolean
fxu_frozen_grid_find (FxuFrozenGrid *self, GtkWidget *child, guint *column, guint *row)
{
  g_return_val_if_fail (FXU_IS_FROZEN_GRID (self), FALSE);

  for (guint i = 0; i < self->n_columns * self->n_rows; i++)
    if (self->children[i] == child && child != NULL)
      {
        *column = i % self->n_columns;
        *row = i / self->n_columns;
        return TRUE;
      }
  return FALSE;
}
