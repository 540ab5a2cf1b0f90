/* SPDX-License-Identifier: MIT */
/* What the window may know about a run, frozen.  Immutable, atomically ref-counted, any thread. */
#pragma once

#include "analysis/baseline.h"
#include "experiment/experiment.h"
#include "number/statistics.h"

G_BEGIN_DECLS

typedef enum
{
  FXP_STATE_PAUSED,
  FXP_STATE_RUNNING,
  FXP_STATE_FINISHED, /* reached the epochs asked for */
  FXP_STATE_DIVERGED, /* paused by NaN or infinity; fxp_snapshot_get_cause() says where */
} FxpState;

/* One point of the charts; made every training.record-every steps. */
typedef struct
{
  guint64 step;        /* steps done */
  double epoch;        /* epochs done, with fraction */
  float loss_fixed;    /* mean over the steps since the previous record */
  float loss_float;    /* NaN without twin */
  float train_accuracy_fixed; /* share, likewise */
  float train_accuracy_float;
  float test_accuracy_fixed;  /* NaN where no evaluation fell on this record */
  float test_accuracy_float;
  float test_loss_fixed;
  float test_loss_float;
  float mismatch;             /* share of the test samples of which the two chose another class;
                               * NaN likewise and without twin */
  float validation_accuracy_fixed; /* likewise; NaN without validation data */
  float validation_accuracy_float;
  float validation_loss_fixed;
  float validation_loss_float;
  float rate;                 /* learning rate of the newest step */
} FxpRecord;

/* The same record's view of one tensor. */
typedef struct
{
  float sqnr_db;     /* over probed steps since the previous record; NaN if none, all zero or float */
  guint8 word_bits;  /* 0 is float */
  float overflowed;  /* share of all steps' values; NaN if none or float */
  gint8 frac_bits;   /* where the binary point is now, which moves with the cell's scaling; 0 if
                      * float */
  float bias;        /* eta, relative quantization bias (first paper 1.7), over probed steps; NaN if
                      * no value fell next to zero */
} FxpTensorRecord;

/* Of one layer's updates since the previous record; shares of those whose gradient was not zero, NaN
 * if none was. */
typedef struct
{
  float lost;
  float stopped; /* accumulators, see FxpLayerView */
} FxpLayerRecord;

/* A setting changed, or something happened. */
typedef struct
{
  guint64 step;
  const char *const *changes; /* "key=value", NULL-terminated */
} FxpEvent;

/* Predictions on a square grid over a plane data set; row 0 is the top. */
typedef struct
{
  guint size;                /* size x size, 0: none */
  double min, max;           /* domain on both axes */
  const guint8 *classes[2];  /* [0] fixed, [1] twin (NULL without) */
  const float *confidence[2]; /* softmax of the winning class */
} FxpField;

/* Predictions for the first test samples of an image set. */
typedef struct
{
  guint n;
  const guint16 *predicted[2]; /* [0] fixed, [1] twin (NULL without) */
  const float *confidence[2];
} FxpSheet;

/* A test sample that was taken for something else. */
typedef struct
{
  guint32 row;       /* of the test split */
  guint16 label, predicted;
  float confidence;  /* softmax of the class predicted */
  float loss;
} FxpMistake;

#define FXP_MISTAKES_MAX 40
#define FXP_CONFUSION_CLASSES_MAX 1000

/* The newest test evaluation in detail. */
typedef struct
{
  guint64 step;
  guint n_classes;
  guint64 n;                      /* samples */
  const guint32 *counts[2];       /* n_classes x n_classes, a row per label; [0] fixed, [1] twin
                                   * (NULL without) */
  guint n_mistakes[2];
  const FxpMistake *mistakes[2];  /* greatest loss first */
} FxpConfusion;

/* Kernels of the first convolution, as values. */
typedef struct
{
  guint layer;                /* with weights */
  guint n, channels, height, width;
  const float *values[2];     /* n x channels x height x width; [0] fixed, [1] twin (NULL without) */
} FxpFilters;

/* One test sample on its way through the network: what enters each layer with weights. */
typedef struct
{
  guint32 row; /* of the test split */
  guint n_layers;
  const FxpShape *shapes;        /* per layer: rank 1 or 3 */
  const gsize *first;            /* per layer: where its values begin */
  const float *values[2];        /* [0] fixed, [1] twin (NULL without) */
} FxpActivations;

/* What the worker is busy with. */
typedef enum
{
  FXP_ACTIVITY_NONE,
  FXP_ACTIVITY_STEP,     /* a training step */
  FXP_ACTIVITY_TEST,     /* an evaluation of the test or validation data */
} FxpActivity;

