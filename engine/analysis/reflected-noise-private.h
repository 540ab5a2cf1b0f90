/* SPDX-License-Identifier: MIT */
/* How noise in G_A shows in G_W (BQN, Sakr & Shanbhag 2019, 2.4): the largest singular value of J2,
 * the squared entries of the Jacobian of a layer's G_W with respect to its G_A.  Worker only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "reflected-noise-private.h is for engine/ and tests/ only"
#endif

#include "network/network-private.h"

G_BEGIN_DECLS

typedef struct
{
  double lambda;     /* largest singular value of J2, over all blocks; 0 if no gradient passes */
  double simplified; /* the released code's averaged form of it, of this batch alone */
  double total;      /* 1' J2 1 */
  guint n_iterations;
} FxpReflection;

typedef struct
{
  double tolerance;       /* relative change of lambda at which it is taken as found */
  guint n_iterations_max; /* of the power method */
} FxpReflectionOptions;

extern const FxpReflectionOptions fxp_reflection_default; /* 1e-4, 60 */

/* Of @layer, after a forward and a backward pass of @network, a float one: its activations, the way
 * gradients take through pooling, dropout, derivative and (as a fixed scale per channel, of the
 * pass's own statistics) batch normalization.  Destroys the gradients of that pass but G_W.  FALSE
 * if @monitor (or NULL) gave up. */
gboolean fxp_reflection_measure (FxpNetwork *network,
                                 guint layer,
                                 const FxpReflectionOptions *options,
                                 FxpTeam *team,
                                 FxpScratch *scratch,
                                 FxpPassMonitor monitor,
                                 gpointer data,
                                 FxpReflection *reflection);

/* The same of plain arrays, for a dense layer: @activations n x n_inputs, @factors n x n_units, the
 * derivative of what enters a unit's sum with respect to its G_A; block j is the matrix
 * S_j[i,s] = activations[s,i]^2 factors[s,j]^2. */
void fxp_reflection_measure_dense (const float *activations,
                                   const float *factors,
                                   gsize n,
                                   gsize n_inputs,
                                   gsize n_units,
                                   const FxpReflectionOptions *options,
                                   FxpTeam *team,
                                   FxpScratch *scratch,
                                   FxpReflection *reflection);

G_END_DECLS
