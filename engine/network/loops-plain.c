/* SPDX-License-Identifier: MIT */
#include "config.h"

#define LOOPS fxp_loops_plain

#include "network/loops-body-private.h"
