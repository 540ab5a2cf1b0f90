/* SPDX-License-Identifier: MIT */
/* What measuring a checkpoint's float network takes: the network, and the slice of samples it is
 * looked at with.  One thread, whichever makes it. */
#pragma once

#ifndef FXP_COMPILATION
#  error "theory-job-private.h is for engine/ and tests/ only"
#endif

#include "training/checkpoint-private.h"
#include "training/theory.h"

G_BEGIN_DECLS

typedef struct
{
  FxpCheckpoint *checkpoint; /* owned, as all that follows but the last */
  FxpDataset *dataset;
  FxpScratch *scratch;
  FxpTeam *team;
  FxpNetwork *network; /* float, with what the checkpoint's has learnt */
  FxpSplit split;
  guint32 *rows; /* of the split, drawn by the run's seed */
  guint n;
  double *inputs;            /* n_inputs x features: room for some samples of the slice */
  guint n_inputs;            /* at a time */
  GCancellable *cancellable; /* borrowed, or NULL */
} FxpTheoryJob;

/* Errors as fxp_theory_measure_gains() tells of. */
gboolean fxp_theory_job_init (FxpTheoryJob *self,
                              FxpCheckpoint *checkpoint,
                              FxpDataset *dataset,
                              const FxpTheoryOptions *options,
                              guint n_threads,
                              GCancellable *cancellable,
                              GError **error);
/* After a failed init too. */
void fxp_theory_job_clear (FxpTheoryJob *self);
/* Fills inputs with samples of the slice from @first on: how many that are, at most @n_max. */
guint fxp_theory_job_gather (FxpTheoryJob *self, guint first, guint n_max);
/* FxpPassMonitor: TRUE once cancelled. */
gboolean fxp_theory_job_monitor (double share, gpointer self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FxpTheoryJob, fxp_theory_job_clear)

G_END_DECLS
