/* SPDX-License-Identifier: MIT */
/* A checkpoint as .npz, which NumPy opens. */
#pragma once

#include "training/checkpoint.h"

G_BEGIN_DECLS

/* Loads what it takes to write one, so that what is missing is known before there is anything to
 * save; else FXP_ERROR_LIBRARY. */
gboolean fxp_npz_prepare (GError **error);
/* Arrays, per layer with weights (name as fxp_topology_get_name()): `fc1.weight` (integer codes in
 * their own dtype), `fc1.weight.frac_bits` (int32 scalar), `fc1.weight.format` (unicode scalar such
 * as "Q2.9"), and `fc1.weight.twin` (float32); likewise `.weight_acc` (which has no twin), `.bias`,
 * with batch normalization `.gamma`, `.beta`, `.mean` and `.variance`, with momentum `.momentum`,
 * `.bias_momentum`, `.gamma_momentum` and `.beta_momentum`, each where the layer has it; besides
 * `step` (uint64), `fingerprint`, `experiment` (unicode scalars). Writes beside and renames. */
gboolean fxp_npz_save (const FxpCheckpoint *checkpoint, GFile *file, GCancellable *cancellable, GError **error);

G_END_DECLS
