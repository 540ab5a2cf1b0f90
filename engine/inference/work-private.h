/* SPDX-License-Identifier: MIT */
/* How the layers of a network to be counted come together.  work.c and work-file.c only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "work-private.h is for engine/ and tests/ only"
#endif

#include "inference/work.h"

G_BEGIN_DECLS

/* Without layers yet.  @source may be NULL. */
FxpWork *fxp_work_new_empty (const char *name, const char *source) G_GNUC_WARN_UNUSED_RESULT;
/* Takes the name of @layer in any case.  FXP_ERROR_RANGE if there are too many layers, or if this
 * one takes more multiplications than can be summed up. */
gboolean fxp_work_add (FxpWork *self, const FxpWorkLayer *layer, GError **error);

G_END_DECLS
