/* SPDX-License-Identifier: MIT */
/* A chart with one line per tensor, of which those of the selected layer or role are shown.  Of the
 * chart board alone. */
#pragma once

#include "fxp.h"
#include "plot/chart.h"
#include "precision/matrix.h"

G_BEGIN_DECLS

typedef struct _FxuTensorLines FxuTensorLines;

/* @chart is borrowed and gets its series from here. @stem as in "SQNR of fc2". */
FxuTensorLines *
fxu_tensor_lines_new (FxuChart *chart, const char *stem, FxuLine line) G_GNUC_WARN_UNUSED_RESULT;
void fxu_tensor_lines_free (FxuTensorLines *self);
/* Series for the tensors of @experiment, without points. */
void fxu_tensor_lines_prepare (FxuTensorLines *self, FxpExperiment *experiment);
/* One line per role of @layer, or one per layer of @role, as @span says. */
void fxu_tensor_lines_show (FxuTensorLines *self,
                            FxuSpan span,
                            guint layer,
                            FxpRole role,
                            const FxuPalette *palette);
/* @values: one per layer and role, NaN where there is none.  TRUE if a line got its first point, so
 * that what is shown must be chosen anew. */
gboolean fxu_tensor_lines_append (FxuTensorLines *self, double x, const float *values);

G_END_DECLS
