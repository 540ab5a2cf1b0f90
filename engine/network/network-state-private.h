/* SPDX-License-Identifier: MIT */
/* What a network holds.  Of its own two files alone: network.c, which takes steps, and
 * network-tensors.c, which shows and puts back what is in it. */
#pragma once

#ifndef FXP_COMPILATION
#  error "network-state-private.h is for engine/ and tests/ only"
#endif

#include "network/wiring-private.h"

G_BEGIN_DECLS

struct _FxpNetwork
{
  gboolean twin;
  FxpTopology *topology; /* owned */
  FxpWiring *wiring;     /* owned */
  FxpActivation activation;
  double momentum, weight_decay;
  FxpGradients gradients;

  gboolean has_moved; /* a binary point, and edges do not know yet */
  gsize capacity;     /* samples there is room for */
  gsize n;            /* samples of the last forward pass */
  gboolean evaluated; /* it was an evaluation */
  FxpStep step;       /* its step */
  double *loss_gradient;
  FxpNonfinite nonfinite;         /* of the last training step */
  FxpNonfinite nonfinite_ignored; /* of evaluation */
  FxpWatch watch;
  FxpOnlooker onlooker;

  FxpScratch *scratch; /* borrowed, as is the team: the worker owns them longer */
  FxpTeam *team;
};

G_END_DECLS
