/* SPDX-License-Identifier: MIT */
/* The lines of a CSV file, cut into fields; for csv.c. */
#pragma once

#ifndef FXP_COMPILATION
#  error "csv-records-private.h is for engine/ and tests/ only"
#endif

#include "dataset/byte-reader-private.h"

G_BEGIN_DECLS

#define FXP_CSV_COLUMNS_MAX 65535

typedef struct _FxpCsvRecords FxpCsvRecords;

/* Takes @reader. */
FxpCsvRecords *fxp_csv_records_new (FxpByteReader *reader) G_GNUC_WARN_UNUSED_RESULT;
void fxp_csv_records_free (FxpCsvRecords *self);
/* The fields of the next line that is not blank, without quotes and outer spaces, valid UTF-8;
 * borrowed until the next call.  NULL at the end, and NULL with @error set.  The separator is that
 * of comma, semicolon and tab which the first line has most often. */
const char *const *fxp_csv_records_next (FxpCsvRecords *self,
                                         guint *n_fields,
                                         GCancellable *cancellable,
                                         GError **error);
/* "data.csv:12", the place of the newest record. */
const char *fxp_csv_records_get_place (FxpCsvRecords *self);
gsize fxp_csv_records_get_line (const FxpCsvRecords *self);
const char *fxp_csv_records_get_name (const FxpCsvRecords *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpCsvRecords, fxp_csv_records_free)

G_END_DECLS
