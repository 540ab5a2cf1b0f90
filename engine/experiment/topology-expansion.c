/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/topology-private.h"
#include "experiment/topology-token-private.h"
#include <glib/gi18n-lib.h>

/* The convolutions of a residual block keep the image's size where their stride is 1. */
#define BLOCK_KERNEL  3
#define BLOCK_PADDING 1

/* Channels of which nothing is known before there are data. */
#define UNKNOWN 0

typedef struct
{
  GArray *layers;        /* of FxpLayerSpec */
  const FxpToken *token; /* the one that is being expanded */
  guint n_channels;      /* of the image so far, or UNKNOWN */
  gboolean is_flat;      /* a dense layer was there, so that there is no image any more */
} Expansion;

static int
get_last (const Expansion *self)
{
  return (int)self->layers->len - 1;
}

static gboolean
add_layer (Expansion *self, const FxpLayerSpec *layer, int from, GError **error)
{
  FxpLayerSpec placed = *layer;

  if (self->layers->len == FXP_TOPOLOGY_LAYERS_MAX)
    return fxp_token_fail (self->token,
                           FXP_ERROR_RANGE,
                           error,
                           _ ("it makes more than %d layers"),
                           FXP_TOPOLOGY_LAYERS_MAX);
  placed.from = from;
  placed.token = self->token->spec.token;
  g_array_append_val (self->layers, placed);
  return TRUE;
}

static gboolean
add_kind (Expansion *self, FxpLayerKind kind, GError **error)
{
  return add_layer (self, &(FxpLayerSpec){.kind = kind}, get_last (self), error);
}

/* One of a residual block's, normalized unless the block says otherwise. */
static gboolean
add_convolution (Expansion *self, int from, guint kernel, guint stride, GError **error)
{
  const FxpLayerSpec layer = {
    .kind = FXP_LAYER_CONVOLUTION,
    .units = self->token->spec.units,
    .kernel = kernel,
    .stride = stride,
    .padding = kernel == BLOCK_KERNEL ? BLOCK_PADDING : 0,
  };

  return add_layer (self, &layer, from, error) &&
         (!self->token->normalizes || add_kind (self, FXP_LAYER_BATCH_NORM, error));
}

/* Convolution, normalization and activation, dropout, convolution and normalization. */
static gboolean
add_residual_way (Expansion *self, int entry, GError **error)
{
  const FxpLayerSpec *block = &self->token->spec;
  const FxpLayerSpec dropout = {.kind = FXP_LAYER_DROPOUT, .percent = block->percent};

  if (!add_convolution (self, entry, BLOCK_KERNEL, block->stride, error) ||
      !add_kind (self, FXP_LAYER_ACTIVATION, error))
    return FALSE;
  if (block->percent > 0 && !add_layer (self, &dropout, get_last (self), error))
    return FALSE;
  return add_convolution (self, get_last (self), BLOCK_KERNEL, 1, error);
}

static gboolean
add_block (Expansion *self, GError **error)
{
  const FxpLayerSpec *block = &self->token->spec;
  const gboolean is_same = block->stride == 1 && self->n_channels == block->units;
  const gboolean is_identity = is_same || block->kernel == 0;
  const int entry = get_last (self);
  FxpLayerSpec addition = {
    .kind = FXP_LAYER_ADDITION,
    .units = block->units,
    .stride = is_identity ? block->stride : 1,
  };
  int from;

  if (self->is_flat)
    return fxp_token_fail (self->token,
                           FXP_ERROR_PARSE,
                           error,
                           _ ("a residual block needs an image, but a dense layer comes before "
                              "it"));
  if (!add_residual_way (self, entry, error))
    return FALSE;
  from = get_last (self);
  if (!is_identity && !add_convolution (self, entry, block->kernel, block->stride, error))
    return FALSE;
  addition.skip = is_identity ? entry : get_last (self);
  self->n_channels = block->units;
  return add_layer (self, &addition, from, error) && add_kind (self, FXP_LAYER_ACTIVATION, error);
}

/* @before, @after: the tokens around this one, or NULL. */
static gboolean
add_token (Expansion *self, const FxpToken *before, const FxpToken *after, GError **error)
{
  const FxpLayerSpec *layer = &self->token->spec;
  const gboolean has_weights = fxp_layer_spec_has_weights (layer);
  gboolean is_active = has_weights || layer->kind == FXP_LAYER_BATCH_NORM;

  if (layer->kind == FXP_LAYER_ADDITION)
    return add_block (self, error);
  if (layer->kind == FXP_LAYER_BATCH_NORM &&
      (before == NULL || !fxp_layer_spec_has_weights (&before->spec)))
    return fxp_token_fail (self->token,
                           FXP_ERROR_PARSE,
                           error,
                           _ ("batch normalization must stand right behind a convolution or a "
                              "dense layer"));
  if (!add_layer (self, layer, get_last (self), error))
    return FALSE;
  if (has_weights)
    self->n_channels = layer->units;
  if (layer->kind == FXP_LAYER_DENSE)
    self->is_flat = TRUE;
  /* Its activation comes behind its normalization, and the last layer has none. */
  if (after == NULL || (has_weights && after->spec.kind == FXP_LAYER_BATCH_NORM))
    is_active = FALSE;
  return !is_active || add_kind (self, FXP_LAYER_ACTIVATION, error);
}

GArray *
fxp_topology_expand (const GArray *tokens, const FxpShape *input, GError **error)
{
  g_autoptr (GArray) layers = g_array_new (FALSE, FALSE, sizeof (FxpLayerSpec));
  Expansion self = {
    .layers = layers,
    .n_channels = input->rank == 3 ? input->dim[0] : UNKNOWN,
  };

  for (guint i = 0; i < tokens->len; i++)
    {
      self.token = &g_array_index (tokens, FxpToken, i);
      if (!add_token (&self,
                      i > 0 ? self.token - 1 : NULL,
                      i + 1 < tokens->len ? self.token + 1 : NULL,
                      error))
        return NULL;
    }
  return g_steal_pointer (&layers);
}
