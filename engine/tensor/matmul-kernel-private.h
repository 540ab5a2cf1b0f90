/* SPDX-License-Identifier: MIT */
/* The inner loops of matrix products, one per computing type.  For matmul only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "matmul-kernel-private.h is for engine/ and tests/ only"
#endif

#include "tensor/micro-kernel-private.h"
#include "tensor/panel-private.h"

G_BEGIN_DECLS

/* Sums are formed in tiles of at most this size: a strip of columns by so many rows that reading it
 * costs little, and that they stay in the second cache. */
#define FXP_TILE_ROWS    192
#define FXP_TILE_COLUMNS FXP_STRIP_COLUMNS
#define FXP_TILE_SIZE    (FXP_TILE_ROWS * FXP_TILE_COLUMNS)

typedef struct
{
  gsize row, column; /* in the whole product */
  gsize n_rows, n_columns;
  gsize stride; /* from row to row of the sums, n_columns or more */
} FxpTile;

/* Products of @a and @b in exact sums of 64 bits, which the caller has proved to suffice, of codes
 * to 32 bits.  sums[r * stride + c] is the sum of row tile->row + r of the first operand and column
 * tile->column + c of the second; row j of panel @b holds column j, and both panels are padded. */
typedef void (*FxpDotKernel) (const FxpPanel *a,
                              const FxpPanel *b,
                              const FxpTile *tile,
                              gint64 *sums);
/* The same with sums clamped to min..max at each addition, in order.  left[] becomes non-zero
 * where a sum was clamped.  Panel @b is in strips, the tile's first column is a multiple of
 * FXP_STRIP and its stride one of vector_size / 4, which is filled. */
typedef void (*FxpSaturatingKernel) (const FxpPanel *a,
                                     const FxpPanel *b,
                                     gint64 min,
                                     gint64 max,
                                     const FxpTile *tile,
                                     gint64 *sums,
                                     gint64 *left);

/* Write the sums of a tile, times @step, and return their greatest magnitude. */
typedef guint64 (*FxpShortPut) (const gint32 *sums,
                                const FxpTile *tile,
                                double step,
                                double *out,
                                gsize out_stride);
typedef guint64 (*FxpLongPut) (const gint64 *sums,
                               const FxpTile *tile,
                               double step,
                               double *out,
                               gsize out_stride);

/* The kernels of one vector unit beside micro-kernels; equal on all. */
typedef struct
{
  gsize vector_size; /* bytes that rows of padded panels are a multiple of */

  FxpDotKernel dot_i32;
  /* For registers to 63 bits: a sum and a product together fit 64. */
  FxpSaturatingKernel saturate_i32;

  FxpShortPut put_i32;
  FxpLongPut put_i64;
  void (*put_f32) (const float *sums, const FxpTile *tile, double *out, gsize out_stride);
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
