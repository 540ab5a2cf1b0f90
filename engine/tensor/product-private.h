/* SPDX-License-Identifier: MIT */
/* One matrix product on its way: prepared by matmul, then only read by the threads that form its
 * tiles.  For matmul only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "product-private.h is for engine/ and tests/ only"
#endif

#include "tensor/matmul-kernel-private.h"
#include "tensor/packed-pair-private.h"

G_BEGIN_DECLS

/* How the sums of a tile are formed and leave. */
typedef enum
{
  FXP_PRODUCT_SHORT,            /* 32 bits and the register provably hold every sum */
  FXP_PRODUCT_SUMS,             /* the same, and the sums leave as they are */
  FXP_PRODUCT_FITTING,          /* 64 bits and the register provably do */
  FXP_PRODUCT_WRAPPING,         /* 64 bits do, and the register wraps */
  FXP_PRODUCT_SATURATING,       /* 64 bits do, and the register saturates */
  FXP_PRODUCT_SATURATING_SHORT, /* the same with 16-bit codes and a register to 31 bits */
  FXP_PRODUCT_WIDE,             /* any sum, any register */
  FXP_PRODUCT_FLOAT,
} FxpProductKind;

typedef struct
{
  const FxpMatmulKernels *kernels;
  FxpProductKind kind;

  gboolean is_packed; /* else the sums are formed with a panel of 32-bit codes */
  FxpPackedPair pair; /* for micro-kernels */

  FxpPanel a;
  FxpPanel b;        /* row j holds column j of the operand */
  FxpPanel b_strips; /* for the saturating kernel */

  FxpSumMode mode;
  guint bits; /* of the register */
  gint64 min, max;

  double step; /* of a sum */
  double *out;
  gint32 *sums; /* instead of out, for FXP_PRODUCT_SUMS */
  gsize out_stride;
} FxpProduct;

/* Forms the outputs row..last_row-1, column..last_column-1; adds to @counts what left the register
 * and the peak, but not how many sums there were. */
void fxp_product_form (const FxpProduct *self,
                       gsize row,
                       gsize last_row,
                       gsize column,
                       gsize last_column,
                       FxpSumCounts *counts);

G_END_DECLS
