/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/operations.h"
#include <math.h>

static const guint sizes[] = {1, 2, 4, 8, 16, 32, 64};

/* A decimal as it would be printed with @digits. */
static void
assert_printed (double value, int digits, const char *expected)
{
  g_autofree char *text = g_strdup_printf ("%.*f", digits, value);

  g_assert_cmpstr (text, ==, expected);
}

static double
get_share (const FxpWork *work, const FxpOperationOptions *options)
{
  FxpOperations operations;

  fxp_work_count (work, options, FXP_OPERATIONS_DENSITY, NULL, &operations);
  return operations.share_replaced;
}

static FxpWork *
make_work (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpTopology) topology = fxp_topology_parse (text, &error);
  FxpWork *work;

  g_assert_no_error (error);
  work = fxp_work_new (topology, NULL, &error);
  g_assert_no_error (error);
  return work;
}

/* The table of 3.2. */
static const struct
{
  const char *preset;
  double unit; /* of the multiplications */
  int digits;
  const char *macs;
  int first_digits;
  const char *first;          /* share of the first layer's, percent */
  const char *three_by_three; /* likewise of the 3x3 kernels; NULL: not told */
  const char *shares[G_N_ELEMENTS (sizes)];
} table[] = {
  {"resnet-101",
   1e9,
   3,
   "7.570",
   2,
   "1.56",
   "50.4",
   {"44.80", "71.62", "85.03", "91.74", "95.09", "96.76", "97.60"}},
  {"resnet-50",
   1e9,
   3,
   "3.858",
   2,
   "3.06",
   "47.9",
   {"42.62", "69.78", "83.36", "90.15", "93.55", "95.24", "96.09"}},
  {"resnet-101-b",
   1e9,
   3,
   "7.801",
   2,
   "1.51",
   "48.9",
   {"43.47", "70.98", "84.73", "91.61", "95.05", "96.77", "97.63"}},
  {"resnet-18",
   1e9,
   3,
   "1.814",
   2,
   "6.51",
   "92.4",
   {"82.14", "87.82", "90.66", "92.07", "92.78", "93.14", "93.32"}},
  {"alexnet",
   1e9,
   4,
   "0.7244",
   1,
   "14.6",
   "46.4",
   {"70.96", "78.20", "81.83", "83.64", "84.54", "84.98", "85.22"}},
  {"resnet-20",
   1e6,
   1,
   "40.6",
   2,
   "1.09",
   NULL,
   {"87.92", "93.41", "96.16", "97.54", "98.22", "98.43", "98.48"}},
  {"lenet-5",
   1e6,
   2,
   "2.29",
   1,
   "12.6",
   NULL,
   {"66.99", "77.21", "82.33", "84.81", "86.06", "86.75", "87.01"}},
};

static void
test_published (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (FxpWork) work = fxp_work_new_preset (table[i].preset, NULL);
      g_autofree FxpOperationCount *layers =
        g_new0 (FxpOperationCount, fxp_work_get_n_layers (work));
      FxpOperationOptions options;
      FxpOperations operations;
      double three_by_three = 0;

      fxp_operation_options_init (&options);
      fxp_work_count (work, &options, FXP_OPERATIONS_DENSITY, layers, &operations);
      for (guint k = 0; k < fxp_work_get_n_layers (work); k++)
        if (fxp_work_get_layer (work, k)->kernel == 3)
          three_by_three += layers[k].n_macs;
      g_test_message ("%s", table[i].preset);
      assert_printed (operations.total.n_macs / table[i].unit, table[i].digits, table[i].macs);
      assert_printed (100. * layers[0].n_macs / operations.total.n_macs,
                      table[i].first_digits,
                      table[i].first);
      if (table[i].three_by_three != NULL)
        assert_printed (100 * three_by_three / operations.total.n_macs, 1, table[i].three_by_three);
      for (gsize k = 0; k < G_N_ELEMENTS (sizes); k++)
        {
          options.clusters.size = sizes[k];
          assert_printed (100 * get_share (work, &options), 2, table[i].shares[k]);
        }
    }
}

