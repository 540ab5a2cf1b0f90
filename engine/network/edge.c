/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/edge-private.h"

static FxpTensor *
new_tensor (const FxpEdge *self, gsize n, const FxpCell *cell)
{
  FxpShape shape = {.rank = self->shape.rank + 1, .dim = {n}};

  g_assert (shape.rank <= FXP_RANK_MAX);
  for (guint i = 0; i < self->shape.rank; i++)
    shape.dim[i + 1] = self->shape.dim[i];
  return fxp_tensor_new (&shape, cell->quantizer.format);
}

void
fxp_edge_clear (FxpEdge *self)
{
  g_clear_pointer (&self->codes, fxp_tensor_free);
  g_clear_pointer (&self->gradient, fxp_tensor_free);
  g_clear_pointer (&self->own_reals, g_free);
}

void
fxp_edge_reserve (FxpEdge *self, gsize n)
{
  fxp_edge_clear (self);
  if (self->cell != NULL)
    self->codes = new_tensor (self, n, self->cell);
  if (self->gradient_cell != NULL)
    self->gradient = new_tensor (self, n, self->gradient_cell);
  if (self->keeps_reals)
    self->own_reals = g_new0 (double, n * self->n_features);
}

static void
update_format (FxpTensor *tensor, const FxpCell *cell)
{
  if (tensor != NULL && !fxp_format_equal (tensor->format, cell->quantizer.format))
    fxp_tensor_set_format (tensor, cell->quantizer.format);
}

void
fxp_edge_update_formats (FxpEdge *self)
{
  update_format (self->codes, self->cell);
  update_format (self->gradient, self->gradient_cell);
}

double *
fxp_edge_begin_reals (FxpEdge *self, const FxpPass *pass)
{
  if (self->keeps_reals)
    self->reals = self->own_reals;
  else
    self->reals =
      fxp_scratch_get (pass->scratch, FXP_SLOT_REALS, pass->n * self->n_features * sizeof (double));
  return self->reals;
}
