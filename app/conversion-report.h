/* SPDX-License-Identifier: MIT */
/* What `convert` made of networks, for people and for programs. */
#pragma once

#include "conversion-run.h"
#include "json-writer.h"

G_BEGIN_DECLS

/* Method, clusters, activations: how it is done. */
void fxa_conversion_report_print_plan (const FxaConversionPlan *plan);
/* One line behind a stage. */
void fxa_conversion_report_print_stage (const FxaConversion *self, FxaStage stage);
/* Layers, operations, storage, what a user should know. */
void fxa_conversion_report_print (const FxaConversion *self);
/* A row for each of several, and their mean. */
void fxa_conversion_report_print_means (FxaConversion *const *conversions, guint n);
/* Into an object that has begun. */
void fxa_conversion_report_add_json (const FxaConversionPlan *plan,
                                     FxaConversion *const *conversions,
                                     guint n,
                                     JsonBuilder *builder);
/* How a model was converted, as an object's members. */
void fxa_conversion_options_add_json (const FxpConversionOptions *self, JsonBuilder *builder);
/* In one sentence, translated. */
char *fxa_conversion_options_describe (const FxpConversionOptions *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
