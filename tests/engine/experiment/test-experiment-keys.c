/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment-keys-private.h"
#include "number/error.h"
#include <string.h>

/* Two values a key takes and reads back as they are, and some that it refuses. */
typedef struct
{
  const char *key;
  const char *good[5];
  const char *bad[9];
} Case;

static const Case cases[] = {
  {"experiment.title", {"", "Two wörds"}, {"a\nb", "\001", "\377"}},
  {"experiment.description", {"", "Says = what; [it] is."}, {"a\rb", "\302"}},
  {"experiment.seed", {"0", "18446744073709551615"}, {"18446744073709551616", "1.5"}},
  {"dataset.name", {"xor", "digits"}, {"XOR", "moons", "../spiral"}},
  {"dataset.path", {"/tmp/a b.csv", "x"}, {"a\nb", "\377/x"}},
  {"dataset.samples", {"10", "1000000"}, {"9", "1000001", "4294967796", "+10", "10.0"}},
  {"dataset.noise", {"0", "50", "12.5"}, {"50.1", "1e400"}},
  {"dataset.test-share", {"0.05", "0.95", "0.3"}, {"0", "1", "0,5"}},
  {"dataset.validation-share", {"0", "0.5", "0.1"}, {"0.51", "-0.1"}},
  {"dataset.normalize", {"true", "false"}, {"1", "yes"}},
  {"augmentation.flip", {"true", "false"}, {"1", "yes"}},
  {"augmentation.crop", {"0", "32", "4"}, {"33", "4.0"}},
  {"network.topology", {"2-2", "2x(8C3)-MP2-32FC-10"}, {"2-", "2-8x"}},
  {"network.activation", {"relu", "clipped-relu", "tanh", "hard-tanh"}, {"ReLU", "sigmoid"}},
  {"training.rate", {"0.1", "1e-300", "1000000"}, {"0", "-0", "1000001", "1e400", "0.1x"}},
  {"training.schedule", {"constant", "steps", "cosine"}, {"Steps", "exponential"}},
  {"training.schedule-steps",
   {"", "1000000000000000", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16"},
   {"0",
    "1000000000000001",
    "5,5",
    "30000,4500",
    "1,",
    ",1",
    "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
    "1000000000000000,1000000000000001"}},
  {"training.schedule-factor", {"0", "1", "0.1"}, {"1.1", "-0.1"}},
  {"training.momentum", {"0", "0.9", "0.9999"}, {"1", "0.99995"}},
  {"training.weight-decay", {"0", "1", "0.0001"}, {"1.1", "-1"}},
  {"training.clip", {"true", "false"}, {"1", "[-1,1]"}},
  {"training.gradients", {"plain", "ternary"}, {"Ternary", "binary"}},
  {"training.scaling-period", {"1", "100", "1000000"}, {"0", "1000001", "1.5"}},
  {"training.scaling-overflow", {"0", "0.0001", "0.5"}, {"0.51", "-0.1"}},
  {"training.batch", {"1", "65536"}, {"0", "65537"}},
  {"training.epochs", {"1", "1000000000"}, {"0", "1000000001"}},
  {"training.twin", {"true", "false"}, {"TRUE", "1", "yes"}},
  {"training.evaluate-every", {"1", "1000000000"}, {"0", "1000000001"}},
  {"training.record-every", {"1", "1000000000"}, {"0", "1000000001"}},
  {"training.statistics-every", {"1", "1000000000"}, {"0", "1000000001"}},
  {"clusters.method",
   {"none", "opt", "rms-literal", "linear"},
   {"OPT", "ternary", "kmeans"}},
  {"clusters.bits", {"2", "8"}, {"1", "9", "2.0"}},
  {"clusters.granularity", {"layer", "filter", "kernels", "weights"}, {"kernel", "groups"}},
  {"clusters.size", {"1", "65536"}, {"0", "65537"}},
  {"clusters.terms", {"1"}, {"0", "2", "5"}}, /* 2 and more with ternary codes only */
  {"clusters.asymmetric", {"false"}, {"1", "true"}},
  {"clusters.last", {"float", "8", "clusters"}, {"byte", "9", "none"}},
};

/* Nothing but a text or a file's name is any of these. */
static const char *const garbage[] = {"",
                                      "x",
                                      "-1",
                                      "nan",
                                      "inf",
                                      "-inf",
                                      "0x10",
                                      "1e",
                                      "1 2",
                                      "--1",
                                      "\303",
                                      "9999999999999999999999999999999",
                                      "1e999",
                                      "%s%n"};

static void
assert_refused (const char *key, const char *value)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  g_autoptr (FxpExperiment) before = fxp_experiment_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *prefix = g_strconcat (key, ": ", NULL);

  g_assert_null (fxp_experiment_with_value (experiment, key, value, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == FXP_ERROR);
  g_assert_true (g_str_has_prefix (error->message, prefix));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strchr (error->message, '\n'));
  g_assert_true (fxp_experiment_equal (experiment, before));
}

