/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/tensor-lines.h"

#include <glib/gi18n.h>
#include <math.h>

struct _FxuTensorLines
{
  FxuChart *chart; /* borrowed */
  char *stem;
  FxpTopology *topology;
  guint n_layers;
  FxuLine line;
  gboolean *has_points; /* per series: empty ones take no room in the legend */
};

FxuTensorLines *
fxu_tensor_lines_new (FxuChart *chart, const char *stem, FxuLine line)
{
  FxuTensorLines *self = g_new0 (FxuTensorLines, 1);

  self->chart = chart;
  self->stem = g_strdup (stem);
  self->line = line;
  return self;
}

void
fxu_tensor_lines_free (FxuTensorLines *self)
{
  g_clear_pointer (&self->topology, fxp_topology_unref);
  g_free (self->has_points);
  g_free (self->stem);
  g_free (self);
}

void
fxu_tensor_lines_prepare (FxuTensorLines *self, FxpExperiment *experiment)
{
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  const FxuColor any = {0.5, 0.5, 0.5, 1.0};

  fxp_topology_ref (topology);
  g_clear_pointer (&self->topology, fxp_topology_unref);
  self->topology = topology;
  self->n_layers = fxp_experiment_get_n_weighted (experiment);

  g_free (self->has_points);
  self->has_points = g_new0 (gboolean, self->n_layers * FXP_N_ROLES);
  fxu_chart_clear_series (self->chart);
  for (guint i = 0; i < self->n_layers * FXP_N_ROLES; i++)
    fxu_chart_add_series (self->chart, "", any, self->line);
}

/* Of a tensor among those of its layer: the category after the sixth is about as blue as the first.
 */
#define CATEGORY_MOMENTUM 9

static guint
get_category (FxpRole role)
{
  return role == FXP_ROLE_MOMENTUM ? CATEGORY_MOMENTUM : role;
}

void
fxu_tensor_lines_show (FxuTensorLines *self,
                       FxuSpan span,
                       guint layer,
                       FxpRole role,
                       const FxuPalette *palette)
{
  gboolean by_layer;
  g_autofree char *title = NULL;
  g_autofree char *of = NULL;

  if (self->topology == NULL || layer >= self->n_layers)
    return;

  /* A column's lines are its layers; the sum register has none, so its row is shown. */
  by_layer = span == FXU_SPAN_COLUMN && role < FXP_N_ROLES;
  of = by_layer ? g_strdup (fxp_role_get_symbol (role))
                : fxp_topology_get_name (self->topology, layer);
  /* translators: a quantity and the layer or tensor it is of, as in "SQNR of fc2" */
  title = g_strdup_printf (_ ("%s of %s"), self->stem, of);
  fxu_chart_set_title (self->chart, title);

  for (guint i = 0; i < self->n_layers * FXP_N_ROLES; i++)
    {
      guint i_layer = i / FXP_N_ROLES;
      FxpRole i_role = i % FXP_N_ROLES;
      gboolean visible = by_layer ? i_role == role : i_layer == layer;
      g_autofree char *name = fxp_topology_get_name (self->topology, i_layer);

      fxu_chart_set_series_visible (self->chart, i, visible && self->has_points[i]);
      if (visible)
        fxu_chart_set_series_look (self->chart,
                                   i,
                                   by_layer ? name : fxp_role_get_symbol (i_role),
                                   fxu_palette_get_category (palette,
                                                             by_layer ? i_layer
                                                                      : get_category (i_role)));
    }
}

gboolean
fxu_tensor_lines_append (FxuTensorLines *self, double x, const float *values)
{
  gboolean first = FALSE;

  for (guint i = 0; i < self->n_layers * FXP_N_ROLES; i++)
    {
      if (isnan (values[i]))
        continue;
      fxu_chart_append (self->chart, i, x, values[i]);
      first = first || !self->has_points[i];
      self->has_points[i] = TRUE;
    }
  return first;
}
