/* SPDX-License-Identifier: MIT */
/* The kernels of matrix products for AVX2. */
#include "config.h"

#define VECTOR_SIZE        32
#define ROW_GROUP          2
#define COLUMN_GROUP       4
#define SATURATE_ROW_GROUP 4
#define KERNELS            fxp_matmul_kernels_avx2

#include "tensor/matmul-kernel-body-private.h"
