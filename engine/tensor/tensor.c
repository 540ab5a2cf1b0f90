/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/tensor-private.h"

#include <string.h>

#define ALIGNMENT 64

/* One spare block keeps the pointer valid for an empty tensor. */
static gpointer
allocate (gsize n_bytes)
{
  return g_aligned_alloc0 (n_bytes / ALIGNMENT + 1, ALIGNMENT, ALIGNMENT);
}

FxpTensor *
fxp_tensor_new_view (const FxpShape *shape, FxpFormat format)
{
  FxpTensor *self = g_new0 (FxpTensor, 1);

  self->shape = *shape;
  self->format = format;
  self->storage = fxp_format_get_storage (format);
  self->n = fxp_shape_get_n (shape);
  self->is_view = TRUE;
  return self;
}

FxpTensor *
fxp_tensor_new (const FxpShape *shape, FxpFormat format)
{
  FxpTensor *self = fxp_tensor_new_view (shape, format);

  self->is_view = FALSE;
  self->data = allocate (fxp_tensor_get_n_bytes (self));
  return self;
}

void
fxp_tensor_free (FxpTensor *self)
{
  if (self == NULL)
    return;
  if (!self->is_view)
    g_aligned_free (self->data);
  g_free (self);
}

void
fxp_tensor_set_format (FxpTensor *self, FxpFormat format)
{
  gsize old_bytes = fxp_tensor_get_n_bytes (self);

  self->format = format;
  self->storage = fxp_format_get_storage (format);
  if (self->is_view)
    return;
  if (fxp_tensor_get_n_bytes (self) > old_bytes)
    {
      g_aligned_free (self->data);
      self->data = allocate (fxp_tensor_get_n_bytes (self));
    }
  else
    memset (self->data, 0, fxp_tensor_get_n_bytes (self));
}

void
fxp_tensor_take (FxpTensor *self, FxpTensor *other)
{
  g_return_if_fail (!self->is_view && !other->is_view && self->n == other->n);

  g_aligned_free (self->data);
  self->format = other->format;
  self->storage = other->storage;
  self->data = g_steal_pointer (&other->data);
  fxp_tensor_free (other);
}

gsize
fxp_tensor_find (const FxpTensor *self, gsize i)
{
  gsize n_features = self->n_channels * self->n_pixels, sample, rest;

  if (n_features == 0)
    return i;
  sample = i / n_features;
  rest = i % n_features;
  return sample * n_features + rest % self->n_pixels * self->n_channels + rest / self->n_pixels;
}

gpointer
fxp_tensor_at (const FxpTensor *self, gsize i)
{
  g_return_val_if_fail (i <= self->n, NULL);

  return (guint8 *)self->data + i * fxp_storage_get_size (self->storage);
}

double
fxp_tensor_get_value (const FxpTensor *self, gsize i)
{
  g_return_val_if_fail (i < self->n, 0);

  if (self->storage == FXP_STORAGE_F32)
    return ((const float *)self->data)[i];
  return (double)fxp_format_get_code (self->format, self->data, i) *
         fxp_format_get_step (self->format);
}

gsize
fxp_tensor_get_n_bytes (const FxpTensor *self)
{
  return self->n * fxp_storage_get_size (self->storage);
}
