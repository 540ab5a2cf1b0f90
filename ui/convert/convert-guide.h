/* SPDX-License-Identifier: MIT */
/* One line above a conversion: what it is for, and which button comes next. */
#pragma once

#include "conversion.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_CONVERT_GUIDE (fxu_convert_guide_get_type ())
G_DECLARE_FINAL_TYPE (FxuConvertGuide, fxu_convert_guide, FXU, CONVERT_GUIDE, GtkWidget)

GtkWidget *fxu_convert_guide_new (FxuConversion *conversion) G_GNUC_WARN_UNUSED_RESULT;
/* What it says, borrowed. */
const char *fxu_convert_guide_get_text (FxuConvertGuide *self);

/* The step that comes next; FXU_N_JOBS: none, as all are done or none is possible. */
FxuJobKind fxu_convert_guide_get_next (FxuConversion *conversion);

G_END_DECLS
