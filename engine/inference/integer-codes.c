/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/integer-state-private.h"

void
fxp_integer_read (FxpStorage storage, gconstpointer codes, gsize n, gint32 *values)
{
  switch (storage)
    {
    case FXP_STORAGE_I8:
      for (gsize i = 0; i < n; i++)
        values[i] = ((const gint8 *)codes)[i];
      break;
    case FXP_STORAGE_U8:
      for (gsize i = 0; i < n; i++)
        values[i] = ((const guint8 *)codes)[i];
      break;
    case FXP_STORAGE_I16:
      for (gsize i = 0; i < n; i++)
        values[i] = ((const gint16 *)codes)[i];
      break;
    case FXP_STORAGE_U16:
      for (gsize i = 0; i < n; i++)
        values[i] = ((const guint16 *)codes)[i];
      break;
    default:
      g_return_if_reached ();
    }
}

void
fxp_integer_write (FxpStorage storage, const gint32 *values, gsize n, gpointer codes)
{
  if (fxp_storage_get_size (storage) == 1)
    for (gsize i = 0; i < n; i++)
      ((guint8 *)codes)[i] = (guint8)values[i];
  else
    for (gsize i = 0; i < n; i++)
      ((guint16 *)codes)[i] = (guint16)values[i];
}
