/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/system.h"
#include "number/error.h"
#include "../experiment/setting.h"
#include <string.h>

static FxpExperiment *
apply (FxpExperiment *experiment, const char *name)
{
  g_autoptr (GError) error = NULL;
  FxpExperiment *other = fxp_system_apply (experiment, name, &error);

  g_assert_no_error (error);
  return other;
}

/* W Q0.9 and A UQ1.7 as the paper has them, W_acc from 2^-10 down to 2^-20, and a projection. */
static FxpExperiment *
make_assigned (void)
{
  FxpExperiment *self =
    set (fxp_experiment_new (), "network.topology", "2x6x6-2C3P-RES(4/2)-RES(4)-GAP-3");

  self = set (self, "precision.*.weight.format", "Q0.9");
  self = set (self, "precision.*.activation.format", "UQ1.7");
  self = set (self, "precision.*.weight-grad.format", "Q-2.12");
  self = set (self, "precision.*.activation-grad.format", "Q-8.18");
  self = set (self, "precision.*.weight-acc.format", "Q-10.20");
  return set (self, "precision.*.*.rounding", "nearest-away");
}

static void
assert_formats (FxpExperiment *self, const char *const formats[FXP_ROLE_WEIGHT_ACC + 1])
{
  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (self); layer++)
    for (guint role = 0; role <= FXP_ROLE_WEIGHT_ACC; role++)
      assert_format (self,
                     layer,
                     role,
                     layer == 0 && role == FXP_ROLE_ACTIVATION ? "UQ1.7" : formats[role]);
}

/* What becomes of all but the input's A: W, A, G_W, G_A, W_acc. */
static const struct
{
  const char *name;
  const char *formats[FXP_ROLE_WEIGHT_ACC + 1];
} perturbed[] = {
  {"FX", {"Q0.9", "UQ1.7", "Q-2.12", "Q-8.18", "Q-10.20"}},
  {"C+1", {"Q0.10", "UQ1.8", "Q-2.13", "Q-8.19", "Q-11.21"}},
  {"C-1", {"Q0.8", "UQ1.6", "Q-2.11", "Q-8.17", "Q-9.19"}},
  {"c-4", {"Q0.5", "UQ1.3", "Q-2.8", "Q-8.14", "Q-6.16"}},
  {"C-16", {"Q0.1", "UQ1.0", "Q-2.3", "Q-8.9", "Q-2.4"}},
  {"C+16", {"Q0.25", "UQ1.23", "Q-2.28", "Q-8.34", "Q-26.36"}},
  {"W-3", {"Q0.6", "UQ1.7", "Q-2.12", "Q-8.18", "Q-7.20"}},
  {"W-16", {"Q0.1", "UQ1.7", "Q-2.12", "Q-8.18", "Q-2.20"}},
  {"A-2", {"Q0.9", "UQ1.5", "Q-2.12", "Q-8.18", "Q-10.20"}},
  {"GW-2", {"Q0.9", "UQ1.7", "Q-2.10", "Q-8.18", "Q-10.20"}},
  {"ga-2", {"Q0.9", "UQ1.7", "Q-2.12", "Q-8.16", "Q-10.20"}},
  {"ACC-2", {"Q0.9", "UQ1.7", "Q-2.12", "Q-8.18", "Q-10.18"}},
  {"GW/2", {"Q0.9", "UQ1.7", "Q-4.12", "Q-8.18", "Q-10.20"}},
  {"GA/4", {"Q0.9", "UQ1.7", "Q-2.12", "Q-12.18", "Q-10.20"}},
};

static void
test_perturbed (void)
{
  g_autoptr (FxpExperiment) experiment = make_assigned ();

  for (gsize i = 0; i < G_N_ELEMENTS (perturbed); i++)
    {
      g_autoptr (FxpExperiment) other = apply (experiment, perturbed[i].name);

      g_test_message ("%s", perturbed[i].name);
      assert_formats (other, perturbed[i].formats);
      g_assert_false (fxp_experiment_needs_reset (experiment, other));
    }
}

/* A word that is short or coarse already is not made longer by taking from it, float stays float,
 * and 32 bits are the most. */
static void
test_limits (void)
{
  g_autoptr (FxpExperiment) experiment = make_assigned ();
  g_autoptr (FxpExperiment) shorter = NULL;
  g_autoptr (FxpExperiment) longer = NULL;

  experiment = set (g_steal_pointer (&experiment), "precision.1.weight.format", "Q0.0");
  experiment = set (g_steal_pointer (&experiment), "precision.2.weight.format", "float");
  experiment = set (g_steal_pointer (&experiment), "precision.2.activation.format", "UQ1.0");
  experiment = set (g_steal_pointer (&experiment), "precision.3.weight.format", "Q0.28");
  experiment = set (g_steal_pointer (&experiment), "precision.3.weight.rounding", "sign");
  experiment = set (g_steal_pointer (&experiment), "precision.5.weight.format", "Q0.28");
  shorter = apply (experiment, "C-2");
  assert_format (shorter, 0, FXP_ROLE_WEIGHT, "Q0.0");
  assert_format (shorter, 0, FXP_ROLE_WEIGHT_ACC, "Q-10.18");
  assert_format (shorter, 1, FXP_ROLE_WEIGHT, "float");
  assert_format (shorter, 1, FXP_ROLE_WEIGHT_ACC, "Q-10.18");
  assert_format (shorter, 1, FXP_ROLE_ACTIVATION, "UQ1.0");
  assert_format (shorter, 2, FXP_ROLE_WEIGHT, "Q0.28");
  longer = apply (experiment, "C+9");
  assert_format (longer, 4, FXP_ROLE_WEIGHT, "Q0.31");
  assert_format (longer, 4, FXP_ROLE_WEIGHT_ACC, "Q-13.29");
}

