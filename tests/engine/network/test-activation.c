/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "trial.h"

/* Inputs are handed to the activation unchanged: one unit of weight 1, and two classes that pull
 * at it in opposite directions. */
typedef struct
{
  const char *path;
  const char *activation;
  const char *format;
  const char *overflow;
  double z;
  gboolean passes;
} Case;

/* UQ1.3 has steps of 1/8 and ends at 15/8, so rounding leaves it from 31/16 on. */
static const Case cases[] = {
  {"/network/activation/clipped/negative", "clipped-relu", "UQ1.3", "saturate", -0.25, FALSE},
  {"/network/activation/clipped/zero", "clipped-relu", "UQ1.3", "saturate", 0.0, FALSE},
  {"/network/activation/clipped/small", "clipped-relu", "UQ1.3", "saturate", 0x1p-10, TRUE},
  {"/network/activation/clipped/middle", "clipped-relu", "UQ1.3", "saturate", 1.0, TRUE},
  {"/network/activation/clipped/below-end",
   "clipped-relu",
   "UQ1.3",
   "saturate",
   1.9365234375,
   TRUE},
  {"/network/activation/clipped/half-step", "clipped-relu", "UQ1.3", "saturate", 1.9375, FALSE},
  {"/network/activation/clipped/top", "clipped-relu", "UQ1.3", "saturate", 1.96875, FALSE},
  {"/network/activation/clipped/two", "clipped-relu", "UQ1.3", "saturate", 2.0, FALSE},
  {"/network/activation/clipped/above", "clipped-relu", "UQ1.3", "saturate", 3.5, FALSE},
  {"/network/activation/clipped/wrapped", "clipped-relu", "UQ1.3", "wrap", 1.96875, TRUE},
  {"/network/activation/clipped/wrapped-above", "clipped-relu", "UQ1.3", "wrap", 2.5, FALSE},
  {"/network/activation/clipped/float-top", "clipped-relu", "float", "saturate", 1.96875, TRUE},
  {"/network/activation/relu/negative", "relu", "Q2.5", "saturate", -0.25, FALSE},
  {"/network/activation/relu/small", "relu", "Q2.5", "saturate", 0x1p-10, TRUE},
  {"/network/activation/relu/inside", "relu", "Q2.5", "saturate", 3.875, TRUE},
  {"/network/activation/relu/above", "relu", "Q2.5", "saturate", 4.5, FALSE},
  {"/network/activation/relu/wrapped", "relu", "Q2.5", "wrap", 4.5, TRUE},
  {"/network/activation/hard-tanh/below", "hard-tanh", "Q1.6", "saturate", -1.25, FALSE},
  {"/network/activation/hard-tanh/lower-end", "hard-tanh", "Q1.6", "saturate", -1.0, FALSE},
  {"/network/activation/hard-tanh/negative", "hard-tanh", "Q1.6", "saturate", -0.984375, TRUE},
  {"/network/activation/hard-tanh/zero", "hard-tanh", "Q1.6", "saturate", 0.0, TRUE},
  {"/network/activation/hard-tanh/positive", "hard-tanh", "Q1.6", "saturate", 0.984375, TRUE},
  {"/network/activation/hard-tanh/upper-end", "hard-tanh", "Q1.6", "saturate", 1.0, FALSE},
  {"/network/activation/hard-tanh/above", "hard-tanh", "Q1.6", "saturate", 2.5, FALSE},
  {"/network/activation/hard-tanh/clipped", "hard-tanh", "Q-1.6", "saturate", 0.75, FALSE},
  {"/network/activation/tanh/negative", "tanh", "Q1.6", "saturate", -1.5, TRUE},
  {"/network/activation/tanh/inside", "tanh", "Q1.6", "saturate", 1.5, TRUE},
  {"/network/activation/tanh/clipped", "tanh", "Q-1.6", "saturate", 1.5, FALSE},
};

