/* SPDX-License-Identifier: MIT */
/* The inner loops of all products: sums of rows that lie anywhere with a packed strip of columns.
 * The summed index goes in steps of 4 bytes of each operand, through blocks that need not follow
 * each other in memory: one block for a plain matrix, the taps of a kernel for a convolution, rows
 * of images for a weight gradient (batch-reduce products, Georganas et al. 2020). */
#pragma once

#ifndef FXP_COMPILATION
#  error "micro-kernel-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>

G_BEGIN_DECLS

/* What a step of 4 bytes holds. */
typedef enum
{
  FXP_ELEMENT_I8,  /* four signed codes */
  FXP_ELEMENT_I16, /* two signed codes */
  FXP_ELEMENT_F32, /* one value */
  FXP_N_ELEMENTS
} FxpElement;

#define FXP_STEP_BYTES 4

/* 4, 2 or 1. */
gsize fxp_element_get_n_per_step (FxpElement self);

/* Columns of a strip; the last one of a matrix may have half as many. */
#define FXP_STRIP_COLUMNS 32

/* Rows of the first operand, borrowed.  Step s of block t of row r is the 4 bytes at
 * data + block_offsets[t] + r * row_stride + s * step_stride; all in bytes, any alignment. */
typedef struct
{
  const guint8 *data;
  gsize row_stride, step_stride;
  const gsize *block_offsets;
  gsize n_blocks;
  gsize n_steps; /* of each block */
} FxpRows;

/* sums[r * stride + c] = (adds ? what is there : 0) + sum over all elements of row r times column
 * c of @strip, for r < n_rows and c < n_columns (16 or 32).  The steps of the strip follow each
 * other through all blocks: step i begins at strip + i * n_columns * 4.
 * I8 and I16: gint32 sums, which the caller has proved to suffice for every part of the sum.
 * F32: float sums in order of blocks and steps; each product and each addition is rounded. */
typedef void (*FxpSumKernel) (const FxpRows *rows,
                              gsize n_rows,
                              gconstpointer strip,
                              gsize n_columns,
                              gboolean adds,
                              gpointer sums,
                              gsize stride);

typedef struct
{
  /* NULL where the unit has none: then the caller widens 8-bit codes to 16. */
  FxpSumKernel sum[FXP_N_ELEMENTS];
  /* The sums of FxpSumKernel for I16 in a register that clamps them to min..max after each product,
   * in order; a sum and a product together fit 32 bits.  left[r * stride + c] becomes non-zero
   * where a sum was clamped. */
  void (*saturate) (const FxpRows *rows,
                    gsize n_rows,
                    gconstpointer strip,
                    gsize n_columns,
                    gint32 min,
                    gint32 max,
                    gint32 *sums,
                    guint32 *left,
                    gsize stride);
  /* totals[r * stride + c] = (adds ? what is there : 0) + sums[r * n_columns + c] * 2^shift, for
   * 16 or 32 columns. */
  void (*widen) (const gint32 *sums,
                 gsize n_rows,
                 gsize n_columns,
                 guint shift,
                 gboolean adds,
                 gint64 *totals,
                 gsize stride);
} FxpMicroKernels;

/* Those of fxp_vector_unit_get(). */
const FxpMicroKernels *fxp_micro_kernels_get (void);

extern const FxpMicroKernels fxp_micro_kernels_plain;
extern const FxpMicroKernels fxp_micro_kernels_avx2;
extern const FxpMicroKernels fxp_micro_kernels_avx512;
extern const FxpMicroKernels fxp_micro_kernels_vnni;

G_END_DECLS
