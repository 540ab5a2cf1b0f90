/* SPDX-License-Identifier: MIT */
/* Shared libraries that are loaded when something first needs them.  What few runs use, with all
 * that it brings along, then costs the others neither time nor memory. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FxpSymbol:
 * @name: what the library calls it
 * @place: of a function pointer of its type, which is filled
 */
typedef struct
{
  const char *name;
  gpointer place;
} FxpSymbol;

/**
 * FxpLibrary:
 * @file_name: a soname such as "libz.so.1", looked for as the dynamic linker does, or a path
 * @symbols: what is wanted of it, up to one without a name
 * @is_open: private; starts as FALSE
 *
 * Lives as long as the process does, and so does what it loaded.
 */
typedef struct
{
  const char *file_name;
  const FxpSymbol *symbols;
  gboolean is_open;
} FxpLibrary;

/* Loads @self unless it is loaded already; then every place of its symbols is filled.  Otherwise
 * FXP_ERROR_LIBRARY, without the place: "the library libz.so.1 cannot be loaded: ...".  A later
 * call tries again.  Any thread. */
gboolean fxp_library_open (FxpLibrary *self, GError **error);

G_END_DECLS
