/* SPDX-License-Identifier: MIT */
/* The exponent of one tensor over time: chosen for the next array from what the arrays before
 * showed, as nobody knows an array's maximum before it is computed.  Any thread. */
#pragma once

#include "number/range-sight.h"
#include "number/scaling.h"

G_BEGIN_DECLS

#define FXP_SCALER_QUEUE 16

/* A plain value: copied and stored as it is; no pointers. */
typedef struct
{
  gint32 exponent;
  guint32 n_arrays; /* since the controller's last decision, or since A was last measured */
  double overflow, overflow_half; /* sums of shares since then */
  /* Of predictive scaling the last maxima, as values, oldest first; of abs-max and its like the one
   * A that was last measured without saturation. */
  double maxima[FXP_SCALER_QUEUE];
  guint32 n_maxima;
} FxpScaler;

/* @exponent: what it begins with. */
void fxp_scaler_init (FxpScaler *self, int exponent);

/* Takes in what the newest array showed, quantized with the present exponent in words like
 * @format's, and chooses the exponent of the next one; TRUE if that is another one.
 *
 * Abs-max, Ristretto and NITI see A as the maximum of codes, which takes words of 3 bits or more.
 * Where codes are saturated A is unknown, and the exponent grows by one, array by array; where the
 * rule itself lets the array saturate, it grows once in a period, to measure A anew.
 * A zero array leaves all rules where they are but the controller, which goes down to its least
 * exponent; an array of which all values vanished below the step moves down by a whole word. */
gboolean fxp_scaler_advance (FxpScaler *self,
                             const FxpScalingOptions *options,
                             FxpFormat format,
                             const FxpRangeSight *sight);

G_END_DECLS
