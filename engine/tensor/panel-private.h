/* SPDX-License-Identifier: MIT */
/* An operand of a product as its kernel wants it: rows of contiguous elements of one computing
 * type.  For matmul and its kernels only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "panel-private.h is for engine/ and tests/ only"
#endif

#include "tensor/matmul-private.h"

G_BEGIN_DECLS

/* Padded rows end in zeros, up to a multiple of this many elements, so that kernels have no
 * remainder to deal with. */
#define FXP_PANEL_PADDING 8

/* What a kernel computes with. */
typedef enum
{
  FXP_OPERAND_I16, /* codes that fit 16 bits and the sign */
  FXP_OPERAND_I32,
  FXP_OPERAND_I64, /* any code */
  FXP_OPERAND_F32, /* values */
  FXP_N_OPERANDS
} FxpOperand;

typedef struct
{
  const void *data;
  gsize n_rows;
  gsize stride; /* elements from row to row */
  gsize n;      /* elements of a row to work on, padding included */
} FxpPanel;

/* TRUE when every code of @format fits @operand. */
gboolean fxp_operand_holds (FxpOperand operand, FxpFormat format);

/* The n_rows rows of @matrix, or with @turned its columns, of @n elements each as @operand:
 * borrowed from the matrix where they lie ready, else copied into @slot of @scratch. */
FxpPanel fxp_panel_new (const FxpMatrix *matrix,
                        gboolean turned,
                        gsize n_rows,
                        gsize n,
                        FxpOperand operand,
                        gboolean padded,
                        FxpScratch *scratch,
                        guint slot);

G_END_DECLS
