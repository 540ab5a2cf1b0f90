/* SPDX-License-Identifier: MIT */
/* Noise put into a tensor of a float network, to hold what theory says of noise against what it
 * does. */
#pragma once

#ifndef FXP_COMPILATION
#  error "injection-private.h is for engine/ and tests/ only"
#endif

#include "network/network-private.h"

G_BEGIN_DECLS

/* Uniform noise in +-step / 2 on every element of a tensor of a float network, drawn by (seed,
 * draw, tensor, element). */
typedef struct
{
  FxpTensorId id; /* W, A or G_A; of A and G_A the owner's */
  double step;
  guint64 seed, draw;
} FxpInjection;

/* 0.5 mean over @n_draws draws, from @injection's on, of the sum over i != f of (change of
 * z_i - z_f)^2 / (z_i - z_f)^2, averaged over @n samples: what Delta^2 E of W or A predicts (6.15);
 * logits that tie with z_f are left out as there.  @network is as before afterwards, but nobody
 * observes it.  NaN if its monitor gave up. */
double fxp_injection_measure (FxpNetwork *network,
                              const FxpInjection *injection,
                              const double *inputs,
                              gsize n,
                              guint n_draws);
/* The observer that does it to A or G_A in passes; its data are the FxpInjection. */
void fxp_injection_observe (FxpSight sight,
                            FxpTensorId id,
                            FxpTensor *tensor,
                            gsize n,
                            gpointer injection);

G_END_DECLS
