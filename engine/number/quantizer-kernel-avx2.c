/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/vectors-avx2-private.h"

#define KERNEL fxp_quantizer_kernel_avx2

#include "number/quantizer-kernel-body-private.h"
