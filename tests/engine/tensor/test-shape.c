/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/shape.h"

static void
check (FxpShape shape, gsize n, const char *expected)
{
  g_autofree char *text = fxp_shape_to_string (&shape);

  g_assert_cmpuint (fxp_shape_get_n (&shape), ==, n);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_print (void)
{
  check (FXP_SHAPE_1 (784), 784, "784");
  check (FXP_SHAPE_2 (32, 64), 2048, "32x64");
  check (FXP_SHAPE_3 (1, 28, 28), 784, "1x28x28");
  check (FXP_SHAPE_4 (10, 3, 32, 32), 30720, "10x3x32x32");
}

static void
test_equal (void)
{
  FxpShape a = FXP_SHAPE_2 (3, 4), b = FXP_SHAPE_2 (3, 4), c = FXP_SHAPE_2 (4, 3);
  FxpShape d = FXP_SHAPE_3 (3, 4, 1);

  /* What lies beyond the rank does not count. */
  b.dim[2] = 9;
  g_assert_true (fxp_shape_equal (&a, &b));
  g_assert_false (fxp_shape_equal (&a, &c));
  g_assert_false (fxp_shape_equal (&a, &d));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/shape/print", test_print);
  g_test_add_func ("/tensor/shape/equal", test_equal);
  return g_test_run ();
}
