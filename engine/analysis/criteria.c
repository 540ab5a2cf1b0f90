/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/criteria.h"

#include "analysis/equalization-private.h"
#include "analysis/exponent-private.h"
#include "analysis/limit-private.h"
#include <glib/gi18n-lib.h>

/* Stands for slack without end, where nothing is measured or the range misses a whole sign. */
#define SLACK_MAX 64.0

static const struct
{
  const char *nick;
  const char *name;
} texts[FXP_N_CRITERIA] = {
  [FXP_CRITERION_NONE] = {"none", N_ ("no criterion")},
  [FXP_CRITERION_EFQN] = {"EFQN", N_ ("equalizing feedforward quantization noise")},
  [FXP_CRITERION_GC] = {"GC", N_ ("gradient clipping")},
  [FXP_CRITERION_RQB] = {"RQB", N_ ("relative quantization bias")},
  [FXP_CRITERION_BQN] = {"BQN", N_ ("bounded quantization noise")},
  [FXP_CRITERION_AS] = {"AS", N_ ("accumulator stopping")},
  [FXP_CRITERION_RANGE] = {"range", N_ ("range")},
};

const char *
fxp_criterion_get_nick (FxpCriterion self)
{
  g_return_val_if_fail ((guint)self < FXP_N_CRITERIA, NULL);

  return texts[self].nick;
}

const char *
fxp_criterion_get_name (FxpCriterion self)
{
  g_return_val_if_fail ((guint)self < FXP_N_CRITERIA, NULL);

  return _ (texts[self].name);
}

gboolean
fxp_criterion_is_reconstructed (FxpCriterion self)
{
  return self != FXP_CRITERION_NONE;
}

void
fxp_criteria_set_least (FxpCriteria *self, const FxpExperiment *experiment)
{
  g_return_if_fail (self != NULL && experiment != NULL);

  self->min_gain = 0;
  self->least_bits = 0;
  if (self->gains != NULL)
    fxp_equalization_solve (self, experiment, NULL);
}

/* log2 of what could be spared, within limits; also where one of both is 0. */
static double
get_slack (double spared, double needed)
{
  if (!(needed > 0))
    return SLACK_MAX;
  if (!(spared > 0))
    return -SLACK_MAX;
  return CLAMP (fxp_log2 (spared) - fxp_log2 (needed), -SLACK_MAX, SLACK_MAX);
}

/* Judgements of one tensor while they are made. */
typedef struct
{
  FxpJudgement *judgements;
  guint n;
} Verdict;

/* A limit that is 0 or not finite says that nothing is known. */
static void
add (Verdict *self, FxpCriterion criterion, double measured, double limit, double slack)
{
  if (limit > 0 && isfinite (limit))
    self->judgements[self->n++] = (FxpJudgement){criterion, measured, limit, slack};
}

/* A format without a sign has no range at all for what needs one. */
static void
judge_range (Verdict *self,
             const FxpCriteria *criteria,
             const FxpExperiment *experiment,
             FxpTensorId id)
{
  const FxpFormat format = fxp_experiment_get_quantizer (experiment, id)->format;
  const double limit = fxp_limit_of_range (criteria, experiment, id);
  double range = ldexp (1, fxp_limit_get_log2_range (format));

  if (!format.is_signed && fxp_limit_needs_sign (criteria, experiment, id))
    range = 0;
  add (self,
       id.role == FXP_ROLE_WEIGHT_GRAD ? FXP_CRITERION_GC : FXP_CRITERION_RANGE,
       range,
       limit,
       get_slack (range, limit));
}

/* EFQN of a W or A: rounding to whole bits keeps each share within a factor of 2 of the ideal one,
 * 4^(1 - B_min) E_min (2.1).  Shares go with the square of the step, so two orders are one bit. */
static void
judge_share (Verdict *self,
             const FxpCriteria *criteria,
             const FxpExperiment *experiment,
             FxpTensorId id)
{
  const gboolean is_given =
    id.role == FXP_ROLE_ACTIVATION && id.layer == 0 && criteria->options->input_bits > 0;
  double share, limit;

  if (criteria->gains == NULL || is_given)
    return;
  share = fxp_noise_gains_get_contribution (criteria->gains, experiment, id);
  limit = ldexp (2 * criteria->min_gain, 2 * (1 - criteria->least_bits));
  add (self, FXP_CRITERION_EFQN, share, limit, get_slack (limit, share) / 2);
}

static void
judge_step (Verdict *self,
            FxpCriterion criterion,
            const FxpCriteria *criteria,
            const FxpExperiment *experiment,
            FxpTensorId id)
{
  const double step = fxp_format_get_step (fxp_experiment_get_quantizer (experiment, id)->format);
  const double limit = fxp_limit_of_step (criteria, experiment, id);

  add (self, criterion, step, limit, get_slack (limit, step));
}

static const FxpCriterion step_criteria[FXP_N_ROLES] = {
  [FXP_ROLE_WEIGHT_GRAD] = FXP_CRITERION_RQB,
  [FXP_ROLE_ACTIVATION_GRAD] = FXP_CRITERION_BQN,
  [FXP_ROLE_WEIGHT_ACC] = FXP_CRITERION_AS,
};

guint
fxp_criteria_judge (const FxpCriteria *self,
                    const FxpExperiment *experiment,
                    FxpTensorId id,
                    FxpJudgement judgements[FXP_JUDGEMENTS_MAX])
{
  Verdict verdict = {judgements, 0};
  guint n;

  g_return_val_if_fail (self != NULL && self->baseline != NULL && self->options != NULL, 0);
  g_return_val_if_fail (experiment != NULL && judgements != NULL, 0);
  n = fxp_experiment_get_n_weighted (experiment);
  g_return_val_if_fail (id.layer < n && id.role < FXP_N_ROLES, 0);

  if (fxp_baseline_get_n_layers (self->baseline) != n ||
      (self->gains != NULL && fxp_noise_gains_get_n_layers (self->gains) != n))
    return 0;
  id = fxp_experiment_get_owner (experiment, id);
  if (!fxp_experiment_has_tensor (experiment, id) ||
      fxp_format_is_float (fxp_experiment_get_quantizer (experiment, id)->format))
    return 0;

  judge_range (&verdict, self, experiment, id);
  if (id.role == FXP_ROLE_WEIGHT || id.role == FXP_ROLE_ACTIVATION)
    judge_share (&verdict, self, experiment, id);
  else if (step_criteria[id.role] != FXP_CRITERION_NONE)
    judge_step (&verdict, step_criteria[id.role], self, experiment, id);
  return verdict.n;
}
