/* SPDX-License-Identifier: MIT */
/* What `assign` came to, for people: the L x 5 matrix, what set each of its words, and why. */
#pragma once

#include "fxp.h"
#include "json-writer.h"

G_BEGIN_DECLS

/* All borrowed. */
typedef struct
{
  const char *title;
  FxpAssignment *assignment;
  FxpMismatch mismatch; /* of C_o's W and A, over the samples the gains are of */
} FxaAssignmentReport;

void fxa_assignment_report_print (const FxaAssignmentReport *self);
/* Into an object that has begun: every statistic and every reason. */
void fxa_assignment_report_add_json (const FxaAssignmentReport *self, JsonBuilder *builder);

/* Index of the next tensor that is assigned, row by row, from @index on; FALSE if there is none. */
gboolean
fxa_assignment_find_next (FxpAssignment *assignment, guint *index, const FxpAssigned **assigned);

G_END_DECLS
