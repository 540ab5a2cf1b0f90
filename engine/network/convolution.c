/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/convolution-private.h"
#include "network/readout-private.h"
#include "tensor/stopwatch-private.h"
#include "tensor/window-product-private.h"

/* Images are taken one after the other: framed, multiplied, and handed on while their sums are in
 * the nearest caches. */

/* Multiply-accumulates between questions whether to go on, some hundredths of a second. */
#define BLOCK_WORK 500000000
/* Images that each thread takes at least, between them. */
#define IMAGES_PER_THREAD 4

/* One product of the batch's images on its way. */
typedef struct
{
  FxpPieces parent;
  FxpConvolution *layer;
  const FxpPass *pass;
  FxpWindowProduct product;
  FxpReadout sums;
  const double *biases;
  gint32 *kept; /* where sums stay as they are, or NULL */
  const FxpTensor *source;
  gsize n_summed; /* products of a sum */
  gsize n_source; /* codes of one of its images */
  guint8 *memory; /* of all threads: a frame, sums of some rows, and a piece of values */
  gsize frame_bytes, sums_bytes;
  gsize thread_bytes;
} Walk;

static FxpShape
get_weight_shape (const FxpLayerSpec *spec, const FxpShape *input, gsize *n_pixels)
{
  *n_pixels = (gsize)spec->kernel * spec->kernel;
  return FXP_SHAPE_4 (spec->units, input->dim[0], spec->kernel, spec->kernel);
}

static void
build (FxpLayer *layer, const FxpLayerSpec *spec)
{
  FxpConvolution *self = (FxpConvolution *)layer;
  const FxpShape *in = &layer->in->shape, *out = &layer->out->shape;

  self->window = (FxpWindow){
    .channels = in->dim[0],
    .height = in->dim[1],
    .width = in->dim[2],
    .kernel = spec->kernel,
    .stride = spec->stride,
    .padding = spec->padding,
  };
  self->n_pixels = in->dim[1] * in->dim[2];
  self->n_places = out->dim[1] * out->dim[2];
}

void
fxp_convolution_hand_on (FxpConvolution *self,
                         const FxpPass *pass,
                         const double *biases,
                         double *values,
                         gsize first,
                         gsize n,
                         FxpTally *tally)
{
  FxpLayer *layer = &self->parent;

  fxp_edge_scale (layer->in, pass, values, n);
  if (biases != NULL)
    fxp_loops_get ()->add_periodic (values, n, biases, layer->weights->n_units, first);
  fxp_edge_hand_on (layer->out, pass, values, first, n, tally);
}

static gsize
get_pixels_at_once (const FxpWindowProduct *product)
{
  return MAX (FXP_PIECE / product->n_columns, 1);
}

/* The values of the sums of some pixels; @piece has room for them. */
static void
hand_on_values (const Walk *self,
                gconstpointer sums,
                double *piece,
                gsize n_rows,
                gsize first,
                FxpTally *tally)
{
  const FxpWindowProduct *product = &self->product;
  const gboolean forward = product->way == FXP_WINDOW_FORWARD;
  FxpConvolution *layer = self->layer;
  const gsize n = n_rows * product->n_columns;
  double *values = forward ? fxp_edge_get_place (layer->parent.out, first, piece) : piece;

  fxp_readout_read (&self->sums,
                    sums,
                    n_rows,
                    product->n_columns,
                    product->row_length,
                    values,
                    &tally->sums);
  if (forward)
    fxp_convolution_hand_on (layer, self->pass, self->biases, values, first, n, tally);
  else
    fxp_edge_return_piece (layer->parent.in, self->pass, values, first, n, tally);
}

/* The sums themselves, if they can be taken at once. */
static gboolean
hand_on_sums (const Walk *self, gconstpointer sums, gsize n_rows, gsize first, FxpTally *tally)
{
  FxpLayer *layer = &self->layer->parent;
  const FxpSumSpan span = {
    .sums = sums,
    .first = first,
    .n_rows = n_rows,
    .n_columns = self->product.n_columns,
    .stride = self->product.row_length,
    .step = self->sums.step,
    .biases = self->biases,
    .n_biases = self->biases == NULL ? 0 : layer->weights->n_units,
  };

  if (!fxp_readout_is_plain (&self->sums))
    return FALSE;
  if (self->product.way == FXP_WINDOW_TURNED)
    return fxp_edge_return_sums (layer->in, self->pass, &span, tally);
  return !fxp_edge_scales (layer->in, self->pass) &&
         fxp_edge_hand_on_sums (layer->out, self->pass, &span, tally);
}

