/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/binade-frame.h"

#include <math.h>

#define LEAST_HEIGHT_FOR_TEXT    80.0
#define LEAST_WIDTH_FOR_TEXT     110.0
#define LEAST_HEIGHT_FOR_CAPTION 150.0
#define ZERO_SLOTS               2.0 /* room for the bar of zeros, in binades */

void
fxu_binade_frame_init (FxuBinadeFrame *self,
                       const FxuBinadeChart *chart,
                       double width,
                       double height)
{
  FxuLettering *letters = &self->letters;
  double line, bottom, em;

  *self = (FxuBinadeFrame){.width = width, .height = height};
  fxu_lettering_init (letters, fxu_lettering_choose_size (width, height));
  em = letters->size;
  line = ceil (fxu_lettering_get_height (letters, FXU_FACE_SMALL));
  self->pad = MIN (floor (0.7 * em), MIN (width, height) / 12.0);
  self->left = self->top = self->pad;
  bottom = height - self->pad;
  if (height >= LEAST_HEIGHT_FOR_TEXT && width >= LEAST_WIDTH_FOR_TEXT)
    {
      self->header = self->top + letters->ascents[FXU_FACE_SMALL];
      self->strip = self->header + line + 0.3 * em;
      self->top += 2.0 * line + 0.7 * em;
      if (height >= LEAST_HEIGHT_FOR_CAPTION)
        {
          self->caption = bottom - letters->descents[FXU_FACE_SMALL];
          bottom -= line;
        }
      self->ticks = bottom - letters->descents[FXU_FACE_SMALL];
      bottom -= line + 0.35 * em;
      self->left += ceil (fxu_lettering_measure (letters, FXU_FACE_SMALL, "100 %") + 0.5 * em);
    }
  self->top = ceil (self->top);
  self->left = ceil (self->left);
  self->across = MAX (0.0, floor (width - 1.5 * self->pad) - self->left);
  self->down = MAX (0.0, floor (bottom) - self->top);
  self->axis = chart->has_below ? floor (self->top + self->down / 2.0) : self->top + self->down;
  self->slot = self->across / (chart->high - chart->low + ZERO_SLOTS);
}

void
fxu_binade_frame_clear (FxuBinadeFrame *self)
{
  fxu_lettering_clear (&self->letters);
}

double
fxu_binade_frame_get_x (const FxuBinadeFrame *self, const FxuBinadeChart *chart, double exponent)
{
  return self->left + (exponent - chart->low + ZERO_SLOTS) * self->slot;
}

/* By the square root, or the tails that decide a format could not be seen. */
double
fxu_binade_frame_get_height (const FxuBinadeFrame *self, const FxuBinadeChart *chart, double share)
{
  return (self->axis - self->top) * sqrt (MIN (1.0, share / chart->greatest));
}

double
fxu_binade_chart_get_exponent (const FxuBinadeChart *self, double width, double height, double px)
{
  g_auto (FxuBinadeFrame) frame = {0};

  g_return_val_if_fail (self != NULL, NAN);

  fxu_binade_frame_init (&frame, self, width, height);
  if (frame.slot <= 0.0)
    return self->low;
  return (px - frame.left) / frame.slot - ZERO_SLOTS + self->low;
}
