/* SPDX-License-Identifier: MIT */
/* The loops over float32 of moments.c, one table per vector unit, all with the same bits. */
#pragma once

#ifndef FXP_COMPILATION
#  error "moments-kernel-private.h is for engine/ and tests/ only"
#endif

#include "analysis/moments-private.h"

G_BEGIN_DECLS

/* Least and greatest of what orders as floats do: bits of those that are not negative, and the
 * others with all bits but the sign's turned over.  NaN lies beyond the infinities. */
typedef struct
{
  gint32 least, greatest;
} FxpKeyExtrema;

typedef struct
{
  FxpMoments (*add_up) (const float *values, gsize n);
  FxpKeyExtrema (*compare) (const float *values, gsize n); /* n > 0 */
} FxpMomentsKernel;

/* That of fxp_vector_unit_get(). */
const FxpMomentsKernel *fxp_moments_kernel_get (void);

extern const FxpMomentsKernel fxp_moments_kernel_plain;
extern const FxpMomentsKernel fxp_moments_kernel_avx2;
extern const FxpMomentsKernel fxp_moments_kernel_avx512;

G_END_DECLS
