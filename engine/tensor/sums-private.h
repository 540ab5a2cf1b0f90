/* SPDX-License-Identifier: MIT */
/* Exact sums of any length, formed by micro-kernels in segments that provably fit 32 bits. */
#pragma once

#ifndef FXP_COMPILATION
#  error "sums-private.h is for engine/ and tests/ only"
#endif

#include "tensor/packing-private.h"

G_BEGIN_DECLS

/* Sums of @n_rows rows with all @n_columns (16 or 32) of a strip, as FxpSumKernel has them, to
 * sums[r * stride + c].  @limit: how many products provably fit 32 bits, as from
 * fxp_matmul_get_limit(), a step of @element at least; integer elements only.  The caller has
 * proved that the sums fit 64 bits.
 *
 * @part is what was packed of the codes: sums of FXP_PART_HIGH count 256 times.  @adds: to what is
 * there.  Any thread. */
void fxp_sums_form (const FxpMicroKernels *kernels,
                    FxpElement element,
                    const FxpRows *rows,
                    gsize n_rows,
                    gconstpointer strip,
                    gsize n_columns,
                    FxpPart part,
                    gsize limit,
                    gboolean adds,
                    gint64 *sums,
                    gsize stride);

G_END_DECLS
