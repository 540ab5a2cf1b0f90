/* SPDX-License-Identifier: MIT */
#include "config.h"

#define LOOPS fxp_loops_avx512

#include "network/loops-body-private.h"