/* Question 9 of section 6: without the first layer. */
static void
test_first_out (void)
{
  static const struct
  {
    const char *preset;
    guint size;
    const char *share;
  } cases[] = {
    {"resnet-101", 4, "86.38"},
    {"resnet-101", 64, "99.15"},
    {"resnet-18", 4, "96.96"},
    {"alexnet", 4, "95.76"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FxpWork) work = fxp_work_new_preset (cases[i].preset, NULL);
      FxpOperationOptions options;

      fxp_operation_options_init (&options);
      options.first_counts = FALSE;
      options.clusters.size = cases[i].size;
      assert_printed (100 * get_share (work, &options), 2, cases[i].share);
    }
}

#define DEMO "1x28x28-32C3P-BN-MP2-64C3P-BN-MP2-64C3P-BN-128C1-BN-64C1-BN-GAP-10"

/* C2 as far as formulas go, on the network of section 8. */
static void
test_demo (void)
{
  static const struct
  {
    FxpGranularity granularity;
    const char *shares[G_N_ELEMENTS (sizes)];
    guint64 left; /* at N = 4 */
  } cases[] = {
    {FXP_GRANULARITY_KERNELS,
     {"74.7008", "85.5946", "91.0415", "93.7650", "95.1267", "95.8076", "96.0508"},
     577664},
    {FXP_GRANULARITY_WEIGHTS,
     {"0.0000", "48.2442", "72.3664", "84.4274", "90.4579", "93.4732", "94.1054"},
     1781888},
  };
  g_autoptr (FxpWork) work = make_work (DEMO);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FxpOperationOptions options;
      FxpOperations operations;

      fxp_operation_options_init (&options);
      options.last_is_byte = TRUE;
      options.clusters.granularity = cases[i].granularity;
      fxp_work_count (work, &options, FXP_OPERATIONS_DENSITY, NULL, &operations);
      g_assert_cmpuint (operations.total.n_macs, ==, 6448256);
      g_assert_cmpuint (operations.total.n_multiplies, ==, cases[i].left);
      for (gsize k = 0; k < G_N_ELEMENTS (sizes); k++)
        {
          options.clusters.size = sizes[k];
          assert_printed (100 * get_share (work, &options), 4, cases[i].shares[k]);
        }
    }
}

static void
test_speed_up (void)
{
  g_autoptr (FxpWork) work = fxp_work_new_preset ("resnet-101", NULL);
  FxpOperationOptions options;
  FxpOperations operations;

  assert_printed (fxp_operations_get_speed_up (.75), 3, "9.143");
  assert_printed (fxp_operations_get_speed_up (63. / 64), 3, "15.284");
  g_assert_cmpfloat (fxp_operations_get_speed_up (1), ==, 16);
  g_assert_cmpfloat (fxp_operations_get_speed_up (0), ==, 4);
  fxp_operation_options_init (&options);
  fxp_work_count (work, &options, FXP_OPERATIONS_DENSITY, NULL, &operations);
  g_assert_cmpfloat_with_epsilon (operations.speed_up,
                                  fxp_operations_get_speed_up (operations.share_replaced),
                                  1e-12);
  assert_printed (operations.speed_up, 1, "11.0");
  options.clusters.size = 64;
  fxp_work_count (work, &options, FXP_OPERATIONS_DENSITY, NULL, &operations);
  assert_printed (operations.speed_up, 1, "14.9");
}

/* Storage of 3.2, of layers with clusters. */
static void
test_storage (void)
{
  static const struct
  {
    FxpGranularity granularity;
    guint size, layer;
    double bits;
    const char *compression;
  } cases[] = {
    {FXP_GRANULARITY_KERNELS, 4, 1, 2 + 8. / 36, "14.4"},
    {FXP_GRANULARITY_KERNELS, 4, 2, 4, "8.0"},
    {FXP_GRANULARITY_WEIGHTS, 4, 1, 4, "8.0"},
    {FXP_GRANULARITY_KERNELS, 64, 1, 2 + 8. / 576, "15.9"},
    {FXP_GRANULARITY_WEIGHTS, 64, 1, 2.125, "15.1"},
  };
  g_autoptr (FxpWork) work = make_work ("64x8x8-64C3P-64C3P-64C1-10");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FxpOperationCount layers[4];
      FxpOperationOptions options;
      FxpOperations operations;
      double bits;

      fxp_operation_options_init (&options);
      options.clusters.granularity = cases[i].granularity;
      options.clusters.size = cases[i].size;
      fxp_work_count (work, &options, FXP_OPERATIONS_DENSITY, layers, &operations);
      bits = layers[cases[i].layer].weight_bits / layers[cases[i].layer].n_weights;
      g_assert_cmpfloat_with_epsilon (bits, cases[i].bits, 1e-12);
      assert_printed (32 / bits, 1, cases[i].compression);
      g_assert_cmpfloat (layers[0].weight_bits, ==, 8. * layers[0].n_weights);
      g_assert_cmpfloat_with_epsilon (operations.bits_per_weight * operations.compression,
                                      32,
                                      1e-12);
    }
}

