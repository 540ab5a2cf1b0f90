/* SPDX-License-Identifier: MIT */
/* How a converted network does on data, and whether its two engines agree.  Blocking, any thread
 * but the main one; progress on the caller's thread. */
#pragma once

#include "dataset/dataset.h"
#include "inference/counts.h"
#include "inference/model.h"

G_BEGIN_DECLS

typedef enum
{
  FXP_ENGINE_INTEGER,
  FXP_ENGINE_SIMULATED,
  FXP_ENGINE_BOTH, /* and compares every node's output and the logits, with == */
  FXP_N_ENGINES
} FxpEngine;

const char *fxp_engine_get_nick (FxpEngine self); /* "integer", "simulated", "both" */
gboolean fxp_engine_parse (const char *text, FxpEngine *engine, GError **error);

typedef struct
{
  FxpEngine engine;
  guint64 n;            /* samples */
  guint64 n_correct;    /* by the integer engine where that ran */
  gboolean is_compared; /* both engines ran; what follows means nothing otherwise */
  guint64 n_agreed;     /* samples of which every value was the same */
  guint64 n_values;     /* compared */
  guint64 first_sample; /* the first one that differed, if n_agreed < n */
  guint first_node;
  FxpInferenceCounts counts; /* of the integer engine */
  double seconds;            /* of the engine, of the integer one of both; inputs at hand */
  double float_seconds; /* of the float network on the same samples, threads and batches in turn
                         * with it; NaN where it was not asked for */
} FxpInferenceResult;

/* @so_far: the result on the samples done. */
typedef void (*FxpEvaluationProgress) (double share,
                                       const FxpInferenceResult *so_far,
                                       gpointer data);

/* The first @n_max samples of @split, 0: all, in batches of @batch samples (0: as fits the cache).
 * @times_float: the trained float network runs in turn with the engine, for float_seconds; only of
 * a model that has it (fxp_model_get_trained()).  Errors: FXP_ERROR_SHAPE where the data do not
 * fit, FXP_ERROR_CHECKPOINT for the integer engine of the float network, G_IO_ERROR_CANCELLED. */
gboolean fxp_evaluation_run (FxpModel *model,
                             FxpDataset *dataset,
                             FxpSplit split,
                             guint64 n_max,
                             guint batch,
                             FxpEngine engine,
                             gboolean times_float,
                             guint n_threads,
                             FxpEvaluationProgress progress,
                             gpointer progress_data,
                             GCancellable *cancellable,
                             FxpInferenceResult *result,
                             GError **error);

G_END_DECLS
