/* SPDX-License-Identifier: MIT */
/* Where scalers stand as a part of a checkpoint's content, and back; and the formats they make.
 * checkpoint-content.c and checkpoint-tensors.c only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "checkpoint-scalers-private.h is for engine/ and tests/ only"
#endif

#include "training/checkpoint-private.h"

G_BEGIN_DECLS

/* Floating, of FXP_CHECKPOINT_SCALERS_TYPE. */
GVariant *fxp_checkpoint_pack_scalers (const FxpCheckpoint *self) G_GNUC_WARN_UNUSED_RESULT;
/* Fills @self, which has its experiment: the scaler of every cell that moves, and no other.
 * @scalers stand at @offset of the file @name. */
gboolean fxp_checkpoint_unpack_scalers (FxpCheckpoint *self,
                                        GVariant *scalers,
                                        const char *name,
                                        gsize offset,
                                        GError **error);
/* The format that a tensor of the fixed-point run has at the checkpoint. */
FxpFormat fxp_checkpoint_get_format (const FxpCheckpoint *self, FxpTensorId id);

G_END_DECLS
