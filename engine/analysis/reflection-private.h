/* SPDX-License-Identifier: MIT */
/* What is known of a layer while J2 is looked at.  For reflected-noise*.c only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "reflection-private.h is for engine/ and tests/ only"
#endif

#include "analysis/power-method-private.h"
#include "network/unit-trace-private.h"

G_BEGIN_DECLS

/* Scratch memory; the network's passes are through, so that theirs is free. */
typedef enum
{
  FXP_REFLECTION_FACTORS = 8,
  FXP_REFLECTION_OPERANDS,
  FXP_REFLECTION_LOWERED,
  FXP_REFLECTION_VECTORS,
  FXP_REFLECTION_PRODUCTS,
  FXP_REFLECTION_SUMS,
  FXP_REFLECTION_OWNERS,
} FxpReflectionSlot;

typedef struct
{
  FxpLayerGeometry geometry;
  gsize n;               /* samples */
  const float *factors;  /* n x n_places x n_units: what a unit of G_A is at a sum */
  float *operands;       /* n x n_activations */
  const guint32 *owners; /* of sums; where one element of G_A has several, else NULL */
  const FxpReflectionOptions *options;
  FxpTeam *team;
  FxpScratch *scratch;
  FxpPassMonitor monitor; /* or NULL */
  gpointer monitor_data;
} FxpReflectionJob;

/* Sums that one sample has, and what each of them saw: n_places x n_inputs, copied to @memory where
 * it does not lie so. */
const float *
fxp_reflection_lower (const FxpReflectionJob *self, gsize sample, gsize n_samples, float *memory);
static inline gboolean
fxp_reflection_ask (const FxpReflectionJob *self, double share)
{
  return self->monitor != NULL && self->monitor (share, self->monitor_data);
}

/* lambda, total and n_iterations where average pooling has summed over several places.  FALSE if
 * the monitor gave up. */
gboolean fxp_reflection_measure_averaged (const FxpReflectionJob *self, FxpReflection *reflection);

G_END_DECLS
