/* SPDX-License-Identifier: MIT */
/* What a cell of the precision matrix consists of, by name, as text. */
#pragma once

#ifndef FXP_COMPILATION
#  error "precision-field-private.h is for engine/ and tests/ only"
#endif

#include "experiment/precision.h"

G_BEGIN_DECLS

/* One value of a cell; @column is an FxpRole, or anything for a sum register. */
typedef struct
{
  const char *name;
  gboolean of_sum; /* of a sum register, else of a tensor */
  /* What cells begin with, which files do not say; NULL if they say everything. */
  const char *implied;
  /* NULL as a function: the field can only be set.  NULL as a value: nothing worth saying. */
  char *(*get) (const FxpLayerPrecision *row, guint column);
  gboolean (*set) (FxpLayerPrecision *row, guint column, const char *text, GError **error);
} FxpPrecisionField;

/* All of them in file order. */
const FxpPrecisionField *fxp_precision_fields_get (guint *n);
/* NULL if there is none. */
const FxpPrecisionField *fxp_precision_field_find (gboolean of_sum, const char *name);

G_END_DECLS