/* One convolution 3x3, 6 to 5 channels, 4 pixels, between the two others. */
static void
count_middle (const FxpOperationOptions *options, double density, FxpOperationCount *count)
{
  g_autoptr (FxpWork) work = make_work ("1x4x4-6C1-5C3-2");
  FxpOperationCount layers[3];
  FxpOperations operations;

  fxp_work_count (work, options, density, layers, &operations);
  *count = layers[1];
  g_assert_true (layers[0].is_byte && !layers[1].is_byte);
  g_assert_cmpuint (count->n_macs, ==, 9 * 6 * 5 * 4);
  g_assert_cmpuint (count->n_weights, ==, 9 * 6 * 5);
}

static void
test_granularities (void)
{
  static const struct
  {
    FxpGranularity granularity;
    gboolean by_outputs;
    guint size;
    guint64 clusters, multiplies;
  } cases[] = {
    {FXP_GRANULARITY_LAYER, FALSE, 4, 1, 5 * 4},
    {FXP_GRANULARITY_FILTER, FALSE, 4, 5, 5 * 4},
    /* The last cluster is short; with N of 6 and above there is one. */
    {FXP_GRANULARITY_KERNELS, FALSE, 4, 2 * 5, 2 * 5 * 4},
    {FXP_GRANULARITY_KERNELS, FALSE, 6, 5, 5 * 4},
    {FXP_GRANULARITY_KERNELS, FALSE, 65536, 5, 5 * 4},
    {FXP_GRANULARITY_WEIGHTS, FALSE, 4, 9 * 2 * 5, 9 * 2 * 5 * 4},
    {FXP_GRANULARITY_WEIGHTS, FALSE, 1, 9 * 6 * 5, 9 * 6 * 5 * 4},
    /* Along outputs N saves storage, and no multiplication. */
    {FXP_GRANULARITY_KERNELS, TRUE, 4, 6 * 2, 6 * 5 * 4},
    {FXP_GRANULARITY_WEIGHTS, TRUE, 4, 9 * 6 * 2, 9 * 6 * 5 * 4},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FxpOperationOptions options;
      FxpOperationCount count;

      fxp_operation_options_init (&options);
      options.clusters.granularity = cases[i].granularity;
      options.clusters.size = cases[i].size;
      options.by_outputs = cases[i].by_outputs;
      count_middle (&options, .5, &count);
      g_assert_cmpuint (count.n_clusters, ==, cases[i].clusters);
      g_assert_cmpuint (count.n_multiplies, ==, cases[i].multiplies);
      g_assert_cmpfloat (count.n_adds, ==, .5 * count.n_macs);
      g_assert_cmpfloat (count.weight_bits, ==, 2. * 270 + 8. * cases[i].clusters);
    }
}

/* Residual steps, signs of their own, bits and powers of two. */
static void
test_terms (void)
{
  FxpOperationOptions options;
  FxpOperationCount count;

  fxp_operation_options_init (&options);
  options.clusters.terms = 3;
  count_middle (&options, .5, &count);
  g_assert_cmpuint (count.n_multiplies, ==, 3 * 2 * 5 * 4);
  g_assert_cmpfloat (count.n_adds, ==, 1.5 * count.n_macs);
  g_assert_cmpfloat (count.weight_bits, ==, 3 * (2 * 270 + 8 * 10));
  options.clusters.asymmetric = TRUE;
  options.clusters.terms = 1;
  count_middle (&options, .5, &count);
  g_assert_cmpuint (count.n_multiplies, ==, 2 * 2 * 5 * 4);
  g_assert_cmpfloat (count.n_adds, ==, .5 * count.n_macs);
  g_assert_cmpfloat (count.weight_bits, ==, 2 * 270 + 2 * 8 * 10);
  fxp_operation_options_init (&options);
  options.clusters.method = FXP_CLUSTER_LINEAR;
  options.clusters.bits = 4;
  count_middle (&options, 1, &count);
  g_assert_cmpuint (count.n_multiplies, ==, 2 * 5 * 4);
  g_assert_cmpfloat (count.weight_bits, ==, 4 * 270 + 8 * 10);
  options.clusters.method = FXP_CLUSTER_POWER;
  count_middle (&options, 1, &count);
  g_assert_cmpuint (count.n_multiplies, ==, 0);
}

