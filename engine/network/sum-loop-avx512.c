/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/vectors-avx512-private.h"

#define LOOP fxp_sum_loop_avx512

#include "network/sum-loop-body-private.h"
