/* SPDX-License-Identifier: MIT */
/* The inner loops of matrix products, one per computing type.  For matmul only. */
#pragma once

#ifndef FXP_COMPILATION
#error "matmul-kernel-private.h is for engine/ and tests/ only"
#endif

#include "tensor/panel-private.h"

G_BEGIN_DECLS

/* A kernel forms the sums of a tile of at most this size. */
#define FXP_TILE_ROWS    8
#define FXP_TILE_COLUMNS 64
#define FXP_TILE_SIZE    (FXP_TILE_ROWS * FXP_TILE_COLUMNS)

typedef struct
{
  gsize row, column; /* in the whole product */
  gsize n_rows, n_columns;
  gsize stride; /* from row to row of the sums, n_columns or more */
} FxpTile;

/* Products of @a and @b in exact sums.  sums[r * stride + c] is the sum of row tile->row + r of
 * the first operand and column tile->column + c of the second. */
typedef void (*FxpShortKernel) (const FxpPanel *a,
                                const FxpPanel *b,
                                const FxpTile *tile,
                                gint32 *sums);
/* @block: for 16-bit operands, how many products provably fit 32 bits. */
typedef void (*FxpDotKernel) (const FxpPanel *a,
                              const FxpPanel *b,
                              gsize block,
                              const FxpTile *tile,
                              gint64 *sums);
/* The same with sums clamped to min..max at each addition, in order.  left[] becomes non-zero
 * where a sum was clamped. */
typedef void (*FxpSaturatingKernel) (const FxpPanel *a,
                                     const FxpPanel *b,
                                     gint64 min,
                                     gint64 max,
                                     const FxpTile *tile,
                                     gint64 *sums,
                                     gint64 *left);

/* Float32 sums in order of the terms. */
typedef void (*FxpFloatKernel) (const FxpPanel *a,
                                const FxpPanel *b,
                                const FxpTile *tile,
                                float *sums);

/* Kernels of few terms have at most this many. */
#define FXP_FEW 4

/* The kernels of one vector unit; the integer ones give equal sums on all, the float one equal
 * bits. */
typedef struct
{
  gsize vector_size; /* bytes that rows of padded panels are a multiple of */

  /* Dot kernels: row j of panel @b holds column j of the operand, and both panels are padded. */

  /* Sums of 32 bits, which the caller has proved to suffice. */
  FxpShortKernel dot_i16_short;
  /* Partial sums of 32 bits over blocks, a multiple of vectors, collected in 64. */
  FxpDotKernel dot_i16_blocks;
  /* Products of 32 bits in sums of 64. */
  FxpDotKernel dot_i16;
  /* Products and sums of 64 bits, which the caller has proved to suffice. */
  FxpDotKernel dot_i32;

  /* Column kernels: row p of panel @b holds row p of the operand; no panel need be padded. */

  /* At most FXP_FEW terms, in 32-bit sums as above. */
  FxpShortKernel columns_i16_few;

  /* These want panel @b in strips, and a tile whose first column is a multiple of FXP_STRIP and
   * whose stride is a multiple of vector_size / 4, which they fill. */

  /* For registers to 31 bits: a sum and a product together fit 32. */
  FxpSaturatingKernel saturate_i16;
  /* For registers to 63 bits: a sum and a product together fit 64. */
  FxpSaturatingKernel saturate_i32;
  FxpFloatKernel columns_f32;
} FxpMatmulKernels;

/* Those of fxp_vector_unit_get(). */
const FxpMatmulKernels *fxp_matmul_kernels_get (void);

extern const FxpMatmulKernels fxp_matmul_kernels_plain;
extern const FxpMatmulKernels fxp_matmul_kernels_avx2;
extern const FxpMatmulKernels fxp_matmul_kernels_avx512;

/* One sum of 64-bit operands that hold codes. */
__int128 fxp_kernel_dot_i64 (const gint64 *a, const gint64 *b, gsize n);
/* One sum in any register. */
gint64 fxp_kernel_saturate_i64 (const gint64 *a,
                                const gint64 *b,
                                gsize n,
                                gint64 min,
                                gint64 max,
                                gboolean *left);

G_END_DECLS
