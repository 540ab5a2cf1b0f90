/* SPDX-License-Identifier: MIT */
/* The closed form of Claim 1 (Sakr & Shanbhag 2019; 2.7), in the order in which each tensor's
 * format needs others': W and A, then G_W (and V), then G_A and W_acc.  Formats go into a copy of
 * the experiment as they are found, so that what depends on a tensor sees the format that it has,
 * whether that was assigned or is locked. */
#include "config.h"

#include "analysis/assignment-private.h"

#include "analysis/equalization-private.h"
#include "analysis/exponent-private.h"
#include "analysis/limit-private.h"
#include "experiment/experiment-private.h"

/* Of W and A before it is known: the range alone counts until then. */
#define PROVISIONAL_BITS 8

static FxpAssignmentCell *
cell_of (FxpAssignment *self, FxpTensorId id)
{
  return &self->cells[id.layer * FXP_N_ROLES + id.role];
}

/* The format that comes closest within words of @bits_max bits and the limits of the binary point.
 * The range is kept and the step gives way. */
static FxpFormat
fit_format (int log2_range, int log2_step, gboolean is_signed, int bits_max, FxpNote *notes)
{
  const int sign = is_signed ? 1 : 0;
  const int wanted = log2_range - log2_step + sign;
  const int step = CLAMP (log2_step, -FXP_FRAC_BITS_MAX, -FXP_FRAC_BITS_MIN);
  const int bits = CLAMP (log2_range - step + sign, 1 + sign, bits_max);
  const int frac_bits = CLAMP (bits - sign - log2_range, FXP_FRAC_BITS_MIN, FXP_FRAC_BITS_MAX);

  if (wanted > bits)
    *notes |= FXP_NOTE_CAPPED;
  else if (wanted < bits)
    *notes |= FXP_NOTE_LEAST;
  return (FxpFormat){(guint8)bits, (gint8)frac_bits, is_signed};
}

/* Gives @id the range and step that are asked, or leaves it as it is if it is locked. */
static void
place (FxpAssignment *self,
       const gboolean *locks,
       FxpTensorId id,
       int log2_range,
       int log2_step,
       FxpNote notes)
{
  FxpAssignmentCell *cell = cell_of (self, id);
  const FxpQuantizer *present = fxp_experiment_get_quantizer (self->experiment, id);
  const gboolean is_signed = fxp_limit_needs_sign (&self->criteria, self->experiment, id);
  FxpQuantizer quantizer = {
    .rounding = FXP_ROUND_NEAREST_AWAY,
    .overflow = FXP_OVERFLOW_SATURATE,
  };

  cell->is_there = TRUE;
  cell->assigned.id = id;
  cell->log2_step = log2_step;
  cell->wanted_bits = log2_range - log2_step + (is_signed ? 1 : 0);
  if (locks != NULL && locks[id.layer * FXP_N_ROLES + id.role])
    {
      quantizer = *present;
      notes = FXP_NOTE_LOCKED;
    }
  else
    {
      quantizer.format =
        fit_format (log2_range, log2_step, is_signed, (int)self->options.bits_max, &notes);
      fxp_experiment_set_cell (self->experiment, id, &quantizer);
      /* What the criteria choose stands still. */
      fxp_experiment_set_scaling (self->experiment, id, FXP_SCALING_FIXED);
    }
  cell->assigned.quantizer = quantizer;
  cell->assigned.notes = notes;
  cell->assigned.log2_range = fxp_format_is_float (quantizer.format)
                                ? log2_range
                                : fxp_limit_get_log2_range (quantizer.format);
}

/* 2^n that reaches the limit; 1 where nothing asks for anything. */
static int
get_log2_range (FxpAssignment *self, FxpTensorId id)
{
  const double limit = fxp_limit_of_range (&self->criteria, self->experiment, id);

  return limit > 0 ? fxp_ceil_log2 (limit) : 0;
}

static gboolean
owns (const FxpAssignment *self, FxpTensorId id)
{
  return fxp_experiment_get_owner (self->experiment, id).layer == id.layer;
}

