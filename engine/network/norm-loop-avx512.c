/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/vectors-avx512-private.h"

#define LOOP fxp_norm_loop_avx512

#include "network/norm-loop-body-private.h"
