/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/equalization-private.h"

#include "analysis/exponent-private.h"
#include "analysis/limit-private.h"
#include <float.h>

int
fxp_equalization_get_log2_scale (const FxpCriteria *self,
                                 const FxpExperiment *experiment,
                                 FxpTensorId id)
{
  const FxpFormat format = fxp_experiment_get_quantizer (experiment, id)->format;
  double limit;

  if (!fxp_format_is_float (format))
    return format.word_bits - 1 - format.frac_bits;
  limit = fxp_limit_of_range (self, experiment, id);
  return (limit > 0 && isfinite (limit) ? fxp_ceil_log2 (limit) : 0) -
         (fxp_limit_needs_sign (self, experiment, id) ? 0 : 1);
}

/* E'. */
static double
get_gain (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id)
{
  return ldexp (fxp_noise_gains_get (self->gains, id),
                2 * fxp_equalization_get_log2_scale (self, experiment, id));
}

/* round (log2 sqrt (E' / E_min)), not limited by any word; 0 where E' is. */
static int
get_offset (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id)
{
  const double gain = get_gain (self, experiment, id);
  double quotient;

  if (!(gain > 0 && self->min_gain > 0))
    return 0;
  quotient = CLAMP (gain / self->min_gain, DBL_MIN, DBL_MAX);
  return fxp_round_log2_sqrt (quotient);
}

int
fxp_equalization_get_bits (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id)
{
  if (!(get_gain (self, experiment, id) > 0))
    return 0;
  return self->least_bits + get_offset (self, experiment, id);
}

gboolean
fxp_equalization_counts (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id)
{
  if (id.role == FXP_ROLE_WEIGHT)
    return TRUE;
  return id.role == FXP_ROLE_ACTIVATION &&
         fxp_experiment_get_owner (experiment, id).layer == id.layer &&
         (id.layer > 0 || self->options->input_counts);
}

double
fxp_equalization_get_step (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id)
{
  const int bits_least = fxp_limit_needs_sign (self, experiment, id) ? 2 : 1;
  int bits;

  if (self->gains == NULL || !(self->min_gain > 0))
    return 0;
  bits = fxp_equalization_get_bits (self, experiment, id);
  bits = CLAMP (bits, bits_least, (int)self->options->bits_max);
  return ldexp (1, fxp_equalization_get_log2_scale (self, experiment, id) + 1 - bits);
}

/* What the tensors share: sums of 4^(1-B) E' at B_min = 0, and what is fixed. */
typedef struct
{
  double free;  /* of those whose word length B_min moves */
  double all;   /* as if it moved all */
  double fixed; /* of the others, as they are */
} Shares;

static gboolean
is_locked (const gboolean *locks, FxpTensorId id)
{
  return locks != NULL && locks[id.layer * FXP_N_ROLES + id.role];
}

static void
add_share (const FxpCriteria *self,
           const FxpExperiment *experiment,
           const gboolean *locks,
           FxpTensorId id,
           Shares *shares)
{
  const double gain = get_gain (self, experiment, id);
  const int offset = get_offset (self, experiment, id);
  const double share = ldexp (gain, 2 * (1 - offset));
  const guint input_bits = self->options->input_bits;

  shares->all += share;
  if (is_locked (locks, id))
    shares->fixed += fxp_noise_gains_get_contribution (self->gains, experiment, id);
  else if (id.role == FXP_ROLE_ACTIVATION && id.layer == 0 && input_bits > 0)
    shares->fixed += ldexp (gain, 2 * (1 - (int)input_bits));
  else
    shares->free += share;
}

/* Smallest B with 4^-B sum < target; both > 0 and finite. */
static int
find_least_bits (double sum, double target)
{
  int bits = (int)floor (fxp_floor_log2 (CLAMP (sum / target, DBL_MIN, DBL_MAX)) / 2.0) - 1;

  while (!(ldexp (sum, -2 * bits) < target))
    bits++;
  return bits;
}

/* The tensor of the least gain that is not 0, and that gain. */
static FxpTensorId
find_least_gain (FxpCriteria *self, const FxpExperiment *experiment)
{
  const guint n = fxp_experiment_get_n_weighted (experiment);
  FxpTensorId least = {0, FXP_ROLE_WEIGHT};

  self->min_gain = 0;
  for (guint i = 0; i < 2 * n; i++)
    {
      const FxpTensorId id = {i / 2, i % 2 == 0 ? FXP_ROLE_WEIGHT : FXP_ROLE_ACTIVATION};
      double gain;

      if (!fxp_equalization_counts (self, experiment, id))
        continue;
      gain = get_gain (self, experiment, id);
      if (gain > 0 && isfinite (gain) && (self->min_gain == 0 || gain < self->min_gain))
        {
          self->min_gain = gain;
          least = id;
        }
    }
  return least;
}

FxpTensorId
fxp_equalization_solve (FxpCriteria *self, const FxpExperiment *experiment, const gboolean *locks)
{
  const guint n = fxp_experiment_get_n_weighted (experiment);
  const FxpTensorId least = find_least_gain (self, experiment);
  Shares shares = {0};
  double target;

  self->least_bits = 0;
  if (self->min_gain == 0)
    return least;
  for (guint i = 0; i < 2 * n; i++)
    {
      const FxpTensorId id = {i / 2, i % 2 == 0 ? FXP_ROLE_WEIGHT : FXP_ROLE_ACTIVATION};

      if (fxp_equalization_counts (self, experiment, id))
        add_share (self, experiment, locks, id, &shares);
    }
  /* Where the fixed ones alone miss the target the others meet it among themselves: no word length
   * of theirs could help. */
  target = self->options->target - shares.fixed;
  if (!(target > 0))
    target = self->options->target;
  self->least_bits = (int)self->options->extra_bits +
                     find_least_bits (shares.free > 0 ? shares.free : shares.all, target);
  return least;
}
