/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <math.h>
#include <string.h>

#include "number/error.h"
#include "number/random.h"
#include "number/shift-rounding.h"

/* Twice the width of a sum: nothing is near its ends. */
typedef __int128 Wide;

static Wide
divide_down (Wide above, Wide below)
{
  const Wide quotient = above / below;

  return above % below < 0 ? quotient - 1 : quotient;
}

/* NITI's rounding from the bits themselves: the magnitude's rest is read bit by bit, the upper half
 * being the longer one. */
static Wide
round_by_halves (Wide sum, guint shift)
{
  const Wide magnitude = sum < 0 ? -sum : sum;
  Wide upper = 0, lower = 0, whole = magnitude / ((Wide)1 << shift);

  for (guint bit = shift; bit > 0; bit--)
    {
      const Wide digit = magnitude / ((Wide)1 << (bit - 1)) % 2;

      if (bit > shift / 2)
        upper = 2 * upper + digit;
      else
        lower = 2 * lower + digit;
    }
  if (shift % 2 == 1)
    lower *= 2;
  whole += upper > lower ? 1 : 0;
  return sum < 0 ? -whole : whole;
}

/* The definitions as quotients of integers of 128 bits, slowly. */
static Wide
round_slowly (gint64 sum, guint shift, FxpShiftRounding rounding, guint64 draw)
{
  const Wide wide = sum, unit = (Wide)1 << shift;
  const Wide up = divide_down (2 * wide + unit, 2 * unit);    /* floor (y + 1/2) */
  const Wide down = -divide_down (unit - 2 * wide, 2 * unit); /* ceil (y - 1/2) */

  switch (rounding)
    {
    case FXP_SHIFT_NEAREST_UP:
      return up;
    case FXP_SHIFT_NEAREST_AWAY:
      return sum < 0 ? down : up;
    case FXP_SHIFT_NEAREST_EVEN:
      return up % 2 == 0 ? up : down;
    case FXP_SHIFT_FLOOR:
      return divide_down (wide, unit);
    case FXP_SHIFT_TOWARD_ZERO:
      return wide / unit;
    case FXP_SHIFT_STOCHASTIC:
      return divide_down (wide + (Wide)draw / ((Wide)1 << (64 - shift)), unit);
    case FXP_SHIFT_PSEUDO_STOCHASTIC:
      return round_by_halves (wide, shift);
    case FXP_N_SHIFT_ROUNDINGS:
    default:
      g_assert_not_reached ();
    }
}

static void
check (gint64 sum, guint shift, guint64 draw)
{
  for (guint rounding = 0; rounding < FXP_N_SHIFT_ROUNDINGS; rounding++)
    {
      const gint64 found = fxp_shift_round (sum, shift, rounding, draw);
      const Wide expected = round_slowly (sum, shift, rounding, draw);

      if (found != expected)
        g_error ("%" G_GINT64_FORMAT " >> %u, %s, draw %" G_GUINT64_FORMAT
                 ": found %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT,
                 sum,
                 shift,
                 fxp_shift_rounding_get_nick (rounding),
                 draw,
                 found,
                 (gint64)expected);
    }
}

/* All small sums and shifts, with draws at both ends and between. */
static void
test_small (void)
{
  static const guint64 draws[] = {0,
                                  1,
                                  G_GUINT64_CONSTANT (1) << 63,
                                  G_GUINT64_CONSTANT (0x9e3779b97f4a7c15),
                                  G_MAXUINT64};

  for (gint64 sum = -1100; sum <= 1100; sum++)
    for (guint shift = 0; shift <= 12; shift++)
      for (gsize i = 0; i < G_N_ELEMENTS (draws); i++)
        check (sum, shift, draws[i]);
}

static guint64
draw_64 (FxpNoise noise, guint32 i)
{
  return (guint64)fxp_noise_draw (noise, 2 * i) << 32 | fxp_noise_draw (noise, 2 * i + 1);
}

/* Sums of all sizes, next to midpoints, integers and the ends, with all shifts. */
static void
test_wide (void)
{
  const FxpNoise noise = fxp_noise_new (11, 0, 0, 0, FXP_STREAM_SYNTHETIC);
  guint32 next = 0;

  for (guint shift = 0; shift <= FXP_SHIFT_MAX; shift++)
    for (guint trial = 0; trial < 400; trial++)
      {
        const guint64 bits = draw_64 (noise, next++), unit = G_GUINT64_CONSTANT (1) << shift;
        const gint64 random = (gint64)bits >> (trial % 64);
        const guint64 near =
          ((bits >> (trial % 64)) & ~(unit - 1)) + (trial % 2) * (unit / 2) + trial % 3 - 1;

        check (random, shift, draw_64 (noise, next++));
        check ((gint64)near, shift, draw_64 (noise, next++));
        check (G_MAXINT64 - (gint64)(trial % 4), shift, draw_64 (noise, next++));
        check (G_MININT64 + (gint64)(trial % 4), shift, draw_64 (noise, next++));
      }
}

