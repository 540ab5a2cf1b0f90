/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/power-method-private.h"

#include <math.h>

/* Independent sums, so that they are formed side by side. */
#define N_LANES 8

static double
get_dot (const float *row, const double *vector, gsize n)
{
  double lanes[N_LANES] = {0}, sum = 0.0;
  gsize i = 0;

  for (; i + N_LANES <= n; i += N_LANES)
    for (gsize lane = 0; lane < N_LANES; lane++)
      lanes[lane] += row[i + lane] * vector[i + lane];
  for (gsize lane = 0; i + lane < n; lane++)
    lanes[lane] += row[i + lane] * vector[i + lane];
  for (gsize lane = 0; lane < N_LANES; lane++)
    sum += lanes[lane];
  return sum;
}

static void
add_multiple (double *restrict sums, double factor, const float *restrict row, gsize n)
{
  for (gsize i = 0; i < n; i++)
    sums[i] += factor * row[i];
}

void
fxp_power_method_begin (FxpPowerMethod *self, gsize n, double *vectors)
{
  *self = (FxpPowerMethod){.n = n, .vector = vectors, .next = vectors + n};
  memset (vectors, 0, 2 * n * sizeof (double));
}

void
fxp_power_method_start_row (FxpPowerMethod *self, const float *row)
{
  add_multiple (self->next, 1.0, row, self->n);
}

/* Estimates grow from round to round. */
gboolean
fxp_power_method_is_done (FxpPowerMethod *self, const FxpReflectionOptions *options)
{
  const double before = self->value;
  double norm = 0.0;

  self->value = sqrt (self->squares);
  if (self->n_iterations > 0 && !(self->value - before > options->tolerance * self->value))
    return TRUE;
  for (gsize i = 0; i < self->n; i++)
    norm += self->next[i] * self->next[i];
  if (!(norm > 0.0) || !isfinite (norm) || self->n_iterations >= options->n_iterations_max)
    {
      /* Nothing passes, or what is not finite is told. */
      if (!(norm <= G_MAXDOUBLE))
        self->value = norm;
      return TRUE;
    }
  norm = 1.0 / sqrt (norm);
  for (gsize i = 0; i < self->n; i++)
    {
      self->vector[i] = self->next[i] * norm;
      self->next[i] = 0.0;
    }
  self->squares = 0.0;
  self->n_iterations++;
  return FALSE;
}

void
fxp_power_method_take_row (FxpPowerMethod *self, const float *row)
{
  const double dot = get_dot (row, self->vector, self->n);

  self->squares += dot * dot;
  add_multiple (self->next, dot, row, self->n);
}

double
fxp_power_method_find (const float *matrix,
                       gsize n_rows,
                       gsize n_columns,
                       double *vectors,
                       const FxpReflectionOptions *options)
{
  FxpPowerMethod self;

  fxp_power_method_begin (&self, n_columns, vectors);
  for (gsize row = 0; row < n_rows; row++)
    fxp_power_method_start_row (&self, matrix + row * n_columns);
  while (!fxp_power_method_is_done (&self, options))
    for (gsize row = 0; row < n_rows; row++)
      fxp_power_method_take_row (&self, matrix + row * n_columns);
  return self.value;
}