/* W and A, first with ranges alone, then with the word lengths that equalize their noise. */
static void
place_feedforward (FxpAssignment *self, const gboolean *locks, FxpTensorId id, gboolean is_final)
{
  const FxpSettings *settings = fxp_experiment_get_settings (self->experiment);
  const gboolean is_input = id.role == FXP_ROLE_ACTIVATION && id.layer == 0;
  const gboolean is_outside = id.role == FXP_ROLE_WEIGHT
                                ? !settings->clip
                                : !is_input && settings->activation == FXP_ACTIVATION_RELU;
  const int log2_range = get_log2_range (self, id);
  const int sign = fxp_limit_needs_sign (&self->criteria, self->experiment, id) ? 1 : 0;
  int bits = PROVISIONAL_BITS;

  if (is_final && is_input && self->options.input_bits > 0)
    bits = (int)self->options.input_bits;
  else if (is_final)
    bits = fxp_equalization_get_bits (&self->criteria, self->experiment, id);
  place (self,
         locks,
         id,
         log2_range,
         log2_range + sign - bits,
         is_outside ? FXP_NOTE_OUTSIDE : FXP_NOTE_NONE);
}

static void
place_all_feedforward (FxpAssignment *self, const gboolean *locks, gboolean is_final)
{
  for (guint i = 0; i < self->n_layers; i++)
    {
      const FxpTensorId weight = {i, FXP_ROLE_WEIGHT}, activation = {i, FXP_ROLE_ACTIVATION};

      place_feedforward (self, locks, weight, is_final);
      if (owns (self, activation))
        place_feedforward (self, locks, activation, is_final);
    }
}

/* What goes back: range and step are the criteria's limits as powers of two. */
static void
place_backward (FxpAssignment *self, const gboolean *locks, FxpTensorId id, FxpNote notes)
{
  const double limit = fxp_limit_of_step (&self->criteria, self->experiment, id);
  const int log2_range = get_log2_range (self, id);

  place (self, locks, id, log2_range, limit > 0 ? fxp_floor_log2 (limit) : log2_range, notes);
}

static void
place_layer_backward (FxpAssignment *self, const gboolean *locks, guint layer)
{
  const FxpSpread *spread = &fxp_baseline_get_layer (self->baseline, layer)->weight_grad;
  const gboolean has_momentum = fxp_experiment_get_settings (self->experiment)->momentum > 0;
  const FxpTensorId activation_grad = {layer, FXP_ROLE_ACTIVATION_GRAD};

  place_backward (self,
                  locks,
                  (FxpTensorId){layer, FXP_ROLE_WEIGHT_GRAD},
                  fxp_limit_get_min_deviation (&self->criteria, layer) > spread->min
                    ? FXP_NOTE_FLOORED
                    : FXP_NOTE_NONE);
  if (has_momentum)
    place_backward (self, locks, (FxpTensorId){layer, FXP_ROLE_MOMENTUM}, FXP_NOTE_OUTSIDE);
  if (owns (self, activation_grad))
    place_backward (self,
                    locks,
                    activation_grad,
                    fxp_limit_get_lambda (&self->criteria, layer) > 0 ? FXP_NOTE_NONE
                                                                      : FXP_NOTE_UNSEEN);
  place_backward (self,
                  locks,
                  (FxpTensorId){layer, FXP_ROLE_WEIGHT_ACC},
                  has_momentum ? FXP_NOTE_OUTSIDE : FXP_NOTE_NONE);
}

/* The criteria's own words about what was assigned, which is what a user's formats get too. */
static void
judge_cells (FxpAssignment *self)
{
  for (guint i = 0; i < self->n_layers * FXP_N_ROLES; i++)
    {
      FxpAssigned *assigned = &self->cells[i].assigned;
      FxpJudgement judgements[FXP_JUDGEMENTS_MAX];
      guint n = 0;

      if (self->cells[i].is_there)
        n = fxp_criteria_judge (&self->criteria, self->experiment, assigned->id, judgements);
      for (guint j = 0; j < n; j++)
        if (judgements[j].criterion == FXP_CRITERION_GC ||
            judgements[j].criterion == FXP_CRITERION_RANGE)
          assigned->range = judgements[j];
        else
          assigned->step = judgements[j];
    }
}

