/* SPDX-License-Identifier: MIT */
/* Which class is taken for which; pointer and arrow keys read single cells. */
#pragma once

#include "plot/confusion-grid.h"
#include "plot/picture.h"

G_BEGIN_DECLS

#define FXU_TYPE_CONFUSION_MAP (fxu_confusion_map_get_type ())
G_DECLARE_FINAL_TYPE (FxuConfusionMap, fxu_confusion_map, FXU, CONFUSION_MAP, FxuPicture)

GtkWidget *fxu_confusion_map_new (void) G_GNUC_WARN_UNUSED_RESULT;
void fxu_confusion_map_set_dataset (FxuConfusionMap *self, FxpDataset *dataset);
void fxu_confusion_map_set_confusion (FxuConfusionMap *self, const FxpConfusion *confusion);
void fxu_confusion_map_set_kind (FxuConfusionMap *self, FxuMapKind kind);
/* What is read out now, one sentence. */
char *fxu_confusion_map_describe (FxuConfusionMap *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
