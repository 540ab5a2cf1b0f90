/* SPDX-License-Identifier: MIT */
/* What `evaluate` found, for people and for programs. */
#pragma once

#include "fxp.h"
#include "json-writer.h"

G_BEGIN_DECLS

/* All borrowed. */
typedef struct
{
  const FxpModel *model;
  const FxpInferenceResult *result;
} FxaEvaluationReport;

void fxa_evaluation_report_print (const FxaEvaluationReport *self);
/* Into an object that has begun. */
void fxa_evaluation_report_add_json (const FxaEvaluationReport *self, JsonBuilder *builder);
/* Whether both engines said the same, or only one was asked. */
gboolean fxa_evaluation_agrees (const FxpInferenceResult *result);
/* Which sample and node was the first to differ, translated. */
char *
fxa_evaluation_describe_difference (const FxaEvaluationReport *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
