/* SPDX-License-Identifier: MIT */
/* An FxuWeightBars in a window: pointer and arrow keys choose a bin, which is read out. */
#pragma once

#include "plot/picture.h"
#include "plot/weight-bars.h"

G_BEGIN_DECLS

#define FXU_TYPE_WEIGHT_HISTOGRAM (fxu_weight_histogram_get_type ())
G_DECLARE_FINAL_TYPE (FxuWeightHistogram, fxu_weight_histogram, FXU, WEIGHT_HISTOGRAM, FxuPicture)

GtkWidget *fxu_weight_histogram_new (const char *empty_text) G_GNUC_WARN_UNUSED_RESULT;
/* Borrowed; call fxu_picture_changed() after changing it. */
FxuWeightBars *fxu_weight_histogram_get_bars (FxuWeightHistogram *self);

G_END_DECLS
