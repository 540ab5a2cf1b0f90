/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "network/loops-private.h"
#include "tensor/transpose-private.h"

#include <math.h>

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

/* What a product is formed as: sums where they are short, else their values. */
typedef struct
{
  FxpSlot slot;       /* whose memory it takes */
  gboolean is_scaled; /* the values will be, so that sums are of no use */
  gint32 *sums;       /* NULL: values */
  double *values;
  double step; /* of a sum */
} Outcome;

/* a b.  FALSE if the pass is given up. */
static gboolean
multiply (FxpLayer *self,
          const FxpPass *pass,
          const FxpMatrix *a,
          const FxpMatrix *b,
          const gsize size[3],
          Outcome *out)
{
  FxpWeights *weights = self->weights;
  const gsize code_size = fxp_storage_get_size (fxp_format_get_storage (a->format));
  const gsize row_work = size[1] * size[2];
  const gsize n_at_once = MAX (BLOCK_WORK / row_work, 1);
  const gboolean is_short =
    !out->is_scaled && fxp_matmul_is_short (a->format, b->format, size[2], &weights->sum);
  gpointer memory =
    fxp_scratch_get (pass->scratch,
                     out->slot,
                     size[0] * size[1] * (is_short ? sizeof (gint32) : sizeof (double)));

  out->sums = is_short ? memory : NULL;
  out->values = is_short ? NULL : memory;
  if (is_short)
    out->step = ldexp (1.0, -(a->format.frac_bits + b->format.frac_bits));
  for (gsize first = 0; first < size[0]; first += n_at_once)
    {
      const gsize n = MIN (n_at_once, size[0] - first);
      const gsize block[3] = {n, size[1], size[2]};
      FxpMatrix rows = *a;

      rows.data = (const guint8 *)a->data + first * a->row_stride * code_size;
      if (is_short)
        fxp_weights_form_sums (weights, pass, &rows, b, block, out->sums + first * size[1]);
      else
        fxp_weights_multiply (weights,
                              pass,
                              &rows,
                              b,
                              block,
                              out->values + first * size[1],
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
  const double *biases; /* NULL: none */
  Outcome outcome;
} Handing;

static FxpSumSpan
get_span (const Handing *self, gsize first, gsize n)
{
  return (FxpSumSpan){
    .sums = self->outcome.sums == NULL ? NULL : self->outcome.sums + first,
    .values = self->outcome.values == NULL ? NULL : self->outcome.values + first,
    .first = first,
    .n_rows = 1,
    .n_columns = n,
    .stride = n,
    .step = self->outcome.step,
    .biases = self->biases,
    .n_biases = self->biases == NULL ? 0 : self->layer->weights->n_units,
  };
}

/* @place, if sums must become values, else where these are. */
static double *
get_values (const Handing *self, gsize first, gsize n, double *place, FxpTally *tally)
{
  if (self->outcome.sums == NULL)
    return self->outcome.values + first;
  self->loops
    ->scale_i32 (self->outcome.sums + first, 1, n, n, self->outcome.step, place, &tally->sums.peak);
  tally->sums.n += n;
  return place;
}

static void
hand_on_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  const Handing *self = (const Handing *)pieces;
  const FxpSumSpan span = get_span (self, first, n);
  FxpLayer *layer = self->layer;
  double piece[FXP_PIECE], *values;

  if (!self->outcome.is_scaled && fxp_edge_hand_on_sums (layer->out, self->pass, &span, tally))
    return;
  values = get_values (self, first, n, fxp_edge_get_place (layer->out, first, piece), tally);
  fxp_edge_scale (layer->in, self->pass, values, n);
  if (self->biases != NULL)
    self->loops->add_periodic (values, n, self->biases, layer->weights->n_units, first);
  fxp_edge_hand_on (layer->out, self->pass, values, first, n, tally);
}

static void
return_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  const Handing *self = (const Handing *)pieces;
  const FxpSumSpan span = get_span (self, first, n);
  FxpEdge *in = self->layer->in;
  double piece[FXP_PIECE];

  if (self->outcome.sums == NULL || !fxp_edge_return_sums (in, self->pass, &span, tally))
    fxp_edge_return_piece (in,
                           self->pass,
                           get_values (self, first, n, piece, tally),
                           first,
                           n,
                           tally);
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
    /* Values nobody takes end in the memory for them. */
    .outcome = {.slot = layer->out->taker == NULL ? FXP_SLOT_PRODUCT : FXP_SLOT_REALS,
                .is_scaled = fxp_edge_scales (layer->in, pass)},
  };
  FxpTally total;

  fxp_edge_begin (layer->out, pass);
  a = (FxpMatrix){arrange_input (layer->in, pass), layer->in->codes->format, n_inputs, 1};
  if (!multiply (layer, pass, &a, &b, (gsize[3]){pass->n, n_units, n_inputs}, &handing.outcome))
    return;
  fxp_pieces_run (&handing.parent, pass->n * n_units, pass, &total);
  fxp_sum_counts_add (&weights->step_sum_counts, &total.sums);
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
static void
arrange_gradient (const FxpEdge *in, const FxpPass *pass, Outcome *gradient)
{
  const gsize n_pixels = in->shape.dim[1] * in->shape.dim[2];
  const gsize size = gradient->sums != NULL ? sizeof (gint32) : sizeof (double);
  gpointer arranged;

  if (!fxp_edge_is_image (in))
    return;
  arranged = fxp_scratch_get (pass->scratch, FXP_SLOT_PRODUCT, pass->n * in->n_features * size);
  if (gradient->sums != NULL)
    {
      fxp_transpose_all (gradient->sums, pass->n, in->shape.dim[0], n_pixels, size, arranged);
      gradient->sums = arranged;
      return;
    }
  fxp_transpose_all (gradient->values, pass->n, in->shape.dim[0], n_pixels, size, arranged);
  gradient->values = arranged;
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
  Outcome out = {.slot = FXP_SLOT_REALS, .is_scaled = fxp_edge_scales (self->in, pass)};

  for (gsize first = 0; first < n_units; first += n_at_once)
    {
      const gsize n = MIN (n_at_once, n_units - first);
      const FxpMatrix turned = {(const guint8 *)from->data + first * code_size,
                                from->format,
                                1,
                                n_units};

      if (!multiply (self, pass, &turned, input, (gsize[3]){n, n_inputs, pass->n}, &out))
        return FALSE;
      if (out.sums != NULL)
        {
          fxp_weights_take_sums (weights, pass, first * n_inputs, n * n_inputs, out.sums, out.step);
          continue;
        }
      fxp_edge_scale (self->in, pass, out.values, n * n_inputs);
      fxp_weights_take_gradient (weights, pass, first * n_inputs, n * n_inputs, out.values);
    }
  return TRUE;
}

