/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/error.h"
#include "setting.h"

static const FxpQuantizer narrow = {
  FXP_FORMAT_SIGNED (5, 3),
  FXP_ROUND_STOCHASTIC,
  FXP_OVERFLOW_WRAP,
};

static const FxpQuantizer *
get (FxpExperiment *self, guint layer, FxpRole role)
{
  return fxp_experiment_get_quantizer (self, (FxpTensorId){layer, role});
}

static void
test_default (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);

  g_assert_cmpstr (settings->dataset_name, ==, "spiral");
  g_assert_null (settings->dataset_path);
  g_assert_cmpstr (fxp_topology_get_text (fxp_experiment_get_topology (experiment)), ==, "2-8-8-2");
  g_assert_cmpuint (fxp_experiment_get_n_weighted (experiment), ==, 3);
  for (guint layer = 0; layer < 3; layer++)
    {
      const FxpLayerPrecision *row = fxp_experiment_get_precision (experiment, layer);

      for (guint role = 0; role < FXP_N_ROLES; role++)
        {
          g_assert_cmpint (row->quantizers[role].format.word_bits,
                           ==,
                           role >= FXP_ROLE_BIAS ? 0 : 12);
          g_assert_true (get (experiment, layer, role) == &row->quantizers[role]);
          g_assert_true (fxp_format_validate (row->quantizers[role].format, NULL));
        }
      g_assert_cmpint (row->sum.mode, ==, FXP_SUM_EXACT);
    }
}

/* What differs is new, everything else is the same memory, and the old one stays as it was. */
static void
test_sharing (void)
{
  FxpExperiment *a = fxp_experiment_new ();
  FxpExperiment *before = fxp_experiment_new ();
  FxpExperiment *b = fxp_experiment_with_quantizer (a, 1, FXP_ROLE_WEIGHT, &narrow);
  FxpExperiment *c = set (fxp_experiment_ref (b), "training.rate", "0.5");
  const FxpLayerPrecision *row;

  g_assert_true (fxp_experiment_equal (a, before));
  g_assert_true (fxp_experiment_get_settings (a) == fxp_experiment_get_settings (b));
  g_assert_true (fxp_experiment_get_topology (a) == fxp_experiment_get_topology (b));
  g_assert_true (fxp_experiment_get_precision (a, 0) == fxp_experiment_get_precision (b, 0));
  g_assert_true (fxp_experiment_get_precision (a, 1) != fxp_experiment_get_precision (b, 1));
  g_assert_true (fxp_experiment_get_precision (b, 1) == fxp_experiment_get_precision (c, 1));
  g_assert_true (fxp_experiment_get_settings (b) != fxp_experiment_get_settings (c));
  g_assert_cmpfloat (fxp_experiment_get_settings (b)->rate, ==, 0.1);
  g_assert_cmpfloat (fxp_experiment_get_settings (c)->rate, ==, 0.5);

  row = fxp_experiment_get_precision (b, 1);
  fxp_experiment_unref (a);
  fxp_experiment_unref (b);
  g_assert_true (fxp_quantizer_equal (&row->quantizers[FXP_ROLE_WEIGHT], &narrow));
  g_assert_true (row == fxp_experiment_get_precision (c, 1));
  fxp_experiment_unref (c);
  fxp_experiment_unref (before);
}

static void
test_every_layer (void)
{
  FxpSumRegister sum = {FXP_SUM_WRAP, 20};
  g_autoptr (FxpExperiment) a = fxp_experiment_new ();
  g_autoptr (FxpExperiment) b = fxp_experiment_with_quantizer (a, -1, FXP_ROLE_BIAS, &narrow);
  g_autoptr (FxpExperiment) c = fxp_experiment_with_sum (b, -1, &sum);
  g_autoptr (FxpExperiment) d = fxp_experiment_with_sum (c, 2, &FXP_SUM_REGISTER_EXACT);

  for (guint layer = 0; layer < 3; layer++)
    {
      g_assert_true (fxp_quantizer_equal (get (b, layer, FXP_ROLE_BIAS), &narrow));
      g_assert_true (fxp_sum_register_equal (&fxp_experiment_get_precision (c, layer)->sum, &sum));
      g_assert_cmpint (fxp_experiment_get_precision (d, layer)->sum.mode,
                       ==,
                       layer == 2 ? FXP_SUM_EXACT : FXP_SUM_WRAP);
    }
}

static void
test_equal (void)
{
  g_autoptr (FxpExperiment) a = fxp_experiment_new ();
  g_autoptr (FxpExperiment) b = fxp_experiment_new ();
  g_autoptr (FxpExperiment) c = set (fxp_experiment_new (), "experiment.description", "other");
  g_autoptr (FxpExperiment) d = set (fxp_experiment_new (), "precision.3.sum.register", "wrap");
  g_autoptr (FxpExperiment) e = set (fxp_experiment_new (), "network.topology", "2-8-8-8-2");
  g_autoptr (FxpExperiment) f =
    set (set (fxp_experiment_new (), "training.batch", "11"), "training.batch", "10");

  g_assert_true (fxp_experiment_equal (a, a));
  g_assert_true (fxp_experiment_equal (a, b));
  g_assert_true (fxp_experiment_equal (a, f));
  g_assert_false (fxp_experiment_equal (a, c));
  g_assert_false (fxp_experiment_equal (a, d));
  g_assert_false (fxp_experiment_equal (a, e));
}

