/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/shape.h"

gsize
fxp_shape_get_n (const FxpShape *self)
{
  gsize n = 1;

  g_return_val_if_fail (self->rank >= 1 && self->rank <= FXP_RANK_MAX, 0);

  for (guint i = 0; i < self->rank; i++)
    n *= self->dim[i];
  return n;
}

gboolean
fxp_shape_equal (const FxpShape *a, const FxpShape *b)
{
  if (a->rank != b->rank)
    return FALSE;
  for (guint i = 0; i < a->rank; i++)
    if (a->dim[i] != b->dim[i])
      return FALSE;
  return TRUE;
}

char *
fxp_shape_to_string (const FxpShape *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (self->rank <= FXP_RANK_MAX, NULL);

  for (guint i = 0; i < self->rank; i++)
    g_string_append_printf (text, "%s%" G_GSIZE_FORMAT, i > 0 ? "x" : "", self->dim[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
