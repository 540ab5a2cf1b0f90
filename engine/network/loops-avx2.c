/* SPDX-License-Identifier: MIT */
#include "config.h"

#define LOOPS fxp_loops_avx2

#include "network/loops-body-private.h"
