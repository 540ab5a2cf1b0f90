/* SPDX-License-Identifier: MIT */
/* A check button for one setting of the experiment that is true or false. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_VALUE_CHECK (fxu_value_check_get_type ())
G_DECLARE_FINAL_TYPE (FxuValueCheck, fxu_value_check, FXU, VALUE_CHECK, GtkWidget)

/* @key as for fxp_experiment_with_value(); @label stands beside it. */
GtkWidget *fxu_value_check_new (FxuSession *session,
                                const char *key,
                                const char *label) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
