/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/archive-library-private.h"
#include "number/library.h"

static FxpArchiveLibrary functions;

static const FxpSymbol symbols[] = {
#define NAME(name) {"archive_" #name, &functions.name},
  FXP_ARCHIVE_FUNCTIONS (NAME)
#undef NAME
    {NULL},
};

static FxpLibrary library = {.file_name = ARCHIVE_SONAME, .symbols = symbols};

const FxpArchiveLibrary *
fxp_archive_library_get (GError **error)
{
  return fxp_library_open (&library, error) ? &functions : NULL;
}
