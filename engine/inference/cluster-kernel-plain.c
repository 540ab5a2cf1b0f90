/* SPDX-License-Identifier: MIT */
/* The cluster kernels for any processor. */
#include "config.h"

#include <glib.h>

#ifdef __SSE2__
#  include <emmintrin.h>
#endif

typedef guint32 Ints __attribute__ ((vector_size (16)));

static inline __attribute__ ((always_inline)) Ints
add_pairs (Ints sums, Ints a, Ints b)
{
#ifdef __SSE2__
  /* Every x86-64 has it, but no compiler makes it of what is below. */
  return sums + (Ints)_mm_madd_epi16 ((__m128i)a, (__m128i)b);
#else
  typedef gint32 Signed __attribute__ ((vector_size (16)));
  const Ints high = (Ints)(((Signed)a >> 16) * ((Signed)b >> 16));
  const Ints low = (Ints)(((Signed)(a << 16) >> 16) * ((Signed)(b << 16) >> 16));

  return sums + high + low;
#endif
}

#define VECTOR_SIZE          16
#define TILE_ROWS            3
#define HAVE_QUADS           0
#define KERNELS              fxp_cluster_kernels_plain
#define HEIGHTS(define, ...) define (1, __VA_ARGS__) define (2, __VA_ARGS__) define (3, __VA_ARGS__)

#include "inference/cluster-kernel-body-private.h"
