/* SPDX-License-Identifier: MIT */
/* Fills strips with codes or values, one table per vector unit.  For packing only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "packing-kernel-private.h is for engine/ and tests/ only"
#endif

#include "tensor/packing-private.h"

G_BEGIN_DECLS

/* Rows and columns of one strip; element (row, column) of the source lies at row * row_stride +
 * column * column_stride. */
typedef struct
{
  gconstpointer source;
  gsize row_stride, column_stride;
  gsize n_rows, n_columns;
  gsize width; /* of the strip, 16 or 32 columns */
  float step;  /* of a code, where values are asked for */
  guint8 *target;
} FxpStripFilling;

typedef void (*FxpStripFiller) (const FxpStripFilling *self);

/* NULL for what a code of that storage does not fit. */
typedef struct
{
  FxpStripFiller fill[FXP_N_ELEMENTS][FXP_PART_LOW + 1][FXP_STORAGE_F32 + 1];
} FxpStripFillers;

extern const FxpStripFillers fxp_strip_fillers_plain;
extern const FxpStripFillers fxp_strip_fillers_avx2;
extern const FxpStripFillers fxp_strip_fillers_avx512;

G_END_DECLS
