/* SPDX-License-Identifier: MIT */
/* One pass over values and codes: statistics-kernel-UNIT.c defines ADD, the name of the function,
 * and WIDTH, the doubles of a vector, and includes this. */

#include <float.h>
#include <math.h>
#include <string.h>

#include "number/decoding-private.h"
#include "number/statistics-kernel-private.h"

#define BLOCK 256
/* Sums run in lanes that are added up in one fixed order, so that vector units of any width give
 * the same bits. */
#define N_LANES 4

#define EXPONENT_BIAS 1023
/* Places of a histogram that is counted in: binades of either sign, then zeros. */
#define ZERO_PLACE (2 * FXP_N_BINADES)
#define N_PLACES   (ZERO_PLACE + 1)
/* So many histograms in turn: equal values in a row do not wait for each other. */
#define N_HISTOGRAMS 4

/* The lanes of a sum, in as many vectors as it takes. */
#define SUM_WIDTH     MIN (WIDTH, N_LANES)
#define N_SUM_VECTORS (N_LANES / SUM_WIDTH)
typedef double Lanes __attribute__ ((vector_size (SUM_WIDTH * sizeof (double)), aligned (8)));
typedef gint64 LaneMask __attribute__ ((vector_size (SUM_WIDTH * sizeof (double))));

/* Least and greatest values are the same in any order but for the sign of 0, see note_extrema():
 * more lanes, in which less is waited for. */
#define N_PADDED          16
#define N_EXTREMA_VECTORS (N_PADDED / WIDTH)
typedef double Extrema __attribute__ ((vector_size (WIDTH * sizeof (double)), aligned (8)));
typedef gint64 ExtremaMask __attribute__ ((vector_size (WIDTH * sizeof (double))));

/* Vectors are not handed to functions: how that is done depends on the vector unit. */
static double
add_lanes (const double *lanes)
{
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

static double
find_zero (const double *values)
{
  while (*values != 0.0)
    values++;
  return *values;
}

/* Of zeros of both signs the first one to come stays. */
static void
note_extrema (FxpStatistics *self, double min, double max, const double *values)
{
  if (min < self->min)
    self->min = min == 0.0 ? find_zero (values) : min;
  if (max > self->max)
    self->max = max == 0.0 ? find_zero (values) : max;
}

/* @n is a multiple of N_PADDED. */
static void
add_extrema (FxpStatistics *self, const double *values, gsize n)
{
  Extrema least[N_EXTREMA_VECTORS], greatest[N_EXTREMA_VECTORS];
  double min = values[0], max = values[0];

  memcpy (least, values, sizeof least);
  memcpy (greatest, values, sizeof greatest);
  for (gsize i = N_PADDED; i < n; i += N_PADDED)
    for (gsize k = 0; k < N_EXTREMA_VECTORS; k++)
      {
        Extrema value = *(const Extrema *)(values + i + k * WIDTH);
        ExtremaMask is_less = value<least[k], is_greater = value> greatest[k];

        least[k] = (Extrema)(((ExtremaMask)value & is_less) | ((ExtremaMask)least[k] & ~is_less));
        greatest[k] =
          (Extrema)(((ExtremaMask)value & is_greater) | ((ExtremaMask)greatest[k] & ~is_greater));
      }
  for (gsize k = 0; k < N_EXTREMA_VECTORS; k++)
    for (gsize lane = 0; lane < WIDTH; lane++)
      {
        min = MIN (min, least[k][lane]);
        max = MAX (max, greatest[k][lane]);
      }
  note_extrema (self, min, max, values);
}

/* Sums, squares, the noise of @quantized, and what is next to zero, @half being half a step or, if
 * there is none, infinity; @n is a multiple of the lanes.  A finite value whose float32 is infinite
 * adds no noise: there is no step to compare with. */
static void
add_moments (FxpStatistics *self,
             const double *values,
             const double *quantized,
             double half,
             gsize n)
{
  Lanes sum[N_SUM_VECTORS] = {{0.0}}, squares[N_SUM_VECTORS] = {{0.0}};
  Lanes noise[N_SUM_VECTORS] = {{0.0}}, first[N_SUM_VECTORS] = {{0.0}};
  LaneMask n_first[N_SUM_VECTORS] = {{0}};

  for (gsize i = 0; i < n; i += N_LANES)
    for (gsize k = 0; k < N_SUM_VECTORS; k++)
      {
        Lanes value = *(const Lanes *)(values + i + k * SUM_WIDTH);
        Lanes error = *(const Lanes *)(quantized + i + k * SUM_WIDTH) - value;
        Lanes distance = (Lanes)((LaneMask)error & G_MAXINT64);
        Lanes magnitude = (Lanes)((LaneMask)value & G_MAXINT64);
        LaneMask is_finite = distance <= DBL_MAX;
        LaneMask is_first = (magnitude >= half) & (magnitude < 3.0 * half);

        error = (Lanes)((LaneMask)error & is_finite);
        sum[k] += value;
        squares[k] += value * value;
        noise[k] += error * error;
        first[k] += (Lanes)((LaneMask)magnitude & is_first);
        n_first[k] -= is_first;
      }
  self->sum += add_lanes ((const double *)sum);
  self->sum_squares += add_lanes ((const double *)squares);
  self->noise += add_lanes ((const double *)noise);
  self->sum_first += add_lanes ((const double *)first);
  for (gsize k = 0; k < N_SUM_VECTORS; k++)
    for (gsize lane = 0; lane < SUM_WIDTH; lane++)
      self->n_first += (guint64)n_first[k][lane];
}

/* The binade is the exponent field; that of subnormal values is below the first bin anyway. */
static void
find_places (const double *values, gsize n, guint8 *places)
{
  for (gsize i = 0; i < n; i++)
    {
      guint64 bits;
      guint32 upper, lower;
      gint32 bin, place;

      memcpy (&bits, &values[i], sizeof bits);
      upper = (guint32)(bits >> 32);
      lower = (guint32)bits;
      bin = (gint32)(upper >> 20 & 0x7ff) - EXPONENT_BIAS - FXP_BINADE_MIN;
      bin = bin > 0 ? bin : 0;
      bin = bin < FXP_N_BINADES - 1 ? bin : FXP_N_BINADES - 1;
      place = bin + (gint32)(upper >> 31) * FXP_N_BINADES;
      places[i] = (guint8)((upper << 1 | lower) == 0 ? ZERO_PLACE : place);
    }
}

static void
add_places (guint32 (*histograms)[N_PLACES], const guint8 *places, gsize n)
{
  gsize i = 0;

  for (; i + N_HISTOGRAMS <= n; i += N_HISTOGRAMS)
    {
      guint32 four;

      memcpy (&four, places + i, sizeof four);
      for (gsize k = 0; k < N_HISTOGRAMS; k++)
        histograms[k][four >> (8 * k) & 255]++;
    }
  for (; i < n; i++)
    histograms[0][places[i]]++;
}

static void
add_histograms (FxpStatistics *self, guint32 (*histograms)[N_PLACES])
{
  guint64 *binades = self->binades[0];

  for (gsize k = 1; k < N_HISTOGRAMS; k++)
    for (gsize place = 0; place <= ZERO_PLACE; place++)
      histograms[0][place] += histograms[k][place];
  for (gsize place = 0; place < ZERO_PLACE; place++)
    binades[place] += histograms[0][place];
  self->n_zero += histograms[0][ZERO_PLACE];
}

static gboolean
are_finite (const double *values, gsize n)
{
  guint32 n_nonfinite = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint64 bits;

      memcpy (&bits, &values[i], sizeof bits);
      n_nonfinite += ((guint32)(bits >> 32) & 0x7ff00000u) == 0x7ff00000u ? 1 : 0;
    }
  return n_nonfinite == 0;
}

