/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/inspector-counts.h"
#include "look.h"
#include "precision/health.h"

#include <glib/gi18n.h>
#include <math.h>

enum
{
  FIGURE_OVERFLOW,
  FIGURE_ZERO, /* or, of a sum, the bits needed */
  FIGURE_SQNR,
  FIGURE_LOST,
  FIGURE_RANGE,
  FIGURE_STEP,
  N_FIGURES
};

struct _FxuInspectorCounts
{
  GtkWidget parent_instance;

  GtkWidget *grid;
  GtkWidget *captions[N_FIGURES];
  GtkWidget *values[N_FIGURES];
};

G_DEFINE_FINAL_TYPE (FxuInspectorCounts, fxu_inspector_counts, GTK_TYPE_WIDGET)

/* The same red and yellow as in the histogram above. */
static void
set_hue (GtkWidget *label, FxuHue hue)
{
  const FxuColor *color = &fxu_look_get_palette (label)->hues[hue];
  g_autoptr (PangoAttrList) attributes = NULL;

  if (hue != FXU_HUE_TEXT)
    {
      attributes = pango_attr_list_new ();
      pango_attr_list_insert (attributes,
                              pango_attr_foreground_new ((guint16)(65535.0 * color->red),
                                                         (guint16)(65535.0 * color->green),
                                                         (guint16)(65535.0 * color->blue)));
    }
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
}

static void
show (FxuInspectorCounts *self, guint i, const char *caption, const char *value, FxuHue hue)
{
  gtk_widget_set_visible (self->captions[i], value != NULL);
  gtk_widget_set_visible (self->values[i], value != NULL);
  if (value == NULL)
    return;

  gtk_label_set_text (GTK_LABEL (self->captions[i]), caption);
  if (i == FIGURE_STEP)
    gtk_label_set_markup (GTK_LABEL (self->values[i]), value);
  else
    gtk_label_set_text (GTK_LABEL (self->values[i]), value);
  set_hue (self->values[i], hue);
}

/* The power is what the step is; decimals say it worse.  Pango markup. */
static char *
power_of_two (int exponent)
{
  return g_strdup_printf ("2<sup>%s%d</sup>", exponent < 0 ? "−" : "", ABS (exponent));
}

static char *
format_range (FxpFormat format)
{
  if (!format.is_signed)
    return g_strdup_printf ("0 … %.4g", fxp_format_get_max (format));
  return g_strdup_printf ("±%.4g", -fxp_format_get_min (format));
}

void
fxu_inspector_counts_show_tensor (FxuInspectorCounts *self,
                                  const FxpQuantizer *quantizer,
                                  const FxpTensorView *view,
                                  const FxpLayerView *layer,
                                  gboolean predict)
{
  FxuVerdict verdict = fxu_health_judge (quantizer, view, layer, predict);
  gboolean is_float = fxp_format_is_float (quantizer->format);
  g_autofree char *over = fxu_share_to_string (verdict.over);
  g_autofree char *under = fxu_share_to_string (verdict.under);
  g_autofree char *lost = fxu_share_to_string (verdict.lost);
  g_autofree char *range = is_float ? NULL : format_range (quantizer->format);
  g_autofree char *step = is_float ? NULL : power_of_two (-quantizer->format.frac_bits);
  g_autofree char *sqnr = NULL;

  g_return_if_fail (FXU_IS_INSPECTOR_COUNTS (self));

  if (isfinite (verdict.sqnr_db))
    sqnr = g_strdup_printf (_ ("%.1f dB"), verdict.sqnr_db);
  else
    sqnr = g_strdup (isinf (verdict.sqnr_db) ? _ ("exact") : "–");

  show (self,
        FIGURE_OVERFLOW,
        predict ? _ ("would overflow") : _ ("overflow"),
        is_float ? NULL : over,
        verdict.over >= FXU_HEALTH_OVER_SHARE ? FXU_HUE_OVER : FXU_HUE_TEXT);
  show (self,
        FIGURE_ZERO,
        predict ? _ ("would be zero") : _ ("to zero"),
        is_float ? NULL : under,
        verdict.under >= FXU_HEALTH_UNDER_SHARE ? FXU_HUE_UNDER : FXU_HUE_TEXT);
  show (self, FIGURE_SQNR, _ ("SQNR"), is_float ? NULL : sqnr, FXU_HUE_TEXT);
  show (self,
        FIGURE_LOST,
        _ ("lost updates"),
        isnan (verdict.lost) ? NULL : lost,
        verdict.lost >= FXU_HEALTH_LOST_SHARE ? FXU_HUE_UNDER : FXU_HUE_TEXT);
  show (self, FIGURE_RANGE, _ ("range"), range, FXU_HUE_TEXT);
  show (self, FIGURE_STEP, _ ("step"), step, FXU_HUE_TEXT);
}

void
fxu_inspector_counts_show_sum (FxuInspectorCounts *self,
                               const FxpSumRegister *sum,
                               const FxpLayerView *layer)
{
  FxuVerdict verdict = fxu_health_judge_sum (sum, layer, FALSE);
  g_autofree char *over = fxu_share_to_string (verdict.over);
  g_autofree char *needed = NULL;

  g_return_if_fail (FXU_IS_INSPECTOR_COUNTS (self));

  if (layer != NULL && layer->sum.n > 0)
    needed = g_strdup_printf ("%u", fxp_sum_counts_get_bits_needed (&layer->sum));
  show (self,
        FIGURE_OVERFLOW,
        _ ("overflow"),
        over,
        verdict.health == FXU_HEALTH_OVER ? FXU_HUE_OVER : FXU_HUE_TEXT);
  show (self, FIGURE_ZERO, _ ("bits needed"), needed, FXU_HUE_TEXT);
  for (guint i = FIGURE_SQNR; i < N_FIGURES; i++)
    show (self, i, NULL, NULL, FXU_HUE_TEXT);
}

static void
fxu_inspector_counts_dispose (GObject *object)
{
  FxuInspectorCounts *self = FXU_INSPECTOR_COUNTS (object);

  g_clear_pointer (&self->grid, gtk_widget_unparent);

  G_OBJECT_CLASS (fxu_inspector_counts_parent_class)->dispose (object);
}

static void
fxu_inspector_counts_class_init (FxuInspectorCountsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_inspector_counts_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "counts");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_inspector_counts_init (FxuInspectorCounts *self)
{
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 12);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Figures of the selected tensor"),
                                  -1);
  for (int i = 0; i < N_FIGURES; i++)
    {
      self->values[i] = gtk_label_new (NULL);
      self->captions[i] = gtk_label_new (NULL);
      gtk_widget_add_css_class (self->values[i], "figure");
      gtk_widget_add_css_class (self->captions[i], "caption");
      gtk_label_set_xalign (GTK_LABEL (self->values[i]), 0.0f);
      gtk_label_set_xalign (GTK_LABEL (self->captions[i]), 0.0f);
      gtk_grid_attach (GTK_GRID (self->grid), self->values[i], i, 0, 1, 1);
      gtk_grid_attach (GTK_GRID (self->grid), self->captions[i], i, 1, 1, 1);
    }
}

GtkWidget *
fxu_inspector_counts_new (void)
{
  return g_object_new (FXU_TYPE_INSPECTOR_COUNTS, NULL);
}
