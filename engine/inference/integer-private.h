/* SPDX-License-Identifier: MIT */
/* The integer engine: a converted network computed with integers alone, in int8 (or int16) codes,
 * 32-bit cluster sums and 32- or 64-bit accumulators.  Weights lie packed in 2, 4 or 8 bits and are
 * unpacked a layer at a time.  One thread at a time, with a team of its caller's.
 *
 * It counts what it does: a cluster's sum is multiplied by its scale once, by an instruction of its
 * own, and that is a multiplication; the codes it was summed from count as additions where they are
 * not zero and as skipped where they are.  Vector instructions that sum four codes at a time take
 * zeros along: the counts are those of the algorithm, per layer codes times positions, not of
 * gates. */
#pragma once

#ifndef FXP_COMPILATION
#  error "integer-private.h is for engine/ and tests/ only"
#endif

#include "inference/counts.h"
#include "inference/model-private.h"

G_BEGIN_DECLS

typedef struct _FxpInteger FxpInteger;

/* The sums of a product, as they were formed: @n samples x output, channels-last, on the grid of
 * acc.  Whoever looks may change mean and variance of the node, and form A and B anew, before they
 * are used (re-estimation). */
typedef void (
  *FxpIntegerSight) (FxpInteger *self, guint node, const gint64 *sums, gsize n, gpointer data);

/* @model: not the float network.  It is referenced; a sight may change it only if the caller alone
 * has it.
 * @team: borrowed, or NULL. */
FxpInteger *fxp_integer_new (FxpModel *model, FxpTeam *team) G_GNUC_WARN_UNUSED_RESULT;
void fxp_integer_free (FxpInteger *self);
FxpModel *fxp_integer_get_model (FxpInteger *self); /* borrowed */
/* NULL: nobody looks. */
void fxp_integer_set_sight (FxpInteger *self, FxpIntegerSight sight, gpointer data);
/* Every node's output stays after a run, for fxp_integer_get_codes(); before the first run. */
void fxp_integer_keep (FxpInteger *self);
/* Exponents of this batch's own maxima, whatever the model says: for calibration. */
void fxp_integer_set_dynamic (FxpInteger *self, gboolean dynamic);
/* Takes @n real inputs, n x features (channels x rows x columns), makes codes of them and computes.
 * FALSE once @cancellable is cancelled (may be NULL). */
gboolean
fxp_integer_run (FxpInteger *self, const double *inputs, gsize n, GCancellable *cancellable);
/* Of the last run: n x n_outputs, exact doubles. */
const double *fxp_integer_get_logits (const FxpInteger *self);
/* @exponent: of the codes.  Channels-last, n x output, widened; until the next call or run.  Node
 * FXP_NODE_INPUT: the inputs'.  Of engines that keep outputs; not of the last node, whose are the
 * logits. */
const gint32 *fxp_integer_get_codes (const FxpInteger *self, int node, int *exponent);
/* Greatest magnitude of a node's z in the last run, before it was clipped, as a value: of a mean
 * that of S / k, of a maximum its input's.  NaN unless exponents are dynamic or, of a
 * product, somebody looks at its sums.  FXP_NODE_INPUT: of the real inputs, always. */
double fxp_integer_get_peak (const FxpInteger *self, int node);
/* Greatest magnitude of a product's sums of clusters in the last run, before they were reduced and
 * without their scales, as a value; 0 where they are not reduced. */
double fxp_integer_get_intermediate_peak (const FxpInteger *self, guint node);
/* Of a product's acc in the run. */
int fxp_integer_get_sum_exponent (const FxpInteger *self, guint node);
/* Of all runs since it was made. */
void fxp_integer_get_counts (const FxpInteger *self, FxpInferenceCounts *counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpInteger, fxp_integer_free)

G_END_DECLS
