/* SPDX-License-Identifier: MIT */
/* What a network has learnt, as real numbers: the source of every conversion.  Immutable,
 * atomically ref-counted, any thread. */
#pragma once

#include "experiment/experiment.h"

G_BEGIN_DECLS

typedef struct _FxpTrained FxpTrained;

/* Of one layer with weights; arrays as the network has them, owned by the FxpTrained; NULL where
 * the layer has none. */
typedef struct
{
  gsize n_units, n_inputs, n_pixels; /* n_inputs: channels, or features */
  const double *weights;             /* n_units x n_inputs x n_pixels; the whole words W + W_acc */
  const double *bias;                /* n_units */
  const double *gamma, *beta, *mean, *variance; /* n_units, with batch normalization */
} FxpTrainedLayer;

/* Copies the arrays.  @input: shape of one sample. */
FxpTrained *fxp_trained_new (FxpExperiment *experiment,
                             const FxpShape *input,
                             guint n_classes,
                             const FxpTrainedLayer *layers) G_GNUC_WARN_UNUSED_RESULT;
FxpTrained *fxp_trained_ref (FxpTrained *self);
void fxp_trained_unref (FxpTrained *self);

FxpExperiment *fxp_trained_get_experiment (const FxpTrained *self); /* borrowed */
const FxpShape *fxp_trained_get_input (const FxpTrained *self);
guint fxp_trained_get_n_classes (const FxpTrained *self);
guint fxp_trained_get_n_layers (const FxpTrained *self); /* with weights */
const FxpTrainedLayer *fxp_trained_get_layer (const FxpTrained *self, guint layer);
/* TRUE if every layer but the last is followed by batch normalization; @n: how many are. */
gboolean fxp_trained_is_normalized (const FxpTrained *self, guint *n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpTrained, fxp_trained_unref)

G_END_DECLS
