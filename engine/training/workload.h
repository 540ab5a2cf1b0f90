/* SPDX-License-Identifier: MIT */
/* Training of known size, to measure speed on: five networks with their batches, word lengths, and
 * generated data that any other program can have too.  Static and immutable; any thread. */
#pragma once

#include "dataset/dataset.h"
#include "experiment/experiment.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;     /* "W1" */
  const char *network;  /* what it is called elsewhere: "LeNet" */
  const char *topology; /* as in network.topology */
  FxpShape input;       /* of one sample */
  guint batch;
} FxpWorkload;

#define FXP_N_WORKLOADS 5

/* How long the words of a workload are: W, A, G_W and G_A (Z as A and G_Z as G_A, behind batch
 * normalization), and W_acc.  Biases, gamma and beta are float32. */
typedef enum
{
  FXP_WORDS_8,     /* 8 bits each */
  FXP_WORDS_12,    /* 12 */
  FXP_WORDS_16,    /* 16 */
  FXP_WORDS_PAPER, /* 14, 8, 12, 11 and 16: about what Sakr and Shanbhag (ICLR 2019) find enough */
  FXP_N_WORDS
} FxpWords;

/* @index below FXP_N_WORKLOADS. */
const FxpWorkload *fxp_workload_get (guint index);
/* By its name, in upper or lower case; FXP_ERROR_PARSE names the choices. */
const FxpWorkload *fxp_workload_find (const char *name, GError **error);
/* "8", "12", "16", "paper"; FXP_ERROR_PARSE names the choices. */
const char *fxp_words_get_nick (FxpWords self);
gboolean fxp_words_parse (const char *text, FxpWords *words, GError **error);

/* Rate 0.001, exact sums, probed as often as any run is; every fixed-point tensor rounds alike. */
FxpExperiment *fxp_workload_make_experiment (const FxpWorkload *self,
                                             FxpWords words,
                                             FxpRounding rounding,
                                             gboolean twin) G_GNUC_WARN_UNUSED_RESULT;
/* Four batches to train on, of mean 0 and deviation 1 in every feature, with any label of ten. */
FxpDataset *fxp_workload_make_dataset (const FxpWorkload *self) G_GNUC_WARN_UNUSED_RESULT;
/* Multiply-accumulates of one sample's training: forward, weight gradients, and input gradients of
 * all layers but the first. */
guint64 fxp_workload_get_n_multiplies (const FxpWorkload *self);

G_END_DECLS