static void
test_needs_reset (void)
{
  static const struct
  {
    const char *key, *value;
    gboolean needs;
  } cases[] = {
    {"experiment.title", "x", FALSE},
    {"experiment.seed", "7", TRUE},
    {"dataset.name", "xor", TRUE},
    {"dataset.path", "/tmp/points.csv", TRUE},
    {"dataset.samples", "400", TRUE},
    {"dataset.noise", "5", TRUE},
    {"dataset.test-share", "0.25", TRUE},
    {"dataset.validation-share", "0.1", TRUE},
    {"dataset.normalize", "true", TRUE},
    {"augmentation.flip", "true", TRUE},
    {"augmentation.crop", "4", TRUE},
    {"network.topology", "2-8-9-2", TRUE},
    {"network.activation", "tanh", FALSE},
    {"training.rate", "1", FALSE},
    {"training.schedule", "cosine", FALSE},
    {"training.schedule-steps", "10,20", FALSE},
    {"training.schedule-factor", "0.5", FALSE},
    {"training.momentum", "0.9", FALSE},
    {"training.weight-decay", "0.1", FALSE},
    {"training.clip", "true", FALSE},
    {"training.gradients", "ternary", FALSE},
    {"training.batch", "1", FALSE},
    {"training.epochs", "1", FALSE},
    {"training.evaluate-every", "9", FALSE},
    {"training.record-every", "9", FALSE},
    {"training.statistics-every", "9", FALSE},
    {"precision.*.*.bits", "5", FALSE},
    {"precision.1.sum.register", "saturate", FALSE},
  };
  g_autoptr (FxpExperiment) a = fxp_experiment_new ();
  g_autoptr (FxpExperiment) off = set (fxp_experiment_new (), "training.twin", "false");

  g_assert_false (fxp_experiment_needs_reset (a, a));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FxpExperiment) b = set (fxp_experiment_new (), cases[i].key, cases[i].value);

      g_assert_cmpint (fxp_experiment_needs_reset (a, b), ==, cases[i].needs);
      g_assert_cmpint (fxp_experiment_needs_reset (b, a), ==, cases[i].needs);
    }
  g_assert_false (fxp_experiment_needs_reset (a, off));
  g_assert_true (fxp_experiment_needs_reset (off, a));
}

