/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/mistake-sheet.h"
#include "plot/image-strip.h"
#include "plot/lettering.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Images grow with the room, within this, in user units. */
#define IMAGE_MIN 36.0
#define IMAGE_MAX 96.0
/* Room for a name beneath an image: longer ones are shortened. */
#define CELL_MIN 46.0
#define CELL_MAX 66.0

struct _FxuMistakeSheet
{
  FxpDataset *dataset; /* NULL: none, or none of images */
  gboolean is_known;   /* a test has told */
  gboolean of_twin;
  guint64 n_wrong, n_tested;
  guint n;
  FxpMistake mistakes[FXP_MISTAKES_MAX];
  FxuImageStrip *images; /* of the mistakes, or NULL */
};

/* Where the images lie. */
typedef struct
{
  double pad, top, line;
  double across, down; /* one image */
  double cell_width, cell_height;
  guint n_columns, n_rows;
} Grid;

FxuMistakeSheet *
fxu_mistake_sheet_new (void)
{
  return g_new0 (FxuMistakeSheet, 1);
}

static void
clear_mistakes (FxuMistakeSheet *self)
{
  g_clear_pointer (&self->images, fxu_image_strip_free);
  self->n = 0;
  self->n_wrong = self->n_tested = 0;
  self->is_known = FALSE;
}

void
fxu_mistake_sheet_free (FxuMistakeSheet *self)
{
  if (self == NULL)
    return;
  clear_mistakes (self);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
  g_free (self);
}

void
fxu_mistake_sheet_set_dataset (FxuMistakeSheet *self, FxpDataset *dataset)
{
  g_return_if_fail (self != NULL);

  clear_mistakes (self);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
  if (dataset != NULL && fxp_dataset_is_image (dataset))
    self->dataset = fxp_dataset_ref (dataset);
}

static void
count_wrong (FxuMistakeSheet *self, const FxpConfusion *confusion, const guint32 *counts)
{
  for (gsize i = 0; i < (gsize)confusion->n_classes * confusion->n_classes; i++)
    {
      self->n_tested += counts[i];
      if (i / confusion->n_classes != i % confusion->n_classes)
        self->n_wrong += counts[i];
    }
}

static gboolean
mistakes_equal (const FxuMistakeSheet *self, const FxpMistake *mistakes, guint n)
{
  if (self->images == NULL || n != self->n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (self->mistakes[i].row != mistakes[i].row)
      return FALSE;
  return TRUE;
}

void
fxu_mistake_sheet_set_confusion (FxuMistakeSheet *self,
                                 const FxpConfusion *confusion,
                                 gboolean of_twin)
{
  guint twin = of_twin ? 1 : 0;
  guint32 rows[FXP_MISTAKES_MAX];
  g_autoptr (FxuImageStrip) kept = NULL;
  guint n;

  g_return_if_fail (self != NULL);

  self->of_twin = of_twin;
  if (confusion == NULL || confusion->counts[twin] == NULL || self->dataset == NULL)
    {
      clear_mistakes (self);
      return;
    }

  /* The same samples again need not be read again. */
  n = MIN (confusion->n_mistakes[twin], FXP_MISTAKES_MAX);
  if (mistakes_equal (self, confusion->mistakes[twin], n))
    kept = g_steal_pointer (&self->images);
  clear_mistakes (self);
  self->is_known = TRUE;
  count_wrong (self, confusion, confusion->counts[twin]);
  for (guint i = 0; i < n; i++)
    {
      const FxpMistake *mistake = &confusion->mistakes[twin][i];

      if (mistake->row >= fxp_dataset_get_n (self->dataset, FXP_SPLIT_TEST))
        continue;
      rows[self->n] = mistake->row;
      self->mistakes[self->n++] = *mistake;
    }
  if (kept != NULL)
    self->images = g_steal_pointer (&kept);
  else if (self->n > 0)
    self->images = fxu_image_strip_new (self->dataset, rows, self->n, NULL);
}

static double
measure_names (const FxuMistakeSheet *self, const FxuLettering *letters)
{
  double most = 0.0;

  for (guint i = 0; i < self->n; i++)
    {
      const char *predicted =
        fxp_dataset_get_class_name (self->dataset, self->mistakes[i].predicted);
      g_autofree char *arrow = g_strdup_printf ("→ %s", predicted);

      most = MAX (most, fxu_lettering_measure (letters, FXU_FACE_SMALL, arrow));
    }
  return most;
}

static void
choose_grid (const FxuMistakeSheet *self,
             const FxuLettering *letters,
             Grid *grid,
             double width,
             double height)
{
  double gap = 0.8 * letters->size;
  double least = CLAMP (measure_names (self, letters) + gap, CELL_MIN, CELL_MAX);
  guint image_width = fxu_image_strip_get_width (self->images);
  double shape = (double)fxu_image_strip_get_height (self->images) / image_width;
  guint most = (guint)MAX (1.0, floor (width / least));

  grid->n_columns = 0;
  for (guint columns = 1; columns <= MIN (most, self->n); columns++)
    {
      double across = fxu_image_strip_snap (MIN (width / columns - gap, IMAGE_MAX), image_width);
      double down = round (across * shape);
      double cell_height = down + 3.0 * grid->line + gap;
      guint rows = (guint)MAX (0.0, floor (height / cell_height));

      if (across < IMAGE_MIN && columns > 1)
        break;
      if (across < 1.0 || rows == 0)
        continue;
      grid->n_columns = columns;
      grid->n_rows = rows;
      grid->across = across;
      grid->down = down;
      grid->cell_width = floor (width / columns);
      grid->cell_height = cell_height;
      if (columns * rows >= self->n)
        break;
    }
}

static void
draw_mistake (FxuMistakeSheet *self,
              const FxuLettering *letters,
              const Grid *grid,
              cairo_t *cr,
              guint i,
              const FxuPalette *palette)
{
  const FxpMistake *mistake = &self->mistakes[i];
  double left = grid->pad + (i % grid->n_columns) * grid->cell_width;
  double y = round (grid->top + (i / grid->n_columns) * grid->cell_height);
  double x = round (left + (grid->cell_width - grid->across) / 2.0);
  double middle = left + grid->cell_width / 2.0;
  double baseline = y + grid->down + 0.2 * grid->line + letters->ascents[FXU_FACE_SMALL];
  const char *label = fxp_dataset_get_class_name (self->dataset, mistake->label);
  const char *predicted = fxp_dataset_get_class_name (self->dataset, mistake->predicted);
  g_autofree char *arrow = g_strdup_printf ("→ %s", predicted);
  g_autofree char *sure = g_strdup_printf (_ ("%.0f %%"), 100.0 * mistake->confidence);

  fxu_image_strip_draw (self->images, cr, i, x, y, grid->across, grid->down, palette);
  fxu_palette_set_source (palette, cr, FXU_HUE_GRID);
  cairo_set_line_width (cr, 1.0);
  cairo_rectangle (cr, x - 0.5, y - 0.5, grid->across + 1.0, grid->down + 1.0);
  cairo_stroke (cr);

  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      label,
                      middle,
                      baseline,
                      0.5,
                      grid->cell_width - 2.0);
  fxu_palette_set_source (palette, cr, FXU_HUE_OVER);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      arrow,
                      middle,
                      baseline + grid->line,
                      0.5,
                      grid->cell_width - 2.0);
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      sure,
                      middle,
                      baseline + 2.0 * grid->line,
                      0.5,
                      grid->cell_width - 2.0);
}

