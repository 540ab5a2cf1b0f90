/* SPDX-License-Identifier: MIT */
/* A small network with data to train it on, for the tests of this folder. */
#pragma once

#include "network/network-private.h"
#include "whole-step.h"

typedef struct
{
  FxpExperiment *experiment;
  FxpScratch *scratch;
  FxpTeam *team;
  FxpNetwork *network;
  gsize n; /* samples of a batch */
  gsize n_features;
  double *inputs; /* uniform in -1..1 */
  guint16 *labels;
  guint64 step;
} Trial;

/* @changes: key, value, key, value, ..., NULL.  The seed stays when the default's changes. */
static inline FxpExperiment *
trial_new_experiment (const char *const *changes)
{
  g_autoptr (FxpExperiment) defaults = fxp_experiment_new ();
  g_autoptr (FxpExperiment) experiment =
    fxp_experiment_with_value (defaults, "experiment.seed", "1", NULL);

  for (guint i = 0; changes[i] != NULL; i += 2)
    {
      g_autoptr (GError) error = NULL;
      FxpExperiment *next =
        fxp_experiment_with_value (experiment, changes[i], changes[i + 1], &error);

      g_assert_no_error (error);
      fxp_experiment_unref (experiment);
      experiment = next;
    }
  return g_steal_pointer (&experiment);
}

static inline Trial *
trial_new (const char *const *changes,
           const FxpShape *shape,
           guint n_classes,
           gsize n,
           gboolean twin,
           guint n_threads)
{
  g_autoptr (GError) error = NULL;
  Trial *self = g_new0 (Trial, 1);
  FxpNoise noise = fxp_noise_new (7, 0, 0, 0, FXP_STREAM_SYNTHETIC);

  self->experiment = trial_new_experiment (changes);
  self->scratch = fxp_scratch_new ();
  self->team = n_threads > 0 ? fxp_team_new (n_threads) : NULL;
  self->network =
    fxp_network_new (self->experiment, shape, n_classes, twin, self->scratch, self->team, &error);
  g_assert_no_error (error);
  fxp_network_keep_gradients (self->network);
  self->n = n;
  self->n_features = fxp_shape_get_n (shape);
  self->inputs = g_new (double, n * self->n_features);
  self->labels = g_new (guint16, n);
  for (gsize i = 0; i < n * self->n_features; i++)
    self->inputs[i] = 2.0 * fxp_noise_uniform (noise, i) - 1.0;
  for (gsize i = 0; i < n; i++)
    self->labels[i] = fxp_noise_draw (noise, 100000 + i) % n_classes;
  return self;
}

static inline void
trial_free (Trial *self)
{
  fxp_network_free (self->network);
  fxp_team_free (self->team);
  fxp_scratch_free (self->scratch);
  fxp_experiment_unref (self->experiment);
  g_free (self->inputs);
  g_free (self->labels);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Trial, trial_free)

static inline FxpStep
trial_get_step (const Trial *self, gboolean probe)
{
  return (FxpStep){1, self->step, probe};
}

static inline FxpStepResult
trial_train (Trial *self, double rate)
{
  FxpStep step = trial_get_step (self, TRUE);
  FxpStepResult result;

  take_whole_step (self->network, self->inputs, self->labels, self->n, rate, &step, &result);
  self->step++;
  return result;
}

/* Forward and loss, nothing learnt. */
static inline double
trial_get_loss (Trial *self)
{
  FxpStep step = trial_get_step (self, FALSE);
  FxpStepResult result;

  fxp_network_forward (self->network, self->inputs, self->n, &step);
  fxp_network_get_loss (self->network, self->labels, &result);
  return result.loss;
}

static inline const FxpTensor *
trial_get_tensor (const Trial *self, guint layer, FxpRole role)
{
  return fxp_network_get_tensor (self->network, (FxpTensorId){layer, role});
}

