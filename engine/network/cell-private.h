/* SPDX-License-Identifier: MIT */
/* A cell of the precision matrix at work: one tensor's quantizer and what it saw. */
#pragma once

#ifndef FXP_COMPILATION
#  error "cell-private.h is for engine/ and tests/ only"
#endif

#include "network/pass-private.h"

G_BEGIN_DECLS

typedef struct
{
  FxpTensorId id;
  FxpQuantizer quantizer;
  FxpQuantizeCounts counts; /* of the step under way */
  FxpStatistics statistics; /* of finished steps; moments of this step too */
} FxpCell;

/* Starts as float. */
void fxp_cell_init (FxpCell *self, guint layer, FxpRole role);
/* TRUE if it is another one; the statistics are cleared then. */
gboolean fxp_cell_set_quantizer (FxpCell *self, const FxpQuantizer *quantizer);

/* The draws of this tensor in this step; NULL where none are needed. */
const FxpNoise *
fxp_cell_get_noise (const FxpCell *self, const FxpStep *step, FxpStream stream, FxpNoise *noise);
/* Quantizes a tensor of @n elements, counts and probes. */
void fxp_cell_quantize (FxpCell *self,
                        const FxpPass *pass,
                        FxpStream stream,
                        const double *values,
                        gpointer codes,
                        gsize n);
/* The parts of it, for those who quantize piece by piece. */
void fxp_cell_count (FxpCell *self, const FxpPass *pass, const FxpQuantizeCounts *counts);
void fxp_cell_probe (FxpCell *self,
                     const FxpPass *pass,
                     const double *values,
                     gconstpointer codes,
                     gsize n);
/* Remembers this tensor if it is the first of the step to meet NaN or infinity. */
void fxp_cell_note_nonfinite (const FxpCell *self, const FxpPass *pass);

/* TRUE where a code outside the range was clamped, so that no gradient may pass. */
static inline gboolean
fxp_cell_clips (const FxpCell *self)
{
  return !fxp_format_is_float (self->quantizer.format) &&
         self->quantizer.overflow != FXP_OVERFLOW_WRAP;
}

G_END_DECLS
