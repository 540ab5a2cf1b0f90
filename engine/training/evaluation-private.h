/* SPDX-License-Identifier: MIT */
/* What both twins say of samples they do not learn from.  Changes nothing of the run: done in
 * chunks of one fixed size, so that thread counts and interruptions cannot show.  Worker only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "evaluation-private.h is for engine/ and tests/ only"
#endif

#include "training/twins-private.h"

G_BEGIN_DECLS

#define FXP_EVALUATION_CHUNK 256 /* samples */
#define FXP_SHEET_SAMPLES    40

typedef struct _FxpEvaluation FxpEvaluation;

/* @interrupt is asked between chunks. */
FxpEvaluation *
fxp_evaluation_new (FxpInterruptFunc interrupt, gpointer data) G_GNUC_WARN_UNUSED_RESULT;
void fxp_evaluation_free (FxpEvaluation *self);

/* Loss and accuracy over the test set.  FALSE if interrupted. */
gboolean fxp_evaluation_test (FxpEvaluation *self, const FxpTwins *twins, FxpTest *test);
/* @size x @size points of a plane data set; NULL if it is none or if interrupted. */
FxpField *fxp_evaluation_make_field (FxpEvaluation *self,
                                     const FxpTwins *twins,
                                     guint size) G_GNUC_WARN_UNUSED_RESULT;
/* The first test samples of an image set; likewise. */
FxpSheet *
fxp_evaluation_make_sheet (FxpEvaluation *self, const FxpTwins *twins) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpEvaluation, fxp_evaluation_free)

G_END_DECLS
