/* SPDX-License-Identifier: MIT */
/* A line of text for one setting of the experiment: taken on Enter, refused in place. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_VALUE_ENTRY (fxu_value_entry_get_type ())
G_DECLARE_FINAL_TYPE (FxuValueEntry, fxu_value_entry, FXU, VALUE_ENTRY, GtkWidget)

/* The next value up (@direction 1) or down (-1) of @text. */
typedef char *(*FxuStepValue) (const char *text, int direction);

/* @key as for fxp_experiment_with_value(). @label names it for assistive technology. @step NULL: no
 * steps; else arrow keys and buttons. */
GtkWidget *fxu_value_entry_new (FxuSession *session,
                                const char *key,
                                const char *label,
                                FxuStepValue step) G_GNUC_WARN_UNUSED_RESULT;
/* Another setting from now on; what was typed is dropped. */
void fxu_value_entry_set_key (FxuValueEntry *self, const char *key);
void fxu_value_entry_set_width_chars (FxuValueEntry *self, int least, int most);
const char *fxu_value_entry_get_text (FxuValueEntry *self);
/* As if typed and taken with Enter; FALSE if refused. */
gboolean fxu_value_entry_submit (FxuValueEntry *self, const char *text);
/* Why the text was refused; NULL if it was not. */
const char *fxu_value_entry_get_error (FxuValueEntry *self);

G_END_DECLS
