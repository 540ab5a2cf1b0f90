/* SPDX-License-Identifier: MIT */
/* The charts of a run as one picture in a file: loss, accuracy, SQNR and bit-widths. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

typedef struct _FxaFigure FxaFigure;

/* FXP_ERROR_PARSE unless @path ends in .png, .svg or .pdf. */
FxaFigure *fxa_figure_new (const char *path,
                           const FxpExperiment *experiment,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void fxa_figure_free (FxaFigure *self);
void fxa_figure_add (FxaFigure *self, FxpSnapshot *snapshot);
/* Writes beside and renames. */
gboolean fxa_figure_save (FxaFigure *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxaFigure, fxa_figure_free)

G_END_DECLS
