/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/vectors-avx2-private.h"

#define LOOP fxp_sum_loop_avx2

#include "network/sum-loop-body-private.h"
