/* SPDX-License-Identifier: MIT */
/* The kernels of matrix products for what every processor has. */
#include "config.h"

#define VECTOR_SIZE        16
#define ROW_GROUP          2
#define COLUMN_GROUP       4
#define SATURATE_ROW_GROUP 4
#define KERNELS            fxp_matmul_kernels_plain

#include "tensor/matmul-kernel-body-private.h"
