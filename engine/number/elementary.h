/* SPDX-License-Identifier: MIT */
/* exp, log, tanh, sin and cos with the same bits on every CPU.  libm's versions differ between
 * CPUs in the last bit, so nothing that feeds the fixed-point run may use them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Absolute or relative error below 1e-15 (relative for exp, log); stated per function in the .c
 * file and tested.  exp underflows to 0 below -745 and overflows to inf above 709.78; NaN in, NaN
 * out; log (0) = -inf, log (x < 0) = NaN; sin, cos for |x| <= 1e5, NaN beyond. */
double fxp_exp (double x);
double fxp_log (double x);
double fxp_tanh (double x);
double fxp_sin (double x);
double fxp_cos (double x);

G_END_DECLS
