/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <math.h>

#include "scaler-loop.h"

static const FxpNoise source = {{0xec4e6c89u, 0x452821e6u}};

/* NOB of Courbariaux: bits without the sign; 2^r is just above the greatest value. */
#define NOB 9

static int
get_range (const Loop *self)
{
  return self->scaler.exponent + NOB;
}

/* Gaussian data of deviation @sigma, batch by batch; how many updates changed the range, which
 * began at 5. */
static guint
control (Loop *self, double sigma, guint n_updates)
{
  enum
  {
    N = 2000
  };
  static double values[N];
  guint n_changes = 0;

  *self = loop_new (FXP_SCALING_OVERFLOW_RATE, NOB + 1, 5 - NOB);
  self->options.period = 20;
  for (guint32 array = 0; array < n_updates * self->options.period; array++)
    {
      const int before = self->scaler.exponent;

      for (guint32 i = 0; i < N; i++)
        values[i] = sigma * fxp_noise_normal (source, array * N + i);
      loop_take (self, values, N);
      if (self->scaler.exponent != before)
        {
          g_assert_cmpuint ((array + 1) % self->options.period, ==, 0);
          g_assert_cmpint (abs (self->scaler.exponent - before), ==, 1);
          n_changes++;
        }
    }
  return n_changes;
}

/* F of 100 as 40 000 values are here 20 arrays of 2 000: M = 1e-4 are 4 values on average. */
static void
test_controller (void)
{
  static const struct
  {
    double sigma;
    int range;
    guint n_changes;
  } rows[] = {{0.01, -4, 9}, {30.0, 7, 2}, {1.0, 2, 3}};
  Loop loop;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      /* After as many updates the range is there, and stays. */
      g_assert_cmpuint (control (&loop, rows[i].sigma, rows[i].n_changes), ==, rows[i].n_changes);
      g_assert_cmpint (get_range (&loop), ==, rows[i].range);
      g_assert_cmpuint (control (&loop, rows[i].sigma, rows[i].n_changes + 5),
                        ==,
                        rows[i].n_changes);
      g_assert_cmpint (get_range (&loop), ==, rows[i].range);
    }
}

/* P (|x| > 3.89 sigma) = 1e-4: the range stays where 3.89 <= 2^r / sigma < 7.78, and near either
 * edge, within 5 percent, it may flicker by one. */
static void
test_stationary (void)
{
  for (double sigma = 0.011; sigma < 40.0; sigma *= 2.3)
    {
      Loop loop;
      double ratio;

      control (&loop, sigma, 14);
      ratio = ldexp (1.0, get_range (&loop)) / sigma;
      g_assert_cmpfloat (ratio, >=, 3.89 * 0.95);
      g_assert_cmpfloat (ratio, <, 7.78 * 1.05);
    }
}

/* Each update is made of its own period alone: the range follows a jump bit by bit, both ways. */
static void
test_controller_jump (void)
{
  Loop loop = loop_new (FXP_SCALING_OVERFLOW_RATE, NOB + 1, -NOB);

  loop.options.period = 4;
  for (guint i = 0; i < 40; i++)
    loop_take_one (&loop, 6.0);
  g_assert_cmpint (get_range (&loop), ==, 3);
  for (guint i = 0; i < 40; i++)
    {
      loop_take_one (&loop, 0.2);
      g_assert_cmpint (get_range (&loop), ==, MAX (3 - ((int)i + 1) / 4, -2));
    }
  for (guint i = 0; i < 40; i++)
    {
      loop_take_one (&loop, 6.0);
      g_assert_cmpint (get_range (&loop), ==, MIN (-2 + ((int)i + 1) / 4, 3));
    }
}

static void
test_controller_zeros (void)
{
  static const double zeros[10];
  Loop loop = loop_new (FXP_SCALING_OVERFLOW_RATE, 10, 5);

  loop.options.period = 1;
  for (guint i = 0; i < 131; i++)
    {
      loop_take (&loop, zeros, G_N_ELEMENTS (zeros));
      g_assert_cmpint (loop.scaler.exponent, ==, 5 - (int)i - 1);
    }
  for (guint i = 0; i < 10; i++)
    loop_take (&loop, zeros, G_N_ELEMENTS (zeros));
  g_assert_cmpint (loop.scaler.exponent, ==, -FXP_FRAC_BITS_MAX);
  /* And comes up again. */
  loop_take_one (&loop, 1.0);
  g_assert_cmpint (loop.scaler.exponent, ==, 1 - FXP_FRAC_BITS_MAX);
  /* The other end. */
  loop = loop_new (FXP_SCALING_OVERFLOW_RATE, 10, -FXP_FRAC_BITS_MIN - 1);
  loop.options.period = 1;
  for (guint i = 0; i < 3; i++)
    loop_take_one (&loop, 1e300);
  g_assert_cmpint (loop.scaler.exponent, ==, -FXP_FRAC_BITS_MIN);
}

