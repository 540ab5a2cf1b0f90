/* SPDX-License-Identifier: MIT */
/* What the session's run has learnt, taken to be converted, and the data it learns from.  Of
 * FxuConversion alone; main thread.  Immutable, ref-counted. */
#pragma once

#include "session.h"

G_BEGIN_DECLS

typedef struct _FxuConversionSource FxuConversionSource;

FxuConversionSource *fxu_conversion_source_ref (FxuConversionSource *self);
void fxu_conversion_source_unref (FxuConversionSource *self);

/* The run goes on.  Errors: FXP_ERROR_DATASET while there are no data, those of
 * fxp_trained_new_from_checkpoint(), G_IO_ERROR_NOT_INITIALIZED, G_IO_ERROR_CANCELLED. */
void fxu_conversion_source_take_async (FxuSession *session,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
FxuConversionSource *
fxu_conversion_source_take_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

FxpCheckpoint *fxu_conversion_source_get_checkpoint (FxuConversionSource *self); /* borrowed */
FxpTrained *fxu_conversion_source_get_trained (FxuConversionSource *self);       /* borrowed */
FxpDataset *fxu_conversion_source_get_dataset (FxuConversionSource *self);       /* borrowed */
/* TRUE where both are of the same network and data, whatever they have learnt. */
gboolean fxu_conversion_source_is_same_network (FxuConversionSource *a, FxuConversionSource *b);

/* How the session's run stands to it. */
typedef enum
{
  FXU_SOURCE_CURRENT, /* as it was taken */
  FXU_SOURCE_BEHIND,  /* the run has trained on */
  FXU_SOURCE_OTHER,   /* another run, network or data */
} FxuSourceState;

FxuSourceState fxu_conversion_source_compare (FxuConversionSource *self, FxuSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuConversionSource, fxu_conversion_source_unref)

G_END_DECLS