static void
test_pass (gconstpointer data)
{
  const Case *test = data;
  const char *changes[] = {"network.topology",
                           "1-1-2",
                           "network.activation",
                           test->activation,
                           "precision.*.*.format",
                           "Q5.20",
                           "precision.2.activation.format",
                           test->format,
                           "precision.2.activation.overflow",
                           test->overflow,
                           NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (1), 2, 1, FALSE, 0);
  const FxpTensor *gradient, *input;

  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, (double[]){1.0});
  trial_set_tensor (trial, 1, FXP_ROLE_WEIGHT, (double[]){1.0, -1.0});
  trial->inputs[0] = test->z;
  trial->labels[0] = 0;
  trial_train (trial, 0.0);

  input = trial_get_tensor (trial, 0, FXP_ROLE_ACTIVATION);
  g_assert_cmpfloat (fxp_tensor_get_value (input, 0), ==, test->z);
  gradient = trial_get_tensor (trial, 0, FXP_ROLE_ACTIVATION_GRAD);
  g_assert_cmpint (fxp_tensor_get_value (gradient, 0) != 0.0, ==, test->passes);
}

/* Sakr & Shanbhag 2019: activations between 0 and 2 - step / 2 hand the gradient on unchanged;
 * below 0, in the top half step and above it is 0.  Eighths of a step from -1 to 3, and what is
 * next to the ends. */
static void
test_straight_through (gconstpointer data)
{
  enum
  {
    N_FRAC = 4,
    N = (4 << (N_FRAC + 3)) + 2
  };
  const double step = 1.0 / (1 << N_FRAC), end = 2.0 - 0.5 * step;
  g_autofree char *format = g_strdup_printf ("UQ1.%d", N_FRAC);
  const char *changes[] = {"network.topology",
                           "1-1-2",
                           "network.activation",
                           "clipped-relu",
                           "precision.*.*.format",
                           "Q5.20",
                           "precision.2.activation.format",
                           format,
                           "precision.*.activation.rounding",
                           data,
                           NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (1), 2, N, FALSE, 0);
  const FxpTensor *above, *below;
  guint n_passed = 0;

  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, (double[]){1.0});
  trial_set_tensor (trial, 1, FXP_ROLE_WEIGHT, (double[]){1.0, -1.0});
  for (gsize i = 0; i < N - 2; i++)
    trial->inputs[i] = -1.0 + (double)i * step / 8.0;
  trial->inputs[N - 2] = 0x1p-20;
  trial->inputs[N - 1] = end - 0x1p-20;
  trial_train (trial, 0.0);

  above = trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION_GRAD);
  below = trial_get_tensor (trial, 0, FXP_ROLE_ACTIVATION_GRAD);
  for (gsize i = 0; i < N; i++)
    {
      const double z = trial->inputs[i];
      const double gradient =
        fxp_tensor_get_value (above, 2 * i) - fxp_tensor_get_value (above, 2 * i + 1);

      g_assert_cmpfloat (gradient, !=, 0.0);
      g_assert_cmpfloat (fxp_tensor_get_value (below, i), ==, z > 0.0 && z < end ? gradient : 0.0);
      n_passed += z > 0.0 && z < end;
    }
  /* Eighths of 31.5 steps, without both ends, and the two last ones. */
  g_assert_cmpuint (n_passed, ==, 8 * 31 + 4 - 1 + 2);
}

/* With a fine grid the tanh gradient is that above times 1 - a^2, rounded once more. */
static void
test_tanh_derivative (void)
{
  const char *changes[] = {"network.topology",
                           "1-1-2",
                           "network.activation",
                           "tanh",
                           "precision.*.*.format",
                           "Q5.20",
                           NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (1), 2, 1, FALSE, 0);
  double a, above, expected;

  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, (double[]){1.0});
  trial_set_tensor (trial, 1, FXP_ROLE_WEIGHT, (double[]){1.0, -1.0});
  trial->inputs[0] = 0.75;
  trial->labels[0] = 1;
  trial_train (trial, 0.0);

  a = fxp_tensor_get_value (trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION), 0);
  above = fxp_tensor_get_value (trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION_GRAD), 0) -
          fxp_tensor_get_value (trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION_GRAD), 1);
  expected = above * (1.0 - a * a);
  g_assert_cmpfloat_with_epsilon (fxp_tensor_get_value (trial_get_tensor (trial,
                                                                          0,
                                                                          FXP_ROLE_ACTIVATION_GRAD),
                                                        0),
                                  expected,
                                  0x1p-21);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_pass);
  g_test_add_func ("/network/activation/tanh/derivative", test_tanh_derivative);
  /* Numbered as the acceptance tests of the first paper's specification. */
  g_test_add_data_func ("/network/6.6-straight-through/away",
                        "nearest-away",
                        test_straight_through);
  g_test_add_data_func ("/network/6.6-straight-through/even",
                        "nearest-even",
                        test_straight_through);
  return g_test_run ();
}
