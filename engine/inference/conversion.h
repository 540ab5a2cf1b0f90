/* SPDX-License-Identifier: MIT */
/* From a trained network to integers (Mellempudi et al. 2017): weights to clusters, exponents from
 * calibration batches, batch normalization estimated anew; each a step of its own.  Blocking
 * functions for any thread but the main one, except the first; progress on the caller's thread. */
#pragma once

#include "dataset/dataset.h"
#include "inference/model.h"

G_BEGIN_DECLS

/* @share: of the step under way, 0..1. */
typedef void (*FxpConversionProgress) (double share, gpointer data);

/* Weights alone: clusters, 16-bit A and B; exponents still as they come out of the weights' ranges.
 * Fast (72 k weights: milliseconds).  Errors: FXP_ERROR_RANGE for options that do not fit,
 * FXP_ERROR_SHAPE names a layer that has no integer form (tanh; dropout in front of an identity).
 */
FxpModel *fxp_conversion_cluster (FxpTrained *trained,
                                  const FxpConversionOptions *options,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A model whose exponents are those of the calibration batches: the first
 * calibration_batches x calibration_size training samples, in an order drawn by the run's seed, in
 * whole batches, or one of all samples where there are fewer.  Of the float network it is that.
 * G_IO_ERROR_CANCELLED; FXP_ERROR_SHAPE where data and network differ. */
FxpModel *fxp_conversion_calibrate (FxpModel *model,
                                    FxpDataset *dataset,
                                    guint n_threads,
                                    FxpConversionProgress progress,
                                    gpointer progress_data,
                                    GCancellable *cancellable,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Batch normalization's mean and variance with the quantized network: @n_batches of calibration
 * data run forward, each layer normalizing with the batch's own statistics while they are averaged,
 * so that later layers see corrected inputs; mean := average of means, variance := average of
 * variances; then calibrates.  Labels are not looked at, nor what was estimated before: to do it
 * twice is to do it once.  FXP_ERROR_SHAPE for a network without batch normalization, and for one
 * that is not converted. */
FxpModel *fxp_conversion_reestimate (FxpModel *model,
                                     FxpDataset *dataset,
                                     guint n_batches,
                                     guint n_threads,
                                     FxpConversionProgress progress,
                                     gpointer progress_data,
                                     GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One layer with weights of a model. */
typedef struct
{
  char *name;               /* owned; "conv2" */
  FxpClusterReport weights; /* error, density, vanished clusters */
  guint bits;               /* of a code; 32: float */
  gboolean is_plain;
  guint effective_size;                      /* N as it is, see fxp_clusters_get_effective_size() */
  guint16 scale_min, scale_median, scale_max; /* mantissas, of term 0 */
  int scale_exponent;
  FxpFormat input; /* codes that enter */
  gboolean is_wide;
  guint intermediate_bits; /* of clusters' sums, 0: exact */
  guint reduction;         /* by how many bits they are shifted right before they are multiplied */
  double shift; /* batch normalization: root mean square over channels of (mean in the
                 * model - mean learnt) / deviation learnt; NaN without */
} FxpLayerReport;

/* n_weighted of them; free with fxp_layer_reports_free(). */
FxpLayerReport *fxp_model_report (const FxpModel *self) G_GNUC_WARN_UNUSED_RESULT;
void fxp_layer_reports_free (FxpLayerReport *reports, guint n);

G_END_DECLS
