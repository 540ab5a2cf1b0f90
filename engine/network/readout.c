/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/readout-private.h"

#include <math.h>

void
fxp_readout_init (FxpReadout *self,
                  const FxpSummation *summation,
                  FxpFormat a,
                  FxpFormat b,
                  gsize k,
                  const FxpSumRegister *sum)
{
  self->loops = fxp_loops_get ();
  self->summation = *summation;
  self->wraps = FALSE;
  if (summation->element == FXP_ELEMENT_F32)
    return;
  self->step = ldexp (1.0, -(a.frac_bits + b.frac_bits));
  self->wraps = sum->mode == FXP_SUM_WRAP && !fxp_matmul_fits (a, b, k, sum->bits);
  self->bits = sum->bits;
}

static gint64
get_sum (const FxpReadout *self, gconstpointer sums, gsize i)
{
  return self->summation.is_short ? ((const gint32 *)sums)[i] : ((const gint64 *)sums)[i];
}

static void
read_wrapping (const FxpReadout *self,
               gconstpointer sums,
               gsize n_rows,
               gsize n_columns,
               gsize stride,
               double *reals,
               FxpSumCounts *counts)
{
  const guint shift = FXP_SUM_BITS_MAX - self->bits;

  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < n_columns; c++)
      {
        const gint64 sum = get_sum (self, sums, r * stride + c);
        const gint64 wrapped = (gint64)((guint64)sum << shift) >> shift;
        const guint64 magnitude = sum < 0 ? -(guint64)sum : (guint64)sum;

        counts->n_overflowed += wrapped != sum;
        counts->peak = MAX (counts->peak, magnitude);
        reals[r * n_columns + c] = (double)wrapped * self->step;
      }
}

static void
read_floats (const float *sums, gsize n_rows, gsize n_columns, gsize stride, double *reals)
{
  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < n_columns; c++)
      reals[r * n_columns + c] = sums[r * stride + c];
}

void
fxp_readout_read (const FxpReadout *self,
                  gconstpointer sums,
                  gsize n_rows,
                  gsize n_columns,
                  gsize stride,
                  double *reals,
                  FxpSumCounts *counts)
{
  if (self->summation.element == FXP_ELEMENT_F32)
    {
      read_floats (sums, n_rows, n_columns, stride, reals);
      return;
    }
  counts->n += n_rows * n_columns;
  if (self->wraps)
    read_wrapping (self, sums, n_rows, n_columns, stride, reals, counts);
  else if (self->summation.is_short)
    self->loops->scale_i32 (sums, n_rows, n_columns, stride, self->step, reals, &counts->peak);
  else
    self->loops->scale_i64 (sums, n_rows, n_columns, stride, self->step, reals, &counts->peak);
}

void
fxp_readout_move (const FxpReadout *self,
                  gconstpointer sums,
                  gsize n_rows,
                  gsize n_columns,
                  gsize stride,
                  gint32 *to,
                  FxpSumCounts *counts)
{
  counts->n += n_rows * n_columns;
  self->loops->move_i32 (sums, n_rows, n_columns, stride, to, &counts->peak);
}
