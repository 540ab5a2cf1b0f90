/* SPDX-License-Identifier: MIT */
/* A layer between edges that a test fills by hand, for what does not need a network. */
#pragma once

#include "network/layer-private.h"
#include "number/vector-unit-private.h"

/* One for every storage. */
static const char *const lone_layer_formats[] = {
  "Q3.4",
  "UQ4.4",
  "Q4.11",
  "UQ5.11",
  "Q7.16",
  "UQ8.24",
  "float",
};

typedef struct
{
  FxpScratch *scratch;
  FxpTeam *team;
  FxpCell cell, gradient_cell;
  FxpEdge in, out;
  FxpEdge skip; /* for additions */
  FxpLayer *layer;
  FxpNonfinite nonfinite;
  FxpWatch watch;
  FxpPass pass;
} LoneLayer;

static inline void
lone_layer_init_edge (FxpEdge *edge, const FxpShape *shape)
{
  edge->shape = *shape;
  edge->n_features = fxp_shape_get_n (shape);
  edge->n_averaged = 1;
  edge->share_kept = 1.0;
  edge->slot = FXP_SLOT_REALS;
  edge->n_returning = 1;
}

/* Edges without cells: real values flow there until the test puts some. */
static inline LoneLayer *
lone_layer_new (const FxpShape *in, const FxpShape *out, guint n_threads)
{
  LoneLayer *self = g_new0 (LoneLayer, 1);

  self->scratch = fxp_scratch_new ();
  self->team = n_threads > 0 ? fxp_team_new (n_threads) : NULL;
  fxp_cell_init (&self->cell, 0, FXP_ROLE_ACTIVATION);
  fxp_cell_init (&self->gradient_cell, 0, FXP_ROLE_ACTIVATION_GRAD);
  lone_layer_init_edge (&self->in, in);
  lone_layer_init_edge (&self->out, out);
  lone_layer_init_edge (&self->skip, in);
  self->pass = (FxpPass){
    .step = {.seed = 3, .step = 5},
    .scratch = self->scratch,
    .team = self->team,
    .nonfinite = &self->nonfinite,
    .watch = &self->watch,
  };
  return self;
}

/* In these formats; both edges have codes then. */
static inline void
lone_layer_carry_codes (LoneLayer *self, const char *format)
{
  g_autoptr (GError) error = NULL;

  fxp_format_parse (format, &self->cell.quantizer.format, &error);
  g_assert_no_error (error);
  self->gradient_cell.quantizer.format = self->cell.quantizer.format;
  self->in.cell = self->out.cell = &self->cell;
  self->in.gradient_cell = self->out.gradient_cell = &self->gradient_cell;
}

static inline void
lone_layer_reserve (LoneLayer *self, gsize n)
{
  FxpEdge *const edges[] = {&self->in, &self->out, &self->skip};

  self->pass.n = n;
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    fxp_edge_reserve_codes (edges[i], n);
  for (guint i = G_N_ELEMENTS (edges); i-- > 0;)
    fxp_edge_reserve_gradient (edges[i], n, TRUE);
  if (self->layer->klass->reserve != NULL)
    self->layer->klass->reserve (self->layer, n);
}

static inline void
lone_layer_free (LoneLayer *self)
{
  fxp_layer_free (self->layer);
  fxp_edge_clear (&self->in);
  fxp_edge_clear (&self->out);
  fxp_edge_clear (&self->skip);
  fxp_team_free (self->team);
  fxp_scratch_free (self->scratch);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LoneLayer, lone_layer_free)

/* Seventeen values over the whole word, -1 to 1 for floats, in a random order: many are equal. */
static inline void
lone_layer_fill (const FxpTensor *tensor, guint key)
{
  const FxpNoise noise = fxp_noise_new (11, key, 0, 0, FXP_STREAM_SYNTHETIC);
  const FxpQuantizer quantizer = {tensor->format, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  const double most =
    fxp_format_is_float (tensor->format) ? 1.0 : fxp_format_get_max (tensor->format);
  g_autofree double *values = g_new (double, tensor->n);
  FxpQuantizeCounts counts = {0};

  for (gsize i = 0; i < tensor->n; i++)
    values[i] = most * ((double)(fxp_noise_draw (noise, (guint32)i) % 17) / 8.0 - 1.0);
  fxp_quantizer_apply (&quantizer, NULL, values, tensor->data, 0, tensor->n, &counts, NULL);
}

/* Value of the @i-th element in memory. */
static inline double
lone_layer_get_value (const FxpTensor *tensor, gsize i)
{
  double value;

  fxp_format_decode (tensor->format, fxp_tensor_at (tensor, i), 1, &value);
  return value;
}

/* Of all of them. */
static inline double *
lone_layer_dup_values (const FxpTensor *tensor)
{
  double *values = g_new (double, tensor->n);

  fxp_format_decode (tensor->format, tensor->data, tensor->n, values);
  return values;
}

/* Where element (c, y, x) of a sample lies. */
static inline gsize
lone_layer_at (const FxpShape *shape, gsize sample, gsize c, gsize y, gsize x)
{
  return ((sample * shape->dim[1] + y) * shape->dim[2] + x) * shape->dim[0] + c;
}
