/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/mistake-gallery.h"
#include "plot/mistake-sheet.h"

#include <glib/gi18n-lib.h>

struct _FxuMistakeGallery
{
  FxuPicture parent_instance;

  FxuMistakeSheet *sheet;
};

G_DEFINE_FINAL_TYPE (FxuMistakeGallery, fxu_mistake_gallery, FXU_TYPE_PICTURE)

static void
fxu_mistake_gallery_draw (FxuPicture *picture,
                          cairo_t *cr,
                          double width,
                          double height,
                          const FxuPalette *palette)
{
  fxu_mistake_sheet_draw (FXU_MISTAKE_GALLERY (picture)->sheet, cr, width, height, palette);
}

static char *
fxu_mistake_gallery_describe (FxuPicture *picture)
{
  return fxu_mistake_sheet_describe (FXU_MISTAKE_GALLERY (picture)->sheet);
}

static void
fxu_mistake_gallery_finalize (GObject *object)
{
  FxuMistakeGallery *self = FXU_MISTAKE_GALLERY (object);

  g_clear_pointer (&self->sheet, fxu_mistake_sheet_free);
  G_OBJECT_CLASS (fxu_mistake_gallery_parent_class)->finalize (object);
}

static void
fxu_mistake_gallery_class_init (FxuMistakeGalleryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fxu_mistake_gallery_finalize;
  FXU_PICTURE_CLASS (klass)->draw = fxu_mistake_gallery_draw;
  FXU_PICTURE_CLASS (klass)->describe = fxu_mistake_gallery_describe;
}

static void
fxu_mistake_gallery_init (FxuMistakeGallery *self)
{
  self->sheet = fxu_mistake_sheet_new ();
  fxu_picture_set_label (FXU_PICTURE (self), _ ("Worst mistakes"));
  fxu_picture_changed (FXU_PICTURE (self));
}

GtkWidget *
fxu_mistake_gallery_new (void)
{
  return g_object_new (FXU_TYPE_MISTAKE_GALLERY, NULL);
}

void
fxu_mistake_gallery_set_dataset (FxuMistakeGallery *self, FxpDataset *dataset)
{
  g_return_if_fail (FXU_IS_MISTAKE_GALLERY (self));

  fxu_mistake_sheet_set_dataset (self->sheet, dataset);
  fxu_picture_changed (FXU_PICTURE (self));
}

void
fxu_mistake_gallery_set_confusion (FxuMistakeGallery *self,
                                   const FxpConfusion *confusion,
                                   gboolean of_twin)
{
  g_return_if_fail (FXU_IS_MISTAKE_GALLERY (self));

  fxu_mistake_sheet_set_confusion (self->sheet, confusion, of_twin);
  fxu_picture_changed (FXU_PICTURE (self));
}
