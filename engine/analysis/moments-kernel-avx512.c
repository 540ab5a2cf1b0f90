/* SPDX-License-Identifier: MIT */
#include "config.h"

#define KERNEL fxp_moments_kernel_avx512

#include "analysis/moments-kernel-body-private.h"
