/* SPDX-License-Identifier: MIT */
/* The loops of a step's end over weights, one table per vector unit, all with the same bits. */
#pragma once

#ifndef FXP_COMPILATION
#  error "update-loop-private.h is for engine/ and tests/ only"
#endif

#include "network/network-private.h"

G_BEGIN_DECLS

/* Some weights, whose first one is number @first of the layer.  Quantizers of fixed formats. */
typedef struct
{
  const FxpQuantizer *weight_quantizer, *residue_quantizer;
  const FxpNoise *weight_noise, *residue_noise; /* NULL where none is needed */
  FxpFormat gradient_format;
  double rate;
  gpointer weight, residue;
  gconstpointer gradient;
  const guint8 *moved;
  gsize first, n;
} FxpUpdateSpan;

/* What became of them; added to. */
typedef struct
{
  FxpQuantizeCounts weight, residue;
  FxpUpdateCounts updates;
} FxpUpdateTally;

typedef struct
{
  /* Updates the split words, see network-private.h; FALSE if these formats must be taken apart into
   * loops of their own, and nothing is done. */
  gboolean (*update) (const FxpUpdateSpan *span, FxpUpdateTally *tally);
  /* 1 where a value is not 0, else 0. */
  void (*find_nonzero) (const double *values, guint8 *flags, gsize n);
} FxpUpdateLoop;

/* That of fxp_vector_unit_get(). */
const FxpUpdateLoop *fxp_update_loop_get (void);

extern const FxpUpdateLoop fxp_update_loop_plain;
extern const FxpUpdateLoop fxp_update_loop_avx2;
extern const FxpUpdateLoop fxp_update_loop_avx512;

G_END_DECLS
