/* SPDX-License-Identifier: MIT */
/* Small arrays of numbers as tiles, as high as they need; put it where it can scroll. */
#pragma once

#include "plot/picture.h"
#include "plot/tile-sheet.h"

G_BEGIN_DECLS

#define FXU_TYPE_TILE_GALLERY (fxu_tile_gallery_get_type ())
G_DECLARE_FINAL_TYPE (FxuTileGallery, fxu_tile_gallery, FXU, TILE_GALLERY, FxuPicture)

GtkWidget *fxu_tile_gallery_new (const char *label) G_GNUC_WARN_UNUSED_RESULT;
/* What it draws; tell it of changes by fxu_tile_gallery_changed(). */
FxuTileSheet *fxu_tile_gallery_get_sheet (FxuTileGallery *self); /* borrowed */
void fxu_tile_gallery_changed (FxuTileGallery *self);

G_END_DECLS
