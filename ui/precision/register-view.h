/* SPDX-License-Identifier: MIT */
/* A sum register drawn bit by bit: how many it has, and how many the sums needed. */
#pragma once

#include "fxp.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_REGISTER_VIEW (fxu_register_view_get_type ())
G_DECLARE_FINAL_TYPE (FxuRegisterView, fxu_register_view, FXU, REGISTER_VIEW, GtkWidget)

GtkWidget *fxu_register_view_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* @counts NULL: nothing measured yet. */
void fxu_register_view_set (FxuRegisterView *self,
                            const FxpSumRegister *sum,
                            const FxpSumCounts *counts);

G_END_DECLS
