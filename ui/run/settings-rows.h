/* SPDX-License-Identifier: MIT */
/* Rows of the settings: a name, and an entry with steps that suit its numbers.  Of the settings
 * alone. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *fxu_settings_rows_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* Below those that are there; returns @control. */
GtkWidget *fxu_settings_rows_add (GtkWidget *rows, const char *name, GtkWidget *control);
/* The same over the whole width. */
GtkWidget *fxu_settings_rows_add_wide (GtkWidget *rows, GtkWidget *control);
/* Hides or shows a row by its control. */
void fxu_settings_rows_set_visible (GtkWidget *rows, GtkWidget *control, gboolean visible);
/* A bold line above a section. */
GtkWidget *fxu_settings_rows_make_heading (const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* A section that is folded away until asked for. */
GtkWidget *
fxu_settings_rows_make_fold (const char *text, GtkWidget *rows) G_GNUC_WARN_UNUSED_RESULT;

/* For fxu_value_entry_new(): 1, 2, 5, 10, ...; doubles and halves; by 5; by 0.05 to at most 0.95.
 */
char *fxu_settings_step_decade (const char *text, int direction) G_GNUC_WARN_UNUSED_RESULT;
char *fxu_settings_step_double (const char *text, int direction) G_GNUC_WARN_UNUSED_RESULT;
char *fxu_settings_step_five (const char *text, int direction) G_GNUC_WARN_UNUSED_RESULT;
char *fxu_settings_step_share (const char *text, int direction) G_GNUC_WARN_UNUSED_RESULT;
/* By 1, not below 0. */
char *fxu_settings_step_one (const char *text, int direction) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
