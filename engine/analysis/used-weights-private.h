/* SPDX-License-Identifier: MIT */
/* What stands for a layer's weights where group clusters is on (Mellempudi et al. 2017), as far as
 * costs and energies count it.  Plain values; any thread. */
#pragma once

#ifndef FXP_COMPILATION
#  error "used-weights-private.h is for engine/ and tests/ only"
#endif

#include "experiment/experiment.h"

G_BEGIN_DECLS

#define FXP_SCALE_BITS 8

typedef struct
{
  gboolean is_used;    /* else the weights themselves, and all others are 0 */
  guint stored_bits;   /* of the codes of a weight, all terms */
  guint product_bits;  /* of a code in products; 0 for ternary ones, which only add */
  guint n_terms;       /* codes of a weight; two of one sign each are two */
  double n_scales;     /* stored, of all terms; 0 for plain words */
  double n_scalings;   /* of all terms, for one position of the filters: sums of clusters that are
                        * scaled; a cluster that spans units has one sum in each */
  double n_summed;     /* weights of such a sum */
  gboolean multiplies; /* scales are multiplied with; powers of two only shift */
} FxpUsedWeights;

/* @n_weights: of the layer, as they are counted for the input's shape; 0: its sizes stay 0. */
void fxp_used_weights_init (FxpUsedWeights *self,
                            const FxpExperiment *experiment,
                            guint layer,
                            double n_weights);
/* Bits by which a sum of so many terms outgrows one. */
guint fxp_used_weights_get_growth (double n_terms);

G_END_DECLS
