/* SPDX-License-Identifier: MIT */
#include "config.h"

#define ROWS fxp_frame_rows_plain

#include "tensor/frame-rows-body-private.h"
