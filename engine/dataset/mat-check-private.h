/* SPDX-License-Identifier: MIT */
/* Whether a MATLAB file is whole; for mat-arrays.c. */
#pragma once

#ifndef FXP_COMPILATION
#  error "mat-check-private.h is for engine/ and tests/ only"
#endif

#include "dataset/progress-private.h"

G_BEGIN_DECLS

/* Walks over the elements of a file of MATLAB 5 to 7.2 and unpacks those that are packed, checksums
 * and all. */
gboolean
fxp_mat_check (GFile *file, FxpProgress *progress, GCancellable *cancellable, GError **error);

G_END_DECLS
