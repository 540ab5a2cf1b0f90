/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/decoding-private.h"
#include "number/quantizer-blocks-private.h"
#include "number/quantizer-kernel-private.h"

const FxpQuantizerKernel fxp_quantizer_kernel_plain = {
  .apply = apply_blocks,
  .narrow = narrow,
  .decode = decode,
};