/* Abs-max finds the exponent that it would choose by the value itself, from far above in one array
 * and from below bit by bit, and has it for good.  Where the maximum is the greatest code or rounds
 * to more, it may be one more; where it rounds to the power of two below, NITI's is one less. */
static void
test_follow (void)
{
  static const FxpScaling rules[] = {FXP_SCALING_ABS_MAX, FXP_SCALING_NITI};

  for (gsize rule = 0; rule < G_N_ELEMENTS (rules); rule++)
    for (guint8 word = 4; word <= 16; word++)
      for (double max = 0.011; max < 2000.0; max *= 1.113)
        for (int distance = -3; distance <= 9; distance++)
          {
            const int expected = ilogb (max) - (word - 2);
            const double code = ldexp (max, -expected);
            Loop loop = loop_new (rules[rule], word, expected + distance);
            int settled;

            for (guint i = 0; i < 14; i++)
              loop_take_one (&loop, max);
            settled = loop.scaler.exponent;
            if (code >= ldexp (1.0, word - 1) - 1.5)
              g_assert_cmpint (settled - expected, ==, (settled - expected) & 1);
            else if (rules[rule] == FXP_SCALING_NITI && code < ldexp (1.0, word - 2) + 0.5)
              g_assert_cmpint (settled, ==, expected - 1);
            else
              g_assert_cmpint (settled, ==, expected);
            for (guint i = 0; i < 50; i++)
              {
                loop_take_one (&loop, max);
                g_assert_cmpint (loop.scaler.exponent, ==, settled);
              }
          }
}

/* The greatest code may be the maximum, rounded; where more values have it they have grown. */
static void
test_follow_growth (void)
{
  static const double one[] = {126.6, -80.0}, two[] = {126.6, -126.6};
  Loop loop = loop_new (FXP_SCALING_ABS_MAX, 8, 1);

  loop_take (&loop, one, G_N_ELEMENTS (one));
  for (guint i = 0; i < 20; i++)
    {
      g_assert_cmpint (loop.scaler.exponent, ==, 0);
      loop_take (&loop, one, G_N_ELEMENTS (one));
    }
  loop_take (&loop, two, G_N_ELEMENTS (two));
  g_assert_cmpint (loop.scaler.exponent, ==, 1);
}

/* Ristretto lets the greatest activations saturate, and so its scaler does, but for one array of a
 * period, in which it measures them again; when they have grown it notices then. */
static void
test_follow_ristretto (void)
{
  static const double values[] = {3.7, -3.6, 2.5, 0.1}, grown[] = {37.0, 30.0};
  Loop loop = loop_new (FXP_SCALING_RISTRETTO, 8, 0);
  guint n_measured = 0;

  loop_take (&loop, values, G_N_ELEMENTS (values));
  for (guint i = 0; i < 1000; i++)
    {
      n_measured += loop_take (&loop, values, G_N_ELEMENTS (values)) == 0;
      g_assert_cmpint (loop.scaler.exponent, >=, -6);
      g_assert_cmpint (loop.scaler.exponent, <=, -5);
    }
  g_assert_cmpuint (n_measured, >=, 9);
  g_assert_cmpuint (n_measured, <=, 11);
  for (guint i = 0; i < 2 * loop.options.period; i++)
    loop_take (&loop, grown, G_N_ELEMENTS (grown));
  g_assert_cmpint (loop.scaler.exponent, ==, -2);
}

/* Zeros keep the exponent; what vanished below the step is looked for a word lower. */
static void
test_follow_zeros (void)
{
  static const double zeros[10], tiny[10] = {0x1p-40, -0x1p-41};
  Loop loop = loop_new (FXP_SCALING_ABS_MAX, 8, -3);

  for (guint i = 0; i < 5; i++)
    loop_take (&loop, zeros, G_N_ELEMENTS (zeros));
  g_assert_cmpint (loop.scaler.exponent, ==, -3);
  for (int i = 1; i <= 6; i++)
    {
      loop_take (&loop, tiny, G_N_ELEMENTS (tiny));
      g_assert_cmpint (loop.scaler.exponent, ==, -3 - 7 * i);
    }
  loop_take (&loop, tiny, G_N_ELEMENTS (tiny));
  g_assert_cmpint (loop.scaler.exponent, ==, -40 - 6);
}

