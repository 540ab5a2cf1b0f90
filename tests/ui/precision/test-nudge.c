/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/nudge.h"

static const FxpFormat spare = {12, 9, TRUE};

static FxpFormat
nudged (FxpFormat from, FxuNudgeKind kind, int amount)
{
  FxuNudge nudge = {kind, amount};
  FxpQuantizer quantizer = {from, FXP_ROUND_FLOOR, FXP_OVERFLOW_WRAP};
  FxpQuantizer to = fxu_nudge_quantizer (&nudge, &quantizer, spare);

  g_assert_cmpint (to.rounding, ==, FXP_ROUND_FLOOR);
  g_assert_cmpint (to.overflow, ==, FXP_OVERFLOW_WRAP);
  return to.format;
}

static void
check (FxpFormat found, const char *expected)
{
  g_autofree char *text = fxp_format_to_string (found);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_fraction (void)
{
  FxpFormat format = FXP_FORMAT_SIGNED (8, 5);

  check (nudged (format, FXU_NUDGE_FRACTION, 1), "Q2.6");
  check (nudged (format, FXU_NUDGE_FRACTION, -1), "Q2.4");
  check (nudged (format, FXU_NUDGE_FRACTION, -100), "Q2.-1");
  check (nudged (format, FXU_NUDGE_FRACTION, 100), "Q2.29");
  check (nudged (FXP_FORMAT_UNSIGNED (1, 0), FXU_NUDGE_FRACTION, -1), "UQ1.0");
}

static void
test_point (void)
{
  check (nudged (FXP_FORMAT_SIGNED (8, 5), FXU_NUDGE_POINT, 1), "Q1.6");
  check (nudged (FXP_FORMAT_SIGNED (8, 5), FXU_NUDGE_POINT, -6), "Q8.-1");
  g_assert_cmpint (nudged (FXP_FORMAT_SIGNED (8, FXP_FRAC_BITS_MAX), FXU_NUDGE_POINT, 1).frac_bits,
                   ==,
                   FXP_FRAC_BITS_MAX);
  g_assert_cmpint (nudged (FXP_FORMAT_SIGNED (8, FXP_FRAC_BITS_MIN), FXU_NUDGE_POINT, -1).frac_bits,
                   ==,
                   FXP_FRAC_BITS_MIN);
}

static void
test_bits (void)
{
  check (nudged (FXP_FORMAT_SIGNED (8, 5), FXU_NUDGE_BITS, 16), "Q2.13");
  check (nudged (FXP_FORMAT_SIGNED (8, 5), FXU_NUDGE_BITS, 0), "Q2.-1");
  check (nudged (FXP_FORMAT_SIGNED (8, 5), FXU_NUDGE_BITS, 99), "Q2.29");
  check (nudged (FXP_FORMAT_SIGNED (8, 5), FXU_NUDGE_LEAST, 0), "Q2.-1");
  check (nudged (FXP_FORMAT_SIGNED (8, 5), FXU_NUDGE_MOST, 0), "Q2.29");
}

static void
test_float (void)
{
  check (nudged (FXP_FORMAT_SIGNED (8, 5), FXU_NUDGE_FLOAT, 0), "float");
  check (nudged (FXP_FORMAT_FLOAT, FXU_NUDGE_FLOAT, 0), "Q2.9");
  check (nudged (FXP_FORMAT_FLOAT, FXU_NUDGE_BITS, 6), "Q2.3");
  check (nudged (FXP_FORMAT_FLOAT, FXU_NUDGE_FRACTION, 1), "float");
  check (nudged (FXP_FORMAT_FLOAT, FXU_NUDGE_POINT, 1), "float");
}

/* Whatever is asked, what comes is a format the engine takes. */
static void
test_always_valid (void)
{
  for (int word = 1; word <= FXP_WORD_BITS_MAX; word++)
    for (int frac = FXP_FRAC_BITS_MIN; frac <= FXP_FRAC_BITS_MAX; frac += 3)
      for (int kind = FXU_NUDGE_FRACTION; kind <= FXU_NUDGE_FLOAT; kind++)
        for (int amount = -40; amount <= 40; amount += 8)
          {
            g_autoptr (GError) error = NULL;
            FxpFormat format = {(guint8)word, (gint8)frac, kind % 2 == 0};

            fxp_format_validate (nudged (format, kind, amount), &error);
            g_assert_no_error (error);
          }
}

static void
test_sum (void)
{
  FxpSumRegister exact = FXP_SUM_REGISTER_EXACT;
  FxpSumRegister wrap = {FXP_SUM_WRAP, 20};
  FxuNudge up = {FXU_NUDGE_FRACTION, 1};
  FxuNudge toggle = {FXU_NUDGE_FLOAT, 0};
  FxuNudge typed = {FXU_NUDGE_BITS, 99};
  FxuNudge point = {FXU_NUDGE_POINT, 1};
  FxpSumRegister to;

  to = fxu_nudge_sum (&up, &exact, 18);
  g_assert_true (fxp_sum_register_equal (&to, &exact));
  to = fxu_nudge_sum (&up, &wrap, 18);
  g_assert_cmpint (to.mode, ==, FXP_SUM_WRAP);
  g_assert_cmpuint (to.bits, ==, 21);
  to = fxu_nudge_sum (&point, &wrap, 18);
  g_assert_true (fxp_sum_register_equal (&to, &wrap));
  to = fxu_nudge_sum (&toggle, &exact, 18);
  g_assert_cmpint (to.mode, ==, FXP_SUM_SATURATE);
  g_assert_cmpuint (to.bits, ==, 18);
  to = fxu_nudge_sum (&toggle, &wrap, 18);
  g_assert_cmpint (to.mode, ==, FXP_SUM_EXACT);
  to = fxu_nudge_sum (&typed, &wrap, 18);
  g_assert_cmpuint (to.bits, ==, FXP_SUM_BITS_MAX);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/precision/nudge/fraction", test_fraction);
  g_test_add_func ("/precision/nudge/point", test_point);
  g_test_add_func ("/precision/nudge/bits", test_bits);
  g_test_add_func ("/precision/nudge/float", test_float);
  g_test_add_func ("/precision/nudge/always-valid", test_always_valid);
  g_test_add_func ("/precision/nudge/sum", test_sum);
  return g_test_run ();
}
