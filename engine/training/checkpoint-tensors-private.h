/* SPDX-License-Identifier: MIT */
/* What both twins have learnt as a part of a checkpoint's content, and back.
 * checkpoint-content.c only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "checkpoint-tensors-private.h is for engine/ and tests/ only"
#endif

#include "training/checkpoint-private.h"

G_BEGIN_DECLS

/* Floating, of FXP_CHECKPOINT_TENSORS_TYPE. */
GVariant *fxp_checkpoint_pack_tensors (const FxpCheckpoint *self) G_GNUC_WARN_UNUSED_RESULT;
/* Fills @self, which has its experiment, position and scalers: every tensor that such a run has,
 * and no other.  @tensors stand at @offset of the file @name. */
gboolean fxp_checkpoint_unpack_tensors (FxpCheckpoint *self,
                                        GVariant *tensors,
                                        const char *name,
                                        gsize offset,
                                        GError **error);

G_END_DECLS
