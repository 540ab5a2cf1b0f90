/* SPDX-License-Identifier: MIT */
/* The inside of an FxuDotChart; for its own files. */
#pragma once

#include "plot/dot-chart.h"

G_BEGIN_DECLS

struct _FxuDotChart
{
  char *title, *y_label, *empty_text;
  char *limit_label;
  double limit; /* NaN: none */
  gboolean log_y, is_joined;
  char **places;
  guint n_places;
  GPtrArray *kinds; /* of char: labels */
  double *values;   /* n_places x kinds->len */
  gboolean is_empty;
  FxuScale y; /* of all values and the limit */
};

G_END_DECLS
