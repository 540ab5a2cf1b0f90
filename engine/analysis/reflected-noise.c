/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/reflection-private.h"

#include <math.h>

/* J2 falls apart into a block for each unit or filter (2.4 a, b): with L the lowered squares of the
 * activations, a row for each sum, and d the squared factors of unit o,
 *
 *   S_o = L^T diag (d_o),
 *
 * so that a step of the power method is, for all units at once, one product with L^T and one with
 * L, as a weight gradient and a forward pass are.  They are formed in float32: sums of terms that
 * are not negative lose no more than a relative rounding error each, far below what moves a power
 * of two.  Norms are double. */

const FxpReflectionOptions fxp_reflection_default = {1e-4, 60};

/* Sums that are multiplied at a time, of whole samples: so few that float32 sums lose little, and
 * often enough to ask whether to go on. */
#define ROWS_MAX 4096
/* Lowered activations take no more memory than this, if one sample leaves a choice. */
#define LOWERED_BYTES_MAX (16 * 1024 * 1024)

/* The method under way, for all units at once. */
typedef struct
{
  const FxpReflectionJob *job;
  gsize n_at_once;   /* samples of a group */
  gboolean is_whole; /* all of L is there */
  float *lowered;
  float *vectors; /* d (S^T w), not normalized; n x n_places x n_units */
  float *units;   /* w of each unit; n_units x n_inputs */
  double *sums;   /* L^T vectors: likewise */
  double *products;
  double *squares; /* |S^T w|^2 of each unit, so far */
  double *values;  /* the estimates: its root */
} Iteration;

typedef struct
{
  const FxpReflectionJob *job;
  gsize first;
  float *memory;
} Lowering;

static gsize
get_row_elements (const FxpLayerGeometry *geometry)
{
  return geometry->n_places * geometry->n_inputs;
}

static void
lower_samples (gpointer data, gsize first, gsize last)
{
  const Lowering *self = data;
  const FxpLayerGeometry *geometry = &self->job->geometry;

  for (gsize i = first; i < last; i++)
    fxp_lowering_forward (&geometry->window,
                          sizeof (float),
                          self->job->operands + (self->first + i) * geometry->n_activations,
                          0,
                          geometry->window.channels,
                          self->memory + i * get_row_elements (geometry));
}

const float *
fxp_reflection_lower (const FxpReflectionJob *self, gsize sample, gsize n_samples, float *memory)
{
  const FxpLayerGeometry *geometry = &self->geometry;
  Lowering lowering = {self, sample, memory};

  if (!geometry->is_convolution)
    return self->operands + sample * geometry->n_activations;
  lower_samples (&lowering, 0, n_samples);
  return memory;
}

/* L of some samples. */
static const float *
get_lowered (const Iteration *self, gsize first, gsize n)
{
  const FxpReflectionJob *job = self->job;
  const FxpLayerGeometry *geometry = &job->geometry;
  Lowering lowering = {job, first, self->lowered};

  if (!geometry->is_convolution)
    return job->operands + first * geometry->n_activations;
  if (self->is_whole)
    return self->lowered + first * get_row_elements (geometry);
  fxp_team_run (job->team,
                n,
                1,
                n * get_row_elements (geometry) * FXP_TEAM_MOVE_WORK,
                lower_samples,
                &lowering);
  return self->lowered;
}

