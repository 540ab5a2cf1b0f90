/* SPDX-License-Identifier: MIT */
/* What `bench` measured, for people and for programs. */
#pragma once

#include <json-glib/json-glib.h>

#include "fxp.h"

G_BEGIN_DECLS

/* One workload as a JSON object.  @peak_memory: bytes; @first_step: seconds. */
JsonNode *fxa_bench_build_json (const FxpBench *bench,
                                const FxpBenchResult *result,
                                gint64 peak_memory,
                                double first_step) G_GNUC_WARN_UNUSED_RESULT;

/* What all rows have in common, and the names of the columns. */
void fxa_bench_print_head (const FxpBench *bench);
/* A row, of what fxa_bench_build_json() made, read again or not. */
void fxa_bench_print_row (JsonObject *measured);

G_END_DECLS
