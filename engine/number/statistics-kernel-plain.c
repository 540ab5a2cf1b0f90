/* SPDX-License-Identifier: MIT */
#include "config.h"

#define ADD   fxp_statistics_add_plain
#define WIDTH 2

#include "number/statistics-kernel-body-private.h"
