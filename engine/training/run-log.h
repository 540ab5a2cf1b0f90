/* SPDX-License-Identifier: MIT */
/* One text line per event of a run: enough to replay it to the bit. */
#pragma once

#include "experiment/experiment.h"

G_BEGIN_DECLS

/* What was done to a run and when.  Header: the experiment as text; then edits; then where it
 * ended and with which fingerprint. */
typedef struct
{
  guint64 step;
  FxpExperiment *experiment; /* owned: the whole experiment from that step on */
} FxpEdit;

typedef struct
{
  FxpExperiment *experiment; /* owned: at step 0 */
  GArray *edits;             /* owned: of FxpEdit, in order of steps */
  guint64 last_step;
  char *fingerprint;         /* owned: at last_step, or NULL if the log ends without */
} FxpRun;

/* Errors name file and line. */
FxpRun *fxp_run_load (GFile *file, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void fxp_run_free (FxpRun *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpRun, fxp_run_free)

G_END_DECLS
