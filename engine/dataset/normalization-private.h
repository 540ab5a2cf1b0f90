/* SPDX-License-Identifier: MIT */
/* Mean and deviation of each channel of the training images, or of each feature; immutable. */
#pragma once

#ifndef FXP_COMPILATION
#  error "normalization-private.h is for engine/ and tests/ only"
#endif

#include "dataset/dataset.h"

G_BEGIN_DECLS

typedef struct
{
  gsize n_groups;   /* channels, or features */
  gsize group_size; /* values of a sample that share a mean: height x width, or 1 */
  double *means;
  double *deviations; /* of the population; 1 where the training data do not vary */
  double *tables;     /* byte images: n_groups x 256 normalized values; else NULL */
} FxpNormalization;

/* Measures the training part of @dataset alone, so nothing of the test data leaks in.  The same
 * bits on every machine: bytes are counted exactly, real numbers are summed in one fixed order.
 * NULL only when cancelled. */
FxpNormalization *fxp_normalization_new (const FxpDataset *dataset,
                                         GCancellable *cancellable,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void fxp_normalization_free (FxpNormalization *self);

double fxp_normalization_apply (const FxpNormalization *self, gsize group, double value);
/* One sample of a byte image by table. */
void
fxp_normalization_map_bytes (const FxpNormalization *self, const guint8 *bytes, double *inputs);
/* One sample in place. */
void fxp_normalization_map (const FxpNormalization *self, double *inputs);
/* The square [min,max]^2 of a set of two features grows to hold what it is mapped to. */
void fxp_normalization_map_plane (const FxpNormalization *self, double *min, double *max);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpNormalization, fxp_normalization_free)

G_END_DECLS
