/* SPDX-License-Identifier: MIT */
/* The inside of an FxuWeightBars; for its own files. */
#pragma once

#include "plot/weight-bars.h"

G_BEGIN_DECLS

struct _FxuWeightBars
{
  char *empty_text, *title;
  gsize n;            /* weights counted; 0: none */
  double bin_width;   /* of all bins */
  guint half;         /* bins on each side of the one around zero */
  double *shares[2];  /* [0] before, [1] after; 2 half + 1 */
  double zeros;       /* share of exact zeros after */
  double greatest[2]; /* share that fills the height, of before and of after */
};

G_END_DECLS