static void
return_gradient (FxpLayer *self, const FxpPass *pass)
{
  FxpWeights *weights = self->weights;
  const gsize n_units = weights->n_units, n_inputs = weights->n_inputs;
  const FxpMatrix gradient = {self->out->gradient->data, self->out->gradient->format, n_units, 1};
  const FxpMatrix weight = fxp_weights_get_matrix (weights);
  Handing handing = {
    .parent = {.func = return_piece},
    .layer = self,
    .pass = pass,
    .loops = fxp_loops_get (),
    .outcome = {.slot = FXP_SLOT_REALS},
  };
  FxpTally total;

  if (!multiply (self,
                 pass,
                 &gradient,
                 &weight,
                 (gsize[3]){pass->n, n_inputs, n_units},
                 &handing.outcome))
    return;
  arrange_gradient (self->in, pass, &handing.outcome);
  fxp_edge_begin_return (self->in, pass);
  fxp_pieces_run (&handing.parent, pass->n * n_inputs, pass, &total);
  fxp_sum_counts_add (&weights->step_sum_counts, &total.sums);
  fxp_edge_end_return (self->in, pass, &total);
}

static void
backward (FxpLayer *self, const FxpPass *pass)
{
  const FxpMatrix input = {arrange_input (self->in, pass),
                           self->in->codes->format,
                           self->weights->n_inputs,
                           1};

  if (!gather_gradient (self, pass, &input))
    return;
  if (self->weights->bias != NULL)
    sum_bias_gradient (self, pass);
  if (self->in->gradient_cell != NULL)
    return_gradient (self, pass);
}

const FxpLayerClass fxp_dense_class = {
  .size = sizeof (FxpLayer),
  .get_weight_shape = get_weight_shape,
  .forward = forward,
  .backward = backward,
};
