/* SPDX-License-Identifier: MIT */
/* Formulas with their numbers put in, for users.  Steps and ranges are written as powers of two. */
#include "config.h"

#include "analysis/assignment-private.h"

#include "analysis/equalization-private.h"
#include "analysis/limit-private.h"
#include <glib/gi18n-lib.h>
#include <math.h>

/* Room for "2^-1074". */
#define POWER_TEXT 16

/* A power of two as a user reads it. */
static const char *
write_power (double value, char text[POWER_TEXT])
{
  int exponent = 0;

  frexp (value, &exponent);
  g_snprintf (text, POWER_TEXT, "2^%d", exponent - 1);
  return text;
}

static const FxpLayerBaseline *
get_statistics (const FxpAssignment *self, FxpTensorId id)
{
  return fxp_baseline_get_layer (self->baseline, id.layer);
}

static double
get_step (const FxpAssignment *self, FxpTensorId id, FxpRole role)
{
  return fxp_limit_get_step (&self->criteria, self->experiment, (FxpTensorId){id.layer, role});
}

static char *
explain_lock (const FxpAssigned *assigned)
{
  g_autofree char *format = fxp_format_to_string (assigned->quantizer.format);

  /* translators: %s is a number format such as "Q1.7" */
  return g_strdup_printf (_ ("locked at %s"), format);
}

static char *
explain_weight_range (const FxpAssignment *self, FxpTensorId id, int log2_range)
{
  if (fxp_experiment_get_settings (self->experiment)->clip)
    return g_strdup (_ ("r = 1, as weights are clipped to [-1, 1]"));
  return g_strdup_printf ("r = 2^ceil (log2 max |W|) = 2^ceil (log2 %.3g) = 2^%d",
                          get_statistics (self, id)->weight_peak,
                          log2_range);
}

static char *
explain_activation_range (const FxpAssignment *self, FxpTensorId id, int log2_range)
{
  const FxpActivation activation = fxp_experiment_get_settings (self->experiment)->activation;

  if (id.layer == 0)
    return g_strdup_printf (_ ("r = 2^%d, the least in which no input saturates: max |A| = %.3g"),
                            log2_range,
                            fxp_limit_get_greatest_input (&self->criteria));
  if (activation == FXP_ACTIVATION_CLIPPED_RELU)
    return g_strdup (_ ("r = 2, as activations are clipped to [0, 2]"));
  if (activation != FXP_ACTIVATION_RELU)
    return g_strdup (_ ("r = 1, as activations lie in [-1, 1]"));
  return g_strdup_printf ("r = 2^ceil (log2 max |A|) = 2^ceil (log2 %.3g) = 2^%d",
                          fxp_limit_of_range (&self->criteria, self->experiment, id),
                          log2_range);
}

static char *
explain_gradient_range (const FxpAssignment *self, FxpTensorId id, int log2_range)
{
  const FxpAssignmentOptions *options = &self->options;
  const gboolean is_weight = id.role == FXP_ROLE_WEIGHT_GRAD;
  const double factor = is_weight ? 2 : options->gradient_range;
  const double margin = is_weight ? 1 : options->gradient_margin;
  const FxpSpread *spread = is_weight ? &get_statistics (self, id)->weight_grad
                                      : &get_statistics (self, id)->activation_grad;

  if (margin > 1)
    return g_strdup_printf ("r = %g × 2^ceil (log2 (k c σ_max)) = %g × 2^ceil (log2 (%g × %.3g × "
                            "%.3g)) = 2^%d",
                            margin,
                            margin,
                            factor,
                            options->smoothing,
                            spread->max,
                            log2_range);
  return g_strdup_printf ("r = 2^ceil (log2 (%s c σ_max)) = 2^ceil (log2 (%g × %.3g × %.3g)) = "
                          "2^%d",
                          is_weight ? "2" : "k",
                          factor,
                          options->smoothing,
                          spread->max,
                          log2_range);
}

