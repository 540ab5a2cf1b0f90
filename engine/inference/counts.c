/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/counts.h"

#include <math.h>

void
fxp_inference_counts_add (FxpInferenceCounts *self, const FxpInferenceCounts *other)
{
  g_return_if_fail (self != NULL && other != NULL);

  self->n_images += other->n_images;
  self->n_macs += other->n_macs;
  self->n_multiplies += other->n_multiplies;
  self->n_shifts += other->n_shifts;
  self->n_adds += other->n_adds;
  self->n_skipped += other->n_skipped;
  self->n_affine += other->n_affine;
  self->n_converted += other->n_converted;
  self->n_saturated += other->n_saturated;
}

double
fxp_inference_counts_get_share_replaced (const FxpInferenceCounts *self)
{
  g_return_val_if_fail (self != NULL, NAN);

  return self->n_macs > 0 ? 1 - (double)self->n_multiplies / self->n_macs : NAN;
}
