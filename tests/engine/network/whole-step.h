/* SPDX-License-Identifier: MIT */
/* A training step of one network alone. */
#pragma once

#include "network/network-private.h"

/* FALSE if the monitor gave up. */
static inline gboolean
take_whole_step (FxpNetwork *network,
                 const double *inputs,
                 const guint16 *labels,
                 gsize n,
                 double rate,
                 const FxpStep *step,
                 FxpStepResult *result)
{
  if (!fxp_network_forward (network, inputs, n, step))
    return FALSE;
  fxp_network_get_loss (network, labels, result);
  if (!fxp_network_backward (network, step))
    return FALSE;
  fxp_network_update (network, rate, step);
  return TRUE;
}
