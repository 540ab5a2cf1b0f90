/* SPDX-License-Identifier: MIT */
/* Code to value, for kernels: each compiles it for its vector unit. */
#pragma once

#ifndef FXP_COMPILATION
#  error "decoding-private.h is for engine/number/ only"
#endif

#include "number/format.h"

G_BEGIN_DECLS

/* See fxp_format_decode(). */
static void
decode (FxpFormat format, const void *codes, gsize n, double *values)
{
  const double step = fxp_format_get_step (format);

#define DECODE(Type, factor)                                                                       \
  {                                                                                                \
    const Type *typed = codes;                                                                     \
    for (gsize i = 0; i < n; i++)                                                                  \
      values[i] = (double)typed[i] * (factor);                                                     \
    break;                                                                                         \
  }

  switch (fxp_format_get_storage (format))
    {
    case FXP_STORAGE_I8:
      DECODE (gint8, step)
    case FXP_STORAGE_U8:
      DECODE (guint8, step)
    case FXP_STORAGE_I16:
      DECODE (gint16, step)
    case FXP_STORAGE_U16:
      DECODE (guint16, step)
    case FXP_STORAGE_I32:
      DECODE (gint32, step)
    case FXP_STORAGE_U32:
      DECODE (guint32, step)
    case FXP_STORAGE_F32:
      DECODE (float, 1.0)
    }

#undef DECODE
}

G_END_DECLS
