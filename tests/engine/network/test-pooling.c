/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "lone-layer.h"
#include "trial.h"

/* A filter of one pixel and weight 1 hands the image to the pooling unchanged. */
static Trial *
new_trial (const char *format)
{
  const char *changes[] = {
    "network.topology",
    "1x5x5-1C1-MP2-2",
    "network.activation",
    "relu",
    "precision.*.*.format",
    format,
    NULL,
  };
  Trial *trial = trial_new (changes, &FXP_SHAPE_3 (1, 5, 5), 2, 2, FALSE, 0);

  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, (double[]){1.0});
  trial_set_tensor (trial,
                    1,
                    FXP_ROLE_WEIGHT,
                    (double[]){1.0, 0.5, 0.25, 0.125, -1.0, -0.5, -0.25, -0.125});
  return trial;
}

/* Two images; the squares of the first hold a plain maximum, two equal ones, four equal ones and
 * one at the end; the last row and column hold the largest numbers and belong to no square. */
static const double images[2][25] = {
  {
    1.0, 2.0, 0.5, 3.0, 9.0, 0.5, 0.5, 3.0, 1.0, 9.0, 1.5, 1.5, 0.5,
    0.5, 9.0, 1.5, 1.5, 1.0, 2.5, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0,
  },
  {
    4.0, 2.0, 0.5, 3.0, 9.0, 5.0, 0.5, 3.5, 1.0, 9.0, 1.5, 1.0, 6.5,
    0.5, 9.0, 1.0, 2.5, 1.0, 2.5, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0,
  },
};
/* Where the maxima are, in order of the squares. */
static const guint places[2][4] = {{1, 3, 10, 18}, {5, 7, 16, 12}};

static void
test_routing (gconstpointer data)
{
  g_autoptr (Trial) trial = new_trial (data);
  const FxpTensor *pooled, *gradient, *above;

  memcpy (trial->inputs, images, sizeof images);
  trial->labels[0] = 1;
  trial->labels[1] = 1;
  trial_train (trial, 0.0);

  pooled = trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION);
  gradient = trial_get_tensor (trial, 0, FXP_ROLE_ACTIVATION_GRAD);
  above = trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION_GRAD);
  g_assert_cmpuint (pooled->n, ==, 8);
  g_assert_cmpuint (gradient->n, ==, 50);
  for (guint image = 0; image < 2; image++)
    {
      double expected[25] = {0};
      double pull =
        fxp_tensor_get_value (above, 2 * image) - fxp_tensor_get_value (above, 2 * image + 1);

      for (guint i = 0; i < 4; i++)
        {
          guint place = places[image][i];

          g_assert_cmpfloat (fxp_tensor_get_value (pooled, 4 * image + i),
                             ==,
                             images[image][place]);
          expected[place] = pull * (1.0 / (1 << i));
        }
      g_assert_cmpfloat (pull, !=, 0.0);
      for (guint i = 0; i < 25; i++)
        g_assert_cmpfloat_with_epsilon (fxp_tensor_get_value (gradient, 25 * image + i),
                                        expected[i],
                                        0x1p-9);
    }
}

/* Inputs may be pooled before any layer learns. */
static void
test_input (void)
{
  const char *changes[] = {"network.topology", "1x5x5-MP2-2", "precision.*.*.format", "Q4.8", NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_3 (1, 5, 5), 2, 2, FALSE, 0);
  const FxpTensor *pooled;

  memcpy (trial->inputs, images, sizeof images);
  trial_train (trial, 0.5);
  pooled = trial_get_tensor (trial, 0, FXP_ROLE_ACTIVATION);
  g_assert_cmpuint (pooled->n, ==, 8);
  g_assert_cmpfloat (fxp_tensor_get_value (pooled, 0), ==, 2.0);
  g_assert_cmpfloat (fxp_tensor_get_value (pooled, 1), ==, 3.0);
  g_assert_cmpfloat (fxp_tensor_get_value (pooled, 2), ==, 1.5);
  g_assert_cmpfloat (fxp_tensor_get_value (pooled, 3), ==, 2.5);
}

/* Images before pooling and the side of a square: channels that fill vectors, that do not, and that
 * are fewer than the smallest one; pixels left over; squares that a byte can count and cannot. */
