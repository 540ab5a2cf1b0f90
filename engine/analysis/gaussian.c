/* SPDX-License-Identifier: MIT */
/* What the criteria promise for a Gaussian density: relative quantization bias (Sakr & Shanbhag
 * 2019, 2.3) and clipping rate (2.2), with the same bits on every CPU.  erf is a series of positive
 * terms, erfc beyond 2 a continued fraction; the relative error of erfc is below 2e-13, tested
 * against libm, and that of the biases below 1e-14 absolutely. */
#include "config.h"

#include "analysis/criteria.h"
#include "number/elementary.h"
#include <math.h>

#define TWO_OVER_SQRT_PI 0x1.20dd750429b6dp+0
#define ONE_OVER_SQRT_PI 0x1.20dd750429b6dp-1
#define SQRT_2_PI        0x1.40d931ff62706p+1

/* From here erfc is a fraction of its own instead of 1 - erf. */
#define FRACTION_FROM 2.0
/* Enough for the last bit at FRACTION_FROM; fewer would do above. */
#define FRACTION_TERMS 120
/* Beyond, densities underflow and the tail's expansion is exact to the last bit. */
#define TAIL_FROM 64.0

/* erf (x) = 2 / sqrt (pi) exp (-x^2) sum of 2^k x^(2k+1) / (1 3 5 ... (2k+1)); 0 <= x <= 4. */
static double
get_erf (double x)
{
  double term = x, sum = 0;

  for (int k = 1; sum + term != sum; k++)
    {
      sum += term;
      term *= 2 * x * x / (2 * k + 1);
    }
  return TWO_OVER_SQRT_PI * fxp_exp (-x * x) * sum;
}

/* Laplace's continued fraction, from its far end. */
static double
get_erfc (double x)
{
  double fraction = x;

  if (x < FRACTION_FROM)
    return 1 - get_erf (x);
  for (int k = FRACTION_TERMS; k > 0; k--)
    fraction = x + k / 2.0 / fraction;
  return ONE_OVER_SQRT_PI * fxp_exp (-x * x) / fraction;
}

/* Pr (a <= x < b) for 0 <= a < b: near 0 the difference of erf keeps its bits, far out erfc's. */
static double
get_probability (double a, double b)
{
  const double from = a / G_SQRT2, to = b / G_SQRT2;

  return to < FRACTION_FROM ? (get_erf (to) - get_erf (from)) / 2
                            : (get_erfc (from) - get_erfc (to)) / 2;
}

double
fxp_clipping_of_gaussian (double r)
{
  g_return_val_if_fail (r >= 0, 1);

  return get_erfc (r / G_SQRT2);
}

/* mu_1 = (phi (u/2) - phi (3u/2)) / (Phi (3u/2) - Phi (u/2)); the numerator is
 * phi (u/2) (1 - exp (-u^2)), and 1 - exp (-2y) = 2 tanh (y) / (1 + tanh (y)) keeps its bits at 0.
 */
double
fxp_bias_of_gaussian (double u)
{
  const double a = u / 2;
  double mean, slope, density;

  g_return_val_if_fail (u > 0, 0);

  if (u > TAIL_FROM)
    mean = a + (1 - 2 / (a * a)) / a;
  else
    {
      density = fxp_exp (-a * a / 2) / SQRT_2_PI;
      slope = fxp_tanh (u * u / 2);
      mean = density * 2 * slope / (1 + slope) / get_probability (a, 3 * a);
    }
  return fabs (u / mean - 1);
}

/* |x| is exponential of mean b = 1 / sqrt (2), so mu_1 = u + b (1 - y coth (y)), y = u / 2b. */
double
fxp_bias_of_laplace (double u)
{
  const double y = u / G_SQRT2;
  double shift;

  g_return_val_if_fail (u > 0, 0);

  shift = (y / fxp_tanh (y) - 1) / G_SQRT2;
  return fabs (shift / (u - shift));
}
