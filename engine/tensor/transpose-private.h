/* SPDX-License-Identifier: MIT */
/* Transposed copies of arrays of codes or reals. */
#pragma once

#ifndef FXP_COMPILATION
#  error "transpose-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>

G_BEGIN_DECLS

/* A matrix of elements of 1, 2, 4 or 8 bytes, @n_rows x @n_columns with rows @from_stride elements
 * apart, to @n_columns x @n_rows with rows @to_stride apart. */
void fxp_transpose (gconstpointer from,
                    gsize n_rows,
                    gsize n_columns,
                    gsize from_stride,
                    gsize element_size,
                    gpointer to,
                    gsize to_stride);
/* @n contiguous ones. */
void fxp_transpose_all (gconstpointer from,
                        gsize n,
                        gsize n_rows,
                        gsize n_columns,
                        gsize element_size,
                        gpointer to);

G_END_DECLS
