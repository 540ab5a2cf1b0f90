/* SPDX-License-Identifier: MIT */
/* What one pass over a network's layers works with, and how it walks long arrays. */
#pragma once

#ifndef FXP_COMPILATION
#  error "pass-private.h is for engine/ and tests/ only"
#endif

#include "network/network-private.h"

G_BEGIN_DECLS

/* Scratch memory of the layers.  A slot's content lives until the next layer begins. */
typedef enum
{
  FXP_SLOT_REALS = 8, /* real values on their way to a quantizer, a whole batch */
  FXP_SLOT_PRODUCT,   /* a product that must be put in another order first */
  FXP_SLOT_COLUMNS,   /* lowered images */
  FXP_SLOT_ARRANGED,  /* codes in another order */
  FXP_SLOT_TALLIES,
} FxpSlot;

/* The first tensor of a step that met NaN or infinity. */
typedef struct
{
  gboolean met;
  FxpTensorId id;
} FxpNonfinite;

typedef struct
{
  FxpStep step;
  gsize n; /* samples */
  FxpActivation activation;
  FxpScratch *scratch;
  FxpTeam *team;
  FxpNonfinite *nonfinite;
} FxpPass;

/* Elements that are worked on at a time, so that they stay in the nearest cache. */
#define FXP_PIECE 1024

/* What the pieces of an array counted. */
typedef struct
{
  FxpQuantizeCounts first;
  FxpQuantizeCounts second;
  FxpUpdateCounts updates;
  guint64 n_nonfinite; /* finite values that left the range of float32 */
} FxpTally;

/* Work on an array in pieces; embedded as the first field of what a piece needs to know. */
typedef struct _FxpPieces FxpPieces;
struct _FxpPieces
{
  void (*func) (FxpPieces *self, gsize first, gsize n, FxpTally *tally);
  gsize n;           /* set by fxp_pieces_run() */
  FxpTally *tallies; /* likewise */
};

/* Calls func for pieces of 0..n-1 and adds up what they counted.  Pieces of a probed step come in
 * order on the caller's thread, as the moments are sums of doubles; others anywhere, as they only
 * count. */
void fxp_pieces_run (FxpPieces *self, gsize n, const FxpPass *pass, FxpTally *total);

G_END_DECLS
