/* SPDX-License-Identifier: MIT */
/* Statistics put together by hand, to be changed one by one, and what is assigned from them. */
#pragma once

#include "analysis/assignment.h"
#include "analysis/probe-private.h"
#include "experiment/experiment-private.h"
#include "number/error.h"
#include <math.h>

typedef struct
{
  FxpExperiment *experiment;
  guint n_layers;
  FxpLayerBaseline *layers;
  double *weight_gains, *activation_gains;
  gboolean *locks;
  guint n_looks, n_samples;
  FxpAssignmentOptions options;
  double min_rate;
} StatisticsCase;

/* As in the paper: clipped weights, activations in [0,2].  All layers alike: G_W between 2^-8 and
 * 2^-6, G_A at 2^-9, lambda 4, all gains 1. */
static inline StatisticsCase *
statistics_case_new_of (FxpExperiment *experiment)
{
  StatisticsCase *self = g_new0 (StatisticsCase, 1);
  FxpSettings *settings;

  self->experiment = fxp_experiment_copy (experiment);
  settings = fxp_experiment_edit_settings (self->experiment);
  settings->clip = TRUE;
  settings->activation = FXP_ACTIVATION_CLIPPED_RELU;
  self->n_layers = fxp_experiment_get_n_weighted (experiment);
  self->layers = g_new0 (FxpLayerBaseline, self->n_layers);
  self->weight_gains = g_new0 (double, self->n_layers);
  self->activation_gains = g_new0 (double, self->n_layers);
  self->locks = g_new0 (gboolean, self->n_layers * FXP_N_ROLES);
  for (guint i = 0; i < self->n_layers; i++)
    {
      self->layers[i] = (FxpLayerBaseline){
        .weight_grad = {.max = 0x1p-6, .min = 0x1p-8, .last = 0x1p-7, .peak = 0x1p-5},
        .activation_grad = {.max = 0x1p-9, .min = 0x1p-10, .last = 0x1p-9, .peak = 0x1p-8},
        .weight_peak = 0.9,
        .activation_max = i == 0 ? 0.9 : 1.9,
        .activation_min = 0,
        .lambda = {4, 4},
        .reflected = 4,
        .n_weights = 100,
        .n_activation_grads = 100,
      };
      self->weight_gains[i] = 1;
      self->activation_gains[i] = 1;
    }
  self->n_looks = 10;
  self->n_samples = 200;
  self->min_rate = 0x1.01p-7; /* a little more than a power of two */
  fxp_assignment_options_init (&self->options, FXP_VARIANT_PAPER);
  return self;
}

static inline StatisticsCase *
statistics_case_new (const char *topology)
{
  g_autoptr (FxpExperiment) standard = fxp_experiment_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) experiment =
    fxp_experiment_with_value (standard, "network.topology", topology, &error);

  g_assert_no_error (error);
  return statistics_case_new_of (experiment);
}

static inline void
statistics_case_free (StatisticsCase *self)
{
  fxp_experiment_unref (self->experiment);
  g_free (self->layers);
  g_free (self->weight_gains);
  g_free (self->activation_gains);
  g_free (self->locks);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StatisticsCase, statistics_case_free)

static inline FxpSettings *
statistics_case_settings (StatisticsCase *self)
{
  return fxp_experiment_edit_settings (self->experiment);
}

/* A locked format. */
static inline void
statistics_case_lock (StatisticsCase *self, guint layer, FxpRole role, FxpFormat format)
{
  const FxpQuantizer quantizer = {format, FXP_ROUND_FLOOR, FXP_OVERFLOW_WRAP};

  fxp_experiment_set_cell (self->experiment, (FxpTensorId){layer, role}, &quantizer);
  self->locks[layer * FXP_N_ROLES + role] = TRUE;
}

static inline FxpBaseline *
statistics_case_get_baseline (const StatisticsCase *self)
{
  return fxp_baseline_new (self->layers, self->n_layers, 1000, self->n_looks, self->n_looks);
}

static inline FxpNoiseGains *
statistics_case_get_gains (const StatisticsCase *self)
{
  return fxp_noise_gains_new (self->weight_gains,
                              self->activation_gains,
                              self->n_layers,
                              self->n_samples);
}

static inline FxpAssignment *
statistics_case_try (const StatisticsCase *self, GError **error)
{
  g_autoptr (FxpBaseline) baseline = statistics_case_get_baseline (self);
  g_autoptr (FxpNoiseGains) gains = statistics_case_get_gains (self);

  return fxp_assignment_new (self->experiment,
                             baseline,
                             gains,
                             &self->options,
                             self->min_rate,
                             self->locks,
                             error);
}

static inline FxpAssignment *
statistics_case_assign (const StatisticsCase *self)
{
  g_autoptr (GError) error = NULL;
  FxpAssignment *assignment = statistics_case_try (self, &error);

  g_assert_no_error (error);
  g_assert_nonnull (assignment);
  return assignment;
}

static inline const FxpAssigned *
get_assigned (const FxpAssignment *self, guint layer, FxpRole role)
{
  const FxpAssigned *assigned = fxp_assignment_get (self, (FxpTensorId){layer, role});

  g_assert_nonnull (assigned);
  return assigned;
}

static inline int
get_bits (const FxpAssignment *self, guint layer, FxpRole role)
{
  return get_assigned (self, layer, role)->quantizer.format.word_bits;
}

static inline int
get_log2_step (const FxpAssignment *self, guint layer, FxpRole role)
{
  return -get_assigned (self, layer, role)->quantizer.format.frac_bits;
}

/* A tensor's range, word length and step, as powers of two. */
static inline void
assert_assigned (const FxpAssignment *self,
                 guint layer,
                 FxpRole role,
                 int log2_range,
                 int bits,
                 int log2_step)
{
  const FxpAssigned *assigned = get_assigned (self, layer, role);

  g_assert_cmpint (assigned->log2_range, ==, log2_range);
  g_assert_cmpint (assigned->quantizer.format.word_bits, ==, bits);
  g_assert_cmpint (-assigned->quantizer.format.frac_bits, ==, log2_step);
}

/* Under C_o nothing is broken, unless a cap or a lock acts. */
static inline void
assert_slacks (const FxpAssignment *self)
{
  FxpExperiment *experiment = fxp_assignment_get_experiment (self);

  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpAssigned *assigned = fxp_assignment_get (self, (FxpTensorId){layer, role});

        if (assigned == NULL)
          continue;
        g_assert_true (fxp_format_validate (assigned->quantizer.format, NULL));
        g_assert_true (isfinite (assigned->range.slack) && isfinite (assigned->step.slack));
        if (assigned->notes & (FXP_NOTE_LOCKED | FXP_NOTE_CAPPED))
          continue;
        g_assert_cmpint (assigned->range.criterion, !=, FXP_CRITERION_NONE);
        g_assert_cmpfloat (assigned->range.slack, >=, 0);
        g_assert_cmpfloat (assigned->step.slack, >=, 0);
      }
}
