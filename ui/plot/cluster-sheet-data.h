/* SPDX-License-Identifier: MIT */
/* The inside of an FxuClusterSheet; for its own files. */
#pragma once

#include "plot/cluster-sheet.h"

G_BEGIN_DECLS

struct _FxuClusterSheet
{
  char *empty_text, *title, *caption;
  FxuClusterData data; /* arrays owned */
  gsize *order;        /* by falling weight; n */
  gboolean is_sorted;
  double greatest; /* magnitude of anything that is drawn; 0: nothing is */
};

/* Which weight is drawn at @place. */
static inline gsize
fxu_cluster_sheet_at (const FxuClusterSheet *self, gsize place)
{
  return self->is_sorted ? self->order[place] : place;
}

G_END_DECLS
