/* SPDX-License-Identifier: MIT */
/* Ten glyphs of 8 x 8 pixels under noise: a data set of which nobody makes out all, so that the
 * loss of a network that learns it does not vanish. */
#pragma once

#include "dataset/dataset-private.h"
#include "number/random.h"

#include <math.h>

#define GLYPHS_N_TRAIN 2000
#define GLYPHS_N_TEST  1000

/* A row a byte, the leftmost pixel its highest bit. */
static const guint8 glyphs[10][8] = {
  {0x3c, 0x66, 0x6e, 0x76, 0x66, 0x66, 0x3c, 0x00},
  {0x18, 0x38, 0x18, 0x18, 0x18, 0x18, 0x7e, 0x00},
  {0x3c, 0x66, 0x06, 0x0c, 0x30, 0x60, 0x7e, 0x00},
  {0x3c, 0x66, 0x06, 0x1c, 0x06, 0x66, 0x3c, 0x00},
  {0x06, 0x0e, 0x1e, 0x66, 0x7f, 0x06, 0x06, 0x00},
  {0x7e, 0x60, 0x7c, 0x06, 0x06, 0x66, 0x3c, 0x00},
  {0x3c, 0x66, 0x60, 0x7c, 0x66, 0x66, 0x3c, 0x00},
  {0x7e, 0x66, 0x0c, 0x18, 0x18, 0x18, 0x18, 0x00},
  {0x3c, 0x66, 0x66, 0x3c, 0x66, 0x66, 0x3c, 0x00},
  {0x3c, 0x66, 0x66, 0x3e, 0x06, 0x66, 0x3c, 0x00},
};

/* @noise: deviation of what is added to pixels of 0.15 and 0.85, before they become whole 256ths in
 * [0,1), which eight bits hold exactly. */
static inline FxpSamples *
glyphs_make_samples (guint64 seed, FxpSplit split, guint n, double noise)
{
  const FxpNoise pixels = fxp_noise_new (seed, 0, split, 0, FXP_STREAM_SYNTHETIC);
  const FxpNoise classes = fxp_noise_new (seed, 0, split, 1, FXP_STREAM_SYNTHETIC);
  FxpSamples *samples = fxp_samples_new (64, sizeof (float));
  float *features;

  g_assert_true (fxp_samples_reserve (samples, n, n, "glyphs", NULL));
  features = samples->features;
  for (guint i = 0; i < n; i++)
    {
      const guint label = fxp_noise_draw (classes, i) % 10;

      samples->labels[i] = label;
      for (guint pixel = 0; pixel < 64; pixel++)
        {
          const guint on = glyphs[label][pixel / 8] >> (7 - pixel % 8) & 1;

          const double value = 0.15 + 0.7 * on + noise * fxp_noise_normal (pixels, 64 * i + pixel);

          features[64 * i + pixel] = floor (CLAMP (value, 0, 0.999) * 256) / 256;
        }
    }
  samples->n = n;
  return samples;
}

static inline FxpDataset *
glyphs_new (guint64 seed, double noise)
{
  return fxp_dataset_new ("glyphs",
                          &FXP_SHAPE_3 (1, 8, 8),
                          10,
                          glyphs_make_samples (seed, FXP_SPLIT_TRAIN, GLYPHS_N_TRAIN, noise),
                          glyphs_make_samples (seed, FXP_SPLIT_TEST, GLYPHS_N_TEST, noise));
}
