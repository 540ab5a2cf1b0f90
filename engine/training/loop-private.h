/* SPDX-License-Identifier: MIT */
/* The worker's life: obeys commands between pieces of work, trains, publishes snapshots.  Made by
 * the trainer, then the worker's alone. */
#pragma once

#ifndef FXP_COMPILATION
#  error "loop-private.h is for engine/ and tests/ only"
#endif

#include "dataset/dataset.h"
#include "training/handoff-private.h"

G_BEGIN_DECLS

typedef struct _FxpLoop FxpLoop;

/* @handoff is borrowed and outlives it.  The topology fits the data. */
FxpLoop *fxp_loop_new (FxpHandoff *handoff,
                       FxpExperiment *experiment,
                       FxpDataset *dataset,
                       guint n_threads) G_GNUC_WARN_UNUSED_RESULT;
/* GThreadFunc: takes the loop, lives until told to quit, frees it. */
gpointer fxp_loop_thread (gpointer loop);

G_END_DECLS
