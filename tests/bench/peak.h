/* SPDX-License-Identifier: MIT */
/* What this processor can do at most, for benchmarks to compare with. */
#pragma once

#include "number/vector-unit-private.h"
#include "tensor/micro-kernel-private.h"

/* 10^9 operations per second, a product and an addition each, of one thread that only works on
 * registers with the instructions of @unit, just now; 0 where the unit has none for @element. */
double peak_measure (FxpVectorUnit unit, FxpElement element);

/* Seconds this thread has had the processor, which others may want as well. */
double peak_get_seconds (void);
