/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "tensor/lowering-private.h"

/* Convolution as matrix products of lowered images.  Small images are lowered side by side, so that
 * a product is worth its call; no sum depends on how many. */

#define COLUMNS_WORTH_A_CALL 512
/* Lowered images take no more memory than this, if one image or channel leaves a choice. */
#define LOWERED_BYTES_MAX (16 * 1024 * 1024)

typedef struct
{
  FxpLayer parent;
  FxpWindow window;
  gsize n_pixels; /* of an input image */
  gsize n_places; /* of an output image */
} Convolution;

/* Which way images are lowered. */
typedef enum
{
  OF_INPUT,    /* the input, for each place of the output */
  OF_GRADIENT, /* the gradient of the output, for each pixel of the input */
} Subject;

/* Images being lowered side by side. */
typedef struct
{
  const FxpWindow *window;
  void (*lower) (const FxpWindow *, gsize, const void *, gsize, gsize, void *, gsize);
  gsize code_size;
  gsize n_features;                /* codes from image to image */
  gsize first_channel, n_channels; /* the part that is lowered */
  gsize n_columns;                 /* of one image */
  gsize column_stride;
  const guint8 *images;
  guint8 *columns;
} Lowering;

static FxpShape
get_weight_shape (const FxpLayerSpec *spec, const FxpShape *input, gsize *n_pixels)
{
  *n_pixels = (gsize)spec->kernel * spec->kernel;
  return FXP_SHAPE_4 (spec->units, input->dim[0], spec->kernel, spec->kernel);
}

