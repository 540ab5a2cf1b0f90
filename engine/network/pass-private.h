/* SPDX-License-Identifier: MIT */
/* What one pass over a network's layers works with, and how it walks long arrays. */
#pragma once

#ifndef FXP_COMPILATION
#  error "pass-private.h is for engine/ and tests/ only"
#endif

#include "network/network-private.h"

G_BEGIN_DECLS

/* Scratch memory of the layers.  A slot's content lives until the next layer begins; only real
 * values on their way up pass through normalization and addition, and wait for a projection. */
typedef enum
{
  FXP_SLOT_REALS = 8, /* real values on their way to a quantizer, a whole batch */
  FXP_SLOT_PRODUCT,   /* a product that must be put in another order first */
  FXP_SLOT_COLUMNS,   /* lowered images */
  FXP_SLOT_ARRANGED,  /* codes in another order */
  FXP_SLOT_TALLIES,
  FXP_SLOT_SUMS, /* of each image's channels */
  /* The following live longer. */
  FXP_SLOT_SHORTCUT,       /* real values of a projection, until they are added */
  FXP_SLOT_PENDING,        /* real gradients of a shortcut, until those of the block are there */
  FXP_SLOT_WINDOW,         /* and the two after it: packed weights of a convolution */
  FXP_SLOT_GRADIENTS = 20, /* and those after it: codes of gradients, as wiring assigns them */
} FxpSlot;

/* Who is asked during a pass whether to go on, and how far it is. */
typedef struct
{
  FxpPassMonitor func; /* or NULL */
  gpointer data;
  double done, total; /* multiply-accumulates */
  double asked;       /* done when func was last called */
  gboolean given_up;
} FxpWatch;

/* Who is shown what a pass has in hand. */
typedef struct
{
  FxpObserver func; /* or NULL */
  gpointer data;
} FxpOnlooker;

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
  gboolean evaluates;
  FxpActivation activation;
  double momentum, weight_decay;
  FxpGradients gradients;
  FxpScratch *scratch;
  FxpTeam *team;
  FxpNonfinite *nonfinite;
  FxpWatch *watch;
  const FxpOnlooker *onlooker; /* NULL: nobody looks */
} FxpPass;

static inline guint
fxp_pass_get_n_threads (const FxpPass *self)
{
  return self->team == NULL ? 1 : fxp_team_get_n_threads (self->team);
}

/* After so many multiply-accumulates more; asks where they are worth it.  TRUE: the pass is given
 * up, and all it leaves behind does not matter. */
gboolean fxp_pass_tick (const FxpPass *self, double work);

/* On the worker's thread, between two layers' work on @tensor. */
static inline void
fxp_pass_show (const FxpPass *self, FxpSight sight, FxpTensorId id, FxpTensor *tensor)
{
  if (G_UNLIKELY (self->onlooker != NULL))
    self->onlooker->func (sight, id, tensor, self->n, self->onlooker->data);
}

/* Elements that are worked on at a time, so that they stay in the nearest cache. */
#define FXP_PIECE 1024

/* What the pieces of an array counted. */
typedef struct
{
  FxpQuantizeCounts first;  /* of activations and gradients, and W */
  FxpQuantizeCounts second; /* of normalized values, and W_acc */
  FxpQuantizeCounts third;  /* of V */
  FxpUpdateCounts updates;
  FxpSumCounts sums;
  double peak;         /* greatest magnitude, NaN apart */
  guint64 n_nonfinite; /* finite values that left the range of float32 */
} FxpTally;

/* Work on an array in pieces; embedded as the first field of what a piece needs to know. */
typedef struct _FxpPieces FxpPieces;
struct _FxpPieces
{
  void (*func) (FxpPieces *self, gsize first, gsize n, FxpTally *tally);
  gsize length;      /* of a piece; 0: FXP_PIECE */
  gsize first;       /* where the array begins that is worked on */
  gsize n;           /* set by fxp_pieces_run(), as the following */
  FxpTally *tallies;
};

/* Calls func for pieces of the @n elements from self->first on and adds up what they counted.
 * Pieces of a probed step come in order on the caller's thread, as the moments are sums of doubles;
 * others anywhere, as they only count. */
void fxp_pieces_run (FxpPieces *self, gsize n, const FxpPass *pass, FxpTally *total);

G_END_DECLS
