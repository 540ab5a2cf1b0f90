/* SPDX-License-Identifier: MIT */
#include "config.h"

#define ADD   fxp_statistics_add_avx2
#define WIDTH 4

#include "number/statistics-kernel-body-private.h"
