/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/update-loop-private.h"
#include "network/weights-private.h"
#include "tensor/stopwatch-private.h"

/* The split word (Sakr & Shanbhag 2019, 2.6): W takes what its word can show of the new value,
 * W_acc what is left over, so that updates below W's step add up. */

typedef struct
{
  FxpPieces parent;
  FxpWeights *weights;
  const FxpPass *pass;
  double rate;
  const FxpNoise *weight_noise;
  const FxpNoise *residue_noise;
  const FxpNoise *momentum_noise;
  gboolean clips;
  double ends[2]; /* of W's range: who is there does not stop */
} Updating;

/* Clears the flags of elements whose code changed. */
static void
keep_equal (guint8 *flags, gconstpointer before, gconstpointer after, gsize code_size, gsize n)
{
#define KEEP_EQUAL(type)                                                                           \
  for (gsize i = 0; i < n; i++)                                                                    \
  flags[i] &= ((const type *)before)[i] == ((const type *)after)[i]

  switch (code_size)
    {
    case 1:
      KEEP_EQUAL (gint8);
      break;
    case 2:
      KEEP_EQUAL (gint16);
      break;
    default:
      KEEP_EQUAL (gint32);
      break;
    }
#undef KEEP_EQUAL
}

/* @still: neither W nor W_acc changed. */
static void
count_updates (const guint8 *moved,
               const guint8 *stopped,
               const guint8 *still,
               gsize n,
               FxpUpdateCounts *counts)
{
  guint32 n_moved = 0, n_lost = 0, n_stopped = 0;

  for (gsize i = 0; i < n; i++)
    {
      n_moved += moved[i];
      n_lost += moved[i] & still[i];
      n_stopped += stopped[i] & still[i];
    }
  counts->n += n_moved;
  counts->n_lost += n_lost;
  counts->n_stopped += n_stopped;
}

void
fxp_update_counts_add (FxpUpdateCounts *self, const FxpUpdateCounts *other)
{
  self->n += other->n;
  self->n_lost += other->n_lost;
  self->n_stopped += other->n_stopped;
}

static guint64
count_nonfinite (gconstpointer floats, gsize n)
{
  const guint32 *bits = floats;
  guint32 count = 0;

  for (gsize i = 0; i < n; i++)
    count += (bits[i] & 0x7f800000u) == 0x7f800000u;
  return count;
}

/* V' = Q (mu V + d), and d becomes V'. */
static void
gather_momentum (const Updating *self, gsize first, gsize n, double *directions, FxpTally *tally)
{
  FxpTensor *momentum = self->weights->momentum;
  FxpCell *cell = &self->weights->cells[FXP_ROLE_MOMENTUM];
  gpointer codes = fxp_tensor_at (momentum, first);
  double gathered[FXP_PIECE];

  fxp_format_decode (momentum->format, codes, n, gathered);
  for (gsize i = 0; i < n; i++)
    {
      double kept = self->pass->momentum * gathered[i];

      gathered[i] = kept + directions[i];
    }
  fxp_quantizer_apply (&cell->quantizer,
                       self->momentum_noise,
                       gathered,
                       codes,
                       first,
                       n,
                       &tally->third,
                       NULL);
  fxp_cell_probe (cell, self->pass, gathered, codes, n);
  fxp_format_decode (momentum->format, codes, n, directions);
}

/* Where an update that changes nothing has stopped: d is not 0, and W has room on both sides. */
static void
find_free (const Updating *self,
           const double *weights,
           const double *directions,
           gsize n,
           guint8 *flags)
{
  for (gsize i = 0; i < n; i++)
    flags[i] = (guint8)((directions[i] != 0.0) & (weights[i] > self->ends[0]) &
                        (weights[i] < self->ends[1]));
}

/* v = W + (W_acc - rate d), with d = G_W, what decays and what earlier steps have gathered.
 * @stopped becomes those of which it can be said. */
