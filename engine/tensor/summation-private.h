/* SPDX-License-Identifier: MIT */
/* How the micro-kernels may form the sums of products of two formats, by what the formats prove. */
#pragma once

#ifndef FXP_COMPILATION
#  error "summation-private.h is for engine/ and tests/ only"
#endif

#include "tensor/packing-private.h"

G_BEGIN_DECLS

typedef struct
{
  const FxpMicroKernels *kernels;
  FxpElement element;
  gsize limit;       /* products that provably fit 32 bits, @k at most */
  gboolean splits;   /* the packed operand is taken in two parts */
  gboolean is_short; /* all of a sum fits 32 bits, in one part */
} FxpSummation;

/* For sums of @k products of rows of @a with packed columns of @b in @sum.  FALSE where the
 * micro-kernels cannot: codes of more than 16 bits, or a register that saturates at each addition
 * and is not proved to be wide enough. */
gboolean fxp_summation_choose (FxpSummation *self,
                               FxpFormat a,
                               FxpFormat b,
                               gsize k,
                               const FxpSumRegister *sum);

/* 1, 2 where the packed operand comes in two parts. */
guint fxp_summation_get_n_parts (const FxpSummation *self);
FxpPart fxp_summation_get_part (const FxpSummation *self, guint i);

/* Bytes of a sum: float, gint32 where is_short, else gint64. */
gsize fxp_summation_get_size (const FxpSummation *self);

/* What is packed was found to keep all sums within 32 bits: they need neither parts nor 64 bits. */
void fxp_summation_shorten (FxpSummation *self);

/* sums[r * stride + c] = (adds ? what is there : 0) + the sums of @rows and a strip of @n_columns;
 * strips[i] is the strip of part i.  @is_proved: the strip, strips[0] and whole, was found to keep
 * these sums within 32 bits. */
void fxp_summation_form (const FxpSummation *self,
                         const FxpRows *rows,
                         gsize n_rows,
                         const gconstpointer *strips,
                         gsize n_columns,
                         gboolean is_proved,
                         gboolean adds,
                         gpointer sums,
                         gsize stride);

G_END_DECLS
