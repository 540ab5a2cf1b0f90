/* SPDX-License-Identifier: MIT */
/* A progress bar with rate and time left on a terminal; silent in a pipe. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

typedef struct _FxaProgress FxaProgress;

/* Ends at @epochs or @steps, whichever is not 0 and comes first.  Draws on standard error. */
FxaProgress *fxa_progress_new (guint64 epochs, guint64 steps) G_GNUC_WARN_UNUSED_RESULT;
/* Removes the bar. */
void fxa_progress_free (FxaProgress *self);
/* At most ten times a second. */
void fxa_progress_update (FxaProgress *self, FxpSnapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxaProgress, fxa_progress_free)

G_END_DECLS
