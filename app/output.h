/* SPDX-License-Identifier: MIT */
/* The files a command is to write, checked before it begins: a run of hours must not end in a
 * folder that does not exist. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

typedef struct
{
  const char *option; /* as in --csv */
  const char *path;   /* NULL: not asked for */
  gboolean may_be_standard_output;
  gboolean appends;     /* to what is there already, instead of replacing it */
  const char *replaces; /* an input it may replace all the same, or NULL */
} FxaOutput;

/* Whether all can be written, each in a place of its own and none in that of one of @inputs, a
 * NULL-terminated list of paths.  Errors are one sentence; G_OPTION_ERROR where the command line
 * alone is at fault. */
gboolean
fxa_outputs_check (const FxaOutput *outputs, gsize n, const char *const *inputs, GError **error);

G_END_DECLS
