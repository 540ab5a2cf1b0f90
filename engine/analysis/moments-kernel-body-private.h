/* SPDX-License-Identifier: MIT */
/* Compiled once for each vector unit: moments-kernel-UNIT.c defines KERNEL, the name of the table,
 * and includes this.  Nothing in here may be seen outside that file.  Vectors are the compiler's
 * own, which it takes apart where the unit's are shorter. */

#include "analysis/moments-kernel-private.h"

#include <string.h>

#define N_VECTORS 4
#define N_DOUBLES 8
#define N_LANES   (N_VECTORS * N_DOUBLES)
#define N_KEYS    16

typedef float Floats __attribute__ ((vector_size (N_DOUBLES * sizeof (float))));
typedef double Doubles __attribute__ ((vector_size (N_DOUBLES * sizeof (double))));
typedef gint32 Keys __attribute__ ((vector_size (N_KEYS * sizeof (gint32))));

/* Lanes add up in halves. */
static double
fold (double *lanes)
{
  for (gsize half = N_LANES / 2; half > 0; half /= 2)
    for (gsize lane = 0; lane < half; lane++)
      lanes[lane] += lanes[lane + half];
  return lanes[0];
}

static FxpMoments
add_up (const float *values, gsize n)
{
  Doubles sums[N_VECTORS] = {0}, squares[N_VECTORS] = {0};
  double sum_lanes[N_LANES], square_lanes[N_LANES];
  gsize i = 0;

  for (; i + N_LANES <= n; i += N_LANES)
    for (gsize vector = 0; vector < N_VECTORS; vector++)
      {
        Floats floats;
        Doubles doubles;

        memcpy (&floats, values + i + vector * N_DOUBLES, sizeof floats);
        doubles = __builtin_convertvector(floats, Doubles);
        sums[vector] += doubles;
        squares[vector] += doubles * doubles;
      }
  memcpy (sum_lanes, sums, sizeof sum_lanes);
  memcpy (square_lanes, squares, sizeof square_lanes);
  for (gsize lane = 0; i + lane < n; lane++)
    {
      const double value = values[i + lane];

      sum_lanes[lane] += value;
      square_lanes[lane] += value * value;
    }
  return (FxpMoments){.n = n, .sum = fold (sum_lanes), .sum_squares = fold (square_lanes)};
}

static gint32
get_key (const float *value)
{
  gint32 bits;

  memcpy (&bits, value, sizeof bits);
  return bits ^ ((bits >> 31) & G_MAXINT32);
}

static FxpKeyExtrema
compare (const float *values, gsize n)
{
  const gint32 first = get_key (values);
  Keys least = first - (Keys){0}, greatest = least;
  FxpKeyExtrema extrema = {first, first};
  gsize i = 0;

  for (; i + N_KEYS <= n; i += N_KEYS)
    {
      Keys keys, is_less, is_more;

      memcpy (&keys, values + i, sizeof keys);
      keys ^= (keys >> 31) & G_MAXINT32;
      is_less = keys < least;
      is_more = keys > greatest;
      least = (keys & is_less) | (least & ~is_less);
      greatest = (keys & is_more) | (greatest & ~is_more);
    }
  for (gsize lane = 0; lane < N_KEYS; lane++)
    {
      extrema.least = MIN (extrema.least, least[lane]);
      extrema.greatest = MAX (extrema.greatest, greatest[lane]);
    }
  for (; i < n; i++)
    {
      const gint32 key = get_key (values + i);

      extrema.least = MIN (extrema.least, key);
      extrema.greatest = MAX (extrema.greatest, key);
    }
  return extrema;
}

const FxpMomentsKernel KERNEL = {
  .add_up = add_up,
  .compare = compare,
};
