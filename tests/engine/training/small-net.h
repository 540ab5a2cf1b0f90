/* SPDX-License-Identifier: MIT */
/* The small network of the acceptance tests (6.C, 6.D): 64-64-32-10 on noisy glyphs of 8 x 8
 * pixels, batch 50, SGD at two rates; its float baseline, C_o, and runs in fixed point with the
 * same seed. On the embedded digits its loss falls so low that relative differences of it say
 * little. */
#pragma once

#include "trial.h"

#include "glyphs.h"

#include "analysis/assignment.h"
#include "analysis/system.h"
#include "training/test-job-private.h"
#include "training/theory.h"

#include <math.h>

#define SMALL_EPOCHS_MAX 64
#define SMALL_LAYERS_MAX 8
#define SMALL_NOISE      0.5

/* How a run went. */
typedef struct
{
  guint n_epochs;
  double losses[SMALL_EPOCHS_MAX]; /* of training, mean over each epoch */
  double test_accuracy;
  char *fingerprint;                         /* owned */
  FxpTensorSums gradients[SMALL_LAYERS_MAX]; /* of G_W, over the whole run */
  FxpLayerSums updates[SMALL_LAYERS_MAX];
} SmallRun;

/* A float run and what was made of it. */
typedef struct
{
  FxpExperiment *experiment; /* to be assigned: all float, with the twin's settings */
  FxpDataset *dataset;
  FxpCheckpoint *checkpoint;
  FxpNoiseGains *gains;
  FxpAssignment *assignment;
  FxpTheoryOptions slice;
  double min_rate;
  SmallRun run;
} SmallNet;

/* An experiment as @experiment with keys set: "key", "value", ..., NULL. */
static inline FxpExperiment *
small_set (FxpExperiment *experiment, const char *key, ...)
{
  FxpExperiment *set = fxp_experiment_ref (experiment);
  va_list args;

  va_start (args, key);
  for (; key != NULL; key = va_arg (args, const char *))
    {
      g_autoptr (FxpExperiment) old = set;
      g_autoptr (GError) error = NULL;

      set = fxp_experiment_with_value (old, key, va_arg (args, const char *), &error);
      g_assert_no_error (error);
    }
  va_end (args);
  return set;
}

static inline FxpExperiment *
small_make_experiment (guint seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) preset = fxp_preset_load ("digits-paper", &error);
  g_autofree char *text = g_strdup_printf ("%u", seed);

  g_assert_no_error (error);
  return small_set (preset,
                    "experiment.seed",
                    text,
                    "training.twin",
                    "false",
                    "training.clip",
                    "true",
                    "training.epochs",
                    "24",
                    "training.schedule-steps",
                    "640",
                    NULL);
}

static inline void
small_add_epoch (SmallRun *run, guint epoch, FxpTwins *twins)
{
  fxp_twins_gather (twins);
  run->losses[epoch] = twins->position.interval.loss[0] / twins->position.interval.n_steps;
  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (twins->experiment); layer++)
    {
      const FxpTensorSums *sums =
        &twins->ledger.tensor_sums[layer * FXP_N_ROLES + FXP_ROLE_WEIGHT_GRAD];
      const FxpLayerSums *updates = &twins->ledger.layer_sums[layer];

      run->gradients[layer].n += sums->n;
      run->gradients[layer].n_overflowed += sums->n_overflowed;
      run->gradients[layer].n_first += sums->n_first;
      run->gradients[layer].sum_first += sums->sum_first;
      run->updates[layer].n += updates->n;
      run->updates[layer].n_lost += updates->n_lost;
      run->updates[layer].n_stopped += updates->n_stopped;
    }
  fxp_twins_begin_interval (twins);
}

static inline double
small_test (FxpTwins *twins)
{
  g_autoptr (FxpTestJob) job = fxp_test_job_new (twins);
  FxpTest test;

  while (!fxp_test_job_is_done (job))
    g_assert_true (fxp_test_job_advance (job));
  fxp_test_job_get_test (job, &test);
  return test.test.accuracy[0];
}

