/* SPDX-License-Identifier: MIT */
/* One nudge for every tensor that a cell or a heading of the matrix stands for, as one edit.  Of
 * the matrix alone. */
#pragma once

#include "precision/nudge.h"
#include "session.h"

G_BEGIN_DECLS

typedef struct _FxuSweep FxuSweep;

FxuSweep *fxu_sweep_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
void fxu_sweep_free (FxuSweep *self);
/* Another network: remembers the formats that its tensors go back to from float. */
void fxu_sweep_begin (FxuSweep *self);
/* @layer -1: of every layer; @role -1: of every tensor that is quantized as a rule, FXP_N_ROLES:
 * the sum register.  Tensors that are not there or belong to another layer are left out. */
void fxu_sweep_nudge (FxuSweep *self, int layer, int role, const FxuNudge *nudge);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuSweep, fxu_sweep_free)

G_END_DECLS