static const char *
get_empty_text (const FxuMistakeSheet *self)
{
  if (self->dataset == NULL)
    return _ ("No sample images");
  if (!self->is_known)
    return _ ("No test yet");
  return _ ("No mistake in the test");
}

void
fxu_mistake_sheet_draw (FxuMistakeSheet *self,
                        cairo_t *cr,
                        double width,
                        double height,
                        const FxuPalette *palette)
{
  g_auto (FxuLettering) letters = {0};
  g_autofree char *title = NULL;
  Grid grid = {0};

  g_return_if_fail (self != NULL);
  g_return_if_fail (cr != NULL);
  g_return_if_fail (palette != NULL);

  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_fill (cr);
  fxu_lettering_init (&letters, fxu_lettering_choose_size (width, height));
  if (self->images == NULL)
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (&letters,
                          cr,
                          FXU_FACE_NORMAL,
                          get_empty_text (self),
                          width / 2.0,
                          height / 2.0,
                          0.5,
                          width - 4.0);
      return;
    }

  grid.pad = floor (0.6 * letters.size);
  grid.line = ceil (fxu_lettering_get_height (&letters, FXU_FACE_SMALL));
  grid.top = grid.pad + ceil (1.4 * fxu_lettering_get_height (&letters, FXU_FACE_NORMAL));
  choose_grid (self, &letters, &grid, width - 2.0 * grid.pad, height - grid.top - grid.pad);
  /* translators: how many of the test samples are mistaken; the worst of them follow */
  title = g_strdup_printf (_ ("Worst of %lu mistakes in %lu"),
                           (gulong)self->n_wrong,
                           (gulong)self->n_tested);
  fxu_palette_set_source (palette, cr, self->of_twin ? FXU_HUE_TWIN : FXU_HUE_FIXED);
  fxu_lettering_draw (&letters,
                      cr,
                      FXU_FACE_BOLD,
                      title,
                      grid.pad,
                      grid.pad + letters.ascents[FXU_FACE_NORMAL],
                      0.0,
                      width - 2.0 * grid.pad);
  for (guint i = 0; i < MIN (self->n, grid.n_columns * grid.n_rows); i++)
    draw_mistake (self, &letters, &grid, cr, i, palette);
}

char *
fxu_mistake_sheet_describe (const FxuMistakeSheet *self)
{
  const FxpMistake *worst;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->images == NULL)
    return g_strdup (get_empty_text (self));
  worst = &self->mistakes[0];
  /* translators: counts, label, class predicted, and how sure the network is of it */
  return g_strdup_printf (_ ("%lu of %lu test samples are mistaken; the worst is %s taken for %s "
                             "with a confidence of %.0f %%"),
                          (gulong)self->n_wrong,
                          (gulong)self->n_tested,
                          fxp_dataset_get_class_name (self->dataset, worst->label),
                          fxp_dataset_get_class_name (self->dataset, worst->predicted),
                          100.0 * worst->confidence);
}
