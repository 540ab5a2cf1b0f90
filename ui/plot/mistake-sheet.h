/* SPDX-License-Identifier: MIT */
/* The drawing of the test samples a run is most wrong about: what each is, what it is taken for,
 * and how sure of that the run is.  Cairo and Pango only, no GTK. */
#pragma once

#include "fxp.h"
#include "plot/palette.h"

G_BEGIN_DECLS

typedef struct _FxuMistakeSheet FxuMistakeSheet;

FxuMistakeSheet *fxu_mistake_sheet_new (void) G_GNUC_WARN_UNUSED_RESULT;
void fxu_mistake_sheet_free (FxuMistakeSheet *self);
/* Where the samples are; NULL clears. */
void fxu_mistake_sheet_set_dataset (FxuMistakeSheet *self, FxpDataset *dataset);
/* The mistakes of the fixed-point run, or of its twin; copies what it needs; NULL clears. */
void fxu_mistake_sheet_set_confusion (FxuMistakeSheet *self,
                                      const FxpConfusion *confusion,
                                      gboolean of_twin);
void fxu_mistake_sheet_draw (FxuMistakeSheet *self,
                             cairo_t *cr,
                             double width,
                             double height,
                             const FxuPalette *palette);
/* One sentence: the worst of them. */
char *fxu_mistake_sheet_describe (const FxuMistakeSheet *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuMistakeSheet, fxu_mistake_sheet_free)

G_END_DECLS
