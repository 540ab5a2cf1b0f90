/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/wiring-private.h"

static FxpEdge *
get_edge (FxpWiring *self, int layer)
{
  return &self->edges[layer + 1];
}

/* What leaves an activation stands for itself; pooling and dropout add to what has to be made up
 * for. */
static void
derive_scale (FxpEdge *out, const FxpEdge *in, const FxpLayerSpec *spec)
{
  out->n_averaged = in->n_averaged;
  out->share_kept = in->share_kept;
  if (spec->kind == FXP_LAYER_ACTIVATION)
    {
      out->n_averaged = 1;
      out->share_kept = 1.0;
    }
  else if (spec->kind == FXP_LAYER_AVERAGE_POOLING)
    out->n_averaged *=
      spec->kernel > 0 ? (gsize)spec->kernel * spec->kernel : in->shape.dim[1] * in->shape.dim[2];
  else if (spec->kind == FXP_LAYER_DROPOUT)
    out->share_kept *= (100 - spec->percent) / 100.0;
}

/* Dropouts from @layer down to where its values were made. */
static guint
count_dropouts (FxpTopology *topology, int layer)
{
  guint n = 0;

  while (layer != FXP_LAYER_INPUT)
    {
      const FxpLayerSpec *spec = fxp_topology_get_layer (topology, (guint)layer);

      if (spec->kind == FXP_LAYER_ACTIVATION)
        break;
      n += spec->kind == FXP_LAYER_DROPOUT;
      layer = spec->from;
    }
  return n;
}

static void
add_layer (FxpWiring *self, FxpTopology *topology, guint index, const FxpShape *shape)
{
  const FxpLayerSpec *spec = fxp_topology_get_layer (topology, index);
  FxpEdge *in = get_edge (self, spec->from), *out = get_edge (self, (int)index);
  FxpEdge *skip = spec->kind == FXP_LAYER_ADDITION ? get_edge (self, spec->skip) : NULL;
  guint row = fxp_topology_find_weighted (topology, index);
  gboolean is_normalized = row != FXP_TOPOLOGY_NONE && fxp_topology_is_normalized (topology, row);
  FxpLayer *layer;

  out->shape = *shape;
  out->n_features = fxp_shape_get_n (shape);
  out->slot = FXP_SLOT_REALS;
  derive_scale (out, in, spec);
  layer = fxp_layer_new (spec, row, is_normalized, in, skip, out);
  if (layer->weights != NULL)
    {
      self->rows[row] = layer->weights;
      self->row_inputs[row] = in;
      self->row_sums[row] = out;
      self->row_outputs[row] = out;
      self->n_rows++;
    }
  if (spec->kind == FXP_LAYER_BATCH_NORM)
    {
      guint owner = fxp_topology_find_weighted (topology, (guint)spec->from);

      layer->row = self->rows[owner];
      in->reads_sums = TRUE;
      self->row_outputs[owner] = out;
    }
  if (spec->kind == FXP_LAYER_DROPOUT)
    layer->nth = count_dropouts (topology, spec->from);
  if (layer->klass->works_in_place)
    out->origin = in;
  self->n_multiplies += layer->n_multiplies;
  self->layers[index] = layer;
}

/* Activations belong to the next layer with weights above. */
static void
assign_cells (FxpWiring *self, FxpTopology *topology)
{
  for (guint row = 0; row < self->n_rows; row++)
    {
      FxpCell *cell = &self->rows[row]->cells[FXP_ROLE_ACTIVATION];
      int layer =
        fxp_topology_get_layer (topology, fxp_topology_get_weighted_index (topology, row))->from;

      while (get_edge (self, layer)->cell == NULL)
        {
          get_edge (self, layer)->cell = cell;
          if (layer == FXP_LAYER_INPUT ||
              fxp_topology_get_layer (topology, (guint)layer)->kind == FXP_LAYER_ACTIVATION)
            break;
          layer = fxp_topology_get_layer (topology, (guint)layer)->from;
        }
    }
}

/* Who takes real values as they come.  Where two ways with weights meet, the one that is computed
 * last hands its values on, and those of the other one wait for them. */
static void
assign_takers (FxpWiring *self)
{
  for (guint i = 0; i < self->n_layers; i++)
    {
      FxpLayer *layer = self->layers[i];

      if (layer->klass->take == NULL)
        continue;
      if (layer->skip != NULL && layer->skip->cell == NULL)
        {
          layer->skip->taker = layer;
          layer->in->slot = FXP_SLOT_SHORTCUT;
        }
      else
        layer->in->taker = layer;
    }
}

