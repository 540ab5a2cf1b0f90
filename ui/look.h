/* SPDX-License-Identifier: MIT */
/* Which colours a widget draws with, as its surroundings are light or dark.  Main thread. */
#pragma once

#include "plot/palette.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

const FxuPalette *fxu_look_get_palette (GtkWidget *widget); /* static */
/* FALSE where the user wants no motion. */
gboolean fxu_look_get_animations (GtkWidget *widget);

G_END_DECLS
