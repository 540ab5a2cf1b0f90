/* SPDX-License-Identifier: MIT */
#include "config.h"

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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/network/pooling/routing/16-bit", "Q4.11", test_routing);
  g_test_add_data_func ("/network/pooling/routing/32-bit", "Q7.16", test_routing);
  g_test_add_data_func ("/network/pooling/routing/float", "float", test_routing);
  g_test_add_func ("/network/pooling/input", test_input);
  return g_test_run ();
}
