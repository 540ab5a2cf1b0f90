/* SPDX-License-Identifier: MIT */
/* Whether a tensor is well in its format: the verdict behind a cell's badge.  No GTK. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

typedef enum
{
  FXU_HEALTH_UNKNOWN, /* nothing measured yet */
  FXU_HEALTH_FLOAT,   /* not quantized */
  FXU_HEALTH_OK,
  FXU_HEALTH_OVER,  /* too many values outside the range */
  FXU_HEALTH_UNDER, /* too many values round to zero */
  FXU_HEALTH_LOST,  /* most updates are below half a step and vanish */
} FxuHealth;

/* Shares from which a verdict is given. */
#define FXU_HEALTH_OVER_SHARE  0.005
#define FXU_HEALTH_UNDER_SHARE 0.30
#define FXU_HEALTH_LOST_SHARE  0.50

typedef struct
{
  FxuHealth health;
  gboolean predicted; /* would-be, from the values seen under the old setting */
  double over;        /* shares 0..1; NaN where nothing is known */
  double under;       /* of values that are not zero */
  double lost;        /* of updates; NaN but for accumulators */
  double sqnr_db;     /* NaN if unknown or predicted */
} FxuVerdict;

/* @tensor NULL: nothing is known.  @layer: NULL unless the tensor is an accumulator.
 * @predict: @tensor was measured under another quantizer than @quantizer. */
FxuVerdict fxu_health_judge (const FxpQuantizer *quantizer,
                             const FxpTensorView *tensor,
                             const FxpLayerView *layer,
                             gboolean predict);
/* @layer NULL: nothing is known. */
FxuVerdict
fxu_health_judge_sum (const FxpSumRegister *sum, const FxpLayerView *layer, gboolean predict);
/* A few words: "overflow 3 %", "ok". */
char *fxu_verdict_to_string (const FxuVerdict *self) G_GNUC_WARN_UNUSED_RESULT;

/* 0.0312 as "3.1 %", tiny shares as "< 0.1 %"; in the user's language. */
char *fxu_share_to_string (double share) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
