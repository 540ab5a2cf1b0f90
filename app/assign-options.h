/* SPDX-License-Identifier: MIT */
/* How `assign` was asked to assign: constants of the criteria as texts of the command line, and as
 * numbers. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

/* Owned; NULL where an option was not given. */
typedef struct
{
  char *variant, *target, *extra_bits, *smoothing, *range, *fourth_root, *bits_max, *input_bits;
  char **locks; /* "LAYER.ROLE" */
} FxaAssignTexts;

void fxa_assign_texts_clear (FxaAssignTexts *self);
/* The variant's constants with what is given on top.  What is wrong is told in one line: exit with
 * FXA_EXIT_USAGE. */
gboolean fxa_assign_texts_parse (const FxaAssignTexts *self, FxpAssignmentOptions *options);
/* Flags of the tensors that stay as they are, n_layers x FXP_N_ROLES; free with g_free().
 * G_OPTION_ERROR if a lock names none that is assigned. */
gboolean *fxa_assign_texts_make_locks (const FxaAssignTexts *self,
                                       FxpExperiment *experiment,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
