/* SPDX-License-Identifier: MIT */
/* From the sums of a product to codes: y = A acc + B, the activation, the shift to the output's
 * exponent with rounding, the clip (model-private.h).  Prepared once per run and layer. */
#pragma once

#ifndef FXP_COMPILATION
#  error "requantizer-private.h is for engine/ and tests/ only"
#endif

#include "inference/cluster-kernel-private.h"
#include "inference/model-private.h"

G_BEGIN_DECLS

/* What an activation leaves of y, as integers on a grid. */
typedef struct
{
  gint64 least, greatest;
} FxpActivationLimits;

FxpActivationLimits
fxp_activation_get_limits (FxpActivation activation, gboolean activates, int exponent);

/* From z on a grid to codes of a format. */
typedef struct
{
  FxpActivationLimits limits;
  guint shift;        /* of z, 0..60 */
  gint64 half;        /* half of 2^shift */
  gint64 least, most; /* codes of the format */
} FxpDownConversion;

/* @exponent: of z, not above the format's. */
void fxp_down_conversion_init (FxpDownConversion *self,
                               const FxpActivationLimits *limits,
                               int exponent,
                               FxpFormat format);

/* The code of y; counts where it was clipped. */
static inline gint32
fxp_down_conversion_take (const FxpDownConversion *self, gint64 y, guint64 *n_clipped)
{
  const gint64 z = CLAMP (y, self->limits.least, self->limits.greatest);
  const gint64 code = (z + self->half) >> self->shift;

  *n_clipped += code < self->least || code > self->most;
  return (gint32)CLAMP (code, self->least, self->most);
}

typedef struct
{
  gsize n_units;
  const gint16 *factors; /* borrowed from the node: A */
  gint64 *offsets;       /* owned: B on the grid of this run's sums */
  int exponent;          /* of y */
  FxpDownConversion conversion;

  /* The same for sums of 32 bits, in the form that loops take; arrays owned. */
  FxpRequantization loop;
} FxpRequantizer;

FxpRequantizer *fxp_requantizer_new (gsize n_units) G_GNUC_WARN_UNUSED_RESULT;
void fxp_requantizer_free (FxpRequantizer *self);
/* A and B of @node.  @from: exponent of acc that B was formed for; @sum_exponent: that acc has. */
void fxp_requantizer_begin (FxpRequantizer *self,
                            const FxpNode *node,
                            FxpActivation activation,
                            int from,
                            int sum_exponent);
/* Format of the codes, fixed; behind fxp_requantizer_begin(). */
void fxp_requantizer_aim (FxpRequantizer *self, FxpFormat format);

/* y of a sum. */
static inline gint64
fxp_requantizer_get_output (const FxpRequantizer *self, gsize unit, gint64 sum)
{
  return self->factors[unit] * sum + self->offsets[unit];
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpRequantizer, fxp_requantizer_free)

G_END_DECLS
