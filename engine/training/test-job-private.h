/* SPDX-License-Identifier: MIT */
/* The validation and test data looked at by both twins, chunk by chunk, so that whoever does it can
 * look up, pause and give up in between.  Changes nothing of the run.  Worker only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "test-job-private.h is for engine/ and tests/ only"
#endif

#include "training/twins-private.h"

G_BEGIN_DECLS

typedef struct _FxpTestJob FxpTestJob;

/* @twins are borrowed and must stay as they are until the job is done or freed. */
FxpTestJob *fxp_test_job_new (const FxpTwins *twins) G_GNUC_WARN_UNUSED_RESULT;
void fxp_test_job_free (FxpTestJob *self);

/* Looks at the next chunk.  FALSE if the lookout gave up: the chunk is still to be looked at. */
gboolean fxp_test_job_advance (FxpTestJob *self);
gboolean fxp_test_job_is_done (const FxpTestJob *self);
/* Of what is done. */
void fxp_test_job_get_test (const FxpTestJob *self, FxpTest *test);
/* A new reference, to be taken once it is done; NULL with too many classes for it and without test
 * samples. */
FxpConfusion *fxp_test_job_steal_confusion (FxpTestJob *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpTestJob, fxp_test_job_free)

G_END_DECLS
