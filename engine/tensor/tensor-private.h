/* SPDX-License-Identifier: MIT */
/* An array of numbers: shape, format, and codes in the narrowest integers that hold them.
 * Mutable, one owner, worker only. */
#pragma once

#ifndef FXP_COMPILATION
#error "tensor-private.h is for engine/ and tests/ only"
#endif

#include "number/format.h"
#include "tensor/shape.h"

G_BEGIN_DECLS

typedef struct
{
  FxpShape shape;
  FxpFormat format;
  FxpStorage storage; /* fxp_format_get_storage (format) */
  gsize n;            /* elements, product of the shape */
  gpointer data;      /* 64-byte aligned; n elements of @storage; owned but in a view */
  gboolean is_view;
  gsize n_channels; /* 0, or channels-last: pixels of so many channels side by side, while the shape
                     * counts channels first; set by its owner */
  gsize n_pixels;
} FxpTensor;

/* All zeros. */
FxpTensor *fxp_tensor_new (const FxpShape *shape, FxpFormat format) G_GNUC_WARN_UNUSED_RESULT;
/* A tensor whose elements lie in memory of somebody else, who sets @data before it is used. */
FxpTensor *fxp_tensor_new_view (const FxpShape *shape, FxpFormat format) G_GNUC_WARN_UNUSED_RESULT;
void fxp_tensor_free (FxpTensor *self);
/* Changes the format; the content becomes zero, but not a view's.  Allocates only if the storage
 * grows. */
void fxp_tensor_set_format (FxpTensor *self, FxpFormat format);
/* Takes over format and content of @other, which is freed.  Neither is a view. */
void fxp_tensor_take (FxpTensor *self, FxpTensor *other);
/* Where the element lies whose place in the shape is @i, planes of channels counted first. */
gsize fxp_tensor_find (const FxpTensor *self, gsize i);
/* Pointer to the @i-th element in memory. */
gpointer fxp_tensor_at (const FxpTensor *self, gsize i);
/* Of the @i-th element in memory. */
double fxp_tensor_get_value (const FxpTensor *self, gsize i);
gsize fxp_tensor_get_n_bytes (const FxpTensor *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpTensor, fxp_tensor_free)

G_END_DECLS
