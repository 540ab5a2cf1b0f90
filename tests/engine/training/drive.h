/* SPDX-License-Identifier: MIT */
/* Drives a trainer from a test: by steps and serials, never by sleeping. */
#pragma once

#include "config.h"

#include "dataset/dataset.h"
#include "training/trainer.h"

typedef struct
{
  FxpTrainer *trainer;
  guint run;
  GArray *records;   /* of FxpRecord, of all runs */
  GArray *cells;     /* of FxpTensorRecord */
  GArray *layers;    /* of FxpLayerRecord */
  GPtrArray *events; /* of char *, "STEP: change change" */
  guint n_snapshots;
} Drive;

static inline void
drive_snapshot_cb (FxpTrainer *trainer, gpointer data)
{
  Drive *self = data;
  FxpSnapshot *snapshot = fxp_trainer_get_snapshot (trainer);
  guint n_cells = fxp_snapshot_get_n_weighted (snapshot) * FXP_N_ROLES;
  gsize n_records, n_events;
  const FxpRecord *records = fxp_snapshot_get_records (snapshot, &n_records);
  const FxpEvent *events = fxp_snapshot_get_events (snapshot, &n_events);

  self->n_snapshots++;
  self->run = fxp_snapshot_get_run (snapshot);
  for (gsize i = 0; i < n_records; i++)
    {
      g_array_append_val (self->records, records[i]);
      g_array_append_vals (self->cells, fxp_snapshot_get_tensor_records (snapshot, i), n_cells);
      g_array_append_vals (self->layers,
                           fxp_snapshot_get_layer_records (snapshot, i),
                           n_cells / FXP_N_ROLES);
    }
  for (gsize i = 0; i < n_events; i++)
    {
      g_autofree char *changes = g_strjoinv (" ", (char **)events[i].changes);

      g_ptr_array_add (self->events,
                       g_strdup_printf ("%" G_GUINT64_FORMAT ": %s", events[i].step, changes));
    }
}

static inline FxpDataset *
drive_load_data (FxpExperiment *experiment)
{
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);
  FxpDatasetSource source = {
    .name = settings->dataset_name,
    .path = settings->dataset_path,
    .n_samples = settings->dataset_samples,
    .noise = settings->dataset_noise,
    .test_share = settings->dataset_test_share,
    .validation_share = settings->dataset_validation_share,
    .normalize = settings->dataset_normalize,
    .seed = settings->seed,
  };
  g_autoptr (GError) error = NULL;
  FxpDataset *dataset = fxp_dataset_load (&source, NULL, &error);

  g_assert_no_error (error);
  return dataset;
}

static inline Drive *
drive_new (FxpExperiment *experiment, guint n_threads)
{
  Drive *self = g_new0 (Drive, 1);
  g_autoptr (FxpDataset) dataset = drive_load_data (experiment);
  g_autoptr (GError) error = NULL;

  self->records = g_array_new (FALSE, FALSE, sizeof (FxpRecord));
  self->cells = g_array_new (FALSE, FALSE, sizeof (FxpTensorRecord));
  self->layers = g_array_new (FALSE, FALSE, sizeof (FxpLayerRecord));
  self->events = g_ptr_array_new_with_free_func (g_free);
  self->trainer = fxp_trainer_new (experiment, dataset, n_threads, &error);
  g_assert_no_error (error);
  g_signal_connect (self->trainer, "snapshot", G_CALLBACK (drive_snapshot_cb), self);
  return self;
}

static inline void
drive_free (Drive *self)
{
  fxp_trainer_stop (self->trainer);
  g_assert_finalize_object (self->trainer);
  g_array_unref (self->records);
  g_array_unref (self->cells);
  g_array_unref (self->layers);
  g_ptr_array_unref (self->events);
  g_free (self);
}

/* Until a snapshot obeys @serial. */
static inline FxpSnapshot *
drive_wait_serial (Drive *self, guint64 serial)
{
  FxpSnapshot *snapshot;

  while ((snapshot = fxp_trainer_get_snapshot (self->trainer)) == NULL ||
         fxp_snapshot_get_serial (snapshot) < serial)
    g_main_context_iteration (NULL, TRUE);
  return snapshot;
}

/* Until besides the steps it asked for are done. */
static inline FxpSnapshot *
drive_wait (Drive *self, guint64 serial)
{
  FxpSnapshot *snapshot = drive_wait_serial (self, serial);

  while (fxp_snapshot_get_state (snapshot) == FXP_STATE_RUNNING)
    {
      g_main_context_iteration (NULL, TRUE);
      snapshot = fxp_trainer_get_snapshot (self->trainer);
    }
  return snapshot;
}

