/* SPDX-License-Identifier: MIT */
/* Records of a run as CSV, one row each. */
#pragma once

#include "training/snapshot.h"

G_BEGIN_DECLS

typedef struct _FxpCsv FxpCsv;

/* Columns: step, epoch, the fields of FxpRecord by name (those of validation where data are set
 * aside for it, the rate where it follows a schedule), then `fc1.weight.sqnr_db`,
 * `fc1.weight.bits`, ... for every tensor that a run of @experiment has, and `fc1.weight.frac_bits`
 * where its binary point moves in @experiment.  Numbers as
 * g_ascii_dtostr() writes them, NaN as an empty field, an SQNR without noise as inf.  Rows go to a
 * temporary file beside @file, renamed by fxp_csv_close(). */
FxpCsv *fxp_csv_new (GFile *file, const FxpExperiment *experiment, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean fxp_csv_add (FxpCsv *self, const FxpSnapshot *snapshot, GError **error);
gboolean fxp_csv_close (FxpCsv *self, GError **error);
/* Without fxp_csv_close() nothing is left behind. */
void fxp_csv_free (FxpCsv *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpCsv, fxp_csv_free)

G_END_DECLS
