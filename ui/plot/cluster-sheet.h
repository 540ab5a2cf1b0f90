/* SPDX-License-Identifier: MIT */
/* The weights that share one scale: each as a dot over the value that stands for it, with what is
 * left between them, the threshold, and the levels the codes have.  A drawing as FxuChart is; Cairo
 * and Pango only, no GTK. */
#pragma once

#include "plot/palette.h"

G_BEGIN_DECLS

#define FXU_CLUSTER_LEVELS_MAX 32

/* One cluster; arrays of @n, borrowed while they are set. */
typedef struct
{
  gsize n;
  const double *weights; /* real */
  const double *values;  /* that stand for them */
  const guint8 *is_kept; /* whether its code is anything but zero */
  gsize kernel;          /* so many in a row are of one kernel; 0: no bounds between them */
  double threshold;      /* |w| above it were kept; NaN: there is none */
  double levels[FXU_CLUSTER_LEVELS_MAX]; /* but zero; what codes can stand for */
  guint n_levels;                        /* 0: too many to draw */
} FxuClusterData;

typedef struct _FxuClusterSheet FxuClusterSheet;

FxuClusterSheet *fxu_cluster_sheet_new (const char *empty_text) G_GNUC_WARN_UNUSED_RESULT;
void fxu_cluster_sheet_free (FxuClusterSheet *self);
/* @title: which one it is; @caption: what is to be said of all of it.  Data are copied; NULL
 * clears. */
void fxu_cluster_sheet_set (FxuClusterSheet *self,
                            const FxuClusterData *data,
                            const char *title,
                            const char *caption);
/* From the greatest weight to the least, or as they lie. */
void fxu_cluster_sheet_set_sorted (FxuClusterSheet *self, gboolean sorted);
gboolean fxu_cluster_sheet_get_sorted (const FxuClusterSheet *self);
gsize fxu_cluster_sheet_get_n (const FxuClusterSheet *self);
/* The weight under a position of a drawing of that width; FALSE where there is none. */
gboolean fxu_cluster_sheet_find (const FxuClusterSheet *self,
                                 double width,
                                 double height,
                                 double x,
                                 gsize *place);
/* @place: the weight that is read out, counted as they are drawn, or G_MAXSIZE. */
void fxu_cluster_sheet_draw (const FxuClusterSheet *self,
                             cairo_t *cr,
                             double width,
                             double height,
                             gsize place,
                             const FxuPalette *palette);
char *fxu_cluster_sheet_describe (const FxuClusterSheet *self) G_GNUC_WARN_UNUSED_RESULT;
char *fxu_cluster_sheet_describe_place (const FxuClusterSheet *self,
                                        gsize place) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuClusterSheet, fxu_cluster_sheet_free)

G_END_DECLS
