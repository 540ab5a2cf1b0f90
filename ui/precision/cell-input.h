/* SPDX-License-Identifier: MIT */
/* Keys, digits, drags and the wheel on a cell, turned into its signals.  Of the cell alone. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _FxuCellInput FxuCellInput;

/* Emits "nudge", "grab", "selected", "move", "open" and "typed" on @cell. */
FxuCellInput *fxu_cell_input_new (GtkWidget *cell) G_GNUC_WARN_UNUSED_RESULT;
/* While the cell is disposed of; a drag still on is ended. */
void fxu_cell_input_free (FxuCellInput *self);
/* Digits typed and not yet taken with Enter; "" if none. */
const char *fxu_cell_input_get_typed (FxuCellInput *self);

G_END_DECLS
