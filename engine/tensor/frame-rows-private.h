/* SPDX-License-Identifier: MIT */
/* Rows of frames and sums of magnitudes, one table per vector unit.  For frame and column-norm
 * only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "frame-rows-private.h is for engine/ and tests/ only"
#endif

#include "tensor/frame-private.h"

G_BEGIN_DECLS

/* One row of an image on its way into its frame. */
typedef struct
{
  gsize n_channels; /* that are copied */
  gsize n_all;      /* of a pixel of the image */
  gsize width;      /* of the image */
  gsize left, frame_width;
  gsize distance; /* pixels from one element of a group to the next */
  float step;     /* of a code, where values are asked for */
} FxpFrameRow;

typedef void (*FxpRowFiller) (const FxpFrameRow *self, gconstpointer row, gpointer target);

/* Columns that are summed side by side. */
#define FXP_NORM_BAND 64

/* Adds the magnitudes of @n_rows codes, 65536 at most, of each of FXP_NORM_BAND columns at most. */
typedef void (
  *FxpNormAdder) (gconstpointer codes, gsize n_rows, gsize n_columns, gsize stride, guint64 *norms);

/* NULL for what a code of that storage does not fit. */
typedef struct
{
  /* The pixels of the image alone. */
  FxpRowFiller fill[FXP_N_ELEMENTS][FXP_STORAGE_F32 + 1];
  /* All pixels of the frame, in groups with those behind them. */
  FxpRowFiller group[FXP_N_ELEMENTS][FXP_STORAGE_F32 + 1];
  FxpNormAdder add_norms[FXP_STORAGE_F32 + 1];
} FxpFrameRows;

/* Those of fxp_vector_unit_get(). */
const FxpFrameRows *fxp_frame_rows_get (void);

extern const FxpFrameRows fxp_frame_rows_plain;
extern const FxpFrameRows fxp_frame_rows_avx2;
extern const FxpFrameRows fxp_frame_rows_avx512;

G_END_DECLS