static void
add_gradient (const Updating *self,
              gsize first,
              gsize n,
              double *words,
              guint8 *stopped,
              FxpTally *tally)
{
  const FxpWeights *weights = self->weights;
  const double decay = self->pass->weight_decay;
  double residues[FXP_PIECE], directions[FXP_PIECE];

  fxp_format_decode (weights->weight->format, fxp_tensor_at (weights->weight, first), n, words);
  fxp_format_decode (weights->gradient->format,
                     fxp_tensor_at (weights->gradient, first),
                     n,
                     directions);
  if (fxp_format_is_float (weights->weight->format))
    memset (residues, 0, n * sizeof (double));
  else
    fxp_format_decode (weights->residue->format,
                       fxp_tensor_at (weights->residue, first),
                       n,
                       residues);
  if (decay != 0.0)
    for (gsize i = 0; i < n; i++)
      {
        double word = words[i] + residues[i];
        double decayed = decay * word;

        directions[i] = directions[i] + decayed;
      }
  if (weights->momentum != NULL)
    gather_momentum (self, first, n, directions, tally);
  find_free (self, words, directions, n, stopped);
  for (gsize i = 0; i < n; i++)
    {
      double update = self->rate * directions[i];
      double rest = residues[i] - update;

      words[i] = words[i] + rest;
    }
  if (self->clips)
    for (gsize i = 0; i < n; i++)
      words[i] = fxp_clip_learnt (words[i]);
}

static void
store_residue (const Updating *self,
               gsize first,
               gsize n,
               const double *words,
               guint8 *still,
               FxpQuantizeCounts *counts)
{
  FxpWeights *weights = self->weights;
  FxpCell *cell = &weights->cells[FXP_ROLE_WEIGHT_ACC];
  gpointer stored = fxp_tensor_at (weights->residue, first);
  gsize code_size = fxp_storage_get_size (weights->residue->storage);
  double residues[FXP_PIECE];
  _Alignas(64) guint8 codes[FXP_PIECE * 4];

  fxp_format_decode (weights->weight->format, fxp_tensor_at (weights->weight, first), n, residues);
  for (gsize i = 0; i < n; i++)
    residues[i] = words[i] - residues[i];
  fxp_quantizer_apply (&cell->quantizer,
                       self->residue_noise,
                       residues,
                       codes,
                       first,
                       n,
                       counts,
                       NULL);
  keep_equal (still, stored, codes, code_size, n);
  memcpy (stored, codes, n * code_size);
  fxp_cell_probe (cell, self->pass, residues, stored, n);
}

/* The common case, in one loop. */
static gboolean
update_at_once (const Updating *self, gsize first, gsize n, FxpTally *tally)
{
  FxpWeights *weights = self->weights;
  FxpUpdateTally counts = {0};
  FxpUpdateSpan span = {
    .weight_quantizer = &weights->cells[FXP_ROLE_WEIGHT].quantizer,
    .residue_quantizer = &weights->cells[FXP_ROLE_WEIGHT_ACC].quantizer,
    .weight_noise = self->weight_noise,
    .residue_noise = self->residue_noise,
    .gradient_format = weights->gradient->format,
    .rate = self->rate,
    .weight = fxp_tensor_at (weights->weight, first),
    .residue = fxp_tensor_at (weights->residue, first),
    .gradient = fxp_tensor_at (weights->gradient, first),
    .moved = weights->moved + first,
    .first = first,
    .n = n,
  };

  if (self->pass->step.probe || self->pass->weight_decay != 0.0 || weights->momentum != NULL ||
      self->clips || !fxp_update_loop_get ()->update (&span, &counts))
    return FALSE;
  fxp_quantize_counts_add (&tally->first, &counts.weight);
  fxp_quantize_counts_add (&tally->second, &counts.residue);
  fxp_update_counts_add (&tally->updates, &counts.updates);
  return TRUE;
}