/* Hands on @n_pixels pixels' sums, in pieces of whole pixels that stay near; @piece has room for
 * one of them. */
static void
hand_on (const Walk *self,
         gpointer sums,
         double *piece,
         gsize n_pixels,
         gsize first,
         FxpTally *tally)
{
  const FxpWindowProduct *product = &self->product;
  const gsize pixels_at_once = get_pixels_at_once (product);

  if (self->kept != NULL)
    {
      fxp_readout_move (&self->sums,
                        sums,
                        n_pixels,
                        product->n_columns,
                        product->row_length,
                        self->kept + first,
                        &tally->sums);
      return;
    }
  for (gsize pixel = 0; pixel < n_pixels; pixel += pixels_at_once)
    {
      const gsize n_rows = MIN (n_pixels - pixel, pixels_at_once);
      const gsize at = first + pixel * product->n_columns;
      gconstpointer some = fxp_readout_at (&self->sums, sums, pixel * product->row_length);

      if (!hand_on_sums (self, some, n_rows, at, tally))
        hand_on_values (self, some, piece, n_rows, at, tally);
    }
}

static void
form_image (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Walk *self = (Walk *)pieces;
  const FxpWindowProduct *product = &self->product;
  const gsize n_rows = fxp_window_product_get_n_rows (product);
  const gsize row = product->width * product->n_columns; /* elements of a row of the result */
  guint8 *frame = self->memory + fxp_team_get_thread () * self->thread_bytes;
  guint8 *sums = frame + self->frame_bytes;
  double *piece = (double *)(gpointer)(sums + self->sums_bytes);
  FxpStage stage = fxp_stopwatch_enter (FXP_STAGE_LOWER);

  fxp_frame_fill (&product->frame,
                  fxp_tensor_at (self->source, first / n * self->n_source),
                  0,
                  product->frame.n_channels,
                  frame);
  for (gsize y = 0; y < product->height; y += n_rows)
    {
      const gsize n_formed = MIN (product->height - y, n_rows);

      fxp_stopwatch_enter (FXP_STAGE_MULTIPLY);
      fxp_window_product_form (product, frame, y, n_formed, sums);
      fxp_stopwatch_enter (FXP_STAGE_OTHER);
      hand_on (self, sums, piece, n_formed * product->width, first + y * row, tally);
    }
  fxp_stopwatch_enter (stage);
}

static void
add_total (FxpTally *self, const FxpTally *other)
{
  fxp_quantize_counts_add (&self->first, &other->first);
  fxp_quantize_counts_add (&self->second, &other->second);
  fxp_sum_counts_add (&self->sums, &other->sums);
}

/* The layer above gets the sums themselves where nothing is to be done to them. */
static void
begin (Walk *self)
{
  const FxpLayer *layer = &self->layer->parent;

  if (self->product.way == FXP_WINDOW_TURNED)
    {
      fxp_edge_begin_return (layer->in, self->pass);
      return;
    }
  if (self->biases == NULL && fxp_readout_is_plain (&self->sums) &&
      !fxp_edge_scales (layer->in, self->pass))
    self->kept = fxp_edge_begin_sums (layer->out, self->pass, self->sums.step);
  if (self->kept == NULL)
    fxp_edge_begin (layer->out, self->pass);
}

