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

/* Dot kernels: row j of panel @b holds column j of the operand, and both panels are padded. */

/* Sums of 32 bits, which the caller has proved to suffice. */
void fxp_kernel_dot_i16_short (const FxpPanel *a,
                               const FxpPanel *b,
                               const FxpTile *tile,
                               gint32 *sums);
/* Partial sums of 32 bits over blocks, collected in 64. */
void fxp_kernel_dot_i16_blocks (const FxpPanel *a,
                                const FxpPanel *b,
                                gsize block,
                                const FxpTile *tile,
                                gint64 *sums);
/* Products of 32 bits in sums of 64. */
void fxp_kernel_dot_i16 (const FxpPanel *a,
                         const FxpPanel *b,
                         gsize block,
                         const FxpTile *tile,
                         gint64 *sums);
/* Products and sums of 64 bits, which the caller has proved to suffice. */
void fxp_kernel_dot_i32 (const FxpPanel *a,
                         const FxpPanel *b,
                         gsize block,
                         const FxpTile *tile,
                         gint64 *sums);
/* One sum of 64-bit operands that hold codes. */
__int128 fxp_kernel_dot_i64 (const gint64 *a, const gint64 *b, gsize n);

/* Column kernels: row p of panel @b holds row p of the operand; panel @a need not be padded. */

/* Few terms: at most FXP_FEW, in 32-bit sums as above. */
#define FXP_FEW 4
void fxp_kernel_columns_i16_few (const FxpPanel *a,
                                 const FxpPanel *b,
                                 const FxpTile *tile,
                                 gint32 *sums);
/* For registers to 31 bits: a sum and a product together fit 32. */
void fxp_kernel_saturate_i16 (const FxpPanel *a,
                              const FxpPanel *b,
                              gint64 min,
                              gint64 max,
                              const FxpTile *tile,
                              gint64 *sums,
                              gint64 *left);
/* For registers to 63 bits: a sum and a product together fit 64. */
void fxp_kernel_saturate_i32 (const FxpPanel *a,
                              const FxpPanel *b,
                              gint64 min,
                              gint64 max,
                              const FxpTile *tile,
                              gint64 *sums,
                              gint64 *left);
/* One sum in any register. */
gint64 fxp_kernel_saturate_i64 (const gint64 *a,
                                const gint64 *b,
                                gsize n,
                                gint64 min,
                                gint64 max,
                                gboolean *left);
/* Float32 sums in order.  tile->stride is a multiple of FXP_PANEL_PADDING. */
void fxp_kernel_columns_f32 (const FxpPanel *a,
                             const FxpPanel *b,
                             const FxpTile *tile,
                             float *sums);

G_END_DECLS
