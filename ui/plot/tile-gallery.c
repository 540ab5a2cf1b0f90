/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/tile-gallery.h"

#include <math.h>

#define LEAST_WIDTH   120
#define NATURAL_WIDTH 300
#define LEAST_HEIGHT  90

struct _FxuTileGallery
{
  FxuPicture parent_instance;

  FxuTileSheet *sheet;
  int asked_width, asked_height; /* newest answer to how high it wants to be */
};

G_DEFINE_FINAL_TYPE (FxuTileGallery, fxu_tile_gallery, FXU_TYPE_PICTURE)

static int
measure_height (FxuTileGallery *self, int width)
{
  return MAX (LEAST_HEIGHT, (int)ceil (fxu_tile_sheet_measure (self->sheet, width)));
}

static GtkSizeRequestMode
fxu_tile_gallery_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fxu_tile_gallery_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  FxuTileGallery *self = FXU_TILE_GALLERY (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = LEAST_WIDTH;
      *natural = NATURAL_WIDTH;
      return;
    }
  self->asked_width = for_size > 0 ? for_size : NATURAL_WIDTH;
  self->asked_height = measure_height (self, self->asked_width);
  *minimum = *natural = self->asked_height;
}

static void
fxu_tile_gallery_draw (FxuPicture *picture,
                       cairo_t *cr,
                       double width,
                       double height,
                       const FxuPalette *palette)
{
  fxu_tile_sheet_draw (FXU_TILE_GALLERY (picture)->sheet, cr, width, height, palette);
}

static char *
fxu_tile_gallery_describe (FxuPicture *picture)
{
  return fxu_tile_sheet_describe (FXU_TILE_GALLERY (picture)->sheet);
}

static void
fxu_tile_gallery_finalize (GObject *object)
{
  FxuTileGallery *self = FXU_TILE_GALLERY (object);

  g_clear_pointer (&self->sheet, fxu_tile_sheet_free);
  G_OBJECT_CLASS (fxu_tile_gallery_parent_class)->finalize (object);
}

static void
fxu_tile_gallery_class_init (FxuTileGalleryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fxu_tile_gallery_finalize;
  widget_class->get_request_mode = fxu_tile_gallery_get_request_mode;
  widget_class->measure = fxu_tile_gallery_measure;
  FXU_PICTURE_CLASS (klass)->draw = fxu_tile_gallery_draw;
  FXU_PICTURE_CLASS (klass)->describe = fxu_tile_gallery_describe;
}

static void
fxu_tile_gallery_init (FxuTileGallery *self)
{
  self->sheet = fxu_tile_sheet_new ();
}

GtkWidget *
fxu_tile_gallery_new (const char *label)
{
  FxuTileGallery *self = g_object_new (FXU_TYPE_TILE_GALLERY, NULL);

  fxu_picture_set_label (FXU_PICTURE (self), label);
  fxu_picture_changed (FXU_PICTURE (self));
  return GTK_WIDGET (self);
}

FxuTileSheet *
fxu_tile_gallery_get_sheet (FxuTileGallery *self)
{
  g_return_val_if_fail (FXU_IS_TILE_GALLERY (self), NULL);

  return self->sheet;
}

void
fxu_tile_gallery_changed (FxuTileGallery *self)
{
  g_return_if_fail (FXU_IS_TILE_GALLERY (self));

  /* Laying out anew is dear, and mostly as much is shown as before. */
  if (self->asked_width > 0 && measure_height (self, self->asked_width) != self->asked_height)
    gtk_widget_queue_resize (GTK_WIDGET (self));
  fxu_picture_changed (FXU_PICTURE (self));
}
