/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/image-sheet.h"
#include "plot/image-strip.h"
#include "plot/ink.h"
#include "plot/lettering.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define IMAGE_MIN  36.0 /* smallest image in user units, while more samples could be shown */
#define IMAGE_MAX  80.0
#define SHORT_NAME 2 /* longest class name, in letters, of which two stand side by side */

struct _FxuImageSheet
{
  guint n_images;
  guint image_height, image_width;
  FxuImageStrip *images; /* NULL: none */
  guint16 labels[FXU_SHEET_IMAGES_MAX];
  char **class_names;
  gboolean has_long_names;
  guint n_predicted[2];
  guint16 predicted[2][FXU_SHEET_IMAGES_MAX];
};

FxuImageSheet *
fxu_image_sheet_new (void)
{
  return g_new0 (FxuImageSheet, 1);
}

static void
clear_images (FxuImageSheet *self)
{
  g_clear_pointer (&self->class_names, g_strfreev);
  g_clear_pointer (&self->images, fxu_image_strip_free);
  self->n_images = 0;
  self->has_long_names = FALSE;
}

void
fxu_image_sheet_free (FxuImageSheet *self)
{
  if (self == NULL)
    return;
  clear_images (self);
  g_free (self);
}

static void
copy_class_names (FxuImageSheet *self, FxpDataset *dataset)
{
  guint n = fxp_dataset_get_n_classes (dataset);

  self->class_names = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    {
      self->class_names[i] = g_strdup (fxp_dataset_get_class_name (dataset, i));
      if (g_utf8_strlen (self->class_names[i], -1) > SHORT_NAME)
        self->has_long_names = TRUE;
    }
}

void
fxu_image_sheet_set_dataset (FxuImageSheet *self, FxpDataset *dataset)
{
  guint32 rows[FXU_SHEET_IMAGES_MAX];
  const FxpShape *shape;

  g_return_if_fail (self != NULL);

  clear_images (self);
  self->n_predicted[0] = self->n_predicted[1] = 0;
  if (dataset == NULL || !fxp_dataset_is_image (dataset))
    return;
  shape = fxp_dataset_get_shape (dataset);
  self->image_height = (guint)shape->dim[1];
  self->image_width = (guint)shape->dim[2];
  self->n_images = (guint)MIN (fxp_dataset_get_n (dataset, FXP_SPLIT_TEST), FXU_SHEET_IMAGES_MAX);
  for (guint i = 0; i < self->n_images; i++)
    rows[i] = i;
  self->images = fxu_image_strip_new (dataset, rows, self->n_images, self->labels);
  copy_class_names (self, dataset);
}

void
fxu_image_sheet_set_sheet (FxuImageSheet *self, const FxpSheet *sheet)
{
  g_return_if_fail (self != NULL);

  for (guint twin = 0; twin < 2; twin++)
    {
      self->n_predicted[twin] = 0;
      if (sheet == NULL || sheet->predicted[twin] == NULL)
        continue;
      self->n_predicted[twin] = MIN (sheet->n, FXU_SHEET_IMAGES_MAX);
      for (guint i = 0; i < self->n_predicted[twin]; i++)
        self->predicted[twin][i] = sheet->predicted[twin][i];
    }
}

static gboolean
differs (const FxuImageSheet *self, guint i)
{
  return i < self->n_predicted[0] && i < self->n_predicted[1] &&
         self->predicted[0][i] != self->predicted[1][i];
}

/* Where the images lie. */
typedef struct
{
  FxuLettering letters;
  double pad, top;
  guint n_columns, n_rows, n_lines; /* lines of text beneath each */
  double across, down;              /* one image */
  double cell_width, cell_height;
} Grid;

/* Samples nobody has judged are left out, unless there is no judgement at all. */
static guint
count_shown (const FxuImageSheet *self)
{
  return self->n_predicted[0] > 0 ? MIN (self->n_images, self->n_predicted[0]) : self->n_images;
}

