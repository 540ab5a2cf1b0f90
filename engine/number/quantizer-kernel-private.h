/* SPDX-License-Identifier: MIT */
/* The loops of the quantizer, one table per vector unit, all with the same bits. */
#pragma once

#ifndef FXP_COMPILATION
#  error "quantizer-kernel-private.h is for engine/number/ only"
#endif

#include "number/quantizer.h"

G_BEGIN_DECLS

typedef struct
{
  /* fxp_quantizer_apply() to a fixed format. */
  void (*apply) (const FxpQuantizer *quantizer,
                 const FxpNoise *noise,
                 const double *values,
                 gpointer codes,
                 gsize first,
                 gsize n,
                 FxpQuantizeCounts *counts,
                 guint8 *clipped);
  /* Stores float32; returns how many of them are not finite. */
  gsize (*narrow) (const double *values, float *codes, gsize n);
  /* fxp_format_decode(). */
  void (*decode) (FxpFormat format, const void *codes, gsize n, double *values);
} FxpQuantizerKernel;

/* That of fxp_vector_unit_get(). */
const FxpQuantizerKernel *fxp_quantizer_kernel_get (void);

extern const FxpQuantizerKernel fxp_quantizer_kernel_plain;
extern const FxpQuantizerKernel fxp_quantizer_kernel_avx2;
extern const FxpQuantizerKernel fxp_quantizer_kernel_avx512;

G_END_DECLS
