/* SPDX-License-Identifier: MIT */
/* The static exponents of a model, node by node, as every one depends on those before it. */
#include "config.h"

#include "inference/model-private.h"

/* What a mean's sum is shifted by at most, so that k codes of 16 bits stay within 64. */
#define MEAN_SHIFT_MAX 15

static void
set_exponent (FxpFormat *format, int exponent)
{
  format->frac_bits = (gint8)CLAMP (-exponent, FXP_FRAC_BITS_MIN, FXP_FRAC_BITS_MAX);
}

gboolean
fxp_model_set_exponent (FxpModel *self, int index, int exponent, GError **error)
{
  FxpNode *node;
  int least;

  if (index == FXP_NODE_INPUT)
    {
      set_exponent (&self->input_format, exponent);
      return TRUE;
    }
  node = &self->nodes[index];
  if (node->kind == FXP_NODE_PRODUCT && !fxp_node_form_affine (self, node, error))
    return FALSE;
  if (node->is_last)
    return TRUE;
  least = fxp_node_get_exponent (self, node);
  if (node->kind == FXP_NODE_MAXIMUM)
    exponent = least;
  else if (node->kind == FXP_NODE_MEAN)
    exponent = CLAMP (exponent, least - MEAN_SHIFT_MAX, least);
  else
    exponent = MAX (exponent, least);
  set_exponent (&node->format, exponent);
  return TRUE;
}

int
fxp_model_choose_exponent (const FxpModel *self, int node, double peak)
{
  const FxpFormat format = fxp_model_get_format (self, node);
  FxpScalingOptions options;

  if (fxp_format_is_float (format) || peak == 0)
    return -format.frac_bits;
  fxp_scaling_options_init (&options, self->options.scaling);
  /* The controller needs more than a maximum; it begins where that would do. */
  if (options.rule == FXP_SCALING_OVERFLOW_RATE)
    options.rule = FXP_SCALING_ABS_MAX;
  return fxp_scaling_choose (&options, format, peak);
}
