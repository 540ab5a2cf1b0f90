/* SPDX-License-Identifier: MIT */
/* A checkpoint as a GVariant and back.  checkpoint-file.c only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "checkpoint-content-private.h is for engine/ and tests/ only"
#endif

#include "training/checkpoint-private.h"

G_BEGIN_DECLS

/* Of twin, layer, FxpLearnt, format, data. */
#define FXP_CHECKPOINT_TENSORS_TYPE "a(bqq(yyb)ay)"
/* Of FxpTensorSums and FxpLayerSums, field by field. */
#define FXP_CHECKPOINT_TENSOR_SUMS_TYPE "a(dddttt)"
#define FXP_CHECKPOINT_LAYER_SUMS_TYPE  "a(ttt)"
/* Experiment, run log; step; cursor; shape of a sample, classes, training samples; interval;
 * sums of tensors, of layers; what is recorded of the float network; tensors. */
#define FXP_CHECKPOINT_TYPE                                                                        \
  "(sst(tt)(atut)(ttddtt)" FXP_CHECKPOINT_TENSOR_SUMS_TYPE FXP_CHECKPOINT_LAYER_SUMS_TYPE          \
  "m" FXP_PROBE_TYPE FXP_CHECKPOINT_TENSORS_TYPE ")"

GVariant *fxp_checkpoint_pack (const FxpCheckpoint *self) G_GNUC_WARN_UNUSED_RESULT;
/* @content stands at @offset of the file @name. */
FxpCheckpoint *fxp_checkpoint_unpack (GVariant *content,
                                      const char *name,
                                      gsize offset,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One sentence: file, offset, what is wrong. */
void
fxp_checkpoint_set_broken (GError **error, const char *name, gsize offset, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

G_END_DECLS
