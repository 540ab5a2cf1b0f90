/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/vectors-avx2-private.h"

#define LOOP fxp_norm_loop_avx2

#include "network/norm-loop-body-private.h"
