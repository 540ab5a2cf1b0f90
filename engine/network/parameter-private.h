/* SPDX-License-Identifier: MIT */
/* A number per unit that is learnt beside the weights: b, gamma or beta.  Float32 masters, whatever
 * the cell says: that one is applied where they are used. */
#pragma once

#ifndef FXP_COMPILATION
#  error "parameter-private.h is for engine/ and tests/ only"
#endif

#include "network/cell-private.h"

G_BEGIN_DECLS

typedef struct
{
  FxpCell *cell;       /* borrowed */
  FxpTensor *masters;  /* owned; float32 */
  FxpTensor *momentum; /* owned; float32; NULL without momentum */
  double *values;      /* owned; of the masters */
  double *used;        /* owned; of the codes in this pass */
  double *gradient;    /* owned; real */
  gboolean clips;      /* stays in [-1,1] */
} FxpParameter;

/* To [-1,1], the range of all that the first paper's baseline learns (2.6); NaN stays. */
static inline double
fxp_clip_learnt (double value)
{
  value = value > 1.0 ? 1.0 : value;
  return value < -1.0 ? -1.0 : value;
}

/* @n of them, all @value. */
FxpParameter *fxp_parameter_new (FxpCell *cell, gsize n, float value) G_GNUC_WARN_UNUSED_RESULT;
void fxp_parameter_free (FxpParameter *self);
/* Makes or drops the momentum, which begins as zeros. */
void fxp_parameter_set_momentum (FxpParameter *self, gboolean has_momentum);
/* To be called when the masters were written from outside. */
void fxp_parameter_refresh (FxpParameter *self);
/* What this pass computes with: the values, or those of their codes. */
const double *fxp_parameter_quantize (FxpParameter *self, const FxpPass *pass);
void fxp_parameter_update (FxpParameter *self, double rate, const FxpPass *pass);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpParameter, fxp_parameter_free)

G_END_DECLS
