/* SPDX-License-Identifier: MIT */
/* A small float network trained on the digits that ship with the program. */
#pragma once

#include "analysis/noise-gain-private.h"
#include "dataset/dataset.h"

typedef struct
{
  FxpExperiment *experiment;
  FxpDataset *dataset;
  FxpScratch *scratch;
  FxpNetwork *network; /* float, has seen n_epochs */
} Digits;

static inline FxpExperiment *
digits_change (FxpExperiment *experiment, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  FxpExperiment *next = fxp_experiment_with_value (experiment, key, value, &error);

  g_assert_no_error (error);
  fxp_experiment_unref (experiment);
  return next;
}

static inline FxpNetwork *
digits_new_network (const Digits *self)
{
  g_autoptr (GError) error = NULL;
  FxpNetwork *network = fxp_network_new (self->experiment,
                                         fxp_dataset_get_shape (self->dataset),
                                         fxp_dataset_get_n_classes (self->dataset),
                                         TRUE,
                                         self->scratch,
                                         NULL,
                                         &error);

  g_assert_no_error (error);
  fxp_network_want_input_gradient (network);
  return network;
}

#define DIGITS_BATCH 50

/* Batches in the order of the file, which is mixed. */
static inline void
digits_train (Digits *self, guint n_epochs, double rate)
{
  const gsize n_batches = fxp_dataset_get_n (self->dataset, FXP_SPLIT_TRAIN) / DIGITS_BATCH;
  const gsize n_features = fxp_shape_get_n (fxp_dataset_get_shape (self->dataset));
  g_autofree double *inputs = g_new (double, DIGITS_BATCH *n_features);
  guint16 labels[DIGITS_BATCH];

  for (guint64 i = 0; i < n_epochs * n_batches; i++)
    {
      const FxpStep step = {1, i, FALSE};
      guint32 rows[DIGITS_BATCH];
      FxpStepResult result;

      for (guint k = 0; k < DIGITS_BATCH; k++)
        rows[k] = (guint32)(i % n_batches * DIGITS_BATCH + k);
      fxp_dataset_gather (self->dataset, FXP_SPLIT_TRAIN, rows, DIGITS_BATCH, inputs, labels);
      g_assert_true (fxp_network_forward (self->network, inputs, DIGITS_BATCH, &step));
      fxp_network_get_loss (self->network, labels, &result);
      g_assert_true (fxp_network_backward (self->network, &step));
      fxp_network_update (self->network, rate, &step);
    }
}

static inline Digits *
digits_new (const char *topology, guint n_epochs, double rate)
{
  g_autoptr (GError) error = NULL;
  const FxpDatasetSource source = {.name = "digits", .test_share = 0.3, .seed = 1};
  Digits *self = g_new0 (Digits, 1);

  self->experiment = fxp_preset_load ("digits", &error);
  g_assert_no_error (error);
  self->experiment = digits_change (self->experiment, "network.activation", "clipped-relu");
  self->experiment = digits_change (self->experiment, "network.topology", topology);
  self->experiment = digits_change (self->experiment, "training.momentum", "0");
  self->dataset = fxp_dataset_load (&source, NULL, &error);
  g_assert_no_error (error);
  self->scratch = fxp_scratch_new ();
  self->network = digits_new_network (self);
  digits_train (self, n_epochs, rate);
  return self;
}

static inline void
digits_free (Digits *self)
{
  fxp_network_free (self->network);
  fxp_scratch_free (self->scratch);
  fxp_dataset_unref (self->dataset);
  fxp_experiment_unref (self->experiment);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Digits, digits_free)

/* The first @n samples of a split. */
static inline double *
digits_dup_inputs (const Digits *self, FxpSplit split, gsize n)
{
  double *inputs = g_new (double, n *fxp_shape_get_n (fxp_dataset_get_shape (self->dataset)));
  g_autofree guint32 *rows = g_new (guint32, n);

  g_assert_cmpuint (n, <=, fxp_dataset_get_n (self->dataset, split));
  for (gsize i = 0; i < n; i++)
    rows[i] = (guint32)i;
  fxp_dataset_gather (self->dataset, split, rows, n, inputs, NULL);
  return inputs;
}

/* Noise gains over @n samples. */
static inline FxpNoiseGains *
digits_measure_gains (Digits *self, const double *inputs, gsize n)
{
  const gsize n_features = fxp_shape_get_n (fxp_dataset_get_shape (self->dataset));
  g_autoptr (FxpNoiseGainJob) job = fxp_noise_gain_job_new (self->network, self->experiment, FALSE);

  for (gsize i = 0; i < n; i++)
    g_assert_true (fxp_noise_gain_job_add (job, inputs + i * n_features));
  return fxp_noise_gain_job_get (job);
}
