/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/cell-private.h"
#include "tensor/stopwatch-private.h"

typedef struct
{
  FxpPieces parent;
  FxpCell *cell;
  const FxpPass *pass;
  const FxpNoise *noise;
  const double *values;
  guint8 *codes;
  gsize code_size;
} Quantizing;

void
fxp_cell_init (FxpCell *self, guint layer, FxpRole role)
{
  self->id = (FxpTensorId){layer, role};
  self->quantizer = FXP_QUANTIZER_FLOAT;
  self->counts = (FxpQuantizeCounts){0};
  fxp_statistics_clear (&self->statistics);
}

gboolean
fxp_cell_set_quantizer (FxpCell *self, const FxpQuantizer *quantizer)
{
  if (fxp_quantizer_equal (&self->quantizer, quantizer))
    return FALSE;

  self->quantizer = *quantizer;
  fxp_statistics_clear (&self->statistics);
  return TRUE;
}

const FxpNoise *
fxp_cell_get_noise (const FxpCell *self, const FxpStep *step, FxpStream stream, FxpNoise *noise)
{
  if (self->quantizer.rounding != FXP_ROUND_STOCHASTIC ||
      fxp_format_is_float (self->quantizer.format))
    return NULL;

  *noise = fxp_noise_new (step->seed, step->step, self->id.layer, self->id.role, stream);
  return noise;
}

void
fxp_cell_note_nonfinite (const FxpCell *self, const FxpPass *pass)
{
  if (pass->nonfinite->met)
    return;

  pass->nonfinite->met = TRUE;
  pass->nonfinite->id = self->id;
}

void
fxp_cell_count (FxpCell *self, const FxpPass *pass, const FxpQuantizeCounts *counts)
{
  fxp_quantize_counts_add (&self->counts, counts);
  if (G_UNLIKELY (counts->n_nonfinite > 0))
    fxp_cell_note_nonfinite (self, pass);
}

void
fxp_cell_probe (FxpCell *self,
                const FxpPass *pass,
                const double *values,
                gconstpointer codes,
                gsize n)
{
  FxpStage stage;

  if (!pass->step.probe)
    return;

  /* Rounding to float32 is not what the noise of a cell is about. */
  if (fxp_format_is_float (self->quantizer.format))
    codes = NULL;
  stage = fxp_stopwatch_enter (FXP_STAGE_STATISTICS);
  fxp_statistics_add (&self->statistics, self->quantizer.format, values, codes, n);
  fxp_stopwatch_enter (stage);
}

static void
quantize_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Quantizing *self = (Quantizing *)pieces;
  gpointer codes = self->codes + first * self->code_size;

  fxp_quantizer_apply (&self->cell->quantizer,
                       self->noise,
                       self->values + first,
                       codes,
                       first,
                       n,
                       &tally->first,
                       NULL);
  fxp_cell_probe (self->cell, self->pass, self->values + first, codes, n);
}

void
fxp_cell_quantize (FxpCell *self,
                   const FxpPass *pass,
                   FxpStream stream,
                   const double *values,
                   gpointer codes,
                   gsize n)
{
  FxpNoise noise;
  FxpTally total;
  FxpStage stage;
  Quantizing quantizing = {
    .parent = {.func = quantize_piece},
    .cell = self,
    .pass = pass,
    .noise = fxp_cell_get_noise (self, &pass->step, stream, &noise),
    .values = values,
    .codes = codes,
    .code_size = fxp_storage_get_size (fxp_format_get_storage (self->quantizer.format)),
  };

  stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  fxp_pieces_run (&quantizing.parent, n, pass, &total);
  fxp_stopwatch_enter (stage);
  fxp_cell_count (self, pass, &total.first);
}