static void
begin (Iteration *self, const FxpReflectionJob *job)
{
  const FxpLayerGeometry *geometry = &job->geometry;
  const gsize n_sums = geometry->n_places * geometry->n_units;
  const gsize n_weights = geometry->n_units * geometry->n_inputs;
  const gsize sample_bytes = get_row_elements (geometry) * sizeof (float);
  double *doubles;

  self->job = job;
  self->n_at_once =
    CLAMP (MIN (ROWS_MAX / geometry->n_places, LOWERED_BYTES_MAX / sample_bytes), 1, job->n);
  self->is_whole = FALSE;
  if (geometry->is_convolution)
    self->lowered =
      fxp_scratch_get (job->scratch,
                       FXP_REFLECTION_LOWERED,
                       sample_bytes *
                         MAX (self->n_at_once, MIN (job->n, LOWERED_BYTES_MAX / sample_bytes)));
  self->vectors = fxp_scratch_get (job->scratch,
                                   FXP_REFLECTION_VECTORS,
                                   (job->n * n_sums + n_weights) * sizeof (float));
  self->units = self->vectors + job->n * n_sums;
  self->products = fxp_scratch_get (job->scratch,
                                    FXP_REFLECTION_PRODUCTS,
                                    MAX (self->n_at_once * n_sums, n_weights) * sizeof (double));
  doubles = fxp_scratch_get (job->scratch,
                             FXP_REFLECTION_SUMS,
                             (n_weights + 2 * geometry->n_units) * sizeof (double));
  self->sums = doubles;
  self->squares = doubles + n_weights;
  self->values = self->squares + geometry->n_units;
}

/* Of the operands as they are now. */
static void
lower_all (Iteration *self)
{
  const FxpReflectionJob *job = self->job;
  const gsize sample_bytes = get_row_elements (&job->geometry) * sizeof (float);

  self->is_whole = FALSE;
  if (!job->geometry.is_convolution || job->n > LOWERED_BYTES_MAX / sample_bytes)
    return;
  get_lowered (self, 0, job->n);
  self->is_whole = TRUE;
}

static void
multiply (const Iteration *self,
          const FxpMatrix *a,
          const FxpMatrix *b,
          const gsize size[3],
          double *out)
{
  const FxpSumRegister exact = FXP_SUM_REGISTER_EXACT;
  FxpSumCounts ignored = {0};

  fxp_matmul (a,
              b,
              size[0],
              size[1],
              size[2],
              &exact,
              out,
              size[1],
              self->job->scratch,
              self->job->team,
              &ignored);
}

/* sums = L^T vectors.  FALSE if the monitor gave up. */
static gboolean
gather (Iteration *self, double share)
{
  const FxpReflectionJob *job = self->job;
  const FxpLayerGeometry *geometry = &job->geometry;
  const gsize n_units = geometry->n_units, n_inputs = geometry->n_inputs;

  memset (self->sums, 0, n_units * n_inputs * sizeof (double));
  for (gsize first = 0; first < job->n; first += self->n_at_once)
    {
      const gsize n = MIN (self->n_at_once, job->n - first);
      const FxpMatrix turned = {self->vectors + first * geometry->n_places * n_units,
                                FXP_FORMAT_FLOAT,
                                1,
                                n_units};
      const FxpMatrix lowered = {get_lowered (self, first, n), FXP_FORMAT_FLOAT, n_inputs, 1};

      multiply (self,
                &turned,
                &lowered,
                (gsize[3]){n_units, n_inputs, n * geometry->n_places},
                self->products);
      for (gsize i = 0; i < n_units * n_inputs; i++)
        self->sums[i] += self->products[i];
      if (fxp_reflection_ask (job, share))
        return FALSE;
    }
  return TRUE;
}

/* vectors = d (d S^T w); squares = |S^T w|^2 of the samples from @first on as well. */
static void
weigh (Iteration *self, gsize first, gsize n_rows)
{
  const gsize n_units = self->job->geometry.n_units;

  for (gsize row = 0; row < n_rows; row++)
    {
      const double *products = self->products + row * n_units;
      const float *factors = self->job->factors + (first + row) * n_units;
      float *vectors = self->vectors + (first + row) * n_units;

      for (gsize unit = 0; unit < n_units; unit++)
        {
          const double weight = (double)factors[unit] * factors[unit];
          const double value = weight * products[unit];

          self->squares[unit] += value * value;
          vectors[unit] = (float)(weight * value);
        }
    }
}

