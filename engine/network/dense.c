/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "network/loops-private.h"
#include "tensor/transpose-private.h"

/* Every output sees every input: s = A W^T, sums in order of the units below.  Large products come
 * in blocks of rows, so that a pass can be given up between them; no sum is split. */

#define BLOCK_WORK 500000000 /* multiply-adds, some hundredths of a second */
/* Real gradients of weights that are made at a time. */
#define REALS_MAX (1 << 20)

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

/* The codes that come in, sample by sample in the order in which they are counted. */
static gconstpointer
arrange_input (const FxpEdge *in, const FxpPass *pass)
{
  const gsize size = fxp_storage_get_size (in->codes->storage);
  const gsize n_pixels = in->shape.dim[1] * in->shape.dim[2];
  gpointer arranged;

  if (!fxp_edge_is_image (in))
    return in->codes->data;
  arranged = fxp_scratch_get (pass->scratch, FXP_SLOT_ARRANGED, pass->n * in->n_features * size);
  fxp_transpose_all (in->codes->data, pass->n, n_pixels, in->shape.dim[0], size, arranged);
  return arranged;
}

typedef struct
{
  FxpPieces parent;
  FxpLayer *layer;
  const FxpPass *pass;
  const FxpLoops *loops;
  const double *biases;
  double *sums;
} Handing;

static void
hand_on_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  const Handing *self = (const Handing *)pieces;
  FxpLayer *layer = self->layer;
  double *values = self->sums + first;

  fxp_edge_scale (layer->in, self->pass, values, n);
  if (self->biases != NULL)
    self->loops->add_periodic (values, n, self->biases, layer->weights->n_units, first);
  fxp_edge_hand_on (layer->out, self->pass, values, first, n, tally);
}

static void
forward (FxpLayer *layer, const FxpPass *pass)
{
  FxpWeights *weights = layer->weights;
  const gsize n_units = weights->n_units, n_inputs = weights->n_inputs;
  FxpMatrix a, b = fxp_weights_get_transpose (weights);
  Handing handing = {
    .parent = {.func = hand_on_piece},
    .layer = layer,
    .pass = pass,
    .loops = fxp_loops_get (),
    .biases = fxp_weights_quantize_bias (weights, pass),
  };
  FxpTally total;

  fxp_edge_begin (layer->out, pass);
  handing.sums = layer->out->taker == NULL
                   ? layer->out->reals
                   : fxp_scratch_get (pass->scratch,
                                      FXP_SLOT_REALS,
                                      pass->n * n_units * sizeof (double));
  a = (FxpMatrix){arrange_input (layer->in, pass), layer->in->codes->format, n_inputs, 1};
  if (!multiply (layer, pass, &a, &b, (gsize[3]){pass->n, n_units, n_inputs}, handing.sums))
    return;
  fxp_pieces_run (&handing.parent, pass->n * n_units, pass, &total);
  fxp_edge_end (layer->out, pass, &total);
}

static void
sum_bias_gradient (FxpLayer *self, const FxpPass *pass)
{
  const FxpTensor *from = self->out->gradient;
  const gsize n_units = self->weights->n_units;
  double *sums = self->weights->bias->gradient;
  double values[FXP_PIECE];

  memset (sums, 0, n_units * sizeof (double));
  for (gsize sample = 0; sample < pass->n; sample++)
    for (gsize first = 0; first < n_units; first += FXP_PIECE)
      {
        const gsize n = MIN (FXP_PIECE, n_units - first);

        fxp_format_decode (from->format, fxp_tensor_at (from, sample * n_units + first), n, values);
        fxp_loops_get ()->add (sums + first, values, n);
      }
}

/* The other way round. */
static double *
arrange_gradient (const FxpEdge *in, const FxpPass *pass, double *reals)
{
  const gsize n_pixels = in->shape.dim[1] * in->shape.dim[2];
  double *arranged;

  if (!fxp_edge_is_image (in))
    return reals;
  arranged = fxp_scratch_get (pass->scratch,
                              FXP_SLOT_PRODUCT,
                              pass->n * in->n_features * sizeof (double));
  fxp_transpose_all (reals, pass->n, in->shape.dim[0], n_pixels, sizeof (double), arranged);
  return arranged;
}

/* The real gradient of W is made for some units at a time, as all of it would take four times the
 * memory of the codes.  FALSE if the pass is given up. */
static gboolean
gather_gradient (FxpLayer *self, const FxpPass *pass, const FxpMatrix *input)
{
  FxpWeights *weights = self->weights;
  const FxpTensor *from = self->out->gradient;
  const gsize n_units = weights->n_units, n_inputs = weights->n_inputs;
  const gsize code_size = fxp_storage_get_size (from->storage);
  const gsize n_at_once = CLAMP (REALS_MAX / n_inputs, 1, n_units);
  double *reals =
    fxp_scratch_get (pass->scratch, FXP_SLOT_REALS, n_at_once * n_inputs * sizeof (double));

  for (gsize first = 0; first < n_units; first += n_at_once)
    {
      const gsize n = MIN (n_at_once, n_units - first);
      const FxpMatrix turned = {(const guint8 *)from->data + first * code_size,
                                from->format,
                                1,
                                n_units};

      if (!multiply (self, pass, &turned, input, (gsize[3]){n, n_inputs, pass->n}, reals))
        return FALSE;
      fxp_edge_scale (self->in, pass, reals, n * n_inputs);
      fxp_weights_take_gradient (weights, pass, first * n_inputs, n * n_inputs, reals);
    }
  return TRUE;
}

static void
backward (FxpLayer *self, const FxpPass *pass)
{
  FxpWeights *weights = self->weights;
  const gsize n_units = weights->n_units, n_inputs = weights->n_inputs;
  const FxpMatrix gradient = {self->out->gradient->data, self->out->gradient->format, n_units, 1};
  const FxpMatrix input = {arrange_input (self->in, pass), self->in->codes->format, n_inputs, 1};
  const FxpMatrix weight = fxp_weights_get_matrix (weights);
  double *reals;

  if (!gather_gradient (self, pass, &input))
    return;
  if (weights->bias != NULL)
    sum_bias_gradient (self, pass);
  if (self->in->gradient_cell == NULL)
    return;
  reals = fxp_scratch_get (pass->scratch, FXP_SLOT_REALS, pass->n * n_inputs * sizeof (double));
  if (multiply (self, pass, &gradient, &weight, (gsize[3]){pass->n, n_inputs, n_units}, reals))
    fxp_edge_return_gradient (self->in, pass, arrange_gradient (self->in, pass, reals));
}

const FxpLayerClass fxp_dense_class = {
  .size = sizeof (FxpLayer),
  .get_weight_shape = get_weight_shape,
  .forward = forward,
  .backward = backward,
};
