/* SPDX-License-Identifier: MIT */
/* Only + - * /, comparisons and bit patterns are used, so IEEE 754 fixes every bit of the results.
 * Arguments are reduced by multiples of ln 2 or pi/2 held in parts short enough for their products
 * with the multiple to be exact (Cody and Waite 1980); what is left goes into Taylor series, cut
 * where the first dropped term is below 2^-55 of the result.
 *
 * Bounds, each tested against libm on dense sweeps:
 *   exp   relative 4e-16 (one unit of the subnormal grid below 2^-1022)
 *   log   relative 4e-16
 *   tanh  relative 8e-16
 *   sin, cos  absolute 4e-16 for |x| <= 1e5, NaN beyond
 */
#include "config.h"

#include "number/elementary.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Wider intermediates, as on the x87, would change the last bits. */
G_STATIC_ASSERT (FLT_EVAL_METHOD == 0);

#define LN2_HIGH       0x1.62e42feep-1
#define LN2_LOW        0x1.a39ef35793c76p-33
#define ONE_OVER_LN2   0x1.71547652b82fep+0
#define SQRT_2         0x1.6a09e667f3bcdp+0
#define HALF_PI_HIGH   0x1.921fb544p+0
#define HALF_PI_MIDDLE 0x1.0b4611a6p-34
#define HALF_PI_LOW    0x1.3198a2e037073p-69
#define TWO_OVER_PI    0x1.45f306dc9c883p-1

/* Added and taken away again, rounds |x| < 2^51 to the nearest integer, midpoints to even. */
#define NEAREST_INTEGER 0x1.8p52

static inline guint64
to_bits (double x)
{
  guint64 bits;
  memcpy (&bits, &x, sizeof bits);
  return bits;
}

static inline double
from_bits (guint64 bits)
{
  double x;
  memcpy (&x, &bits, sizeof x);
  return x;
}

/* 2^k for normal results, -1022 <= k <= 1023. */
static inline double
power_of_two (int k)
{
  return from_bits ((guint64)(k + 1023) << 52);
}

/* exp (r) - 1 for |r| <= 0.35, as sinh (r) + (cosh (r) - 1): two short chains that run side by
 * side, and the small terms are added up before the large one. */
static inline double
exp_minus_one (double r)
{
  double s = r * r;
  double odd =
    s *
    (1.0 / 6 +
     s * (1.0 / 120 +
          s * (1.0 / 5040 + s * (1.0 / 362880 + s * (1.0 / 39916800 + s * (1.0 / 6227020800.0))))));
  double even =
    s * (1.0 / 2 +
         s * (1.0 / 24 +
              s * (1.0 / 720 + s * (1.0 / 40320 + s * (1.0 / 3628800 + s * (1.0 / 479001600.0))))));

  return r + (r * odd + even);
}

/* x = k ln 2 + r, |r| <= ln 2 / 2; for |x| < 1000, so that k times LN2_HIGH's 32 bits is exact. */
static inline double
reduce_by_ln2 (double x, int *k)
{
  double multiple = (x * ONE_OVER_LN2 + NEAREST_INTEGER) - NEAREST_INTEGER;

  *k = (int)multiple;
  return (x - multiple * LN2_HIGH) - multiple * LN2_LOW;
}

double
fxp_exp (double x)
{
  double value;
  int k;

  if (isnan (x))
    return x;
  if (x > 709.79)
    return INFINITY;
  if (x < -745.2)
    return 0.0;

  value = 1.0 + exp_minus_one (reduce_by_ln2 (x, &k));
  if (k >= -1021 && k <= 1023)
    return value * power_of_two (k);
  return ldexp (value, k);
}

double
fxp_log (double x)
{
  double multiple = 0.0, f, s, t, odd, half_square;
  guint64 bits;

  if (isnan (x) || x < 0.0)
    return NAN;
  if (x == 0.0)
    return -INFINITY;
  if (x > DBL_MAX)
    return x;
  if (x < DBL_MIN)
    {
      x *= 0x1p54;
      multiple = -54.0;
    }

  /* x = 2^multiple (1 + f) with 1 + f between sqrt (1/2) and sqrt (2). */
  bits = to_bits (x);
  multiple += (double)((int)(bits >> 52) - 1023);
  f = from_bits ((bits & G_GUINT64_CONSTANT (0xfffffffffffff)) | G_GUINT64_CONSTANT (0x3ff) << 52);
  if (f > SQRT_2)
    {
      f *= 0.5;
      multiple += 1.0;
    }
  f -= 1.0;

  /* log (1 + f) = 2 atanh (s) with s = f / (2 + f).  The leading 2 s is replaced by
   * f - f^2/2 + s f^2/2, which it equals, because f is exact and s is not. */
  s = f / (2.0 + f);
  t = s * s;
  odd =
    t *
    (2.0 / 3 +
     t *
       (2.0 / 5 +
        t * (2.0 / 7 +
             t * (2.0 / 9 +
                  t * (2.0 / 11 +
                       t * (2.0 / 13 +
                            t * (2.0 / 15 + t * (2.0 / 17 + t * (2.0 / 19 + t * (2.0 / 21))))))))));
  half_square = 0.5 * f * f;

  return multiple * LN2_HIGH + (f - (half_square - (s * (half_square + odd) + multiple * LN2_LOW)));
}

double
fxp_tanh (double x)
{
  double magnitude = fabs (x), e, value;
  int k;

  if (isnan (x))
    return x;
  if (magnitude > 22.0)
    return x < 0.0 ? -1.0 : 1.0;

  /* tanh (x) = e / (e + 2) with e = exp (2 x) - 1, which keeps its leading bits at 0. */
  e = exp_minus_one (reduce_by_ln2 (2.0 * magnitude, &k));
  e = e * power_of_two (k) + (power_of_two (k) - 1.0);
  value = e / (e + 2.0);

  return copysign (value, x);
}

static inline double
sine_series (double r)
{
  double s = r * r;

  return r +
         r * s *
           (-1.0 / 6 +
            s * (1.0 / 120 + s * (-1.0 / 5040 +
                                  s * (1.0 / 362880 + s * (-1.0 / 39916800 +
                                                           s * (1.0 / 6227020800.0 +
                                                                s * (-1.0 / 1307674368000.0)))))));
}

static inline double
cosine_series (double r)
{
  double s = r * r;

  return 1.0 - s * (1.0 / 2 -
                    s * (1.0 / 24 -
                         s * (1.0 / 720 -
                              s * (1.0 / 40320 - s * (1.0 / 3628800 -
                                                      s * (1.0 / 479001600.0 -
                                                           s * (1.0 / 87178291200.0 -
                                                                s * (1.0 / 20922789888000.0))))))));
}

/* sin (x + @quarters pi/2). */
static double
sine_of_quarters (double x, int quarters)
{
  double multiple, r, value;

  if (!(fabs (x) <= 1e5))
    return NAN;

  multiple = (x * TWO_OVER_PI + NEAREST_INTEGER) - NEAREST_INTEGER;
  r = ((x - multiple * HALF_PI_HIGH) - multiple * HALF_PI_MIDDLE) - multiple * HALF_PI_LOW;
  quarters = (quarters + (int)multiple) & 3;

  value = quarters & 1 ? cosine_series (r) : sine_series (r);
  return quarters & 2 ? -value : value;
}

double
fxp_sin (double x)
{
  return sine_of_quarters (x, 0);
}

double
fxp_cos (double x)
{
  return sine_of_quarters (x, 1);
}
