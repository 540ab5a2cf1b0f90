/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/probe-state-private.h"

struct _FxpProbe
{
  FxpNetwork *network; /* borrowed, as are the team and the scratch */
  FxpTeam *team;
  FxpScratch *scratch;
  FxpMeasuring *measuring; /* owned, as is what follows */
  FxpProbeState state;
  FxpSighting *sightings; /* of the passes under way: activations and G_A at the layers that own
                           * them; then all of it at every layer */
  FxpReflection *reflections;
  guint *input_owners, *output_owners; /* of each layer's A and G_A */
  FxpBaseline *baseline;               /* of the last look, once it was asked for; or NULL */
};

static void
observe (FxpSight sight, FxpTensorId id, FxpTensor *tensor, gsize n, gpointer data)
{
  FxpProbe *self = data;
  FxpSighting *sighting = &self->sightings[id.layer];
  /* Tensors have room for the largest batch. */
  const gsize n_values = tensor->n / tensor->shape.dim[0] * n;

  if (sight == FXP_SIGHT_ACTIVATION)
    sighting->activations = fxp_measuring_get_extrema (self->measuring, tensor->data, n_values);
  else if (sight == FXP_SIGHT_GRADIENT)
    sighting->activation_grad = fxp_measuring_get_moments (self->measuring, tensor->data, n_values);
}

FxpProbe *
fxp_probe_new (FxpNetwork *network, FxpTeam *team, FxpScratch *scratch)
{
  FxpProbe *self = g_new0 (FxpProbe, 1);
  const guint n_layers = fxp_network_get_n_weighted (network);

  self->network = network;
  self->team = team;
  self->scratch = scratch;
  self->measuring = fxp_measuring_new (team);
  fxp_probe_state_init (&self->state, n_layers);
  self->sightings = g_new0 (FxpSighting, n_layers);
  self->reflections = g_new0 (FxpReflection, n_layers);
  self->input_owners = g_new (guint, n_layers);
  self->output_owners = g_new (guint, n_layers);
  for (guint layer = 0; layer < n_layers; layer++)
    {
      FxpTopology *topology = fxp_network_get_topology (network);

      self->input_owners[layer] = fxp_topology_get_input_owner (topology, layer);
      self->output_owners[layer] = fxp_topology_get_output_owner (topology, layer);
    }
  fxp_network_set_observer (network, observe, self);
  return self;
}

void
fxp_probe_free (FxpProbe *self)
{
  if (self == NULL)
    return;

  fxp_network_set_observer (self->network, NULL, NULL);
  fxp_measuring_free (self->measuring);
  fxp_probe_state_clear (&self->state);
  g_free (self->sightings);
  g_free (self->reflections);
  g_free (self->input_owners);
  g_free (self->output_owners);
  g_clear_pointer (&self->baseline, fxp_baseline_unref);
  g_free (self);
}

/* What was not shown: the weights and their gradients, and what a projection shares. */
static void
complete_sightings (FxpProbe *self)
{
  for (guint layer = 0; layer < self->state.n_layers; layer++)
    {
      FxpSighting *sighting = &self->sightings[layer];
      const FxpTensor *weights =
        fxp_network_get_tensor (self->network, (FxpTensorId){layer, FXP_ROLE_WEIGHT});
      const FxpTensor *gradient =
        fxp_network_get_tensor (self->network, (FxpTensorId){layer, FXP_ROLE_WEIGHT_GRAD});

      sighting->weights = fxp_measuring_get_extrema (self->measuring, weights->data, weights->n);
      sighting->weight_grad =
        fxp_measuring_get_moments (self->measuring, gradient->data, gradient->n);
      sighting->activations = self->sightings[self->input_owners[layer]].activations;
      sighting->activation_grad = self->sightings[self->output_owners[layer]].activation_grad;
    }
}

/* Where one layer's part of looking at J2 is. */
typedef struct
{
  FxpPassMonitor monitor;
  gpointer data;
  guint layer, n_layers;
} Share;

static gboolean
monitor_layer (double share, gpointer data)
{
  const Share *self = data;

  return self->monitor ((self->layer + share) / self->n_layers, self->data);
}

/* FALSE if the monitor gave up. */
static gboolean
reflect (FxpProbe *self, FxpPassMonitor monitor, gpointer data)
{
  Share share = {.monitor = monitor, .data = data, .n_layers = self->state.n_layers};

  for (; share.layer < share.n_layers; share.layer++)
    if (!fxp_reflection_measure (self->network,
                                 share.layer,
                                 &fxp_reflection_default,
                                 self->team,
                                 self->scratch,
                                 monitor == NULL ? NULL : monitor_layer,
                                 &share,
                                 &self->reflections[share.layer]))
      return FALSE;
  return TRUE;
}

gboolean
fxp_probe_record (FxpProbe *self,
                  gboolean begins_epoch,
                  gboolean ends_epoch,
                  FxpPassMonitor monitor,
                  gpointer data)
{
  const gboolean looks = fxp_probe_state_wants_jacobian (&self->state, begins_epoch);

  /* The last layer's G_A is the first that a backward pass shows. */
  g_return_val_if_fail (self->sightings[self->state.n_layers - 1].activation_grad.n > 0, FALSE);

  if (looks && !reflect (self, monitor, data))
    return FALSE;
  complete_sightings (self);
  if (fxp_probe_state_record (&self->state,
                              self->sightings,
                              looks ? self->reflections : NULL,
                              ends_epoch))
    g_clear_pointer (&self->baseline, fxp_baseline_unref);
  return TRUE;
}

FxpBaseline *
fxp_probe_get_baseline (FxpProbe *self)
{
  if (self->baseline == NULL)
    self->baseline = fxp_probe_state_make_baseline (&self->state);
  return self->baseline == NULL ? NULL : fxp_baseline_ref (self->baseline);
}

GVariant *
fxp_probe_pack (const FxpProbe *self)
{
  return fxp_probe_state_pack (&self->state);
}

gboolean
fxp_probe_unpack (FxpProbe *self, GVariant *packed)
{
  FxpProbeState state;

  if (!fxp_probe_state_unpack (&state, packed))
    return FALSE;
  if (state.n_layers != self->state.n_layers)
    {
      fxp_probe_state_clear (&state);
      return FALSE;
    }
  fxp_probe_state_clear (&self->state);
  self->state = state;
  g_clear_pointer (&self->baseline, fxp_baseline_unref);
  return TRUE;
}
