/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/error.h"

G_DEFINE_QUARK (fxp - error - quark, fxp_error)
