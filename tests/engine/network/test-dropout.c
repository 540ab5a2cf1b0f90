/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "lone-layer.h"
#include "trial.h"

#include <math.h>

static const char *const changes[] = {
  "network.topology",
  "100FC-D30-100FC-D70-3",
  "precision.*.*.format",
  "Q3.12",
  NULL,
};

/* Inputs of a layer that are zero though what entered the dropout was not. */
static double
get_zero_share (const Trial *trial, guint layer)
{
  const FxpTensor *tensor = trial_get_tensor (trial, layer, FXP_ROLE_ACTIVATION);
  gsize n = 0;

  for (gsize i = 0; i < tensor->n; i++)
    n += fxp_tensor_get_value (tensor, i) == 0.0;
  return (double)n / tensor->n;
}

/* Weights and biases that make every unit say 1. */
static void
make_constant (Trial *trial)
{
  g_autofree double *weights = g_new0 (double, 10000);
  g_autofree double *biases = g_new (double, 100);

  for (guint i = 0; i < 100; i++)
    biases[i] = 1.0;
  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, weights);
  trial_set_tensor (trial, 1, FXP_ROLE_WEIGHT, weights);
  trial_set_tensor (trial, 0, FXP_ROLE_BIAS, biases);
  trial_set_tensor (trial, 1, FXP_ROLE_BIAS, biases);
}

static void
test_share (void)
{
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (8), 3, 200, FALSE, 0);

  make_constant (trial);
  trial_train (trial, 0.0);
  /* 20,000 draws each: four standard deviations are 1.3 points. */
  g_assert_cmpfloat_with_epsilon (get_zero_share (trial, 1), 0.3, 0.013);
  g_assert_cmpfloat_with_epsilon (get_zero_share (trial, 2), 0.7, 0.013);
}

/* Other steps drop others, the same step the same, in both twins and for every batch size. */
static void
test_counter (void)
{
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (8), 3, 50, FALSE, 2);
  g_autoptr (Trial) twin = trial_new (changes, &FXP_SHAPE_1 (8), 3, 20, TRUE, 0);
  const FxpTensor *of_trial = NULL, *of_twin = NULL;
  g_autofree double *first = NULL;
  gsize n_changed = 0;

  make_constant (trial);
  make_constant (twin);
  trial_train (trial, 0.0);
  trial_train (twin, 0.0);
  of_trial = trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION);
  of_twin = trial_get_tensor (twin, 1, FXP_ROLE_ACTIVATION);
  first = trial_dup_values (trial, 1, FXP_ROLE_ACTIVATION);
  for (gsize i = 0; i < of_twin->n; i++)
    g_assert_cmpfloat (fxp_tensor_get_value (of_twin, i), ==, fxp_tensor_get_value (of_trial, i));
  trial_train (trial, 0.0);
  for (gsize i = 0; i < of_trial->n; i++)
    n_changed += first[i] != fxp_tensor_get_value (of_trial, i);
  g_assert_cmpfloat_with_epsilon ((double)n_changed / of_trial->n, 2 * 0.3 * 0.7, 0.05);
}

/* What is dropped takes no part in the way back. */
static void
test_gradient (void)
{
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (8), 3, 50, FALSE, 0);
  const FxpTensor *activation, *gradient;
  gsize n_dropped = 0;

  make_constant (trial);
  trial_train (trial, 0.0);
  activation = trial_get_tensor (trial, 2, FXP_ROLE_ACTIVATION);
  gradient = trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION_GRAD);
  g_assert_cmpuint (activation->n, ==, gradient->n);
  for (gsize i = 0; i < gradient->n; i++)
    if (fxp_tensor_get_value (activation, i) == 0.0)
      {
        n_dropped++;
        g_assert_cmpfloat (fxp_tensor_get_value (gradient, i), ==, 0.0);
      }
  g_assert_cmpuint (n_dropped, >, 3000);
}

