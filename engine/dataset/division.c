/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "number/error.h"
#include "number/random.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Which samples are trained on, tested on and kept for validation. */

#define TEST_SHARE_MIN       0.05
#define TEST_SHARE_MAX       0.95
#define VALIDATION_SHARE_MAX 0.5

/* What a shuffle is for, in the place of a layer. */
typedef enum
{
  DRAW_TEST,
  DRAW_VALIDATION,
} Draw;

/* Puts the @n samples of @samples into an order that depends on @seed and @draw alone. */
static gboolean
shuffle (FxpSamples *samples, guint64 seed, Draw draw, GCancellable *cancellable, GError **error)
{
  g_autofree guint32 *order = g_new (guint32, samples->n);

  for (gsize i = 0; i < samples->n; i++)
    order[i] = (guint32)i;
  fxp_noise_shuffle (fxp_noise_new (seed, 0, draw, 0, FXP_STREAM_SPLIT),
                     order,
                     (guint32)samples->n);
  return fxp_samples_permute (samples, order, cancellable, error);
}

/* How many of @n are @share of them, and at least one on each side. */
static gsize
count_share (gsize n, double share)
{
  gsize n_share = (gsize)floor ((double)n * share + 0.5);

  return CLAMP (n_share, 1, n - 1);
}

gboolean
fxp_dataset_divide (FxpDataset *self,
                    const FxpDatasetSource *source,
                    GCancellable *cancellable,
                    GError **error)
{
  FxpSamples *samples = self->samples[FXP_SPLIT_TRAIN];
  gsize n_test;

  g_assert (self->samples[FXP_SPLIT_TEST] == NULL && samples->n <= FXP_DATASET_SAMPLES_MAX);

  /* Written so that NaN fails too. */
  if (!(source->test_share >= TEST_SHARE_MIN && source->test_share <= TEST_SHARE_MAX))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("dataset.test-share: %g is not in %g..%g"),
                   source->test_share,
                   TEST_SHARE_MIN,
                   TEST_SHARE_MAX);
      return FALSE;
    }
  if (samples->n < 2)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: a single sample, expected at least 2 to train and to test on"),
                   source->path);
      return FALSE;
    }

  if (!shuffle (samples, source->seed, DRAW_TEST, cancellable, error))
    return FALSE;

  n_test = count_share (samples->n, source->test_share);
  self->parts[FXP_SPLIT_TRAIN] = (FxpPart){samples, 0, samples->n - n_test};
  self->parts[FXP_SPLIT_TEST] = (FxpPart){samples, samples->n - n_test, n_test};
  return TRUE;
}

gboolean
fxp_dataset_check_shares (const FxpDatasetSource *source, GError **error)
{
  /* Written so that NaN fails too.  The test share counts only where a set comes undivided. */
  if (source->validation_share >= 0 && source->validation_share <= VALIDATION_SHARE_MAX)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               _ ("dataset.validation-share: %g is not in 0..%g"),
               source->validation_share,
               VALIDATION_SHARE_MAX);
  return FALSE;
}

gboolean
fxp_dataset_set_aside (FxpDataset *self,
                       const FxpDatasetSource *source,
                       GCancellable *cancellable,
                       GError **error)
{
  FxpPart *train = &self->parts[FXP_SPLIT_TRAIN];
  gboolean was_shuffled = self->parts[FXP_SPLIT_TEST].samples == train->samples;
  gsize n;

  /* A single sample is trained on. */
  if (source->validation_share == 0 || train->n < 2)
    return TRUE;
  if (!was_shuffled &&
      !shuffle (self->samples[FXP_SPLIT_TRAIN], source->seed, DRAW_VALIDATION, cancellable, error))
    return FALSE;
  n = count_share (train->n, source->validation_share);
  train->n -= n;
  self->parts[FXP_SPLIT_VALIDATION] = (FxpPart){train->samples, train->first + train->n, n};
  return TRUE;
}
