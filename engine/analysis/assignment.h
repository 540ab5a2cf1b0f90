/* SPDX-License-Identifier: MIT */
/* C_o: a near-minimal word length for every tensor, from a baseline and noise gains, in closed form
 * (Sakr & Shanbhag 2019, 2 and 3.4).  Immutable, atomically ref-counted, any thread. */
#pragma once

#include "analysis/criteria.h"

G_BEGIN_DECLS

typedef enum
{
  FXP_NOTE_NONE = 0,
  FXP_NOTE_LOCKED = 1 << 0,  /* kept as it was */
  FXP_NOTE_CAPPED = 1 << 1,  /* fewer bits than the criterion asks: the cap acts */
  FXP_NOTE_FLOORED = 1 << 2, /* sigma_min was held to its floor */
  FXP_NOTE_LEAST = 1 << 3,   /* more bits than it asks: 2 for a sign, 1 without (5.16) */
  FXP_NOTE_OUTSIDE = 1 << 4, /* not in the paper: momentum, ranges of unclipped W and A, ... */
  FXP_NOTE_UNSEEN = 1 << 5,  /* lambda is 0 or was not looked at: G_A has the step of G_W */
} FxpNote;

/* One tensor of C_o and why. */
typedef struct
{
  FxpTensorId id;
  FxpQuantizer quantizer; /* nearest-away, saturate */
  int log2_range;         /* r = 2^log2_range, as the paper counts: Delta = r 2^(1-B) or r 2^-B */
  FxpJudgement range;     /* what set the range */
  FxpJudgement step;      /* what set the step, and so the word length */
  FxpNote notes;
} FxpAssigned;

typedef struct _FxpAssignment FxpAssignment;

/* @experiment: whose network the statistics are of; only W, A, G_W, G_A, W_acc, and V where there
 * is momentum, are assigned, all else stays.  @locks: n_layers x FXP_N_ROLES flags, or NULL;
 * of tensors that are shared, their owners' count.
 * Errors (FXP_ERROR_RANGE and _DATASET): statistics of another network, nothing recorded, tensors
 * whose statistics are not finite or vanished altogether, a single class, no margin on any sample.
 */
FxpAssignment *fxp_assignment_new (FxpExperiment *experiment,
                                   FxpBaseline *baseline,
                                   FxpNoiseGains *gains,
                                   const FxpAssignmentOptions *options,
                                   double min_rate,
                                   const gboolean *locks,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
FxpAssignment *fxp_assignment_ref (FxpAssignment *self);
void fxp_assignment_unref (FxpAssignment *self);

/* The experiment with C_o in place.  Borrowed. */
FxpExperiment *fxp_assignment_get_experiment (const FxpAssignment *self);
/* NULL where the layer has no such tensor, where another one owns it, and for roles not assigned.
 */
const FxpAssigned *fxp_assignment_get (const FxpAssignment *self, FxpTensorId id);
FxpBaseline *fxp_assignment_get_baseline (const FxpAssignment *self); /* borrowed, as those below */
FxpNoiseGains *fxp_assignment_get_gains (const FxpAssignment *self);
const FxpAssignmentOptions *fxp_assignment_get_options (const FxpAssignment *self);
double fxp_assignment_get_min_rate (const FxpAssignment *self);
double fxp_assignment_get_min_gain (const FxpAssignment *self);        /* E_min */
FxpTensorId fxp_assignment_get_min_tensor (const FxpAssignment *self); /* whose that is */
int fxp_assignment_get_least_bits (const FxpAssignment *self);         /* B_min */
/* On p_m, of C_o; A_1's contribution is in it if the options' input_counts says so. */
double fxp_assignment_get_bound (const FxpAssignment *self);
/* For judging other formats by the same statistics. */
const FxpCriteria *fxp_assignment_get_criteria (const FxpAssignment *self);

/* The formula of range or step with numbers put in, one line each, for users; translated:
 * "B = round (log2 sqrt (0.52 / 0.0011)) + 3 = 7".  Plain text; NULL where nothing is assigned.
 */
char *
fxp_assignment_explain_range (const FxpAssignment *self, FxpTensorId id) G_GNUC_WARN_UNUSED_RESULT;
char *
fxp_assignment_explain_step (const FxpAssignment *self, FxpTensorId id) G_GNUC_WARN_UNUSED_RESULT;
/* What the notes say, one sentence each, joined; NULL without notes. */
char *
fxp_assignment_explain_notes (const FxpAssignment *self, FxpTensorId id) G_GNUC_WARN_UNUSED_RESULT;
/* What of the experiment the paper does not cover (momentum, weight decay, unclipped W, ...), and
 * how sure the formulas are; a NULL-terminated list of sentences. */
char **fxp_assignment_get_remarks (const FxpAssignment *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpAssignment, fxp_assignment_unref)

G_END_DECLS
