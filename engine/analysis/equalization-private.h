/* SPDX-License-Identifier: MIT */
/* EFQN: equalizing feedforward quantization noise (Sakr & Shanbhag 2019, 2.1).  Gains here are
 * E' = kappa^2 E, of ranges normalized so that Delta = kappa 2^(1-B), kappa = r with a sign and r/2
 * without (1.6).  Any thread. */
#pragma once

#ifndef FXP_COMPILATION
#  error "equalization-private.h is for engine/ and tests/ only"
#endif

#include "analysis/criteria.h"

G_BEGIN_DECLS

/* log2 kappa of a W or A: of its format, or of the range that a float one would be assigned. */
int fxp_equalization_get_log2_scale (const FxpCriteria *self,
                                     const FxpExperiment *experiment,
                                     FxpTensorId id);
/* The word length that equalizes its noise, not limited by any word; 0 for a tensor whose noise
 * decides nothing, E' = 0. */
int fxp_equalization_get_bits (const FxpCriteria *self,
                               const FxpExperiment *experiment,
                               FxpTensorId id);
/* Whether its contribution is one that the bound on p_m counts: every W, every A that owns its
 * cell, that of the input only if the options say so. */
gboolean
fxp_equalization_counts (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id);
/* The step it would be assigned; 0 before E_min is known. */
double fxp_equalization_get_step (const FxpCriteria *self,
                                  const FxpExperiment *experiment,
                                  FxpTensorId id);

/* Sets E_min and B_min.  @locks: n_layers x FXP_N_ROLES flags, or NULL: what those contribute is
 * fixed, and the others share what remains of the target.  Returns whose E_min is. */
FxpTensorId
fxp_equalization_solve (FxpCriteria *self, const FxpExperiment *experiment, const gboolean *locks);

G_END_DECLS
