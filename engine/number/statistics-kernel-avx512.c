/* SPDX-License-Identifier: MIT */
#include "config.h"

#define ADD   fxp_statistics_add_avx512
#define WIDTH 8

#include "number/statistics-kernel-body-private.h"
