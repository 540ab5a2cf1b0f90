/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "number/cluster.h"
#include "number/random.h"

#define N_MAX 70

static void
test_stored_bits (void)
{
  static const guint stored[] = {2, 4, 4, 8, 8, 8, 8};

  for (guint bits = FXP_CLUSTER_BITS_MIN; bits <= FXP_CLUSTER_BITS_MAX; bits++)
    g_assert_cmpuint (fxp_codes_get_stored_bits (bits), ==, stored[bits - FXP_CLUSTER_BITS_MIN]);
  g_assert_cmpuint (fxp_codes_get_packed_size (2, 0), ==, 0);
  g_assert_cmpuint (fxp_codes_get_packed_size (2, 4), ==, 1);
  g_assert_cmpuint (fxp_codes_get_packed_size (2, 5), ==, 2);
  g_assert_cmpuint (fxp_codes_get_packed_size (3, 5), ==, 3);
  g_assert_cmpuint (fxp_codes_get_packed_size (8, 5), ==, 5);
}

/* The lowest bits of a byte come first. */
static void
test_layout (void)
{
  static const gint8 ternary[] = {1, -1, 0, 1, -1}, nibbles[] = {-8, 7, 3};
  guint8 packed[2];

  fxp_codes_pack (2, ternary, 5, packed);
  g_assert_cmphex (packed[0], ==, 0x4d);
  g_assert_cmphex (packed[1], ==, 0x03);
  fxp_codes_pack (4, nibbles, 3, packed);
  g_assert_cmphex (packed[0], ==, 0x78);
  g_assert_cmphex (packed[1], ==, 0x03);
}

/* T14, every length of the last byte, every code of a width; nothing behind the end is touched. */
static void
test_round_trip (void)
{
  const FxpNoise noise = fxp_noise_new (14, 0, 0, 0, FXP_STREAM_SYNTHETIC);

  for (guint stored = 2; stored <= 8; stored *= 2)
    for (gsize n = 0; n <= N_MAX; n++)
      {
        gsize size = fxp_codes_get_packed_size (stored, n);
        gint8 codes[N_MAX], unpacked[N_MAX + 1];
        guint8 packed[N_MAX + 1];

        for (gsize i = 0; i < n; i++)
          codes[i] = (gint8)((int)(fxp_noise_draw (noise, (guint32)i) >> (32 - stored)) -
                             (1 << (stored - 1)));
        packed[size] = 0xa5;
        unpacked[n] = 0x5a;
        fxp_codes_pack (stored, codes, n, packed);
        fxp_codes_unpack (stored, packed, n, unpacked);
        g_assert_cmpmem (codes, n, unpacked, n);
        g_assert_cmphex (packed[size], ==, 0xa5);
        g_assert_cmphex (unpacked[n], ==, 0x5a);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/code-packing/stored-bits", test_stored_bits);
  g_test_add_func ("/number/code-packing/layout", test_layout);
  g_test_add_func ("/number/code-packing/T14-round-trip", test_round_trip);

  return g_test_run ();
}
