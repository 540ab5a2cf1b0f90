/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/vectors-avx2-private.h"

#define LOOP fxp_update_loop_avx2

#include "network/update-loop-body-private.h"
