/* SPDX-License-Identifier: MIT */
/* How the worker fills a snapshot before it gives it away. */
#pragma once

#ifndef FXP_COMPILATION
#  error "snapshot-private.h is for engine/ and tests/ only"
#endif

#include "training/checkpoint.h"
#include "training/pictures-private.h"

G_BEGIN_DECLS

struct _FxpSnapshot
{
  guint run;
  guint64 step;
  double epoch;
  FxpState state;
  char *cause;     /* owned, or NULL */
  char *log_error; /* owned, or NULL */
  guint64 serial;
  FxpExperiment *experiment; /* owned */
  double steps_per_second, samples_per_second;
  double rate; /* of the next step */
  double test_accuracy[2], validation_accuracy[2];
  double mismatch;
  FxpBaseline *baseline; /* owned, or NULL */
  FxpActivity activity;
  double share; /* of the activity, done */

  guint n_weighted;
  GArray *records;        /* owned; of FxpRecord */
  GArray *tensor_records; /* owned; n_weighted x FXP_N_ROLES of each record */
  GArray *layer_records;  /* owned; n_weighted of each record */
  GArray *events;         /* owned, and the texts in it; of FxpEvent */
  GPtrArray *checkpoints; /* owned; answers to checkpoint commands, in order */

  FxpTensorView *tensors; /* owned; n_weighted x FXP_N_ROLES */
  gboolean *has_tensor;   /* owned; likewise */
  FxpLayerView *layers;   /* owned; n_weighted */

  gconstpointer pictures[FXP_N_PICTURES]; /* owned references, or NULL */
  const FxpConfusion *confusion;          /* likewise */

  FxpSnapshot *earlier; /* owned: an unread one of an earlier run, or NULL */
};

/* Empty, for @n_weighted layers; one reference. */
FxpSnapshot *fxp_snapshot_new (guint n_weighted) G_GNUC_WARN_UNUSED_RESULT;
/* With the n_weighted x FXP_N_ROLES and n_weighted entries that belong to it; copied. */
void fxp_snapshot_add_record (FxpSnapshot *self,
                              const FxpRecord *record,
                              const FxpTensorRecord *tensors,
                              const FxpLayerRecord *layers);
/* @changes is taken. */
void fxp_snapshot_add_event (FxpSnapshot *self, guint64 step, char **changes);
/* Takes over what the unread @older one tells of the past, and @older itself. */
void fxp_snapshot_absorb (FxpSnapshot *self, FxpSnapshot *older);

G_END_DECLS
