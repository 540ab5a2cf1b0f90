/* SPDX-License-Identifier: MIT */
/* Group clusters: what fits together, in any order, live and in files. */
#include "config.h"

#include "setting.h"

#include "number/error.h"

#define HEAD "[experiment]\nversion=1\n[dataset]\nname=spiral\n"

static const FxpClusterOptions *
get_clusters (const FxpExperiment *experiment)
{
  return &fxp_experiment_get_settings (experiment)->clusters;
}

/* Key and value pairs, one after the other. */
static FxpExperiment *
make (const char *const *changes)
{
  FxpExperiment *experiment = fxp_experiment_new ();

  for (guint i = 0; changes[i] != NULL; i += 2)
    experiment = set (experiment, changes[i], changes[i + 1]);
  return experiment;
}

static void
test_defaults (void)
{
  g_autoptr (FxpExperiment) fresh = fxp_experiment_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) old = fxp_experiment_new_from_data (HEAD, -1, "old", &error);
  FxpExperiment *const both[] = {fresh, old};

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      const FxpClusterOptions *clusters = get_clusters (both[i]);

      g_assert_cmpint (clusters->method, ==, FXP_CLUSTER_NONE);
      g_assert_cmpuint (clusters->bits, ==, 2);
      g_assert_cmpint (clusters->granularity, ==, FXP_GRANULARITY_KERNELS);
      g_assert_cmpuint (clusters->size, ==, 4);
      g_assert_cmpuint (clusters->terms, ==, 1);
      g_assert_false (clusters->asymmetric);
      g_assert_cmpint (fxp_experiment_get_settings (both[i])->last_weights,
                       ==,
                       FXP_LAST_WEIGHTS_BYTE);
    }
}

/* What does not fit the method names key, what was found and what was expected. */
static void
test_refused (void)
{
  static const struct
  {
    const char *method, *key, *value, *message;
  } rows[] = {
    {"opt",
     "clusters.bits",
     "4",
     "clusters.bits: cluster method opt has codes of 4 bits: expected 2, or linear or power for "
     "more"},
    {"linear",
     "clusters.terms",
     "2",
     "clusters.terms: cluster method linear has 2 terms: expected 1, as only ternary codes have "
     "residual ones"},
    {"none",
     "clusters.terms",
     "2",
     "clusters.terms: cluster method none has 2 terms: expected 1, as only ternary codes have "
     "residual ones"},
    {"power",
     "clusters.asymmetric",
     "true",
     "clusters.asymmetric: cluster method power is asymmetric: expected a ternary one, as others "
     "have one scale for both signs"},
    {"none",
     "clusters.last",
     "four",
     "clusters.last: \"four\" is not what the last layer's weights can be; expected float, 8 or "
     "clusters"},
    {"none", "clusters.size", "0", "clusters.size: \"0\" is not a whole number in 1..65536"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FxpExperiment) experiment =
        make ((const char *[]){"clusters.method", rows[i].method, NULL});
      g_autoptr (FxpExperiment) before = fxp_experiment_ref (experiment);
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_experiment_with_value (experiment, rows[i].key, rows[i].value, &error));
      g_assert_cmpstr (error->message, ==, rows[i].message);
      g_assert_true (fxp_experiment_equal (experiment, before));
    }
}

