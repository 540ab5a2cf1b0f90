/* SPDX-License-Identifier: MIT */
/* Moments and extrema of arrays of float32, as fast as memory gives them and with the same bits for
 * any number of threads.  Worker only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "moments-private.h is for engine/ and tests/ only"
#endif

#include "tensor/team-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 n;
  double sum;
  double sum_squares;
} FxpMoments;

typedef struct
{
  double min; /* both NaN where a value is not finite, and infinite while empty */
  double max;
} FxpExtrema;

/* Room for the parts of one array, kept from call to call. */
typedef struct _FxpMeasuring FxpMeasuring;

FxpMeasuring *fxp_measuring_new (FxpTeam *team) G_GNUC_WARN_UNUSED_RESULT;
void fxp_measuring_free (FxpMeasuring *self);
/* Sums are double: value i of a part of FXP_MEASURING_PART goes to lane i mod 32, in order; lanes
 * add up in halves, and parts in order.  Allocates only for longer arrays than ever before. */
#define FXP_MEASURING_PART 4096
FxpMoments fxp_measuring_get_moments (FxpMeasuring *self, const float *values, gsize n);
FxpExtrema fxp_measuring_get_extrema (FxpMeasuring *self, const float *values, gsize n);

/* Population variance over all of it; NaN while empty, and 0 where it is no more than rounding
 * leaves of equal values. */
double fxp_moments_get_variance (const FxpMoments *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpMeasuring, fxp_measuring_free)

G_END_DECLS