/* The other way, with the units' w.  FALSE if the monitor gave up. */
static gboolean
spread (Iteration *self, double share)
{
  const FxpReflectionJob *job = self->job;
  const FxpLayerGeometry *geometry = &job->geometry;
  const gsize n_inputs = geometry->n_inputs;
  const FxpMatrix units = {self->units, FXP_FORMAT_FLOAT, 1, n_inputs};

  memset (self->squares, 0, geometry->n_units * sizeof (double));
  for (gsize first = 0; first < job->n; first += self->n_at_once)
    {
      const gsize n = MIN (self->n_at_once, job->n - first);
      const FxpMatrix lowered = {get_lowered (self, first, n), FXP_FORMAT_FLOAT, n_inputs, 1};

      multiply (self,
                &lowered,
                &units,
                (gsize[3]){n * geometry->n_places, geometry->n_units, n_inputs},
                self->products);
      weigh (self, first * geometry->n_places, n * geometry->n_places);
      if (fxp_reflection_ask (job, share))
        return FALSE;
    }
  return TRUE;
}

/* w = sums / |sums|, of each unit; zeros where no gradient passes. */
static void
normalize (Iteration *self)
{
  const gsize n_inputs = self->job->geometry.n_inputs;

  for (gsize unit = 0; unit < self->job->geometry.n_units; unit++)
    {
      const double *sums = self->sums + unit * n_inputs;
      double squares = 0.0;

      for (gsize i = 0; i < n_inputs; i++)
        squares += sums[i] * sums[i];
      squares = squares > 0.0 ? 1.0 / sqrt (squares) : squares;
      for (gsize i = 0; i < n_inputs; i++)
        self->units[unit * n_inputs + i] = (float)(sums[i] * squares);
    }
}

/* TRUE while the estimate of any unit still grows by more than the tolerance of the largest. */
static gboolean
improves (Iteration *self, FxpReflection *reflection)
{
  double change = 0.0;

  reflection->lambda = 0.0;
  for (gsize unit = 0; unit < self->job->geometry.n_units; unit++)
    {
      const double value = sqrt (self->squares[unit]);

      change = MAX (change, value - self->values[unit]);
      self->values[unit] = value;
      if (!isnan (reflection->lambda) && !(value <= reflection->lambda))
        reflection->lambda = value;
    }
  return isfinite (reflection->lambda) &&
         change > self->job->options->tolerance * reflection->lambda;
}

/* Begins with vectors of ones, so that the first sums are S 1. */
static gboolean
iterate (Iteration *self, FxpReflection *reflection)
{
  const FxpReflectionJob *job = self->job;
  const FxpLayerGeometry *geometry = &job->geometry;
  const guint n_rounds = job->options->n_iterations_max;

  for (gsize i = 0; i < job->n * geometry->n_places * geometry->n_units; i++)
    self->vectors[i] = job->factors[i] * job->factors[i];
  memset (self->values, 0, geometry->n_units * sizeof (double));
  for (guint round = 0; round < n_rounds; round++)
    {
      const double share = (double)round / n_rounds;

      if (!gather (self, share))
        return FALSE;
      if (round == 0)
        for (gsize i = 0; i < geometry->n_units * geometry->n_inputs; i++)
          reflection->total += self->sums[i];
      normalize (self);
      if (!spread (self, share))
        return FALSE;
      reflection->n_iterations = round + 1;
      if (!improves (self, reflection))
        break;
    }
  return TRUE;
}

/* The released code's form, 2.4 d, reconstructed from a description of it: of each output map the
 * mean over batch and places, derived for the weights, squared, averaged over the kernel's taps: a
 * matrix of input by output channels, whose largest singular value is taken.  Here the map is what
 * G_A belongs to, behind pooling, and the derivative is the mean over batch and places of J's
 * columns, as lambda's are.  A dense layer is taken as a kernel of one tap. */