static char *
explain_momentum_range (const FxpAssignment *self, FxpTensorId id, int log2_range)
{
  const double momentum = fxp_experiment_get_settings (self->experiment)->momentum;
  const double limit = fxp_limit_of_range (&self->criteria, self->experiment, id);

  return g_strdup_printf ("r = 2^ceil (log2 (r_GW / (1 - μ))) = 2^ceil (log2 (%.3g / %.3g)) = 2^%d",
                          limit * (1 - momentum),
                          1 - momentum,
                          log2_range);
}

char *
fxp_assignment_explain_range (const FxpAssignment *self, FxpTensorId id)
{
  const FxpAssignmentCell *cell = fxp_assignment_get_cell (self, id);
  char step[POWER_TEXT];
  int log2_range;

  if (cell == NULL)
    return NULL;
  if (cell->assigned.notes & FXP_NOTE_LOCKED)
    return explain_lock (&cell->assigned);

  log2_range = cell->assigned.log2_range;
  switch ((FxpRole)id.role)
    {
    case FXP_ROLE_WEIGHT:
      return explain_weight_range (self, id, log2_range);
    case FXP_ROLE_ACTIVATION:
      return explain_activation_range (self, id, log2_range);
    case FXP_ROLE_WEIGHT_GRAD:
    case FXP_ROLE_ACTIVATION_GRAD:
      return explain_gradient_range (self, id, log2_range);
    case FXP_ROLE_WEIGHT_ACC:
      write_power (get_step (self, id, FXP_ROLE_WEIGHT), step);
      return g_strdup_printf ("r = Δ_W / 2 = %s / 2 = 2^%d", step, log2_range);
    case FXP_ROLE_MOMENTUM:
      return explain_momentum_range (self, id, log2_range);
    default:
      return NULL;
    }
}

/* ", held to 24" where a cap or the least word length acts. */
static char *
explain_outcome (const FxpAssignmentCell *cell)
{
  const int bits = cell->assigned.quantizer.format.word_bits;

  if (bits == cell->wanted_bits)
    return g_strdup_printf ("= %d", bits);
  /* translators: behind a formula for a word length: its value, and the one taken instead */
  return g_strdup_printf (_ ("= %d, held to %d"), cell->wanted_bits, bits);
}

/* E' = 4^n E of a range other than 1 (1.6). */
static char *
explain_gain (const FxpAssignment *self, FxpTensorId id)
{
  const int scale = fxp_equalization_get_log2_scale (&self->criteria, self->experiment, id);
  const double gain = fxp_noise_gains_get (self->gains, id);

  if (scale == 0)
    return g_strdup_printf ("%.3g", gain);
  return g_strdup_printf ("4^%d × %.3g", scale, gain);
}

static char *
explain_equalization (const FxpAssignment *self, FxpTensorId id, const FxpAssignmentCell *cell)
{
  g_autofree char *gain = explain_gain (self, id);
  g_autofree char *outcome = explain_outcome (cell);

  if (id.role == FXP_ROLE_ACTIVATION && id.layer == 0 && self->options.input_bits > 0)
    /* translators: of the word length of a network's input; %s is "= 8" */
    return g_strdup_printf (_ ("B %s, as chosen for the input"), outcome);
  if (!(fxp_noise_gains_get (self->gains, id) > 0))
    /* translators: of a word length; %s is "= 2" or "= 0, held to 2" */
    return g_strdup_printf (_ ("B %s, as E = 0: its noise decides nothing"), outcome);
  return g_strdup_printf ("B = round (log2 sqrt (E / E_min)) + B_min = round (log2 sqrt (%s / "
                          "%.3g)) + %d %s",
                          gain,
                          self->criteria.min_gain,
                          self->criteria.least_bits,
                          outcome);
}