/* Plain words replace nothing: four times as fast, as 8-bit ones are. */
static void
test_plain (void)
{
  g_autoptr (FxpWork) work = make_work ("1x4x4-6C1-5C3-2");
  FxpOperationOptions options;
  FxpOperationCount layers[3];
  FxpOperations operations;

  fxp_operation_options_init (&options);
  options.clusters.method = FXP_CLUSTER_NONE;
  options.clusters.bits = 4;
  fxp_work_count (work, &options, FXP_OPERATIONS_DENSITY, layers, &operations);
  g_assert_cmpfloat (operations.share_replaced, ==, 0);
  g_assert_cmpfloat (operations.speed_up, ==, 4);
  g_assert_cmpfloat (layers[0].weight_bits, ==, 8. * layers[0].n_weights);
  g_assert_cmpfloat (layers[1].weight_bits, ==, 4. * layers[1].n_weights);
  g_assert_cmpfloat (layers[2].weight_bits, ==, 4. * layers[2].n_weights);
}

/* 4 bits run an eighth of float's time, and a second residual step runs again. */
static void
test_speed_of_others (void)
{
  g_autoptr (FxpWork) work = make_work ("1x64x64-1C1-64C1-64C3P-64C3P-2");
  FxpOperationOptions options;
  FxpOperations two, four, twice;

  fxp_operation_options_init (&options);
  options.first_counts = FALSE;
  options.clusters.size = 64;
  fxp_work_count (work, &options, FXP_OPERATIONS_DENSITY, NULL, &two);
  options.clusters.terms = 2;
  fxp_work_count (work, &options, FXP_OPERATIONS_DENSITY, NULL, &twice);
  options.clusters.terms = 1;
  options.clusters.method = FXP_CLUSTER_LINEAR;
  options.clusters.bits = 4;
  fxp_work_count (work, &options, FXP_OPERATIONS_DENSITY, NULL, &four);
  g_assert_cmpfloat (four.share_replaced, ==, two.share_replaced);
  g_assert_cmpfloat_with_epsilon (four.speed_up,
                                  1 / ((1 - two.share_replaced) / 4 + two.share_replaced / 8),
                                  1e-9);
  g_assert_cmpfloat_with_epsilon (twice.speed_up, two.speed_up / 2, 1e-9);
}

/* A network of one layer is all first; of two, none is left for clusters with the last at 8 bits.
 */
static void
test_small (void)
{
  g_autoptr (FxpWork) one = make_work ("4-2");
  g_autoptr (FxpWork) two = make_work ("4-3-2");
  FxpOperationOptions options;
  FxpOperations operations;

  fxp_operation_options_init (&options);
  g_assert_cmpfloat (get_share (one, &options), ==, 0);
  g_assert_cmpfloat (get_share (two, &options), ==, 1 - (12 + 2) / 18.);
  options.last_is_byte = TRUE;
  g_assert_cmpfloat (get_share (two, &options), ==, 0);
  options.first_counts = FALSE;
  fxp_work_count (one, &options, FXP_OPERATIONS_DENSITY, NULL, &operations);
  g_assert_true (isnan (operations.share_replaced) && isnan (operations.speed_up));
  g_assert_cmpfloat (operations.bits_per_weight, ==, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/operations/C1-published", test_published);
  g_test_add_func ("/operations/C1-first-out", test_first_out);
  g_test_add_func ("/operations/C2-demo", test_demo);
  g_test_add_func ("/operations/C3-speed-up", test_speed_up);
  g_test_add_func ("/operations/storage", test_storage);
  g_test_add_func ("/operations/granularities", test_granularities);
  g_test_add_func ("/operations/terms", test_terms);
  g_test_add_func ("/operations/plain", test_plain);
  g_test_add_func ("/operations/speed-of-others", test_speed_of_others);
  g_test_add_func ("/operations/small", test_small);
  return g_test_run ();
}
