/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/weights-private.h"

/* What is stored in words of a changing format: v = W + W_acc, split anew, and V. */

/* Whole words being split into W and W_acc, piece by piece, as they would take several times the
 * memory of the codes. */
typedef struct
{
  const FxpWeights *weights;
  FxpTensor *weight, *residue; /* what comes of them: owned, or the row's own in new formats */
  const FxpNoise *weight_draws, *residue_draws;
  FxpNoise weight_noise, residue_noise;
} Splitting;

static void
begin_splitting (Splitting *self, const FxpWeights *weights, const FxpStep *step, FxpStream stream)
{
  const FxpCell *weight_cell = &weights->cells[FXP_ROLE_WEIGHT];
  const FxpCell *residue_cell = &weights->cells[FXP_ROLE_WEIGHT_ACC];

  self->weights = weights;
  self->weight_draws = fxp_cell_get_noise (weight_cell, step, stream, &self->weight_noise);
  self->residue_draws = fxp_cell_get_noise (residue_cell, step, stream, &self->residue_noise);
}

/* Memory for what comes of it, as storage may be another. */
static void
make_room (Splitting *self)
{
  const FxpWeights *weights = self->weights;

  self->weight =
    fxp_tensor_new (&weights->weight->shape, weights->cells[FXP_ROLE_WEIGHT].quantizer.format);
  self->residue =
    fxp_tensor_new (&weights->weight->shape, weights->cells[FXP_ROLE_WEIGHT_ACC].quantizer.format);
}

static void
split_piece (const Splitting *self, double *words, gsize first, gsize n)
{
  const FxpCell *cells = self->weights->cells;
  double residues[FXP_PIECE];
  gpointer codes = fxp_tensor_at (self->weight, first);
  FxpQuantizeCounts ignored = {0};

  if (fxp_weights_clips_words (self->weights))
    for (gsize i = 0; i < n; i++)
      words[i] = fxp_clip_learnt (words[i]);
  fxp_quantizer_apply (&cells[FXP_ROLE_WEIGHT].quantizer,
                       self->weight_draws,
                       words,
                       codes,
                       first,
                       n,
                       &ignored,
                       NULL);
  if (fxp_format_is_float (self->weight->format))
    return;

  fxp_format_decode (self->weight->format, codes, n, residues);
  for (gsize i = 0; i < n; i++)
    residues[i] = words[i] - residues[i];
  fxp_quantizer_apply (&cells[FXP_ROLE_WEIGHT_ACC].quantizer,
                       self->residue_draws,
                       residues,
                       fxp_tensor_at (self->residue, first),
                       first,
                       n,
                       &ignored,
                       NULL);
}

static void
take_split (Splitting *self, FxpWeights *weights)
{
  fxp_tensor_take (weights->weight, self->weight);
  fxp_tensor_take (weights->residue, self->residue);
  weights->has_changed = TRUE;
}

/* Splits the words that @formats make of the codes there are. */
static void
split_words (Splitting *self, const FxpFormat formats[2])
{
  const FxpWeights *weights = self->weights;
  double words[FXP_PIECE], residues[FXP_PIECE];

  for (gsize first = 0; first < weights->weight->n; first += FXP_PIECE)
    {
      const gsize n = MIN (weights->weight->n - first, FXP_PIECE);

      fxp_format_decode (formats[0], fxp_tensor_at (weights->weight, first), n, words);
      fxp_format_decode (formats[1], fxp_tensor_at (weights->residue, first), n, residues);
      for (gsize i = 0; i < n; i++)
        words[i] += residues[i];
      split_piece (self, words, first, n);
    }
}

void
fxp_weights_split_anew (FxpWeights *self, const FxpStep *step)
{
  const FxpFormat formats[] = {self->weight->format, self->residue->format};
  Splitting splitting;

  begin_splitting (&splitting, self, step, FXP_STREAM_INITIALIZE);
  make_room (&splitting);
  split_words (&splitting, formats);
  take_split (&splitting, self);
}

void
fxp_weights_move_words (FxpWeights *self, const FxpStep *step)
{
  const FxpFormat formats[] = {self->weight->format, self->residue->format};
  Splitting splitting = {.weight = self->weight, .residue = self->residue};

  begin_splitting (&splitting, self, step, FXP_STREAM_MOVE);
  self->weight->format = self->cells[FXP_ROLE_WEIGHT].quantizer.format;
  self->residue->format = self->cells[FXP_ROLE_WEIGHT_ACC].quantizer.format;
  split_words (&splitting, formats);
}

/* Codes of V become those of its cell's format, in @to: another tensor, or V itself. */
static void
convert_momentum (const FxpWeights *self, FxpFormat from, FxpTensor *to, const FxpNoise *draws)
{
  double values[FXP_PIECE];
  FxpQuantizeCounts ignored = {0};

  for (gsize first = 0; first < to->n; first += FXP_PIECE)
    {
      const gsize n = MIN (to->n - first, FXP_PIECE);

      fxp_format_decode (from, fxp_tensor_at (self->momentum, first), n, values);
      fxp_quantizer_apply (&self->cells[FXP_ROLE_MOMENTUM].quantizer,
                           draws,
                           values,
                           fxp_tensor_at (to, first),
                           first,
                           n,
                           &ignored,
                           NULL);
    }
}

void
fxp_weights_convert_momentum (FxpWeights *self, const FxpStep *step)
{
  const FxpCell *cell = &self->cells[FXP_ROLE_MOMENTUM];
  FxpTensor *converted;
  FxpNoise noise;

  if (self->momentum == NULL || fxp_format_equal (self->momentum->format, cell->quantizer.format))
    return;
  converted = fxp_tensor_new (&self->momentum->shape, cell->quantizer.format);
  convert_momentum (self,
                    self->momentum->format,
                    converted,
                    fxp_cell_get_noise (cell, step, FXP_STREAM_INITIALIZE, &noise));
  fxp_tensor_take (self->momentum, converted);
}

void
fxp_weights_move_momentum (FxpWeights *self, const FxpStep *step)
{
  const FxpCell *cell = &self->cells[FXP_ROLE_MOMENTUM];
  const FxpFormat from = self->momentum->format;
  FxpNoise noise;

  self->momentum->format = cell->quantizer.format;
  convert_momentum (self,
                    from,
                    self->momentum,
                    fxp_cell_get_noise (cell, step, FXP_STREAM_MOVE, &noise));
}

void
fxp_weights_initialize (FxpWeights *self, double limit, guint64 seed)
{
  const FxpTensorId id = self->cells[FXP_ROLE_WEIGHT].id;
  FxpNoise noise = fxp_noise_new (seed, 0, id.layer, FXP_ROLE_WEIGHT, FXP_STREAM_INITIALIZE);
  const FxpStep step = {seed, 0, FALSE};
  double words[FXP_PIECE];
  Splitting splitting;

  /* The stream of the draws below would make rounding and value depend on each other. */
  begin_splitting (&splitting, self, &step, FXP_STREAM_QUANTIZE);
  make_room (&splitting);
  for (gsize first = 0; first < self->weight->n; first += FXP_PIECE)
    {
      const gsize n = MIN (self->weight->n - first, FXP_PIECE);

      for (gsize i = 0; i < n; i++)
        words[i] = limit * (2.0 * fxp_noise_uniform (noise, (guint32)(first + i)) - 1.0);
      split_piece (&splitting, words, first, n);
    }
  take_split (&splitting, self);
}
