/* SPDX-License-Identifier: MIT */
/* What a configuration costs, in the measures of Sakr & Shanbhag (ICLR 2019), as far as their
 * figures could be recomputed: the four formulas reproduce what is known of the paper's table.
 * Biases and what batch normalization learns are not counted.  Plain values; any thread.
 *
 * Clusters are not in the paper; how they count is derived.  In place of W, which is made again
 * from W_acc, their codes and 8-bit scales are stored.  Ternary codes enter no product, as they
 * only add and subtract; codes of k bits enter as words of k bits.  A scale is multiplied with once
 * for each term, cluster, unit and position, forward with the sum of the cluster and backward with
 * G_A; where scales are powers of two nothing is.  Additions, shifts, zeros that may be skipped,
 * the making of codes and the one exponent of a layer are not counted. */
#pragma once

#include "experiment/experiment.h"

G_BEGIN_DECLS

/* Of one layer l, or all. */
typedef struct
{
  double weights;     /* C_W: bits of W, G_W and W_acc */
  double activations; /* C_A: |A_l| (B_A + B_GA), G_A being that of the layer's output, bits of one
                       * sample */
  double multiplies;  /* C_M: one-bit full adders of the three products, B_W B_A + B_W B_GA +
                       * B_A B_GA for each multiply-accumulate, of one sample */
  double communication; /* C_C: bits of G_W */
} FxpCost;

/* What a tensor counts with: its word length; 1 bit for rounding=sign; 2 for a ternary G_W; 32 for
 * float, of which 23, the mantissa, enter products.  The input's A of a network whose first W is
 * binary counts 1 bit as well, whatever its format: the paper's figures for BN come out only so.
 * Clusters in place of W count their codes. */
typedef struct
{
  guint n_layers;
  FxpCost *layers;     /* owned; n_layers, the layers with weights */
  FxpCost total;       /* their sum */
  FxpCost float_total; /* the same network in 32-bit float */
  /* Owned, per layer: |W|; |A_l|, the values that enter the layer, counted before they are pooled,
   * of the first layer the input's, and 0 where another layer owns them; and multiply-accumulates
   * |A_{l+1}| D_l, padded zeros counted as other pixels are. */
  double *n_weights, *n_activations, *n_multiplies;
} FxpCostTable;

/* @input: shape of a sample, or NULL to take the one that the topology's text states.
 * FXP_ERROR_SHAPE if it does not fit or is not known. */
FxpCostTable *fxp_cost_table_new (const FxpExperiment *experiment,
                                  const FxpShape *input,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the topology's text states the shape of a sample, so that costs need no data. */
gboolean fxp_cost_is_self_contained (const FxpExperiment *experiment);
/* Bits that a tensor is stored, without scales, and with which it enters products; 0 for roles that
 * the paper does not count. */
double fxp_cost_get_stored_bits (const FxpExperiment *experiment, FxpTensorId id);
double fxp_cost_get_product_bits (const FxpExperiment *experiment, FxpTensorId id);
void fxp_cost_table_free (FxpCostTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpCostTable, fxp_cost_table_free)

G_END_DECLS
