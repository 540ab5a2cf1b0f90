/* SPDX-License-Identifier: MIT */
/* Four rows of bytes side by side, which the compiler's vectoriser does not see.  For the loops of
 * one vector unit: nothing in here may be seen outside a file. */
#pragma once

#ifndef FXP_COMPILATION
#  error "quads-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>
#include <string.h>

/* Columns that fxp_quads_interleave() takes. */
#define FXP_QUADS 16

typedef guint8 FxpBytes __attribute__ ((vector_size (FXP_QUADS)));
typedef guint16 FxpPairs __attribute__ ((vector_size (FXP_QUADS)));

#define FXP_BYTES_LOW  0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define FXP_BYTES_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define FXP_PAIRS_LOW  0, 8, 1, 9, 2, 10, 3, 11
#define FXP_PAIRS_HIGH 4, 12, 5, 13, 6, 14, 7, 15

static inline __attribute__ ((always_inline)) FxpBytes
fxp_quads_load (gconstpointer from)
{
  FxpBytes bytes;

  memcpy (&bytes, from, sizeof bytes);
  return bytes;
}

/* to[4 c + i] = rows[i][c], for 4 rows of 16 bytes. */
static inline __attribute__ ((always_inline)) void
fxp_quads_interleave (const gconstpointer rows[4], gpointer to)
{
  const FxpBytes a = fxp_quads_load (rows[0]), b = fxp_quads_load (rows[1]);
  const FxpBytes c = fxp_quads_load (rows[2]), d = fxp_quads_load (rows[3]);
  const FxpPairs ab[2] = {(FxpPairs)__builtin_shufflevector (a, b, FXP_BYTES_LOW),
                          (FxpPairs)__builtin_shufflevector (a, b, FXP_BYTES_HIGH)};
  const FxpPairs cd[2] = {(FxpPairs)__builtin_shufflevector (c, d, FXP_BYTES_LOW),
                          (FxpPairs)__builtin_shufflevector (c, d, FXP_BYTES_HIGH)};

  for (guint half = 0; half < 2; half++)
    {
      const FxpPairs low = __builtin_shufflevector (ab[half], cd[half], FXP_PAIRS_LOW);
      const FxpPairs high = __builtin_shufflevector (ab[half], cd[half], FXP_PAIRS_HIGH);

      memcpy ((guint8 *)to + 32 * half, &low, sizeof low);
      memcpy ((guint8 *)to + 32 * half + 16, &high, sizeof high);
    }
}