FxpAssignment *
fxp_assignment_new (FxpExperiment *experiment,
                    FxpBaseline *baseline,
                    FxpNoiseGains *gains,
                    const FxpAssignmentOptions *options,
                    double min_rate,
                    const gboolean *locks,
                    GError **error)
{
  FxpAssignment *self;

  g_return_val_if_fail (experiment != NULL && baseline != NULL && gains != NULL, NULL);
  g_return_val_if_fail (options != NULL && isfinite (min_rate) && min_rate > 0, NULL);

  if (!fxp_assignment_check (experiment, baseline, gains, options, error))
    return NULL;

  self = g_atomic_rc_box_new0 (FxpAssignment);
  self->experiment = fxp_experiment_copy (experiment);
  self->baseline = fxp_baseline_ref (baseline);
  self->gains = fxp_noise_gains_ref (gains);
  self->options = *options;
  self->criteria = (FxpCriteria){
    .baseline = self->baseline,
    .gains = self->gains,
    .options = &self->options,
    .min_rate = min_rate,
  };
  self->n_layers = fxp_experiment_get_n_weighted (experiment);
  self->cells = g_new0 (FxpAssignmentCell, self->n_layers * FXP_N_ROLES);

  place_all_feedforward (self, locks, FALSE);
  self->min_tensor = fxp_equalization_solve (&self->criteria, self->experiment, locks);
  place_all_feedforward (self, locks, TRUE);
  for (guint i = 0; i < self->n_layers; i++)
    place_layer_backward (self, locks, i);
  judge_cells (self);
  self->bound =
    fxp_noise_gains_get_bound (self->gains, self->experiment, self->options.input_counts);
  return self;
}

FxpAssignment *
fxp_assignment_ref (FxpAssignment *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
assignment_clear (gpointer data)
{
  FxpAssignment *self = data;

  fxp_experiment_unref (self->experiment);
  fxp_baseline_unref (self->baseline);
  fxp_noise_gains_unref (self->gains);
  g_free (self->cells);
}

void
fxp_assignment_unref (FxpAssignment *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, assignment_clear);
}

FxpExperiment *
fxp_assignment_get_experiment (const FxpAssignment *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->experiment;
}

const FxpAssignmentCell *
fxp_assignment_get_cell (const FxpAssignment *self, FxpTensorId id)
{
  const FxpAssignmentCell *cell;

  g_return_val_if_fail (self != NULL && id.layer < self->n_layers, NULL);
  g_return_val_if_fail (id.role < FXP_N_ROLES, NULL);

  cell = &self->cells[id.layer * FXP_N_ROLES + id.role];
  return cell->is_there ? cell : NULL;
}

const FxpAssigned *
fxp_assignment_get (const FxpAssignment *self, FxpTensorId id)
{
  const FxpAssignmentCell *cell = fxp_assignment_get_cell (self, id);

  return cell == NULL ? NULL : &cell->assigned;
}

FxpBaseline *
fxp_assignment_get_baseline (const FxpAssignment *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->baseline;
}

FxpNoiseGains *
fxp_assignment_get_gains (const FxpAssignment *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->gains;
}

const FxpAssignmentOptions *
fxp_assignment_get_options (const FxpAssignment *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->options;
}

double
fxp_assignment_get_min_rate (const FxpAssignment *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->criteria.min_rate;
}

double
fxp_assignment_get_min_gain (const FxpAssignment *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->criteria.min_gain;
}

FxpTensorId
fxp_assignment_get_min_tensor (const FxpAssignment *self)
{
  g_return_val_if_fail (self != NULL, (FxpTensorId){0});

  return self->min_tensor;
}

int
fxp_assignment_get_least_bits (const FxpAssignment *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->criteria.least_bits;
}

double
fxp_assignment_get_bound (const FxpAssignment *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->bound;
}

const FxpCriteria *
fxp_assignment_get_criteria (const FxpAssignment *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->criteria;
}
