/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/vectors-avx512-private.h"

#define KERNEL fxp_quantizer_kernel_avx512

#include "number/quantizer-kernel-body-private.h"
