/* SPDX-License-Identifier: MIT */
/* What an integer network did, operation by operation. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Multiply-accumulates in the products of weights and activations, and what became of them; padded
 * zeros count as other pixels do (3.1 counts K^2 Cin Cout Ho Wo). */
typedef struct
{
  guint64 n_images;
  guint64 n_macs;       /* in all: what a float network multiplies */
  guint64 n_multiplies; /* 8-bit layers: each; clusters: one per cluster, term and output; powers of
                         * two: none */
  guint64 n_shifts;     /* scales that are powers of two */
  guint64 n_adds;       /* of weights that are not zero, in clusters */
  guint64 n_skipped;    /* zero weights in clusters */
  guint64 n_affine;     /* multiplications of batch normalization's A, one per output value */
  guint64 n_converted;  /* down-conversions, those of sums of clusters too */
  guint64 n_saturated;  /* of these, codes that were clipped */
} FxpInferenceCounts;

void fxp_inference_counts_add (FxpInferenceCounts *self, const FxpInferenceCounts *other);
/* 1 - n_multiplies / n_macs; NaN without any. */
double fxp_inference_counts_get_share_replaced (const FxpInferenceCounts *self);

G_END_DECLS
