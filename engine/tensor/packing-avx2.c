/* SPDX-License-Identifier: MIT */
/* The loops of packing for AVX2. */
#include "config.h"

#define VECTOR_SIZE 32
#define N_ROUNDS    3
#define LOW         0, 8, 1, 9, 2, 10, 3, 11
#define HIGH        4, 12, 5, 13, 6, 14, 7, 15
#define FILLERS     fxp_strip_fillers_avx2

#include "tensor/packing-body-private.h"
