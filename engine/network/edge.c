/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "network/loops-private.h"
#include "tensor/stopwatch-private.h"
#include "tensor/transpose-private.h"

typedef struct
{
  FxpPieces parent;
  FxpEdge *edge;
  const FxpPass *pass;
  double *reals;
} Returning;

gboolean
fxp_edge_is_image (const FxpEdge *self)
{
  return self->shape.rank == 3 && self->shape.dim[0] > 1 &&
         self->shape.dim[1] * self->shape.dim[2] > 1;
}

void
fxp_edge_place_noise (const FxpEdge *self, FxpNoise *noise)
{
  if (!fxp_edge_is_image (self))
    return;
  noise->n_channels = (guint32)self->shape.dim[0];
  noise->n_pixels = (guint32)(self->shape.dim[1] * self->shape.dim[2]);
}

const FxpNoise *
fxp_edge_get_noise (const FxpEdge *self,
                    const FxpCell *cell,
                    const FxpStep *step,
                    FxpStream stream,
                    FxpNoise *noise)
{
  if (fxp_cell_get_noise (cell, step, stream, noise) == NULL)
    return NULL;
  fxp_edge_place_noise (self, noise);
  return noise;
}

static FxpShape
get_batch_shape (const FxpEdge *self, gsize n)
{
  FxpShape shape = {.rank = self->shape.rank + 1, .dim = {n}};

  g_assert (shape.rank <= FXP_RANK_MAX);
  for (guint i = 0; i < self->shape.rank; i++)
    shape.dim[i + 1] = self->shape.dim[i];
  return shape;
}

void
fxp_edge_place_tensor (const FxpEdge *self, FxpTensor *tensor)
{
  if (!fxp_edge_is_image (self))
    return;
  tensor->n_channels = self->shape.dim[0];
  tensor->n_pixels = self->shape.dim[1] * self->shape.dim[2];
}

static void
clear_gradient (FxpEdge *self)
{
  if (self->target == NULL)
    fxp_tensor_free (self->gradient);
  self->gradient = NULL;
}

static void
clear_codes (FxpEdge *self)
{
  if (self->origin == NULL)
    fxp_tensor_free (self->codes);
  self->codes = NULL;
}

void
fxp_edge_clear (FxpEdge *self)
{
  clear_gradient (self);
  clear_codes (self);
  g_clear_pointer (&self->own_reals, g_free);
}

void
fxp_edge_reserve_codes (FxpEdge *self, gsize n)
{
  FxpShape shape = get_batch_shape (self, n);

  clear_codes (self);
  if (self->origin != NULL)
    self->codes = self->origin->codes;
  else if (self->cell != NULL)
    {
      self->codes = fxp_tensor_new (&shape, fxp_edge_get_format (self));
      fxp_edge_place_tensor (self, self->codes);
    }
  g_clear_pointer (&self->own_reals, g_free);
  if (self->keeps_reals)
    self->own_reals = g_new0 (double, n * self->n_features);
}

void
fxp_edge_reserve_gradient (FxpEdge *self, gsize n, gboolean keeps)
{
  FxpShape shape = get_batch_shape (self, n);

  clear_gradient (self);
  if (self->gradient_cell == NULL)
    return;
  if (self->target != NULL)
    self->gradient = self->target->gradient;
  else if (keeps)
    self->gradient = fxp_tensor_new (&shape, self->gradient_cell->quantizer.format);
  else
    self->gradient = fxp_tensor_new_view (&shape, self->gradient_cell->quantizer.format);
  if (self->target == NULL)
    fxp_edge_place_tensor (self, self->gradient);
}

static void
update_format (FxpTensor *tensor, FxpFormat format)
{
  if (!fxp_format_equal (tensor->format, format))
    fxp_tensor_set_format (tensor, format);
}

void
fxp_edge_update_formats (FxpEdge *self)
{
  if (self->codes != NULL)
    update_format (self->codes, fxp_edge_get_format (self));
  if (self->gradient != NULL)
    update_format (self->gradient, self->gradient_cell->quantizer.format);
}

