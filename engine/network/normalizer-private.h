/* SPDX-License-Identifier: MIT */
/* What batch normalization learns and remembers of one layer: gamma, beta, and the running mean and
 * variance that evaluation uses. */
#pragma once

#ifndef FXP_COMPILATION
#  error "normalizer-private.h is for engine/ and tests/ only"
#endif

#include "network/parameter-private.h"

G_BEGIN_DECLS

/* Added to a variance before its root is taken, and the share of a batch in the running statistics:
 * Theano's defaults, as in the code of the first paper (4.2). */
#define FXP_NORMALIZER_EPSILON 1e-4
#define FXP_NORMALIZER_SHARE   0.1

typedef struct
{
  gsize n_channels;
  FxpParameter *gamma;
  FxpParameter *beta;
  FxpTensor *mean;     /* running; float32 */
  FxpTensor *variance; /* likewise */

  /* Of the pass under way, per channel, owned. */
  gsize n_values; /* of each channel */
  double *batch_mean;
  double *batch_variance;
  double *inverse_deviation; /* 1 / sqrt (variance + epsilon), batch or running */
} FxpNormalizer;

FxpNormalizer *
fxp_normalizer_new (FxpCell *gamma, FxpCell *beta, gsize n_channels) G_GNUC_WARN_UNUSED_RESULT;
void fxp_normalizer_free (FxpNormalizer *self);
/* Makes the running statistics those of this pass. */
void fxp_normalizer_use_running (FxpNormalizer *self);
/* One step of gamma, beta and the running statistics. */
void fxp_normalizer_update (FxpNormalizer *self, double rate, const FxpPass *pass);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpNormalizer, fxp_normalizer_free)

G_END_DECLS
