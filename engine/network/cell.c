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
  self->quantizer = self->given = FXP_QUANTIZER_FLOAT;
  self->counts = (FxpQuantizeCounts){0};
  fxp_scaling_options_init (&self->scaling, FXP_SCALING_FIXED);
  fxp_scaler_init (&self->scaler, 0);
  self->sight = (FxpRangeSight){0};
  fxp_cell_clear_statistics (self);
}

void
fxp_cell_set_quantizer (FxpCell *self,
                        const FxpQuantizer *quantizer,
                        const FxpScalingOptions *scaling)
{
  const FxpFormat format = self->quantizer.format;
  const gboolean restarts = !fxp_format_equal (self->given.format, quantizer->format) ||
                            self->scaling.rule != scaling->rule;

  if (restarts || !fxp_quantizer_equal (&self->given, quantizer))
    fxp_cell_clear_statistics (self);
  self->quantizer = self->given = *quantizer;
  self->scaling = *scaling;
  if (restarts)
    fxp_scaler_init (&self->scaler, -quantizer->format.frac_bits);
  else
    self->quantizer.format = format;
}

void
fxp_cell_look (FxpCell *self, const FxpPass *pass, gconstpointer codes, gsize n)
{
  FxpRangeSight sight;

  if (G_LIKELY (!fxp_cell_is_scaled (self)) || pass->evaluates)
    return;

  sight = fxp_range_sight_of_codes (self->quantizer.format, codes, n);
  fxp_range_sight_add (&self->sight, &sight);
}

void
fxp_cell_move (FxpCell *self, int frac_bits)
{
  if (self->quantizer.format.frac_bits == frac_bits)
    return;

  self->quantizer.format.frac_bits = (gint8)frac_bits;
  self->statistics.n_first = 0;
  self->statistics.sum_first = 0.0;
  self->has_moved = TRUE;
}

gboolean
fxp_cell_advance (FxpCell *self)
{
  FxpRangeSight sight = self->sight;

  self->sight = (FxpRangeSight){0};
  /* What codes do not show: an array far below the step is no array of zeros. */
  sight.n_underflowed = self->counts.n_underflowed;
  /* Tensors that another layer's cell holds, and those that are not there, show nothing. */
  if (!fxp_cell_is_scaled (self) || sight.n == 0 ||
      !fxp_scaler_advance (&self->scaler, &self->scaling, self->quantizer.format, &sight))
    return FALSE;
  fxp_cell_move (self, -self->scaler.exponent);
  return TRUE;
}

void
fxp_cell_set_scaler (FxpCell *self, const FxpScaler *scaler)
{
  g_return_if_fail (fxp_cell_is_scaled (self));

  self->scaler = *scaler;
  self->quantizer.format.frac_bits = (gint8)-scaler->exponent;
}

void
fxp_cell_clear_statistics (FxpCell *self)
{
  fxp_statistics_clear (&self->statistics);
  self->has_moved = FALSE;
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
