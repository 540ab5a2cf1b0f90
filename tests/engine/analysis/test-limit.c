/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "statistics-case.h"

/* A rate that is a power of two takes one more bit: an update of exactly one step may stay. */
static void
test_power_of_two_rate (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  given->min_rate = 0x1p-7;
  assignment = statistics_case_assign (given);
  assert_assigned (assignment, 1, FXP_ROLE_WEIGHT_ACC, -6, 13, -18);
  assert_slacks (assignment);
}

/* White pixels are 1, and many: they must not saturate, nor what rounds to that. */
static void
test_greatest_input (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");

  given->layers[0].activation_max = 1;
  for (guint bits = 1; bits <= 16; bits++)
    {
      g_autoptr (FxpAssignment) assignment = NULL;

      given->options.input_bits = bits;
      assignment = statistics_case_assign (given);
      assert_assigned (assignment, 0, FXP_ROLE_ACTIVATION, 1, (int)bits, 1 - (int)bits);
    }
  given->options.input_bits = 8;
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (FxpAssignment) assignment = NULL;
      FxpQuantizer quantizer;
      FxpQuantizeCounts counts = {0};
      const double greatest = 1 - ldexp (1, i == 0 ? -9 : -8);
      guint8 code;

      given->layers[0].activation_max = greatest;
      assignment = statistics_case_assign (given);
      assert_assigned (assignment, 0, FXP_ROLE_ACTIVATION, i == 0 ? 1 : 0, 8, i == 0 ? -7 : -8);
      quantizer = get_assigned (assignment, 0, FXP_ROLE_ACTIVATION)->quantizer;
      fxp_quantizer_apply (&quantizer, NULL, &greatest, &code, 0, 1, &counts, NULL);
      g_assert_cmpuint (counts.n_overflowed, ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limit/power-of-two-rate", test_power_of_two_rate);
  g_test_add_func ("/limit/greatest-input", test_greatest_input);
  return g_test_run ();
}
