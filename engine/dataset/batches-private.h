/* SPDX-License-Identifier: MIT */
/* The order of samples: each epoch a new shuffle that depends on seed and epoch alone. */
#pragma once

#ifndef FXP_COMPILATION
#  error "batches-private.h is for engine/ and tests/ only"
#endif

#include "dataset/augmentation-private.h"
#include "dataset/dataset.h"

G_BEGIN_DECLS

/* Where a run stands in its data.  Survives a change of the batch size. */
typedef struct
{
  guint64 epoch; /* epochs completed */
  guint64 first; /* samples of this epoch already used, < number of training samples */
} FxpCursor;

typedef struct _FxpBatches FxpBatches;

/* @augmentation is of images; other samples stay as they are. */
FxpBatches *fxp_batches_new (FxpDataset *dataset,
                             guint64 seed,
                             FxpAugmentation augmentation) G_GNUC_WARN_UNUSED_RESULT;
void fxp_batches_free (FxpBatches *self);
/* The next at most @batch samples at @cursor, which moves on.  An epoch takes ceil (n / batch)
 * batches whose sizes differ by one at most.  Inputs n x features and labels n, borrowed until the
 * next call.  Returns n.  Allocates only when @batch exceeds every earlier one. */
gsize fxp_batches_next (FxpBatches *self,
                        FxpCursor *cursor,
                        guint batch,
                        const double **inputs,
                        const guint16 **labels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpBatches, fxp_batches_free)

G_END_DECLS
