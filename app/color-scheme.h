/* SPDX-License-Identifier: MIT */
/* Light or dark, as the user prefers here or on the desktop, followed while the program runs. */
#pragma once

#include "preferences.h"

G_BEGIN_DECLS

#define FXA_TYPE_COLOR_SCHEME (fxa_color_scheme_get_type ())
G_DECLARE_FINAL_TYPE (FxaColorScheme, fxa_color_scheme, FXA, COLOR_SCHEME, GObject)

/* After GTK is initialised. */
FxaColorScheme *fxa_color_scheme_new (FxaPreferences *preferences) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