/* 37 / 16 and its negative, a draw each; the mean keeps what the codes cannot. */
static void
test_stochastic (void)
{
  enum
  {
    N = 200000
  };
  const FxpNoise noise = fxp_noise_new (7, 0, 0, 0, FXP_STREAM_QUANTIZE);
  static const int sums[] = {37, -37};

  for (gsize k = 0; k < G_N_ELEMENTS (sums); k++)
    {
      const int floor_code = sums[k] >> 4;
      double mean = 0.0;

      for (guint32 i = 0; i < N; i++)
        {
          const guint64 draw = draw_64 (noise, i + (guint32)k * N);
          const gint64 code = fxp_shift_round (sums[k], 4, FXP_SHIFT_STOCHASTIC, draw);

          g_assert_true (code == floor_code || code == floor_code + 1);
          g_assert_cmpint (code, ==, fxp_shift_round (sums[k], 4, FXP_SHIFT_STOCHASTIC, draw));
          mean += (double)code / N;
        }
      g_assert_cmpfloat_with_epsilon (mean, sums[k] / 16.0, 0.005);
    }
}

/* Over all draws of its bits the stochastic mean is exact. */
static void
test_stochastic_exactly (void)
{
  for (guint shift = 1; shift <= 8; shift++)
    for (gint64 sum = -600; sum <= 600; sum++)
      {
        const guint64 unit = G_GUINT64_CONSTANT (1) << shift;
        gint64 total = 0;

        for (guint64 u = 0; u < unit; u++)
          total += fxp_shift_round (sum, shift, FXP_SHIFT_STOCHASTIC, u << (64 - shift));
        g_assert_cmpint (total, ==, sum);
      }
}

/* A weight of 1 in steps of 2^-6, and 10 000 updates of 2^-10: rounded to nearest none arrives. */
static void
test_stall (void)
{
  const FxpNoise noise = fxp_noise_new (5, 0, 0, 0, FXP_STREAM_QUANTIZE);
  gint64 nearest = 64, stochastic = 64;
  double moved;

  for (guint32 i = 0; i < 10000; i++)
    {
      nearest = fxp_shift_round (16 * nearest + 1, 4, FXP_SHIFT_NEAREST_UP, 0);
      stochastic =
        fxp_shift_round (16 * stochastic + 1, 4, FXP_SHIFT_STOCHASTIC, draw_64 (noise, i));
    }
  moved = (double)(stochastic - 64) / 64.0;
  g_assert_cmpint (nearest, ==, 64);
  g_assert_cmpfloat (fabs (moved / 9.77 - 1.0), <=, 0.12);
}

static void
test_nicks (void)
{
  g_autoptr (GError) error = NULL;
  FxpShiftRounding rounding = FXP_SHIFT_FLOOR;

  for (guint i = 0; i < FXP_N_SHIFT_ROUNDINGS; i++)
    {
      g_assert_true (fxp_shift_rounding_parse (fxp_shift_rounding_get_nick (i), &rounding, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (rounding, ==, i);
    }
  g_assert_false (fxp_shift_rounding_parse ("nearest", &rounding, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
  for (guint i = 0; i < FXP_N_SHIFT_ROUNDINGS; i++)
    g_assert_nonnull (strstr (error->message, fxp_shift_rounding_get_nick (i)));
  g_assert_cmpint (rounding, ==, FXP_N_SHIFT_ROUNDINGS - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/shift-rounding/small", test_small);
  g_test_add_func ("/shift-rounding/wide", test_wide);
  g_test_add_func ("/shift-rounding/nicks", test_nicks);
  g_test_add_func ("/shift-rounding/stochastic-exactly", test_stochastic_exactly);
  /* Numbered as the acceptance tests of the second paper's specification. */
  g_test_add_func ("/shift-rounding/F6-stochastic", test_stochastic);
  g_test_add_func ("/shift-rounding/F7-stall", test_stall);

  return g_test_run ();
}