/* One tensor as probed since its quantizer changed. */
typedef struct
{
  FxpStatistics statistics;
  FxpFormat format; /* it has now: of a cell with scaling, with the binary point where it is */
} FxpTensorView;

/* One layer's register and updates, likewise. */
typedef struct
{
  FxpSumCounts sum;
  guint64 n_updates, n_lost_updates;
  guint64 n_stopped; /* of accumulators: an update that was not zero changed neither W nor W_acc,
                      * and W is not at the end of its range (AS, first paper 2.5, 5.24) */
} FxpLayerView;

typedef struct _FxpSnapshot FxpSnapshot;

FxpSnapshot *fxp_snapshot_ref (FxpSnapshot *self);
void fxp_snapshot_unref (FxpSnapshot *self);

/* Rises by one at each reset; records of different runs do not belong in one chart. */
guint fxp_snapshot_get_run (const FxpSnapshot *self);
guint64 fxp_snapshot_get_step (const FxpSnapshot *self);
double fxp_snapshot_get_epoch (const FxpSnapshot *self);
FxpState fxp_snapshot_get_state (const FxpSnapshot *self);
const char *fxp_snapshot_get_cause (const FxpSnapshot *self); /* NULL unless diverged */
/* Why the run log could not be written, one sentence; NULL while it can or there is none. */
const char *fxp_snapshot_get_log_error (const FxpSnapshot *self);
/* Serial of the newest command this snapshot already obeys. */
guint64 fxp_snapshot_get_serial (const FxpSnapshot *self);
FxpExperiment *fxp_snapshot_get_experiment (const FxpSnapshot *self); /* borrowed */
double fxp_snapshot_get_steps_per_second (const FxpSnapshot *self);   /* while running */
double fxp_snapshot_get_samples_per_second (const FxpSnapshot *self);

/* Every record and event since the previous delivered snapshot; none is ever dropped. */
const FxpRecord *fxp_snapshot_get_records (const FxpSnapshot *self, gsize *n);
/* Of record @i: n_weighted x FXP_N_ROLES entries. */
const FxpTensorRecord *fxp_snapshot_get_tensor_records (const FxpSnapshot *self, gsize i);
const FxpLayerRecord *fxp_snapshot_get_layer_records (const FxpSnapshot *self, gsize i); /* n_weighted */
const FxpEvent *fxp_snapshot_get_events (const FxpSnapshot *self, gsize *n);

guint fxp_snapshot_get_n_weighted (const FxpSnapshot *self);
/* NULL where a layer has no such tensor. */
const FxpTensorView *fxp_snapshot_get_tensor (const FxpSnapshot *self, FxpTensorId id);
const FxpLayerView *fxp_snapshot_get_layer (const FxpSnapshot *self, guint layer);
/* The newest ones asked for by fxp_trainer_set_view(); NULL until there are any. */
const FxpField *fxp_snapshot_get_field (const FxpSnapshot *self);
const FxpSheet *fxp_snapshot_get_sheet (const FxpSnapshot *self);
/* NULL too with more than FXP_CONFUSION_CLASSES_MAX classes. */
const FxpConfusion *fxp_snapshot_get_confusion (const FxpSnapshot *self);
const FxpFilters *fxp_snapshot_get_filters (const FxpSnapshot *self);
const FxpActivations *fxp_snapshot_get_activations (const FxpSnapshot *self);
/* What the worker is in the middle of, and the share of it that is done, 0..1.  Steps and evaluations
 * that take less than a tenth of a second are not told of.  @share may be NULL. */
FxpActivity fxp_snapshot_get_activity (const FxpSnapshot *self, double *share);
/* Learning rate of the next step. */
double fxp_snapshot_get_rate (const FxpSnapshot *self);
/* Newest validation evaluation: NaN before the first and without validation data. */
double fxp_snapshot_get_validation_accuracy (const FxpSnapshot *self, gboolean of_twin);
/* What was recorded of the float network (the twin, or the run itself where all is float); NULL
 * without one and before there is anything.  Borrowed. */
FxpBaseline *fxp_snapshot_get_baseline (const FxpSnapshot *self);
/* Share of the newest test evaluation's samples of which the two chose another class; NaN before the
 * first and without twin. */
double fxp_snapshot_get_mismatch (const FxpSnapshot *self);
/* Newest test evaluation: NaN before the first. */
double fxp_snapshot_get_test_accuracy (const FxpSnapshot *self, gboolean of_twin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpSnapshot, fxp_snapshot_unref)

G_END_DECLS
