/* SPDX-License-Identifier: MIT */
/* The test samples a run is most wrong about. */
#pragma once

#include "fxp.h"
#include "plot/picture.h"

G_BEGIN_DECLS

#define FXU_TYPE_MISTAKE_GALLERY (fxu_mistake_gallery_get_type ())
G_DECLARE_FINAL_TYPE (FxuMistakeGallery, fxu_mistake_gallery, FXU, MISTAKE_GALLERY, FxuPicture)

GtkWidget *fxu_mistake_gallery_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* NULL clears. */
void fxu_mistake_gallery_set_dataset (FxuMistakeGallery *self, FxpDataset *dataset);
void fxu_mistake_gallery_set_confusion (FxuMistakeGallery *self,
                                        const FxpConfusion *confusion,
                                        gboolean of_twin);

G_END_DECLS