static void
assert_all_float (FxpExperiment *self, gboolean binary)
{
  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (self); layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpQuantizer *quantizer =
          fxp_experiment_get_quantizer (self, (FxpTensorId){layer, role});
        const gboolean forward =
          role == FXP_ROLE_WEIGHT || (role == FXP_ROLE_ACTIVATION && layer > 0);

        if (binary && forward)
          {
            assert_format (self, layer, role, "Q1.0");
            g_assert_cmpint (quantizer->rounding, ==, FXP_ROUND_SIGN);
          }
        else
          g_assert_true (fxp_format_is_float (quantizer->format));
      }
}

static void
test_float (void)
{
  g_autoptr (FxpExperiment) start = make_assigned ();
  g_autoptr (FxpExperiment) experiment = NULL;
  g_autoptr (FxpExperiment) of_float = NULL;
  g_autoptr (FxpExperiment) ternary = NULL;
  g_autoptr (FxpExperiment) again = NULL;

  experiment = set (fxp_experiment_ref (start), "precision.*.norm.format", "Q3.8");
  experiment = set (g_steal_pointer (&experiment), "precision.*.gamma.format", "Q3.8");
  experiment = set (g_steal_pointer (&experiment), "precision.7.bias.format", "Q3.8");
  of_float = apply (experiment, "FL");
  assert_all_float (of_float, FALSE);
  g_assert_cmpint (fxp_experiment_get_settings (of_float)->gradients, ==, FXP_GRADIENTS_PLAIN);
  ternary = apply (experiment, "tg");
  assert_all_float (ternary, FALSE);
  g_assert_cmpint (fxp_experiment_get_settings (ternary)->gradients, ==, FXP_GRADIENTS_TERNARY);
  g_assert_false (fxp_experiment_get_settings (ternary)->clip);
  again = apply (ternary, "FL");
  g_assert_cmpint (fxp_experiment_get_settings (again)->gradients, ==, FXP_GRADIENTS_PLAIN);
}

static void
test_binary (void)
{
  g_autoptr (FxpExperiment) experiment = make_assigned ();
  g_autoptr (FxpExperiment) binary = apply (experiment, "BN");

  assert_all_float (binary, TRUE);
  g_assert_true (fxp_experiment_get_settings (binary)->clip);
  g_assert_cmpint (fxp_experiment_get_settings (binary)->activation, ==, FXP_ACTIVATION_HARD_TANH);
  g_assert_false (fxp_experiment_get_settings (experiment)->clip);
}

static void
test_stochastic (void)
{
  g_autoptr (FxpExperiment) experiment = make_assigned ();
  g_autoptr (FxpExperiment) stochastic = apply (experiment, "SQ");
  static const char *const formats[] = {"Q0.9", "UQ1.7", "Q-2.12", "Q-8.18", "float"};

  assert_formats (stochastic, formats);
  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (stochastic); layer++)
    for (guint role = 0; role < FXP_ROLE_WEIGHT_ACC; role++)
      {
        const gboolean gradient = role == FXP_ROLE_WEIGHT_GRAD || role == FXP_ROLE_ACTIVATION_GRAD;

        g_assert_cmpint (fxp_experiment_get_quantizer (stochastic, (FxpTensorId){layer, role})
                           ->rounding,
                         ==,
                         gradient ? FXP_ROUND_STOCHASTIC : FXP_ROUND_NEAREST_AWAY);
      }
}

static void
test_names (void)
{
  static const char *const wrong[] = {"",     "F",    "FLX", "C",   "C0",   "C-",    "C-0",
                                      "C+17", "C*2",  "W+1", "W/2", "A/1",  "ACC/1", "GW-",
                                      "GW-x", "C- 1", "G-1", "BN2", "C--1", "C-1.5"};
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", wrong[i]);
      g_assert_null (fxp_system_describe (wrong[i]));
      g_assert_null (fxp_system_apply (experiment, wrong[i], &error));
      g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
      g_assert_nonnull (strstr (error->message, "is not a system; expected FL, FX, BN"));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (perturbed); i++)
    {
      g_autofree char *told = fxp_system_describe (perturbed[i].name);

      g_assert_nonnull (told);
    }
}

static void
test_descriptions (void)
{
  static const char *const told[][2] = {
    {"fl", "32-bit float"},
    {"BN", "W and A binary, the input apart, the rest in float"},
    {"TG", "float, G_W ternary (TernGrad)"},
    {"C-1", "fixed point, every tensor 1 bit shorter"},
    {"C+2", "fixed point, every tensor 2 bits longer"},
    {"W-2", "W 2 bits shorter, the step of W_acc held"},
    {"GA-1", "G_A 1 bit shorter, its range kept"},
    {"GW/3", "range of G_W divided by 2^3, its step held"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (told); i++)
    {
      g_autofree char *text = fxp_system_describe (told[i][0]);

      g_assert_cmpstr (text, ==, told[i][1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system/perturbed", test_perturbed);
  g_test_add_func ("/system/limits", test_limits);
  g_test_add_func ("/system/float", test_float);
  g_test_add_func ("/system/6.29-binary", test_binary);
  g_test_add_func ("/system/stochastic", test_stochastic);
  g_test_add_func ("/system/names", test_names);
  g_test_add_func ("/system/descriptions", test_descriptions);
  return g_test_run ();
}
