/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/integer-state-private.h"

#include <math.h>

void
fxp_integer_take_exponents (FxpInteger *self)
{
  self->outputs[0].format.frac_bits = self->model->input_format.frac_bits;
  for (guint i = 0; i < self->model->n_nodes; i++)
    {
      FxpIntegerOutput *output = fxp_integer_get_output (self, i);

      output->format.frac_bits = self->model->nodes[i].format.frac_bits;
      output->peak = NAN;
    }
}

void
fxp_integer_choose_exponent (FxpInteger *self, int node, guint64 magnitude, int exponent)
{
  FxpFormat *format = &fxp_integer_get_output (self, node)->format;
  const int length = format->word_bits - (format->is_signed ? 1 : 0);

  if (magnitude == 0)
    format->frac_bits = self->model->nodes[node].format.frac_bits;
  else
    {
      const int chosen = exponent + MAX (0, (int)g_bit_storage (magnitude) - length);

      /* Beyond 2^127 no network is of use. */
      format->frac_bits = (gint8)MAX (-MAX (MIN (chosen, -FXP_FRAC_BITS_MIN), exponent), G_MININT8);
    }
}

void
fxp_integer_predict_exponent (FxpInteger *self, int node, int finest)
{
  FxpIntegerOutput *output = fxp_integer_get_output (self, node);

  if (self->is_predictive && !self->is_dynamic)
    output->format.frac_bits = -MAX (output->scaler.exponent, finest);
}

void
fxp_integer_advance_exponent (FxpInteger *self, int node)
{
  FxpIntegerOutput *output = fxp_integer_get_output (self, node);
  const FxpNode *formed = &self->model->nodes[node];
  FxpScalingOptions options;
  FxpRangeSight sight;

  if (!self->is_predictive || self->is_dynamic || formed->is_last ||
      formed->kind == FXP_NODE_MAXIMUM)
    return;
  sight = fxp_range_sight_of_codes (output->format,
                                    fxp_integer_get_memory (self, node),
                                    self->n * output->n_features);
  fxp_scaling_options_init (&options, FXP_SCALING_PREDICTIVE);
  output->scaler.exponent = -output->format.frac_bits;
  fxp_scaler_advance (&output->scaler, &options, output->format, &sight);
}
