/* SPDX-License-Identifier: MIT */
/* What the fixed-point network of a run was seen to do: since the previous record, and since its
 * quantizers changed.  Worker only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "ledger-private.h is for engine/ and tests/ only"
#endif

#include "training/checkpoint-private.h"
#include "training/snapshot-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint n_weighted;
  FxpTensorSums *tensor_sums; /* owned; n_weighted x FXP_N_ROLES, since the previous record */
  FxpLayerSums *layer_sums;   /* owned; n_weighted, likewise */
  FxpTensorView *tensors;     /* owned; n_weighted x FXP_N_ROLES, since the quantizer changed */
  FxpLayerView *layers;       /* owned; n_weighted */
} FxpLedger;

void fxp_ledger_init (FxpLedger *self, guint n_weighted);
void fxp_ledger_clear (FxpLedger *self);
/* The sums that a checkpoint of as many layers has of the steps since the previous record. */
void fxp_ledger_restore (FxpLedger *self, const FxpCheckpoint *checkpoint);

/* Moves what @network has seen of whole steps here.  Behind every probed step, so that sums of
 * doubles are made of the same terms in the same order whenever else this is called, and whether a
 * run came here straight or from a checkpoint. */
void fxp_ledger_gather (FxpLedger *self, FxpNetwork *network);
/* Forgets what going from @from to @to, of the same layers, makes meaningless. */
void fxp_ledger_forget (FxpLedger *self, const FxpExperiment *from, const FxpExperiment *to);
/* From here on the next record counts. */
void fxp_ledger_begin_interval (FxpLedger *self);
/* Copies the views of what @experiment has, with the formats of @network, which runs it. */
void fxp_ledger_fill_snapshot (const FxpLedger *self,
                               const FxpExperiment *experiment,
                               const FxpNetwork *network,
                               FxpSnapshot *snapshot);

G_END_DECLS
