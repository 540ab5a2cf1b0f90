/* SPDX-License-Identifier: MIT */
/* A tighter proof than formats give: a sum of products of column c with codes of magnitude m at
 * most never exceeds m times the sum of the magnitudes in c, and neither does a part of it. */
#pragma once

#ifndef FXP_COMPILATION
#  error "column-norm-private.h is for engine/ and tests/ only"
#endif

#include "tensor/matmul-private.h"

G_BEGIN_DECLS

/* The greatest sum of magnitudes of a column of @matrix, whose rows of codes lie contiguous. */
guint64 fxp_column_norm_measure (const FxpMatrix *matrix, gsize n_rows, gsize n_columns);
/* TRUE when no sum of products of codes of @a with columns of that norm at most can leave 32 bits.
 * Fixed formats only. */
gboolean fxp_column_norm_fits (guint64 norm, FxpFormat a);

G_END_DECLS
