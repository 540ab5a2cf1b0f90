/* SPDX-License-Identifier: MIT */
/* A table on standard output whose columns are as wide as what is in them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FxaTextTable FxaTextTable;

/* @n_left: how many columns, from the first, are flush left; the others are flush right. */
FxaTextTable *fxa_text_table_new (guint n_columns, guint n_left) G_GNUC_WARN_UNUSED_RESULT;
void fxa_text_table_free (FxaTextTable *self);
/* The next cell, row by row; takes @text.  NULL is an empty one. */
void fxa_text_table_take (FxaTextTable *self, char *text);
void fxa_text_table_add (FxaTextTable *self, const char *text);
/* Fills what is left of the row with empty cells. */
void fxa_text_table_end_row (FxaTextTable *self);
/* Prints the rows, no line ending in spaces. */
void fxa_text_table_print (FxaTextTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxaTextTable, fxa_text_table_free)

G_END_DECLS
