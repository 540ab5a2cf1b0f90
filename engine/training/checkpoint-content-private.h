/* SPDX-License-Identifier: MIT */
/* A checkpoint as a GVariant and back.  checkpoint-file.c only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "checkpoint-content-private.h is for engine/ and tests/ only"
#endif

#include "number/envelope-private.h"
#include "training/checkpoint-private.h"

G_BEGIN_DECLS

/* Of twin, layer, FxpLearnt, format, data. */
#define FXP_CHECKPOINT_TENSORS_TYPE "a(bqq(yyb)ay)"
/* Of FxpTensorSums and FxpLayerSums, field by field. */
#define FXP_CHECKPOINT_TENSOR_SUMS_TYPE "a(dddttt)"
#define FXP_CHECKPOINT_LAYER_SUMS_TYPE  "a(ttt)"
/* Layer, role, exponent, arrays since the last decision, sums of both shares, maxima. */
#define FXP_CHECKPOINT_SCALERS_TYPE "a(qqiuddad)"
/* Experiment, run log; step; cursor; shape of a sample, classes, training samples; interval;
 * sums of tensors, of layers; what is recorded of the float network; tensors... */
#define FXP_CHECKPOINT_COMMON_TYPES                                                                \
  "sst(tt)(atut)(ttddtt)" FXP_CHECKPOINT_TENSOR_SUMS_TYPE FXP_CHECKPOINT_LAYER_SUMS_TYPE           \
  "m" FXP_PROBE_TYPE FXP_CHECKPOINT_TENSORS_TYPE
/* ...and since version 4 scalers. */
#define FXP_CHECKPOINT_TYPE_3 "(" FXP_CHECKPOINT_COMMON_TYPES ")"
#define FXP_CHECKPOINT_TYPE   "(" FXP_CHECKPOINT_COMMON_TYPES FXP_CHECKPOINT_SCALERS_TYPE ")"

GVariant *fxp_checkpoint_pack (const FxpCheckpoint *self) G_GNUC_WARN_UNUSED_RESULT;
/* @content, of either type, stands at @offset of the file @name. */
FxpCheckpoint *fxp_checkpoint_unpack (GVariant *content,
                                      const char *name,
                                      gsize offset,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
