/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/matmul-private.h"

#include <string.h>

#define N_SLOTS   16
#define ALIGNMENT 64

static void
test_grow (void)
{
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();

  for (guint slot = 0; slot < N_SLOTS; slot++)
    {
      guint8 *first = fxp_scratch_get (scratch, slot, 10);
      guint8 *second;

      g_assert_cmpuint ((gsize)first % ALIGNMENT, ==, 0);
      memset (first, 1, 10);
      g_assert_true (fxp_scratch_get (scratch, slot, 5) == first);
      second = fxp_scratch_get (scratch, slot, 100000);
      g_assert_cmpuint ((gsize)second % ALIGNMENT, ==, 0);
      memset (second, 2, 100000);
      g_assert_nonnull (fxp_scratch_get (scratch, slot, 0));
    }
}

static void
test_apart (void)
{
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();
  guint8 *slots[N_SLOTS];

  for (guint slot = 0; slot < N_SLOTS; slot++)
    {
      slots[slot] = fxp_scratch_get (scratch, slot, 100);
      memset (slots[slot], (int)slot, 100);
    }
  for (guint slot = 0; slot < N_SLOTS; slot++)
    for (guint i = 0; i < 100; i++)
      g_assert_cmpuint (slots[slot][i], ==, slot);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/scratch/grow", test_grow);
  g_test_add_func ("/tensor/scratch/apart", test_apart);
  return g_test_run ();
}
