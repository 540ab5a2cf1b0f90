/* SPDX-License-Identifier: MIT */
/* Copies codes into the elements of a panel, transposing them where they lie the other way.  For
 * panel only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "panel-copy-private.h is for engine/ and tests/ only"
#endif

#include "tensor/panel-private.h"

G_BEGIN_DECLS

/* From the source, element (row, column) at row * row_stride + column * column_stride. */
typedef struct
{
  gconstpointer source;
  gsize row_stride, column_stride;
  gsize n_rows, n_columns;
  gpointer target; /* rows of contiguous elements */
  gsize target_stride;
} FxpPanelCopy;

/* Any thread. */
void fxp_panel_copy (const FxpPanelCopy *self, FxpStorage from, FxpOperand to);

G_END_DECLS
