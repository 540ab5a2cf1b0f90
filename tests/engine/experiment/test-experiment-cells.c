/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment-private.h"
#include "number/error.h"
#include "setting.h"
#include <string.h>

/* Layers: 1 conv1 with BN, 2 res1a, 3 res1b, 4 res1s, 5 fc1; the last without BN. */
#define RESIDUAL "4C3P-BN-RES(8/2)-3"

static const FxpQuantizer narrow = {
  FXP_FORMAT_SIGNED (5, 3),
  FXP_ROUND_STOCHASTIC,
  FXP_OVERFLOW_WRAP,
};

static void
assert_value (FxpExperiment *self, const char *key, const char *expected)
{
  g_autofree char *value = fxp_experiment_get_value (self, key);

  g_assert_cmpstr (value, ==, expected);
}

/* Going from @a to @b is what the differences say, and @b's file holds @b. */
static void
assert_round_trips (FxpExperiment *a, FxpExperiment *b)
{
  g_auto (GStrv) changes = fxp_experiment_diff (a, b);
  g_autoptr (FxpExperiment) replayed = fxp_experiment_ref (a);
  g_autofree char *text = fxp_experiment_to_data (b);
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) read = fxp_experiment_new_from_data (text, -1, "b", &error);

  g_assert_no_error (error);
  g_assert_true (fxp_experiment_equal (read, b));
  for (guint i = 0; changes[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (changes[i], "=", 2);

      replayed = set (g_steal_pointer (&replayed), pair[0], pair[1]);
    }
  g_assert_true (fxp_experiment_equal (replayed, b));
}

static void
test_has_tensor (void)
{
  static const gboolean is_normalized[] = {TRUE, TRUE, TRUE, TRUE, FALSE};
  g_autoptr (FxpExperiment) plain = set (fxp_experiment_new (), "network.topology", RESIDUAL);
  g_autoptr (FxpExperiment) pushed = set (fxp_experiment_ref (plain), "training.momentum", "0.9");

  for (guint layer = 0; layer < G_N_ELEMENTS (is_normalized); layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensorId id = {layer, role};
        gboolean expected = TRUE;

        if (role == FXP_ROLE_BIAS)
          expected = !is_normalized[layer];
        else if (role > FXP_ROLE_BIAS)
          expected = is_normalized[layer];
        if (role == FXP_ROLE_MOMENTUM)
          expected = FALSE;
        g_assert_cmpint (fxp_experiment_has_tensor (plain, id), ==, expected);
        g_assert_cmpint (fxp_experiment_has_tensor (pushed, id),
                         ==,
                         role == FXP_ROLE_MOMENTUM || expected);
      }
}

/* Either name of a shared tensor sets the one cell, and only its owner's is told of. */
static void
test_shared (void)
{
  static const struct
  {
    FxpRole role;
    guint owner; /* from 0; the projection is layer 3 */
  } cases[] = {
    {FXP_ROLE_ACTIVATION, 1},
    {FXP_ROLE_ACTIVATION_GRAD, 2},
  };
  g_autoptr (FxpExperiment) plain = set (fxp_experiment_new (), "network.topology", RESIDUAL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *nick = fxp_role_get_nick (cases[i].role);
      g_autofree char *by_share = g_strdup_printf ("precision.4.%s.format", nick);
      g_autofree char *by_owner =
        g_strdup_printf ("precision.%u.%s.format", cases[i].owner + 1, nick);
      g_autofree char *change = g_strconcat (by_owner, "=Q1.3", NULL);
      g_autofree char *group = g_strdup_printf ("[precision 4 %s]", nick);
      g_autoptr (FxpExperiment) a = set (fxp_experiment_ref (plain), by_share, "Q1.3");
      g_autoptr (FxpExperiment) b = set (fxp_experiment_ref (plain), by_owner, "Q1.3");
      g_autoptr (FxpExperiment) c =
        fxp_experiment_with_quantizer (plain, 3, cases[i].role, &narrow);
      g_autoptr (FxpExperiment) d =
        fxp_experiment_with_quantizer (plain, cases[i].owner, cases[i].role, &narrow);
      g_auto (GStrv) changes = fxp_experiment_diff (plain, a);
      g_autofree char *text = fxp_experiment_to_data (a);

      g_assert_true (fxp_experiment_equal (a, b));
      g_assert_true (fxp_experiment_equal (c, d));
      assert_value (a, by_share, "Q1.3");
      assert_value (a, by_owner, "Q1.3");
      g_assert_cmpuint (g_strv_length (changes), ==, 1);
      g_assert_cmpstr (changes[0], ==, change);
      g_assert_null (strstr (text, group));
      g_assert_true (
        fxp_quantizer_equal (&fxp_experiment_get_precision (c, 3)->quantizers[cases[i].role],
                             fxp_experiment_get_quantizer (c,
                                                           (FxpTensorId){cases[i].owner,
                                                                         cases[i].role})));
      assert_round_trips (plain, a);
      assert_round_trips (plain, c);
      assert_round_trips (c, plain);
    }
}

