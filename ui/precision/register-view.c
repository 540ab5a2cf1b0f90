/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/register-view.h"
#include "look.h"

#include <glib/gi18n.h>

#define GAP     2.0
#define BOX_MAX 18.0
#define PER_ROW 32u

struct _FxuRegisterView
{
  GtkWidget parent_instance;

  guint bits;   /* the register has */
  guint needed; /* the sums needed; 0: not measured */
};

G_DEFINE_FINAL_TYPE (FxuRegisterView, fxu_register_view, GTK_TYPE_WIDGET)

static void
draw_box (cairo_t *cr, double x, double y, double size, gboolean filled)
{
  cairo_rectangle (cr, x + 0.5, y + 0.5, size - 1.0, size - 1.0);
  cairo_set_line_width (cr, 1.0);
  if (filled)
    cairo_fill_preserve (cr);
  cairo_stroke (cr);
}

static void
fxu_register_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FxuRegisterView *self = FXU_REGISTER_VIEW (widget);
  const FxuPalette *palette = fxu_look_get_palette (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  guint n = MAX (self->bits, self->needed);
  guint n_rows = (n + PER_ROW - 1) / PER_ROW;
  guint per_row = MIN (n, PER_ROW);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0.0f, 0.0f, (float)width, (float)height);
  double box, left, top;
  cairo_t *cr;

  if (n == 0 || width <= 0 || height <= 0)
    return;

  box = MIN ((width - GAP * (per_row - 1)) / per_row, (height - GAP * (n_rows - 1)) / n_rows);
  box = CLAMP (box, 2.0, BOX_MAX);
  left = (width - per_row * box - (per_row - 1) * GAP) / 2.0;
  top = (height - n_rows * box - (n_rows - 1) * GAP) / 2.0;

  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  /* Bit 0 stands at the lower right, as numbers are written. */
  for (guint bit = 0; bit < n; bit++)
    {
      guint row = n_rows - 1 - bit / PER_ROW;
      guint column = per_row - 1 - bit % PER_ROW;
      gboolean filled = bit < self->needed;
      FxuHue hue = bit >= self->bits ? FXU_HUE_OVER : filled ? FXU_HUE_OK : FXU_HUE_DIM;

      fxu_palette_set_source (palette, cr, hue);
      draw_box (cr, left + column * (box + GAP), top + row * (box + GAP), box, filled);
    }
  cairo_destroy (cr);
}

static void
fxu_register_view_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 40;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 320 : 60;
}

static void
fxu_register_view_class_init (FxuRegisterViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = fxu_register_view_snapshot;
  widget_class->measure = fxu_register_view_measure;
  gtk_widget_class_set_css_name (widget_class, "registerview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_METER);
}

static void
fxu_register_view_init (FxuRegisterView *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Bits of the sum register"),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN,
                                  0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX,
                                  (double)FXP_SUM_BITS_MAX,
                                  -1);
}

GtkWidget *
fxu_register_view_new (void)
{
  return g_object_new (FXU_TYPE_REGISTER_VIEW, NULL);
}

void
fxu_register_view_set (FxuRegisterView *self, const FxpSumRegister *sum, const FxpSumCounts *counts)
{
  guint bits, needed;
  g_autofree char *text = NULL;

  g_return_if_fail (FXU_IS_REGISTER_VIEW (self));
  g_return_if_fail (sum != NULL);

  bits = sum->mode == FXP_SUM_EXACT ? FXP_SUM_BITS_MAX : sum->bits;
  needed = counts != NULL && counts->n > 0 ? fxp_sum_counts_get_bits_needed (counts) : 0;
  if (bits == self->bits && needed == self->needed)
    return;

  self->bits = bits;
  self->needed = needed;
  text = g_strdup_printf (_ ("%u bits, of which the sums needed %u"), bits, needed);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                  (double)needed,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  text,
                                  -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
