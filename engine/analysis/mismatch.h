/* SPDX-License-Identifier: MIT */
/* p_m, measured: how often a network whose W and A are quantized chooses another class than the
 * float network it was made from.  A plain value. */
#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 n;           /* samples */
  guint64 n_different; /* of these, with another class */
} FxpMismatch;

static inline double
fxp_mismatch_get_share (const FxpMismatch *self)
{
  return self->n > 0 ? (double)self->n_different / (double)self->n : NAN;
}

G_END_DECLS