/* "Δ = FORMULA = 2^-13, so B = -2 + 13 + 1 = 12". */
static char *
explain_step (const FxpAssignmentCell *cell, const char *formula)
{
  const int log2_range = cell->wanted_bits + cell->log2_step - 1;
  g_autofree char *outcome = explain_outcome (cell);

  return g_strdup_printf ("Δ = %s = 2^%d, B = log2 (r / Δ) + 1 = %d %c %d + 1 %s",
                          formula,
                          cell->log2_step,
                          log2_range,
                          cell->log2_step < 0 ? '+' : '-',
                          ABS (cell->log2_step),
                          outcome);
}

static char *
write_bias_formula (const FxpAssignment *self, FxpTensorId id)
{
  return g_strdup_printf ("2^floor (log2 (σ_min / 4)) = 2^floor (log2 (%.3g / 4))",
                          fxp_limit_get_min_deviation (&self->criteria, id.layer));
}

static char *
write_noise_formula (const FxpAssignment *self, FxpTensorId id)
{
  const FxpLayerBaseline *statistics = get_statistics (self, id);
  const double lambda = fxp_limit_get_lambda (&self->criteria, id.layer);
  char step[POWER_TEXT];

  write_power (get_step (self, id, FXP_ROLE_WEIGHT_GRAD), step);
  if (!(lambda > 0))
    return g_strdup_printf ("Δ_GW");
  if (!self->options.fourth_root)
    return g_strdup_printf ("2^floor (log2 (Δ_GW / sqrt (λ))) = 2^floor (log2 (%s / sqrt (%.3g)))",
                            step,
                            lambda);
  return g_strdup_printf ("2^floor (log2 (Δ_GW (|G_W| / |G_A|)^(1/4) / sqrt (λ))) = "
                          "2^floor (log2 (%s (%" G_GUINT64_FORMAT " / %" G_GUINT64_FORMAT
                          ")^(1/4) / sqrt (%.3g)))",
                          step,
                          statistics->n_weights,
                          statistics->n_activation_grads,
                          lambda);
}

static char *
write_stopping_formula (const FxpAssignment *self, FxpTensorId id)
{
  const gboolean has_momentum = fxp_experiment_get_settings (self->experiment)->momentum > 0;
  char step[POWER_TEXT];

  write_power (get_step (self, id, has_momentum ? FXP_ROLE_MOMENTUM : FXP_ROLE_WEIGHT_GRAD), step);
  return g_strdup_printf ("2^(ceil (log2 (γ_min %s)) - 1) = 2^(ceil (log2 (%.3g × %s)) - 1)",
                          has_momentum ? "Δ_V" : "Δ_GW",
                          self->criteria.min_rate,
                          step);
}

static char *
write_momentum_formula (const FxpAssignment *self, FxpTensorId id)
{
  char step[POWER_TEXT];

  write_power (get_step (self, id, FXP_ROLE_WEIGHT_GRAD), step);
  return g_strdup_printf ("2^floor (log2 ((1 - μ) Δ_GW)) = 2^floor (log2 (%.3g × %s))",
                          1 - fxp_experiment_get_settings (self->experiment)->momentum,
                          step);
}

char *
fxp_assignment_explain_step (const FxpAssignment *self, FxpTensorId id)
{
  const FxpAssignmentCell *cell = fxp_assignment_get_cell (self, id);
  g_autofree char *formula = NULL;

  if (cell == NULL)
    return NULL;
  if (cell->assigned.notes & FXP_NOTE_LOCKED)
    return explain_lock (&cell->assigned);

  switch ((FxpRole)id.role)
    {
    case FXP_ROLE_WEIGHT:
    case FXP_ROLE_ACTIVATION:
      return explain_equalization (self, id, cell);
    case FXP_ROLE_WEIGHT_GRAD:
      formula = write_bias_formula (self, id);
      break;
    case FXP_ROLE_ACTIVATION_GRAD:
      formula = write_noise_formula (self, id);
      break;
    case FXP_ROLE_WEIGHT_ACC:
      formula = write_stopping_formula (self, id);
      break;
    case FXP_ROLE_MOMENTUM:
      formula = write_momentum_formula (self, id);
      break;
    default:
      return NULL;
    }
  return explain_step (cell, formula);
}
