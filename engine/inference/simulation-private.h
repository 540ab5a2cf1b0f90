/* SPDX-License-Identifier: MIT */
/* The simulated engine: the contract of model-private.h in doubles, every value k 2^e and every sum
 * exact below 2^53.  Plain loops in the order of the formulas, to certify the integer engine with.
 * For the float network (a model that is off) it is that network.  One thread at a time, with a
 * team of its caller's. */
#pragma once

#ifndef FXP_COMPILATION
#  error "simulation-private.h is for engine/ and tests/ only"
#endif

#include "inference/model-private.h"

G_BEGIN_DECLS

typedef struct _FxpSimulation FxpSimulation;

/* @team: borrowed, or NULL; samples are divided among its threads.  Errors: FXP_ERROR_CHECKPOINT
 * for the float network where @model does not hold what it learnt, FXP_ERROR_SHAPE where that does
 * not fit its topology. */
FxpSimulation *
fxp_simulation_new (FxpModel *model, FxpTeam *team, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void fxp_simulation_free (FxpSimulation *self);
/* As fxp_integer_run(). */
gboolean
fxp_simulation_run (FxpSimulation *self, const double *inputs, gsize n, GCancellable *cancellable);
/* Of the last run: n x n_outputs. */
const double *fxp_simulation_get_logits (const FxpSimulation *self);
/* Values of a node's output, code x 2^exponent: n x output, channels-last; @node FXP_NODE_INPUT:
 * the inputs'; of the last one the logits.  NULL for the float network. */
const double *fxp_simulation_get_values (const FxpSimulation *self, int node);
/* What they are multiples of in the last run: 2^exponent.  Not of the last node. */
int fxp_simulation_get_exponent (const FxpSimulation *self, int node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpSimulation, fxp_simulation_free)

G_END_DECLS
