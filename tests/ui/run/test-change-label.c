/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/change-label.h"

/* @changes: "key=value" joined by spaces; @expected NULL: no label. */
static void
check (const char *changes, const char *expected)
{
  g_autoptr (FxpExperiment) before = fxp_experiment_new ();
  g_autoptr (FxpExperiment) after = fxp_experiment_ref (before);
  g_auto (GStrv) pairs = g_strsplit (changes, " ", -1);
  g_autofree char *label = NULL;

  for (guint i = 0; pairs[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);
      g_autoptr (GError) error = NULL;
      FxpExperiment *next = fxp_experiment_with_value (after, pair[0], pair[1], &error);

      g_assert_no_error (error);
      fxp_experiment_unref (after);
      after = next;
    }
  label = fxu_change_label (before, after);
  g_assert_cmpstr (label, ==, expected);
}

static void
test_cells (void)
{
  check ("precision.2.weight.bits=5", "fc2 W 12→5");
  check ("precision.2.weight.format=float", "fc2 W 12→float");
  check ("precision.2.weight.format=Q1.10", "fc2 W Q1.10");
  check ("precision.2.weight.rounding=stochastic", "fc2 W stochastic");
  check ("precision.2.weight.overflow=wrap", "fc2 W wrap");
  check ("precision.2.weight.scaling=abs-max", "fc2 W abs-max");
  check ("precision.3.sum.register=wrap precision.3.sum.bits=14", "fc3 Σ wrap 14");
}

static void
test_many (void)
{
  check ("precision.*.weight.bits=5", "W 12→5");
  check ("precision.2.*.bits=5", "fc2 12→5");
  check ("precision.*.*.bits=5", "all 12→5");
  check ("precision.*.*.rounding=stochastic", "all stochastic");
  check ("precision.*.*.scaling=predictive", "all predictive");
  check ("precision.1.weight.bits=5 precision.1.activation.bits=4", "fc1 2 changes");
}

static void
test_plain (void)
{
  check ("training.rate=0.05", "rate 0.05");
  check ("training.batch=20 training.rate=0.05", "2 changes");
  check ("training.rate=0.05 precision.2.weight.bits=5", "2 changes");
  check ("network.topology=2-4-2", "topology 2-4-2");
  check ("training.rate=0.1", NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/change-label/cells", test_cells);
  g_test_add_func ("/run/change-label/many", test_many);
  g_test_add_func ("/run/change-label/plain", test_plain);
  return g_test_run ();
}