/* Gradients belong to the layer with weights below, those behind its batch normalization to a cell
 * of their own. */
static void
assign_gradient_cells (FxpWiring *self, FxpTopology *topology)
{
  for (guint i = 0; i < self->n_layers; i++)
    {
      FxpLayer *layer = self->layers[i];
      guint row = fxp_topology_find_weighted (topology, i);

      if (layer->row != NULL)
        {
          guint owner = fxp_topology_get_output_owner (
            topology,
            fxp_topology_find_weighted (topology,
                                        (guint)fxp_topology_get_layer (topology, i)->from));

          layer->out->gradient_cell = &self->rows[owner]->cells[FXP_ROLE_ACTIVATION_GRAD];
        }
      else if (row == FXP_TOPOLOGY_NONE)
        layer->out->gradient_cell = layer->in->gradient_cell;
      else if (fxp_topology_is_normalized (topology, row))
        layer->out->gradient_cell = &self->rows[row]->cells[FXP_ROLE_NORM_GRAD];
      else
        layer->out->gradient_cell = &self->rows[fxp_topology_get_output_owner (topology, row)]
                                       ->cells[FXP_ROLE_ACTIVATION_GRAD];
    }
}

/* Who reads gradients where they are, and from how many sides real ones come back. */
static void
assign_targets (FxpWiring *self)
{
  for (guint i = self->n_layers; i-- > 0;)
    {
      FxpLayer *layer = self->layers[i];

      if (layer->klass->gradient_use == FXP_GRADIENT_SHARED)
        layer->in->target = layer->out;
      if (layer->weights != NULL)
        layer->in->n_returning++;
      if (layer->skip == NULL)
        continue;
      if (layer->skip->cell != NULL)
        layer->skip->n_returning++;
      else
        layer->skip->target = layer->out;
    }
}

static FxpEdge *
get_root (FxpEdge *edge)
{
  while (edge->target != NULL)
    edge = edge->target;
  return edge;
}

/* Whether a way around layer @index's beginning ends in an addition of the gradient @root, which it
 * hands back as the codes it has; they are read once the other way is through. */
static gboolean
ends_way_around (FxpWiring *self, guint index, const FxpEdge *root)
{
  for (guint i = index; i < self->n_layers; i++)
    if (self->layers[i]->skip == self->layers[index]->in && get_root (self->layers[i]->out) == root)
      return TRUE;
  return FALSE;
}

/* The lowest layer that reads the gradient @root; none for that of the inputs. */
static guint
find_last_reader (FxpWiring *self, const FxpEdge *root)
{
  for (guint i = 0; i < self->n_layers; i++)
    if (get_root (self->layers[i]->out) == root || ends_way_around (self, i, root))
      return i;
  return G_MAXUINT;
}

/* Whether layer @index is the last one to hand back a gradient of what it takes, going down. */
static gboolean
writes_gradient (FxpWiring *self, guint index)
{
  FxpLayer *layer = self->layers[index];

  if (layer->klass->gradient_use == FXP_GRADIENT_SHARED || layer->in->gradient_cell == NULL)
    return FALSE;
  for (guint i = 0; i < index; i++)
    if (self->layers[i]->in == layer->in)
      return FALSE;
  return TRUE;
}

/* @owners: the gradient that lies in each memory, NULL where none does any more. */
static void
take_slot (FxpEdge *edge, GPtrArray *owners)
{
  FxpEdge *root = get_root (edge);
  guint slot = 0;

  while (slot < owners->len && g_ptr_array_index (owners, slot) != NULL)
    slot++;
  if (slot == owners->len)
    g_ptr_array_add (owners, NULL);
  owners->pdata[slot] = root;
  root->gradient_slot = slot;
}

/* Going down, a gradient takes the first memory that nobody reads any more. */
static void
assign_slots (FxpWiring *self)
{
  g_autoptr (GPtrArray) owners = g_ptr_array_new ();

  take_slot (fxp_wiring_get_last_edge (self), owners);
  for (guint i = self->n_layers; i-- > 0;)
    {
      if (self->layers[i]->out->gradient_cell == NULL)
        continue;
      if (writes_gradient (self, i))
        take_slot (self->layers[i]->in, owners);
      for (guint slot = 0; slot < owners->len; slot++)
        if (owners->pdata[slot] != NULL && find_last_reader (self, owners->pdata[slot]) == i)
          owners->pdata[slot] = NULL;
    }
  self->n_slots = owners->len;
  g_free (self->slots);
  self->slots = g_new0 (FxpGradientSlot, self->n_slots);
  for (guint i = 0; i <= self->n_layers; i++)
    self->edges[i].gradient_slot = get_root (&self->edges[i])->gradient_slot;
}

