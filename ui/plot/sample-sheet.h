/* SPDX-License-Identifier: MIT */
/* Sample images with what both twins say of them. */
#pragma once

#include "fxp.h"
#include "plot/picture.h"

G_BEGIN_DECLS

#define FXU_TYPE_SAMPLE_SHEET (fxu_sample_sheet_get_type ())
G_DECLARE_FINAL_TYPE (FxuSampleSheet, fxu_sample_sheet, FXU, SAMPLE_SHEET, FxuPicture)

GtkWidget *fxu_sample_sheet_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* The first test images of @dataset, grey or RGB; NULL clears. */
void fxu_sample_sheet_set_dataset (FxuSampleSheet *self, FxpDataset *dataset);
void fxu_sample_sheet_set_sheet (FxuSampleSheet *self, const FxpSheet *sheet);

G_END_DECLS
