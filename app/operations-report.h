/* SPDX-License-Identifier: MIT */
/* What `operations` counted, for people and for programs. */
#pragma once

#include "fxp.h"
#include "json-writer.h"

G_BEGIN_DECLS

/* All borrowed. */
typedef struct
{
  const FxpWork *work;
  FxpOperationOptions options; /* but for the size of clusters */
  double density;
  const guint *sizes; /* n_sizes; of clusters */
  guint n_sizes;
  gboolean with_layers;
} FxaOperationsReport;

void fxa_operations_report_print (const FxaOperationsReport *self);
/* Into an object that has begun. */
void fxa_operations_report_add_json (const FxaOperationsReport *self, JsonBuilder *builder);
/* The sentence that says what the speed is worth, translated. */
const char *fxa_operations_get_caveat (void);

G_END_DECLS
