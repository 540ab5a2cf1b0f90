/* SPDX-License-Identifier: MIT */
/* Batch normalization of one channel by the contract in network-private.h, written down once more.
 */
#pragma once

#include <glib.h>
#include <math.h>
#include <string.h>

#define EPSILON 1e-4

/* Sums of one channel, image by image, by the contract's order or plainly one after the other. */
typedef struct
{
  double image;
  double lanes[8];
  gsize n; /* values of the image so far */
  gboolean in_lanes;
  double total;
} OrderedSum;

static inline void
ordered_sum_add (OrderedSum *self, double value)
{
  if (self->in_lanes)
    self->lanes[self->n++ % 8] += value;
  else
    self->total += value;
}

static inline void
ordered_sum_end_image (OrderedSum *self)
{
  const double *l = self->lanes;

  if (self->in_lanes)
    self->total += ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
  memset (self->lanes, 0, sizeof self->lanes);
  self->n = 0;
}

/* What the layer makes of one channel, n_samples x n_pixels, written down once more. */
typedef struct
{
  gsize n_samples, n_pixels;
  gboolean in_lanes;
  double gamma;
  double inverse_deviation;
  double gradients[2]; /* of beta and gamma */
} Reference;

static inline void
reference_normalize (Reference *self, const double *sums, double *normal)
{
  const gsize n = self->n_samples * self->n_pixels;
  OrderedSum mean = {.in_lanes = self->in_lanes}, variance = {.in_lanes = self->in_lanes};

  for (gsize i = 0; i < n; i++)
    {
      ordered_sum_add (&mean, sums[i]);
      if ((i + 1) % self->n_pixels == 0)
        ordered_sum_end_image (&mean);
    }
  for (gsize i = 0; i < n; i++)
    {
      double difference = sums[i] - mean.total / n;

      ordered_sum_add (&variance, difference * difference);
      if ((i + 1) % self->n_pixels == 0)
        ordered_sum_end_image (&variance);
    }
  self->inverse_deviation = 1.0 / sqrt (variance.total / n + EPSILON);
  for (gsize i = 0; i < n; i++)
    normal[i] = (sums[i] - mean.total / n) * self->inverse_deviation;
}

static inline void
reference_differentiate (Reference *self, const double *gradient, const double *normal, double *out)
{
  const gsize n = self->n_samples * self->n_pixels;
  OrderedSum sum = {.in_lanes = self->in_lanes}, product = {.in_lanes = self->in_lanes};

  for (gsize i = 0; i < n; i++)
    {
      ordered_sum_add (&sum, gradient[i]);
      ordered_sum_add (&product, gradient[i] * normal[i]);
      if ((i + 1) % self->n_pixels == 0)
        {
          ordered_sum_end_image (&sum);
          ordered_sum_end_image (&product);
        }
    }
  for (gsize i = 0; i < n; i++)
    {
      double centred = gradient[i] - sum.total / n;
      double along = normal[i] * (product.total / n);

      out[i] = (centred - along) * (self->gamma * self->inverse_deviation);
    }
  self->gradients[0] = sum.total;
  self->gradients[1] = product.total;
}
