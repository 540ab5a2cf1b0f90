/* SPDX-License-Identifier: MIT */
/* Both operands of a product as micro-kernels want them: rows and strips.  For matmul only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "packed-pair-private.h is for engine/ and tests/ only"
#endif

#include "tensor/sums-private.h"

G_BEGIN_DECLS

/* What to form sums with. */
typedef struct
{
  FxpElement element;
  /* How the second operand is packed: in whole codes, or in two parts (I16 only), or both. */
  gboolean is_whole, is_split;
  /* How many products fit 32 bits: of whole codes, or of each part. */
  gsize limits[FXP_PART_LOW + 1];
} FxpPacking;

typedef struct
{
  const FxpMicroKernels *kernels;
  FxpPacking packing;
  gsize n_columns; /* those of all strips */
  gsize n_steps;
  gboolean is_borrowed; /* the rows: else they are packed, in strips as well */
  const guint8 *rows;
  gsize n_rows, row_stride;
  const guint8 *strips[FXP_PART_LOW + 1]; /* of whole codes or of each part */
} FxpPackedPair;

/* Borrows the rows of @a where they lie ready and packs what does not into @scratch, with all of
 * @team. */
void fxp_packed_pair_init (FxpPackedPair *self,
                           const FxpPacking *packing,
                           const FxpMatrix *a,
                           const FxpMatrix *b,
                           gsize m,
                           gsize n,
                           gsize k,
                           FxpScratch *scratch,
                           FxpTeam *team);
/* Columns of the strip that begins with @column, a multiple of FXP_STRIP_COLUMNS: 32 or 16. */
gsize fxp_packed_pair_get_width (const FxpPackedPair *self, gsize column);
/* Sums of @n_rows rows from @row on, a multiple of FXP_STRIP_COLUMNS, with all columns of the strip
 * of @column, in rows @stride apart: gint32 or float, as FxpSumKernel has them, which suffice. */
void fxp_packed_pair_form_short (const FxpPackedPair *self,
                                 gsize row,
                                 gsize n_rows,
                                 gsize column,
                                 gpointer sums,
                                 gsize stride);
/* The same with sums of any size, in rows of the width of the strip. */
void fxp_packed_pair_form_long (const FxpPackedPair *self,
                                gsize row,
                                gsize n_rows,
                                gsize column,
                                gint64 *sums);

/* Short sums that saturate, see FxpMicroKernels, in such rows; @left as @sums. */
void fxp_packed_pair_saturate (const FxpPackedPair *self,
                               gsize row,
                               gsize n_rows,
                               gsize column,
                               gint32 min,
                               gint32 max,
                               gint32 *sums,
                               guint32 *left);

G_END_DECLS
