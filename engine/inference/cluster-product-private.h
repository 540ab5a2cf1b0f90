/* SPDX-License-Identifier: MIT */
/* The product of a layer's clusters with images of codes, made ready for the kernels: where the
 * codes of a cluster lie in a frame of an image, and the weights themselves, packed in 2, 4 or 8
 * bits in the order in which kernels read them.  Immutable once made. */
#pragma once

#ifndef FXP_COMPILATION
#  error "cluster-product-private.h is for engine/ and tests/ only"
#endif

#include "inference/cluster-kernel-private.h"
#include "inference/model-private.h"

G_BEGIN_DECLS

/* What enters. */
typedef struct
{
  FxpStorage storage;
  gboolean is_negative; /* codes may be below 0 */
  gsize n_pixels;       /* of an image that enters a dense layer, which counts features channels
                         * first; else 1 */
  guint32 max;          /* greatest magnitude of a code */
} FxpClusterSource;

typedef struct
{
  FxpClusterSource source;
  const FxpClusterKernels *kernels; /* of the unit it was made for */
  FxpStepKind kind;
  gboolean is_wide; /* sums are gint64 */

  /* The frame: an image with zeros around, @n_groups planes of pixels with @group channels each; of
   * a dense layer, a sample is a pixel. */
  gsize n_channels, height, width, padding;
  gsize group, n_groups;
  gsize frame_height, frame_width;
  guint8 raise;       /* added to each code, modulo 256: so quads have no sign */
  gboolean is_direct; /* the codes themselves are the frame */
  gsize frame_bytes;  /* of an image, or a sample of a dense layer */

  gsize n_places; /* of an image, or as many samples of a dense layer as are taken at once */
  gboolean is_dense;
  gsize *places; /* owned, with the next three: a walk */
  guint32 *steps, *counts;
  FxpScaleKind scaling;
  gsize n_steps, n_clusters; /* of an output, over all terms */

  gsize n_units;
  gsize n_columns;   /* rounded up to half a strip */
  guint stored_bits; /* of a code in @packed */
  guint8 *packed;    /* owned: strip by strip, step by step, column by column */
  gint32 *scales;    /* owned: strip by strip, cluster by cluster */
  gint32 *starts;    /* owned: n_columns */

  guint64 n_nonzero, n_zero;  /* codes of all outputs and terms */
  guint64 n_scales, n_shifts; /* cluster sums of all outputs that are multiplied, or shifted */
} FxpClusterProduct;

/* @node: a product. */
FxpClusterProduct *
fxp_cluster_product_new (const FxpNode *node,
                         const FxpClusterSource *source) G_GNUC_WARN_UNUSED_RESULT;
void fxp_cluster_product_free (FxpClusterProduct *self);

/* cluster-frame.c: the frame and the places of a product under construction.  @size: channels of a
 * cluster. */
void fxp_cluster_product_lay_out (FxpClusterProduct *self, const FxpNode *node, gsize size);

/* Bytes of the unpacked codes of all strips, and unpacks strips first..last-1 of them. */
gsize fxp_cluster_product_get_panel_bytes (const FxpClusterProduct *self);
gsize fxp_cluster_product_get_n_strips (const FxpClusterProduct *self);
void
fxp_cluster_product_unpack (const FxpClusterProduct *self, gsize first, gsize last, gpointer panel);

/* Bytes of a frame with what kernels read behind its end: of an image, or of n_places samples. */
gsize fxp_cluster_product_get_frame_bytes (const FxpClusterProduct *self);
/* The frame of an image, or of @n samples; @codes: of the first one.  Returns @frame, or @codes
 * where these are the frame. */
const guint8 *fxp_cluster_product_fill_frame (const FxpClusterProduct *self,
                                              gconstpointer codes,
                                              gsize n,
                                              guint8 *frame);

/* Sums of places first..first + n - 1, each with n_columns: gint32, or gint64 if it is wide.
 * @reduction: of a node that reduces sums of clusters, else NULL. */
void fxp_cluster_product_form (const FxpClusterProduct *self,
                               const guint8 *frame,
                               gconstpointer panel,
                               gsize first,
                               gsize n,
                               FxpClusterReduction *reduction,
                               gpointer sums);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpClusterProduct, fxp_cluster_product_free)

G_END_DECLS
