/* SPDX-License-Identifier: MIT */
/* Which tensors an assignment leaves as they are.  Kept for each network by its topology, so that
 * locks are there again when it comes back.  Of FxuTheory alone; main thread. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

typedef struct _FxuLockSet FxuLockSet;

FxuLockSet *fxu_lock_set_new (void) G_GNUC_WARN_UNUSED_RESULT;
void fxu_lock_set_free (FxuLockSet *self);

/* n_layers x FXP_N_ROLES flags of the experiment's network; borrowed. */
gboolean *fxu_lock_set_get (FxuLockSet *self, FxpExperiment *experiment);
/* That of one tensor; a shared one has its owner's. */
gboolean *fxu_lock_set_at (FxuLockSet *self, FxpExperiment *experiment, FxpTensorId id);

G_END_DECLS
