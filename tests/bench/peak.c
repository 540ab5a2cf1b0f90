/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "peak.h"

#include <time.h>

#if FXP_HAVE_AVX512
#  include <immintrin.h>
#endif

#define N_LOOPS 100000

/* Sums in registers, enough to hide the latency of an instruction behind the others. */
#define N_SUMS 10

/* The barriers keep the compiler from moving anything out of the loop or leaving it out. */
#define DEFINE_LOOP(name, options, vector, operation)                                              \
  __attribute__ ((target (options))) static void loop_##name (void)                                \
  {                                                                                                \
    vector sums[N_SUMS] = {0}, a = {0}, b = {0};                                                   \
                                                                                                   \
    for (guint i = 0; i < N_LOOPS; i++)                                                            \
      {                                                                                            \
        _Pragma ("GCC unroll 10") for (guint s = 0; s < N_SUMS; s++)                               \
        {                                                                                          \
          __asm__ volatile("" : "+x"(a), "+x"(b));                                                 \
          sums[s] = operation (sums[s], a, b);                                                     \
          __asm__ volatile("" : "+x"(sums[s]));                                                    \
        }                                                                                          \
      }                                                                                            \
  }

typedef float Four __attribute__ ((vector_size (16)));
typedef float Eight __attribute__ ((vector_size (32)));
typedef float Sixteen __attribute__ ((vector_size (64)));

#define ADD_PRODUCT(sum, a, b) ((sum) + (a) * (b))

#if FXP_HAVE_AVX512
#  define ADD_PAIRS_128(sum, a, b) _mm_add_epi32 (sum, _mm_madd_epi16 (a, b))
#  define ADD_PAIRS_256(sum, a, b) _mm256_add_epi32 (sum, _mm256_madd_epi16 (a, b))
#  define ADD_PAIRS_512(sum, a, b) _mm512_add_epi32 (sum, _mm512_madd_epi16 (a, b))

DEFINE_LOOP (plain_f32, "sse2", Four, ADD_PRODUCT)
DEFINE_LOOP (plain_i16, "sse2", __m128i, ADD_PAIRS_128)
DEFINE_LOOP (avx2_f32, "avx2", Eight, ADD_PRODUCT)
DEFINE_LOOP (avx2_i16, "avx2", __m256i, ADD_PAIRS_256)
DEFINE_LOOP (avx512_f32, "avx512f", Sixteen, ADD_PRODUCT)
DEFINE_LOOP (avx512_i16, "avx512bw", __m512i, ADD_PAIRS_512)
DEFINE_LOOP (vnni_i16, "avx512vnni", __m512i, _mm512_dpwssd_epi32)
DEFINE_LOOP (vnni_i8, "avx512vnni", __m512i, _mm512_dpbusd_epi32)

static void (*const loops[FXP_N_VECTOR_UNITS][FXP_N_ELEMENTS]) (void) = {
  [FXP_VECTOR_PLAIN] =
    {
      [FXP_ELEMENT_I16] = loop_plain_i16,
      [FXP_ELEMENT_F32] = loop_plain_f32,
    },
  [FXP_VECTOR_AVX2] =
    {
      [FXP_ELEMENT_I16] = loop_avx2_i16,
      [FXP_ELEMENT_F32] = loop_avx2_f32,
    },
  [FXP_VECTOR_AVX512] =
    {
      [FXP_ELEMENT_I16] = loop_avx512_i16,
      [FXP_ELEMENT_F32] = loop_avx512_f32,
    },
  [FXP_VECTOR_AVX512_VNNI] =
    {
      [FXP_ELEMENT_I8] = loop_vnni_i8,
      [FXP_ELEMENT_I16] = loop_vnni_i16,
      [FXP_ELEMENT_F32] = loop_avx512_f32,
    },
};
#else
DEFINE_LOOP (plain_f32, "default", Four, ADD_PRODUCT)

static void (*const loops[FXP_N_VECTOR_UNITS][FXP_N_ELEMENTS]) (void) = {
  [FXP_VECTOR_PLAIN] =
    {
      [FXP_ELEMENT_F32] = loop_plain_f32,
    },
};
#endif

double
peak_get_seconds (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

double
peak_measure (FxpVectorUnit unit, FxpElement element)
{
  static const double n_lanes[FXP_N_VECTOR_UNITS] = {4, 8, 16, 16};
  const double n_operations =
    2.0 * N_LOOPS * N_SUMS * n_lanes[unit] * (double)fxp_element_get_n_per_step (element);
  double begin;

  if (loops[unit][element] == NULL)
    return 0;
  begin = peak_get_seconds ();
  loops[unit][element]();
  return n_operations * 1e-9 / (peak_get_seconds () - begin);
}
