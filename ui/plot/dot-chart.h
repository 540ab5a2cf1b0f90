/* SPDX-License-Identifier: MIT */
/* Values of several kinds at each of many places - layers - as markers over thin stems, with a
 * limit they should keep to.  A drawing as FxuChart is; Cairo and Pango only, no GTK. */
#pragma once

#include "plot/palette.h"
#include "plot/scale.h"

G_BEGIN_DECLS

typedef struct _FxuDotChart FxuDotChart;

FxuDotChart *fxu_dot_chart_new (const char *title, const char *y_label) G_GNUC_WARN_UNUSED_RESULT;
void fxu_dot_chart_free (FxuDotChart *self);
const char *fxu_dot_chart_get_title (const FxuDotChart *self);
guint fxu_dot_chart_get_n_places (const FxuDotChart *self);
void fxu_dot_chart_set_empty_text (FxuDotChart *self, const char *text);
/* Logarithmic y; values that are not above zero are marked at the lower edge. */
void fxu_dot_chart_set_log_y (FxuDotChart *self, gboolean log_y);
/* Lines from each value to the kind's next: a profile over depth. */
void fxu_dot_chart_set_joined (FxuDotChart *self, gboolean joined);
/* FALSE: a linear axis need not take in zero, where lines join the values; TRUE at first. */
void fxu_dot_chart_set_from_zero (FxuDotChart *self, gboolean from_zero);
/* Names of the places, NULL-terminated; forgets all values. */
void fxu_dot_chart_set_places (FxuDotChart *self, const char *const *names);
/* Returns the kind's number, from 0; forgets all values. */
guint fxu_dot_chart_add_kind (FxuDotChart *self, const char *label);
/* NaN: there is none. */
void fxu_dot_chart_set_value (FxuDotChart *self, guint place, guint kind, double value);
double fxu_dot_chart_get_value (const FxuDotChart *self, guint place, guint kind);
/* NaN: none.  Values above it are drawn hollow, with a cross. */
void fxu_dot_chart_set_limit (FxuDotChart *self, double limit, const char *label);
/* NaN: none.  A grey dashed line of what values are compared with. */
void fxu_dot_chart_set_reference (FxuDotChart *self, double reference, const char *label);
/* The place under a horizontal position in a drawing of that width; FALSE where there is none. */
gboolean
fxu_dot_chart_find (const FxuDotChart *self, double width, double height, double x, guint *place);
/* @place: whose values are read out in the legend, or G_MAXUINT. */
void fxu_dot_chart_draw (const FxuDotChart *self,
                         cairo_t *cr,
                         double width,
                         double height,
                         guint place,
                         const FxuPalette *palette);
/* "Title: fc1: W 0.001, A 0.002; fc2: ...". */
char *fxu_dot_chart_describe (const FxuDotChart *self) G_GNUC_WARN_UNUSED_RESULT;
char *fxu_dot_chart_describe_place (const FxuDotChart *self, guint place) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuDotChart, fxu_dot_chart_free)

G_END_DECLS