static const Case *
find_case (const FxpKey *key)
{
  g_autofree char *name = g_strconcat (key->group, ".", key->name, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    if (g_str_equal (cases[i].key, name))
      return &cases[i];
  return NULL;
}

static void
test_walk (void)
{
  guint n;
  const FxpKey *keys = fxp_keys_get (&n);

  for (guint i = 0; i < n; i++)
    {
      const Case *row = find_case (&keys[i]);

      g_assert_nonnull (row);
      g_assert_true (fxp_key_find (keys[i].group, keys[i].name) == &keys[i]);
      for (guint j = 0; row->good[j] != NULL; j++)
        {
          g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
          g_autoptr (GError) error = NULL;
          g_autoptr (FxpExperiment) other =
            fxp_experiment_with_value (experiment, row->key, row->good[j], &error);
          g_autofree char *text = NULL;

          g_assert_no_error (error);
          text = keys[i].type->get (&keys[i], other);
          g_assert_cmpstr (text, ==, row->good[j]);
        }
      for (guint j = 0; row->bad[j] != NULL; j++)
        assert_refused (row->key, row->bad[j]);
    }
}

/* Nothing is a list of no steps. */
static gboolean
is_empty_list (const FxpKey *key, const char *text)
{
  return key->type == &fxp_setting_steps && *text == '\0';
}

static void
test_garbage (void)
{
  guint n;
  const FxpKey *keys = fxp_keys_get (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strconcat (keys[i].group, ".", keys[i].name, NULL);

      if (g_str_equal (keys[i].group, "experiment") || g_str_equal (keys[i].name, "path"))
        continue;
      for (gsize j = 0; j < G_N_ELEMENTS (garbage); j++)
        if (!is_empty_list (&keys[i], garbage[j]))
          assert_refused (name, garbage[j]);
    }
  assert_refused ("experiment.seed", "-1");
  assert_refused ("dataset.path", "");
}

/* What people type comes back as typed; what computers compute comes back to the last bit. */
static void
test_doubles (void)
{
  static const double numbers[] = {0.1, 1.0 / 3.0, 0.1 + 0.2, 4.9406564584124654e-324, 5e5};
  const FxpKey *key = fxp_key_find ("training", "rate");

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      char text[G_ASCII_DTOSTR_BUF_SIZE];
      g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
      g_autoptr (FxpExperiment) other = NULL;
      g_autoptr (FxpExperiment) again = NULL;
      g_autofree char *written = NULL;

      g_ascii_dtostr (text, sizeof text, numbers[i]);
      other = fxp_experiment_with_value (experiment, "training.rate", text, NULL);
      g_assert_nonnull (other);
      g_assert_cmpfloat (fxp_experiment_get_settings (other)->rate, ==, numbers[i]);
      written = key->type->get (key, other);
      again = fxp_experiment_with_value (experiment, "training.rate", written, NULL);
      g_assert_cmpfloat (fxp_experiment_get_settings (again)->rate, ==, numbers[i]);
    }
}

static void
test_messages (void)
{
  static const struct
  {
    const char *key, *value;
    FxpError code;
    const char *message;
  } rows[] = {
    {"training.rate", "-1", FXP_ERROR_RANGE, "training.rate: \"-1\" is not a number above 0"},
    {"training.rate", "nan", FXP_ERROR_PARSE, "training.rate: \"nan\" is not a number above 0"},
    {"training.rate",
     "2e6",
     FXP_ERROR_RANGE,
     "training.rate: \"2e6\" is not a number up to 1000000"},
    {"training.batch",
     "0",
     FXP_ERROR_RANGE,
     "training.batch: \"0\" is not a whole number in 1..65536"},
    {"dataset.test-share",
     "1",
     FXP_ERROR_RANGE,
     "dataset.test-share: \"1\" is not a number in 0.05..0.95"},
    {"training.twin", "maybe", FXP_ERROR_PARSE, "training.twin: \"maybe\" is not true or false"},
    {"network.activation",
     "elu",
     FXP_ERROR_PARSE,
     "network.activation: \"elu\" is not an activation; expected relu, clipped-relu, tanh or "
     "hard-tanh"},
    {"training.speed",
     "1",
     FXP_ERROR_PARSE,
     "training.speed: there is no such key; expected one such as training.rate, "
     "network.topology or precision.1.weight.format"},
  };
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_experiment_with_value (experiment, rows[i].key, rows[i].value, &error));
      g_assert_error (error, FXP_ERROR, (int)rows[i].code);
      g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

static void
test_unknown (void)
{
  static const char *const names[] = {"",
                                      ".",
                                      "training",
                                      "training.",
                                      "training.rate.x",
                                      "Training.rate",
                                      "precision.1.weight",
                                      "precision.1.weight.format.x",
                                      "a.b.c.d.e.f"};

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    assert_refused (names[i], "1");
}

static void
test_space (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  g_autoptr (FxpExperiment) rate =
    fxp_experiment_with_value (experiment, "training.rate", " 0.25 ", NULL);
  g_autoptr (FxpExperiment) path =
    fxp_experiment_with_value (experiment, "dataset.path", " a ", NULL);

  g_assert_cmpfloat (fxp_experiment_get_settings (rate)->rate, ==, 0.25);
  g_assert_cmpstr (fxp_experiment_get_settings (path)->dataset_path, ==, " a ");
  g_assert_null (fxp_experiment_get_settings (path)->dataset_name);
}

static void
test_long_text (void)
{
  g_autofree char *text = g_strnfill (201, 'x');

  assert_refused ("experiment.title", text);
  text[200] = '\0';
  {
    g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
    g_autoptr (FxpExperiment) other =
      fxp_experiment_with_value (experiment, "experiment.title", text, NULL);

    g_assert_nonnull (other);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/experiment-keys/walk", test_walk);
  g_test_add_func ("/experiment/experiment-keys/garbage", test_garbage);
  g_test_add_func ("/experiment/experiment-keys/doubles", test_doubles);
  g_test_add_func ("/experiment/experiment-keys/messages", test_messages);
  g_test_add_func ("/experiment/experiment-keys/unknown", test_unknown);
  g_test_add_func ("/experiment/experiment-keys/space", test_space);
  g_test_add_func ("/experiment/experiment-keys/long-text", test_long_text);
  return g_test_run ();
}
