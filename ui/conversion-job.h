/* SPDX-License-Identifier: MIT */
/* The long steps of a conversion, each on a thread of its own at a low priority, told of as they
 * go.  Of FxuConversion alone; main thread. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

/* What is asked for. */
typedef enum
{
  FXU_JOB_CONVERT,    /* calibrate the clusters' model, test it */
  FXU_JOB_REESTIMATE, /* batch normalization anew, test */
  FXU_JOB_TUNE,       /* train on, convert what was learnt, estimate anew, test */
  FXU_JOB_CERTIFY,    /* both engines on the same images */
  FXU_JOB_SWEEP,      /* over N */
  FXU_N_JOBS
} FxuJobKind;

/* What it is busy with. */
typedef enum
{
  FXU_ACTIVITY_IDLE,
  FXU_ACTIVITY_TAKING, /* a checkpoint of the run */
  FXU_ACTIVITY_CALIBRATING,
  FXU_ACTIVITY_REESTIMATING,
  FXU_ACTIVITY_TUNING,
  FXU_ACTIVITY_TESTING,
  FXU_ACTIVITY_CERTIFYING,
  FXU_N_ACTIVITIES
} FxuActivity;

/* Networks whose accuracy is told. */
typedef enum
{
  FXU_STAGE_FLOAT,
  FXU_STAGE_CONVERTED,
  FXU_STAGE_REESTIMATED,
  FXU_STAGE_TUNED,
  FXU_N_STAGES
} FxuStage;

/* An accuracy, perhaps of a part so far. */
typedef struct
{
  guint64 n, n_correct; /* images so far; n 0: nothing is known */
  guint64 n_all;        /* images there are to be */
} FxuScore;

#define FXU_SWEEP_N 7

/* Accuracies with clusters of @size. */
typedef struct
{
  guint size;
  FxuScore scores[FXU_N_STAGES];
  double density; /* of weights in clusters; NaN before */
} FxuSweepPoint;

/* All that is known of a job so far. */
typedef struct
{
  FxuActivity activity;
  double share;     /* of the activity, 0..1 */
  guint sweep_size; /* N under way; 0 outside a sweep */
  FxuScore scores[FXU_N_STAGES];
  FxpInferenceResult certificate; /* n 0: none */
  guint64 n_to_certify;           /* images it is to be of */
  FxpFineTuningResult tuning;     /* n_steps 0: none */
  guint n_points;
  FxuSweepPoint points[FXU_SWEEP_N];
} FxuJobNews;

typedef struct
{
  FxuJobKind kind;
  FxpCheckpoint *checkpoint; /* borrowed until the call returns, as all these */
  FxpTrained *trained;
  FxpDataset *dataset;
  FxpConversionOptions options;
  FxpModel *model;  /* to begin with; NULL: the clusters of @trained */
  guint64 n_images; /* of the test set; 0: all */
  guint64 n_steps;  /* of fine-tuning */
  double rate;      /* likewise; 0: as fxp_fine_tuning_get_experiment() has it */
  gboolean tests_float;
  gboolean sweep_tunes; /* each N is fine-tuned too */
  guint n_threads;
} FxuJobRequest;

typedef void (*FxuJobProgress) (const FxuJobNews *news, gpointer data);

/* What came of it. */
typedef struct
{
  FxuJobNews news;
  FxpModel *model; /* owned; what was calibrated, estimated anew or fine-tuned, or NULL */
} FxuJobOutcome;

void fxu_job_outcome_free (FxuJobOutcome *self);

/* Sizes of a sweep: 1, 2, 4, ... */
guint fxu_sweep_get_size (guint i);

/* @progress comes on the main thread, and not any more once @cancellable is cancelled.  Errors:
 * those of the engine's steps, G_IO_ERROR_CANCELLED. */
void fxu_conversion_job_run_async (const FxuJobRequest *request,
                                   FxuJobProgress progress,
                                   gpointer progress_data,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
FxuJobOutcome *
fxu_conversion_job_run_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuJobOutcome, fxu_job_outcome_free)

G_END_DECLS
