/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/error.h"
#include "tensor/sum-register.h"

/* Every sum a register of few bits can hold, and terms from far below to far above it. */
static void
test_add_exhaustively (void)
{
  for (guint bits = FXP_SUM_BITS_MIN; bits <= 6; bits++)
    {
      const FxpSumRegister wrapping = {FXP_SUM_WRAP, bits};
      const FxpSumRegister saturating = {FXP_SUM_SATURATE, bits};
      const gint64 limit = (gint64)1 << (bits - 1);

      for (gint64 sum = -limit; sum < limit; sum++)
        for (gint64 term = -200; term <= 200; term++)
          {
            gboolean outside = sum + term < -limit || sum + term >= limit;
            gboolean wrapped = FALSE, saturated = FALSE;
            gint64 rest = fxp_sum_register_add (&wrapping, sum, term, &wrapped);

            g_assert_cmpint (rest, >=, -limit);
            g_assert_cmpint (rest, <, limit);
            g_assert_cmpint ((rest - sum - term) % (2 * limit), ==, 0);
            g_assert_cmpint (fxp_sum_register_add (&saturating, sum, term, &saturated),
                             ==,
                             CLAMP (sum + term, -limit, limit - 1));
            g_assert_cmpint (wrapped, ==, outside);
            g_assert_cmpint (saturated, ==, outside);
          }
    }
}

static void
test_add_limits (void)
{
  const FxpSumRegister wrapping = {FXP_SUM_WRAP, 64}, saturating = {FXP_SUM_SATURATE, 64};
  gboolean left = FALSE;

  g_assert_cmpint (fxp_sum_register_add (&wrapping, G_MAXINT64, G_MININT64, &left), ==, -1);
  g_assert_cmpint (fxp_sum_register_add (&FXP_SUM_REGISTER_EXACT, 5, -7, &left), ==, -2);
  g_assert_false (left);
  g_assert_cmpint (fxp_sum_register_add (&wrapping, G_MAXINT64, 1, &left), ==, G_MININT64);
  g_assert_true (left);
  left = FALSE;
  g_assert_cmpint (fxp_sum_register_add (&saturating, G_MININT64, G_MININT64, &left),
                   ==,
                   G_MININT64);
  g_assert_true (left);
  /* What it was before stays where nothing leaves the range. */
  g_assert_cmpint (fxp_sum_register_add (&saturating, 1, 1, &left), ==, 2);
  g_assert_true (left);
}

static void
test_parse (void)
{
  g_autoptr (GError) error = NULL;
  FxpSumMode mode;

  for (FxpSumMode i = 0; i < FXP_N_SUM_MODES; i++)
    {
      g_assert_true (fxp_sum_mode_parse (fxp_sum_mode_get_nick (i), &mode, &error));
      g_assert_no_error (error);
      g_assert_cmpint (mode, ==, i);
    }
  g_assert_cmpstr (fxp_sum_mode_get_nick (FXP_SUM_EXACT), ==, "exact");
  g_assert_cmpstr (fxp_sum_mode_get_nick (FXP_SUM_WRAP), ==, "wrap");
  g_assert_cmpstr (fxp_sum_mode_get_nick (FXP_SUM_SATURATE), ==, "saturate");

  mode = FXP_SUM_WRAP;
  g_assert_false (fxp_sum_mode_parse ("saturated", &mode, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
  g_assert_nonnull (strstr (error->message, "saturated"));
  g_assert_cmpint (mode, ==, FXP_SUM_WRAP);
}

static void
test_validate (void)
{
  static const guint wrong[] = {0, 1, 65, G_MAXUINT};

  for (FxpSumMode mode = FXP_SUM_WRAP; mode < FXP_N_SUM_MODES; mode++)
    {
      for (guint bits = FXP_SUM_BITS_MIN; bits <= FXP_SUM_BITS_MAX; bits++)
        g_assert_true (fxp_sum_register_validate (&(FxpSumRegister){mode, bits}, NULL));
      for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
        {
          g_autoptr (GError) error = NULL;

          g_assert_false (fxp_sum_register_validate (&(FxpSumRegister){mode, wrong[i]}, &error));
          g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
        }
    }
  g_assert_true (fxp_sum_register_validate (&(FxpSumRegister){FXP_SUM_EXACT, 0}, NULL));
}

static void
test_equal (void)
{
  const FxpSumRegister exact = {FXP_SUM_EXACT, 3}, wrap = {FXP_SUM_WRAP, 20};

  g_assert_true (fxp_sum_register_equal (&exact, &FXP_SUM_REGISTER_EXACT));
  g_assert_true (fxp_sum_register_equal (&wrap, &(FxpSumRegister){FXP_SUM_WRAP, 20}));
  g_assert_false (fxp_sum_register_equal (&wrap, &(FxpSumRegister){FXP_SUM_WRAP, 21}));
  g_assert_false (fxp_sum_register_equal (&wrap, &(FxpSumRegister){FXP_SUM_SATURATE, 20}));
}

static void
test_counts (void)
{
  FxpSumCounts a = {10, 2, 5};
  const FxpSumCounts b = {7, 1, 300};

  fxp_sum_counts_add (&a, &b);
  g_assert_cmpuint (a.n, ==, 17);
  g_assert_cmpuint (a.n_overflowed, ==, 3);
  g_assert_cmpuint (a.peak, ==, 300);
  fxp_sum_counts_add (&a, &(FxpSumCounts){0, 0, 299});
  g_assert_cmpuint (a.peak, ==, 300);

  g_assert_cmpuint (fxp_sum_counts_get_bits_needed (&(FxpSumCounts){0}), ==, 1);
  g_assert_cmpuint (fxp_sum_counts_get_bits_needed (&(FxpSumCounts){.peak = 1}), ==, 2);
  g_assert_cmpuint (fxp_sum_counts_get_bits_needed (&(FxpSumCounts){.peak = 127}), ==, 8);
  g_assert_cmpuint (fxp_sum_counts_get_bits_needed (&(FxpSumCounts){.peak = 128}), ==, 9);
  g_assert_cmpuint (fxp_sum_counts_get_bits_needed (&(FxpSumCounts){.peak = (guint64)1 << 63}),
                    ==,
                    65);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/sum-register/add-exhaustively", test_add_exhaustively);
  g_test_add_func ("/tensor/sum-register/add-limits", test_add_limits);
  g_test_add_func ("/tensor/sum-register/parse", test_parse);
  g_test_add_func ("/tensor/sum-register/validate", test_validate);
  g_test_add_func ("/tensor/sum-register/equal", test_equal);
  g_test_add_func ("/tensor/sum-register/counts", test_counts);
  return g_test_run ();
}