static void
build (FxpLayer *layer, const FxpLayerSpec *spec)
{
  Convolution *self = (Convolution *)layer;
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

static void
lower_images (gpointer data, gsize first, gsize last)
{
  const Lowering *self = data;

  for (gsize i = first; i < last; i++)
    self->lower (self->window,
                 self->code_size,
                 self->images + i * self->n_features * self->code_size,
                 self->first_channel,
                 self->n_channels,
                 self->columns + i * self->n_columns * self->code_size,
                 self->column_stride);
}

/* Lowers channels @channel..@channel + @n_channels - 1 of @n images from @first on, side by side.
 */
static FxpMatrix
lower (const Convolution *self,
       const FxpPass *pass,
       Subject subject,
       gsize first,
       gsize n,
       gsize channel,
       gsize n_channels)
{
  const FxpEdge *edge = subject == OF_INPUT ? self->parent.in : self->parent.out;
  const FxpTensor *tensor = subject == OF_INPUT ? edge->codes : edge->gradient;
  gsize n_columns = subject == OF_INPUT ? self->n_places : self->n_pixels;
  gsize n_rows = n_channels * self->window.kernel * self->window.kernel;
  gsize code_size = fxp_storage_get_size (tensor->storage);
  Lowering lowering = {
    .window = &self->window,
    .lower = subject == OF_INPUT ? fxp_lowering_forward : fxp_lowering_turned,
    .code_size = code_size,
    .n_features = edge->n_features,
    .first_channel = channel,
    .n_channels = n_channels,
    .n_columns = n_columns,
    .column_stride = n * n_columns,
    .images = fxp_tensor_at (tensor, first * edge->n_features),
    .columns =
      fxp_scratch_get (pass->scratch, FXP_SLOT_COLUMNS, n * n_rows * n_columns * code_size),
  };

  fxp_team_run (pass->team, n, 1, n * n_rows * n_columns, lower_images, &lowering);
  return (FxpMatrix){lowering.columns, tensor->format, n * n_columns, 1};
}

static gsize
get_group (gsize n_columns, gsize n)
{
  return CLAMP (COLUMNS_WORTH_A_CALL / n_columns, 1, n);
}

/* From rows x (samples x columns) to samples x rows x columns, with one number added per row. */
static void
arrange (const double *from,
         double *to,
         gsize n,
         gsize n_rows,
         gsize n_columns,
         const double *addends)
{
  for (gsize sample = 0; sample < n; sample++)
    for (gsize row = 0; row < n_rows; row++)
      {
        const double *source = from + (row * n + sample) * n_columns;
        double *target = to + (sample * n_rows + row) * n_columns;

        if (addends != NULL)
          for (gsize i = 0; i < n_columns; i++)
            target[i] = source[i] + addends[row];
        else if (target != source)
          memcpy (target, source, n_columns * sizeof (double));
      }
}

/* Multiplies @matrix, of @n_rows rows, with the lowered images, group by group; out is n x rows x
 * columns per image.  FALSE if the pass is given up. */
static gboolean
multiply_images (Convolution *self,
                 const FxpPass *pass,
                 const FxpMatrix *matrix,
                 gsize n_rows,
                 Subject subject,
                 const double *addends,
                 double *out)
{
  FxpLayer *layer = &self->parent;
  gsize n_channels = subject == OF_INPUT ? self->window.channels : layer->weights->n_units;
  gsize n_summed = n_channels * layer->weights->n_pixels;
  gsize n_columns = subject == OF_INPUT ? self->n_places : self->n_pixels;
  gsize group = get_group (n_columns, pass->n);
  double *product =
    fxp_scratch_get (pass->scratch, FXP_SLOT_PRODUCT, group * n_rows * n_columns * sizeof (double));

  for (gsize first = 0; first < pass->n; first += group)
    {
      gsize n = MIN (group, pass->n - first);
      double *target = out + first * n_rows * n_columns;
      /* One image's product has the right order already. */
      double *place = n == 1 ? target : product;
      FxpMatrix columns = lower (self, pass, subject, first, n, 0, n_channels);

      fxp_weights_multiply (layer->weights,
                            pass,
                            matrix,
                            &columns,
                            (gsize[3]){n_rows, n * n_columns, n_summed},
                            place,
                            n * n_columns);
      if (subject == OF_INPUT)
        fxp_edge_scale (layer->in, pass, place, n * n_rows * n_columns);
      if (n > 1 || addends != NULL)
        arrange (place, target, n, n_rows, n_columns, addends);
      if (fxp_pass_tick (pass, layer->n_multiplies * n))
        return FALSE;
    }
  return TRUE;
}

static void
forward (FxpLayer *layer, const FxpPass *pass)
{
  FxpWeights *weights = layer->weights;
  const double *biases = fxp_weights_quantize_bias (weights, pass);
  double *out = fxp_edge_begin_reals (layer->out, pass);
  FxpMatrix matrix = fxp_weights_get_matrix (weights);

  multiply_images ((Convolution *)layer, pass, &matrix, weights->n_units, OF_INPUT, biases, out);
}

/* From @n_outer x @n_inner blocks to @n_inner x @n_outer blocks of @block bytes. */
static gpointer
exchange (gconstpointer from, gsize n_outer, gsize n_inner, gsize block, const FxpPass *pass)
{
  guint8 *to = fxp_scratch_get (pass->scratch, FXP_SLOT_ARRANGED, n_outer * n_inner * block);

  for (gsize outer = 0; outer < n_outer; outer++)
    for (gsize inner = 0; inner < n_inner; inner++)
      memcpy (to + (inner * n_outer + outer) * block,
              (const guint8 *)from + (outer * n_inner + inner) * block,
              block);
  return to;
}

/* @gradient: filters x (samples x places). */
static void
sum_bias_gradient (FxpWeights *weights, const FxpMatrix *gradient, gsize n_summed)
{
  gsize code_size = fxp_storage_get_size (fxp_format_get_storage (gradient->format));
  double values[FXP_PIECE];

  for (gsize unit = 0; unit < weights->n_units; unit++)
    {
      const guint8 *codes = (const guint8 *)gradient->data + unit * n_summed * code_size;
      double sum = 0.0;

      for (gsize first = 0; first < n_summed; first += FXP_PIECE)
        {
          gsize n = MIN (FXP_PIECE, n_summed - first);

          fxp_format_decode (gradient->format, codes + first * code_size, n, values);
          for (gsize i = 0; i < n; i++)
            sum += values[i];
        }
      weights->bias->gradient[unit] = sum;
    }
}

/* The gradient's codes, filters x (samples x places), times the lowered input, which is made for
 * some channels at a time: that splits the products, never a sum.  FALSE if the pass is given up.
 */
static gboolean
backward_weights (Convolution *self, const FxpPass *pass)
{
  FxpLayer *layer = &self->parent;
  FxpWeights *weights = layer->weights;
  const FxpTensor *from = layer->out->gradient;
  gsize n_summed = pass->n * self->n_places;
  gsize n = weights->n_units * weights->n_inputs;
  gsize n_channels = self->window.channels;
  gsize block = self->n_places * fxp_storage_get_size (from->storage);
  gsize channel_bytes =
    weights->n_pixels * n_summed * fxp_storage_get_size (layer->in->codes->storage);
  gsize n_at_once = CLAMP (LOWERED_BYTES_MAX / channel_bytes, 1, n_channels);
  double *reals = fxp_scratch_get (pass->scratch, FXP_SLOT_REALS, n * sizeof (double));
  FxpMatrix gradient = {exchange (from->data, pass->n, weights->n_units, block, pass),
                        from->format,
                        n_summed,
                        1};

  for (gsize first = 0; first < n_channels; first += n_at_once)
    {
      gsize n_lowered = MIN (n_at_once, n_channels - first);
      FxpMatrix columns = lower (self, pass, OF_INPUT, 0, pass->n, first, n_lowered);
      FxpMatrix turned = {columns.data, columns.format, 1, n_summed};

      fxp_weights_multiply (weights,
                            pass,
                            &gradient,
                            &turned,
                            (gsize[3]){weights->n_units, n_lowered * weights->n_pixels, n_summed},
                            reals + first * weights->n_pixels,
                            weights->n_inputs);
      if (fxp_pass_tick (pass, layer->n_multiplies * pass->n * n_lowered / n_channels))
        return FALSE;
    }
  fxp_edge_scale (layer->in, pass, reals, n);
  if (weights->bias != NULL)
    sum_bias_gradient (weights, &gradient, n_summed);
  fxp_weights_take_gradient (weights, pass, reals);
  return TRUE;
}

static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  Convolution *self = (Convolution *)layer;
  FxpWeights *weights = layer->weights;
  gsize n_channels = self->window.channels;
  gsize block = weights->n_pixels * fxp_storage_get_size (weights->weight->storage);
  FxpMatrix matrix;
  double *reals;

  if (!backward_weights (self, pass) || layer->in->gradient_cell == NULL)
    return;

  reals = fxp_scratch_get (pass->scratch,
                           FXP_SLOT_REALS,
                           pass->n * layer->in->n_features * sizeof (double));
  matrix = (FxpMatrix){exchange (weights->weight->data, weights->n_units, n_channels, block, pass),
                       weights->weight->format,
                       weights->n_units * weights->n_pixels,
                       1};
  if (multiply_images (self, pass, &matrix, n_channels, OF_GRADIENT, NULL, reals))
    fxp_edge_return_gradient (layer->in, pass, reals);
}

const FxpLayerClass fxp_convolution_class = {
  .size = sizeof (Convolution),
  .get_weight_shape = get_weight_shape,
  .build = build,
  .forward = forward,
  .backward = backward,
};
