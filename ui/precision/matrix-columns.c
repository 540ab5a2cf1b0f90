/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/matrix-columns.h"

gboolean
fxu_matrix_has_cell (FxpExperiment *experiment, guint layer, FxpRole role)
{
  return role == FXP_N_ROLES ||
         fxp_experiment_has_tensor (experiment, (FxpTensorId){(guint16)layer, (guint16)role});
}

guint
fxu_matrix_get_owner (FxpExperiment *experiment, guint layer, FxpRole role)
{
  if (role == FXP_N_ROLES)
    return layer;
  return fxp_experiment_get_owner (experiment, (FxpTensorId){(guint16)layer, (guint16)role}).layer;
}

FxuMatrixColumns
fxu_matrix_columns_of (FxpExperiment *experiment)
{
  guint n_layers = fxp_experiment_get_n_weighted (experiment);
  FxuMatrixColumns self = {.n = 0};

  for (guint role = 0; role <= FXP_N_ROLES; role++)
    {
      /* The first paper's five are always there. */
      gboolean is_there = role < FXP_ROLE_BIAS;

      for (guint layer = 0; layer < n_layers && !is_there; layer++)
        is_there = fxu_matrix_has_cell (experiment, layer, role);
      if (is_there)
        self.roles[self.n++] = role;
    }
  return self;
}

gboolean
fxu_matrix_columns_equal (const FxuMatrixColumns *a, const FxuMatrixColumns *b)
{
  return a->n == b->n && memcmp (a->roles, b->roles, a->n * sizeof a->roles[0]) == 0;
}

guint
fxu_matrix_columns_find (const FxuMatrixColumns *self, FxpRole role)
{
  for (guint i = 0; i < self->n; i++)
    if (self->roles[i] == role)
      return i + 1;
  return 0;
}

FxuSelected
fxu_matrix_columns_select (FxuSpan span,
                           guint chosen_row,
                           guint chosen_column,
                           guint row,
                           guint column)
{
  gboolean in_row = row == 0 || row == chosen_row;
  gboolean in_column = column == 0 || column == chosen_column;

  switch (span)
    {
    case FXU_SPAN_CELL:
      if (row == 0 || column == 0)
        return in_row && in_column && row + column > 0 ? FXU_SELECTED_PART : FXU_SELECTED_NOT;
      return in_row && in_column ? FXU_SELECTED_FULL : FXU_SELECTED_NOT;
    case FXU_SPAN_ROW:
      if (row == 0 || !in_row)
        return FXU_SELECTED_NOT;
      return column == 0 ? FXU_SELECTED_FULL : FXU_SELECTED_PART;
    case FXU_SPAN_COLUMN:
      if (column == 0 || !in_column)
        return FXU_SELECTED_NOT;
      return row == 0 ? FXU_SELECTED_FULL : FXU_SELECTED_PART;
    case FXU_SPAN_ALL:
    default:
      return row + column == 0 ? FXU_SELECTED_FULL : FXU_SELECTED_PART;
    }
}
