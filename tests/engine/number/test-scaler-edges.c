/* SPDX-License-Identifier: MIT */
/* The edges of what a scaler decides by, code by code. */
#include "config.h"

#include "number/scaler.h"

/* One array with the greatest code @max; @n_full values have it where it fills the word. */
static gint32
show (FxpScaler *scaler,
      const FxpScalingOptions *options,
      guint8 word,
      gboolean is_signed,
      guint32 max,
      guint64 n_full)
{
  const FxpFormat format = {word, (gint8)-scaler->exponent, is_signed};
  const guint32 most = (1u << (word - is_signed)) - 1;
  const FxpRangeSight sight = {
    .n = 9,
    .n_full = max >= MAX (most, 1) ? n_full : 0,
    .max = max,
  };

  fxp_scaler_advance (scaler, options, format, &sight);
  return scaler->exponent;
}

/* Where a rule lets arrays saturate they are measured anew in each period, not an array sooner or
 * later; what did so before a measurement does not count. */
static void
test_period (void)
{
  FxpScalingOptions options;
  FxpScaler scaler;

  fxp_scaling_options_init (&options, FXP_SCALING_RISTRETTO);
  options.period = 5;
  fxp_scaler_init (&scaler, 0);
  /* 118 in 8 bits has 7 integer bits, one too few: 236 would be its code. */
  g_assert_cmpint (show (&scaler, &options, 8, TRUE, 118, 0), ==, -1);
  for (guint round = 0; round < 3; round++)
    {
      for (guint i = 1; i < options.period; i++)
        g_assert_cmpint (show (&scaler, &options, 8, TRUE, 127, 3), ==, -1);
      g_assert_cmpint (show (&scaler, &options, 8, TRUE, 127, 3), ==, 0);
      g_assert_cmpint (show (&scaler, &options, 8, TRUE, 118, 0), ==, -1);
    }
  for (guint i = 1; i < options.period; i++)
    g_assert_cmpint (show (&scaler, &options, 8, TRUE, 127, 3), ==, -1);
  /* A measurement in between, of a value that has shrunk, begins the period anew. */
  g_assert_cmpint (show (&scaler, &options, 8, TRUE, 126, 0), ==, -2);
  for (guint i = 1; i < options.period; i++)
    g_assert_cmpint (show (&scaler, &options, 8, TRUE, 127, 3), ==, -2);
  g_assert_cmpint (show (&scaler, &options, 8, TRUE, 127, 3), ==, -1);
  /* Measured, it is forgotten: full once more, it has grown, and the exponent with it. */
  g_assert_cmpint (show (&scaler, &options, 8, TRUE, 127, 1), ==, 0);
}

/* Half of the word's codes are enough to foresee by, and the least that is beyond the word. */
static void
test_foreseen (void)
{
  FxpScalingOptions options;
  FxpScaler scaler;

  /* 64 becomes code 128 with NITI's exponent, which is beyond 127 by more than a half. */
  fxp_scaling_options_init (&options, FXP_SCALING_NITI);
  fxp_scaler_init (&scaler, 0);
  g_assert_cmpint (show (&scaler, &options, 8, TRUE, 64, 0), ==, -1);
  g_assert_cmpint (show (&scaler, &options, 8, TRUE, 127, 7), ==, -1);
}

/* Autoflex's margin: three deviations of the maxima, as of a population. */
static void
test_margin (void)
{
  static const struct
  {
    guint8 word;
    gboolean is_signed;
    guint32 first, second;
    int exponent; /* after both */
  } cases[] = {
    /* The deviation of two is half their distance; 16 bits hold 32767, and 100 steps are free. */
    {16, TRUE, 30000, 28223, 0}, /* 30000 + 2665.5 + 100 = 32765.5 */
    {16, TRUE, 30000, 28221, 1}, /* 30000 + 2668.5 + 100 = 32768.5 */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FxpScalingOptions options;
      FxpScaler scaler;

      fxp_scaling_options_init (&options, FXP_SCALING_PREDICTIVE);
      fxp_scaler_init (&scaler, 0);
      g_assert_cmpint (show (&scaler,
                             &options,
                             cases[i].word,
                             cases[i].is_signed,
                             cases[i].first,
                             0),
                       ==,
                       0);
      g_assert_cmpint (show (&scaler,
                             &options,
                             cases[i].word,
                             cases[i].is_signed,
                             cases[i].second,
                             0),
                       ==,
                       cases[i].exponent);
    }
}

/* A maximum of 32 steps is remembered, one of 31 places the word by itself; of few bits half the
 * range is enough. */
static void
test_reliable (void)
{
  static const struct
  {
    guint8 word;
    guint32 max;
    guint32 n_maxima;
    int exponent;
  } cases[] = {
    {16, 31, 0, 4 - 14}, /* its leading bit is the word's */
    {16, 32, 1, 7 - 14}, /* 32 + 100 steps */
    {4, 3, 0, 1 - 2},
    {4, 4, 1, 0}, /* 4 + 1 */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FxpScalingOptions options;
      FxpScaler scaler;

      fxp_scaling_options_init (&options, FXP_SCALING_PREDICTIVE);
      fxp_scaler_init (&scaler, 0);
      g_assert_cmpint (show (&scaler, &options, cases[i].word, TRUE, cases[i].max, 0),
                       ==,
                       cases[i].exponent);
      g_assert_cmpuint (scaler.n_maxima, ==, cases[i].n_maxima);
    }
}

/* A saturated word that remembers nothing looks higher by half its bits, by one where those are
 * few. */
static void
test_search (void)
{
  static const struct
  {
    guint8 word;
    gboolean is_signed;
    int step;
  } cases[] = {{16, TRUE, 7}, {8, TRUE, 3}, {4, TRUE, 1}, {2, TRUE, 1}, {1, FALSE, 1}};

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const guint32 most = (1u << (cases[i].word - cases[i].is_signed)) - 1;
      FxpScalingOptions options;
      FxpScaler scaler;

      fxp_scaling_options_init (&options, FXP_SCALING_PREDICTIVE);
      fxp_scaler_init (&scaler, 0);
      g_assert_cmpint (show (&scaler, &options, cases[i].word, cases[i].is_signed, most, 2),
                       ==,
                       cases[i].step);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scaler/edges/period", test_period);
  g_test_add_func ("/scaler/edges/foreseen", test_foreseen);
  g_test_add_func ("/scaler/edges/margin", test_margin);
  g_test_add_func ("/scaler/edges/reliable", test_reliable);
  g_test_add_func ("/scaler/edges/search", test_search);
  return g_test_run ();
}
