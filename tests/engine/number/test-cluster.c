/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "number/cluster.h"
#include "number/error.h"

static void
test_method_nicks (void)
{
  for (guint i = 0; i < FXP_N_CLUSTER_METHODS; i++)
    {
      g_autoptr (GError) error = NULL;
      FxpClusterMethod method = FXP_N_CLUSTER_METHODS;

      g_assert_true (fxp_cluster_method_parse (fxp_cluster_method_get_nick (i), &method, &error));
      g_assert_no_error (error);
      g_assert_cmpint (method, ==, i);
      g_assert_cmpuint (strlen (fxp_cluster_method_get_name (i)), >, 0);
    }
}

/* Where the paper's text was not at hand its name for users says so. */
static void
test_reconstructed_names (void)
{
  for (guint i = 0; i < FXP_N_CLUSTER_METHODS; i++)
    {
      gboolean is_reconstructed =
        i == FXP_CLUSTER_HIERARCHICAL || i == FXP_CLUSTER_RMS_REFIT || i == FXP_CLUSTER_RMS_LITERAL;
      const char *name = fxp_cluster_method_get_name (i);

      g_assert_cmpint (strstr (name, "reconstructed") != NULL, ==, is_reconstructed);
    }
}

static void
test_granularity_nicks (void)
{
  for (guint i = 0; i < FXP_N_GRANULARITIES; i++)
    {
      g_autoptr (GError) error = NULL;
      FxpGranularity granularity = FXP_N_GRANULARITIES;

      g_assert_true (fxp_granularity_parse (fxp_granularity_get_nick (i), &granularity, &error));
      g_assert_no_error (error);
      g_assert_cmpint (granularity, ==, i);
    }
}

static void
test_parse_errors (void)
{
  g_autoptr (GError) method_error = NULL, granularity_error = NULL;
  FxpClusterMethod method = FXP_CLUSTER_TWN;
  FxpGranularity granularity = FXP_GRANULARITY_FILTER;

  g_assert_false (fxp_cluster_method_parse ("best", &method, &method_error));
  g_assert_error (method_error, FXP_ERROR, FXP_ERROR_PARSE);
  g_assert_cmpstr (method_error->message,
                   ==,
                   "cluster method \"best\": expected none, opt, twn, hier, rms-refit, "
                   "rms-literal, linear or power");
  g_assert_cmpint (method, ==, FXP_CLUSTER_TWN);

  g_assert_false (fxp_granularity_parse ("", &granularity, &granularity_error));
  g_assert_error (granularity_error, FXP_ERROR, FXP_ERROR_PARSE);
  g_assert_cmpstr (granularity_error->message,
                   ==,
                   "granularity \"\": expected layer, filter, kernels or weights");
  g_assert_cmpint (granularity, ==, FXP_GRANULARITY_FILTER);
}

static void
test_options_equal (void)
{
  FxpClusterOptions a, b;

  fxp_cluster_options_init (&a);
  fxp_cluster_options_init (&b);
  g_assert_true (fxp_cluster_options_equal (&a, &b));

#define ASSERT_DIFFERS(field, value)                                                               \
  b = a;                                                                                           \
  b.field = (value);                                                                               \
  g_assert_false (fxp_cluster_options_equal (&a, &b))

  ASSERT_DIFFERS (method, FXP_CLUSTER_TWN);
  ASSERT_DIFFERS (bits, 3);
  ASSERT_DIFFERS (granularity, FXP_GRANULARITY_LAYER);
  ASSERT_DIFFERS (size, 8);
  ASSERT_DIFFERS (terms, 2);
  ASSERT_DIFFERS (asymmetric, TRUE);
#undef ASSERT_DIFFERS
}

static void
test_validate (void)
{
  static const struct
  {
    FxpClusterOptions options;
    const char *message; /* NULL: valid */
  } rows[] = {
    {{FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 4, 1, FALSE}, NULL},
    {{FXP_CLUSTER_RMS_LITERAL, 2, FXP_GRANULARITY_LAYER, 1, 4, TRUE}, NULL},
    {{FXP_CLUSTER_LINEAR, 8, FXP_GRANULARITY_WEIGHTS, 65536, 1, FALSE}, NULL},
    {{FXP_CLUSTER_POWER, 2, FXP_GRANULARITY_FILTER, 64, 1, FALSE}, NULL},
    {{FXP_CLUSTER_NONE, 5, FXP_GRANULARITY_KERNELS, 4, 1, FALSE}, NULL},
    {{FXP_N_CLUSTER_METHODS, 2, FXP_GRANULARITY_KERNELS, 4, 1, FALSE},
     "cluster method: 8, expected 0 to 7"},
    {{FXP_CLUSTER_OPTIMAL, 2, FXP_N_GRANULARITIES, 4, 1, FALSE}, "granularity: 4, expected 0 to 3"},
    {{FXP_CLUSTER_LINEAR, 1, FXP_GRANULARITY_KERNELS, 4, 1, FALSE},
     "bits of clusters: 1, expected 2 to 8"},
    {{FXP_CLUSTER_LINEAR, 9, FXP_GRANULARITY_KERNELS, 4, 1, FALSE},
     "bits of clusters: 9, expected 2 to 8"},
    {{FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 0, 1, FALSE},
     "size of clusters: 0, expected 1 to 65536"},
    {{FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 65537, 1, FALSE},
     "size of clusters: 65537, expected 1 to 65536"},
    {{FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 4, 0, FALSE},
     "terms of clusters: 0, expected 1 to 4"},
    {{FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 4, 5, FALSE},
     "terms of clusters: 5, expected 1 to 4"},
    {{FXP_CLUSTER_TWN, 4, FXP_GRANULARITY_KERNELS, 4, 1, FALSE},
     "cluster method twn has codes of 4 bits: expected 2, or linear or power for more"},
    {{FXP_CLUSTER_LINEAR, 4, FXP_GRANULARITY_KERNELS, 4, 2, FALSE},
     "cluster method linear has 2 terms: expected 1, as only ternary codes have residual ones"},
    {{FXP_CLUSTER_POWER, 4, FXP_GRANULARITY_KERNELS, 4, 1, TRUE},
     "cluster method power is asymmetric: expected a ternary one, as others have one scale for "
     "both "
     "signs"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (fxp_cluster_options_validate (&rows[i].options, &error),
                       ==,
                       rows[i].message == NULL);
      if (rows[i].message == NULL)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
      g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

static void
test_defaults (void)
{
  FxpClusterOptions options;

  fxp_cluster_options_init (&options);
  g_assert_true (fxp_cluster_options_validate (&options, NULL));
  g_assert_cmpint (options.method, ==, FXP_CLUSTER_OPTIMAL);
  g_assert_cmpint (options.granularity, ==, FXP_GRANULARITY_KERNELS);
  g_assert_cmpuint (options.size, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/cluster/method-nicks", test_method_nicks);
  g_test_add_func ("/number/cluster/reconstructed-names", test_reconstructed_names);
  g_test_add_func ("/number/cluster/granularity-nicks", test_granularity_nicks);
  g_test_add_func ("/number/cluster/parse-errors", test_parse_errors);
  g_test_add_func ("/number/cluster/options-equal", test_options_equal);
  g_test_add_func ("/number/cluster/validate", test_validate);
  g_test_add_func ("/number/cluster/defaults", test_defaults);

  return g_test_run ();
}
