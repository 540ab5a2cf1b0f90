/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/mat-library-private.h"
#include "number/library.h"

static FxpMatLibrary functions;

static const FxpSymbol symbols[] = {
#define NAME(name) {"Mat_" #name, &functions.name},
  FXP_MAT_FUNCTIONS (NAME)
#undef NAME
    {NULL},
};

static FxpLibrary library = {.file_name = MATIO_SONAME, .symbols = symbols};

const FxpMatLibrary *
fxp_mat_library_get (GError **error)
{
  return fxp_library_open (&library, error) ? &functions : NULL;
}
