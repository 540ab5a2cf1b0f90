/* SPDX-License-Identifier: MIT */
/* Finds and loads the module that draws figures. */
#pragma once

#include "figure-drawing.h"

G_BEGIN_DECLS

/* NULL with FXP_ERROR_LIBRARY, without the place, if it or what it needs cannot be loaded. */
FxaFigureDraw fxa_drawing_module_get (GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