/* All epochs of the experiment; @checkpoint: NULL, or room for the end. */
static inline void
small_train (FxpExperiment *experiment,
             FxpDataset *dataset,
             SmallRun *run,
             FxpCheckpoint **checkpoint)
{
  Trial *trial = trial_new_with_data (experiment, dataset, 1);
  FxpTwins *twins = trial->twins;
  g_autoptr (FxpCheckpoint) end = NULL;

  *run = (SmallRun){.n_epochs = fxp_experiment_get_settings (experiment)->epochs};
  g_assert_cmpuint (run->n_epochs, <=, SMALL_EPOCHS_MAX);
  g_assert_cmpuint (fxp_experiment_get_n_weighted (experiment), <=, SMALL_LAYERS_MAX);
  for (guint epoch = 0; epoch < run->n_epochs; epoch++)
    {
      while (twins->position.cursor.epoch == epoch)
        trial_train (trial, 1);
      small_add_epoch (run, epoch, twins);
    }
  run->test_accuracy = small_test (twins);
  end = fxp_twins_checkpoint (twins, g_strdup (""));
  run->fingerprint = g_strdup (fxp_checkpoint_get_fingerprint (end));
  if (checkpoint != NULL)
    *checkpoint = g_steal_pointer (&end);
  trial_free (trial);
}

static inline void
small_run_clear (SmallRun *self)
{
  g_clear_pointer (&self->fingerprint, g_free);
}

static inline FxpAssignment *
small_assign (SmallNet *self)
{
  g_autoptr (GError) error = NULL;
  FxpAssignmentOptions options;
  FxpAssignment *assignment;

  fxp_assignment_options_init (&options, FXP_VARIANT_PAPER);
  assignment = fxp_assignment_new (self->experiment,
                                   fxp_checkpoint_get_baseline (self->checkpoint),
                                   self->gains,
                                   &options,
                                   self->min_rate,
                                   NULL,
                                   &error);
  g_assert_no_error (error);
  return assignment;
}

/* @topology: NULL, or another one. */
static inline SmallNet *
small_new (guint seed, const char *topology)
{
  SmallNet *self = g_new0 (SmallNet, 1);
  g_autoptr (FxpExperiment) experiment = small_make_experiment (seed);
  g_autoptr (FxpExperiment) baseline = NULL;
  g_autoptr (GError) error = NULL;

  self->experiment = topology == NULL ? fxp_experiment_ref (experiment)
                                      : small_set (experiment, "network.topology", topology, NULL);
  self->dataset = glyphs_new (seed, SMALL_NOISE);
  baseline = fxp_theory_get_baseline_experiment (self->experiment);
  small_train (baseline, self->dataset, &self->run, &self->checkpoint);
  fxp_theory_options_init (&self->slice, self->dataset);
  self->gains = fxp_theory_measure_gains (self->checkpoint,
                                          self->dataset,
                                          &self->slice,
                                          1,
                                          NULL,
                                          NULL,
                                          NULL,
                                          &error);
  g_assert_no_error (error);
  self->min_rate = fxp_criteria_get_min_rate (fxp_experiment_get_settings (self->experiment),
                                              self->checkpoint->position.step);
  self->assignment = small_assign (self);
  return self;
}

static inline void
small_free (SmallNet *self)
{
  small_run_clear (&self->run);
  fxp_assignment_unref (self->assignment);
  fxp_noise_gains_unref (self->gains);
  fxp_checkpoint_unref (self->checkpoint);
  fxp_dataset_unref (self->dataset);
  fxp_experiment_unref (self->experiment);
  g_free (self);
}

/* C_o, changed as fxp_system_apply() says. */
static inline FxpExperiment *
small_perturb (SmallNet *self, const char *system)
{
  g_autoptr (GError) error = NULL;
  FxpExperiment *perturbed =
    fxp_system_apply (fxp_assignment_get_experiment (self->assignment), system, &error);

  g_assert_no_error (error);
  return perturbed;
}

/* From the beginning, as small_perturb().  Clear @run. */
static inline void
small_train_perturbed (SmallNet *self, const char *system, SmallRun *run)
{
  g_autoptr (FxpExperiment) perturbed = small_perturb (self, system);

  small_train (perturbed, self->dataset, run, NULL);
}

/* mean over epochs of |loss_FX - loss_FL|, over the mean of loss_FL (6.22). */
static inline double
small_get_gap (const SmallNet *self, const SmallRun *run)
{
  double difference = 0, sum = 0;

  for (guint epoch = 0; epoch < run->n_epochs; epoch++)
    {
      difference += fabs (run->losses[epoch] - self->run.losses[epoch]);
      sum += self->run.losses[epoch];
    }
  return difference / sum;
}

static inline double
small_get_final_loss (const SmallRun *run)
{
  return run->losses[run->n_epochs - 1];
}
