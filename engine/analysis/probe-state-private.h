/* SPDX-License-Identifier: MIT */
/* What a probe remembers of a run: moving averages, extrema and how often it looked.  Worker only.
 */
#pragma once

#ifndef FXP_COMPILATION
#  error "probe-state-private.h is for engine/ and tests/ only"
#endif

#include "analysis/moments-private.h"
#include "analysis/probe-private.h"
#include "analysis/reflected-noise-private.h"

G_BEGIN_DECLS

/* Of one gradient tensor. */
typedef struct
{
  double smoothed; /* average of the variance, its beginning not yet corrected for */
  FxpSpread spread;
} FxpTrail;

/* Of one layer; nothing but doubles, as it is packed as an array of them. */
typedef struct
{
  FxpTrail weight_grad, activation_grad;
  double weight_peak;
  double activation_max, activation_min;
  double exact;               /* greatest lambda */
  double simplified;          /* greatest of its average */
  double simplified_smoothed; /* the average, its beginning not yet corrected for */
  double reflected;
} FxpTrails;

#define FXP_N_TRAIL_NUMBERS (sizeof (FxpTrails) / sizeof (double))

typedef struct
{
  FxpTrails trails;
  guint64 n_weights, n_activation_grads;
} FxpLayerState;

typedef struct
{
  guint64 n_steps;
  guint n_looks, n_jacobians;
  guint64 jacobian_step; /* steps recorded when J2 was last looked at, that one included */
  double left;           /* FXP_BASELINE_KEPT^n_steps: what averages keep of their beginning */
  double jacobian_left;  /* likewise, of n_jacobians */
  FxpLayerState *layers; /* owned */
  guint n_layers;
} FxpProbeState;

/* What a step showed of one layer. */
typedef struct
{
  FxpMoments weight_grad, activation_grad;
  FxpExtrema weights, activations;
} FxpSighting;

/* Nothing recorded. */
void fxp_probe_state_init (FxpProbeState *self, guint n_layers);
void fxp_probe_state_clear (FxpProbeState *self);
/* Whether J2 is looked at in the step that comes. */
gboolean fxp_probe_state_wants_jacobian (const FxpProbeState *self, gboolean begins_epoch);
/* @sightings, @reflections: one per layer; the latter NULL where J2 was not looked at.  TRUE if
 * something was looked at. */
gboolean fxp_probe_state_record (FxpProbeState *self,
                                 const FxpSighting *sightings,
                                 const FxpReflection *reflections,
                                 gboolean ends_epoch);
/* NULL before the first smoothed deviation. */
FxpBaseline *fxp_probe_state_make_baseline (const FxpProbeState *self) G_GNUC_WARN_UNUSED_RESULT;

GVariant *fxp_probe_state_pack (const FxpProbeState *self) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE if @packed is no such state; @self holds nothing then.  Else clear it. */
gboolean fxp_probe_state_unpack (FxpProbeState *self, GVariant *packed);

G_END_DECLS