static void
update_in_turn (const Updating *self, gsize first, gsize n, FxpTally *tally)
{
  FxpWeights *weights = self->weights;
  FxpCell *cell = &weights->cells[FXP_ROLE_WEIGHT];
  gpointer stored = fxp_tensor_at (weights->weight, first);
  gsize code_size = fxp_storage_get_size (weights->weight->storage);
  double words[FXP_PIECE];
  _Alignas(64) guint8 codes[FXP_PIECE * 4];
  guint8 stopped[FXP_PIECE], still[FXP_PIECE];

  add_gradient (self, first, n, words, stopped, tally);
  fxp_quantizer_apply (&cell->quantizer,
                       self->weight_noise,
                       words,
                       codes,
                       first,
                       n,
                       &tally->first,
                       NULL);
  memset (still, 1, n);
  keep_equal (still, stored, codes, code_size, n);
  memcpy (stored, codes, n * code_size);
  fxp_cell_probe (cell, self->pass, words, stored, n);

  if (fxp_format_is_float (cell->quantizer.format))
    tally->n_nonfinite += count_nonfinite (stored, n);
  else
    store_residue (self, first, n, words, still, &tally->second);
  count_updates (weights->moved + first, stopped, still, n, &tally->updates);
}

static void
update_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  const Updating *self = (const Updating *)pieces;

  if (!update_at_once (self, first, n, tally))
    update_in_turn (self, first, n, tally);
}

/* The least and greatest value that an update can leave in W. */
static void
find_ends (const FxpWeights *weights, double *ends)
{
  const FxpQuantizer *quantizer = &weights->cells[FXP_ROLE_WEIGHT].quantizer;

  ends[0] = fxp_format_get_min (quantizer->format);
  ends[1] = fxp_format_get_max (quantizer->format);
  if (quantizer->overflow == FXP_OVERFLOW_SATURATE_SYMMETRIC)
    ends[0] = MAX (ends[0], -ends[1]);
  if (fxp_weights_clips_words (weights))
    {
      ends[0] = MAX (ends[0], -1.0);
      ends[1] = MIN (ends[1], 1.0);
    }
}

void
fxp_weights_update (FxpWeights *self, double rate, const FxpPass *pass)
{
  FxpCell *weight_cell = &self->cells[FXP_ROLE_WEIGHT];
  FxpCell *residue_cell = &self->cells[FXP_ROLE_WEIGHT_ACC];
  FxpCell *momentum_cell = &self->cells[FXP_ROLE_MOMENTUM];
  FxpNoise weight_noise, residue_noise, momentum_noise;
  FxpStage stage;
  FxpTally total;
  Updating updating = {
    .parent = {.func = update_piece},
    .weights = self,
    .pass = pass,
    .rate = rate,
    .weight_noise =
      fxp_cell_get_noise (weight_cell, &pass->step, FXP_STREAM_QUANTIZE, &weight_noise),
    .residue_noise =
      fxp_cell_get_noise (residue_cell, &pass->step, FXP_STREAM_QUANTIZE, &residue_noise),
    .momentum_noise =
      fxp_cell_get_noise (momentum_cell, &pass->step, FXP_STREAM_QUANTIZE, &momentum_noise),
    .clips = fxp_weights_clips_words (self),
  };

  fxp_cell_look (&self->cells[FXP_ROLE_WEIGHT_GRAD], pass, self->gradient->data, self->gradient->n);
  find_ends (self, updating.ends);
  if (pass->gradients == FXP_GRADIENTS_TERNARY)
    fxp_weights_thin_gradient (self, pass);
  stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  fxp_pieces_run (&updating.parent, self->weight->n, pass, &total);
  fxp_stopwatch_enter (stage);
  fxp_cell_count (weight_cell, pass, &total.first);
  fxp_cell_count (residue_cell, pass, &total.second);
  fxp_cell_count (momentum_cell, pass, &total.third);
  if (G_UNLIKELY (total.n_nonfinite > 0))
    fxp_cell_note_nonfinite (weight_cell, pass);
  self->has_changed = TRUE;
  fxp_cell_look (weight_cell, pass, self->weight->data, self->weight->n);
  fxp_cell_look (residue_cell, pass, self->residue->data, self->residue->n);
  if (self->momentum != NULL)
    fxp_cell_look (momentum_cell, pass, self->momentum->data, self->momentum->n);
  self->step_update_counts = total.updates;
  if (self->bias != NULL)
    fxp_parameter_update (self->bias, rate, pass);
  if (self->normalizer != NULL)
    fxp_normalizer_update (self->normalizer, rate, pass);
}