/* A wildcard leaves shared cells to their owners' rows. */
static void
test_wildcards (void)
{
  g_autoptr (FxpExperiment) plain = set (fxp_experiment_new (), "network.topology", RESIDUAL);
  g_autoptr (FxpExperiment) row = set (fxp_experiment_ref (plain), "precision.4.*.bits", "7");
  g_autoptr (FxpExperiment) all = set (fxp_experiment_ref (plain), "precision.*.*.bits", "7");
  g_autoptr (FxpExperiment) norms =
    set (fxp_experiment_ref (plain), "precision.*.norm.format", "Q3.4");
  g_autoptr (FxpExperiment) biases =
    set (fxp_experiment_ref (plain), "precision.*.bias.format", "Q3.4");

  assert_value (row, "precision.4.weight.format", "Q2.4");
  assert_value (row, "precision.2.activation.format", "UQ4.8");
  assert_value (row, "precision.4.activation.format", "UQ4.8");
  assert_value (all, "precision.4.activation.format", "UQ4.3");
  assert_value (norms, "precision.*.norm.format", "Q3.4");
  assert_value (norms, "precision.4.norm.format", "Q3.4");
  assert_value (norms, "precision.5.norm.format", NULL);
  assert_value (norms, "precision.1.bias.format", NULL);
  assert_value (biases, "precision.*.bias.format", "Q3.4");
  assert_value (biases, "precision.5.bias.format", "Q3.4");
  assert_round_trips (plain, row);
  assert_round_trips (plain, all);
  assert_round_trips (norms, biases);
  assert_round_trips (biases, norms);
}

static void
test_absent (void)
{
  static const struct
  {
    const char *topology, *key, *message;
  } cases[] = {
    {RESIDUAL, "precision.5.norm.format", "layer 5 has no batch normalization"},
    {RESIDUAL, "precision.5.norm-grad.rounding", "layer 5 has no batch normalization"},
    {RESIDUAL, "precision.2.bias.format", "layer 2 has no bias, as batch normalization follows it"},
    {"2-8-2", "precision.1.gamma.format", "layer 1 has no batch normalization"},
    {"2-8-2", "precision.*.beta.format", "this network has no batch normalization"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FxpExperiment) experiment =
        set (fxp_experiment_new (), "network.topology", cases[i].topology);
      g_autofree char *expected = g_strdup_printf ("%s: %s", cases[i].key, cases[i].message);
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_experiment_with_value (experiment, cases[i].key, "float", &error));
      g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
      g_assert_cmpstr (error->message, ==, expected);
    }
}

/* Momentum's format may be set first, and is not lost while there is none. */
static void
test_momentum (void)
{
  g_autoptr (FxpExperiment) plain = fxp_experiment_new ();
  g_autoptr (FxpExperiment) used = set (fxp_experiment_new (), "training.momentum", "0.9");
  g_autoptr (FxpExperiment) set_first =
    set (fxp_experiment_new (), "precision.*.momentum.format", "Q1.9");
  g_autofree char *of_plain = fxp_experiment_to_data (plain);
  g_autofree char *of_used = fxp_experiment_to_data (used);
  g_autofree char *of_set = fxp_experiment_to_data (set_first);

  g_assert_null (strstr (of_plain, "momentum]"));
  g_assert_nonnull (strstr (of_used, "[precision * momentum]"));
  g_assert_nonnull (strstr (of_set, "[precision * momentum]"));
  g_assert_false (fxp_experiment_has_tensor (set_first, (FxpTensorId){0, FXP_ROLE_MOMENTUM}));
  assert_round_trips (plain, used);
  assert_round_trips (plain, set_first);
  assert_round_trips (set_first, used);
  assert_round_trips (used, plain);
}

