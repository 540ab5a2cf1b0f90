/* SPDX-License-Identifier: MIT */
/* What a user wrote, as error messages show it. */
#pragma once

#ifndef FXP_COMPILATION
#  error "quotation-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>

G_BEGIN_DECLS

/* @text between quotation marks, valid UTF-8 on one line: control characters and stray bytes are
 * written as \xNN, and of a long text only the beginning is kept. */
char *fxp_quote (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
