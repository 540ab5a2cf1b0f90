/* SPDX-License-Identifier: MIT */
/* The loops of packing for AVX-512. */
#include "config.h"

#define VECTOR_SIZE 64
#define N_ROUNDS    4
#define LOW         0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH        8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define FILLERS     fxp_strip_fillers_avx512

#include "tensor/packing-body-private.h"
