/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "lone-layer.h"
#include "trial.h"

/* A filter of one pixel and weight 1 hands the image to the pooling unchanged. */
static Trial *
new_trial (const char *topology, const char *format)
{
  const char *changes[] = {
    "network.topology",
    topology,
    "precision.*.*.format",
    format,
    NULL,
  };
  Trial *trial = trial_new (changes, &FXP_SHAPE_3 (1, 5, 5), 2, 2, FALSE, 0);

  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, (double[]){1.0});
  for (gsize i = 0; i < 50; i++)
    trial->inputs[i] = (double)(i * 7 % 13) / 4.0;
  return trial;
}

static double
sum_square (const Trial *trial, gsize image, gsize y, gsize x, gsize side)
{
  double sum = 0.0;

  for (gsize i = 0; i < side; i++)
    for (gsize j = 0; j < side; j++)
      sum += trial->inputs[image * 25 + (y + i) * 5 + x + j];
  return sum;
}

/* Sums leave exactly, in a wider word, and count as averages in the next product. */
static void
test_squares (gconstpointer data)
{
  g_autoptr (Trial) trial = new_trial ("1x5x5-1C1-AP2-2", data);
  const FxpTensor *sums, *gradient, *above;
  g_autofree double *averages = g_new (double, 4);
  FxpShape shape;

  trial_set_tensor (trial,
                    1,
                    FXP_ROLE_WEIGHT,
                    (double[]){1.0, 0.5, 0.25, 2.0, -1.0, -0.5, -0.25, -2.0});
  trial_train (trial, 0.0);
  sums = trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION);
  gradient = trial_get_tensor (trial, 0, FXP_ROLE_ACTIVATION_GRAD);
  above = trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION_GRAD);
  if (sums->storage != FXP_STORAGE_F32)
    g_assert_cmpuint (sums->format.word_bits,
                      ==,
                      fxp_network_get_tensor (trial->network, (FxpTensorId){0, FXP_ROLE_ACTIVATION})
                          ->format.word_bits +
                        2);
  for (gsize image = 0; image < 2; image++)
    {
      const double weights[] = {1.0, 0.5, 0.25, 2.0};
      double logit = 0.0;
      double pull =
        fxp_tensor_get_value (above, 2 * image) - fxp_tensor_get_value (above, 2 * image + 1);

      fxp_network_get_activations (trial->network, 1, image, &shape, averages);
      for (gsize place = 0; place < 4; place++)
        {
          double sum = sum_square (trial, image, place / 2 * 2, place % 2 * 2, 2);

          g_assert_cmpfloat (fxp_tensor_get_value (sums, 4 * image + place), ==, sum);
          g_assert_cmpfloat (averages[place], ==, sum / 4.0);
          logit += weights[place] * sum / 4.0;
        }
      g_assert_cmpfloat (fxp_network_get_logits (trial->network)[2 * image], ==, logit);
      for (gsize i = 0; i < 25; i++)
        {
          gsize y = i / 5, x = i % 5;
          gboolean inside = y < 4 && x < 4 && trial->inputs[image * 25 + i] > 0.0;
          double expected = inside ? pull * weights[y / 2 * 2 + x / 2] / 4.0 : 0.0;

          g_assert_cmpfloat_with_epsilon (fxp_tensor_get_value (gradient, 25 * image + i),
                                          expected,
                                          0x1p-11);
        }
    }
}

static void
test_whole_image (void)
{
  g_autoptr (Trial) trial = new_trial ("1x5x5-1C1-GAP-2", "Q4.11");

  trial_set_tensor (trial, 1, FXP_ROLE_WEIGHT, (double[]){1.0, -1.0});
  trial_train (trial, 0.0);
  for (gsize image = 0; image < 2; image++)
    g_assert_cmpfloat (fxp_network_get_logits (trial->network)[2 * image],
                       ==,
                       sum_square (trial, image, 0, 0, 5) / 25.0);
}

/* Squares of squares are averages of all their pixels. */
static void
test_twice (void)
{
  const char *changes[] = {
    "network.topology",
    "1x8x8-1C1-AP2-AP2-MP2-2",
    "precision.*.*.format",
    "Q4.11",
    NULL,
  };
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_3 (1, 8, 8), 2, 1, FALSE, 0);
  g_autofree double *values = g_new (double, 1);
  double greatest = 0.0;
  FxpShape shape;

  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, (double[]){1.0});
  for (gsize i = 0; i < 64; i++)
    trial->inputs[i] = (double)(i * 7 % 13) / 4.0;
  trial_train (trial, 0.0);
  for (gsize square = 0; square < 4; square++)
    {
      double sum = 0.0;

      for (gsize i = 0; i < 16; i++)
        sum += trial->inputs[(square / 2 * 4 + i / 4) * 8 + square % 2 * 4 + i % 4];
      greatest = MAX (greatest, sum / 16.0);
    }
  fxp_network_get_activations (trial->network, 1, 0, &shape, values);
  g_assert_cmpfloat (values[0], ==, greatest);
}