/* Nothing moves a fixed format, a float one, or one without an array. */
static void
test_still (void)
{
  const FxpRangeSight full = {.n = 10, .n_full = 10, .n_half = 10, .max = 127};
  FxpScaler scaler, before;
  FxpScalingOptions options;

  fxp_scaler_init (&scaler, -4);
  fxp_scaler_init (&before, -4);
  for (guint rule = 0; rule < FXP_N_SCALINGS; rule++)
    {
      fxp_scaling_options_init (&options, rule);
      g_assert_false (fxp_scaler_advance (&scaler, &options, FXP_FORMAT_FLOAT, &full));
      g_assert_false (
        fxp_scaler_advance (&scaler, &options, FXP_FORMAT_SIGNED (8, 4), &(FxpRangeSight){0}));
      g_assert_cmpmem (&scaler, sizeof scaler, &before, sizeof before);
    }
  fxp_scaling_options_init (&options, FXP_SCALING_FIXED);
  g_assert_false (fxp_scaler_advance (&scaler, &options, FXP_FORMAT_SIGNED (8, 4), &full));
  g_assert_cmpint (scaler.exponent, ==, -4);
}

/* All words, signed and not, and sights of anything: exponents stay where formats have them. */
static void
test_any (void)
{
  for (guint rule = 0; rule < FXP_N_SCALINGS; rule++)
    for (guint8 word = 1; word <= FXP_WORD_BITS_MAX; word++)
      for (int is_signed = 0; is_signed < 2; is_signed++)
        {
          FxpScalingOptions options;
          FxpScaler scaler;

          fxp_scaling_options_init (&options, rule);
          options.period = 3;
          fxp_scaler_init (&scaler, 0);
          for (guint32 i = 0; i < 400; i++)
            {
              const FxpFormat format = {word, (gint8)-scaler.exponent, is_signed};
              const guint32 draw = fxp_noise_draw (source, i);
              const guint32 limit = (guint32)MAX (fxp_format_get_max_code (format), 1);
              /* Long times of zeros, of the greatest codes and of any. */
              const guint32 max = i / 150 == 0 ? 0 : i / 150 == 1 ? limit : draw % (limit / 2 + 1);
              const FxpRangeSight sight = {.n = 9,
                                           .n_full = max == limit,
                                           .n_half = max > limit / 2,
                                           .n_underflowed = i % 2,
                                           .max = max};

              fxp_scaler_advance (&scaler, &options, format, &sight);
              g_assert_cmpint (scaler.exponent, >=, -FXP_FRAC_BITS_MAX);
              g_assert_cmpint (scaler.exponent, <=, -FXP_FRAC_BITS_MIN);
            }
        }
}

/* A rate that is just M is none too many: the range stays, or is halved where it would be M then.
 */
static void
test_at_the_limit (void)
{
  static const struct
  {
    guint64 n_full, n_half;
    int exponent;
  } cases[] = {{1, 2, 0}, {2, 2, 1}, {0, 1, -1}, {1, 1, -1}, {0, 2, 0}};
  const FxpFormat format = FXP_FORMAT_SIGNED (8, 0);
  FxpScalingOptions options;

  fxp_scaling_options_init (&options, FXP_SCALING_OVERFLOW_RATE);
  options.overflow_max = 0.25;
  options.period = 1;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const FxpRangeSight sight = {
        .n = 4,
        .n_full = cases[i].n_full,
        .n_half = cases[i].n_half,
        .max = 127,
      };
      FxpScaler scaler;

      fxp_scaler_init (&scaler, 0);
      g_assert_cmpint (fxp_scaler_advance (&scaler, &options, format, &sight),
                       ==,
                       cases[i].exponent != 0);
      g_assert_cmpint (scaler.exponent, ==, cases[i].exponent);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/scaler/still", test_still);
  g_test_add_func ("/scaler/any", test_any);
  g_test_add_func ("/scaler/follow", test_follow);
  g_test_add_func ("/scaler/follow-growth", test_follow_growth);
  g_test_add_func ("/scaler/follow-ristretto", test_follow_ristretto);
  g_test_add_func ("/scaler/follow-zeros", test_follow_zeros);
  /* Numbered as the acceptance tests of the second paper's specification. */
  g_test_add_func ("/scaler/F11-controller", test_controller);
  g_test_add_func ("/scaler/F11-stationary", test_stationary);
  g_test_add_func ("/scaler/F11-jump", test_controller_jump);
  g_test_add_func ("/scaler/F11-zeros", test_controller_zeros);

  g_test_add_func ("/scaler/at-the-limit", test_at_the_limit);
  return g_test_run ();
}
