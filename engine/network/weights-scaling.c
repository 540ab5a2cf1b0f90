/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/weights-private.h"

/* Dynamic fixed point (Courbariaux, Bengio & David 2014): binary points of a row that move while it
 * trains. */

FxpFormat
fxp_residue_format_follow (FxpFormat residue, FxpFormat given, FxpFormat now)
{
  const int frac_bits = residue.frac_bits + now.frac_bits - given.frac_bits;

  residue.frac_bits = (gint8)CLAMP (frac_bits, FXP_FRAC_BITS_MIN, FXP_FRAC_BITS_MAX);
  return residue;
}

void
fxp_weights_follow_weight (FxpWeights *self)
{
  const FxpCell *weight = &self->cells[FXP_ROLE_WEIGHT];
  FxpCell *residue = &self->cells[FXP_ROLE_WEIGHT_ACC];
  FxpFormat format;

  if (residue->scaling.rule != FXP_SCALING_FIXED || fxp_format_is_float (residue->given.format))
    return;
  format = fxp_residue_format_follow (residue->given.format,
                                      weight->given.format,
                                      weight->quantizer.format);
  fxp_cell_move (residue, format.frac_bits);
}

gboolean
fxp_weights_advance (FxpWeights *self, const FxpStep *step)
{
  gboolean words_move = FALSE, any_moves = FALSE;

  for (guint role = 0; role < self->n_roles; role++)
    {
      if (!fxp_cell_advance (&self->cells[role]))
        continue;
      any_moves = TRUE;
      if (role == FXP_ROLE_WEIGHT || role == FXP_ROLE_WEIGHT_ACC)
        words_move = TRUE;
      else if (role == FXP_ROLE_MOMENTUM)
        fxp_weights_move_momentum (self, step);
    }
  if (words_move)
    {
      fxp_weights_follow_weight (self);
      fxp_weights_move_words (self, step);
    }
  return any_moves;
}

/* The content becomes zero where the format is another one. */
static void
follow_cell (FxpTensor *tensor, const FxpCell *cell)
{
  if (tensor != NULL && !fxp_format_equal (tensor->format, cell->quantizer.format))
    fxp_tensor_set_format (tensor, cell->quantizer.format);
}

void
fxp_weights_follow_gradient (FxpWeights *self)
{
  follow_cell (self->gradient, &self->cells[FXP_ROLE_WEIGHT_GRAD]);
}

void
fxp_weights_set_scaler (FxpWeights *self, FxpRole role, const FxpScaler *scaler)
{
  fxp_cell_set_scaler (&self->cells[role], scaler);
  fxp_weights_follow_weight (self);
  /* This is where it was all along, as far as anybody counts. */
  self->cells[FXP_ROLE_WEIGHT_ACC].has_moved = FALSE;
  follow_cell (self->weight, &self->cells[FXP_ROLE_WEIGHT]);
  follow_cell (self->residue, &self->cells[FXP_ROLE_WEIGHT_ACC]);
  follow_cell (self->momentum, &self->cells[FXP_ROLE_MOMENTUM]);
}
