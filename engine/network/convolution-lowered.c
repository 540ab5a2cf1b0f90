/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/convolution-private.h"
#include "tensor/stopwatch-private.h"
#include "tensor/transpose-private.h"

/* Convolution as products of lowered images, in whose rows the sums run as registers are said to
 * add: for registers that saturate, and for codes of more than 16 bits. */

/* Lowered images take no more memory than this, if one image or channel leaves a choice. */
#define LOWERED_BYTES_MAX (16 * 1024 * 1024)

/* Values of a group of images on their way up or down. */
typedef struct
{
  FxpPieces parent;
  FxpConvolution *layer;
  const FxpPass *pass;
  const double *biases;
  double *values; /* of the group */
  gsize begin;    /* its first element in the batch */
} Handing;

typedef struct
{
  const FxpConvolution *layer;
  gboolean turned;
  const FxpTensor *tensor;
  gsize n_features; /* codes of an image */
  gsize first_image;
  gsize channel, n_channels; /* of the input, that are lowered */
  gsize row_elements;        /* of an image's rows together */
  guint8 *rows;
} Lowering;

static void
lower_images (gpointer data, gsize first, gsize last)
{
  const Lowering *self = data;
  const gsize size = fxp_storage_get_size (self->tensor->storage);

  for (gsize i = first; i < last; i++)
    {
      gconstpointer image =
        fxp_tensor_at (self->tensor, (self->first_image + i) * self->n_features);
      gpointer rows = self->rows + i * self->row_elements * size;

      if (self->turned)
        fxp_lowering_turned (&self->layer->window,
                             size,
                             image,
                             self->layer->parent.weights->n_units,
                             rows);
      else
        fxp_lowering_forward (&self->layer->window,
                              size,
                              image,
                              self->channel,
                              self->n_channels,
                              rows);
    }
}

/* A row for each place or pixel of @n images. */
static FxpMatrix
lower (const FxpConvolution *layer,
       const FxpPass *pass,
       gboolean turned,
       gsize first,
       gsize n,
       gsize channel,
       gsize n_channels)
{
  const FxpEdge *edge = turned ? layer->parent.out : layer->parent.in;
  const FxpTensor *tensor = turned ? edge->gradient : edge->codes;
  const gsize n_columns =
    (turned ? layer->parent.weights->n_units : n_channels) * layer->parent.weights->n_pixels;
  Lowering lowering = {
    .layer = layer,
    .turned = turned,
    .tensor = tensor,
    .n_features = edge->n_features,
    .first_image = first,
    .channel = channel,
    .n_channels = n_channels,
    .row_elements = (turned ? layer->n_pixels : layer->n_places) * n_columns,
  };
  FxpStage stage = fxp_stopwatch_enter (FXP_STAGE_LOWER);

  lowering.rows =
    fxp_scratch_get (pass->scratch,
                     FXP_SLOT_COLUMNS,
                     n * lowering.row_elements * fxp_storage_get_size (tensor->storage));
  fxp_team_run (pass->team,
                n,
                1,
                n * lowering.row_elements * FXP_TEAM_MOVE_WORK,
                lower_images,
                &lowering);
  fxp_stopwatch_enter (stage);
  return (FxpMatrix){lowering.rows, tensor->format, n_columns, 1};
}

static gsize
get_group (gsize image_elements, gsize n)
{
  return CLAMP (LOWERED_BYTES_MAX / (image_elements * 4), 1, n);
}

static void
hand_on_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  const Handing *self = (const Handing *)pieces;

  fxp_convolution_hand_on (self->layer,
                           self->pass,
                           self->biases,
                           self->values + (first - self->begin),
                           first,
                           n,
                           tally);
}

static void
return_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  const Handing *self = (const Handing *)pieces;

  fxp_edge_return_piece (self->layer->parent.in,
                         self->pass,
                         self->values + (first - self->begin),
                         first,
                         n,
                         tally);
}

/* Multiplies the lowered images with @matrix, group by group, and hands the values on by
 * self->parent.func.  FALSE if the pass is given up. */
