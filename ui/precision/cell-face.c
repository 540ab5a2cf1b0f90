/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/cell-face.h"
#include "precision/health-badge.h"
#include "precision/lock-sign.h"

#include <math.h>

/* The small histogram is left out where there is no room for it. */
#define BARS_GAP        4.0
#define BARS_HEIGHT     28.0
#define BARS_HEIGHT_MIN 10.0
#define BAR_PITCH_MAX   8.0
#define LEVEL_HEIGHT    5.0f
/* The bar of slack stands in the padding. */
#define SLACK_LEFT  -5.5f
#define SLACK_WIDTH 3.0f
#define SIGN_GAP    3

static double
binade_count (const FxpStatistics *statistics, int exponent)
{
  int i = exponent - FXP_BINADE_MIN;

  if (i < 0 || i >= FXP_N_BINADES)
    return 0.0;
  return (double)statistics->binades[0][i] + (double)statistics->binades[1][i];
}

void
fxu_face_set_bars (FxuFace *self, const FxpStatistics *statistics, FxpFormat format)
{
  int top = FXP_BINADE_MIN + FXP_N_BINADES - 1;
  double most = 0.0;

  self->n_bars = 0;
  while (top >= FXP_BINADE_MIN && binade_count (statistics, top) <= 0.0)
    top--;
  for (int e = top; e > top - FXU_BARS_MAX; e--)
    most = MAX (most, binade_count (statistics, e));
  if (most <= 0.0)
    return;

  for (int e = top; e > top - FXU_BARS_MAX; e--)
    {
      guint i = self->n_bars++;
      /* Greatest magnitude 2^int_bits; what is below half a step, 2^(-frac-1), becomes zero. */
      gboolean over = e >= fxp_format_get_int_bits (format);
      gboolean under = e < -format.frac_bits - 1;

      self->bars[i] = (float)sqrt (binade_count (statistics, e) / most);
      self->hues[i] = over ? FXU_HUE_OVER : under ? FXU_HUE_UNDER : FXU_HUE_OK;
      if (fxp_format_is_float (format))
        self->hues[i] = FXU_HUE_DIM;
    }
}

static void
layout_size (PangoLayout *layout, int *width, int *height)
{
  pango_layout_get_pixel_size (layout, width, height);
}

/* The one line that a compact face has room for: what is wrong, or else the format. */
static PangoLayout *
compact_line (const FxuFace *self)
{
  gboolean is_alarming = self->health == FXU_HEALTH_OVER || self->health == FXU_HEALTH_UNDER ||
                         self->health == FXU_HEALTH_LOST || self->slack.level == FXU_SLACK_BROKEN;
  gboolean has_subtitle = *pango_layout_get_text (self->subtitle) != '\0';

  return is_alarming || !has_subtitle ? self->note : self->subtitle;
}

void
fxu_face_measure (const FxuFace *self, int *width, int *height, int *natural_height)
{
  int title_width, title_height, subtitle_width, subtitle_height, note_width, note_height;

  layout_size (self->title, &title_width, &title_height);
  layout_size (self->subtitle, &subtitle_width, &subtitle_height);
  layout_size (self->note, &note_width, &note_height);

  if (self->is_heading)
    {
      *width = MAX (title_width, subtitle_width);
      *height = title_height + subtitle_height;
      *natural_height = *height;
      return;
    }
  *width = title_width + SIGN_GAP + (int)FXU_HEALTH_BADGE_SIZE;
  if (self->is_locked)
    *width += SIGN_GAP + (int)FXU_LOCK_SIGN_WIDTH;
  *width = MAX (*width, MAX (subtitle_width, note_width));
  *width = MAX (*width, self->least_width);
  if (self->is_compact)
    {
      *height = *natural_height = title_height + subtitle_height;
      return;
    }
  *height = title_height + subtitle_height + note_height;
  *natural_height = *height + (int)(BARS_GAP + BARS_HEIGHT);
}

static void
draw_badge (const FxuFace *self,
            GtkSnapshot *snapshot,
            double x,
            double y,
            const FxuPalette *palette)
{
  graphene_rect_t bounds =
    GRAPHENE_RECT_INIT ((float)x, (float)y, FXU_HEALTH_BADGE_SIZE, FXU_HEALTH_BADGE_SIZE);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);

  fxu_health_badge_draw (cr, self->health, self->predicted, x, y, palette);
  cairo_destroy (cr);
}

static void
draw_slack (const FxuFace *self, GtkSnapshot *snapshot, double height, const FxuPalette *palette)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (SLACK_LEFT, 0.0f, SLACK_WIDTH, (float)height);
  cairo_t *cr;

  if (self->slack.level == FXU_SLACK_UNKNOWN)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  fxu_slack_draw (&self->slack, cr, SLACK_LEFT, 0.0, SLACK_WIDTH, height, palette);
  cairo_destroy (cr);
}

