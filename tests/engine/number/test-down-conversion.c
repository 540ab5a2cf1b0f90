/* SPDX-License-Identifier: MIT */
/* Wide sums to mantissas, fxp_scaling_down_convert(). */
#include "config.h"

#include "number/quantizer.h"
#include "number/scaling.h"

static const FxpNoise source = {{0x299f31d0u, 0x082efa98u}};

/* P = 8, half up. */
static void
test_down_conversion (void)
{
  static const struct
  {
    gint32 sum;
    guint shift;
    gint32 mantissa;
  } rows[] = {
    {127, 0, 127},
    {128, 1, 64},
    {255, 1, 127},
    {777756, 13, 95},
    {0, 0, 0},
    {-128, 1, -64},
    {-255, 1, -127}, /* -127.5 goes up */
    {G_MAXINT32, 24, 127},
    {G_MININT32, 25, -64},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint32 sums[] = {rows[i].sum, 0, rows[i].sum / 2};
      gint32 mantissas[G_N_ELEMENTS (sums)];

      g_assert_cmpuint (fxp_scaling_down_convert (sums,
                                                  G_N_ELEMENTS (sums),
                                                  8,
                                                  FXP_SHIFT_NEAREST_UP,
                                                  NULL,
                                                  mantissas),
                        ==,
                        rows[i].shift);
      g_assert_cmpint (mantissas[0], ==, rows[i].mantissa);
      g_assert_cmpint (mantissas[1], ==, 0);
      /* In place. */
      fxp_scaling_down_convert (sums, 3, 8, FXP_SHIFT_NEAREST_UP, NULL, sums);
      g_assert_cmpmem (sums, sizeof sums, mantissas, sizeof mantissas);
    }
  g_assert_cmpuint (fxp_scaling_down_convert (NULL, 0, 8, FXP_SHIFT_NEAREST_UP, NULL, NULL), ==, 0);
}

/* Down-conversion is what abs-max and the quantizer make of the sums as real numbers, with every
 * rounding that both have, and stochastic draws too. */
static void
test_against_quantizer (void)
{
  enum
  {
    N = 37
  };
  static const struct
  {
    FxpShiftRounding shift;
    FxpRounding real;
  } roundings[] = {
    {FXP_SHIFT_NEAREST_UP, FXP_ROUND_NEAREST_UP},
    {FXP_SHIFT_NEAREST_AWAY, FXP_ROUND_NEAREST_AWAY},
    {FXP_SHIFT_NEAREST_EVEN, FXP_ROUND_NEAREST_EVEN},
    {FXP_SHIFT_FLOOR, FXP_ROUND_FLOOR},
    {FXP_SHIFT_TOWARD_ZERO, FXP_ROUND_TOWARD_ZERO},
    {FXP_SHIFT_STOCHASTIC, FXP_ROUND_STOCHASTIC},
  };
  FxpScalingOptions abs_max;
  guint n_shifted = 0;

  fxp_scaling_options_init (&abs_max, FXP_SCALING_ABS_MAX);
  for (guint32 trial = 0; trial < 1000; trial++)
    for (gsize r = 0; r < G_N_ELEMENTS (roundings); r++)
      {
        const guint8 word = (guint8)(trial % 3 == 0 ? 8 : 2 + trial % 15);
        gint32 sums[N], mantissas[N];
        gint64 max = 0;
        FxpQuantizer quantizer;
        int exponent;
        guint shift;

        for (guint32 i = 0; i < N; i++)
          {
            sums[i] = (gint32)fxp_noise_draw (source, trial * N + i) >> (trial % 31);
            max = MAX (max, ABS ((gint64)sums[i]));
          }
        shift = fxp_scaling_down_convert (sums, N, word, roundings[r].shift, &source, mantissas);
        exponent = fxp_scaling_choose (&abs_max, FXP_FORMAT_SIGNED (word, 0), (double)max);
        if (shift > 0)
          g_assert_cmpint (exponent, ==, shift);
        else
          g_assert_cmpint (exponent, <=, 0);
        n_shifted += shift > 0;
        quantizer = (FxpQuantizer){FXP_FORMAT_SIGNED (word, (gint8) - (int)shift),
                                   roundings[r].real,
                                   FXP_OVERFLOW_SATURATE_SYMMETRIC};
        for (guint32 i = 0; i < N; i++)
          g_assert_cmpint (fxp_quantizer_apply_one (&quantizer,
                                                    sums[i],
                                                    fxp_noise_draw (source, i)),
                           ==,
                           mantissas[i]);
      }
  g_assert_cmpuint (n_shifted, >, 3000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  /* Numbered as the acceptance tests of the second paper's specification. */
  g_test_add_func ("/scaling/F8-down-conversion", test_down_conversion);
  g_test_add_func ("/scaling/F9-against-quantizer", test_against_quantizer);

  return g_test_run ();
}
