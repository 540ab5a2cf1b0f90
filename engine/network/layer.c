/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"

static const FxpLayerClass *const classes[FXP_N_LAYER_KINDS] = {
  [FXP_LAYER_DENSE] = &fxp_dense_class,
  [FXP_LAYER_CONVOLUTION] = &fxp_convolution_class,
  [FXP_LAYER_MAX_POOLING] = &fxp_pooling_class,
  [FXP_LAYER_AVERAGE_POOLING] = &fxp_averaging_class,
  [FXP_LAYER_BATCH_NORM] = &fxp_batch_norm_class,
  [FXP_LAYER_ACTIVATION] = &fxp_activation_class,
  [FXP_LAYER_DROPOUT] = &fxp_dropout_class,
  [FXP_LAYER_ADDITION] = &fxp_addition_class,
};

const FxpLayerClass *
fxp_layer_class_get (FxpLayerKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (classes), NULL);

  return classes[kind];
}

FxpLayer *
fxp_layer_new (const FxpLayerSpec *spec,
               guint index,
               gboolean is_normalized,
               FxpEdge *in,
               FxpEdge *skip,
               FxpEdge *out)
{
  const FxpLayerClass *klass = fxp_layer_class_get (spec->kind);
  FxpLayer *self = g_malloc0 (klass->size);

  self->klass = klass;
  self->in = in;
  self->skip = skip;
  self->out = out;
  if (klass->get_weight_shape != NULL)
    {
      gsize n_pixels;
      FxpShape shape = klass->get_weight_shape (spec, &in->shape, &n_pixels);

      self->weights = fxp_weights_new (index, &shape, n_pixels, is_normalized);
      self->n_multiplies = (double)self->weights->n_inputs * out->n_features;
    }
  if (klass->build != NULL)
    klass->build (self, spec);
  return self;
}

void
fxp_layer_free (FxpLayer *self)
{
  if (self->klass->clear != NULL)
    self->klass->clear (self);
  fxp_weights_free (self->weights);
  g_free (self);
}
