/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment-private.h"
#include "number/error.h"
#include "setting.h"
#include <string.h>

/* Every cell and field by its own name changes this cell and field and no other. */
static void
test_walk (void)
{
  static const char *const fields[][2] = {
    {"format", "UQ-1.9"},
    {"rounding", "stochastic"},
    {"overflow", "wrap"},
    {"scaling", "overflow-rate"},
  };
  guint n_cells = 0;

  for (guint layer = 0; layer < 3; layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
        {
          g_autofree char *key = g_strdup_printf ("precision.%u.%s.%s",
                                                  layer + 1,
                                                  fxp_role_get_nick (role),
                                                  fields[i][0]);
          g_autofree char *expected = g_strdup_printf ("%s=%s", key, fields[i][1]);
          g_autoptr (FxpExperiment) a =
            set (fxp_experiment_new (), "network.topology", "2-8-BN-8-2");
          g_autoptr (FxpExperiment) b = NULL;
          g_auto (GStrv) changes = NULL;

          if (!fxp_experiment_has_cell (a, (FxpTensorId){layer, role}))
            continue;
          b = set (fxp_experiment_ref (a), key, fields[i][1]);
          changes = fxp_experiment_diff (a, b);
          g_assert_cmpuint (g_strv_length (changes), ==, 1);
          g_assert_cmpstr (changes[0], ==, expected);
          n_cells++;
        }
  g_assert_cmpuint (n_cells, ==, 4 * (3 * 6 + 4 + 2));
}

static void
test_all (void)
{
  g_autoptr (FxpExperiment) experiment =
    set (fxp_experiment_new (), "precision.*.*.rounding", "stochastic");

  for (guint layer = 0; layer < 3; layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      g_assert_cmpint (fxp_experiment_get_quantizer (experiment, (FxpTensorId){layer, role})
                         ->rounding,
                       ==,
                       role >= FXP_ROLE_BIAS ? FXP_ROUND_NEAREST_EVEN : FXP_ROUND_STOCHASTIC);
}

/* Files say what is not fixed, differences say everything, and old files mean fixed. */
static void
test_scaling (void)
{
  g_autoptr (FxpExperiment) fixed = fxp_experiment_new ();
  g_autoptr (FxpExperiment) moving =
    set (fxp_experiment_ref (fixed), "precision.*.*.scaling", "abs-max");
  g_autoptr (FxpExperiment) one = NULL;
  g_autoptr (FxpExperiment) back = NULL;
  g_autofree char *fixed_text = fxp_experiment_to_data (fixed);
  g_autofree char *moving_text = NULL;
  g_autofree char *value = NULL;
  g_auto (GStrv) changes = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (strstr (fixed_text, "scaling=fixed"));
  value = fxp_experiment_get_value (fixed, "precision.*.weight.scaling");
  g_assert_cmpstr (value, ==, "fixed");
  g_assert_false (fxp_experiment_equal (fixed, moving));
  g_assert_false (fxp_experiment_needs_reset (fixed, moving));
  g_assert_cmpint (fxp_experiment_get_scaling (moving, (FxpTensorId){1, FXP_ROLE_WEIGHT_ACC}),
                   ==,
                   FXP_SCALING_ABS_MAX);
  g_assert_cmpint (fxp_experiment_get_scaling (moving, (FxpTensorId){1, FXP_ROLE_BIAS}),
                   ==,
                   FXP_SCALING_FIXED);
  /* One column differs in one layer. */
  one = fxp_experiment_with_scaling (moving, 1, FXP_ROLE_WEIGHT, FXP_SCALING_FIXED);
  changes = fxp_experiment_diff (moving, one);
  g_assert_cmpuint (g_strv_length (changes), ==, 1);
  g_assert_cmpstr (changes[0], ==, "precision.2.weight.scaling=fixed");
  moving_text = fxp_experiment_to_data (one);
  g_assert_nonnull (strstr (moving_text, "scaling=abs-max"));
  back = fxp_experiment_new_from_data (moving_text, -1, "some", &error);
  g_assert_no_error (error);
  g_assert_true (fxp_experiment_equal (back, one));
  back = set (g_steal_pointer (&back), "precision.*.*.scaling", "fixed");
  g_assert_true (fxp_experiment_equal (back, fixed));
}

/* A tensor that two layers share moves as one. */
static void
test_scaling_shared (void)
{
  g_autoptr (FxpExperiment) block =
    set (fxp_experiment_new (), "network.topology", "1x8x8-4C3P-RES(6/2,P1)-GAP-2");
  g_autoptr (FxpExperiment) moving =
    fxp_experiment_with_scaling (block, 3, FXP_ROLE_ACTIVATION, FXP_SCALING_PREDICTIVE);
  const FxpTensorId shared = {3, FXP_ROLE_ACTIVATION};
  const FxpTensorId owner = fxp_experiment_get_owner (moving, shared);
  g_autofree char *rule = NULL;

  g_assert_cmpuint (owner.layer, <, shared.layer);
  g_assert_cmpint (fxp_experiment_get_scaling (moving, owner), ==, FXP_SCALING_PREDICTIVE);
  g_assert_cmpint (fxp_experiment_get_scaling (moving, shared), ==, FXP_SCALING_PREDICTIVE);
  /* Normalized layers have no bias, and no rule for it either. */
  moving = set (g_steal_pointer (&moving), "precision.1.bias.scaling", "abs-max");
  moving = set (g_steal_pointer (&moving), "network.topology", "1x8x8-4C3P-BN-2");
  moving = set (g_steal_pointer (&moving), "network.topology", "1x8x8-4C3P-2");
  rule = fxp_experiment_get_value (moving, "precision.1.bias.scaling");
  g_assert_cmpstr (rule, ==, "fixed");
}

static void
test_bits (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();

  experiment = set (g_steal_pointer (&experiment), "precision.2.weight.format", "Q2.9");
  experiment = set (g_steal_pointer (&experiment), "precision.2.weight.bits", "5");
  assert_format (experiment, 1, FXP_ROLE_WEIGHT, "Q2.2");
  experiment = set (g_steal_pointer (&experiment), "precision.2.weight.bits", "2");
  assert_format (experiment, 1, FXP_ROLE_WEIGHT, "Q2.-1");
  experiment = set (g_steal_pointer (&experiment), "precision.2.weight.bits", "32");
  assert_format (experiment, 1, FXP_ROLE_WEIGHT, "Q2.29");
  experiment = set (g_steal_pointer (&experiment), "precision.1.activation.format", "UQ3.9");
  experiment = set (g_steal_pointer (&experiment), "precision.1.activation.bits", "4");
  assert_format (experiment, 0, FXP_ROLE_ACTIVATION, "UQ3.1");
  experiment = set (g_steal_pointer (&experiment), "precision.*.weight-acc.format", "Q-3.14");
  experiment = set (g_steal_pointer (&experiment), "precision.*.*.bits", "8");
  for (guint layer = 0; layer < 3; layer++)
    {
      assert_format (experiment, layer, FXP_ROLE_WEIGHT_ACC, "Q-3.10");
      assert_format (experiment, layer, FXP_ROLE_BIAS, "float");
    }
}

static void
test_sum (void)
{
  g_autoptr (FxpExperiment) experiment =
    set (fxp_experiment_new (), "precision.2.sum.register", "saturate");
  const FxpSumRegister *sum;

  experiment = set (g_steal_pointer (&experiment), "precision.2.sum.bits", "24");
  sum = &fxp_experiment_get_precision (experiment, 1)->sum;
  g_assert_cmpint (sum->mode, ==, FXP_SUM_SATURATE);
  g_assert_cmpuint (sum->bits, ==, 24);
  g_assert_cmpint (fxp_experiment_get_precision (experiment, 0)->sum.mode, ==, FXP_SUM_EXACT);
}

static const struct
{
  const char *key, *value;
  FxpError code;
  const char *message; /* its end */
} bad[] = {
  {"precision.1.bias.bits",
   "5",
   FXP_ERROR_RANGE,
   "precision.1.bias.bits: bias is float, which has no word length; expected that a fixed-point "
   "format is set first"},
  {"precision.4.weight.format",
   "Q1.1",
   FXP_ERROR_RANGE,
   "there is no layer 4; expected 1..3, as topology \"2-8-8-2\" has so many layers with "
   "weights"},
  {"precision.0.weight.format",
   "Q1.1",
   FXP_ERROR_PARSE,
   "\"0\" is not a layer; expected * or a number from 1 to 1024"},
  {"precision.01.weight.format", "Q1.1", FXP_ERROR_PARSE, "from 1 to 1024"},
  {"precision.-1.weight.format", "Q1.1", FXP_ERROR_PARSE, "from 1 to 1024"},
  {"precision.1025.weight.format", "Q1.1", FXP_ERROR_PARSE, "from 1 to 1024"},
  {"precision.x.weight.format", "Q1.1", FXP_ERROR_PARSE, "from 1 to 1024"},
  {"precision.1.weights.format",
   "Q1.1",
   FXP_ERROR_PARSE,
   "\"weights\" is not a tensor role; expected one of weight, activation, weight-grad, "
   "activation-grad, weight-acc, bias, norm, gamma, beta, norm-grad, momentum"},
  {"precision.1.weight.register",
   "wrap",
   FXP_ERROR_PARSE,
   "\"register\" is not a field; expected one of format, rounding, overflow, scaling, bits"},
  {"precision.1.sum.format",
   "Q1.1",
   FXP_ERROR_PARSE,
   "\"format\" is not a field; expected one of register, bits"},
  {"precision.1.sum.bits", "1", FXP_ERROR_RANGE, "\"1\" is not a whole number in 2..64"},
  {"precision.1.sum.bits", "65", FXP_ERROR_RANGE, "\"65\" is not a whole number in 2..64"},
  {"precision.1.weight.bits", "0", FXP_ERROR_RANGE, "\"0\" is not a whole number in 1..32"},
  {"precision.1.weight.bits", "33", FXP_ERROR_RANGE, "\"33\" is not a whole number in 1..32"},
  {"precision.1.weight.bits", "nan", FXP_ERROR_PARSE, "\"nan\" is not a whole number in 1..32"},
  {"precision.1.weight.format", "Q9", FXP_ERROR_PARSE, ""},
  {"precision.1.weight.format", "", FXP_ERROR_PARSE, ""},
  {"precision.1.weight.format", "Q40.40", FXP_ERROR_RANGE, ""},
  {"precision.1.weight.rounding", "up", FXP_ERROR_PARSE, ""},
  {"precision.1.weight.overflow", "Wrap", FXP_ERROR_PARSE, ""},
  {"precision.1.sum.register", "", FXP_ERROR_PARSE, ""},
};

static void
test_bad (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *prefix = g_strconcat (bad[i].key, ": ", NULL);

      g_assert_null (fxp_experiment_with_value (experiment, bad[i].key, bad[i].value, &error));
      g_assert_error (error, FXP_ERROR, (int)bad[i].code);
      g_assert_true (g_str_has_prefix (error->message, prefix));
      if (!g_str_has_suffix (error->message, bad[i].message))
        g_assert_cmpstr (error->message, ==, bad[i].message);
    }
}

/* A word so far to the right that more bits would pass the limits of the binary point. */
static void
test_far_point (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) experiment =
    set (fxp_experiment_new (), "precision.1.weight.format", "Q-120.122");
  g_autoptr (FxpExperiment) other =
    fxp_experiment_with_value (experiment, "precision.1.weight.bits", "32", &error);

  g_assert_null (other);
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_cmpstr (error->message,
                   ==,
                   "precision.1.weight.bits: a word of 32 bits would have 151 fraction bits; "
                   "expected -96..126");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/precision-keys/walk", test_walk);
  g_test_add_func ("/experiment/precision-keys/all", test_all);
  g_test_add_func ("/experiment/precision-keys/scaling", test_scaling);
  g_test_add_func ("/experiment/precision-keys/scaling-shared", test_scaling_shared);
  g_test_add_func ("/experiment/precision-keys/bits", test_bits);
  g_test_add_func ("/experiment/precision-keys/sum", test_sum);
  g_test_add_func ("/experiment/precision-keys/bad", test_bad);
  g_test_add_func ("/experiment/precision-keys/far-point", test_far_point);
  return g_test_run ();
}
