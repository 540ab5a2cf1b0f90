/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/image-sheet.h"
#include "plot/sample-sheet.h"

#include <glib/gi18n-lib.h>

struct _FxuSampleSheet
{
  FxuPicture parent_instance;

  FxuImageSheet *images;
};

G_DEFINE_FINAL_TYPE (FxuSampleSheet, fxu_sample_sheet, FXU_TYPE_PICTURE)

static void
fxu_sample_sheet_draw (FxuPicture *picture,
                       cairo_t *cr,
                       double width,
                       double height,
                       const FxuPalette *palette)
{
  fxu_image_sheet_draw (FXU_SAMPLE_SHEET (picture)->images, cr, width, height, palette);
}

static char *
fxu_sample_sheet_describe (FxuPicture *picture)
{
  return fxu_image_sheet_describe (FXU_SAMPLE_SHEET (picture)->images);
}

GtkWidget *
fxu_sample_sheet_new (void)
{
  return g_object_new (FXU_TYPE_SAMPLE_SHEET, NULL);
}

void
fxu_sample_sheet_set_dataset (FxuSampleSheet *self, FxpDataset *dataset)
{
  g_return_if_fail (FXU_IS_SAMPLE_SHEET (self));

  fxu_image_sheet_set_dataset (self->images, dataset);
  fxu_picture_changed (FXU_PICTURE (self));
}

void
fxu_sample_sheet_set_sheet (FxuSampleSheet *self, const FxpSheet *sheet)
{
  g_return_if_fail (FXU_IS_SAMPLE_SHEET (self));

  fxu_image_sheet_set_sheet (self->images, sheet);
  fxu_picture_changed (FXU_PICTURE (self));
}

static void
fxu_sample_sheet_finalize (GObject *object)
{
  FxuSampleSheet *self = FXU_SAMPLE_SHEET (object);

  g_clear_pointer (&self->images, fxu_image_sheet_free);
  G_OBJECT_CLASS (fxu_sample_sheet_parent_class)->finalize (object);
}

static void
fxu_sample_sheet_class_init (FxuSampleSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fxu_sample_sheet_finalize;
  FXU_PICTURE_CLASS (klass)->draw = fxu_sample_sheet_draw;
  FXU_PICTURE_CLASS (klass)->describe = fxu_sample_sheet_describe;
}

static void
fxu_sample_sheet_init (FxuSampleSheet *self)
{
  self->images = fxu_image_sheet_new ();
  fxu_picture_set_label (FXU_PICTURE (self), _ ("Sample images"));
  fxu_picture_changed (FXU_PICTURE (self));
}
