/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "lone-layer.h"

/* What a network tells of additions is in test-network and test-gradients; here is where elements
 * of images lie, channels side by side. */

/* What enters a block, and what leaves it. */
typedef struct
{
  FxpShape skip, out;
  guint stride;
  gboolean is_projected;
} Case;

static const Case cases[] = {
  {{3, {16, 6, 5}}, {3, {16, 6, 5}}, 1, FALSE},
  {{3, {3, 6, 5}}, {3, {8, 6, 5}}, 1, FALSE},
  {{3, {16, 9, 8}}, {3, {33, 5, 4}}, 2, FALSE},
  {{3, {1100, 3, 3}}, {3, {1100, 2, 2}}, 2, FALSE},
  {{3, {20, 6, 5}}, {3, {20, 6, 5}}, 1, TRUE},
};

typedef struct
{
  const Case *test;
  LoneLayer *lone;
  double *sums; /* owned; what came in pieces */
} Fixture;

static Fixture
fixture_new (const Case *test)
{
  const FxpLayerSpec spec = {.kind = FXP_LAYER_ADDITION, .stride = test->stride};
  Fixture self = {.test = test, .lone = lone_layer_new (&test->out, &test->out, 2)};
  LoneLayer *lone = self.lone;

  lone->skip.shape = test->skip;
  lone->skip.n_features = fxp_shape_get_n (&test->skip);
  lone->cell.quantizer.format = FXP_FORMAT_SIGNED (16, 11);
  lone->gradient_cell.quantizer.format = FXP_FORMAT_SIGNED (8, 4);
  lone->skip.cell = test->is_projected ? NULL : &lone->cell;
  lone->skip.gradient_cell = lone->out.gradient_cell = &lone->gradient_cell;
  lone->skip.n_returning = 2;
  lone->skip.n_averaged = 3;
  lone->in.target = &lone->out;
  lone->in.keeps_reals = lone->out.keeps_reals = TRUE;
  lone->layer = fxp_layer_new (&spec, 0, FALSE, &lone->in, &lone->skip, &lone->out);
  lone_layer_reserve (lone, 3);
  self.sums = g_new (double, 3 * lone->out.n_features);
  return self;
}

static void
fixture_clear (Fixture *self)
{
  lone_layer_free (self->lone);
  g_free (self->sums);
}

/* The element of the skip that is added to element @i of the output; FALSE: none. */
static gboolean
find_identity (const Case *test, gsize i, gsize *at)
{
  const FxpShape *in = &test->skip, *out = &test->out;
  gsize channel = i % out->dim[0], pixel = i / out->dim[0];
  gsize x = pixel % out->dim[2], y = pixel / out->dim[2] % out->dim[1];
  gsize first = (out->dim[0] - in->dim[0]) / 2;

  if (channel < first || channel >= first + in->dim[0])
    return FALSE;
  *at = lone_layer_at (in,
                       pixel / out->dim[2] / out->dim[1],
                       channel - first,
                       y * test->stride,
                       x * test->stride);
  return TRUE;
}

/* Real values come in pieces of whole pixels, from the last one to the first. */
static void
test_take (gconstpointer data)
{
  Fixture self = fixture_new (data);
  LoneLayer *lone = self.lone;
  const FxpLayerClass *klass = lone->layer->klass;
  const gsize n = 3 * lone->out.n_features, length = 7 * self.test->out.dim[0];
  FxpTally tally = {0};

  if (!self.test->is_projected)
    lone_layer_fill (lone->skip.codes, 1);
  fxp_edge_begin_reals (&lone->in, &lone->pass);
  for (gsize i = 0; i < n; i++)
    {
      self.sums[i] = (double)(i * 7 % 1013) / 3.0;
      lone->in.reals[i] = (double)(i * 11 % 997) / 7.0;
    }
  klass->begin (lone->layer, &lone->pass);
  for (gsize first = n / length * length + length; first > 0;)
    {
      first -= length;
      klass->take (lone->layer,
                   &lone->pass,
                   self.sums + first,
                   first,
                   MIN (length, n - first),
                   &tally);
    }
  klass->end (lone->layer, &lone->pass, &tally);
  for (gsize i = 0; i < n; i++)
    {
      double expected = (double)(i * 7 % 1013) / 3.0;
      gsize at;

      if (self.test->is_projected)
        expected += (double)(i * 11 % 997) / 7.0;
      else if (find_identity (self.test, i, &at))
        expected += lone_layer_get_value (lone->skip.codes, at) / 3.0;
      g_assert_cmpfloat (lone->out.reals[i], ==, expected);
    }
  fixture_clear (&self);
}

/* The code of element @i of what entered the block, which draws as if channels were planes. */
static gint64
quantize (const Fixture *self, double value, gsize i)
{
  const FxpNoise noise = fxp_noise_new (3, 5, 0, FXP_ROLE_ACTIVATION_GRAD, FXP_STREAM_QUANTIZE);
  const FxpShape *shape = &self->test->skip;
  gsize n_pixels = shape->dim[1] * shape->dim[2], pixel = i / shape->dim[0];
  gsize plane = pixel / n_pixels * shape->dim[0] + i % shape->dim[0];
  guint32 draw = fxp_noise_draw (noise, (guint32)(plane * n_pixels + pixel % n_pixels));

  return fxp_quantizer_apply_one (&self->lone->gradient_cell.quantizer, value, draw);
}

/* The values of the gradient go back to where the identity came from, and are added to what the
 * block's first convolution hands back after them. */
static void
test_return (gconstpointer data)
{
  Fixture self = fixture_new (data);
  LoneLayer *lone = self.lone;
  const gsize n = 3 * lone->skip.n_features;
  g_autofree double *reals = g_new (double, n), *expected = g_new (double, n);

  lone->gradient_cell.quantizer.rounding = FXP_ROUND_STOCHASTIC;
  lone_layer_fill (lone->out.gradient, 1);
  for (gsize i = 0; i < n; i++)
    expected[i] = reals[i] = (double)(i * 7 % 101) / 16.0 - 3.0;
  for (gsize i = 0, at; i < 3 * lone->out.n_features; i++)
    if (find_identity (self.test, i, &at))
      expected[at] += lone_layer_get_value (lone->out.gradient, i);
  lone->layer->klass->backward (lone->layer, &lone->pass);
  g_assert_cmpuint (lone->gradient_cell.counts.n, ==, 0);
  fxp_edge_return_gradient (&lone->skip, &lone->pass, reals);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpint (fxp_format_get_code (lone->skip.gradient->format,
                                          lone->skip.gradient->data,
                                          i),
                     ==,
                     quantize (&self, expected[i] / 3.0, i));
  g_assert_cmpuint (lone->gradient_cell.counts.n, ==, n);
  fixture_clear (&self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *skip = fxp_shape_to_string (&cases[i].skip);
      g_autofree char *out = fxp_shape_to_string (&cases[i].out);
      g_autofree char *name =
        g_strdup_printf ("%s%s-%s", cases[i].is_projected ? "projected-" : "", skip, out);
      g_autofree char *take = g_strconcat ("/network/addition/take/", name, NULL);
      g_autofree char *back = g_strconcat ("/network/addition/return/", name, NULL);

      g_test_add_data_func (take, &cases[i], test_take);
      if (!cases[i].is_projected)
        g_test_add_data_func (back, &cases[i], test_return);
    }
  return g_test_run ();
}
