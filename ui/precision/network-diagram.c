/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/network-diagram-data.h"

#include <glib/gi18n.h>

#define BOX_WIDTH     100.0
#define POOLING_WIDTH 72.0
#define GAP           22.0
#define PAD           14.0
#define INPUT_WIDTH   62.0

static void
clear_box (gpointer data)
{
  FxuBox *box = data;

  g_free (box->name);
  g_free (box->brief);
  for (guint i = 0; i < box->n_strips; i++)
    g_free (box->strips[i]);
}

FxuNetworkDiagram *
fxu_network_diagram_new (void)
{
  FxuNetworkDiagram *self = g_new0 (FxuNetworkDiagram, 1);

  self->boxes = g_array_new (FALSE, TRUE, sizeof (FxuBox));
  g_array_set_clear_func (self->boxes, clear_box);
  self->detours = g_array_new (FALSE, TRUE, sizeof (FxuDetour));
  return self;
}

void
fxu_network_diagram_free (FxuNetworkDiagram *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->boxes);
  g_array_unref (self->detours);
  g_free (self);
}

char *
fxu_network_diagram_count_to_string (guint64 count)
{
  static const char *const units[] = {"", " k", " M", " G", " T"};
  double value = (double)count;
  guint unit = 0;

  while (value >= 999.5 && unit + 1 < G_N_ELEMENTS (units))
    {
      value /= 1000.0;
      unit++;
    }
  return g_strdup_printf (unit > 0 && value < 9.95 ? "%.1f%s" : "%.0f%s", value, units[unit]);
}

static gboolean
is_pooling (FxpLayerKind kind)
{
  return kind == FXP_LAYER_MAX_POOLING || kind == FXP_LAYER_AVERAGE_POOLING;
}

static char *
describe_pooling (const FxpLayerSpec *spec)
{
  const char *kind =
    spec->kind == FXP_LAYER_MAX_POOLING ? C_ ("pooling", "max") : C_ ("pooling", "mean");

  if (spec->kernel == 0)
    /* translators: pooling over the whole image, very short */
    return g_strdup_printf (_ ("%s of all"), kind);
  return g_strdup_printf ("%s %u²", kind, spec->kernel);
}

static char *
describe_kernel (const FxpLayerSpec *spec)
{
  if (spec->kind == FXP_LAYER_DENSE)
    return g_strdup_printf (ngettext ("%u unit", "%u units", spec->units), spec->units);
  if (spec->stride > 1)
    /* translators: filters, kernel side and stride of a convolution, very short */
    return g_strdup_printf (_ ("%u × %u² /%u"), spec->units, spec->kernel, spec->stride);
  /* translators: filters and kernel side of a convolution, very short */
  return g_strdup_printf (_ ("%u × %u²"), spec->units, spec->kernel);
}

static char *
describe_strip (const FxpLayerSpec *spec, FxpActivation activation)
{
  switch (spec->kind)
    {
    case FXP_LAYER_BATCH_NORM:
      return g_strdup ("BN");
    case FXP_LAYER_ACTIVATION:
      return g_strdup (fxp_activation_get_nick (activation));
    case FXP_LAYER_DROPOUT:
      return g_strdup_printf (_ ("drop %u %%"), spec->percent);
    case FXP_LAYER_ADDITION:
      /* translators: where the two ways of a residual block are added */
      return g_strdup (_ ("+ skip"));
    case FXP_LAYER_DENSE:
    case FXP_LAYER_CONVOLUTION:
    case FXP_LAYER_MAX_POOLING:
    case FXP_LAYER_AVERAGE_POOLING:
    case FXP_N_LAYER_KINDS:
    default:
      return NULL;
    }
}

static FxuBox *
box_at (const FxuNetworkDiagram *self, int i)
{
  return &g_array_index (self->boxes, FxuBox, i);
}

static void
add_box (FxuNetworkDiagram *self, FxpTopology *topology, guint layer, const FxpLayerSize *size)
{
  const FxpLayerSpec *spec = fxp_topology_get_layer (topology, layer);
  FxuBox box = {.kind = spec->kind, .size = *size, .weighted = FXP_TOPOLOGY_NONE};

  if (is_pooling (spec->kind))
    box.name = describe_pooling (spec);
  else
    {
      box.weighted = fxp_topology_find_weighted (topology, layer);
      box.name = fxp_topology_get_name (topology, box.weighted);
      box.brief = describe_kernel (spec);
    }
  g_array_append_val (self->boxes, box);
}

static void
add_strip (FxuNetworkDiagram *self, int box_index, char *text, const FxpLayerSize *size)
{
  FxuBox *box;

  if (box_index < 0 || box_at (self, box_index)->n_strips == FXU_BOX_STRIPS_MAX)
    {
      g_free (text);
      return;
    }
  box = box_at (self, box_index);
  box->strips[box->n_strips++] = text;
  box->size.output = size->output;
  box->size.n_parameters += size->n_parameters;
}

/* The block's other way: straight on, or through a projection and its normalization. */
static void
add_detour (FxuNetworkDiagram *self,
            FxpTopology *topology,
            const FxpLayerSpec *spec,
            const int *box_of)
{
  FxuDetour detour = {.to = box_of[spec->from], .projection = FXU_BOX_INPUT};
  int source = spec->skip;
  FxpLayerKind kind =
    source >= 0 ? fxp_topology_get_layer (topology, (guint)source)->kind : FXP_N_LAYER_KINDS;

  if (kind == FXP_LAYER_BATCH_NORM || kind == FXP_LAYER_CONVOLUTION)
    {
      detour.projection = box_of[source];
      box_at (self, detour.projection)->is_projection = TRUE;
      self->has_projections = TRUE;
      while (source >= 0 && box_of[source] == detour.projection)
        source = fxp_topology_get_layer (topology, (guint)source)->from;
    }
  detour.from = source >= 0 ? box_of[source] : FXU_BOX_INPUT;
  g_array_append_val (self->detours, detour);
}

