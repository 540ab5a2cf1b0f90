/* SPDX-License-Identifier: MIT */
/* Which vector instructions the kernels of the engine may use.  Every choice gives the same bits;
 * tests compare them. */
#pragma once

#ifndef FXP_COMPILATION
#  error "vector-unit-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>

G_BEGIN_DECLS

/* A kernel for AVX2 is a second function around the same inlined C, marked FXP_TARGET_AVX2, or a
 * second file around the same C where whole families of kernels differ in more than that. */
#if defined(__x86_64__) && defined(__GNUC__)
#  define FXP_HAVE_AVX2   1
#  define FXP_HAVE_AVX512 1
#  define FXP_TARGET_AVX2 __attribute__ ((target ("avx2")))
#else
#  define FXP_HAVE_AVX2   0
#  define FXP_HAVE_AVX512 0
#endif

#define FXP_ALWAYS_INLINE inline __attribute__ ((always_inline))

/* Ordered: each has the instructions of those before. */
typedef enum
{
  FXP_VECTOR_PLAIN,
  FXP_VECTOR_AVX2,
  FXP_VECTOR_AVX512, /* F, BW, DQ and VL */
  FXP_VECTOR_AVX512_VNNI,
  FXP_N_VECTOR_UNITS
} FxpVectorUnit;

/* The best one that this CPU has, and that fxp_vector_unit_limit() and the environment variable
 * ROUNDOFF_VECTORS allow: plain, avx2, avx512 or vnni, read once.  Any thread. */
FxpVectorUnit fxp_vector_unit_get (void);
/* Keeps kernels from using more than @most, to compare or to time them. */
void fxp_vector_unit_limit (FxpVectorUnit most);
/* As in ROUNDOFF_VECTORS. */
const char *fxp_vector_unit_get_name (FxpVectorUnit self);

G_END_DECLS
