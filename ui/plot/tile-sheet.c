/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/tile-sheet.h"
#include "plot/image-strip.h"
#include "plot/lettering.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define TILE_MIN   30.0 /* while more columns could be made, in user units */
#define TILE_MAX   72.0
#define TILE_GAP   4.0
#define SNAP_SHARE 0.88
/* Long sheets scroll, so their letters do not follow their height. */
#define LETTERING_HEIGHT 300.0
/* Values on one row of what has no shape of its own are wider than high. */
#define FLAT 4u

typedef struct
{
  char *title;
  char *note;
  guint n, height, width; /* tiles, and values in each */
  float *values;
  gboolean is_signed;
  double scale;             /* magnitude at the end of the colours, > 0 */
  cairo_surface_t *surface; /* one below the other, in the colours of @palette; NULL: to do */
  const FxuPalette *palette;
} Section;

struct _FxuTileSheet
{
  char *title;
  char *empty_text;
  GPtrArray *sections;
};

/* How one section's tiles lie. */
typedef struct
{
  guint n_columns, n_rows;
  double across, down;
} Grid;

static void
section_free (gpointer data)
{
  Section *self = data;

  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_free (self->title);
  g_free (self->note);
  g_free (self->values);
  g_free (self);
}

FxuTileSheet *
fxu_tile_sheet_new (void)
{
  FxuTileSheet *self = g_new0 (FxuTileSheet, 1);

  self->sections = g_ptr_array_new_with_free_func (section_free);
  return self;
}

void
fxu_tile_sheet_free (FxuTileSheet *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->sections);
  g_free (self->title);
  g_free (self->empty_text);
  g_free (self);
}

void
fxu_tile_sheet_clear (FxuTileSheet *self, const char *title, const char *empty_text)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_set_size (self->sections, 0);
  g_free (self->title);
  g_free (self->empty_text);
  self->title = g_strdup (title);
  self->empty_text = g_strdup (empty_text);
}

/* "±0.42", or "0 … 0.42" */
static char *
describe_scale (const Section *section)
{
  if (section->is_signed)
    return g_strdup_printf ("±%.2g", section->scale);
  return g_strdup_printf ("0 … %.2g", section->scale);
}

void
fxu_tile_sheet_add (FxuTileSheet *self,
                    const char *title,
                    const char *note,
                    const float *values,
                    guint n,
                    guint height,
                    guint width,
                    gboolean is_signed,
                    double scale)
{
  gsize n_values = (gsize)n * height * width;
  g_autofree char *text = NULL;
  Section *section;
  double most = 0.0;

  g_return_if_fail (self != NULL);
  g_return_if_fail (title != NULL && values != NULL);
  g_return_if_fail (n_values > 0);

  section = g_new0 (Section, 1);
  section->n = n;
  section->height = height;
  section->width = width;
  section->values = g_memdup2 (values, n_values * sizeof *values);
  section->is_signed = is_signed;
  for (gsize i = 0; i < n_values; i++)
    {
      if (!isfinite (values[i]))
        continue;
      most = MAX (most, fabs (values[i]));
      section->is_signed = section->is_signed || values[i] < 0.0F;
    }
  section->scale = scale > 0.0 ? scale : most > 0.0 ? most : 1.0;
  section->title = g_strdup (title);
  text = describe_scale (section);
  section->note = note != NULL ? g_strdup_printf ("%s · %s", note, text) : g_strdup (text);
  g_ptr_array_add (self->sections, section);
}

guint
fxu_tile_sheet_get_n_sections (const FxuTileSheet *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->sections->len;
}

static void
choose_grid (const Section *section, double width, Grid *grid)
{
  double shape = (double)section->height / section->width;
  double most = section->width >= FLAT * section->height ? width : TILE_MAX;
  guint columns = section->n;

  /* As many columns as are legible, evenly filled. */
  while (columns > 1 && width / columns - TILE_GAP < TILE_MIN)
    columns--;
  grid->n_rows = (section->n + columns - 1) / columns;
  grid->n_columns = (section->n + grid->n_rows - 1) / grid->n_rows;
  grid->across = floor (CLAMP (width / grid->n_columns - TILE_GAP, 1.0, most));
  /* Every value alike, unless that would waste much of the room. */
  if (fxu_image_strip_snap (grid->across, section->width) >= SNAP_SHARE * grid->across)
    grid->across = fxu_image_strip_snap (grid->across, section->width);
  grid->down = MAX (1.0, round (grid->across * shape));
}

static double
get_title_height (const FxuLettering *letters)
{
  return ceil (1.4 * fxu_lettering_get_height (letters, FXU_FACE_NORMAL));
}

static double
get_heading_height (const FxuLettering *letters)
{
  return ceil (1.25 * fxu_lettering_get_height (letters, FXU_FACE_SMALL));
}

static double
get_height (const FxuLettering *letters, const Section *section, double width)
{
  Grid grid;

  choose_grid (section, width, &grid);
  return get_heading_height (letters) + grid.n_rows * (grid.down + TILE_GAP) +
         floor (0.5 * letters->size);
}

double
fxu_tile_sheet_measure (const FxuTileSheet *self, double width)
{
  g_auto (FxuLettering) letters = {0};
  double pad, height;

  g_return_val_if_fail (self != NULL, 0.0);

  fxu_lettering_init (&letters, fxu_lettering_choose_size (width, LETTERING_HEIGHT));
  pad = floor (0.6 * letters.size);
  height = 2.0 * pad + get_title_height (&letters);
  for (guint i = 0; i < self->sections->len; i++)
    height += get_height (&letters, g_ptr_array_index (self->sections, i), width - 2.0 * pad);
  return height;
}

