/* SPDX-License-Identifier: MIT */
/* Published sets, such as MNIST, that are looked for on this computer by name. */
#pragma once

#ifndef FXP_COMPILATION
#  error "places-private.h is for engine/ and tests/ only"
#endif

#include "dataset/dataset.h"

G_BEGIN_DECLS

/* One translated sentence, or NULL if @name is not a published set. */
const char *fxp_places_get_description (const char *name);
/* Loads source->name from the first of the places that has it.  G_IO_ERROR_NOT_FOUND, with where it
 * was looked for and what to do, if none has. */
FxpDataset *fxp_places_load (const FxpDatasetSource *source,
                             GCancellable *cancellable,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