static const struct
{
  FxpShape shape;
  guint kernel;
} windows[] = {
  {{3, {1, 5, 5}}, 2},
  {{3, {3, 7, 6}}, 2},
  {{3, {10, 6, 7}}, 3},
  {{3, {6, 6, 7}}, 2},
  {{3, {16, 4, 4}}, 1},
  {{3, {20, 9, 11}}, 2},
  {{3, {50, 8, 9}}, 4},
  {{3, {33, 5, 7}}, 2},
  {{3, {64, 6, 6}}, 2},
  {{3, {2, 16, 15}}, 15},
  {{3, {3, 17, 33}}, 16},
  {{3, {128, 16, 16}}, 2},
};

/* Where the maximum of a square is, by the contract. */
static gsize
find_maximum (const LoneLayer *lone, guint kernel, gsize sample, gsize c, gsize y, gsize x)
{
  const FxpTensor *codes = lone->in.codes;
  gsize found = lone_layer_at (&lone->in.shape, sample, c, y * kernel, x * kernel);

  for (gsize row = 0; row < kernel; row++)
    for (gsize column = 0; column < kernel; column++)
      {
        gsize at =
          lone_layer_at (&lone->in.shape, sample, c, y * kernel + row, x * kernel + column);

        if (lone_layer_get_value (codes, at) > lone_layer_get_value (codes, found))
          found = at;
      }
  return found;
}

static void
check_windows (LoneLayer *lone, guint kernel)
{
  const FxpShape *out = &lone->out.shape;
  g_autofree double *expected = g_new0 (double, lone->in.gradient->n);

  lone_layer_fill (lone->in.codes, 1);
  lone_layer_fill (lone->out.gradient, 2);
  /* What lies there from before must not stay. */
  lone_layer_fill (lone->in.gradient, 3);
  lone->layer->klass->forward (lone->layer, &lone->pass);
  lone->layer->klass->backward (lone->layer, &lone->pass);
  for (gsize i = 0; i < lone->out.codes->n; i++)
    {
      gsize c = i % out->dim[0], pixel = i / out->dim[0];
      gsize x = pixel % out->dim[2], y = pixel / out->dim[2] % out->dim[1];
      gsize from = find_maximum (lone, kernel, pixel / out->dim[2] / out->dim[1], c, y, x);

      g_assert_cmpfloat (lone_layer_get_value (lone->out.codes, i),
                         ==,
                         lone_layer_get_value (lone->in.codes, from));
      expected[from] = lone_layer_get_value (lone->out.gradient, i);
    }
  for (gsize i = 0; i < lone->in.gradient->n; i++)
    g_assert_cmpfloat (lone_layer_get_value (lone->in.gradient, i), ==, expected[i]);
}

static void
test_windows (gconstpointer format)
{
  for (guint i = 0; i < G_N_ELEMENTS (windows); i++)
    {
      const FxpShape *in = &windows[i].shape;
      const guint kernel = windows[i].kernel;
      const FxpLayerSpec spec = {
        .kind = FXP_LAYER_MAX_POOLING,
        .kernel = kernel,
        .stride = kernel,
      };
      g_autoptr (LoneLayer) lone =
        lone_layer_new (in, &FXP_SHAPE_3 (in->dim[0], in->dim[1] / kernel, in->dim[2] / kernel), 2);

      lone_layer_carry_codes (lone, format);
      lone->layer = fxp_layer_new (&spec, 0, FALSE, &lone->in, NULL, &lone->out);
      lone_layer_reserve (lone, 3);
      for (guint unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
        {
          fxp_vector_unit_limit (unit);
          check_windows (lone, kernel);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/network/pooling/routing/16-bit", "Q4.11", test_routing);
  g_test_add_data_func ("/network/pooling/routing/32-bit", "Q7.16", test_routing);
  g_test_add_data_func ("/network/pooling/routing/float", "float", test_routing);
  g_test_add_func ("/network/pooling/input", test_input);
  for (guint i = 0; i < G_N_ELEMENTS (lone_layer_formats); i++)
    {
      g_autofree char *path =
        g_strconcat ("/network/pooling/windows/", lone_layer_formats[i], NULL);

      g_test_add_data_func (path, lone_layer_formats[i], test_windows);
    }
  return g_test_run ();
}
