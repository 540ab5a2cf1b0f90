/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/simulation-state-private.h"

typedef struct
{
  const FxpSimulation *simulation;
  const FxpNode *node;
  const FxpSimulatedOutput *in, *skip, *out;
  gsize stride;
  gsize n_missing; /* channels in front of the identity's first one */
  double step;     /* of the coarser of both grids */
} Walk;

/* What is added to channel @channel of a place: of an identity of another shape, 0 where it has no
 * channel. */
static double
get_identity (const Walk *self, const double *image, gsize row, gsize column, gsize channel)
{
  const FxpSimulatedOutput *skip = self->skip;

  if (channel < self->n_missing || channel - self->n_missing >= skip->n_channels)
    return 0.0;
  return image[(row * self->stride * skip->width + column * self->stride) * skip->n_channels +
               channel - self->n_missing];
}

/* On the coarser grid: the value of that grid stays as it is. */
static double
align (const Walk *self, double value)
{
  return fxp_simulation_round (value / self->step) * self->step;
}

static void
add_samples (gpointer data, gsize first, gsize last)
{
  const Walk *self = data;
  const FxpSimulatedOutput *out = self->out;

  for (gsize sample = first; sample < last; sample++)
    {
      const double *value = self->in->values + sample * self->in->n_features;
      const double *image = self->skip->values + sample * self->skip->n_features;
      double *sum = out->values + sample * out->n_features;

      for (gsize row = 0; row < out->height; row++)
        for (gsize column = 0; column < out->width; column++)
          for (gsize channel = 0; channel < out->n_channels; channel++)
            {
              double identity = get_identity (self, image, row, column, channel);
              double y = align (self, *value++) + align (self, identity);

              *sum++ = self->node->activates
                         ? fxp_simulation_activate (self->simulation->activation, y, self->step)
                         : y;
            }
    }
}

int
fxp_simulation_form_sum (FxpSimulation *self, int index)
{
  const FxpNode *node = &self->model->nodes[index];
  const FxpSimulatedOutput *in = fxp_simulation_get_output (self, node->from);
  const FxpSimulatedOutput *skip = fxp_simulation_get_output (self, node->skip);
  const FxpSimulatedOutput *out = fxp_simulation_get_output (self, index);
  const int grid = MAX (-in->format.frac_bits, -skip->format.frac_bits);
  Walk walk = {.simulation = self,
               .node = node,
               .in = in,
               .skip = skip,
               .out = out,
               .stride = node->skip_stride,
               .n_missing = (out->n_channels - skip->n_channels) / 2,
               .step = ldexp (1.0, grid)};

  fxp_team_run (self->team,
                self->n,
                1,
                self->n * out->n_features * FXP_TEAM_QUANTIZE_WORK,
                add_samples,
                &walk);
  return grid;
}