static gboolean
multiply_images (Handing *self, gboolean turned, const FxpMatrix *matrix, FxpTally *total)
{
  FxpConvolution *layer = self->layer;
  FxpWeights *weights = layer->parent.weights;
  const FxpPass *pass = self->pass;
  const gsize n_rows = turned ? layer->n_pixels : layer->n_places;
  const gsize n_columns = turned ? layer->window.channels : weights->n_units;
  const gsize n_summed = (turned ? weights->n_units : layer->window.channels) * weights->n_pixels;
  const gsize group = get_group (n_rows * n_summed, pass->n);

  self->values =
    fxp_scratch_get (pass->scratch, FXP_SLOT_PRODUCT, group * n_rows * n_columns * sizeof (double));
  self->parent.length = MAX (FXP_PIECE / n_columns, 1) * n_columns; /* whole pixels */
  *total = (FxpTally){0};
  for (gsize first = 0; first < pass->n; first += group)
    {
      const gsize n = MIN (group, pass->n - first);
      FxpMatrix rows = lower (layer, pass, turned, first, n, 0, layer->window.channels);
      FxpTally tally;

      fxp_weights_multiply (weights,
                            pass,
                            &rows,
                            matrix,
                            (gsize[3]){n * n_rows, n_columns, n_summed},
                            self->values,
                            n_columns);
      self->begin = self->parent.first = first * n_rows * n_columns;
      fxp_pieces_run (&self->parent, n * n_rows * n_columns, pass, &tally);
      fxp_quantize_counts_add (&total->first, &tally.first);
      fxp_quantize_counts_add (&total->second, &tally.second);
      if (fxp_pass_tick (pass, layer->parent.n_multiplies * n))
        return FALSE;
    }
  return TRUE;
}

gboolean
fxp_convolution_forward_lowered (FxpConvolution *self, const FxpPass *pass, const double *biases)
{
  FxpMatrix matrix = fxp_weights_get_transpose (self->parent.weights);
  Handing handing = {
    .parent = {.func = hand_on_piece},
    .layer = self,
    .pass = pass,
    .biases = biases,
  };
  FxpTally total;

  fxp_edge_begin (self->parent.out, pass);
  if (!multiply_images (&handing, FALSE, &matrix, &total))
    return FALSE;
  fxp_edge_end (self->parent.out, pass, &total);
  return TRUE;
}

/* The gradient's codes, filters x (samples x places), times the lowered input, which is made for
 * some channels at a time: that splits the products, never a sum. */
gboolean
fxp_convolution_gather_lowered (FxpConvolution *self, const FxpPass *pass, double *reals)
{
  FxpLayer *layer = &self->parent;
  FxpWeights *weights = layer->weights;
  const gsize n_summed = pass->n * self->n_places;
  const gsize n_channels = self->window.channels;
  const gsize n_at_once = get_group (weights->n_pixels * n_summed, n_channels);
  const FxpMatrix gradient = {layer->out->gradient->data,
                              layer->out->gradient->format,
                              1,
                              weights->n_units};

  for (gsize first = 0; first < n_channels; first += n_at_once)
    {
      const gsize n_lowered = MIN (n_at_once, n_channels - first);
      FxpMatrix rows = lower (self, pass, FALSE, 0, pass->n, first, n_lowered);

      fxp_weights_multiply (weights,
                            pass,
                            &gradient,
                            &rows,
                            (gsize[3]){weights->n_units, n_lowered * weights->n_pixels, n_summed},
                            reals + first * weights->n_pixels,
                            weights->n_inputs);
      if (fxp_pass_tick (pass, layer->n_multiplies * pass->n * n_lowered / n_channels))
        return FALSE;
    }
  return TRUE;
}

/* W as a line for each filter and tap, of what it gives to the channels. */
static FxpMatrix
turn_weights (const FxpConvolution *self, const FxpPass *pass)
{
  const FxpWeights *weights = self->parent.weights;
  const FxpTensor *used = fxp_weights_get_used (weights);
  const gsize size = fxp_storage_get_size (used->storage);
  gpointer turned = fxp_scratch_get (pass->scratch, FXP_SLOT_ARRANGED, used->n * size);

  fxp_transpose_all (used->data,
                     weights->n_units,
                     self->window.channels,
                     weights->n_pixels,
                     size,
                     turned);
  return (FxpMatrix){turned, used->format, self->window.channels, 1};
}

gboolean
fxp_convolution_return_lowered (FxpConvolution *self, const FxpPass *pass)
{
  FxpEdge *in = self->parent.in;
  FxpMatrix matrix = turn_weights (self, pass);
  Handing handing = {
    .parent = {.func = return_piece},
    .layer = self,
    .pass = pass,
  };
  FxpTally total;

  fxp_edge_begin_return (in, pass);
  if (!multiply_images (&handing, TRUE, &matrix, &total))
    return FALSE;
  fxp_edge_end_return (in, pass, &total);
  return TRUE;
}
