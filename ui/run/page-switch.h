/* SPDX-License-Identifier: MIT */
/* Chooses a page, and whose it is to show: of the fixed-point run, its twin, or their difference.
 */
#pragma once

#include "plot/class-map.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_N_SIDES 3

#define FXU_TYPE_PAGE_SWITCH (fxu_page_switch_get_type ())
G_DECLARE_FINAL_TYPE (FxuPageSwitch, fxu_page_switch, FXU, PAGE_SWITCH, GtkWidget)

GtkWidget *fxu_page_switch_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* Names for the user, copied. */
void fxu_page_switch_set_pages (FxuPageSwitch *self, const char *const *labels, guint n);
/* What is shown now; @n_sides of FxuMapKind can be chosen, 0: no choice. Without signals. */
void fxu_page_switch_show (FxuPageSwitch *self, guint page, guint n_sides, FxuMapKind side);

/* Signals: "page-chosen" (guint page), "side-chosen" (guint side). */

G_END_DECLS
