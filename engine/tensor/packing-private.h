/* SPDX-License-Identifier: MIT */
/* The second operand of a product as the micro-kernels want it. */
#pragma once

#ifndef FXP_COMPILATION
#  error "packing-private.h is for engine/ and tests/ only"
#endif

#include "tensor/matmul-private.h"
#include "tensor/micro-kernel-private.h"

G_BEGIN_DECLS

/* Which part of a code is packed: code = 256 * high + low, low in 0..255, so that sums with 16-bit
 * codes stay within 32 bits for some hundred products instead of two.  Only as I16 and of codes of
 * 9 to 16 bits, which may be unsigned. */
typedef enum
{
  FXP_PART_WHOLE,
  FXP_PART_HIGH,
  FXP_PART_LOW,
} FxpPart;

/* How many products of codes of @a with that part of codes of @b provably fit 32 bits, whatever
 * they are; 0 where one may not.  Sums of no more products are right, since micro-kernels sum
 * modulo 2^32.  Fixed formats only. */
gsize fxp_matmul_get_limit (FxpFormat a, FxpFormat b, FxpPart part);

/* Columns of the strips together: @n_columns rounded up to a multiple of 16. */
gsize fxp_packing_get_n_columns (gsize n_columns);
gsize fxp_packing_get_n_bytes (gsize n_steps, gsize n_columns);
/* Where the strip of @column begins, a multiple of FXP_STRIP_COLUMNS, in bytes; strips of @n_steps
 * follow each other. */
gsize fxp_packing_find_strip (gsize n_steps, gsize column);

/* Packs @n_rows (of the summed index) x @n_columns elements of @matrix into steps @first_step and
 * on of all strips at @target, which have @n_steps.  A last step is filled up with zeros, and so
 * are the columns up to a multiple of 16.  F32 takes the values of fixed-point codes; the integer
 * elements must hold every code of the format. */
void fxp_packing_fill (const FxpMatrix *matrix,
                       gsize n_rows,
                       gsize n_columns,
                       FxpElement element,
                       FxpPart part,
                       gsize first_step,
                       gsize n_steps,
                       gpointer target);

G_END_DECLS