FxpFormat
fxp_edge_get_format (const FxpEdge *self)
{
  FxpFormat format = self->cell->quantizer.format;
  guint word_bits;

  if (fxp_format_is_float (format) || self->n_averaged == 1)
    return format;
  word_bits = format.word_bits + g_bit_storage (self->n_averaged - 1);
  if (word_bits > FXP_WORD_BITS_MAX)
    {
      format.frac_bits -= word_bits - FXP_WORD_BITS_MAX;
      word_bits = FXP_WORD_BITS_MAX;
    }
  format.word_bits = word_bits;
  return format;
}

void
fxp_edge_take_inputs (FxpEdge *self, const FxpPass *pass, const double *inputs)
{
  const gsize n = pass->n * self->n_features;
  const gsize size = fxp_storage_get_size (self->codes->storage);
  gpointer codes = self->codes->data;

  if (fxp_edge_is_image (self))
    codes = fxp_scratch_get (pass->scratch, FXP_SLOT_ARRANGED, n * size);
  fxp_cell_quantize (self->cell, pass, FXP_STREAM_QUANTIZE, inputs, codes, n);
  if (fxp_edge_is_image (self))
    fxp_transpose_all (codes,
                       pass->n,
                       self->shape.dim[0],
                       self->shape.dim[1] * self->shape.dim[2],
                       size,
                       self->codes->data);
  fxp_cell_look (self->cell, pass, self->codes->data, n);
  fxp_pass_show (pass, FXP_SIGHT_ACTIVATION, self->cell->id, self->codes);
}

double *
fxp_edge_begin_reals (FxpEdge *self, const FxpPass *pass)
{
  self->sums = NULL;
  if (self->keeps_reals)
    self->reals = self->own_reals;
  else
    self->reals =
      fxp_scratch_get (pass->scratch, self->slot, pass->n * self->n_features * sizeof (double));
  return self->reals;
}

/* So few of a channel that their sum fits 53 bits. */
#define SUMS_MAX ((gsize)1 << (53 - 31))

gint32 *
fxp_edge_begin_sums (FxpEdge *self, const FxpPass *pass, double step)
{
  const gsize n = pass->n * self->n_features;

  if (!self->reads_sums || self->keeps_reals || self->shape.dim[0] > FXP_PIECE ||
      n / self->shape.dim[0] > SUMS_MAX)
    return NULL;
  self->sums = fxp_scratch_get (pass->scratch, self->slot, n * sizeof (gint32));
  self->sum_step = step;
  return self->sums;
}

void
fxp_edge_begin (FxpEdge *self, const FxpPass *pass)
{
  FxpLayer *taker = self->taker;

  if (taker == NULL)
    fxp_edge_begin_reals (self, pass);
  else if (taker->klass->begin != NULL)
    taker->klass->begin (taker, pass);
}

void
fxp_edge_hand_on (FxpEdge *self,
                  const FxpPass *pass,
                  double *values,
                  gsize first,
                  gsize n,
                  FxpTally *tally)
{
  FxpLayer *taker = self->taker;

  if (taker != NULL)
    taker->klass->take (taker, pass, values, first, n, tally);
  else if (values != self->reals + first)
    memcpy (self->reals + first, values, n * sizeof (double));
}

gboolean
fxp_edge_hand_on_sums (FxpEdge *self, const FxpPass *pass, const FxpSumSpan *span, FxpTally *tally)
{
  FxpLayer *taker = self->taker;

  return taker != NULL && taker->klass->take_sums != NULL &&
         taker->klass->take_sums (taker, pass, span, tally);
}

void
fxp_edge_end (FxpEdge *self, const FxpPass *pass, const FxpTally *total)
{
  FxpLayer *taker = self->taker;

  if (taker != NULL && taker->klass->end != NULL)
    taker->klass->end (taker, pass, total);
}

gboolean
fxp_edge_foresee (const FxpEdge *self, const FxpPass *pass, FxpOutlook *outlook)
{
  const FxpLayer *taker = self->taker;

  return taker != NULL && taker->klass->foresee != NULL &&
         taker->klass->foresee (taker, pass, outlook);
}

void
fxp_edge_scale (const FxpEdge *self, const FxpPass *pass, double *values, gsize n)
{
  if (self->n_averaged > 1)
    for (gsize i = 0; i < n; i++)
      values[i] = values[i] / self->n_averaged;
  if (pass->evaluates && self->share_kept < 1.0)
    for (gsize i = 0; i < n; i++)
      values[i] = values[i] * self->share_kept;
}

