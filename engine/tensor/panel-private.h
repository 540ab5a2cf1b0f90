/* SPDX-License-Identifier: MIT */
/* An operand of a product as its kernel wants it: rows of contiguous elements of one computing
 * type.  For matmul and its kernels only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "panel-private.h is for engine/ and tests/ only"
#endif

#include "tensor/matmul-private.h"

G_BEGIN_DECLS

/* What a kernel computes with. */
typedef enum
{
  FXP_OPERAND_I32, /* codes that fit 32 bits and the sign */
  FXP_OPERAND_I64, /* any code */
  FXP_N_OPERANDS
} FxpOperand;

typedef struct
{
  const void *data;
  gsize n_rows;
  gsize stride;       /* elements from row to row */
  gsize n;            /* elements of a row to work on, padding included */
  gsize strip_stride; /* elements from strip to strip, see below */
} FxpPanel;

/* TRUE when every code of @format fits @operand. */
gboolean fxp_operand_holds (FxpOperand operand, FxpFormat format);

/* The n_rows rows of @matrix, or with @turned its columns, of @n elements each as @operand:
 * borrowed from the matrix where they lie ready, else copied into @slot of @scratch.  Rows end in
 * zeros up to a multiple of @padding bytes, so that kernels have no remainder to deal with; 0 asks
 * for none. */
FxpPanel fxp_panel_new (const FxpMatrix *matrix,
                        gboolean turned,
                        gsize n_rows,
                        gsize n,
                        FxpOperand operand,
                        gsize padding,
                        FxpScratch *scratch,
                        guint slot);

/* For kernels that take a row of few columns after the other: columns in strips of FXP_STRIP side
 * by side, the last one filled up.  A copy has them one strip after the other, so that the kernel
 * walks through contiguous memory and not through one cache line of every page; a borrowed matrix
 * side by side, as that pays only where the panel is read often. */
#define FXP_STRIP 16

/* @n_rows rows of @matrix of @n elements each as @operand, in @slot of @scratch where they are
 * copied.  @n_reads: how often a kernel will read them all. */
FxpPanel fxp_panel_new_strips (const FxpMatrix *matrix,
                               gsize n_rows,
                               gsize n,
                               FxpOperand operand,
                               gsize n_reads,
                               FxpScratch *scratch,
                               guint slot);

/* Where @column begins, in elements. */
static inline gsize
fxp_panel_find_in_strips (const FxpPanel *self, gsize column)
{
  return column / FXP_STRIP * self->strip_stride + column % FXP_STRIP;
}

G_END_DECLS
