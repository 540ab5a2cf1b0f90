/* SPDX-License-Identifier: MIT */
/* Noise gains E_{W->p_m} and E_{A->p_m} (Sakr & Shanbhag 2019, 2.1; ICML 2017, Theorem 1): how much
 * a tensor's quantization noise, of step Delta, can add to the probability of a mismatch,
 * p_m <= sum of Delta^2 E over all W and A.  Immutable, atomically ref-counted, any thread. */
#pragma once

#include "experiment/experiment.h"

G_BEGIN_DECLS

typedef struct _FxpNoiseGains FxpNoiseGains;

FxpNoiseGains *fxp_noise_gains_ref (FxpNoiseGains *self);
void fxp_noise_gains_unref (FxpNoiseGains *self);
/* @weights, @activations: n_layers gains each, of W and of the A that enters the layer; copied. */
FxpNoiseGains *fxp_noise_gains_new (const double *weights,
                                    const double *activations,
                                    guint n_layers,
                                    guint n_samples) G_GNUC_WARN_UNUSED_RESULT;

guint fxp_noise_gains_get_n_layers (const FxpNoiseGains *self);
guint fxp_noise_gains_get_n_samples (const FxpNoiseGains *self);
/* Pairs of logits that tied on a sample and were left out (5.4). */
guint fxp_noise_gains_get_n_ties (const FxpNoiseGains *self);
/* Samples whose contribution was capped (5.2); 0 where that was not asked. */
guint fxp_noise_gains_get_n_capped (const FxpNoiseGains *self);
/* E of W or A of a layer, for steps as they are (not of normalized ranges); a projection's A has
 * its owner's.  NaN for other roles. */
double fxp_noise_gains_get (const FxpNoiseGains *self, FxpTensorId id);

/* Delta^2 E of one W or A in the format that @experiment gives it; 0 for float and for an A that
 * another layer owns, NaN for other roles. */
double fxp_noise_gains_get_contribution (const FxpNoiseGains *self,
                                         const FxpExperiment *experiment,
                                         FxpTensorId id);
/* The bound on p_m: the sum of all contributions.  @with_input: that of A_1 too. */
double fxp_noise_gains_get_bound (const FxpNoiseGains *self,
                                  const FxpExperiment *experiment,
                                  gboolean with_input);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpNoiseGains, fxp_noise_gains_unref)

G_END_DECLS
