/* SPDX-License-Identifier: MIT */
/* How much of the files of one load has been read; for the loaders. */
#pragma once

#ifndef FXP_COMPILATION
#  error "progress-private.h is for engine/ and tests/ only"
#endif

#include "dataset/dataset.h"

G_BEGIN_DECLS

/* Plain value, on the loader's stack; outlives the readers that advance it. */
typedef struct
{
  const FxpDatasetSource *source; /* whom to tell */
  guint64 n_expected;             /* bytes of the files as they are stored */
  guint64 n_read;
  double reported; /* share that was told last */
} FxpProgress;

#define FXP_PROGRESS_INIT(source) ((FxpProgress){(source), 0, 0, 0})

/* Counts a file in.  All files come before the first byte is read.  @file may be NULL; one that
 * cannot be looked at counts nothing, as the loader will say what is wrong with it. */
void fxp_progress_expect (FxpProgress *self, GFile *file, GCancellable *cancellable);
/* Tells the source's function when that is worth it.  The share never falls. */
void fxp_progress_advance (FxpProgress *self, gsize n);

G_END_DECLS
