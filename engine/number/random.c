/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/random.h"

#include <math.h>

#include "number/elementary.h"

#define TWO_PI 6.283185307179586

/* A bijection of 64-bit words in which each input bit reaches each output bit (the SplitMix64
 * finalizer of Steele, Lea and Flood 2014, constants by Stafford).  The golden-ratio increment
 * moves the fixed point away from 0. */
static inline guint64
mix (guint64 x)
{
  x += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return x ^ (x >> 31);
}

FxpNoise
fxp_noise_new (guint64 seed, guint64 step, guint layer, guint role, FxpStream stream)
{
  guint64 key = mix (seed);

  key = mix (key ^ step);
  key = mix (key ^ ((guint64)layer << 32 | role));
  key = mix (key ^ (guint64)stream);

  return (FxpNoise){.key = {(guint32)(key >> 32), (guint32)key}};
}

double
fxp_noise_uniform (FxpNoise self, guint32 index)
{
  guint64 high = fxp_noise_draw (self, 2 * index) >> 5;
  guint64 low = fxp_noise_draw (self, 2 * index + 1) >> 6;

  return (double)(high << 26 | low) * 0x1p-53;
}

double
fxp_noise_normal (FxpNoise self, guint32 index)
{
  /* The logarithm must not see 0: 1 - [0,1) is (0,1], without rounding. */
  double radius = sqrt (-2.0 * fxp_log (1.0 - fxp_noise_uniform (self, 2 * index)));

  return radius * fxp_cos (TWO_PI * fxp_noise_uniform (self, 2 * index + 1));
}

void
fxp_noise_shuffle (FxpNoise self, guint32 *items, guint32 n)
{
  for (guint32 i = n; i > 1; i--)
    {
      /* The largest product, (1 - 2^-53) i, is still below i after rounding. */
      guint32 j = (guint32)(fxp_noise_uniform (self, i - 1) * i);
      guint32 item = items[i - 1];

      items[i - 1] = items[j];
      items[j] = item;
    }
}
