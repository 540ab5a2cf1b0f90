/* SPDX-License-Identifier: MIT */
/* Bounds are about five standard deviations wide; as draws depend on nothing but their keys, a
 * test that passes once passes always. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "number/random.h"

#define N_KEYS 16

/* Keys a run would use: neighbours in each argument. */
static FxpNoise
nth_key (guint i)
{
  static const guint64 seeds[2] = {0, 1};

  return fxp_noise_new (seeds[i & 1],
                        (i >> 1) & 1,
                        (i >> 2) & 1,
                        (i >> 3) & 1,
                        FXP_STREAM_QUANTIZE);
}

/* The streams of runs must never change, or old seeds would give other results. */
static void
test_known_draws (void)
{
  FxpNoise noise = {{0x243f6a88u, 0x85a308d3u}};
  FxpNoise key = fxp_noise_new (1, 2, 3, 4, FXP_STREAM_SHUFFLE);

  g_assert_cmphex (fxp_noise_draw (noise, 0), ==, 0xd2c5e7a3u);
  g_assert_cmphex (fxp_noise_draw (noise, 1), ==, 0x0f1c575fu);
  g_assert_cmphex (fxp_noise_draw (noise, 0xffffffffu), ==, 0x4c2594c4u);
  g_assert_cmphex (key.key[0], ==, 0x3c05b273u);
  g_assert_cmphex (key.key[1], ==, 0xac8bf508u);
}

static void
test_keys_differ (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint n = 0;

  for (guint64 seed = 0; seed < 4; seed++)
    for (guint64 step = 0; step < 50; step++)
      for (guint layer = 0; layer < 8; layer++)
        for (guint role = 0; role < 8; role++)
          for (int stream = 0; stream <= FXP_STREAM_SPLIT; stream++, n++)
            {
              FxpNoise noise = fxp_noise_new (seed, step, layer, role, (FxpStream)stream);
              g_assert_true (g_hash_table_add (seen, g_memdup2 (noise.key, sizeof noise.key)));
            }

  g_assert_cmpuint (g_hash_table_size (seen), ==, n);
}

/* Chi-square over 256 equal bins, of the upper bits and of the lowest, and the mean. */
static void
test_draw_uniform (void)
{
  enum
  {
    N = 1 << 16,
    BINS = 256
  };

  for (guint k = 0; k < N_KEYS; k++)
    {
      FxpNoise noise = nth_key (k);
      guint upper[BINS] = {0}, lower[BINS] = {0};
      double sum = 0.0, chi_upper = 0.0, chi_lower = 0.0;

      for (guint32 i = 0; i < N; i++)
        {
          guint32 draw = fxp_noise_draw (noise, i);
          upper[draw >> 24]++;
          lower[draw & 255]++;
          sum += (double)draw * 0x1p-32 - 0.5;
        }
      for (guint bin = 0; bin < BINS; bin++)
        {
          chi_upper += pow (upper[bin] - (double)N / BINS, 2) / ((double)N / BINS);
          chi_lower += pow (lower[bin] - (double)N / BINS, 2) / ((double)N / BINS);
        }

      /* 255 degrees of freedom: mean 255, standard deviation 22.6. */
      g_assert_cmpfloat (fabs (chi_upper - 255.0), <, 5 * 22.6);
      g_assert_cmpfloat (fabs (chi_lower - 255.0), <, 5 * 22.6);
      g_assert_cmpfloat (fabs (sum / N), <, 5 * sqrt (1.0 / 12 / N));
    }
}

/* Correlation of uniforms, of variance 1/12. */
static double
correlate (FxpNoise a, guint32 first_a, FxpNoise b, guint32 first_b, guint32 n)
{
  double sum = 0.0;

  for (guint32 i = 0; i < n; i++)
    sum += ((double)fxp_noise_draw (a, first_a + i) * 0x1p-32 - 0.5) *
           ((double)fxp_noise_draw (b, first_b + i) * 0x1p-32 - 0.5);

  return 12.0 * sum / n;
}

static void
test_correlation (void)
{
  enum
  {
    N = 1 << 14
  };

  for (guint k = 0; k < N_KEYS; k++)
    {
      static const guint32 lags[] = {1, 2, 3, 4, 8, 10, 16, 64, 256, 784, 65536};

      for (gsize i = 0; i < G_N_ELEMENTS (lags); i++)
        g_assert_cmpfloat (fabs (correlate (nth_key (k), 0, nth_key (k), lags[i], N)),
                           <,
                           5.0 / sqrt (N));
      for (guint other = 0; other < k; other++)
        g_assert_cmpfloat (fabs (correlate (nth_key (k), 0, nth_key (other), 0, N)),
                           <,
                           5.0 / sqrt (N));
    }
}

/* One index over many steps is as random as one step over many indices. */
static void
test_across_steps (void)
{
  enum
  {
    N = 1 << 14
  };
  double sum = 0.0, products = 0.0, last = 0.0;

  for (guint32 step = 0; step < N; step++)
    {
      FxpNoise noise = fxp_noise_new (7, step, 2, 1, FXP_STREAM_QUANTIZE);
      double x = (double)fxp_noise_draw (noise, 5) * 0x1p-32 - 0.5;

      sum += x;
      products += x * last;
      last = x;
    }

  g_assert_cmpfloat (fabs (sum / N), <, 5 * sqrt (1.0 / 12 / N));
  g_assert_cmpfloat (fabs (12.0 * products / N), <, 5 / sqrt (N));
}