/* As large as lets all of them be seen, or else as small as is still legible. */
static void
choose_grid (const FxuImageSheet *self, Grid *grid, double width, double height)
{
  double line = fxu_lettering_get_height (&grid->letters, FXU_FACE_SMALL);
  double gap = 0.8 * grid->letters.size;
  guint n = count_shown (self);
  double shape = (double)self->image_height / self->image_width;

  grid->n_columns = 0;
  for (guint columns = 1; columns <= n; columns++)
    {
      double across = MIN (width / columns - gap, IMAGE_MAX);
      double down, cell_height;
      guint rows;

      if (across < IMAGE_MIN && columns > 1)
        break;
      across = fxu_image_strip_snap (across, self->image_width);
      down = round (across * shape);
      cell_height = down + grid->n_lines * line + gap;
      rows = (guint)MAX (0.0, floor (height / cell_height));
      if (across < 1.0 || rows == 0)
        continue;
      grid->n_columns = columns;
      grid->n_rows = MIN (rows, (n + columns - 1) / columns);
      grid->across = across;
      grid->down = down;
      grid->cell_width = floor (width / columns);
      grid->cell_height = cell_height;
      if (columns * rows >= n)
        break;
    }
}

static void
draw_name (const FxuImageSheet *self,
           const Grid *grid,
           cairo_t *cr,
           guint twin,
           guint i,
           double x,
           double width,
           double baseline,
           const FxuPalette *palette)
{
  const FxuLettering *letters = &grid->letters;
  guint predicted = self->predicted[twin][i];
  gboolean ok = predicted == self->labels[i];
  double sign = 0.62 * letters->size;
  double gap = 0.2 * letters->size;
  g_autofree char *number = g_strdup_printf ("%u", predicted);
  const char *name =
    predicted < g_strv_length (self->class_names) ? self->class_names[predicted] : number;
  double text = MIN (fxu_lettering_measure (letters, FXU_FACE_SMALL, name), width - sign - gap);

  x += MAX (0.0, (width - text - gap - sign) / 2.0);
  fxu_palette_set_source (palette, cr, twin == 0 ? FXU_HUE_FIXED : FXU_HUE_TWIN);
  x += fxu_lettering_draw (letters, cr, FXU_FACE_SMALL, name, x, baseline, 0.0, text);
  fxu_palette_set_source (palette, cr, ok ? FXU_HUE_OK : FXU_HUE_OVER);
  fxu_ink_draw_verdict (cr, ok, x + gap + sign / 2.0, baseline - 0.33 * letters->size, sign);
}

static void
draw_sample (FxuImageSheet *self, const Grid *grid, cairo_t *cr, guint i, const FxuPalette *palette)
{
  double line = fxu_lettering_get_height (&grid->letters, FXU_FACE_SMALL);
  double x = grid->pad + (i % grid->n_columns) * grid->cell_width;
  double y = grid->top + (i / grid->n_columns) * grid->cell_height;
  double left = round (x + (grid->cell_width - grid->across) / 2.0);
  double baseline = y + grid->down + 0.1 * line + grid->letters.ascents[FXU_FACE_SMALL];
  gboolean beside = grid->n_lines == 1 && self->n_predicted[1] > 0;

  y = round (y);
  fxu_image_strip_draw (self->images, cr, i, left, y, grid->across, grid->down, palette);

  fxu_palette_set_source (palette, cr, differs (self, i) ? FXU_HUE_OVER : FXU_HUE_GRID);
  cairo_set_line_width (cr, differs (self, i) ? 2.0 : 1.0);
  cairo_rectangle (cr, left - 1.5, y - 1.5, grid->across + 3.0, grid->down + 3.0);
  cairo_stroke (cr);
  for (guint twin = 0; twin < 2; twin++)
    {
      double inset = 0.3 * grid->letters.size;
      double width = (grid->cell_width - 2.0 * inset) / (beside ? 2.0 : 1.0);

      if (i >= self->n_predicted[twin])
        continue;
      draw_name (self,
                 grid,
                 cr,
                 twin,
                 i,
                 x + inset + (beside && twin == 1 ? width : 0.0),
                 width,
                 baseline,
                 palette);
      if (!beside)
        baseline += line;
    }
}

