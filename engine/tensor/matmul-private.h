/* SPDX-License-Identifier: MIT */
/* Matrix products of codes: exact integer sums through a modelled sum register, or float32 in one
 * fixed order where an operand is the float reference. */
#pragma once

#ifndef FXP_COMPILATION
#error "matmul-private.h is for engine/ and tests/ only"
#endif

#include "number/format.h"
#include "tensor/sum-register.h"
#include "tensor/team-private.h"

G_BEGIN_DECLS

/* A borrowed matrix of codes with any strides (in elements), so a transpose costs nothing. */
typedef struct
{
  const void *data;   /* stored as fxp_format_get_storage (format) says */
  FxpFormat format;
  gsize row_stride;
  gsize column_stride;
} FxpMatrix;

/* Scratch memory of the kernels, grown on demand and kept; one per worker. */
typedef struct _FxpScratch FxpScratch;
FxpScratch *fxp_scratch_new (void) G_GNUC_WARN_UNUSED_RESULT;
void fxp_scratch_free (FxpScratch *self);
/* At least @n_bytes, 64-byte aligned, content undefined; the slot's earlier memory is reused.
 * Slots 0..7 belong to matmul, 8..31 to its callers. */
gpointer fxp_scratch_get (FxpScratch *self, guint slot, gsize n_bytes);

/* out[i * out_stride + j] = value of sum over p of a(i,p) b(p,j), i < m, j < n, p < k in order.
 *
 * Both fixed: integer products in a register of step 2^-(a.frac_bits + b.frac_bits); the value of
 * the finished sum leaves as a double, exact up to 53 significant bits (rounded to nearest even
 * beyond, which needs operands of more than 24 bits).  @counts is added to.
 * Either float: both are taken as float32 and summed in float32 in order of p, no register.
 * The result does not depend on the team. */
void fxp_matmul (const FxpMatrix *a,
                 const FxpMatrix *b,
                 gsize m,
                 gsize n,
                 gsize k,
                 const FxpSumRegister *sum,
                 double *out,
                 gsize out_stride,
                 FxpScratch *scratch,
                 FxpTeam *team,
                 FxpSumCounts *counts);

/* TRUE where 32 bits and the register provably hold every sum, and micro-kernels can form it. */
gboolean fxp_matmul_is_short (FxpFormat a, FxpFormat b, gsize k, const FxpSumRegister *sum);
/* The sums themselves where that is so, in rows of @n, for callers that go on with integers; they
 * count what they read. */
void fxp_matmul_form_sums (const FxpMatrix *a,
                           const FxpMatrix *b,
                           gsize m,
                           gsize n,
                           gsize k,
                           gint32 *sums,
                           FxpScratch *scratch,
                           FxpTeam *team);

/* TRUE when no sum of @k products of these formats can leave @bits bits: the proof by which
 * kernels are chosen.  Fixed formats only. */
gboolean fxp_matmul_fits (FxpFormat a, FxpFormat b, gsize k, guint bits);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpScratch, fxp_scratch_free)

G_END_DECLS