static guint32
get_pixel (const Section *section, float value, const FxuPalette *palette)
{
  double share = value / section->scale;
  FxuColor color;

  if (isnan (value))
    color = palette->hues[FXU_HUE_SURFACE];
  else if (section->is_signed)
    color = fxu_palette_get_signed (palette, share);
  else
    color = fxu_palette_get_amount (palette, share);
  return (guint32)(color.red * 255.0 + 0.5) << 16 | (guint32)(color.green * 255.0 + 0.5) << 8 |
         (guint32)(color.blue * 255.0 + 0.5);
}

static void
make_surface (Section *section, const FxuPalette *palette)
{
  guint n_rows = section->n * section->height;
  guint8 *pixels;
  int stride;

  g_clear_pointer (&section->surface, cairo_surface_destroy);
  section->surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)section->width, (int)n_rows);
  section->palette = palette;
  if (cairo_surface_status (section->surface) != CAIRO_STATUS_SUCCESS)
    return;
  pixels = cairo_image_surface_get_data (section->surface);
  stride = cairo_image_surface_get_stride (section->surface);
  for (guint y = 0; y < n_rows; y++)
    {
      guint32 *row = (guint32 *)(gpointer)(pixels + (gsize)y * stride);

      for (guint x = 0; x < section->width; x++)
        row[x] = get_pixel (section, section->values[(gsize)y * section->width + x], palette);
    }
  cairo_surface_mark_dirty (section->surface);
}

static void
draw_tile (const Section *section,
           const Grid *grid,
           cairo_t *cr,
           guint i,
           double x,
           double y,
           const FxuPalette *palette)
{
  fxu_palette_set_source (palette, cr, FXU_HUE_GRID);
  cairo_set_line_width (cr, 1.0);
  cairo_rectangle (cr, x - 0.5, y - 0.5, grid->across + 1.0, grid->down + 1.0);
  cairo_stroke (cr);

  cairo_save (cr);
  cairo_rectangle (cr, x, y, grid->across, grid->down);
  cairo_clip (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, grid->across / section->width, grid->down / section->height);
  cairo_set_source_surface (cr, section->surface, 0.0, -(double)i * section->height);
  cairo_pattern_set_filter (cairo_get_source (cr),
                            grid->across < section->width ? CAIRO_FILTER_GOOD
                                                          : CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
}

/* Title to the left, note to the right, the note first if there is not room for both. */
static void
draw_heading (const Section *section,
              const FxuLettering *letters,
              cairo_t *cr,
              double x,
              double y,
              double width,
              const FxuPalette *palette)
{
  double baseline = y + letters->ascents[FXU_FACE_SMALL];
  double note;

  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  note = fxu_lettering_draw (letters,
                             cr,
                             FXU_FACE_SMALL,
                             section->note,
                             x + width,
                             baseline,
                             1.0,
                             width);
  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      section->title,
                      x,
                      baseline,
                      0.0,
                      width - note - letters->size);
}

static void
draw_section (Section *section,
              const FxuLettering *letters,
              cairo_t *cr,
              double left,
              double top,
              double width,
              const FxuPalette *palette)
{
  Grid grid;

  if (section->surface == NULL || section->palette != palette)
    make_surface (section, palette);
  draw_heading (section, letters, cr, left, top, width, palette);
  if (cairo_surface_status (section->surface) != CAIRO_STATUS_SUCCESS)
    return;
  choose_grid (section, width, &grid);
  top += get_heading_height (letters);
  for (guint i = 0; i < section->n; i++)
    draw_tile (section,
               &grid,
               cr,
               i,
               floor (left + (i % grid.n_columns) * (grid.across + TILE_GAP)) + 1.0,
               floor (top + (i / grid.n_columns) * (grid.down + TILE_GAP)) + 1.0,
               palette);
}

void
fxu_tile_sheet_draw (FxuTileSheet *self,
                     cairo_t *cr,
                     double width,
                     double height,
                     const FxuPalette *palette)
{
  g_auto (FxuLettering) letters = {0};
  double pad, y;

  g_return_if_fail (self != NULL);
  g_return_if_fail (cr != NULL);
  g_return_if_fail (palette != NULL);

  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_fill (cr);
  fxu_lettering_init (&letters, fxu_lettering_choose_size (width, LETTERING_HEIGHT));
  if (self->sections->len == 0)
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (&letters,
                          cr,
                          FXU_FACE_NORMAL,
                          self->empty_text != NULL ? self->empty_text : _ ("Nothing to show yet"),
                          width / 2.0,
                          height / 2.0,
                          0.5,
                          width - 4.0);
      return;
    }

  pad = floor (0.6 * letters.size);
  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  fxu_lettering_draw (&letters,
                      cr,
                      FXU_FACE_BOLD,
                      self->title != NULL ? self->title : "",
                      pad,
                      pad + letters.ascents[FXU_FACE_NORMAL],
                      0.0,
                      width - 2.0 * pad);
  y = pad + get_title_height (&letters);
  for (guint i = 0; i < self->sections->len && y < height; i++)
    {
      Section *section = g_ptr_array_index (self->sections, i);

      draw_section (section, &letters, cr, pad, y, width - 2.0 * pad, palette);
      y += get_height (&letters, section, width - 2.0 * pad);
    }
}

char *
fxu_tile_sheet_describe (const FxuTileSheet *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  if (self->sections->len == 0)
    return g_strdup (self->empty_text != NULL ? self->empty_text : _ ("Nothing to show yet"));
  g_string_append (text, self->title != NULL ? self->title : "");
  for (guint i = 0; i < self->sections->len; i++)
    {
      const Section *section = g_ptr_array_index (self->sections, i);

      g_string_append_printf (text, "%s%s %s", i == 0 ? ": " : "; ", section->title, section->note);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
