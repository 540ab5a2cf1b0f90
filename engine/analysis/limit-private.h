/* SPDX-License-Identifier: MIT */
/* The limits that the criteria set (Sakr & Shanbhag 2019, 2.2 to 2.7), before they are rounded to
 * powers of two: what an assignment is made from and what formats are judged by are the same
 * numbers.  Any thread. */
#pragma once

#ifndef FXP_COMPILATION
#  error "limit-private.h is for engine/ and tests/ only"
#endif

#include "analysis/criteria.h"

G_BEGIN_DECLS

/* What the range of a tensor must reach, or 0 where nothing is known.  @id: an owner. */
double
fxp_limit_of_range (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id);
/* The greatest magnitude of the data. */
double fxp_limit_get_greatest_input (const FxpCriteria *self);
/* What the step of G_W, G_A, W_acc or V must not exceed, or 0 likewise; 0 for other roles. */
double fxp_limit_of_step (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id);
/* Whether the tensor has values below 0. */
gboolean
fxp_limit_needs_sign (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id);

/* Delta of a tensor as others count with it: its format's, or for a float tensor the one that it
 * would be assigned; 0 where that is not known. */
double
fxp_limit_get_step (const FxpCriteria *self, const FxpExperiment *experiment, FxpTensorId id);
/* sigma_min of a layer's G_W, held to its floor (5.8). */
double fxp_limit_get_min_deviation (const FxpCriteria *self, guint layer);
/* lambda of a layer, as the options want it; 0: not seen, or no gradient passes. */
double fxp_limit_get_lambda (const FxpCriteria *self, guint layer);

/* log2 of r as the paper counts it: Delta = r 2^(1-B) with a sign, r 2^-B without; fixed formats.
 */
static inline int
fxp_limit_get_log2_range (FxpFormat format)
{
  return format.word_bits - (format.is_signed ? 1 : 0) - format.frac_bits;
}

G_END_DECLS