static gsize
get_gradient_bytes (const FxpEdge *edge)
{
  FxpFormat format = edge->gradient_cell->quantizer.format;

  return edge->n_features * fxp_storage_get_size (fxp_format_get_storage (format));
}

static void
measure_slots (FxpWiring *self)
{
  for (guint i = 0; i < self->n_slots; i++)
    self->slots[i].n_bytes = 0;
  for (guint i = 0; i <= self->n_layers; i++)
    {
      const FxpEdge *edge = &self->edges[i];
      FxpGradientSlot *slot = &self->slots[edge->gradient_slot];

      if (edge->gradient_cell != NULL)
        slot->n_bytes = MAX (slot->n_bytes, get_gradient_bytes (edge));
    }
}

FxpWiring *
fxp_wiring_new (FxpTopology *topology, const FxpShape *input, const FxpShape *shapes)
{
  FxpWiring *self = g_new0 (FxpWiring, 1);
  guint n_rows = fxp_topology_get_n_weighted (topology);

  self->n_layers = fxp_topology_get_n_layers (topology);
  self->layers = g_new0 (FxpLayer *, self->n_layers);
  self->edges = g_new0 (FxpEdge, self->n_layers + 1);
  self->rows = g_new0 (FxpWeights *, n_rows);
  self->row_inputs = g_new0 (FxpEdge *, n_rows);
  self->row_sums = g_new0 (FxpEdge *, n_rows);
  self->row_outputs = g_new0 (FxpEdge *, n_rows);
  self->edges[0] = (FxpEdge){
    .shape = *input,
    .n_features = fxp_shape_get_n (input),
    .n_averaged = 1,
    .share_kept = 1.0,
  };
  for (guint i = 0; i < self->n_layers; i++)
    add_layer (self, topology, i, &shapes[i]);
  fxp_wiring_get_last_edge (self)->keeps_reals = TRUE;
  assign_cells (self, topology);
  assign_takers (self);
  assign_gradient_cells (self, topology);
  assign_targets (self);
  assign_slots (self);
  measure_slots (self);
  return self;
}

void
fxp_wiring_want_input_gradient (FxpWiring *self, FxpTopology *topology)
{
  fxp_cell_init (&self->input_gradient, 0, FXP_ROLE_ACTIVATION);
  self->edges[0].gradient_cell = &self->input_gradient;
  assign_gradient_cells (self, topology);
  assign_slots (self);
  measure_slots (self);
}

void
fxp_wiring_free (FxpWiring *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < self->n_layers; i++)
    fxp_layer_free (self->layers[i]);
  for (guint i = 0; i <= self->n_layers; i++)
    fxp_edge_clear (&self->edges[i]);
  g_free (self->layers);
  g_free (self->edges);
  g_free (self->rows);
  g_free (self->row_inputs);
  g_free (self->row_sums);
  g_free (self->row_outputs);
  g_free (self->slots);
  g_free (self);
}

void
fxp_wiring_reserve (FxpWiring *self, gsize n)
{
  /* An edge may have the codes of one below it and the gradient of one above. */
  for (guint i = 0; i <= self->n_layers; i++)
    fxp_edge_reserve_codes (&self->edges[i], n);
  for (guint i = self->n_layers + 1; i-- > 0;)
    fxp_edge_reserve_gradient (&self->edges[i], n, self->keeps_gradients);
  for (guint i = 0; i < self->n_layers; i++)
    if (self->layers[i]->klass->reserve != NULL)
      self->layers[i]->klass->reserve (self->layers[i], n);
}

void
fxp_wiring_update_formats (FxpWiring *self)
{
  for (guint i = 0; i <= self->n_layers; i++)
    fxp_edge_update_formats (&self->edges[i]);
  measure_slots (self);
}

/* The memory is asked for every time, as another network may have made it grow meanwhile. */
void
fxp_wiring_begin_backward (FxpWiring *self, gsize n, FxpScratch *scratch)
{
  for (guint i = 0; i <= self->n_layers; i++)
    self->edges[i].n_returned = 0;
  if (self->keeps_gradients)
    return;
  for (guint i = 0; i < self->n_slots; i++)
    self->slots[i].data =
      fxp_scratch_get (scratch, FXP_SLOT_GRADIENTS + i, n * self->slots[i].n_bytes);
  for (guint i = 0; i <= self->n_layers; i++)
    if (self->edges[i].gradient != NULL)
      self->edges[i].gradient->data = self->slots[self->edges[i].gradient_slot].data;
}
