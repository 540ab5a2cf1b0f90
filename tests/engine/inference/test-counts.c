/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/counts.h"
#include <math.h>

static void
test_add (void)
{
  FxpInferenceCounts sum = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const FxpInferenceCounts other = {10, 20, 30, 40, 50, 60, 70, 80, 90};

  fxp_inference_counts_add (&sum, &other);
  g_assert_cmpuint (sum.n_images, ==, 11);
  g_assert_cmpuint (sum.n_macs, ==, 22);
  g_assert_cmpuint (sum.n_multiplies, ==, 33);
  g_assert_cmpuint (sum.n_shifts, ==, 44);
  g_assert_cmpuint (sum.n_adds, ==, 55);
  g_assert_cmpuint (sum.n_skipped, ==, 66);
  g_assert_cmpuint (sum.n_affine, ==, 77);
  g_assert_cmpuint (sum.n_converted, ==, 88);
  g_assert_cmpuint (sum.n_saturated, ==, 99);
}

static void
test_share (void)
{
  const FxpInferenceCounts none = {0}, quarter = {.n_macs = 400, .n_multiplies = 300};

  g_assert_true (isnan (fxp_inference_counts_get_share_replaced (&none)));
  g_assert_cmpfloat (fxp_inference_counts_get_share_replaced (&quarter), ==, .25);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/counts/add", test_add);
  g_test_add_func ("/counts/share", test_share);
  return g_test_run ();
}