static void
assert_diff (FxpExperiment *a, FxpExperiment *b, const char *expected)
{
  g_auto (GStrv) changes = fxp_experiment_diff (a, b);
  g_autofree char *joined = g_strjoinv (" ", changes);
  g_autoptr (FxpExperiment) replayed = fxp_experiment_ref (a);

  if (expected != NULL)
    g_assert_cmpstr (joined, ==, expected);
  for (guint i = 0; changes[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (changes[i], "=", 2);

      replayed = set (g_steal_pointer (&replayed), pair[0], pair[1]);
    }
  g_assert_true (fxp_experiment_equal (replayed, b));
}

static void
test_diff (void)
{
  g_autoptr (FxpExperiment) a = fxp_experiment_new ();
  g_autoptr (FxpExperiment) b = fxp_experiment_with_quantizer (a, 1, FXP_ROLE_WEIGHT, &narrow);
  g_autoptr (FxpExperiment) c = fxp_experiment_with_quantizer (b, -1, FXP_ROLE_WEIGHT, &narrow);
  g_autoptr (FxpExperiment) d = NULL;
  g_autoptr (FxpExperiment) e = NULL;

  assert_diff (a, a, "");
  assert_diff (a,
               b,
               "precision.2.weight.format=Q1.3 precision.2.weight.rounding=stochastic "
               "precision.2.weight.overflow=wrap");
  assert_diff (a,
               c,
               "precision.*.weight.format=Q1.3 precision.*.weight.rounding=stochastic "
               "precision.*.weight.overflow=wrap");
  assert_diff (c,
               b,
               "precision.1.weight.format=Q2.9 precision.3.weight.format=Q2.9 "
               "precision.1.weight.rounding=nearest-even precision.3.weight.rounding=nearest-even "
               "precision.1.weight.overflow=saturate precision.3.weight.overflow=saturate");
  d = set (set (fxp_experiment_new (), "training.rate", "0.02"), "dataset.path", "/a b/=.csv");
  assert_diff (a, d, "dataset.path=/a b/=.csv training.rate=0.02");
  assert_diff (d, a, "dataset.name=spiral training.rate=0.1");

  /* Another topology brings along what the rows carry over, and no more is said of them. */
  e = set (fxp_experiment_ref (b), "network.topology", "2-4-2");
  assert_diff (b, e, "network.topology=2-4-2");
  assert_diff (e, b, NULL);
  assert_diff (d, e, NULL);
  e = set (g_steal_pointer (&e), "precision.*.sum.register", "saturate");
  e = set (g_steal_pointer (&e), "precision.2.sum.bits", "20");
  assert_diff (b,
               e,
               "network.topology=2-4-2 precision.*.sum.register=saturate "
               "precision.1.sum.bits=64 precision.2.sum.bits=20");
  assert_diff (e, b, NULL);
}

/* Layer rows told apart by their weights: Q1.1, Q1.2, Q1.3 for three layers. */
static FxpExperiment *
new_marked (void)
{
  FxpExperiment *self = fxp_experiment_new ();

  self = set (self, "precision.1.weight.format", "Q1.1");
  self = set (self, "precision.2.weight.format", "Q1.2");
  self = set (self, "precision.3.weight.format", "Q1.3");
  self = set (self, "precision.1.activation.format", "Q3.1");
  self = set (self, "precision.2.activation.format", "UQ3.2");
  return set (self, "precision.3.activation.format", "UQ3.3");
}

static void
test_topology (void)
{
  static const struct
  {
    const char *topology;
    const char *weights[6], *activations[6];
  } cases[] = {
    {"2-8-8-2", {"Q1.1", "Q1.2", "Q1.3"}, {"Q3.1", "UQ3.2", "UQ3.3"}},
    {"2-3x(8)-2", {"Q1.1", "Q1.2", "Q1.2", "Q1.3"}, {"Q3.1", "UQ3.2", "UQ3.2", "UQ3.3"}},
    {"2-5x(8)-2",
     {"Q1.1", "Q1.2", "Q1.2", "Q1.2", "Q1.2", "Q1.3"},
     {"Q3.1", "UQ3.2", "UQ3.2", "UQ3.2", "UQ3.2", "UQ3.3"}},
    {"2-8-2", {"Q1.1", "Q1.3"}, {"Q3.1", "UQ3.3"}},
    {"2-2", {"Q1.3"}, {"Q3.1"}},
  };
  g_autoptr (FxpExperiment) one = NULL;
  g_autoptr (FxpExperiment) two = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FxpExperiment) experiment =
        set (new_marked (), "network.topology", cases[i].topology);
      guint n = fxp_experiment_get_n_weighted (experiment);

      g_assert_true (n == 6 || cases[i].weights[n] == NULL);
      for (guint layer = 0; layer < n; layer++)
        {
          assert_format (experiment, layer, FXP_ROLE_WEIGHT, cases[i].weights[layer]);
          assert_format (experiment, layer, FXP_ROLE_ACTIVATION, cases[i].activations[layer]);
        }
    }

  /* From one layer on there is only that one to repeat, and from two on the first layer's input
   * format does not spread to hidden layers. */
  one = set (set (new_marked (), "network.topology", "2-2"), "network.topology", "2-8-8-2");
  for (guint layer = 0; layer < 3; layer++)
    assert_format (one, layer, FXP_ROLE_WEIGHT, "Q1.3");
  two = set (set (new_marked (), "network.topology", "2-8-2"), "network.topology", "2-8-8-8-2");
  assert_format (two, 0, FXP_ROLE_ACTIVATION, "Q3.1");
  for (guint layer = 1; layer < 4; layer++)
    assert_format (two, layer, FXP_ROLE_ACTIVATION, "UQ3.3");
  assert_format (two, 2, FXP_ROLE_WEIGHT, "Q1.1");
}

static void
test_names (void)
{
  for (guint i = 0; i < FXP_N_ACTIVATIONS; i++)
    {
      FxpActivation activation;

      g_assert_true (fxp_activation_parse (fxp_activation_get_nick (i), &activation, NULL));
      g_assert_cmpuint (activation, ==, i);
    }
  for (guint i = 0; i < FXP_N_ROLES; i++)
    {
      FxpRole role;

      g_assert_true (fxp_role_parse (fxp_role_get_nick (i), &role, NULL));
      g_assert_cmpuint (role, ==, i);
      g_assert_nonnull (fxp_role_get_symbol (i));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/experiment/default", test_default);
  g_test_add_func ("/experiment/experiment/sharing", test_sharing);
  g_test_add_func ("/experiment/experiment/every-layer", test_every_layer);
  g_test_add_func ("/experiment/experiment/equal", test_equal);
  g_test_add_func ("/experiment/experiment/needs-reset", test_needs_reset);
  g_test_add_func ("/experiment/experiment/diff", test_diff);
  g_test_add_func ("/experiment/experiment/topology", test_topology);
  g_test_add_func ("/experiment/experiment/names", test_names);
  return g_test_run ();
}
