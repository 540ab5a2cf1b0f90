/* SPDX-License-Identifier: MIT */
/* From sums to codes in one pass over registers, one table per vector unit, all with the bits of
 * the steps one by one: fxp_readout_read(), the bias, the activation, fxp_quantizer_apply(). */
#pragma once

#ifndef FXP_COMPILATION
#  error "sum-loop-private.h is for engine/ and tests/ only"
#endif

#include "network/pass-private.h"

G_BEGIN_DECLS

/* Rows of a lane are read in groups of so many sums. */
#define FXP_SUM_GROUP 16

/* Sums of some pixels or samples, which are elements @first and on of the batch; FXP_PIECE of them
 * at most.  Their values are sums * step + biases[element % n_biases]. */
typedef struct
{
  const gint32 *sums; /* NULL: their values are there already, in order */
  const double *values;
  gsize first;
  gsize n_rows, n_columns;
  gsize stride; /* between rows of sums; n_columns, or a multiple of FXP_SUM_GROUP above it that can
                 * be read */
  double step;
  const double *biases; /* or NULL */
  gsize n_biases;
} FxpSumSpan;

/* Both add to @tally's first and sums; FALSE if this unit or this quantizer needs the steps one by
 * one: then nothing is done. */
typedef struct
{
  /* The codes of the values; sums without biases only.  @nonzero: NULL, or becomes 1 where a value
   * is not 0, else 0. */
  gboolean (*quantize) (const FxpSumSpan *span,
                        const FxpQuantizer *quantizer,
                        const FxpNoise *noise,
                        gpointer codes,
                        guint8 *nonzero,
                        FxpTally *tally);
  /* The codes of relu or clipped relu; @mask becomes 1 where a gradient may pass: where the
   * activation follows its argument and the code was not clipped. */
  gboolean (*activate) (const FxpSumSpan *span,
                        FxpActivation activation,
                        const FxpQuantizer *quantizer,
                        const FxpNoise *noise,
                        gpointer codes,
                        guint8 *mask,
                        FxpTally *tally);
} FxpSumLoop;

/* That of fxp_vector_unit_get(). */
const FxpSumLoop *fxp_sum_loop_get (void);

extern const FxpSumLoop fxp_sum_loop_plain;
extern const FxpSumLoop fxp_sum_loop_avx2;
extern const FxpSumLoop fxp_sum_loop_avx512;

G_END_DECLS
