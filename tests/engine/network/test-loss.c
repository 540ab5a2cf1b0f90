/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/loss-private.h"

#include <math.h>

#define N         50
#define N_CLASSES 7

static void
test_double (void)
{
  FxpNoise noise = fxp_noise_new (3, 0, 0, 0, FXP_STREAM_SYNTHETIC);
  double logits[N * N_CLASSES], gradient[N * N_CLASSES], total = 0.0;
  guint16 labels[N];
  guint n_correct = 0;
  FxpStepResult result;

  for (guint i = 0; i < N * N_CLASSES; i++)
    logits[i] = 6.0 * fxp_noise_normal (noise, i);
  for (guint i = 0; i < N; i++)
    labels[i] = fxp_noise_draw (noise, 10000 + i) % N_CLASSES;
  fxp_loss_compute (logits, labels, N, N_CLASSES, gradient, &result);

  for (guint sample = 0; sample < N; sample++)
    {
      const double *z = logits + sample * N_CLASSES;
      double sum = 0.0;
      guint best = 0;

      for (guint i = 0; i < N_CLASSES; i++)
        {
          sum += exp (z[i]);
          best = z[i] > z[best] ? i : best;
        }
      total -= log (exp (z[labels[sample]]) / sum);
      n_correct += best == labels[sample];
      for (guint i = 0; i < N_CLASSES; i++)
        g_assert_cmpfloat_with_epsilon (gradient[sample * N_CLASSES + i],
                                        (exp (z[i]) / sum - (i == labels[sample])) / N,
                                        1e-15);
    }
  g_assert_cmpfloat_with_epsilon (result.loss, total / N, 1e-12);
  g_assert_cmpuint (result.n_correct, ==, n_correct);
}

static void
test_ties (void)
{
  const double logits[] = {1.0, 2.0, 2.0, /* */ 0.0, 0.0, 0.0};
  double gradient[6];
  FxpStepResult result;

  fxp_loss_compute (logits, (guint16[]){1, 0}, 2, 3, gradient, &result);
  g_assert_cmpuint (result.n_correct, ==, 2);
  fxp_loss_compute (logits, (guint16[]){2, 2}, 2, 3, gradient, &result);
  g_assert_cmpuint (result.n_correct, ==, 0);
}

static void
test_large (void)
{
  const double logits[] = {1e6, -1e6};
  double gradient[2];
  FxpStepResult result;

  fxp_loss_compute (logits, (guint16[]){1}, 1, 2, gradient, &result);
  g_assert_cmpfloat (result.loss, ==, 2e6);
  g_assert_cmpfloat (gradient[0], ==, 1.0);
  g_assert_cmpfloat (gradient[1], ==, -1.0);
  fxp_loss_compute (logits, (guint16[]){0}, 1, 2, gradient, &result);
  g_assert_cmpfloat (result.loss, ==, 0.0);
}

static void
test_nan (void)
{
  const double logits[] = {NAN, 1.0};
  double gradient[2];
  FxpStepResult result;

  fxp_loss_compute (logits, (guint16[]){1}, 1, 2, gradient, &result);
  g_assert_true (isnan (result.loss));
  g_assert_true (isnan (gradient[1]));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/loss/double", test_double);
  g_test_add_func ("/network/loss/ties", test_ties);
  g_test_add_func ("/network/loss/large", test_large);
  g_test_add_func ("/network/loss/nan", test_nan);
  return g_test_run ();
}
