/* SPDX-License-Identifier: MIT */
/* A drop-down for one setting of the experiment, or one that many tensors share. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_VALUE_CHOICE (fxu_value_choice_get_type ())
G_DECLARE_FINAL_TYPE (FxuValueChoice, fxu_value_choice, FXU, VALUE_CHOICE, GtkWidget)

/* @choices: the values as in files, NULL-terminated, copied.  Where the cells that @key stands for
 * differ, it says so. */
GtkWidget *fxu_value_choice_new (FxuSession *session,
                                 const char *key,
                                 const char *label,
                                 const char *const *choices) G_GNUC_WARN_UNUSED_RESULT;
/* Another setting from now on. */
void fxu_value_choice_set_key (FxuValueChoice *self, const char *key);

G_END_DECLS
