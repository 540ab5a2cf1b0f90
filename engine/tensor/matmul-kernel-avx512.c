/* SPDX-License-Identifier: MIT */
/* The kernels of matrix products for AVX-512, whose 32 registers hold larger groups. */
#include "config.h"

#define VECTOR_SIZE        64
#define ROW_GROUP          4
#define COLUMN_GROUP       4
#define SATURATE_ROW_GROUP 4
#define KERNELS            fxp_matmul_kernels_avx512

#include "tensor/matmul-kernel-body-private.h"
