/* SPDX-License-Identifier: MIT */
/* A run: the fixed-point network, its float twin, their data, and where they stand.  Mutable, one
 * owner, worker only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "twins-private.h is for engine/ and tests/ only"
#endif

#include "network/network-private.h"
#include "training/ledger-private.h"
#include "training/lookout-private.h"

G_BEGIN_DECLS

/* What samples that are not trained on say of both; NaN without twin or without samples. */
typedef struct
{
  double loss[FXP_N_TWINS];
  double accuracy[FXP_N_TWINS];
  double mismatch; /* share of them of which the two choose another class */
} FxpScore;

typedef struct
{
  FxpScore validation, test;
} FxpTest;

typedef struct
{
  FxpExperiment *experiment;         /* owned */
  FxpDataset *dataset;               /* owned */
  FxpNetwork *networks[FXP_N_TWINS]; /* owned; the twin may be missing */
  FxpBatches *batches;               /* owned */
  FxpPosition position;

  FxpLedger ledger; /* of the fixed-point network */
  FxpProbe *probe;  /* owned; records the float one, NULL without */
  gboolean in_step; /* what the networks have counted is of half a step */

  FxpScratch *scratch; /* borrowed, as what follows: the course keeps them longer */
  FxpTeam *team;
  FxpLookout *lookout;
} FxpTwins;

/* At step 0.  The topology fits the data. */
FxpTwins *fxp_twins_new (FxpExperiment *experiment,
                         FxpDataset *dataset,
                         FxpScratch *scratch,
                         FxpTeam *team,
                         FxpLookout *lookout) G_GNUC_WARN_UNUSED_RESULT;
/* The checkpoint fits the data.  NULL if the lookout gives up. */
FxpTwins *fxp_twins_new_from_checkpoint (const FxpCheckpoint *checkpoint,
                                         FxpDataset *dataset,
                                         FxpScratch *scratch,
                                         FxpTeam *team,
                                         FxpLookout *lookout) G_GNUC_WARN_UNUSED_RESULT;
void fxp_twins_free (FxpTwins *self);

double fxp_twins_get_epoch (const FxpTwins *self);
/* Whether the last step ended an epoch. */
gboolean fxp_twins_is_between_epochs (const FxpTwins *self);

/* Takes over what needs no reset.  The baseline goes on while the float network trains as before,
 * and begins anew where rate, schedule, momentum, weight decay, clip, gradients, batch or
 * activation change. */
void fxp_twins_set_experiment (FxpTwins *self, FxpExperiment *experiment);
/* The learning rate of the next step. */
double fxp_twins_get_rate (const FxpTwins *self);
/* One step of both on the same batch.  FALSE if the lookout gives up: then it is as if it had never
 * begun.  @cause: NULL, or which of them left the finite numbers; owned by the caller. */
gboolean fxp_twins_train (FxpTwins *self, char **cause);

/* From here on the next record counts. */
void fxp_twins_begin_interval (FxpTwins *self);
/* Takes all that was seen of whole steps into the ledger. */
void fxp_twins_gather (FxpTwins *self);
/* Copies what was seen to @snapshot. */
void fxp_twins_fill_snapshot (FxpTwins *self, FxpSnapshot *snapshot);
/* Takes @log. */
FxpCheckpoint *fxp_twins_checkpoint (FxpTwins *self, char *log) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpTwins, fxp_twins_free)

G_END_DECLS
