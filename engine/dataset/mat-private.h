/* SPDX-License-Identifier: MIT */
/* The arrays X and y of a MATLAB file, through libmatio; for mat.c. */
#pragma once

#ifndef FXP_COMPILATION
#  error "mat-private.h is for engine/ and tests/ only"
#endif

#include "dataset/dataset-private.h"

G_BEGIN_DECLS

/* Reads X of height x width x channels x n bytes, and y of n numbers.  A sample of the result is
 * still laid out as in the file: channels x width x height.  Its labels are not set. */
FxpSamples *fxp_mat_read (GFile *file,
                          FxpShape *shape,
                          double **labels,
                          FxpProgress *progress,
                          GCancellable *cancellable,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
