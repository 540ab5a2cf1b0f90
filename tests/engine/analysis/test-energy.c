/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/energy.h"
#include "number/error.h"
#include "../dataset/scratch-folder.h"
#include "../experiment/setting.h"

#define PICO 1e-12

static void
test_shipped (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpEnergyTable) table = fxp_energy_table_load (NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (table->source, ==, "Horowitz, ISSCC 2014");
  /* What the source says of whole operations comes out again. */
  g_assert_cmpfloat_with_epsilon (8 * 8 * table->full_adder, 0.2 * PICO, 0.02 * PICO);
  g_assert_cmpfloat_with_epsilon (32 * 32 * table->full_adder, 3.1 * PICO, 0.1 * PICO);
  g_assert_cmpfloat_with_epsilon (8 * table->adder_bit, 0.03 * PICO, 0.01 * PICO);
  g_assert_cmpfloat_with_epsilon (32 * table->adder_bit, 0.1 * PICO, 0.01 * PICO);
  g_assert_cmpfloat_with_epsilon (table->float_multiply, 3.7 * PICO, 1e-20);
  g_assert_cmpfloat_with_epsilon (table->float_add, 0.9 * PICO, 1e-20);
  g_assert_cmpfloat_with_epsilon (64 * table->memory_bit, 100 * PICO, 1 * PICO);
}

/* 2-3-2, batch 10: 6 + 6 weights, 2 + 3 activations, one position each. */
static FxpExperiment *
make_small (void)
{
  FxpExperiment *experiment = set (fxp_experiment_new (), "network.topology", "2-3-2");

  experiment = set (experiment, "training.batch", "10");
  experiment = set (experiment, "precision.*.*.format", "Q1.6");
  experiment = set (experiment, "precision.*.weight.format", "Q1.2");
  return set (experiment, "precision.*.weight-acc.format", "Q1.14");
}

static void
estimate (FxpExperiment *experiment, FxpEnergy *fixed, FxpEnergy *of_float)
{
  FxpEnergyTable table = {
    .full_adder = 1,
    .adder_bit = 100,
    .float_multiply = 10000,
    .float_add = 1e6,
    .memory_bit = 1,
  };
  g_autoptr (FxpCostTable) costs = fxp_cost_table_new (experiment, NULL, NULL);

  fxp_energy_estimate (&table, experiment, costs, fixed, of_float);
}

static void
test_by_hand (void)
{
  g_autoptr (FxpExperiment) experiment = make_small ();
  FxpEnergy fixed, of_float;

  estimate (experiment, &fixed, &of_float);
  g_assert_cmpfloat (fixed.multiplies, ==, 12 * (4 * 8 + 4 * 8 + 8 * 8));
  /* Sums of 2 and 3 inputs, of 3 and 2 outputs, and of 10 samples grow by 1 and 2, 2 and 1, and 4
   * bits; an update adds 4 + 16 bits. */
  g_assert_cmpfloat_with_epsilon (fixed.additions,
                                  100 * (6 * (12 + 1 + 12 + 2 + 16 + 4) +
                                         6 * (12 + 2 + 12 + 1 + 16 + 4) + 12 / 10. * 20),
                                  1e-9);
  g_assert_cmpfloat_with_epsilon (fixed.memory,
                                  3 * 5 * 16 + 12 / 10. * (4 * 4 + 2 * 8 + 2 * 16),
                                  1e-9);
  g_assert_cmpfloat (of_float.multiplies, ==, 36 * 10000);
  g_assert_cmpfloat_with_epsilon (of_float.additions, 1e6 * (36 + 12 / 10.), 1e-6);
  g_assert_cmpfloat_with_epsilon (of_float.memory, 3 * 5 * 64 + 12 / 10. * 8 * 32, 1e-9);
}

/* A float operand makes a float product, but a sign is no operand. */
static void
test_mixed (void)
{
  g_autoptr (FxpExperiment) experiment = make_small ();
  FxpEnergy fixed, of_float;

  experiment = set (g_steal_pointer (&experiment), "precision.*.activation-grad.format", "float");
  estimate (experiment, &fixed, &of_float);
  g_assert_cmpfloat (fixed.multiplies, ==, 12 * (4 * 8 + 2 * 10000));
  experiment = set (g_steal_pointer (&experiment), "precision.*.weight.format", "Q1.0");
  experiment = set (g_steal_pointer (&experiment), "precision.*.weight.rounding", "sign");
  estimate (experiment, &fixed, &of_float);
  g_assert_cmpfloat (fixed.multiplies, ==, 12 * (8 + 23 + 10000));
  experiment = set (g_steal_pointer (&experiment), "precision.*.*.format", "float");
  estimate (experiment, &fixed, &of_float);
  g_assert_cmpfloat (fixed.multiplies, ==, of_float.multiplies);
  g_assert_cmpfloat (fixed.additions, ==, of_float.additions);
  g_assert_cmpfloat (fixed.memory, ==, of_float.memory);
}

