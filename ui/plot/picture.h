/* SPDX-License-Identifier: MIT */
/* The widget under every drawing: follows the theme, takes the focus, redraws no more often than an
 * eye can follow, and tells assistive technology in a sentence what it shows.  For subclasses. */
#pragma once

#include "plot/palette.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_PICTURE (fxu_picture_get_type ())
G_DECLARE_DERIVABLE_TYPE (FxuPicture, fxu_picture, FXU, PICTURE, GtkWidget)

struct _FxuPictureClass
{
  GtkWidgetClass parent_class;

  /* Draws everything but the focus ring. */
  void (
    *draw) (FxuPicture *self, cairo_t *cr, double width, double height, const FxuPalette *palette);
  /* One sentence; the caller frees it. */
  char *(*describe) (FxuPicture *self);
};

/* The accessible name. */
void fxu_picture_set_label (FxuPicture *self, const char *label);
/* The data changed: draws anew and describes anew, each when its time has come. */
void fxu_picture_changed (FxuPicture *self);
/* The user changed something: both at once. */
void fxu_picture_answer (FxuPicture *self);

G_END_DECLS
