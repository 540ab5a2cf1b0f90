/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/criteria.h"
#include "number/error.h"
#include <math.h>
#include <string.h>

static void
test_variants (void)
{
  FxpAssignmentOptions paper, code;
  g_autoptr (GError) error = NULL;
  FxpVariant variant;

  fxp_assignment_options_init (&paper, FXP_VARIANT_PAPER);
  fxp_assignment_options_init (&code, FXP_VARIANT_CODE);
  g_assert_cmpfloat (paper.smoothing, ==, 1);
  g_assert_cmpfloat (paper.gradient_range, ==, 4);
  g_assert_cmpfloat (paper.gradient_margin, ==, 1);
  g_assert_true (paper.fourth_root);
  g_assert_cmpuint (paper.jacobian, ==, FXP_JACOBIAN_EXACT);
  g_assert_cmpfloat_with_epsilon (code.smoothing, 3.162, 0.001);
  g_assert_cmpfloat (code.gradient_range, ==, 8);
  g_assert_cmpfloat (code.gradient_margin, ==, 2);
  g_assert_false (code.fourth_root);
  g_assert_cmpuint (code.jacobian, ==, FXP_JACOBIAN_SIMPLIFIED);
  for (guint i = 0; i < FXP_N_VARIANTS; i++)
    {
      const FxpAssignmentOptions *options = i == FXP_VARIANT_PAPER ? &paper : &code;

      g_assert_true (fxp_assignment_options_validate (options, &error));
      g_assert_cmpfloat (options->target, ==, 0.01);
      g_assert_cmpuint (options->bits_max, ==, 24);
      g_assert_true (fxp_variant_parse (fxp_variant_get_nick (i), &variant, NULL));
      g_assert_cmpuint (variant, ==, i);
    }
  g_assert_false (fxp_variant_parse ("thesis", &variant, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
  g_assert_cmpstr (error->message,
                   ==,
                   "\"thesis\" is not a variant of the criteria; expected paper or code");
}

/* One wrong value at a time; each is named. */
static void
assert_refused (FxpAssignmentOptions options, const char *beginning)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (fxp_assignment_options_validate (&options, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_true (g_str_has_prefix (error->message, beginning));
  g_assert_nonnull (strstr (error->message, "; expected "));
}

static void
test_limits (void)
{
  FxpAssignmentOptions good;

#define WITH(field, value)                                                                         \
  ({                                                                                               \
    FxpAssignmentOptions bad = good;                                                               \
    bad.field = (value);                                                                           \
    bad;                                                                                           \
  })
  fxp_assignment_options_init (&good, FXP_VARIANT_PAPER);
  assert_refused (WITH (smoothing, 0), "The factor c of smoothing is 0;");
  assert_refused (WITH (smoothing, NAN), "The factor c of smoothing is");
  assert_refused (WITH (gradient_range, -4), "The factor k of G_A's range is -4;");
  assert_refused (WITH (gradient_range, INFINITY), "The factor k of G_A's range is inf;");
  assert_refused (WITH (gradient_margin, 3), "The margin of G_A's range is 3;");
  assert_refused (WITH (gradient_margin, 0.5), "The margin of G_A's range is 0.5;");
  assert_refused (WITH (target, 0), "The target of p_m is 0;");
  assert_refused (WITH (target, 1.5), "The target of p_m is 1.5;");
  assert_refused (WITH (extra_bits, 17), "The number of extra bits is 17;");
  assert_refused (WITH (bits_max, 1), "The greatest word length is 1;");
  assert_refused (WITH (bits_max, 33), "The greatest word length is 33;");
  assert_refused (WITH (deviation_floor, 0), "The floor of σ_min is 0;");
  assert_refused (WITH (input_bits, 33), "The word length of the input is 33;");
#undef WITH
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/assignment-options/variants", test_variants);
  g_test_add_func ("/assignment-options/limits", test_limits);
  return g_test_run ();
}
