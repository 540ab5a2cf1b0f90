/* SPDX-License-Identifier: MIT */
/* One trained network converted step by step, and how well it does behind each. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

typedef enum
{
  FXA_STAGE_FLOAT,       /* before anything is done */
  FXA_STAGE_CLUSTERED,   /* clusters, calibrated exponents */
  FXA_STAGE_REESTIMATED, /* batch normalization estimated anew */
  FXA_STAGE_TUNED,       /* fine-tuned, then converted and estimated anew again */
  FXA_N_STAGES
} FxaStage;

const char *fxa_stage_get_nick (FxaStage self); /* "float", "clustered", "reestimated", "tuned" */
const char *fxa_stage_get_name (FxaStage self); /* translated */

typedef struct
{
  FxpConversionOptions options;
  guint reestimate; /* batches; 0: not */
  FxpFineTuningOptions tuning;
  guint64 n_samples; /* of the test set, 0: all */
  guint n_threads;
} FxaConversionPlan;

typedef struct
{
  char *path;                    /* owned, as all: the checkpoint */
  double accuracy[FXA_N_STAGES]; /* NaN where it was not gone through */
  guint64 n_samples;             /* they are of */
  FxpModel *model;
  FxpLayerReport *layers; /* n_layers; NULL if nothing was converted */
  guint n_layers;
  guint64 n_weights;
  double clustering_ms;
  FxpOperations operations;
  FxpFineTuningResult tuning;
  GPtrArray *notices; /* of char *, translated: what a user should know */
} FxaConversion;

/* Told behind each stage, on the calling thread. */
typedef void (*FxaConversionTold) (const FxaConversion *self, FxaStage stage);

/* Goes through all stages of @plan; blocks until then.  NULL and an error where the checkpoint is
 * none, its network has no integer form, or its data do not fit; G_IO_ERROR_CANCELLED. */
FxaConversion *fxa_conversion_run (const FxaConversionPlan *plan,
                                   const char *path,
                                   FxaConversionTold told,
                                   GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void fxa_conversion_free (FxaConversion *self);
/* Share of the accuracy lost by conversion that fine-tuning brought back; NaN without any. */
double fxa_conversion_get_recovered (const double *accuracy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxaConversion, fxa_conversion_free)

G_END_DECLS