/* The default toy with some keys set: "key", "value", ..., NULL. */
static inline FxpExperiment *
drive_make_experiment (const char *key, ...)
{
  FxpExperiment *experiment = fxp_experiment_new ();
  va_list args;

  va_start (args, key);
  for (; key != NULL; key = va_arg (args, const char *))
    {
      g_autoptr (FxpExperiment) old = experiment;
      g_autoptr (GError) error = NULL;

      experiment = fxp_experiment_with_value (old, key, va_arg (args, const char *), &error);
      g_assert_no_error (error);
    }
  va_end (args);
  return experiment;
}

static inline void
drive_set (Drive *self, const char *key, const char *value, guint64 *serial)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) experiment =
    fxp_experiment_with_value (fxp_trainer_get_experiment (self->trainer), key, value, &error);

  g_assert_no_error (error);
  fxp_trainer_set_experiment (self->trainer, experiment, NULL, serial, &error);
  g_assert_no_error (error);
}

static inline void
drive_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static inline FxpCheckpoint *
drive_checkpoint (Drive *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FxpCheckpoint *checkpoint;

  fxp_trainer_checkpoint_async (self->trainer, NULL, drive_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  checkpoint = fxp_trainer_checkpoint_finish (self->trainer, result, &error);
  g_assert_no_error (error);
  return checkpoint;
}

static inline char *
drive_fingerprint (Drive *self)
{
  g_autoptr (FxpCheckpoint) checkpoint = drive_checkpoint (self);

  return g_strdup (fxp_checkpoint_get_fingerprint (checkpoint));
}

/* The same number, or both not one. */
#define drive_assert_same_float(a, b)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    float drive_a = (a), drive_b = (b);                                                            \
    g_assert_cmpmem (&drive_a, sizeof drive_a, &drive_b, sizeof drive_b);                          \
  }                                                                                                \
  G_STMT_END

static inline void
drive_assert_same_records (const Drive *a, guint first_a, const Drive *b, guint first_b)
{
  guint n_cells = a->cells->len / a->records->len;
  guint n_layers = n_cells / FXP_N_ROLES;

  g_assert_cmpuint (a->records->len - first_a, ==, b->records->len - first_b);
  for (guint i = 0; first_a + i < a->records->len; i++)
    {
      const FxpRecord *x = &g_array_index (a->records, FxpRecord, first_a + i);
      const FxpRecord *y = &g_array_index (b->records, FxpRecord, first_b + i);

      g_assert_cmpuint (x->step, ==, y->step);
      g_assert_cmpfloat (x->epoch, ==, y->epoch);
      drive_assert_same_float (x->loss_fixed, y->loss_fixed);
      drive_assert_same_float (x->loss_float, y->loss_float);
      drive_assert_same_float (x->train_accuracy_fixed, y->train_accuracy_fixed);
      drive_assert_same_float (x->train_accuracy_float, y->train_accuracy_float);
      drive_assert_same_float (x->test_accuracy_fixed, y->test_accuracy_fixed);
      drive_assert_same_float (x->test_accuracy_float, y->test_accuracy_float);
      drive_assert_same_float (x->test_loss_fixed, y->test_loss_fixed);
      drive_assert_same_float (x->test_loss_float, y->test_loss_float);
      drive_assert_same_float (x->validation_accuracy_fixed, y->validation_accuracy_fixed);
      drive_assert_same_float (x->validation_accuracy_float, y->validation_accuracy_float);
      drive_assert_same_float (x->validation_loss_fixed, y->validation_loss_fixed);
      drive_assert_same_float (x->validation_loss_float, y->validation_loss_float);
      drive_assert_same_float (x->mismatch, y->mismatch);
      drive_assert_same_float (x->rate, y->rate);
      for (guint cell = 0; cell < n_cells; cell++)
        {
          const FxpTensorRecord *s =
            &g_array_index (a->cells, FxpTensorRecord, (first_a + i) * n_cells + cell);
          const FxpTensorRecord *t =
            &g_array_index (b->cells, FxpTensorRecord, (first_b + i) * n_cells + cell);

          g_assert_cmpuint (s->word_bits, ==, t->word_bits);
          g_assert_cmpint (s->frac_bits, ==, t->frac_bits);
          drive_assert_same_float (s->sqnr_db, t->sqnr_db);
          drive_assert_same_float (s->overflowed, t->overflowed);
          drive_assert_same_float (s->bias, t->bias);
        }
      for (guint layer = 0; layer < n_layers; layer++)
        {
          const FxpLayerRecord *s =
            &g_array_index (a->layers, FxpLayerRecord, (first_a + i) * n_layers + layer);
          const FxpLayerRecord *t =
            &g_array_index (b->layers, FxpLayerRecord, (first_b + i) * n_layers + layer);

          drive_assert_same_float (s->lost, t->lost);
          drive_assert_same_float (s->stopped, t->stopped);
        }
    }
}
