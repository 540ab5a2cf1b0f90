/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/reflection-private.h"

#include <math.h>

/* Where average pooling hands an element of G_A to several places of the same map, J has their sum
 * in its column, and J2 the square of that: it is no product of squares any more.  Each thread
 * takes blocks of its own, whose columns of J2, here rows, are formed sample by sample and kept if
 * they are few. */

/* Bytes of a block's rows that a thread keeps from round to round. */
#define KEPT_BYTES_MAX (16 * 1024 * 1024)

typedef struct
{
  const FxpReflectionJob *job;
  gsize n_pooled;        /* elements of G_A of a sample's map */
  gsize sample_elements; /* of the rows of a sample */
  gboolean keeps;        /* the rows of all samples are kept */
  guint8 *memory;        /* of all threads: two vectors, a lowered sample, rows */
  gsize thread_bytes;
  double *values, *totals; /* of each block */
  guint *rounds;           /* likewise */
  int given_up;            /* atomic */
} Walk;

/* What a thread works with. */
typedef struct
{
  double *vectors;
  float *lowered;
  float *rows;
} Place;

static gsize
align (gsize n_bytes)
{
  return (n_bytes + 63) / 64 * 64;
}

static gsize
get_vector_bytes (const FxpLayerGeometry *geometry)
{
  return align (2 * geometry->n_inputs * sizeof (double));
}

static gsize
get_lowered_bytes (const FxpLayerGeometry *geometry)
{
  return align (geometry->n_places * geometry->n_inputs * sizeof (float));
}

static Place
get_place (const Walk *self)
{
  const FxpLayerGeometry *geometry = &self->job->geometry;
  guint8 *memory = self->memory + fxp_team_get_thread () * self->thread_bytes;
  guint8 *lowered = memory + get_vector_bytes (geometry);

  return (Place){
    .vectors = (double *)(gpointer)memory,
    .lowered = (float *)(gpointer)lowered,
    .rows = (float *)(gpointer)(lowered + get_lowered_bytes (geometry)),
  };
}

static void
add_multiple (float *restrict sums, float factor, const float *restrict row, gsize n)
{
  for (gsize i = 0; i < n; i++)
    sums[i] += factor * row[i];
}

/* A row for each element of G_A of the map @unit of a sample. */
static void
form_rows (const Walk *self, gsize unit, gsize sample, float *lowered, float *rows)
{
  const FxpReflectionJob *job = self->job;
  const FxpLayerGeometry *geometry = &job->geometry;
  const gsize n_inputs = geometry->n_inputs, n_units = geometry->n_units;
  const gsize first = sample * geometry->n_places * n_units + unit;
  const float *seen = fxp_reflection_lower (job, sample, 1, lowered);

  memset (rows, 0, self->sample_elements * sizeof (float));
  for (gsize place = 0; place < geometry->n_places; place++)
    {
      const gsize sum = first + place * n_units;
      const guint32 owner = job->owners[sum];

      if (owner != 0 && job->factors[sum] != 0.0f)
        add_multiple (rows + (owner - 1) / n_units * n_inputs,
                      job->factors[sum],
                      seen + place * n_inputs,
                      n_inputs);
    }
  for (gsize i = 0; i < self->sample_elements; i++)
    rows[i] = rows[i] * rows[i];
}

static const float *
get_rows (const Walk *self, const Place *place, gsize unit, gsize sample, gboolean first_time)
{
  float *rows = place->rows + (self->keeps ? sample * self->sample_elements : 0);

  if (first_time || !self->keeps)
    form_rows (self, unit, sample, place->lowered, rows);
  return rows;
}

/* Only the thread that called the team may ask. */
static gboolean
is_given_up (Walk *self, gsize unit)
{
  if (fxp_team_get_thread () == 0 &&
      fxp_reflection_ask (self->job, (double)unit / self->job->geometry.n_units))
    g_atomic_int_set (&self->given_up, TRUE);
  return g_atomic_int_get (&self->given_up);
}

static void
find_value (Walk *self, gsize unit)
{
  const gsize n_inputs = self->job->geometry.n_inputs;
  const Place place = get_place (self);
  FxpPowerMethod method;

  fxp_power_method_begin (&method, n_inputs, place.vectors);
  for (gsize sample = 0; sample < self->job->n; sample++)
    {
      const float *rows = get_rows (self, &place, unit, sample, TRUE);

      for (gsize row = 0; row < self->n_pooled; row++)
        fxp_power_method_start_row (&method, rows + row * n_inputs);
      if (is_given_up (self, unit))
        return;
    }
  self->totals[unit] = 0.0;
  for (gsize i = 0; i < n_inputs; i++)
    self->totals[unit] += method.next[i];
  while (!fxp_power_method_is_done (&method, self->job->options))
    for (gsize sample = 0; sample < self->job->n; sample++)
      {
        const float *rows = get_rows (self, &place, unit, sample, FALSE);

        for (gsize row = 0; row < self->n_pooled; row++)
          fxp_power_method_take_row (&method, rows + row * n_inputs);
        if (is_given_up (self, unit))
          return;
      }
  self->values[unit] = method.value;
  self->rounds[unit] = method.n_iterations;
}

static void
find_values (gpointer data, gsize first, gsize last)
{
  Walk *self = data;

  for (gsize unit = first; unit < last && !g_atomic_int_get (&self->given_up); unit++)
    find_value (self, unit);
}

static void
begin (Walk *self, const FxpReflectionJob *job)
{
  const FxpLayerGeometry *geometry = &job->geometry;
  const guint n_threads = job->team == NULL ? 1 : fxp_team_get_n_threads (job->team);
  gsize row_bytes;

  self->job = job;
  self->n_pooled = geometry->n_gradients / geometry->n_units;
  self->sample_elements = self->n_pooled * geometry->n_inputs;
  row_bytes = align (self->sample_elements * sizeof (float));
  self->keeps = row_bytes * job->n <= KEPT_BYTES_MAX;
  self->thread_bytes = get_vector_bytes (geometry) + get_lowered_bytes (geometry) +
                       row_bytes * (self->keeps ? job->n : 1);
  self->memory =
    fxp_scratch_get (job->scratch, FXP_REFLECTION_LOWERED, n_threads * self->thread_bytes);
  self->values = fxp_scratch_get (job->scratch,
                                  FXP_REFLECTION_SUMS,
                                  geometry->n_units * (2 * sizeof (double) + sizeof (guint)));
  self->totals = self->values + geometry->n_units;
  self->rounds = (guint *)(gpointer)(self->totals + geometry->n_units);
}

gboolean
fxp_reflection_measure_averaged (const FxpReflectionJob *job, FxpReflection *reflection)
{
  const FxpLayerGeometry *geometry = &job->geometry;
  Walk walk = {0};

  begin (&walk, job);
  fxp_team_run (job->team,
                geometry->n_units,
                1,
                (guint64)job->n * geometry->n_places * geometry->n_inputs * geometry->n_units,
                find_values,
                &walk);
  if (g_atomic_int_get (&walk.given_up))
    return FALSE;
  for (gsize unit = 0; unit < geometry->n_units; unit++)
    {
      reflection->total += walk.totals[unit];
      reflection->n_iterations = MAX (reflection->n_iterations, walk.rounds[unit]);
      if (!isnan (reflection->lambda) && !(walk.values[unit] <= reflection->lambda))
        reflection->lambda = walk.values[unit];
    }
  return TRUE;
}