/* Of all images, so many at a time that a pass can be given up between them.  FALSE if it is. */
static gboolean
form_images (Walk *self, FxpTally *total)
{
  FxpLayer *layer = &self->layer->parent;
  const FxpTensor *used = fxp_weights_get_used (layer->weights);
  const FxpPass *pass = self->pass;
  const FxpWindowProduct *product = &self->product;
  const gsize n_result = product->height * product->width * product->n_columns;
  const gsize n_at_once = MAX ((gsize)(BLOCK_WORK / layer->n_multiplies),
                               fxp_pass_get_n_threads (pass) * IMAGES_PER_THREAD);
  FxpStage stage = fxp_stopwatch_enter (FXP_STAGE_LOWER);

  self->frame_bytes = fxp_convolution_align (fxp_window_product_get_frame_bytes (product));
  self->sums_bytes = fxp_convolution_align (
    fxp_window_product_get_sum_bytes (product, fxp_window_product_get_n_rows (product)));
  self->thread_bytes =
    self->frame_bytes + self->sums_bytes +
    fxp_convolution_align (get_pixels_at_once (product) * product->n_columns * sizeof (double));
  self->memory = fxp_scratch_get (pass->scratch,
                                  FXP_SLOT_PRODUCT,
                                  fxp_pass_get_n_threads (pass) * self->thread_bytes);
  fxp_window_product_pack (&self->product,
                           &self->layer->window,
                           used->data,
                           pass->scratch,
                           pass->team,
                           FXP_SLOT_WINDOW);
  fxp_readout_init (&self->sums,
                    &product->summation,
                    self->source->format,
                    used->format,
                    self->n_summed,
                    &layer->weights->sum);
  begin (self);
  fxp_stopwatch_enter (stage);
  self->parent.func = form_image;
  self->parent.length = n_result;
  *total = (FxpTally){0};
  for (gsize first = 0; first < pass->n; first += n_at_once)
    {
      const gsize n = MIN (pass->n - first, n_at_once);
      FxpTally tally;

      self->parent.first = first * n_result;
      fxp_pieces_run (&self->parent, n * n_result, pass, &tally);
      add_total (total, &tally);
      if (fxp_pass_tick (pass, layer->n_multiplies * n))
        return FALSE;
    }
  fxp_sum_counts_add (&layer->weights->step_sum_counts, &total->sums);
  return TRUE;
}

static gboolean
prepare (Walk *self, FxpConvolution *layer, const FxpPass *pass, FxpWindowWay way)
{
  FxpWeights *weights = layer->parent.weights;
  const gboolean forward = way == FXP_WINDOW_FORWARD;
  const FxpEdge *edge = forward ? layer->parent.in : layer->parent.out;

  self->layer = layer;
  self->pass = pass;
  self->source = forward ? edge->codes : edge->gradient;
  self->n_source = edge->n_features;
  self->n_summed = (forward ? layer->window.channels : weights->n_units) * weights->n_pixels;
  return fxp_window_product_init (&self->product,
                                  &layer->window,
                                  weights->n_units,
                                  way,
                                  self->source->format,
                                  fxp_weights_get_used (weights)->format,
                                  &weights->sum);
}

static void
forward (FxpLayer *layer, const FxpPass *pass)
{
  FxpConvolution *self = (FxpConvolution *)layer;
  Walk walk = {.biases = fxp_weights_quantize_bias (layer->weights, pass)};
  FxpTally total;

  if (!prepare (&walk, self, pass, FXP_WINDOW_FORWARD))
    {
      fxp_convolution_forward_lowered (self, pass, walk.biases);
      return;
    }
  if (form_images (&walk, &total))
    fxp_edge_end (layer->out, pass, &total);
}

static void
return_gradient (FxpConvolution *self, const FxpPass *pass)
{
  FxpEdge *in = self->parent.in;
  Walk walk = {0};
  FxpTally total;

  if (!prepare (&walk, self, pass, FXP_WINDOW_TURNED))
    {
      fxp_convolution_return_lowered (self, pass);
      return;
    }
  if (form_images (&walk, &total))
    fxp_edge_end_return (in, pass, &total);
}

static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  FxpConvolution *self = (FxpConvolution *)layer;

  if (fxp_convolution_take_gradient (self, pass) && layer->in->gradient_cell != NULL)
    return_gradient (self, pass);
}

const FxpLayerClass fxp_convolution_class = {
  .size = sizeof (FxpConvolution),
  .get_weight_shape = get_weight_shape,
  .build = build,
  .forward = forward,
  .backward = backward,
};
