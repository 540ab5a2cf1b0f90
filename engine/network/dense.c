/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"

/* Every output sees every input: s = A W^T, sums in order of the units below.  Large products come
 * in blocks of rows, so that a pass can be given up between them; no sum is split. */

#define BLOCK_WORK 500000000 /* multiply-adds, some hundredths of a second */

static FxpShape
get_weight_shape (const FxpLayerSpec *spec, const FxpShape *input, gsize *n_pixels)
{
  *n_pixels = 1;
  return FXP_SHAPE_2 (spec->units, fxp_shape_get_n (input));
}

/* out = a b, as fxp_weights_multiply().  FALSE if the pass is given up. */
static gboolean
multiply (FxpLayer *self,
          const FxpPass *pass,
          const FxpMatrix *a,
          const FxpMatrix *b,
          const gsize size[3],
          double *out)
{
  const gsize code_size = fxp_storage_get_size (fxp_format_get_storage (a->format));
  const gsize row_work = size[1] * size[2];
  const gsize n_at_once = MAX (BLOCK_WORK / row_work, 1);

  for (gsize first = 0; first < size[0]; first += n_at_once)
    {
      gsize n = MIN (n_at_once, size[0] - first);
      FxpMatrix rows = *a;

      rows.data = (const guint8 *)a->data + first * a->row_stride * code_size;
      fxp_weights_multiply (self->weights,
                            pass,
                            &rows,
                            b,
                            (gsize[3]){n, size[1], size[2]},
                            out + first * size[1],
                            size[1]);
      if (fxp_pass_tick (pass, (double)(n * row_work)))
        return FALSE;
    }
  return TRUE;
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

  if (!multiply (self, pass, &a, &b, (gsize[3]){pass->n, n_units, n_inputs}, out))
    return;
  fxp_edge_scale (self->in, pass, out, pass->n * n_units);
  if (biases != NULL)
    for (gsize sample = 0; sample < pass->n; sample++)
      for (gsize unit = 0; unit < n_units; unit++)
        out[sample * n_units + unit] += biases[unit];
}

static void
sum_bias_gradient (FxpLayer *self, const FxpPass *pass)
{
  gsize n_units = self->weights->n_units;
  double *sums = self->weights->bias->gradient;
  double values[FXP_PIECE];

  memset (sums, 0, n_units * sizeof (double));
  for (gsize sample = 0; sample < pass->n; sample++)
    for (gsize first = 0; first < n_units; first += FXP_PIECE)
      {
        gsize n = MIN (FXP_PIECE, n_units - first);

        fxp_format_decode (self->out->gradient->format,
                           fxp_tensor_at (self->out->gradient, sample * n_units + first),
                           n,
                           values);
        for (gsize i = 0; i < n; i++)
          sums[first + i] += values[i];
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

  if (!multiply (self, pass, &turned, &input, (gsize[3]){n_units, n_inputs, pass->n}, reals))
    return;
  fxp_edge_scale (self->in, pass, reals, n_units * n_inputs);
  fxp_weights_take_gradient (weights, pass, reals);
  if (weights->bias != NULL)
    sum_bias_gradient (self, pass);

  if (self->in->gradient_cell != NULL &&
      multiply (self, pass, &gradient, &weight, (gsize[3]){pass->n, n_inputs, n_units}, reals))
    fxp_edge_return_gradient (self->in, pass, reals);
}

const FxpLayerClass fxp_dense_class = {
  .size = sizeof (FxpLayer),
  .get_weight_shape = get_weight_shape,
  .forward = forward,
  .backward = backward,
};
