/* SPDX-License-Identifier: MIT */
/* What a checkpoint holds, for those who fill it and put it back. */
#pragma once

#ifndef FXP_COMPILATION
#  error "checkpoint-private.h is for engine/ and tests/ only"
#endif

#include "analysis/probe-private.h"
#include "dataset/batches-private.h"
#include "network/network-private.h"
#include "training/checkpoint.h"

G_BEGIN_DECLS

#define FXP_N_TWINS 2 /* [0] the fixed-point run, [1] its float twin */

/* Sums over the steps since the previous record. */
typedef struct
{
  guint64 n_steps, n_samples;
  double loss[FXP_N_TWINS];
  guint64 n_correct[FXP_N_TWINS];
} FxpInterval;

/* Likewise of one tensor of the fixed-point run.  Laid out as it is in a file. */
typedef struct
{
  /* Over probed steps. */
  double signal;    /* sum of squares before quantizing */
  double noise;     /* sum of squared errors of quantizing */
  double sum_first; /* of the magnitudes of values next to zero */
  guint64 n_first;
  /* Over all steps. */
  guint64 n, n_overflowed;
} FxpTensorSums;

/* Likewise of one layer's updates. */
typedef struct
{
  guint64 n, n_lost, n_stopped;
} FxpLayerSums;

/* Where a run stands, and the data it needs to go on. */
typedef struct
{
  FxpShape input;
  guint n_classes;
  guint64 n_samples; /* of the training set */
  guint64 step;      /* steps done */
  FxpCursor cursor;
  FxpInterval interval;
} FxpPosition;

typedef struct
{
  gboolean of_twin;
  guint16 layer; /* with weights */
  FxpLearnt what;
  FxpFormat format;
  FxpShape shape;
  GBytes *data; /* owned; little-endian */
} FxpStored;

/* The scaler of a cell whose binary point moves. */
typedef struct
{
  FxpTensorId id;
  FxpScaler scaler;
} FxpStoredScaler;

struct _FxpCheckpoint
{
  FxpExperiment *experiment; /* owned */
  char *log;                 /* owned: the run log from step 0 to here */
  FxpPosition position;
  GArray *tensor_sums;   /* owned; of FxpTensorSums, n_weighted x FXP_N_ROLES */
  GArray *layer_sums;    /* owned; of FxpLayerSums, n_weighted */
  GVariant *probe;       /* owned: of FXP_PROBE_TYPE; NULL without a float network */
  FxpBaseline *baseline; /* owned: what the probe has recorded, or NULL */
  GArray *scalers;       /* owned; of FxpStoredScaler: layer by layer, role by role */
  GArray *tensors;       /* owned; of FxpStored: twin by twin, layer by layer, kind by kind */
  char *fingerprint;
};

/* Takes @log.  @probe: sunk if it is floating, or NULL.  Add scalers and tensors in order, then
 * seal it: from then on it is immutable. */
FxpCheckpoint *fxp_checkpoint_new (FxpExperiment *experiment,
                                   char *log,
                                   const FxpPosition *position,
                                   const FxpTensorSums *tensor_sums,
                                   const FxpLayerSums *layer_sums,
                                   GVariant *probe) G_GNUC_WARN_UNUSED_RESULT;
/* Nothing, if @scaler is NULL. */
void fxp_checkpoint_add_scaler (FxpCheckpoint *self, FxpTensorId id, const FxpScaler *scaler);
/* Copies the elements of @tensor; nothing, if it is NULL. */
void fxp_checkpoint_add (FxpCheckpoint *self,
                         gboolean of_twin,
                         guint layer,
                         FxpLearnt what,
                         const FxpTensor *tensor);
/* Which of the two that a run of @experiment has is a float network: the twin, or the run itself if
 * all its formats are float and its weights in no clusters.  FALSE if none is. */
gboolean fxp_checkpoint_find_float (const FxpExperiment *experiment, guint *twin);
/* Takes the data of @stored. */
void fxp_checkpoint_add_bytes (FxpCheckpoint *self, const FxpStored *stored);
void fxp_checkpoint_seal (FxpCheckpoint *self);
/* Borrowed; NULL where there is none. */
const FxpStored *fxp_checkpoint_get_stored (const FxpCheckpoint *self,
                                            gboolean of_twin,
                                            guint layer,
                                            FxpLearnt what);
/* Puts it back into a network that has such a tensor of this format. */
gboolean fxp_checkpoint_put_stored (const FxpStored *stored, FxpNetwork *network, GError **error);
/* Turns @n_bytes of elements between little-endian and the machine's order. */
void
fxp_storage_copy_little_endian (FxpStorage storage, gpointer to, gconstpointer from, gsize n_bytes);

G_END_DECLS
