/* SPDX-License-Identifier: MIT */
/* The cluster kernels for AVX2. */
#include "config.h"

#include <glib.h>

#include <immintrin.h>

typedef guint32 Ints __attribute__ ((vector_size (32)));

static inline __attribute__ ((always_inline)) Ints
add_pairs (Ints sums, Ints a, Ints b)
{
  return sums + (Ints)_mm256_madd_epi16 ((__m256i)a, (__m256i)b);
}

#define VECTOR_SIZE          32
#define TILE_ROWS            3
#define HAVE_QUADS           0
#define KERNELS              fxp_cluster_kernels_avx2
#define HEIGHTS(define, ...) define (1, __VA_ARGS__) define (2, __VA_ARGS__) define (3, __VA_ARGS__)

#include "inference/cluster-kernel-body-private.h"