/* Another method takes with it what would not fit, and no more. */
static void
test_method (void)
{
  g_autoptr (FxpExperiment) linear = make ((
    const char *[]){"clusters.method", "linear", "clusters.bits", "4", "clusters.size", "7", NULL});
  g_autoptr (FxpExperiment) power = set (fxp_experiment_ref (linear), "clusters.method", "power");
  g_autoptr (FxpExperiment) ternary = make ((const char *[]){"clusters.method",
                                                             "opt",
                                                             "clusters.terms",
                                                             "3",
                                                             "clusters.asymmetric",
                                                             "true",
                                                             "clusters.size",
                                                             "7",
                                                             NULL});
  g_autoptr (FxpExperiment) twn = set (fxp_experiment_ref (ternary), "clusters.method", "twn");
  g_autoptr (FxpExperiment) narrowed = set (fxp_experiment_ref (linear), "clusters.method", "opt");
  g_autoptr (FxpExperiment) widened = set (fxp_experiment_ref (ternary), "clusters.method", "none");

  g_assert_cmpuint (get_clusters (power)->bits, ==, 4);
  g_assert_cmpuint (get_clusters (twn)->terms, ==, 3);
  g_assert_true (get_clusters (twn)->asymmetric);
  g_assert_cmpuint (get_clusters (narrowed)->bits, ==, 2);
  g_assert_cmpuint (get_clusters (narrowed)->size, ==, 7);
  g_assert_cmpuint (get_clusters (widened)->terms, ==, 1);
  g_assert_false (get_clusters (widened)->asymmetric);
  g_assert_cmpuint (get_clusters (widened)->size, ==, 7);
}

static FxpExperiment *const *
make_all (void)
{
  static FxpExperiment *all[5];
  const char *const changes[5][12] = {
    {NULL},
    {"clusters.method", "linear", "clusters.bits", "4", "clusters.last", "float", NULL},
    {"clusters.method", "opt", "clusters.terms", "3", "clusters.asymmetric", "true", NULL},
    {"clusters.bits", "8", "clusters.granularity", "weights", "clusters.size", "64", NULL},
    {"clusters.method", "power", "clusters.bits", "3", "clusters.last", "clusters", NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    all[i] = make (changes[i]);
  return all;
}

/* Differences set one after the other, and files, give what they were made of; none needs a reset.
 */
static void
test_ways (void)
{
  FxpExperiment *const *all = make_all ();

  for (guint i = 0; i < 25; i++)
    {
      FxpExperiment *from = all[i / 5], *to = all[i % 5];
      g_auto (GStrv) changes = fxp_experiment_diff (from, to);
      g_autoptr (FxpExperiment) way = fxp_experiment_ref (from);

      for (guint k = 0; changes[k] != NULL; k++)
        {
          g_auto (GStrv) parts = g_strsplit (changes[k], "=", 2);

          way = set (way, parts[0], parts[1]);
        }
      g_assert_true (fxp_experiment_equal (way, to));
      g_assert_true ((from == to) == (changes[0] == NULL));
      g_assert_false (fxp_experiment_needs_reset (from, to));
    }
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *data = fxp_experiment_to_data (all[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpExperiment) read = fxp_experiment_new_from_data (data, -1, "file", &error);

      g_assert_no_error (error);
      g_assert_true (fxp_experiment_equal (read, all[i]));
      g_assert_nonnull (strstr (data, "[clusters]\nmethod="));
      fxp_experiment_unref (all[i]);
    }
}

/* A file means the same in whatever order it says it. */
static void
test_order (void)
{
  static const char *const good[] = {
    HEAD "[clusters]\nmethod=linear\nbits=4\n",
    HEAD "[clusters]\nbits=4\nmethod=linear\n",
  };
  static const char *const bad[] = {
    HEAD "[clusters]\nmethod=opt\nbits=4\n",
    HEAD "[clusters]\nbits=4\nmethod=opt\n",
  };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpExperiment) read = fxp_experiment_new_from_data (good[i], -1, "x", &error);
      g_autofree char *value = NULL;

      g_assert_no_error (error);
      value = fxp_experiment_get_value (read, "clusters.bits");
      g_assert_cmpstr (value, ==, "4");
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_experiment_new_from_data (bad[i], -1, "x", &error));
      g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
      g_assert_true (
        g_str_has_prefix (error->message,
                          i == 0 ? "x:7: [clusters] bits: " : "x:6: [clusters] bits: "));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/cluster-settings/defaults", test_defaults);
  g_test_add_func ("/experiment/cluster-settings/refused", test_refused);
  g_test_add_func ("/experiment/cluster-settings/method", test_method);
  g_test_add_func ("/experiment/cluster-settings/ways", test_ways);
  g_test_add_func ("/experiment/cluster-settings/order", test_order);
  return g_test_run ();
}
