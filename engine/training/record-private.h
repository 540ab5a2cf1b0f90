/* SPDX-License-Identifier: MIT */
/* A record on its way into a snapshot: made where the run stands, it may have to wait for an
 * evaluation of that step.  Worker only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "record-private.h is for engine/ and tests/ only"
#endif

#include "training/twins-private.h"

G_BEGIN_DECLS

typedef struct
{
  FxpRecord record;
  FxpTensorRecord *cells; /* owned; n_weighted x FXP_N_ROLES */
  FxpLayerRecord *layers; /* owned; n_weighted */
} FxpDraftRecord;

extern const FxpTest fxp_no_test;

/* Of the steps since the previous record, not tested yet. */
FxpDraftRecord *fxp_draft_record_new (FxpTwins *twins) G_GNUC_WARN_UNUSED_RESULT;
void fxp_draft_record_free (FxpDraftRecord *self);
void fxp_draft_record_set_test (FxpDraftRecord *self, const FxpTest *test);
/* Takes @self. */
void fxp_draft_record_add_to (FxpDraftRecord *self, FxpSnapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpDraftRecord, fxp_draft_record_free)

G_END_DECLS
