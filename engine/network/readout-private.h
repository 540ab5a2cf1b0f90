/* SPDX-License-Identifier: MIT */
/* From the sums of micro-kernels to real values, through a layer's sum register. */
#pragma once

#ifndef FXP_COMPILATION
#  error "readout-private.h is for engine/ and tests/ only"
#endif

#include "network/loops-private.h"
#include "tensor/summation-private.h"

G_BEGIN_DECLS

typedef struct
{
  const FxpLoops *loops;
  FxpSummation summation;
  gboolean wraps; /* the register may wrap */
  guint bits;     /* of it */
  double step;    /* of a sum */
} FxpReadout;

/* For sums of @k products of @a and @b. */
void fxp_readout_init (FxpReadout *self,
                       const FxpSummation *summation,
                       FxpFormat a,
                       FxpFormat b,
                       gsize k,
                       const FxpSumRegister *sum);
/* TRUE where sums are of 32 bits and their values are sums * step, whatever they are. */
static inline gboolean
fxp_readout_is_plain (const FxpReadout *self)
{
  return self->summation.element != FXP_ELEMENT_F32 && self->summation.is_short && !self->wraps;
}
/* Element @i of an array of sums. */
static inline gpointer
fxp_readout_at (const FxpReadout *self, gpointer sums, gsize i)
{
  return (guint8 *)sums + i * fxp_summation_get_size (&self->summation);
}
/* @n_rows rows of @n_columns sums, @stride apart, to contiguous real values; @counts is added to.
 * Any thread. */
void fxp_readout_read (const FxpReadout *self,
                       gconstpointer sums,
                       gsize n_rows,
                       gsize n_columns,
                       gsize stride,
                       double *reals,
                       FxpSumCounts *counts);
/* The same of sums that stay as they are, where they are plain. */
void fxp_readout_move (const FxpReadout *self,
                       gconstpointer sums,
                       gsize n_rows,
                       gsize n_columns,
                       gsize stride,
                       gint32 *to,
                       FxpSumCounts *counts);

G_END_DECLS
