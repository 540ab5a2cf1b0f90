/* SPDX-License-Identifier: MIT */
/* A rough estimate of the energy that a training step takes, from a table of what single operations
 * cost.  Only ratios of such estimates mean anything.  Plain values; any thread. */
#pragma once

#include "analysis/cost.h"

G_BEGIN_DECLS

/* Energies of operations, in joule, from a key file (data/energy.ini ships). */
typedef struct
{
  char *name;                       /* owned: what they are of */
  char *source;                     /* owned: where the figures are from, as the file says */
  double full_adder;                /* of a multiplier, per one-bit full adder */
  double adder_bit;                 /* of an addition, per bit */
  double float_multiply, float_add; /* of 32 bits */
  double memory_bit;                /* read or written, per bit */
} FxpEnergyTable;

/* @file NULL: the one that ships.  FXP_ERROR_PARSE and FXP_ERROR_RANGE name file, group, key, what
 * was found and what was expected; what reading the file reports comes unchanged. */
FxpEnergyTable *fxp_energy_table_load (GFile *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void fxp_energy_table_free (FxpEnergyTable *self);

typedef struct
{
  double multiplies, additions, memory; /* joule, of one sample's share of a training step */
} FxpEnergy;

/* @costs: of @experiment.  Counted are: three products for each multiply-accumulate, a product of
 * two words taking the product of their lengths in full adders, one with a float operand a float
 * multiplication, one of a float and a binary operand its mantissa's 23 full adders; one addition
 * to the sum of each product, as long as an exact register (both words and the binary logarithm of
 * the number of terms) or in float; the update, an addition as long as W and W_acc together, once a
 * batch; each A and G_A written once and read twice; and once a batch W read three times and
 * written once, G_W and W_acc read once and written once.
 *
 * Clusters in place of W, derived as in cost.h: an addition of each term's code, zero or not, to
 * the sum of its cluster, in front of it a product where codes have more than three values; of each
 * scale a product, or nothing where it shifts, and an addition to the sum of the unit; backward G_A
 * is scaled first.  Stored and moved are codes and scales.  The making of codes and the bits that
 * shifts add to a sum are not counted. */
void fxp_energy_estimate (const FxpEnergyTable *self,
                          const FxpExperiment *experiment,
                          const FxpCostTable *costs,
                          FxpEnergy *fixed,
                          FxpEnergy *of_float);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpEnergyTable, fxp_energy_table_free)

G_END_DECLS
