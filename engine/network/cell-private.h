/* SPDX-License-Identifier: MIT */
/* A cell of the precision matrix at work: one tensor's quantizer and what it saw. */
#pragma once

#ifndef FXP_COMPILATION
#  error "cell-private.h is for engine/ and tests/ only"
#endif

#include "network/pass-private.h"
#include "number/scaler.h"

G_BEGIN_DECLS

typedef struct
{
  FxpTensorId id;
  FxpQuantizer quantizer;   /* as it is now */
  FxpQuantizeCounts counts; /* of the step under way */

  /* Dynamic fixed point.  Only the binary point moves. */
  FxpQuantizer given;        /* as the experiment has it */
  FxpScalingOptions scaling; /* FXP_SCALING_FIXED: none, as in the float twin */
  FxpScaler scaler;
  FxpRangeSight sight; /* codes of the step under way */
  gboolean has_moved;  /* since the statistics were cleared */

  FxpStatistics statistics; /* of finished steps; moments of this step too */
} FxpCell;

/* Starts as float. */
void fxp_cell_init (FxpCell *self, guint layer, FxpRole role);
/* Where format or rule are others than before, the statistics are cleared and the binary point is
 * where @quantizer says; else it stays where scaling has moved it. */
void fxp_cell_set_quantizer (FxpCell *self,
                             const FxpQuantizer *quantizer,
                             const FxpScalingOptions *scaling);
/* TRUE where the binary point moves by a rule. */
static inline gboolean
fxp_cell_is_scaled (const FxpCell *self)
{
  return self->scaling.rule != FXP_SCALING_FIXED && !fxp_format_is_float (self->quantizer.format);
}
/* Looks at @n codes that a training step has made, for the scaler. */
void fxp_cell_look (FxpCell *self, const FxpPass *pass, gconstpointer codes, gsize n);
/* Puts the binary point elsewhere.  What was measured against the old step is forgotten: values
 * next to zero. */
void fxp_cell_move (FxpCell *self, int frac_bits);
/* Goes by what was looked at in the step under way; TRUE if the binary point moved. */
gboolean fxp_cell_advance (FxpCell *self);
/* Goes on with a scaler of another run. */
void fxp_cell_set_scaler (FxpCell *self, const FxpScaler *scaler);
void fxp_cell_clear_statistics (FxpCell *self);

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
