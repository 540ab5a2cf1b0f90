/* SPDX-License-Identifier: MIT */
#include "control-row.h"

#define GAP         6
#define CAPTION_GAP 2
#define FOLDED      2 /* controls in a line that is folded */

struct _FxuControlRow
{
  GtkWidget parent_instance;

  GPtrArray *captions; /* (element-type GtkWidget), as many as there are controls */
  GPtrArray *controls; /* (element-type GtkWidget) */
  gboolean folded;
};

G_DEFINE_FINAL_TYPE (FxuControlRow, fxu_control_row, GTK_TYPE_WIDGET)

static GtkWidget *
get_control (FxuControlRow *self, guint i)
{
  return g_ptr_array_index (self->controls, i);
}

static GtkWidget *
get_caption (FxuControlRow *self, guint i)
{
  return g_ptr_array_index (self->captions, i);
}

static int
measure (GtkWidget *widget, GtkOrientation orientation, gboolean natural)
{
  int sizes[2];

  gtk_widget_measure (widget, orientation, -1, &sizes[0], &sizes[1], NULL, NULL);
  return sizes[natural ? 1 : 0];
}

/* What column @i needs to be read, its caption included. */
static int
get_width (FxuControlRow *self, guint i)
{
  return MAX (measure (get_control (self, i), GTK_ORIENTATION_HORIZONTAL, TRUE),
              measure (get_caption (self, i), GTK_ORIENTATION_HORIZONTAL, TRUE));
}

static int
get_row_width (FxuControlRow *self)
{
  int width = 0;

  for (guint i = 0; i < self->controls->len; i++)
    width += get_width (self, i) + (i > 0 ? GAP : 0);
  return width;
}

static int
get_greatest (GPtrArray *widgets, GtkOrientation orientation, gboolean natural)
{
  int greatest = 0;

  for (guint i = 0; i < widgets->len; i++)
    greatest = MAX (greatest, measure (g_ptr_array_index (widgets, i), orientation, natural));
  return greatest;
}

static int
get_height (FxuControlRow *self, gboolean folded)
{
  int height = get_greatest (self->controls, GTK_ORIENTATION_VERTICAL, TRUE);
  int lines = ((int)self->controls->len + FOLDED - 1) / FOLDED;

  if (!folded)
    return height + CAPTION_GAP + get_greatest (self->captions, GTK_ORIENTATION_VERTICAL, TRUE);
  return lines * height + MAX (0, lines - 1) * GAP;
}

static void
fxu_control_row_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  FxuControlRow *self = FXU_CONTROL_ROW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = FOLDED * get_greatest (self->controls, orientation, FALSE) + (FOLDED - 1) * GAP;
      *natural = MAX (*minimum, get_row_width (self));
    }
  else if (for_size < 0)
    *minimum = *natural = MAX (get_height (self, FALSE), get_height (self, TRUE));
  else
    *minimum = *natural = get_height (self, for_size < get_row_width (self));
}

static void
allocate_row (FxuControlRow *self, int width)
{
  int caption_height = get_greatest (self->captions, GTK_ORIENTATION_VERTICAL, TRUE);
  int height = get_greatest (self->controls, GTK_ORIENTATION_VERTICAL, TRUE);
  int n = (int)self->controls->len;
  int spare = n > 1 ? (width - get_row_width (self)) / (n - 1) : 0;
  int x = 0;

  /* The first keeps its width, as formats are short. */
  for (int i = 0; i < n; i++)
    {
      int column = get_width (self, (guint)i) + (i > 0 ? spare : 0);

      gtk_widget_size_allocate (get_caption (self, (guint)i),
                                &(GtkAllocation){x, 0, column, caption_height},
                                -1);
      gtk_widget_size_allocate (get_control (self, (guint)i),
                                &(GtkAllocation){x, caption_height + CAPTION_GAP, column, height},
                                -1);
      x += column + GAP;
    }
}

static void
allocate_folded (FxuControlRow *self, int width)
{
  int height = get_greatest (self->controls, GTK_ORIENTATION_VERTICAL, TRUE);
  int column = (width - (FOLDED - 1) * GAP) / FOLDED;

  for (guint i = 0; i < self->controls->len; i++)
    gtk_widget_size_allocate (get_control (self, i),
                              &(GtkAllocation){(int)(i % FOLDED) * (column + GAP),
                                               (int)(i / FOLDED) * (height + GAP),
                                               column,
                                               height},
                              -1);
}

static void
fxu_control_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  FxuControlRow *self = FXU_CONTROL_ROW (widget);

  self->folded = width < get_row_width (self);
  for (guint i = 0; i < self->captions->len; i++)
    gtk_widget_set_child_visible (get_caption (self, i), !self->folded);
  if (self->folded)
    allocate_folded (self, width);
  else
    allocate_row (self, width);
}

static GtkSizeRequestMode
fxu_control_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fxu_control_row_dispose (GObject *object)
{
  FxuControlRow *self = FXU_CONTROL_ROW (object);
  GtkWidget *child;

  g_ptr_array_set_size (self->captions, 0);
  g_ptr_array_set_size (self->controls, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (fxu_control_row_parent_class)->dispose (object);
}

static void
fxu_control_row_finalize (GObject *object)
{
  FxuControlRow *self = FXU_CONTROL_ROW (object);

  g_ptr_array_unref (self->captions);
  g_ptr_array_unref (self->controls);

  G_OBJECT_CLASS (fxu_control_row_parent_class)->finalize (object);
}

static void
fxu_control_row_class_init (FxuControlRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fxu_control_row_dispose;
  object_class->finalize = fxu_control_row_finalize;
  widget_class->measure = fxu_control_row_measure;
  widget_class->size_allocate = fxu_control_row_size_allocate;
  widget_class->get_request_mode = fxu_control_row_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "controlrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_control_row_init (FxuControlRow *self)
{
  self->captions = g_ptr_array_new ();
  self->controls = g_ptr_array_new ();
}

GtkWidget *
fxu_control_row_new (void)
{
  return g_object_new (FXU_TYPE_CONTROL_ROW, NULL);
}

void
fxu_control_row_append (FxuControlRow *self, const char *caption, GtkWidget *control)
{
  GtkWidget *label;

  g_return_if_fail (FXU_IS_CONTROL_ROW (self));
  g_return_if_fail (GTK_IS_WIDGET (control));

  label = gtk_label_new (caption);
  gtk_widget_add_css_class (label, "caption");
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  if (gtk_widget_get_tooltip_text (control) == NULL)
    gtk_widget_set_tooltip_text (control, caption);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  gtk_widget_set_parent (control, GTK_WIDGET (self));
  g_ptr_array_add (self->captions, label);
  g_ptr_array_add (self->controls, control);
}

gboolean
fxu_control_row_get_folded (FxuControlRow *self)
{
  g_return_val_if_fail (FXU_IS_CONTROL_ROW (self), FALSE);

  return self->folded;
}
