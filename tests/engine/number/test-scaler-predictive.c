/* SPDX-License-Identifier: MIT */
/* Autoflex: the exponent from the maxima of the last arrays. */
#include "config.h"

#include <math.h>

#include "scaler-loop.h"

/* Words of 8 and of 16 bits, maxima at all places between powers of two. */
static void
test_predict_constant (void)
{
  for (guint8 word = 6; word <= 16; word++)
    for (double max = 0.01; max < 1000.0; max *= 1.37)
      {
        Loop loop = loop_new (FXP_SCALING_PREDICTIVE, word, 0);
        int settled;

        for (guint i = 0; i < 40 + FXP_SCALER_QUEUE; i++)
          loop_take_one (&loop, max);
        settled = loop.scaler.exponent;
        for (guint i = 0; i < 3 * FXP_SCALER_QUEUE; i++)
          {
            g_assert_cmpuint (loop_take_one (&loop, max), ==, 0);
            g_assert_cmpint (loop.scaler.exponent, ==, settled);
          }
        /* No more than one bit beside abs-max. */
        g_assert_cmpint (settled, >=, ilogb (max) - (word - 2));
        g_assert_cmpint (settled, <=, ilogb (max) - (word - 2) + 1);
      }
}

/* A hundred steps of 16 bits are kept free; one small maximum among others means nothing. */
static void
test_predict_offset (void)
{
  Loop loop = loop_new (FXP_SCALING_PREDICTIVE, 16, -12);

  loop_take_one (&loop, ldexp (32767 - 100, -12));
  g_assert_cmpint (loop.scaler.exponent, ==, -12);
  loop = loop_new (FXP_SCALING_PREDICTIVE, 16, -12);
  loop_take_one (&loop, ldexp (32768 - 100, -12));
  g_assert_cmpint (loop.scaler.exponent, ==, -11);

  loop = loop_new (FXP_SCALING_PREDICTIVE, 16, -12);
  for (guint i = 0; i < FXP_SCALER_QUEUE; i++)
    loop_take_one (&loop, 4.1);
  loop_take_one (&loop, 0.001);
  g_assert_cmpint (loop.scaler.exponent, ==, -12);
  g_assert_cmpuint (loop.scaler.n_maxima, ==, FXP_SCALER_QUEUE);
  g_assert_cmpfloat (loop.scaler.maxima[FXP_SCALER_QUEUE - 1], ==, ldexp (4, -12));
}

/* What does not fit, and each thing that still does not, widens the next word. */
static void
test_predict_saturated (void)
{
  Loop loop = loop_new (FXP_SCALING_PREDICTIVE, 16, -12);
  int n_saturated = 0;

  for (guint i = 0; i < FXP_SCALER_QUEUE; i++)
    loop_take_one (&loop, 1.0);
  for (double value = 100.0; loop_take_one (&loop, value) > 0; value *= 1.01)
    {
      const int exponent = -14 + 2 * n_saturated++;

      /* Twice the greatest code, and the offset, are more than 2^16 steps. */
      g_assert_cmpuint (loop.scaler.n_maxima, ==, 1);
      g_assert_cmpint (loop.scaler.exponent, ==, exponent + 2);
    }
  g_assert_cmpint (n_saturated, >, 1);
  g_assert_cmpint (loop.scaler.exponent, >=, ilogb (100.0) - 14);
}

/* Maxima that grow by a hundredth each time never overflow once the scaler knows them; so do those
 * that fall, and the word follows. */
static void
test_predict_growth (void)
{
  static const guint8 words[] = {8, 12, 16};

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    for (int direction = -1; direction <= 1; direction += 2)
      {
        Loop loop = loop_new (FXP_SCALING_PREDICTIVE, words[i], -words[i]);
        double max = 1.0;

        for (guint array = 0; array < 2000; array++)
          {
            const guint64 n_overflowed = loop_take_one (&loop, max);

            if (array >= 2 * FXP_SCALER_QUEUE)
              {
                g_assert_cmpuint (n_overflowed, ==, 0);
                g_assert_cmpint (loop.scaler.exponent, <=, ilogb (max) - (words[i] - 2) + 2);
              }
            max *= direction > 0 ? 1.01 : 1.0 / 1.01;
          }
      }
}

/* The first array finds its size at once where it is small, and half a word at a time else. */
static void
test_predict_beginning (void)
{
  Loop loop = loop_new (FXP_SCALING_PREDICTIVE, 16, 0);
  static const double zeros[4];

  loop_take (&loop, zeros, G_N_ELEMENTS (zeros));
  g_assert_cmpint (loop.scaler.exponent, ==, 0);
  g_assert_cmpuint (loop.scaler.n_maxima, ==, 0);
  loop_take_one (&loop, 5.0);
  g_assert_cmpuint (loop.scaler.n_maxima, ==, 0);
  g_assert_cmpint (loop.scaler.exponent, ==, -12);
  loop_take_one (&loop, 5.0);
  g_assert_cmpuint (loop.scaler.n_maxima, ==, 1);
  g_assert_cmpint (loop.scaler.exponent, ==, -12);

  loop = loop_new (FXP_SCALING_PREDICTIVE, 16, -30);
  loop_take_one (&loop, 5.0);
  g_assert_cmpint (loop.scaler.exponent, ==, -23);
  loop_take_one (&loop, 5.0);
  g_assert_cmpint (loop.scaler.exponent, ==, -16);
  loop_take_one (&loop, 5.0);
  g_assert_cmpint (loop.scaler.exponent, ==, -9);
  loop_take_one (&loop, 5.0);
  g_assert_cmpint (loop.scaler.exponent, ==, -12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  /* Numbered as the acceptance tests of the second paper's specification. */
  g_test_add_func ("/scaler/F12-constant", test_predict_constant);
  g_test_add_func ("/scaler/F12-offset", test_predict_offset);
  g_test_add_func ("/scaler/F12-saturated", test_predict_saturated);
  g_test_add_func ("/scaler/F12-growth", test_predict_growth);
  g_test_add_func ("/scaler/F12-beginning", test_predict_beginning);

  return g_test_run ();
}
