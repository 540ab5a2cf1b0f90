/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/edge-private.h"

static FxpShape
get_batch_shape (const FxpEdge *self, gsize n)
{
  FxpShape shape = {.rank = self->shape.rank + 1, .dim = {n}};

  g_assert (shape.rank <= FXP_RANK_MAX);
  for (guint i = 0; i < self->shape.rank; i++)
    shape.dim[i + 1] = self->shape.dim[i];
  return shape;
}

static void
clear_gradient (FxpEdge *self)
{
  if (self->target == NULL)
    fxp_tensor_free (self->gradient);
  self->gradient = NULL;
}

static void
clear_codes (FxpEdge *self)
{
  if (self->origin == NULL)
    fxp_tensor_free (self->codes);
  self->codes = NULL;
}

void
fxp_edge_clear (FxpEdge *self)
{
  clear_gradient (self);
  clear_codes (self);
  g_clear_pointer (&self->own_reals, g_free);
}

void
fxp_edge_reserve_codes (FxpEdge *self, gsize n)
{
  FxpShape shape = get_batch_shape (self, n);

  clear_codes (self);
  if (self->origin != NULL)
    self->codes = self->origin->codes;
  else if (self->cell != NULL)
    self->codes = fxp_tensor_new (&shape, fxp_edge_get_format (self));
  g_clear_pointer (&self->own_reals, g_free);
  if (self->keeps_reals)
    self->own_reals = g_new0 (double, n * self->n_features);
}

void
fxp_edge_reserve_gradient (FxpEdge *self, gsize n, gboolean keeps)
{
  FxpShape shape = get_batch_shape (self, n);

  clear_gradient (self);
  if (self->gradient_cell == NULL)
    return;
  if (self->target != NULL)
    self->gradient = self->target->gradient;
  else if (keeps)
    self->gradient = fxp_tensor_new (&shape, self->gradient_cell->quantizer.format);
  else
    self->gradient = fxp_tensor_new_view (&shape, self->gradient_cell->quantizer.format);
}

static void
update_format (FxpTensor *tensor, FxpFormat format)
{
  if (!fxp_format_equal (tensor->format, format))
    fxp_tensor_set_format (tensor, format);
}

void
fxp_edge_update_formats (FxpEdge *self)
{
  if (self->codes != NULL)
    update_format (self->codes, fxp_edge_get_format (self));
  if (self->gradient != NULL)
    update_format (self->gradient, self->gradient_cell->quantizer.format);
}

FxpFormat
fxp_edge_get_format (const FxpEdge *self)
{
  FxpFormat format = self->cell->quantizer.format;
  guint word_bits;

  if (fxp_format_is_float (format) || self->n_averaged == 1)
    return format;
  word_bits = format.word_bits + g_bit_storage (self->n_averaged - 1);
  if (word_bits > FXP_WORD_BITS_MAX)
    {
      format.frac_bits -= word_bits - FXP_WORD_BITS_MAX;
      word_bits = FXP_WORD_BITS_MAX;
    }
  format.word_bits = word_bits;
  return format;
}

double *
fxp_edge_begin_reals (FxpEdge *self, const FxpPass *pass)
{
  if (self->keeps_reals)
    self->reals = self->own_reals;
  else
    self->reals =
      fxp_scratch_get (pass->scratch, self->slot, pass->n * self->n_features * sizeof (double));
  return self->reals;
}

void
fxp_edge_scale (const FxpEdge *self, const FxpPass *pass, double *values, gsize n)
{
  if (self->n_averaged > 1)
    for (gsize i = 0; i < n; i++)
      values[i] = values[i] / self->n_averaged;
  if (pass->evaluates && self->share_kept < 1.0)
    for (gsize i = 0; i < n; i++)
      values[i] = values[i] * self->share_kept;
}

void
fxp_edge_decode (const FxpEdge *self, const FxpPass *pass, gsize first, gsize n, double *values)
{
  fxp_format_decode (self->codes->format, fxp_tensor_at (self->codes, first), n, values);
  fxp_edge_scale (self, pass, values, n);
}

void
fxp_edge_return_gradient (FxpEdge *self, const FxpPass *pass, double *reals)
{
  gsize n = pass->n * self->n_features;
  double *pending;

  if (self->n_returning > 1)
    {
      pending = fxp_scratch_get (pass->scratch, FXP_SLOT_PENDING, n * sizeof (double));
      if (self->n_returned++ == 0)
        {
          memcpy (pending, reals, n * sizeof (double));
          return;
        }
      for (gsize i = 0; i < n; i++)
        reals[i] = reals[i] + pending[i];
    }
  if (self->n_averaged > 1)
    for (gsize i = 0; i < n; i++)
      reals[i] = reals[i] / self->n_averaged;
  fxp_cell_quantize (self->gradient_cell,
                     pass,
                     FXP_STREAM_QUANTIZE,
                     reals,
                     self->gradient->data,
                     n);
}
