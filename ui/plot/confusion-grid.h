/* SPDX-License-Identifier: MIT */
/* The drawing of a confusion matrix: which class is taken for which, by the fixed-point run, by the
 * float twin, or how the two differ.  Cairo and Pango only, no GTK. */
#pragma once

#include "fxp.h"
#include "plot/class-map.h"
#include "plot/palette.h"

G_BEGIN_DECLS

typedef struct _FxuConfusionGrid FxuConfusionGrid;

FxuConfusionGrid *fxu_confusion_grid_new (void) G_GNUC_WARN_UNUSED_RESULT;
void fxu_confusion_grid_free (FxuConfusionGrid *self);
/* For the names of the classes; NULL: numbers.  Clears the counts. */
void fxu_confusion_grid_set_dataset (FxuConfusionGrid *self, FxpDataset *dataset);
/* Copies what it needs; NULL clears. */
void fxu_confusion_grid_set_confusion (FxuConfusionGrid *self, const FxpConfusion *confusion);
void fxu_confusion_grid_set_kind (FxuConfusionGrid *self, FxuMapKind kind);

guint fxu_confusion_grid_get_n_classes (const FxuConfusionGrid *self); /* 0: no counts yet */
/* The cell that is read out; both G_MAXUINT: the most frequent mistake is. */
void fxu_confusion_grid_choose (FxuConfusionGrid *self, guint label, guint predicted);
gboolean
fxu_confusion_grid_get_chosen (const FxuConfusionGrid *self, guint *label, guint *predicted);
/* The cell at a place of a drawing of this size; FALSE if there is none. */
gboolean fxu_confusion_grid_find (const FxuConfusionGrid *self,
                                  double width,
                                  double height,
                                  double x,
                                  double y,
                                  guint *label,
                                  guint *predicted);
void fxu_confusion_grid_draw (const FxuConfusionGrid *self,
                              cairo_t *cr,
                              double width,
                              double height,
                              const FxuPalette *palette);
/* "Shirt taken for Coat: 43 of 1000 (4.3 %)". */
char *fxu_confusion_grid_describe (const FxuConfusionGrid *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuConfusionGrid, fxu_confusion_grid_free)

G_END_DECLS