/* Writes @values, on the tensor's grid, into W, W_acc or b. */
static inline void
trial_set_tensor (Trial *self, guint layer, FxpRole role, const double *values)
{
  g_autoptr (GError) error = NULL;
  const FxpTensor *tensor = trial_get_tensor (self, layer, role);
  FxpQuantizer quantizer = {tensor->format, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  g_autofree guint8 *codes = g_malloc (fxp_tensor_get_n_bytes (tensor));
  FxpQuantizeCounts counts = {0};

  fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, tensor->n, &counts, NULL);
  g_assert_true (fxp_network_restore_learnt (self->network,
                                             layer,
                                             role == FXP_ROLE_WEIGHT       ? FXP_LEARNT_WEIGHT
                                             : role == FXP_ROLE_WEIGHT_ACC ? FXP_LEARNT_WEIGHT_ACC
                                                                           : FXP_LEARNT_BIAS,
                                             tensor->format,
                                             codes,
                                             fxp_tensor_get_n_bytes (tensor),
                                             &error));
  g_assert_no_error (error);
}

/* Values of a tensor. */
static inline double *
trial_decode (const FxpTensor *tensor)
{
  double *values = g_new (double, tensor->n);

  for (gsize i = 0; i < tensor->n; i++)
    values[i] = fxp_tensor_get_value (tensor, fxp_tensor_find (tensor, i));
  return values;
}

/* NULL where the layer has none. */
static inline const FxpTensor *
trial_get_learnt (const Trial *self, guint layer, FxpLearnt what)
{
  return fxp_network_get_learnt (self->network, layer, what);
}

/* Writes @values, on the tensor's grid, into what a layer has learnt. */
static inline void
trial_set_learnt (Trial *self, guint layer, FxpLearnt what, const double *values)
{
  g_autoptr (GError) error = NULL;
  const FxpTensor *tensor = trial_get_learnt (self, layer, what);
  FxpQuantizer quantizer = {tensor->format, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  g_autofree guint8 *codes = g_malloc (fxp_tensor_get_n_bytes (tensor));
  FxpQuantizeCounts counts = {0};

  fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, tensor->n, &counts, NULL);
  g_assert_true (fxp_network_restore_learnt (self->network,
                                             layer,
                                             what,
                                             tensor->format,
                                             codes,
                                             fxp_tensor_get_n_bytes (tensor),
                                             &error));
  g_assert_no_error (error);
}

static inline double *
trial_dup_values (const Trial *self, guint layer, FxpRole role)
{
  return trial_decode (trial_get_tensor (self, layer, role));
}

/* Whatever tensors the two have. */
static inline void
trial_assert_same_tensors (const Trial *a, const Trial *b)
{
  for (guint layer = 0; layer < fxp_network_get_n_weighted (a->network); layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensor *from = trial_get_tensor (a, layer, role);
        const FxpTensor *to = trial_get_tensor (b, layer, role);

        g_assert_true ((from == NULL) == (to == NULL));
        if (from == NULL)
          continue;
        g_assert_cmpmem (from->data,
                         fxp_tensor_get_n_bytes (from),
                         to->data,
                         fxp_tensor_get_n_bytes (to));
      }
}

static inline void
trial_assert_same_counts (const Trial *a, const Trial *b)
{
  for (guint layer = 0; layer < fxp_network_get_n_weighted (a->network); layer++)
    {
      g_assert_cmpmem (fxp_network_get_sum_counts (a->network, layer),
                       sizeof (FxpSumCounts),
                       fxp_network_get_sum_counts (b->network, layer),
                       sizeof (FxpSumCounts));
      g_assert_cmpmem (fxp_network_get_update_counts (a->network, layer),
                       sizeof (FxpUpdateCounts),
                       fxp_network_get_update_counts (b->network, layer),
                       sizeof (FxpUpdateCounts));
      for (guint role = 0; role < FXP_N_ROLES; role++)
        {
          FxpTensorId id = {layer, role};

          g_assert_cmpmem (fxp_network_get_statistics (a->network, id),
                           sizeof (FxpStatistics),
                           fxp_network_get_statistics (b->network, id),
                           sizeof (FxpStatistics));
        }
    }
}

/* Between two steps. */
static inline void
trial_change (Trial *trial, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  FxpExperiment *next = fxp_experiment_with_value (trial->experiment, key, value, &error);

  g_assert_no_error (error);
  fxp_network_set_experiment (trial->network, next, 1, trial->step);
  fxp_experiment_unref (trial->experiment);
  trial->experiment = next;
}
