/* SPDX-License-Identifier: MIT */
/* Measuring p_m. */
#pragma once

#ifndef FXP_COMPILATION
#  error "mismatch-private.h is for engine/ and tests/ only"
#endif

#include "analysis/mismatch.h"
#include "network/network-private.h"

G_BEGIN_DECLS

/* A network in the formats of W and A (and b, Z, gamma, beta) of @experiment, all else float and
 * sums exact, that has what @twin, a float network, has learnt.  Roundings are those of
 * @experiment, but to nearest, ties away from zero, where it rounds at random.  Free with
 * fxp_network_free(). Errors as fxp_network_new(). */
FxpNetwork *fxp_mismatch_make_quantized (FxpNetwork *twin,
                                         const FxpExperiment *experiment,
                                         const FxpShape *input,
                                         guint n_classes,
                                         FxpScratch *scratch,
                                         FxpTeam *team,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Evaluates @n samples in both and adds to @mismatch; FALSE if a monitor gave up, and then nothing
 * is added. */
gboolean fxp_mismatch_add (FxpMismatch *mismatch,
                           FxpNetwork *twin,
                           FxpNetwork *quantized,
                           const double *inputs,
                           gsize n);

G_END_DECLS
