/* SPDX-License-Identifier: MIT */
/* The cluster kernels for AVX-512, whose 32 registers hold tiles of 6 rows by 32 columns twice. */
#include "config.h"

#include <glib.h>

#include <immintrin.h>

typedef guint32 Ints __attribute__ ((vector_size (64)));

static inline __attribute__ ((always_inline)) Ints
add_pairs (Ints sums, Ints a, Ints b)
{
  return sums + (Ints)_mm512_madd_epi16 ((__m512i)a, (__m512i)b);
}

#define VECTOR_SIZE 64
#define TILE_ROWS   6
#define HAVE_QUADS  0
#define KERNELS     fxp_cluster_kernels_avx512
#define HEIGHTS(define, ...)                                                                       \
  define (1, __VA_ARGS__) define (2, __VA_ARGS__) define (3, __VA_ARGS__) define (4, __VA_ARGS__)  \
    define (5, __VA_ARGS__) define (6, __VA_ARGS__)

#include "inference/cluster-kernel-body-private.h"
