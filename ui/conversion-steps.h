/* SPDX-License-Identifier: MIT */
/* What a job of a conversion does, step after step, on the thread it has.  Of the job alone. */
#pragma once

#include "conversion-job.h"

G_BEGIN_DECLS

/* Blocks; @progress comes on this thread, some times a second.  FALSE with @error; else @outcome is
 * filled. */
gboolean fxu_conversion_steps_run (const FxuJobRequest *request,
                                   FxuJobProgress progress,
                                   gpointer progress_data,
                                   GCancellable *cancellable,
                                   FxuJobOutcome *outcome,
                                   GError **error);

G_END_DECLS
