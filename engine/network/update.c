/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/weights-private.h"

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

static guint64
count_set (const guint8 *flags, gsize n)
{
  guint32 count = 0;

  for (gsize i = 0; i < n; i++)
    count += flags[i];
  return count;
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

/* v = W + (W_acc - rate G_W) */
static void
add_gradient (const Updating *self, gsize first, gsize n, double *words)
{
  const FxpWeights *weights = self->weights;
  double residues[FXP_PIECE], gradients[FXP_PIECE];

  fxp_format_decode (weights->weight->format, fxp_tensor_at (weights->weight, first), n, words);
  fxp_format_decode (weights->gradient->format,
                     fxp_tensor_at (weights->gradient, first),
                     n,
                     gradients);
  if (fxp_format_is_float (weights->weight->format))
    memset (residues, 0, n * sizeof (double));
  else
    fxp_format_decode (weights->residue->format,
                       fxp_tensor_at (weights->residue, first),
                       n,
                       residues);
  for (gsize i = 0; i < n; i++)
    {
      double update = self->rate * gradients[i];
      double rest = residues[i] - update;

      words[i] = words[i] + rest;
    }
}

static void
store_residue (const Updating *self,
               gsize first,
               gsize n,
               const double *words,
               guint8 *lost,
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
  keep_equal (lost, stored, codes, code_size, n);
  memcpy (stored, codes, n * code_size);
  fxp_cell_probe (cell, self->pass, residues, stored, n);
}

static void
update_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Updating *self = (Updating *)pieces;
  FxpWeights *weights = self->weights;
  FxpCell *cell = &weights->cells[FXP_ROLE_WEIGHT];
  gpointer stored = fxp_tensor_at (weights->weight, first);
  gsize code_size = fxp_storage_get_size (weights->weight->storage);
  double words[FXP_PIECE];
  _Alignas(64) guint8 codes[FXP_PIECE * 4];
  guint8 lost[FXP_PIECE];

  memcpy (lost, weights->moved + first, n);
  tally->updates.n += count_set (lost, n);

  add_gradient (self, first, n, words);
  fxp_quantizer_apply (&cell->quantizer,
                       self->weight_noise,
                       words,
                       codes,
                       first,
                       n,
                       &tally->first,
                       NULL);
  keep_equal (lost, stored, codes, code_size, n);
  memcpy (stored, codes, n * code_size);
  fxp_cell_probe (cell, self->pass, words, stored, n);

  if (fxp_format_is_float (cell->quantizer.format))
    tally->n_nonfinite += count_nonfinite (stored, n);
  else
    store_residue (self, first, n, words, lost, &tally->second);
  tally->updates.n_lost += count_set (lost, n);
}

static void
update_bias (FxpWeights *self, double rate, const FxpPass *pass)
{
  float *biases = self->bias->data;

  for (gsize i = 0; i < self->n_units; i++)
    {
      double update = rate * self->bias_gradient[i];

      biases[i] = (float)(self->biases[i] - update);
      self->biases[i] = biases[i];
    }
  if (G_UNLIKELY (count_nonfinite (biases, self->n_units) > 0))
    fxp_cell_note_nonfinite (&self->cells[FXP_ROLE_BIAS], pass);
}

void
fxp_weights_update (FxpWeights *self, double rate, const FxpPass *pass)
{
  FxpCell *weight_cell = &self->cells[FXP_ROLE_WEIGHT];
  FxpCell *residue_cell = &self->cells[FXP_ROLE_WEIGHT_ACC];
  FxpNoise weight_noise, residue_noise;
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
  };

  fxp_pieces_run (&updating.parent, self->weight->n, pass, &total);
  fxp_cell_count (weight_cell, pass, &total.first);
  fxp_cell_count (residue_cell, pass, &total.second);
  if (G_UNLIKELY (total.n_nonfinite > 0))
    fxp_cell_note_nonfinite (weight_cell, pass);
  self->step_update_counts = total.updates;
  update_bias (self, rate, pass);
}
