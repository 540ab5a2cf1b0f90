/* SPDX-License-Identifier: MIT */
/* Samples that both twins are to look at without learning, as many at a time as neither memory nor
 * patience minds.  Worker only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "chunk-private.h is for engine/ and tests/ only"
#endif

#include "training/twins-private.h"

G_BEGIN_DECLS

typedef struct
{
  gsize n_max;     /* of one fixed size, so that neither thread counts nor interruptions can show */
  gsize n;         /* samples it holds */
  double *inputs;  /* owned, as all of these; n_max x features */
  guint16 *labels; /* of gathered ones */
  guint32 *rows;
} FxpChunk;

FxpChunk *fxp_chunk_new (const FxpTwins *twins) G_GNUC_WARN_UNUSED_RESULT;
void fxp_chunk_free (FxpChunk *self);
/* Samples from @first on of a split, at most n_max. */
void fxp_chunk_gather (FxpChunk *self, const FxpDataset *dataset, FxpSplit split, gsize first);
/* The forward pass of one network.  FALSE if its monitor gave up. */
gboolean fxp_chunk_forward (const FxpChunk *self, FxpNetwork *network);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpChunk, fxp_chunk_free)

G_END_DECLS
