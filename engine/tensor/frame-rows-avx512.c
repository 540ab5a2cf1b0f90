/* SPDX-License-Identifier: MIT */
#include "config.h"

#define ROWS fxp_frame_rows_avx512

#include "tensor/frame-rows-body-private.h"
