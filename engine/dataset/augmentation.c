/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/augmentation-private.h"

#include <string.h>

/* Pad, cut out and mirror, as He et al. 2016 (section 4.2) train on CIFAR. */

/* Draws reserved for a row; 10 million rows leave 32 bits enough. */
#define DRAWS 4

/* Uniform in 0..n-1, to within n / 2^32. */
static guint
pick (FxpNoise noise, guint32 index, guint n)
{
  return (guint)((guint64)fxp_noise_draw (noise, index) * n >> 32);
}

FxpAugmentationDraw
fxp_augmentation_draw (const FxpAugmentation *self, FxpNoise noise, guint32 row)
{
  guint n_places = 2 * self->crop + 1;

  return (FxpAugmentationDraw){self->flip && pick (noise, DRAWS * row, 2) == 1,
                               pick (noise, DRAWS * row + 1, n_places),
                               pick (noise, DRAWS * row + 2, n_places)};
}

static void
fill (double *to, gsize n, double value)
{
  for (gsize i = 0; i < n; i++)
    to[i] = value;
}

/* @shift: how far right of column 0 the cut begins, negative where it takes in padding. */
static void
move_row (const double *from, double *to, gsize width, gssize shift, double black)
{
  gsize n_left = (gsize)CLAMP (-shift, 0, (gssize)width);
  gsize n_right = (gsize)CLAMP (shift, 0, (gssize)width);
  gsize n_kept = width - n_left - n_right;

  fill (to, n_left, black);
  memcpy (to + n_left, from + n_right, n_kept * sizeof *to);
  fill (to + n_left + n_kept, n_right, black);
}

static void
mirror_row (double *row, gsize width)
{
  for (gsize i = 0; i < width / 2; i++)
    {
      double value = row[i];

      row[i] = row[width - 1 - i];
      row[width - 1 - i] = value;
    }
}

void
fxp_augmentation_apply (const FxpAugmentation *self,
                        const FxpAugmentationDraw *draw,
                        const FxpShape *shape,
                        const double *blacks,
                        const double *from,
                        double *to)
{
  gssize height = (gssize)shape->dim[1];
  gsize width = shape->dim[2];
  gssize down = (gssize)draw->dy - (gssize)self->crop;
  gssize right = (gssize)draw->dx - (gssize)self->crop;

  for (gsize channel = 0; channel < shape->dim[0]; channel++)
    for (gssize y = 0; y < height; y++)
      {
        gssize source = y + down;
        double *row = to + (channel * (gsize)height + (gsize)y) * width;

        if (source < 0 || source >= height)
          {
            fill (row, width, blacks[channel]);
            continue;
          }
        move_row (from + (channel * (gsize)height + (gsize)source) * width,
                  row,
                  width,
                  right,
                  blacks[channel]);
        if (draw->is_flipped)
          mirror_row (row, width);
      }
}
