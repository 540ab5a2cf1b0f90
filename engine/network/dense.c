/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"

/* Every output sees every input: s = A W^T, sums in order of the units below. */

static FxpShape
get_weight_shape (const FxpLayerSpec *spec, const FxpShape *input, gsize *n_pixels)
{
  *n_pixels = 1;
  return FXP_SHAPE_2 (spec->units, fxp_shape_get_n (input));
}

static void
forward (FxpLayer *self, const FxpPass *pass)
{
  FxpWeights *weights = self->weights;
  gsize n_units = weights->n_units, n_inputs = weights->n_inputs;
  const double *biases = fxp_weights_quantize_bias (weights, pass);
  double *out = fxp_edge_begin_reals (self->out, pass);
  FxpMatrix a = {self->in->codes->data, self->in->codes->format, n_inputs, 1};
  FxpMatrix b = fxp_weights_get_transpose (weights);

  fxp_weights_multiply (weights,
                        pass,
                        &a,
                        &b,
                        (gsize[3]){pass->n, n_units, n_inputs},
                        out,
                        n_units);
  for (gsize sample = 0; sample < pass->n; sample++)
    for (gsize unit = 0; unit < n_units; unit++)
      out[sample * n_units + unit] += biases[unit];
}

static void
sum_bias_gradient (FxpLayer *self, const FxpPass *pass)
{
  FxpWeights *weights = self->weights;
  gsize n_units = weights->n_units;
  double values[FXP_PIECE];

  memset (weights->bias_gradient, 0, n_units * sizeof (double));
  for (gsize sample = 0; sample < pass->n; sample++)
    for (gsize first = 0; first < n_units; first += FXP_PIECE)
      {
        gsize n = MIN (FXP_PIECE, n_units - first);

        fxp_format_decode (self->out->gradient->format,
                           fxp_tensor_at (self->out->gradient, sample * n_units + first),
                           n,
                           values);
        for (gsize i = 0; i < n; i++)
          weights->bias_gradient[first + i] += values[i];
      }
}

static void
backward (FxpLayer *self, const FxpPass *pass)
{
  FxpWeights *weights = self->weights;
  gsize n_units = weights->n_units, n_inputs = weights->n_inputs;
  FxpFormat format = self->out->gradient->format;
  FxpMatrix gradient = {self->out->gradient->data, format, n_units, 1};
  FxpMatrix turned = {self->out->gradient->data, format, 1, n_units};
  FxpMatrix input = {self->in->codes->data, self->in->codes->format, n_inputs, 1};
  FxpMatrix weight = fxp_weights_get_matrix (weights);
  gsize n_reals = MAX (n_units, pass->n) * n_inputs;
  double *reals = fxp_scratch_get (pass->scratch, FXP_SLOT_REALS, n_reals * sizeof (double));

  fxp_weights_multiply (weights,
                        pass,
                        &turned,
                        &input,
                        (gsize[3]){n_units, n_inputs, pass->n},
                        reals,
                        n_inputs);
  fxp_weights_take_gradient (weights, pass, reals);
  sum_bias_gradient (self, pass);

  if (self->in->gradient_cell == NULL)
    return;
  fxp_weights_multiply (weights,
                        pass,
                        &gradient,
                        &weight,
                        (gsize[3]){pass->n, n_inputs, n_units},
                        reals,
                        n_inputs);
  fxp_cell_quantize (self->in->gradient_cell,
                     pass,
                     FXP_STREAM_QUANTIZE,
                     reals,
                     self->in->gradient->data,
                     pass->n * n_inputs);
}

const FxpLayerClass fxp_dense_class = {
  .size = sizeof (FxpLayer),
  .get_weight_shape = get_weight_shape,
  .forward = forward,
  .backward = backward,
};