/* An evaluation drops nothing and counts every value by the share kept. */
static void
test_evaluation (void)
{
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (8), 3, 10, FALSE, 0);
  const FxpStep evaluation = {1, FXP_STEP_EVALUATION, FALSE};
  g_autofree double *weights = g_new (double, 300);
  g_autofree double *values = g_new (double, 100);
  FxpShape shape;

  make_constant (trial);
  for (guint i = 0; i < 300; i++)
    weights[i] = i < 100 ? 0.0625 : 0.0;
  trial_set_tensor (trial, 2, FXP_ROLE_WEIGHT, weights);
  fxp_network_forward (trial->network, trial->inputs, 10, &evaluation);
  g_assert_cmpfloat_with_epsilon (fxp_network_get_logits (trial->network)[0],
                                  100 * 0.0625 * 0.3,
                                  1e-9);
  g_assert_cmpfloat (fxp_network_get_logits (trial->network)[1], ==, 0.0);
  fxp_network_get_activations (trial->network, 2, 3, &shape, values);
  g_assert_cmpuint (fxp_shape_get_n (&shape), ==, 100);
  g_assert_cmpfloat_with_epsilon (values[7], 0.3, 1e-9);
}

/* An element draws at its index among channels, rows and columns, wherever it lies; dropped are its
 * code and its gradient. */
static void
check_images (LoneLayer *lone, const double *kept, const double *kept_gradient)
{
  const FxpNoise noise = fxp_noise_new (3, 5, 0, FXP_ROLE_ACTIVATION, FXP_STREAM_DROPOUT + 1);
  const FxpShape *shape = &lone->in.shape;
  const gsize n_channels = shape->dim[0], n_pixels = shape->dim[1] * shape->dim[2];
  gsize n_dropped = 0;

  lone->layer->klass->forward (lone->layer, &lone->pass);
  lone->layer->klass->backward (lone->layer, &lone->pass);
  for (gsize i = 0; i < lone->out.codes->n; i++)
    {
      gsize pixel = i / n_channels, channel = i % n_channels;
      gsize index = (pixel / n_pixels * n_channels + channel) * n_pixels + pixel % n_pixels;
      gboolean drops = fxp_noise_draw (noise, (guint32)index) < (guint32)(0.25 * 0x1p32);

      g_assert_cmpfloat (lone_layer_get_value (lone->out.codes, i), ==, drops ? 0.0 : kept[i]);
      g_assert_cmpfloat (lone_layer_get_value (lone->in.gradient, i),
                         ==,
                         drops ? 0.0 : kept_gradient[i]);
      n_dropped += drops;
    }
  g_assert_cmpuint (n_dropped, >, 0);
}

static void
test_images (gconstpointer format)
{
  const FxpShape shapes[] = {{3, {3, 9, 7}}, {3, {50, 8, 8}}, {3, {64, 6, 6}}};
  const FxpLayerSpec spec = {.kind = FXP_LAYER_DROPOUT, .percent = 25};

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (guint unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
      {
        g_autoptr (LoneLayer) lone = lone_layer_new (&shapes[i], &shapes[i], 2);
        g_autofree double *kept = NULL, *kept_gradient = NULL;

        fxp_vector_unit_limit (unit);
        lone_layer_carry_codes (lone, format);
        lone->out.origin = &lone->in;
        lone->in.target = &lone->out;
        lone->layer = fxp_layer_new (&spec, 0, FALSE, &lone->in, NULL, &lone->out);
        lone->layer->nth = 1;
        lone_layer_reserve (lone, 3);
        lone_layer_fill (lone->in.codes, 1);
        lone_layer_fill (lone->out.gradient, 2);
        kept = lone_layer_dup_values (lone->in.codes);
        kept_gradient = lone_layer_dup_values (lone->out.gradient);
        check_images (lone, kept, kept_gradient);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/dropout/share", test_share);
  g_test_add_func ("/network/dropout/counter", test_counter);
  g_test_add_func ("/network/dropout/gradient", test_gradient);
  g_test_add_func ("/network/dropout/evaluation", test_evaluation);
  g_test_add_data_func ("/network/dropout/images/8-bit", "Q3.4", test_images);
  g_test_add_data_func ("/network/dropout/images/16-bit", "Q4.11", test_images);
  g_test_add_data_func ("/network/dropout/images/float", "float", test_images);
  return g_test_run ();
}