/* 2-3-4-2: 8-bit words around 4 x 3 ternary weights in 8 clusters of 2 or 1. */
static void
test_clusters (void)
{
  g_autoptr (FxpExperiment) experiment = set (make_small (), "network.topology", "2-3-4-2");
  FxpEnergy fixed, of_float;

  experiment = set (g_steal_pointer (&experiment), "clusters.size", "2");
  experiment = set (g_steal_pointer (&experiment), "clusters.method", "opt");
  estimate (experiment, &fixed, &of_float);
  /* A scale meets a sum of 9 bits forward and 8 of G_A backward. */
  g_assert_cmpfloat (fixed.multiplies, ==, 14 * 3 * 64 + 12 * 64 + 8 * 8 * 9 + 8 * 8 * 8);
  /* In clusters 9 bits and then 18 forward, 18 backward; an update adds to W as its cell has it. */
  g_assert_cmpfloat_with_epsilon (fixed.additions,
                                  100 * (6 * (16 + 1 + 16 + 2 + 16 + 4) +
                                         8 * (16 + 2 + 16 + 1 + 16 + 4) + 12 * (9 + 18 + 16 + 4) +
                                         8 * 18 + 26 / 10. * 20),
                                  1e-6);
  g_assert_cmpfloat_with_epsilon (fixed.memory,
                                  3 * 9 * 16 + (4 * (14 * 8 + 12 * 2 + 8 * 8) + 26 * 48) / 10.,
                                  1e-9);
  g_assert_cmpfloat (of_float.multiplies, ==, 26 * 3 * 10000);
  experiment = set (g_steal_pointer (&experiment), "clusters.method", "power");
  estimate (experiment, &fixed, &of_float);
  g_assert_cmpfloat (fixed.multiplies, ==, 14 * 3 * 64 + 12 * (2 * 8 + 2 * 8 + 64));
}

#define WHOLE                                                                                      \
  "[energy]\nname=mine\nsource=measured\nfull-adder-pj=1\nadder-bit-pj=2e-3\n"                     \
  "float-multiply-pj=3\nfloat-add-pj=4\n"

static const struct
{
  const char *text;
  const char *says; /* NULL: it is good */
} files[] = {
  {WHOLE "memory-bit-pj=5\n", NULL},
  {WHOLE "memory-bit-pj=0\n", NULL},
  {WHOLE, "[energy] memory-bit-pj: it is not there, expected a value"},
  {WHOLE "memory-bit-pj=\n", "[energy] memory-bit-pj: it is empty, expected a value"},
  {WHOLE "memory-bit-pj=many\n",
   "[energy] memory-bit-pj: \"many\", expected a number of picojoule from 0 to 1000000"},
  {WHOLE "memory-bit-pj=1,5\n", "\"1,5\", expected a number"},
  {WHOLE "memory-bit-pj=nan\n", "\"nan\", expected a number"},
  {WHOLE "memory-bit-pj=-1\n", "\"-1\", expected a number"},
  {WHOLE "memory-bit-pj=1e7\n", "\"1e7\", expected a number"},
  {"[energie]\nname=x\n", "[energy] name: it is not there"},
  {"", "[energy] name: it is not there"},
  {"no key file\n", "expected a key file with a group [energy]"},
  {"[energy]\nname=\xff\n", "[energy] name"},
};

static void
test_files (void)
{
  char *folder = scratch_folder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path =
        scratch_folder_write (folder, "my.ini", files[i].text, strlen (files[i].text));
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpEnergyTable) table = fxp_energy_table_load (file, &error);

      if (files[i].says == NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpstr (table->name, ==, "mine");
          g_assert_cmpfloat_with_epsilon (table->adder_bit, 2e-15, 1e-25);
          continue;
        }
      g_assert_null (table);
      g_assert_true (error->domain == FXP_ERROR);
      assert_one_sentence (error, "my.ini", files[i].says);
    }
  scratch_folder_remove (folder);
}

static void
test_unreadable (void)
{
  char *folder = scratch_folder_new ();
  g_autofree char *path = g_build_filename (folder, "missing.ini", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *large = g_strnfill (70000, '#');
  g_autofree char *large_path = scratch_folder_write (folder, "large.ini", large, 70000);
  g_autoptr (GFile) large_file = g_file_new_for_path (large_path);
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_energy_table_load (file, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  assert_one_sentence (error, "missing.ini", "");
  g_clear_error (&error);
  g_assert_null (fxp_energy_table_load (large_file, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  assert_one_sentence (error, "large.ini", "70000 bytes");
  scratch_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/energy/shipped", test_shipped);
  g_test_add_func ("/energy/by-hand", test_by_hand);
  g_test_add_func ("/energy/mixed", test_mixed);
  g_test_add_func ("/energy/clusters", test_clusters);
  g_test_add_func ("/energy/files", test_files);
  g_test_add_func ("/energy/unreadable", test_unreadable);
  return g_test_run ();
}