/* What a new topology has no tensor for is forgotten, so that it cannot come back by surprise. */
static void
test_topology (void)
{
  g_autoptr (FxpExperiment) a = set (fxp_experiment_new (), "network.topology", RESIDUAL);
  g_autoptr (FxpExperiment) b = NULL;
  g_autoptr (FxpExperiment) c = NULL;
  g_autoptr (FxpExperiment) d = NULL;

  a = set (g_steal_pointer (&a), "precision.*.gamma.format", "Q3.4");
  a = set (g_steal_pointer (&a), "precision.4.activation-grad.format", "Q1.2");
  a = set (g_steal_pointer (&a), "precision.5.bias.format", "Q5.6");
  b = set (fxp_experiment_ref (a), "network.topology", "4C3P-8-3");
  assert_value (b, "precision.1.gamma.format", NULL);
  assert_value (b, "precision.1.bias.format", "float");
  assert_value (b, "precision.3.bias.format", "Q5.6");
  c = set (fxp_experiment_ref (b), "network.topology", RESIDUAL);
  assert_value (c, "precision.*.gamma.format", "float");
  assert_value (c, "precision.5.bias.format", "Q5.6");

  /* New blocks repeat the nearest hidden row; there, what is shared is of their own block. */
  d = set (fxp_experiment_ref (a), "network.topology", "4C3P-BN-3xRES(8/2)-2xRES(9)-3");
  g_assert_cmpuint (fxp_experiment_get_n_weighted (d), ==, 14);
  assert_value (d, "precision.*.gamma.format", "Q3.4");
  assert_value (d, "precision.3.activation-grad.format", "Q1.2");
  assert_value (d, "precision.11.activation-grad.format", "Q1.2");
  for (guint layer = 0; layer < 14; layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensorId id = {layer, role};

        g_assert_true (
          fxp_quantizer_equal (fxp_experiment_get_quantizer (d, id),
                               fxp_experiment_get_quantizer (d, fxp_experiment_get_owner (d, id))));
      }
  assert_round_trips (a, b);
  assert_round_trips (b, c);
  assert_round_trips (c, a);
  assert_round_trips (a, d);
  assert_round_trips (d, a);
}

/* A file may name a shared tensor by either layer, but not with two formats. */
static void
test_file (void)
{
  static const struct
  {
    const char *groups, *message;
  } cases[] = {
    {"[precision 4 activation]\nformat=Q1.3\n", NULL},
    {"[precision 4 activation]\nformat=Q1.3\n[precision 2 activation]\nformat=ap_fixed<5,2>\n",
     NULL},
    {"[precision 4 activation]\nformat=Q1.3\n[precision 2 activation]\nrounding=floor\n", NULL},
    {"[precision * activation]\nformat=Q1.4\n[precision 4 activation]\nformat=Q1.3\n", NULL},
    {"[precision 2 *]\nformat=Q1.4\n[precision 4 activation]\nformat=Q1.3\n", NULL},
    {"[precision 4 activation]\nformat=Q1.3\n[precision 2 activation]\nformat=Q1.4\n",
     "f:8: [precision 4 activation] format: layer 4 has this tensor in common with layer 2, and "
     "line "
     "10 says Q1.4; expected the same or one of both"},
    {"[precision 2 activation]\nformat=Q1.4\n[precision 4 activation]\nformat=Q1.3\n",
     "f:10: [precision 4 activation] format: layer 4 has this tensor in common with layer 2, and "
     "line "
     "8 says Q1.4; expected the same or one of both"},
    {"[precision 5 norm]\nformat=Q1.3\n",
     "f:8: [precision 5 norm] format: layer 5 has no batch normalization"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *whole = g_strconcat ("[experiment]\nversion=1\n[dataset]\nname=digits\n"
                                            "[network]\ntopology=" RESIDUAL "\n",
                                            cases[i].groups,
                                            NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpExperiment) read = NULL;

      read = fxp_experiment_new_from_data (whole, -1, "f", &error);
      if (cases[i].message == NULL)
        {
          g_assert_no_error (error);
          assert_value (read, "precision.2.activation.format", "Q1.3");
          continue;
        }
      g_assert_null (read);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

/* Hundreds of layers, every cell its own value: nothing takes noticeably long. */
static void
test_large (void)
{
  g_autoptr (FxpExperiment) a =
    set (fxp_experiment_new (), "network.topology", "4C3P-BN-100xRES(8)-3");
  g_autoptr (FxpExperiment) b = fxp_experiment_ref (a);
  guint n = fxp_experiment_get_n_weighted (a);

  g_assert_cmpuint (n, ==, 203);
  for (guint layer = 0; layer < n; layer++)
    for (guint role = 0; role <= FXP_ROLE_WEIGHT_ACC; role++)
      {
        const FxpQuantizer quantizer = {FXP_FORMAT_SIGNED (2 + (layer + role) % 30, role),
                                        FXP_ROUND_FLOOR,
                                        FXP_OVERFLOW_WRAP};
        FxpExperiment *next = fxp_experiment_with_quantizer (b, layer, role, &quantizer);

        fxp_experiment_unref (b);
        b = next;
      }
  assert_round_trips (a, b);
  assert_round_trips (b, a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/experiment-cells/has-tensor", test_has_tensor);
  g_test_add_func ("/experiment/experiment-cells/shared", test_shared);
  g_test_add_func ("/experiment/experiment-cells/wildcards", test_wildcards);
  g_test_add_func ("/experiment/experiment-cells/absent", test_absent);
  g_test_add_func ("/experiment/experiment-cells/momentum", test_momentum);
  g_test_add_func ("/experiment/experiment-cells/topology", test_topology);
  g_test_add_func ("/experiment/experiment-cells/file", test_file);
  g_test_add_func ("/experiment/experiment-cells/large", test_large);
  return g_test_run ();
}
