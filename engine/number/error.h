/* SPDX-License-Identifier: MIT */
/* What the engine's GErrors say. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FxpError:
 * @FXP_ERROR_PARSE: text is not what it should be, e.g. "Q9" or a broken preset
 * @FXP_ERROR_VERSION: the file is from a newer program
 * @FXP_ERROR_RANGE: a number is outside its limits, e.g. 0 bits or a rate of -1
 * @FXP_ERROR_SHAPE: sizes do not fit, e.g. 784 inputs into a layer of 2
 * @FXP_ERROR_DATASET: the file opened but holds no usable data
 * @FXP_ERROR_CHECKPOINT: not a checkpoint, damaged, or of another network
 * @FXP_ERROR_LIBRARY: a shared library that is loaded when needed is not there
 *
 * Every message is one sentence: place (file, line or offset), what was found, what was expected.
 * Reading and writing files reports `G_IO_ERROR` unchanged.  Overflow and divergence are results,
 * never errors.
 */
#define FXP_ERROR (fxp_error_quark ())
typedef enum
{
  FXP_ERROR_PARSE,
  FXP_ERROR_VERSION,
  FXP_ERROR_RANGE,
  FXP_ERROR_SHAPE,
  FXP_ERROR_DATASET,
  FXP_ERROR_CHECKPOINT,
  FXP_ERROR_LIBRARY,
} FxpError;

GQuark fxp_error_quark (void);

G_END_DECLS
