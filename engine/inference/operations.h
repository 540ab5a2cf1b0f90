/* SPDX-License-Identifier: MIT */
/* How many multiplications clusters replace, what weights take to store, and how fast that could be
 * (Mellempudi et al. 2017; the formulas reproduce the abstract's 85 % and 98 % of ResNet-101).
 * Counts shapes alone: nothing runs.  Any thread. */
#pragma once

#include "inference/work.h"
#include "number/cluster.h"

G_BEGIN_DECLS

/* The Gaussian's share of weights that the optimal threshold keeps. */
#define FXP_OPERATIONS_DENSITY 0.541

typedef struct
{
  /* Of all layers but the first.  Method none: plain words of clusters.bits, which replace
   * nothing; power: scales only shift.  Products of codes of more than 2 bits count as additions,
   * as in FxpInferenceCounts: they are no 8-bit multiplications any more. */
  FxpClusterOptions clusters;
  gboolean last_is_byte; /* the last layer stays 8 bit; default FALSE */
  gboolean first_counts; /* the first layer's 8-bit multiplications count; default TRUE */
  gboolean by_outputs;   /* clusters of kernels and weights along Cout instead of Cin: they share
                          * scales, but each kernel's sum, or each weight, is multiplied by its own */
} FxpOperationOptions;

/* Clusters as fxp_cluster_options_init() has them. */
void fxp_operation_options_init (FxpOperationOptions *self);

/* Of one layer, or all. */
typedef struct
{
  guint64 n_macs;       /* K^2 Cin Cout Ho Wo */
  guint64 n_multiplies; /* that remain: all of an 8-bit layer, ceil (Cin / N) Cout Ho Wo of clusters
                         * of kernels, K^2 ceil (Cin / N) Cout Ho Wo of weights, Cout Ho Wo of
                         * filters and layers; times terms */
  double n_adds;        /* density x macs of clusters, in each residual step; all of 8-bit layers */
  guint64 n_weights;
  guint64 n_clusters;
  double weight_bits; /* codes and scales, all of them */
  gboolean is_byte;   /* 8-bit or plain words */
} FxpOperationCount;

typedef struct
{
  FxpOperationCount total; /* where the first layer does not count, of its operations none */
  double share_replaced;   /* f = 1 - multiplies / macs */
  double speed_up; /* 1 / ((1 - f) / 4 + f / 16) over float32: an 8-bit multiply-accumulate costs a
                    * quarter, a ternary one a sixteenth, one of k bits in proportion (ours), and
                    * each residual step again */
  double bits_per_weight;
  double compression; /* over float32 */
} FxpOperations;

/* @density: share of weights in clusters that are not zero, 0..1; FXP_OPERATIONS_DENSITY where none
 * is known.
 * @layers: NULL, or n_layers counts. */
void fxp_work_count (const FxpWork *self,
                     const FxpOperationOptions *options,
                     double density,
                     FxpOperationCount *layers,
                     FxpOperations *operations);
/* Of ternary weights, as above.  A bound on throughput: memory, batch normalization and conversions
 * are not in it. */
double fxp_operations_get_speed_up (double share_replaced);

G_END_DECLS
