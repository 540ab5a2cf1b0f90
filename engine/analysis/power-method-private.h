/* SPDX-License-Identifier: MIT */
/* The largest singular value of a matrix without negative entries, whose rows come one after the
 * other: w' = S^T S w, |w| = 1, in double.  Such a matrix has a leading vector without negative
 * entries (Perron-Frobenius), which S^T 1 is never orthogonal to.  One thread at a time. */
#pragma once

#ifndef FXP_COMPILATION
#  error "power-method-private.h is for engine/ and tests/ only"
#endif

#include "analysis/reflected-noise-private.h"

G_BEGIN_DECLS

typedef struct
{
  gsize n;        /* columns */
  double *vector; /* w; borrowed, as the other */
  double *next;   /* S^T S w, or S^T 1, so far */
  double squares; /* |S w|^2 so far */
  double value;   /* estimate: |S w| */
  guint n_iterations;
} FxpPowerMethod;

/* @vectors: room for 2 n. */
void fxp_power_method_begin (FxpPowerMethod *self, gsize n, double *vectors);
/* First all rows once, for S^T 1, ... */
void fxp_power_method_start_row (FxpPowerMethod *self, const float *row);
/* ... then again and again all of them, until this is TRUE, which is asked in front of every round.
 */
gboolean fxp_power_method_is_done (FxpPowerMethod *self, const FxpReflectionOptions *options);
void fxp_power_method_take_row (FxpPowerMethod *self, const float *row);

/* Of a matrix that is there, @n_rows x @n_columns.  @vectors: room for 2 n_columns. */
double fxp_power_method_find (const float *matrix,
                              gsize n_rows,
                              gsize n_columns,
                              double *vectors,
                              const FxpReflectionOptions *options);

G_END_DECLS
