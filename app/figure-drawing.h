/* SPDX-License-Identifier: MIT */
/* The one function of the module that draws a figure, which alone brings Cairo and Pango along. */
#pragma once

#include "plot/chart.h"

#include <gmodule.h>

G_BEGIN_DECLS

#define FXA_FIGURE_DRAW_NAME "fxa_figure_draw"

/* Draws the @charts, of FxuChart, two in a row; as what the end of @path says, .svg, .pdf or else a
 * PNG image.  Appends the file's content to @bytes.  G_IO_ERROR in Cairo's words, without place. */
typedef gboolean (*FxaFigureDraw) (const GPtrArray *charts,
                                   const char *path,
                                   GByteArray *bytes,
                                   GError **error);

G_MODULE_EXPORT gboolean fxa_figure_draw (const GPtrArray *charts,
                                          const char *path,
                                          GByteArray *bytes,
                                          GError **error);

G_END_DECLS
