/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/simulation-state-private.h"

/* |B| stays within what y can hold. */
#define OFFSET_MAX 0x1p52

typedef struct
{
  const FxpSimulation *simulation;
  const FxpNode *node;
  const FxpSimulatedOutput *in, *out;
  const double *weights;
  const FxpSimulatedReduction *reduction; /* or NULL */
  double *factors, *offsets;              /* owned; A and B as values */
  double step;               /* of y's grid */
  gsize kernel, stride, padding;
  gsize n_inputs; /* channels; of a dense layer all its features */
} Walk;

static gboolean
is_dense (const FxpNode *node)
{
  return node->output.rank == 1;
}

gsize
fxp_simulation_turn_input (const FxpShape *shape, gsize i)
{
  gsize n_pixels;

  if (shape->rank == 1)
    return i;
  n_pixels = shape->dim[1] * shape->dim[2];
  return i % n_pixels * shape->dim[0] + i / n_pixels;
}

double *
fxp_simulation_decode_weights (const FxpNode *node)
{
  const FxpWeightShape *shape = fxp_clusters_get_shape (node->clusters);
  const gsize n = shape->n_units * shape->n_inputs * shape->n_pixels;
  g_autofree double *values = g_new (double, n);
  double *weights = g_new (double, n);
  const double *value = values;

  fxp_clusters_decode (node->clusters, values);
  for (gsize unit = 0; unit < shape->n_units; unit++)
    for (gsize input = 0; input < shape->n_inputs; input++)
      for (gsize pixel = 0; pixel < shape->n_pixels; pixel++)
        {
          gsize place = is_dense (node) ? fxp_simulation_turn_input (&node->input, input) : input;

          weights[(pixel * shape->n_inputs + place) * shape->n_units + unit] = *value++;
        }
  return weights;
}

/* Adds what one pixel gives to the sums of all units.  Zeros, of which there are many behind a
 * ReLU, add nothing. */
static void
add_pixel (const Walk *self, const double *values, const double *weights, double *restrict sums)
{
  const gsize n_units = self->out->n_channels;

  for (gsize c = 0; c < self->n_inputs; c++, weights += n_units)
    if (values[c] != 0.0)
      for (gsize unit = 0; unit < n_units; unit++)
        sums[unit] += values[c] * weights[unit];
}

/* The sums of one place of the output; zeros around the image add nothing either. */
static void
add_place (const Walk *self, const double *image, gsize row, gsize column, double *sums)
{
  const gsize n_weights = self->n_inputs * self->out->n_channels;

  for (gsize i = 0; i < self->kernel; i++)
    for (gsize j = 0; j < self->kernel; j++)
      {
        gsize y = row * self->stride + i, x = column * self->stride + j;

        if (y >= self->padding && y < self->in->height + self->padding && x >= self->padding &&
            x < self->in->width + self->padding)
          add_pixel (self,
                     image +
                       ((y - self->padding) * self->in->width + x - self->padding) * self->n_inputs,
                     self->weights + (i * self->kernel + j) * n_weights,
                     sums);
      }
}

/* y = A acc + B, z = act (y). */
static void
apply_affine (const Walk *self, double *sums)
{
  for (gsize unit = 0; unit < self->out->n_channels; unit++)
    {
      double y = self->factors[unit] * sums[unit] + self->offsets[unit];

      sums[unit] = self->node->activates
                     ? fxp_simulation_activate (self->simulation->activation, y, self->step)
                     : y;
    }
}

static void
form_samples (gpointer data, gsize first, gsize last)
{
  const Walk *self = data;
  const gsize n_units = self->out->n_channels;

  for (gsize sample = first; sample < last; sample++)
    {
      const double *image = self->in->values + sample * self->in->n_features;
      double *sums = self->out->values + sample * self->out->n_features;

      if (g_cancellable_is_cancelled (self->simulation->cancellable))
        return;
      memset (sums, 0, self->out->n_features * sizeof *sums);
      for (gsize row = 0; row < self->out->height; row++)
        for (gsize column = 0; column < self->out->width; column++, sums += n_units)
          {
            if (self->reduction != NULL)
              fxp_simulated_reduction_form (self->reduction, image, row, column, sums);
            else if (is_dense (self->node))
              add_pixel (self, image, self->weights, sums);
            else
              add_place (self, image, row, column, sums);
            apply_affine (self, sums);
          }
    }
}

int
fxp_simulation_form_product (FxpSimulation *self, int index)
{
  const FxpNode *node = &self->model->nodes[index];
  const FxpSimulatedOutput *in = fxp_simulation_get_output (self, node->from);
  const FxpSimulatedOutput *out = fxp_simulation_get_output (self, index);
  const FxpWeightShape *shape = fxp_clusters_get_shape (node->clusters);
  const int formed = fxp_node_get_exponent (self->model, node); /* the grid of B in the model */
  int grid =
    fxp_clusters_get_exponent (node->clusters) - in->format.frac_bits + node->factor_exponent;
  g_auto (FxpSimulatedReduction) reduction = {0};
  g_autofree double *factors = g_new (double, shape->n_units);
  g_autofree double *offsets = g_new (double, shape->n_units);
  Walk walk = {.simulation = self,
               .node = node,
               .in = in,
               .out = out,
               .weights = self->weights[index],
               .factors = factors,
               .offsets = offsets,
               .kernel = node->kernel,
               .stride = node->stride,
               .padding = node->padding,
               .n_inputs = shape->n_inputs};

  if (node->intermediate_bits > 0)
    {
      fxp_simulated_reduction_init (&reduction, self, node);
      walk.reduction = &reduction;
      grid += (int)reduction.reduction;
    }
  walk.step = ldexp (1.0, grid);
  for (gsize unit = 0; unit < shape->n_units; unit++)
    {
      double offset = fxp_simulation_round (ldexp ((double)node->offsets[unit], formed - grid));

      factors[unit] = ldexp (node->factors[unit], node->factor_exponent);
      offsets[unit] = CLAMP (offset, -OFFSET_MAX, OFFSET_MAX) * walk.step;
    }
  fxp_team_run (self->team,
                self->n,
                1,
                self->n * out->n_features * shape->n_inputs * shape->n_pixels,
                form_samples,
                &walk);
  return grid;
}
