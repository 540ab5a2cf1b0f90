/* SPDX-License-Identifier: MIT */
/* A button with what is chosen more rarely of a conversion: images to test on, steps of
 * fine-tuning, how exponents are chosen. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_CONVERT_EXTRAS (fxu_convert_extras_get_type ())
G_DECLARE_FINAL_TYPE (FxuConvertExtras, fxu_convert_extras, FXU, CONVERT_EXTRAS, GtkWidget)

GtkWidget *fxu_convert_extras_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
