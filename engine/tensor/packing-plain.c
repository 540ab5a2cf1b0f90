/* SPDX-License-Identifier: MIT */
/* The loops of packing for any processor. */
#include "config.h"

#define VECTOR_SIZE 16
#define N_ROUNDS    2
#define LOW         0, 4, 1, 5
#define HIGH        2, 6, 3, 7
#define FILLERS     fxp_strip_fillers_plain

#include "tensor/packing-body-private.h"
