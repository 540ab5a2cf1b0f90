/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/vectors-avx512-private.h"

#define LOOP fxp_update_loop_avx512

#include "network/update-loop-body-private.h"
