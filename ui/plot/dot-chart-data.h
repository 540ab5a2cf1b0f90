/* SPDX-License-Identifier: MIT */
/* The inside of an FxuDotChart; for its own files. */
#pragma once

#include "plot/dot-chart.h"

G_BEGIN_DECLS

struct _FxuDotChart
{
  char *title, *y_label, *empty_text;
  char *limit_label, *reference_label;
  double limit, reference; /* NaN: none */
  gboolean log_y, is_joined, from_zero;
  char **places;
  guint n_places;
  GPtrArray *kinds; /* of char: labels */
  double *values;   /* n_places x kinds->len */
  gboolean is_empty;
  FxuScale y; /* of all values, the limit and the reference */
};

/* Whether any place has a value of @kind: the legend names no others. */
gboolean fxu_dot_chart_has_kind (const FxuDotChart *self, guint kind);

G_END_DECLS
