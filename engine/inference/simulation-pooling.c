/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/simulation-state-private.h"

typedef struct
{
  const FxpSimulation *simulation;
  const FxpSimulatedOutput *in, *out;
  gsize rows, columns, stride; /* of a square; of the whole image, its own */
  gboolean takes_maximum;
} Walk;

/* The greatest value of a square, or the sum. */
static double
pool_square (const Walk *self, const double *image, gsize row, gsize column, gsize channel)
{
  double pooled = self->takes_maximum ? -INFINITY : 0.0;

  for (gsize i = 0; i < self->rows; i++)
    for (gsize j = 0; j < self->columns; j++)
      {
        gsize y = row * self->stride + i, x = column * self->stride + j;
        double value = image[(y * self->in->width + x) * self->in->n_channels + channel];

        pooled = self->takes_maximum ? MAX (pooled, value) : pooled + value;
      }
  return pooled;
}

static void
pool_samples (gpointer data, gsize first, gsize last)
{
  const Walk *self = data;

  for (gsize sample = first; sample < last; sample++)
    {
      const double *image = self->in->values + sample * self->in->n_features;
      double *value = self->out->values + sample * self->out->n_features;

      for (gsize row = 0; row < self->out->height; row++)
        for (gsize column = 0; column < self->out->width; column++)
          for (gsize channel = 0; channel < self->in->n_channels; channel++)
            *value++ = pool_square (self, image, row, column, channel);
    }
}

static int
pool (FxpSimulation *self, int index)
{
  const FxpNode *node = &self->model->nodes[index];
  const FxpSimulatedOutput *in = fxp_simulation_get_output (self, node->from);
  const FxpSimulatedOutput *out = fxp_simulation_get_output (self, index);
  Walk walk = {.simulation = self,
               .in = in,
               .out = out,
               .rows = node->kernel > 0 ? node->kernel : in->height,
               .columns = node->kernel > 0 ? node->kernel : in->width,
               .stride = node->stride,
               .takes_maximum = node->kind == FXP_NODE_MAXIMUM};

  fxp_team_run (self->team,
                self->n,
                1,
                self->n * in->n_features * FXP_TEAM_MOVE_WORK,
                pool_samples,
                &walk);
  return -in->format.frac_bits;
}

int
fxp_simulation_form_maximum (FxpSimulation *self, int node)
{
  return pool (self, node);
}

int
fxp_simulation_form_mean (FxpSimulation *self, int node)
{
  return pool (self, node);
}

gsize
fxp_simulation_count_pixels (const FxpNode *node)
{
  if (node->kernel > 0)
    return (gsize)node->kernel * node->kernel;
  return node->input.dim[1] * node->input.dim[2];
}
