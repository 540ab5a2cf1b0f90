/* SPDX-License-Identifier: MIT */
/* A progress bar with time left on a terminal, for reading data and for training; silent in a
 * pipe. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

typedef struct _FxaProgress FxaProgress;

/* Draws on standard error, at most ten times a second. */
FxaProgress *fxa_progress_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* Removes the bar. */
void fxa_progress_free (FxaProgress *self);
/* How much of the data is read: the progress of an FxpDatasetSource, with the bar as its data. */
void fxa_progress_load (double share, gpointer self);
/* From here on a run is shown that ends at @epochs or @steps, whichever is not 0 and comes first.
 */
void
fxa_progress_begin_run (FxaProgress *self, guint64 epochs, guint64 steps, double steps_per_epoch);
void fxa_progress_update (FxaProgress *self, FxpSnapshot *snapshot);
/* What the runs from here on are of, shown in front of how far they are: "SQ"; NULL: nothing. */
void fxa_progress_set_subject (FxaProgress *self, const char *subject);
/* From here on work other than a run is shown, as @what says in one or two words. */
void fxa_progress_begin_work (FxaProgress *self, const char *what);
void fxa_progress_work (FxaProgress *self, double share);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxaProgress, fxa_progress_free)

G_END_DECLS
