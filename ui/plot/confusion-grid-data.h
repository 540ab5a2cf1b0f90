/* SPDX-License-Identifier: MIT */
/* What the files of the confusion grid share, and nobody else includes. */
#pragma once

#include "plot/confusion-grid.h"

G_BEGIN_DECLS

struct _FxuConfusionGrid
{
  FxuMapKind kind;
  char **names; /* of the data's classes; may be fewer than counted */
  guint n_classes;
  guint32 *counts[2];     /* n_classes x n_classes, a row per label; [1] NULL without twin */
  guint64 *totals;        /* samples per label */
  guint label, predicted; /* chosen, or G_MAXUINT */
};

/* FALSE if what is to be shown needs the twin and there is none. */
gboolean fxu_confusion_grid_has_values (const FxuConfusionGrid *self);
/* A count of the kind that is shown, or the difference of both. */
gint64 fxu_confusion_grid_get_value (const FxuConfusionGrid *self, guint label, guint predicted);
/* What is read out: the chosen cell, or where most goes wrong; FALSE if nothing does. */
gboolean
fxu_confusion_grid_find_read (const FxuConfusionGrid *self, guint *label, guint *predicted);
/* A class's name, or its number written into @number. */
const char *
fxu_confusion_grid_get_name (const FxuConfusionGrid *self, guint i, char *number, gsize size);
/* "Shirt taken for Coat" */
char *fxu_confusion_grid_describe_pair (const FxuConfusionGrid *self,
                                        guint label,
                                        guint predicted) G_GNUC_WARN_UNUSED_RESULT;
/* "43 of 1000 (4.3 %)" */
char *fxu_confusion_grid_describe_count (const FxuConfusionGrid *self,
                                         guint label,
                                         guint predicted) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