static gboolean
simplify (Iteration *self, FxpReflection *reflection)
{
  const FxpReflectionJob *job = self->job;
  const FxpLayerGeometry *geometry = &job->geometry;
  const gsize n_taps = geometry->n_taps, n_channels = geometry->n_inputs / n_taps;
  const double n_averaged = (double)job->n * geometry->n_gradients / geometry->n_units;
  float *matrix = self->units;
  double *vectors;

  memcpy (self->vectors,
          job->factors,
          job->n * geometry->n_places * geometry->n_units * sizeof (float));
  if (!gather (self, 0.0))
    return FALSE;
  for (gsize unit = 0; unit < geometry->n_units; unit++)
    for (gsize channel = 0; channel < n_channels; channel++)
      {
        const double *sums = self->sums + unit * geometry->n_inputs + channel * n_taps;
        double squares = 0.0;

        for (gsize tap = 0; tap < n_taps; tap++)
          squares += sums[tap] / n_averaged * (sums[tap] / n_averaged);
        matrix[unit * n_channels + channel] = (float)(squares / n_taps);
      }
  vectors =
    fxp_scratch_get (job->scratch, FXP_REFLECTION_PRODUCTS, 2 * n_channels * sizeof (double));
  reflection->simplified =
    fxp_power_method_find (matrix, geometry->n_units, n_channels, vectors, job->options);
  return TRUE;
}

static gboolean
measure (const FxpReflectionJob *job, FxpReflection *reflection)
{
  const gsize n_operands = job->n * job->geometry.n_activations;
  Iteration iteration = {0};

  *reflection = (FxpReflection){0};
  begin (&iteration, job);
  lower_all (&iteration);
  if (!simplify (&iteration, reflection))
    return FALSE;
  if (job->owners != NULL)
    return fxp_reflection_measure_averaged (job, reflection);

  for (gsize i = 0; i < n_operands; i++)
    job->operands[i] = job->operands[i] * job->operands[i];
  begin (&iteration, job);
  lower_all (&iteration);
  return iterate (&iteration, reflection);
}

gboolean
fxp_reflection_measure (FxpNetwork *network,
                        guint layer,
                        const FxpReflectionOptions *options,
                        FxpTeam *team,
                        FxpScratch *scratch,
                        FxpPassMonitor monitor,
                        gpointer data,
                        FxpReflection *reflection)
{
  FxpReflectionJob job = {
    .geometry = fxp_network_get_geometry (network, layer),
    .n = fxp_network_get_n_samples (network),
    .options = options,
    .team = team,
    .scratch = scratch,
    .monitor = monitor,
    .monitor_data = data,
  };
  const gsize n_sums = job.n * job.geometry.n_places * job.geometry.n_units;
  float *factors = fxp_scratch_get (scratch, FXP_REFLECTION_FACTORS, n_sums * sizeof (float));

  fxp_network_trace_units (network, layer, factors);
  job.factors = factors;
  if (job.geometry.is_averaged)
    {
      guint32 *owners = fxp_scratch_get (scratch, FXP_REFLECTION_OWNERS, n_sums * sizeof (guint32));

      fxp_network_trace_owners (network, layer, owners);
      job.owners = owners;
    }
  job.operands = fxp_scratch_get (scratch,
                                  FXP_REFLECTION_OPERANDS,
                                  job.n * job.geometry.n_activations * sizeof (float));
  fxp_network_get_operands (network, layer, job.operands);
  return measure (&job, reflection);
}

void
fxp_reflection_measure_dense (const float *activations,
                              const float *factors,
                              gsize n,
                              gsize n_inputs,
                              gsize n_units,
                              const FxpReflectionOptions *options,
                              FxpTeam *team,
                              FxpScratch *scratch,
                              FxpReflection *reflection)
{
  const FxpReflectionJob job = {
    .geometry =
      {
        .n_activations = n_inputs,
        .n_places = 1,
        .n_units = n_units,
        .n_inputs = n_inputs,
        .n_taps = 1,
        .n_gradients = n_units,
      },
    .n = n,
    .factors = factors,
    .operands = fxp_scratch_get (scratch, FXP_REFLECTION_OPERANDS, n * n_inputs * sizeof (float)),
    .options = options,
    .team = team,
    .scratch = scratch,
  };

  memcpy (job.operands, activations, n * n_inputs * sizeof (float));
  measure (&job, reflection);
}
