/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/cluster.h"

#define BYTE_BITS 8u

guint
fxp_codes_get_stored_bits (guint bits)
{
  return bits <= 2 ? 2 : bits <= 4 ? 4 : 8;
}

gsize
fxp_codes_get_packed_size (guint bits, gsize n)
{
  gsize n_per_byte = BYTE_BITS / fxp_codes_get_stored_bits (bits);

  return n / n_per_byte + (n % n_per_byte > 0);
}

void
fxp_codes_pack (guint stored_bits, const gint8 *codes, gsize n, guint8 *packed)
{
  const guint n_per_byte = BYTE_BITS / stored_bits;
  const guint mask = (1u << stored_bits) - 1u;

  g_return_if_fail (stored_bits == fxp_codes_get_stored_bits (stored_bits));

  for (gsize first = 0; first < n; first += n_per_byte)
    {
      guint byte = 0;

      for (guint i = 0; i < MIN (n_per_byte, n - first); i++)
        byte |= ((guint)codes[first + i] & mask) << (i * stored_bits);
      *packed++ = (guint8)byte;
    }
}

void
fxp_codes_unpack (guint stored_bits, const guint8 *packed, gsize n, gint8 *codes)
{
  const guint n_per_byte = BYTE_BITS / stored_bits;
  const guint mask = (1u << stored_bits) - 1u, sign = 1u << (stored_bits - 1u);

  g_return_if_fail (stored_bits == fxp_codes_get_stored_bits (stored_bits));

  for (gsize i = 0; i < n; i++)
    {
      guint code = (guint)packed[i / n_per_byte] >> (i % n_per_byte * stored_bits) & mask;

      /* The sign bit counts negative: extended by flipping it and taking its weight away. */
      codes[i] = (gint8)((int)(code ^ sign) - (int)sign);
    }
}
