/* SPDX-License-Identifier: MIT */
/* What an assignment is made of: made in assignment.c, told of in assignment-reasons.c. */
#pragma once

#ifndef FXP_COMPILATION
#  error "assignment-private.h is for engine/ and tests/ only"
#endif

#include "analysis/assignment.h"

G_BEGIN_DECLS

/* One cell. */
typedef struct
{
  FxpAssigned assigned;
  gboolean is_there; /* assigned at all */
  int log2_step;     /* that the criterion asks, before caps and floors of the word length */
  int wanted_bits;   /* that follow from it */
} FxpAssignmentCell;

struct _FxpAssignment
{
  FxpExperiment *experiment; /* owned, as the two below; C_o is in place */
  FxpBaseline *baseline;
  FxpNoiseGains *gains;
  FxpAssignmentOptions options;
  FxpCriteria criteria; /* borrows from the above */
  FxpTensorId min_tensor;
  double bound;
  guint n_layers;
  FxpAssignmentCell *cells; /* owned; n_layers x FXP_N_ROLES */
};

/* Gains beyond this, scaled and summed, would leave the doubles. */
#define FXP_ASSIGNMENT_GAIN_MAX 1e200

/* NULL where nothing is assigned. */
const FxpAssignmentCell *fxp_assignment_get_cell (const FxpAssignment *self, FxpTensorId id);

/* Whether precision can be assigned from these statistics; the error says why not. */
gboolean fxp_assignment_check (const FxpExperiment *experiment,
                               const FxpBaseline *baseline,
                               const FxpNoiseGains *gains,
                               const FxpAssignmentOptions *options,
                               GError **error);

G_END_DECLS