static void
lay_out (FxuNetworkDiagram *self)
{
  double x = PAD + INPUT_WIDTH + GAP;

  for (guint i = 0; i < self->boxes->len; i++)
    {
      FxuBox *box = box_at (self, (int)i);

      self->n_strips = MAX (self->n_strips, box->n_strips);
      box->width = is_pooling (box->kind) ? POOLING_WIDTH : BOX_WIDTH;
      if (box->is_projection)
        continue;
      box->x = x;
      x += box->width + GAP;
    }
  self->width = x - GAP + PAD;

  for (guint i = 0; i < self->detours->len; i++)
    {
      const FxuDetour *detour = &g_array_index (self->detours, FxuDetour, i);
      double begin, end;

      if (detour->projection < 0)
        continue;
      begin = PAD + INPUT_WIDTH;
      if (detour->from >= 0)
        begin = box_at (self, detour->from)->x + box_at (self, detour->from)->width;
      end = box_at (self, detour->to)->x + box_at (self, detour->to)->width;
      box_at (self, detour->projection)->x =
        (begin + end - box_at (self, detour->projection)->width) / 2.0;
    }
}

static void
clear (FxuNetworkDiagram *self)
{
  g_array_set_size (self->boxes, 0);
  g_array_set_size (self->detours, 0);
  self->n_multiplies = self->n_parameters = 0;
  self->n_strips = 0;
  self->has_projections = FALSE;
  self->width = 0.0;
}

void
fxu_network_diagram_set_network (FxuNetworkDiagram *self,
                                 FxpTopology *topology,
                                 const FxpShape *input,
                                 FxpActivation activation)
{
  g_autofree FxpLayerSize *sizes = NULL;
  g_autofree int *box_of = NULL;
  guint n;

  g_return_if_fail (self != NULL);

  clear (self);
  if (topology == NULL || input == NULL || !fxp_topology_check (topology, input, 1, NULL, NULL))
    return;
  n = fxp_topology_get_n_layers (topology);
  sizes = g_new0 (FxpLayerSize, n);
  box_of = g_new0 (int, n);
  fxp_topology_measure (topology, input, sizes);
  self->input = *input;
  for (guint i = 0; i < n; i++)
    {
      const FxpLayerSpec *spec = fxp_topology_get_layer (topology, i);
      char *strip = describe_strip (spec, activation);

      self->n_multiplies += sizes[i].n_multiplies;
      self->n_parameters += sizes[i].n_parameters;
      if (strip == NULL)
        {
          box_of[i] = (int)self->boxes->len;
          add_box (self, topology, i, &sizes[i]);
          continue;
        }
      box_of[i] = spec->from >= 0 ? box_of[spec->from] : FXU_BOX_INPUT;
      add_strip (self, box_of[i], strip, &sizes[i]);
      if (spec->kind == FXP_LAYER_ADDITION && box_of[i] >= 0)
        add_detour (self, topology, spec, box_of);
    }
  lay_out (self);
}

static FxuBox *
find_weighted (const FxuNetworkDiagram *self, guint weighted)
{
  for (guint i = 0; i < self->boxes->len; i++)
    if (box_at (self, (int)i)->weighted == weighted)
      return box_at (self, (int)i);
  return NULL;
}

gboolean
fxu_network_diagram_set_verdict (FxuNetworkDiagram *self, guint weighted, const FxuVerdict *verdict)
{
  FxuBox *box;
  gboolean changed;

  g_return_val_if_fail (self != NULL, FALSE);

  box = find_weighted (self, weighted);
  if (box == NULL)
    return FALSE;
  changed = box->verdict.health != verdict->health || box->verdict.predicted != verdict->predicted;
  box->verdict = *verdict;
  return changed;
}

void
fxu_network_diagram_select (FxuNetworkDiagram *self, guint weighted)
{
  g_return_if_fail (self != NULL);

  self->selected = weighted;
}

guint
fxu_network_diagram_get_selected (const FxuNetworkDiagram *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->selected;
}

gboolean
fxu_network_diagram_get_span (const FxuNetworkDiagram *self,
                              guint weighted,
                              double *begin,
                              double *end)
{
  const FxuBox *box;

  g_return_val_if_fail (self != NULL, FALSE);

  box = find_weighted (self, weighted);
  if (box == NULL)
    return FALSE;
  *begin = box->x;
  *end = box->x + box->width;
  return TRUE;
}

char *
fxu_network_diagram_describe (const FxuNetworkDiagram *self)
{
  const FxuBox *box;
  g_autofree char *shape = NULL;
  g_autofree char *work = NULL;
  g_autofree char *parameters = NULL;
  g_autofree char *health = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  box = find_weighted (self, self->selected);
  if (box == NULL)
    return g_strdup (_ ("No network"));
  shape = fxp_shape_to_string (&box->size.output);
  work = fxu_network_diagram_count_to_string (box->size.n_multiplies);
  parameters = fxu_network_diagram_count_to_string (box->size.n_parameters);
  health = fxu_verdict_to_string (&box->verdict);
  /* translators: a layer, its size, the shape of its output, its work and size, and how it is */
  return g_strdup_printf (_ ("%s, %s: output %s, %s multiply-accumulates, %s parameters; worst "
                             "tensor: %s"),
                          box->name,
                          box->brief != NULL ? box->brief : "",
                          shape,
                          work,
                          parameters,
                          health);
}