void
fxp_edge_decode (const FxpEdge *self, const FxpPass *pass, gsize first, gsize n, double *values)
{
  fxp_format_decode (self->codes->format, fxp_tensor_at (self->codes, first), n, values);
  fxp_edge_scale (self, pass, values, n);
}

void
fxp_edge_return_codes (FxpEdge *self, const FxpTensor *codes)
{
  g_assert (self->n_returning == 2 && self->n_returned == 0);

  self->n_returned = 1;
  self->pending_codes = codes;
}

/* Of two gradients, the first one waits for the second. */
void
fxp_edge_begin_return (FxpEdge *self, const FxpPass *pass)
{
  self->draws =
    fxp_edge_get_noise (self, self->gradient_cell, &pass->step, FXP_STREAM_QUANTIZE, &self->noise);
  if (self->n_returning > 1 && self->pending_codes == NULL)
    self->pending = fxp_scratch_get (pass->scratch,
                                     FXP_SLOT_PENDING,
                                     pass->n * self->n_features * sizeof (double));
}

/* What came first is added. */
static void
add_pending (const FxpEdge *self, double *values, gsize first, gsize n)
{
  const FxpTensor *codes = self->pending_codes;

  if (codes == NULL)
    fxp_loops_get ()->add (values, self->pending + first, n);
  else
    fxp_loops_get ()->add_codes (values, codes->format, fxp_tensor_at (codes, first), n);
}

void
fxp_edge_return_piece (FxpEdge *self,
                       const FxpPass *pass,
                       double *values,
                       gsize first,
                       gsize n,
                       FxpTally *tally)
{
  FxpCell *cell = self->gradient_cell;
  gpointer codes = fxp_tensor_at (self->gradient, first);
  FxpStage stage;

  if (self->n_returning > 1 && self->n_returned == 0)
    {
      if (values != self->pending + first)
        memcpy (self->pending + first, values, n * sizeof (double));
      return;
    }
  if (self->n_returning > 1)
    add_pending (self, values, first, n);
  fxp_edge_scale (self, pass, values, n);
  stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  fxp_quantizer_apply (&cell->quantizer, self->draws, values, codes, first, n, &tally->first, NULL);
  fxp_cell_probe (cell, pass, values, codes, n);
  fxp_stopwatch_enter (stage);
}

gboolean
fxp_edge_return_sums (FxpEdge *self, const FxpPass *pass, const FxpSumSpan *span, FxpTally *tally)
{
  gboolean is_taken;
  FxpStage stage;

  if (self->n_returning > 1 || fxp_edge_scales (self, pass) || pass->step.probe)
    return FALSE;
  stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  is_taken = fxp_sum_loop_get ()->quantize (span,
                                            &self->gradient_cell->quantizer,
                                            self->draws,
                                            fxp_tensor_at (self->gradient, span->first),
                                            NULL,
                                            tally);
  fxp_stopwatch_enter (stage);
  return is_taken;
}

void
fxp_edge_end_return (FxpEdge *self, const FxpPass *pass, const FxpTally *total)
{
  self->n_returned++;
  if (self->n_returned < self->n_returning)
    return;
  self->pending_codes = NULL;
  fxp_cell_count (self->gradient_cell, pass, &total->first);
  fxp_cell_look (self->gradient_cell, pass, self->gradient->data, pass->n * self->n_features);
  /* That of the inputs is no layer's G_A. */
  if (self->gradient_cell->id.role == FXP_ROLE_ACTIVATION_GRAD)
    fxp_pass_show (pass, FXP_SIGHT_GRADIENT, self->gradient_cell->id, self->gradient);
}

static void
return_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Returning *self = (Returning *)pieces;

  fxp_edge_return_piece (self->edge, self->pass, self->reals + first, first, n, tally);
}

void
fxp_edge_return_gradient (FxpEdge *self, const FxpPass *pass, double *reals)
{
  FxpTally total;
  Returning returning = {
    .parent = {.func = return_piece},
    .edge = self,
    .pass = pass,
    .reals = reals,
  };

  fxp_edge_begin_return (self, pass);
  fxp_pieces_run (&returning.parent, pass->n * self->n_features, pass, &total);
  fxp_edge_end_return (self, pass, &total);
}