/* Title, and whose word stands where. */
static void
draw_header (const FxuImageSheet *self,
             const FxuLettering *letters,
             cairo_t *cr,
             double x,
             double end,
             double baseline,
             const FxuPalette *palette)
{
  double gap = 0.7 * letters->size;

  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  x +=
    gap +
    fxu_lettering_draw (letters, cr, FXU_FACE_BOLD, _ ("Test samples"), x, baseline, 0.0, end - x);
  if (self->n_predicted[0] == 0)
    return;
  fxu_palette_set_source (palette, cr, FXU_HUE_FIXED);
  x +=
    gap + fxu_lettering_draw (letters, cr, FXU_FACE_SMALL, _ ("fixed"), x, baseline, 0.0, end - x);
  if (self->n_predicted[1] == 0)
    return;
  fxu_palette_set_source (palette, cr, FXU_HUE_TWIN);
  fxu_lettering_draw (letters, cr, FXU_FACE_SMALL, _ ("float twin"), x, baseline, 0.0, end - x);
}

void
fxu_image_sheet_draw (FxuImageSheet *self,
                      cairo_t *cr,
                      double width,
                      double height,
                      const FxuPalette *palette)
{
  g_auto (FxuLettering) letters = {0};
  Grid grid = {0};

  g_return_if_fail (self != NULL);
  g_return_if_fail (cr != NULL);
  g_return_if_fail (palette != NULL);

  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_fill (cr);
  fxu_lettering_init (&letters, fxu_lettering_choose_size (width, height));
  if (self->n_images == 0)
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (&letters,
                          cr,
                          FXU_FACE_NORMAL,
                          _ ("No sample images"),
                          width / 2.0,
                          height / 2.0,
                          0.5,
                          width - 4.0);
      return;
    }

  grid.letters = letters;
  grid.pad = floor (0.6 * letters.size);
  grid.top = grid.pad + ceil (1.3 * fxu_lettering_get_height (&letters, FXU_FACE_NORMAL));
  grid.n_lines = self->has_long_names && self->n_predicted[1] > 0 ? 2 : 1;
  choose_grid (self, &grid, width - 2.0 * grid.pad, height - grid.top - grid.pad);
  draw_header (self,
               &letters,
               cr,
               grid.pad,
               width - grid.pad,
               grid.pad + letters.ascents[FXU_FACE_NORMAL],
               palette);
  if (grid.n_columns == 0)
    return;
  for (guint i = 0; i < MIN (count_shown (self), grid.n_columns * grid.n_rows); i++)
    draw_sample (self, &grid, cr, i, palette);
}

char *
fxu_image_sheet_describe (const FxuImageSheet *self)
{
  guint n_right[2] = {0, 0};
  guint n_differ = 0;
  guint n;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->n_images == 0)
    return g_strdup (_ ("No sample images"));
  n = MIN (self->n_images, self->n_predicted[0]);
  for (guint i = 0; i < n; i++)
    {
      n_right[0] += self->predicted[0][i] == self->labels[i];
      n_right[1] += i < self->n_predicted[1] && self->predicted[1][i] == self->labels[i];
      n_differ += differs (self, i);
    }
  if (n == 0)
    return g_strdup_printf (_ ("%u sample images, no predictions yet"), self->n_images);
  if (self->n_predicted[1] == 0)
    return g_strdup_printf (_ ("Of %u sample images the fixed-point run has %u right"),
                            n,
                            n_right[0]);
  return g_strdup_printf (_ ("Of %u sample images the fixed-point run has %u right, the float twin "
                             "%u; they differ on %u"),
                          n,
                          n_right[0],
                          n_right[1],
                          n_differ);
}
