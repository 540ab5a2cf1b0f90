/* SPDX-License-Identifier: MIT */
/* Images moved and mirrored by chance, a little differently in each epoch. */
#pragma once

#ifndef FXP_COMPILATION
#  error "augmentation-private.h is for engine/ and tests/ only"
#endif

#include "number/random.h"
#include "tensor/shape.h"

G_BEGIN_DECLS

#define FXP_AUGMENTATION_CROP_MAX 32

/* Plain value; all zero leaves images as they are. */
typedef struct
{
  gboolean flip; /* left-right, every other time */
  guint crop;    /* 0..32 black pixels around, from which the old size is cut out somewhere */
} FxpAugmentation;

/* What happens to one image. */
typedef struct
{
  gboolean is_flipped;
  guint dy; /* where the cut begins in the padded image, 0..2 crop */
  guint dx;
} FxpAugmentationDraw;

/* Depends on @noise and @row alone: the row of the sample in its split, not its place in a batch.
 */
FxpAugmentationDraw
fxp_augmentation_draw (const FxpAugmentation *self, FxpNoise noise, guint32 row);
/* @from and @to: channels x height x width, apart from each other.  @blacks: what stands for black
 * in each channel. */
void fxp_augmentation_apply (const FxpAugmentation *self,
                             const FxpAugmentationDraw *draw,
                             const FxpShape *shape,
                             const double *blacks,
                             const double *from,
                             double *to);

G_END_DECLS
