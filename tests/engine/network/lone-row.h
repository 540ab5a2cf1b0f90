/* SPDX-License-Identifier: MIT */
/* A row of weights without a network, whose gradient a test gives by hand. */
#pragma once

#include "network/weights-private.h"

typedef struct
{
  FxpWeights *weights;
  FxpScratch *scratch;
  FxpNonfinite nonfinite;
  FxpPass pass;
  gsize n;
} LoneRow;

/* @n weights, uniform in +-@limit. */
static inline void
lone_row_init (LoneRow *self,
               const FxpLayerPrecision *precision,
               gboolean clips,
               double limit,
               gsize n,
               guint64 step)
{
  FxpShape shape = FXP_SHAPE_2 (n, 1);

  *self = (LoneRow){.scratch = fxp_scratch_new (), .n = n};
  self->pass = (FxpPass){
    .step = {.seed = 3, .step = step},
    .n = 1,
    .scratch = self->scratch,
    .nonfinite = &self->nonfinite,
  };
  self->weights = fxp_weights_new (0, &shape, 1, FALSE);
  fxp_weights_set_clip (self->weights, clips);
  fxp_weights_set_precision (self->weights, precision, &self->pass.step);
  fxp_weights_initialize (self->weights, limit, 3);
}

static inline void
lone_row_clear (LoneRow *self)
{
  fxp_weights_free (self->weights);
  fxp_scratch_free (self->scratch);
}

/* A step; returns what became of it. */
static inline FxpUpdateCounts
lone_row_learn (LoneRow *self, const double *gradient, double rate)
{
  fxp_weights_take_gradient (self->weights, &self->pass, 0, self->n, gradient);
  fxp_weights_update (self->weights, rate, &self->pass);
  self->pass.step.step++;
  return self->weights->step_update_counts;
}
