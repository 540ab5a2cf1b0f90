/* SPDX-License-Identifier: MIT */
/* What the program remembers about the user's taste, not about experiments. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Property "color-scheme": "system", "light" or "dark". */
#define FXA_TYPE_PREFERENCES (fxa_preferences_get_type ())
G_DECLARE_FINAL_TYPE (FxaPreferences, fxa_preferences, FXA, PREFERENCES, GObject)

/* Without the installed schema it has the defaults and forgets changes at the end. */
FxaPreferences *fxa_preferences_new (void) G_GNUC_WARN_UNUSED_RESULT;

const char *fxa_preferences_get_color_scheme (FxaPreferences *self);
/* FALSE if @name is none of the three. */
gboolean fxa_preferences_set_color_scheme (FxaPreferences *self, const char *name);
void fxa_preferences_get_window_size (FxaPreferences *self,
                                      int *width,
                                      int *height,
                                      gboolean *maximized);
void
fxa_preferences_set_window_size (FxaPreferences *self, int width, int height, gboolean maximized);

G_END_DECLS
