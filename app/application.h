/* SPDX-License-Identifier: MIT */
/* The program: command line, windows, and what they share. */
#pragma once

#include "preferences.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXA_TYPE_APPLICATION (fxa_application_get_type ())
G_DECLARE_FINAL_TYPE (FxaApplication, fxa_application, FXA, APPLICATION, GtkApplication)

FxaApplication *fxa_application_new (void) G_GNUC_WARN_UNUSED_RESULT;
FxaPreferences *fxa_application_get_preferences (FxaApplication *self); /* borrowed */

G_END_DECLS