/* Each input bit turns over half of the output bits. */
static void
test_avalanche (void)
{
  enum
  {
    N = 2000
  };
  FxpNoise noise = nth_key (3);

  for (guint bit = 0; bit < 32; bit++)
    {
      guint n_changed = 0;

      for (guint32 i = 0; i < N; i++)
        {
          guint32 index = i * 2654435761u;
          guint32 change =
            fxp_noise_draw (noise, index) ^ fxp_noise_draw (noise, index ^ 1u << bit);
          n_changed += (guint)__builtin_popcount (change);
        }
      g_assert_cmpfloat_with_epsilon ((double)n_changed / N, 16.0, 0.5);
    }
}

static void
test_uniform (void)
{
  enum
  {
    N = 50000
  };
  FxpNoise noise = nth_key (9);
  double sum = 0.0, squares = 0.0;

  for (guint32 i = 0; i < N; i++)
    {
      double u = fxp_noise_uniform (noise, i);
      g_assert_true (u >= 0.0 && u < 1.0);
      g_assert_cmpfloat (u, ==, floor (ldexp (u, 53)) * 0x1p-53);
      g_assert_cmpuint ((guint32)ldexp (u, 27), ==, fxp_noise_draw (noise, 2 * i) >> 5);
      sum += u;
      squares += u * u;
    }

  g_assert_cmpfloat_with_epsilon (sum / N, 0.5, 5 * sqrt (1.0 / 12 / N));
  g_assert_cmpfloat_with_epsilon (squares / N, 1.0 / 3, 5 * sqrt (4.0 / 45 / N));
}

static void
test_normal (void)
{
  enum
  {
    N = 50000
  };
  FxpNoise noise = nth_key (10);
  double powers[5] = {0.0};
  guint n_beyond_two = 0;

  for (guint32 i = 0; i < N; i++)
    {
      double x = fxp_noise_normal (noise, i), power = 1.0;

      g_assert_true (isfinite (x));
      for (int k = 1; k <= 4; k++)
        powers[k] += power *= x;
      n_beyond_two += fabs (x) > 2.0 ? 1 : 0;
    }

  /* Variances of x, x^2, x^3, x^4 are 1, 2, 15, 96. */
  g_assert_cmpfloat_with_epsilon (powers[1] / N, 0.0, 5 * sqrt (1.0 / N));
  g_assert_cmpfloat_with_epsilon (powers[2] / N, 1.0, 5 * sqrt (2.0 / N));
  g_assert_cmpfloat_with_epsilon (powers[3] / N, 0.0, 5 * sqrt (15.0 / N));
  g_assert_cmpfloat_with_epsilon (powers[4] / N, 3.0, 5 * sqrt (96.0 / N));
  g_assert_cmpfloat_with_epsilon ((double)n_beyond_two / N, 0.0455, 5 * sqrt (0.0455 / N));
}

static void
test_shuffle_permutes (void)
{
  enum
  {
    N = 1000
  };
  guint32 items[N], again[N];
  gboolean seen[N] = {FALSE};

  for (guint32 i = 0; i < N; i++)
    items[i] = again[i] = i;
  fxp_noise_shuffle (nth_key (1), items, N);
  fxp_noise_shuffle (nth_key (1), again, N);

  g_assert_cmpmem (items, sizeof items, again, sizeof again);
  for (guint32 i = 0; i < N; i++)
    {
      g_assert_cmpuint (items[i], <, N);
      g_assert_false (seen[items[i]]);
      seen[items[i]] = TRUE;
    }

  fxp_noise_shuffle (nth_key (1), items, 0);
  fxp_noise_shuffle (nth_key (1), items, 1);
}

/* All 24 orders of four items come equally often. */
static void
test_shuffle_uniform (void)
{
  enum
  {
    N = 24000
  };
  guint orders[256] = {0}, n_orders = 0;
  double chi = 0.0;

  for (guint32 run = 0; run < N; run++)
    {
      guint32 items[4] = {0, 1, 2, 3};
      fxp_noise_shuffle (fxp_noise_new (5, run, 0, 0, FXP_STREAM_SHUFFLE), items, 4);
      orders[items[0] | items[1] << 2 | items[2] << 4 | items[3] << 6]++;
    }
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    if (orders[i] > 0)
      {
        n_orders++;
        chi += pow (orders[i] - N / 24.0, 2) / (N / 24.0);
      }

  /* 23 degrees of freedom: mean 23, standard deviation 6.8. */
  g_assert_cmpuint (n_orders, ==, 24);
  g_assert_cmpfloat (chi, <, 23.0 + 5 * 6.8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/random/known-draws", test_known_draws);
  g_test_add_func ("/number/random/keys-differ", test_keys_differ);
  g_test_add_func ("/number/random/draw-uniform", test_draw_uniform);
  g_test_add_func ("/number/random/correlation", test_correlation);
  g_test_add_func ("/number/random/across-steps", test_across_steps);
  g_test_add_func ("/number/random/avalanche", test_avalanche);
  g_test_add_func ("/number/random/uniform", test_uniform);
  g_test_add_func ("/number/random/normal", test_normal);
  g_test_add_func ("/number/random/shuffle-permutes", test_shuffle_permutes);
  g_test_add_func ("/number/random/shuffle-uniform", test_shuffle_uniform);

  return g_test_run ();
}
