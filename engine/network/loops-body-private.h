/* SPDX-License-Identifier: MIT */
/* The loops, compiled once for each vector unit: loops-UNIT.c defines LOOPS, the name of the table,
 * and includes this.  Plain C for the compiler's vectoriser. */

#include "network/loops-private.h"

#include <string.h>

#include "network/loops-codes-private.h"
#include "network/loops-integers-private.h"
#include "network/loops-pooling-private.h"
#include "network/loops-sums-private.h"

static void
add (double *restrict sums, const double *restrict values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    sums[i] = sums[i] + values[i];
}

static void
normalize (double *restrict to,
           const double *restrict from,
           const double *restrict means,
           const double *restrict scales,
           gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      double centred = from[i] - means[i];

      to[i] = centred * scales[i];
    }
}

static void
stretch (double *restrict values,
         const double *restrict gamma,
         const double *restrict beta,
         gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      double stretched = gamma[i] * values[i];

      values[i] = stretched + beta[i];
    }
}

static void
differentiate (double *restrict gradients,
               const double *restrict normal,
               const double *restrict means,
               const double *restrict slopes,
               const double *restrict scales,
               gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      double centred = gradients[i] - means[i];
      double along = normal[i] * slopes[i];

      gradients[i] = (centred - along) * scales[i];
    }
}

/* The bits of a float zero are zeros too. */
static void
drop (gpointer codes,
      gsize code_size,
      gsize n,
      FxpNoise noise,
      guint32 index,
      guint32 stride,
      guint32 threshold)
{
#define DROP(type)                                                                                 \
  for (gsize i = 0; i < n; i++)                                                                    \
    {                                                                                              \
      guint32 draw = fxp_noise_draw (noise, index + (guint32)i * stride);                          \
                                                                                                   \
      ((type *)codes)[i] &= (type) - (draw >= threshold);                                          \
    }

  switch (code_size)
    {
    case 1:
      DROP (guint8)
      break;
    case 2:
      DROP (guint16)
      break;
    default:
      DROP (guint32)
      break;
    }
#undef DROP
}

const FxpLoops LOOPS = {
  .relu = relu,
  .clipped_relu = clipped_relu,
  .hard_tanh = hard_tanh,
  .clear_marked = clear_marked,
  .keep_marked = keep_marked,
  .scale_i32 = scale_i32,
  .scale_i64 = scale_i64,
  .move_i32 = move_i32,
  .add_periodic = add_periodic,
  .sum_rows = sum_rows,
  .add = add,
  .add_codes = add_codes,
  .pool = pool,
  .scatter = scatter,
  .sum_values = sum_values,
  .sum_squares = sum_squares,
  .sum_short_squares = sum_short_squares,
  .sum_products = sum_products,
  .sum_codes = sum_codes,
  .sum_shorts = sum_shorts,
  .normalize = normalize,
  .stretch = stretch,
  .differentiate = differentiate,
  .drop = drop,
};
