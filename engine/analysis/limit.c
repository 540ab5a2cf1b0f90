/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/limit-private.h"

#include "analysis/equalization-private.h"
#include "analysis/exponent-private.h"
#include <float.h>

/* Of G_W's range, in deviations: a Gaussian has 4.55 % beyond (2.2). */
#define WEIGHT_GRAD_RANGE 2.0
/* Of G_W's step, in deviations: the largest power of two with eta below 1 % (2.3). */
#define WEIGHT_GRAD_STEP 0.25
/* Where activations end (1.3); FXP_ACTIVATION_CLIPPED_RELU. */
#define CLIPPED_RELU_TOP 2.0

static const FxpLayerBaseline *
get_layer (const FxpCriteria *self, guint layer)
{
  return fxp_baseline_get_layer (self->baseline, layer);
}

double
fxp_limit_get_greatest_input (const FxpCriteria *self)
{
  const FxpLayerBaseline *statistics = get_layer (self, 0);

  return MAX (fabs (statistics->activation_min), fabs (statistics->activation_max));
}

/* The data's greatest value must not saturate, not even by the last step, as that of pixels does
 * which are 1 in a range of 1: it is met often. */
static double
get_input_range (const FxpCriteria *self)
{
  const guint bits =
    self->options->input_bits > 0 ? self->options->input_bits : self->options->bits_max;
  const int sign = get_layer (self, 0)->activation_min < 0 ? 1 : 0;

  /* More than that: half a step below the end rounds away from zero, past the greatest code. */
  return nextafter (fxp_limit_get_greatest_input (self) / (1 - ldexp (0.5, sign - (int)bits)),
                    INFINITY);
}

static double
get_activation_range (const FxpCriteria *self, const FxpExperiment *experiment, guint layer)
{
  const FxpLayerBaseline *statistics = get_layer (self, layer);

  if (layer == 0)
    return get_input_range (self);
  switch (fxp_experiment_get_settings (experiment)->activation)
    {
    case FXP_ACTIVATION_RELU:
      return statistics->activation_max;
    case FXP_ACTIVATION_CLIPPED_RELU:
      return CLIPPED_RELU_TOP;
    default: /* tanh and its kin end at 1 */
      return 1;
    }
}

double
fxp_limit_of_range (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id)
{
  const FxpAssignmentOptions *options = self->options;
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);
  const FxpLayerBaseline *statistics = get_layer (self, id.layer);
  const FxpTensorId weight = {id.layer, FXP_ROLE_WEIGHT};
  const FxpTensorId weight_grad = {id.layer, FXP_ROLE_WEIGHT_GRAD};
  FxpFormat format;

  switch ((FxpRole)id.role)
    {
    case FXP_ROLE_WEIGHT:
      return settings->clip ? 1 : statistics->weight_peak;
    case FXP_ROLE_ACTIVATION:
      return get_activation_range (self, experiment, id.layer);
    case FXP_ROLE_WEIGHT_GRAD:
      return WEIGHT_GRAD_RANGE * options->smoothing * statistics->weight_grad.max;
    case FXP_ROLE_ACTIVATION_GRAD:
      return options->gradient_margin * options->gradient_range * options->smoothing *
             statistics->activation_grad.max;
    case FXP_ROLE_WEIGHT_ACC: /* what rounding W to nearest leaves, at most (2.5) */
      return fxp_limit_get_step (self, experiment, weight) / 2;
    case FXP_ROLE_MOMENTUM: /* the sum of mu^t r_GW over all t */
      format = fxp_experiment_get_quantizer (experiment, weight_grad)->format;
      return (fxp_format_is_float (format) ? fxp_limit_of_range (self, experiment, weight_grad)
                                           : ldexp (1, fxp_limit_get_log2_range (format))) /
             (1 - settings->momentum);
    default:
      return 0;
    }
}

/* The size ratio's fourth root, or 1 (2.4). */
static double
get_size_factor (const FxpCriteria *self, guint layer)
{
  const FxpLayerBaseline *statistics = get_layer (self, layer);

  if (!self->options->fourth_root || statistics->n_weights == 0 ||
      statistics->n_activation_grads == 0)
    return 1;
  return sqrt (sqrt ((double)statistics->n_weights / (double)statistics->n_activation_grads));
}

double
fxp_limit_of_step (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id)
{
  const double momentum = fxp_experiment_get_settings (experiment)->momentum;
  const FxpTensorId weight_grad = {id.layer, FXP_ROLE_WEIGHT_GRAD};
  const FxpTensorId update = {id.layer, momentum > 0 ? FXP_ROLE_MOMENTUM : FXP_ROLE_WEIGHT_GRAD};
  double lambda, least;

  switch ((FxpRole)id.role)
    {
    case FXP_ROLE_WEIGHT_GRAD:
      return WEIGHT_GRAD_STEP * fxp_limit_get_min_deviation (self, id.layer);
    case FXP_ROLE_ACTIVATION_GRAD: /* a block's goes by its second convolution alone, as in the
                                    * released code, and not by the projection that shares it */
      lambda = fxp_limit_get_lambda (self, id.layer);
      return fxp_limit_get_step (self, experiment, weight_grad) *
             (lambda > 0 ? get_size_factor (self, id.layer) / sqrt (lambda) : 1);
    case FXP_ROLE_WEIGHT_ACC:
      /* The least update that is not 0 still moves it (2.5).  Less than that, not as much: at the
       * upper end of its range an update of exactly one step brings the whole word to a midpoint,
       * which goes back to where it was if W is negative.  A rate near the end of what a double
       * holds still asks for more than any word has. */
      least = fxp_limit_get_step (self, experiment, update);
      return least > 0 ? MAX (nextafter (self->min_rate * least, 0), DBL_MIN) : 0;
    case FXP_ROLE_MOMENTUM: /* what one gradient adds in the long run is its step times this */
      return (1 - momentum) * fxp_limit_get_step (self, experiment, weight_grad);
    default:
      return 0;
    }
}

gboolean
fxp_limit_needs_sign (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id)
{
  const FxpActivation activation = fxp_experiment_get_settings (experiment)->activation;

  if (id.role != FXP_ROLE_ACTIVATION)
    return TRUE;
  if (id.layer == 0)
    return get_layer (self, 0)->activation_min < 0;
  return activation != FXP_ACTIVATION_RELU && activation != FXP_ACTIVATION_CLIPPED_RELU;
}

double
fxp_limit_get_step (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id)
{
  const FxpFormat format = fxp_experiment_get_quantizer (experiment, id)->format;
  double limit;

  if (!fxp_format_is_float (format))
    return fxp_format_get_step (format);
  if (id.role == FXP_ROLE_WEIGHT || id.role == FXP_ROLE_ACTIVATION)
    return fxp_equalization_get_step (self, experiment, id);
  limit = fxp_limit_of_step (self, experiment, id);
  return limit > 0 && isfinite (limit) ? ldexp (1, fxp_floor_log2 (limit)) : 0;
}

double
fxp_limit_get_min_deviation (const FxpCriteria *self, guint layer)
{
  const FxpSpread *spread = &get_layer (self, layer)->weight_grad;

  return MAX (spread->min, self->options->deviation_floor * spread->max);
}

double
fxp_limit_get_lambda (const FxpCriteria *self, guint layer)
{
  return get_layer (self, layer)->lambda[self->options->jacobian];
}