static void
draw_lock (GtkSnapshot *snapshot, double x, double y, const FxuPalette *palette)
{
  graphene_rect_t bounds =
    GRAPHENE_RECT_INIT ((float)x, (float)y, FXU_LOCK_SIGN_WIDTH, FXU_LOCK_SIGN_HEIGHT);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);

  fxu_lock_sign_draw (cr, x, y, palette);
  cairo_destroy (cr);
}

/* The greatest magnitude stands at the right, as on a number line. */
static void
draw_bars (const FxuFace *self,
           GtkSnapshot *snapshot,
           double width,
           double bottom,
           double height,
           const FxuPalette *palette)
{
  double pitch = MIN (BAR_PITCH_MAX, floor (width / self->n_bars));

  for (guint i = 0; i < self->n_bars; i++)
    {
      const FxuColor *hue = &palette->hues[self->hues[i]];
      GdkRGBA color = {(float)hue->red, (float)hue->green, (float)hue->blue, 0.8f};
      double x = pitch * (self->n_bars - 1 - i);
      double bar = self->bars[i] > 0.0f ? MAX (1.0, height * self->bars[i]) : 0.0;

      gtk_snapshot_append_color (snapshot,
                                 &color,
                                 &GRAPHENE_RECT_INIT ((float)x,
                                                      (float)(bottom - bar),
                                                      (float)(pitch - 1.0),
                                                      (float)bar));
    }
}

static void
append_box (GtkSnapshot *snapshot, const FxuColor *hue, float alpha, graphene_rect_t box)
{
  GdkRGBA color = {(float)hue->red, (float)hue->green, (float)hue->blue, alpha};

  gtk_snapshot_append_color (snapshot, &color, &box);
}

/* How much of a register was needed, from the right as numbers are; red if it had not enough. */
static void
draw_level (const FxuFace *self,
            GtkSnapshot *snapshot,
            double width,
            double bottom,
            const FxuPalette *palette)
{
  float all = (float)width;
  float used = all * MIN (self->filled, 1.0f);
  float y = (float)bottom - LEVEL_HEIGHT;
  FxuHue hue = self->filled > 1.0f ? FXU_HUE_OVER : FXU_HUE_OK;

  append_box (snapshot,
              &palette->hues[FXU_HUE_DIM],
              0.25f,
              GRAPHENE_RECT_INIT (0.0f, y, all, LEVEL_HEIGHT));
  append_box (snapshot,
              &palette->hues[hue],
              0.8f,
              GRAPHENE_RECT_INIT (all - used, y, used, LEVEL_HEIGHT));
}

static void
draw_text (GtkSnapshot *snapshot, PangoLayout *layout, double x, double y, const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)x, (float)y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

void
fxu_face_draw (const FxuFace *self,
               GtkSnapshot *snapshot,
               double width,
               double height,
               const GdkRGBA *text,
               const FxuPalette *palette)
{
  GdkRGBA dim = *text;
  int title_width, title_height, subtitle_width, subtitle_height, note_width, note_height;
  double y, text_height, spare;
  gboolean with_bars;

  dim.alpha *= 0.72f;
  layout_size (self->title, &title_width, &title_height);
  layout_size (self->subtitle, &subtitle_width, &subtitle_height);
  layout_size (self->note, &note_width, &note_height);

  text_height = title_height + subtitle_height;
  if (!self->is_heading && !self->is_compact)
    text_height += note_height;
  spare = height - text_height - BARS_GAP;
  with_bars = !self->is_heading && !self->is_compact && spare >= BARS_HEIGHT_MIN;
  if (self->is_compact && *pango_layout_get_text (compact_line (self)) == '\0')
    text_height = title_height;
  y = with_bars ? 0.0 : floor ((height - text_height) / 2.0);

  draw_text (snapshot, self->title, 0.0, y, text);
  draw_text (snapshot,
             self->is_compact && !self->is_heading ? compact_line (self) : self->subtitle,
             0.0,
             y + title_height,
             &dim);
  if (self->is_heading || self->is_shared)
    return;

  if (!self->is_compact)
    draw_text (snapshot, self->note, 0.0, y + title_height + subtitle_height, &dim);
  draw_badge (self,
              snapshot,
              width - FXU_HEALTH_BADGE_SIZE,
              y + floor ((title_height - FXU_HEALTH_BADGE_SIZE) / 2.0),
              palette);
  if (self->is_locked)
    draw_lock (snapshot,
               width - FXU_HEALTH_BADGE_SIZE - SIGN_GAP - FXU_LOCK_SIGN_WIDTH,
               y + floor ((title_height - FXU_LOCK_SIGN_HEIGHT) / 2.0),
               palette);
  draw_slack (self, snapshot, height, palette);
  if (with_bars && self->n_bars > 0)
    draw_bars (self, snapshot, width, height, spare, palette);
  if (with_bars && self->filled > 0.0f)
    draw_level (self, snapshot, width, height, palette);
}