/* Copies the finite values, and the quantized ones beside them, with nothing missing in a group of
 * N_PADDED: equal values are no new extrema, and zeros, which come later, change no sum.  Returns
 * how many stay. */
static gsize
copy_finite (const double *values, gsize n, double *finite, double *quantized)
{
  gsize n_finite = 0;

  for (gsize i = 0; i < n; i++)
    {
      finite[n_finite] = values[i];
      quantized[n_finite] = quantized[i];
      n_finite += fabs (values[i]) <= DBL_MAX ? 1 : 0;
    }
  return n_finite;
}

static gsize
pad (double *values, gsize n, gsize multiple, double value)
{
  for (; n % multiple != 0; n++)
    values[n] = value;
  return n;
}

/* A block that is not whole, or has values that are not finite. */
static void
add_rest (FxpStatistics *self,
          guint32 (*histograms)[N_PLACES],
          const double *values,
          double *quantized,
          double half,
          gsize n)
{
  double finite[BLOCK + N_PADDED];
  guint8 places[BLOCK];

  n = copy_finite (values, n, finite, quantized);
  if (n == 0)
    return;
  find_places (finite, n, places);
  add_places (histograms, places, n);
  add_extrema (self, finite, pad (finite, n, N_PADDED, finite[0]));
  pad (quantized, n, N_LANES, 0.0);
  add_moments (self, finite, quantized, half, pad (finite, n, N_LANES, 0.0));
}

static void
add_whole (FxpStatistics *self,
           guint32 (*histograms)[N_PLACES],
           const double *values,
           const double *quantized,
           double half)
{
  guint8 places[BLOCK];

  find_places (values, BLOCK, places);
  add_places (histograms, places, BLOCK);
  add_extrema (self, values, BLOCK);
  add_moments (self, values, quantized, half, BLOCK);
}

void
ADD (FxpStatistics *self, FxpFormat format, const double *values, const void *codes, gsize n)
{
  const gsize code_size = fxp_storage_get_size (fxp_format_get_storage (format));
  const double half = fxp_format_is_float (format) ? INFINITY : 0.5 * fxp_format_get_step (format);
  double quantized[BLOCK + N_LANES];
  guint32 histograms[N_HISTOGRAMS][N_PLACES] = {0};

  for (gsize done = 0; done < n; done += BLOCK)
    {
      gsize size = MIN (n - done, BLOCK);

      if (codes != NULL)
        decode (format, (const char *)codes + done * code_size, size, quantized);
      else
        memcpy (quantized, values + done, size * sizeof *quantized);
      if (size == BLOCK && are_finite (values + done, size))
        add_whole (self, histograms, values + done, quantized, half);
      else
        add_rest (self, histograms, values + done, quantized, half, size);
    }
  add_histograms (self, histograms);
}
