/* SPDX-License-Identifier: MIT */
/* What `cost` counted, for people and for programs. */
#pragma once

#include "fxp.h"
#include "json-writer.h"
#include "text-table.h"

G_BEGIN_DECLS

/* All borrowed. */
typedef struct
{
  FxpExperiment *experiment;
  const FxpCostTable *costs;      /* of it */
  const FxpCostTable *stochastic; /* of its system SQ */
  const FxpEnergyTable *energies;
} FxaCostReport;

void fxa_cost_report_print (const FxaCostReport *self);
/* Into an object that has begun. */
void fxa_cost_report_add_json (const FxaCostReport *self, JsonBuilder *builder);
/* Four columns of a table: their names, and a cost in them. */
void fxa_cost_add_titles (FxaTextTable *table);
void fxa_cost_add_cells (const FxpCost *self, FxaTextTable *table);
/* One cost as an object of this name. */
void fxa_cost_add_json (const FxpCost *self, const char *name, JsonBuilder *builder);

G_END_DECLS