/* Beyond 32 bits the word keeps its top and loses fraction bits. */
static void
test_widest (void)
{
  g_autoptr (Trial) trial = new_trial ("1x5x5-1C1-AP2-2", "Q4.27");
  const FxpTensor *sums;

  trial_train (trial, 0.0);
  sums = trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION);
  g_assert_cmpuint (sums->format.word_bits, ==, 32);
  g_assert_cmpint (sums->format.frac_bits, ==, 25);
  g_assert_cmpfloat (fxp_tensor_get_value (sums, 0), ==, sum_square (trial, 0, 0, 0, 2));
}

/* Channels of a pixel lie side by side; a square's size of 0 is the whole image. */
static const struct
{
  FxpShape shape;
  guint kernel;
} squares[] = {
  {{3, {3, 7, 9}}, 2},
  {{3, {20, 6, 7}}, 3},
  {{3, {64, 8, 8}}, 0},
  {{3, {1100, 4, 2}}, 2},
};

static void
check_images (LoneLayer *lone, gsize height, gsize width)
{
  const FxpShape *in = &lone->in.shape, *out = &lone->out.shape;
  g_autofree double *sums = g_new0 (double, lone->out.codes->n);

  lone_layer_fill (lone->in.codes, 1);
  lone_layer_fill (lone->out.gradient, 2);
  /* What lies there from before must not stay. */
  lone_layer_fill (lone->in.gradient, 3);
  lone->layer->klass->forward (lone->layer, &lone->pass);
  lone->layer->klass->backward (lone->layer, &lone->pass);
  for (gsize i = 0; i < lone->in.codes->n; i++)
    {
      gsize c = i % in->dim[0], pixel = i / in->dim[0];
      gsize x = pixel % in->dim[2] / width, y = pixel / in->dim[2] % in->dim[1] / height;
      gsize to = lone_layer_at (out, pixel / in->dim[2] / in->dim[1], c, y, x);
      gboolean inside = x < out->dim[2] && y < out->dim[1];

      if (inside)
        sums[to] += lone_layer_get_value (lone->in.codes, i);
      g_assert_cmpfloat (lone_layer_get_value (lone->in.gradient, i),
                         ==,
                         inside ? lone_layer_get_value (lone->out.gradient, to) : 0.0);
    }
  for (gsize i = 0; i < lone->out.codes->n; i++)
    g_assert_cmpfloat (lone_layer_get_value (lone->out.codes, i), ==, sums[i]);
}

static void
test_images (gconstpointer format)
{
  for (guint i = 0; i < G_N_ELEMENTS (squares); i++)
    {
      const FxpShape *in = &squares[i].shape;
      const FxpLayerSpec spec = {
        .kind = FXP_LAYER_AVERAGE_POOLING,
        .kernel = squares[i].kernel,
        .stride = squares[i].kernel,
      };
      const gsize height = spec.kernel > 0 ? spec.kernel : in->dim[1];
      const gsize width = spec.kernel > 0 ? spec.kernel : in->dim[2];
      g_autoptr (LoneLayer) lone =
        lone_layer_new (in, &FXP_SHAPE_3 (in->dim[0], in->dim[1] / height, in->dim[2] / width), 2);

      lone_layer_carry_codes (lone, format);
      lone->out.n_averaged = height * width;
      lone->layer = fxp_layer_new (&spec, 0, FALSE, &lone->in, NULL, &lone->out);
      lone_layer_reserve (lone, 3);
      check_images (lone, height, width);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/network/averaging/squares/8-bit", "Q3.4", test_squares);
  g_test_add_data_func ("/network/averaging/squares/16-bit", "Q4.11", test_squares);
  g_test_add_data_func ("/network/averaging/squares/float", "float", test_squares);
  g_test_add_func ("/network/averaging/whole-image", test_whole_image);
  g_test_add_func ("/network/averaging/twice", test_twice);
  g_test_add_func ("/network/averaging/widest", test_widest);
  g_test_add_data_func ("/network/averaging/images/8-bit", "Q3.4", test_images);
  g_test_add_data_func ("/network/averaging/images/16-bit", "UQ4.12", test_images);
  g_test_add_data_func ("/network/averaging/images/float", "float", test_images);
  return g_test_run ();
}
