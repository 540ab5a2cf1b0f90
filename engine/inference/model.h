/* SPDX-License-Identifier: MIT */
/* A converted network: integer codes, scales and exponents, and nothing real between input and
 * logits.  Immutable, atomically ref-counted, any thread. */
#pragma once

#include "inference/trained.h"
#include "number/cluster.h"
#include "number/scaling.h"

G_BEGIN_DECLS

typedef struct _FxpModel FxpModel;

/* Which exponent the codes of a layer's output have. */
typedef enum
{
  FXP_EXPONENTS_STATIC,     /* calibrated once; a result does not depend on the batch it is in */
  FXP_EXPONENTS_DYNAMIC,    /* of each batch's own maximum (two passes) */
  FXP_EXPONENTS_PREDICTIVE, /* from the maxima of batches before (Autoflex) */
  FXP_N_EXPONENTS
} FxpExponents;

const char *fxp_exponents_get_nick (FxpExponents self); /* "static", "dynamic", "predictive" */
gboolean fxp_exponents_parse (const char *text, FxpExponents *exponents, GError **error);

typedef struct
{
  FxpClusterOptions clusters; /* of all layers but the first; method none: plain words of
                               * clusters.bits, float where activation_bits is 32 */
  FxpLastWeights last;        /* 8 (default) or clusters; float is for training alone */
  guint activation_bits;      /* 2..16, default 8, sign included; 32: nothing is converted */
  gboolean is_unsigned; /* activations behind a ReLU have no sign and one bit more; default FALSE */
  guint intermediate_bits; /* 8..16, sign included: a cluster's sum is reduced to so many before it
                            * is multiplied by its scale; 0 (default): it is exact */
  FxpScaling scaling;   /* rule of calibrated exponents: abs-max (default), ristretto, niti,
                         * overflow-rate (activations of 3 bits or more) */
  FxpExponents exponents;    /* default static */
  guint calibration_batches; /* 1..10000, default 20 */
  guint calibration_size;    /* samples of a batch, 1..4096, default 128 */
} FxpConversionOptions;

void fxp_conversion_options_init (FxpConversionOptions *self);
gboolean fxp_conversion_options_validate (const FxpConversionOptions *self, GError **error);
/* Whether anything is converted at all: else the model is the float network itself. */
gboolean fxp_conversion_options_is_off (const FxpConversionOptions *self);

FxpModel *fxp_model_ref (FxpModel *self);
void fxp_model_unref (FxpModel *self);

/* Borrowed, as all that follows. */
FxpExperiment *fxp_model_get_experiment (const FxpModel *self);
const FxpConversionOptions *fxp_model_get_options (const FxpModel *self);
const FxpShape *fxp_model_get_input (const FxpModel *self);
guint fxp_model_get_n_classes (const FxpModel *self);
guint fxp_model_get_n_weighted (const FxpModel *self);
/* Codes and scales of a layer with weights; NULL if the model is the float network. */
FxpClusters *fxp_model_get_clusters (const FxpModel *self, guint layer);
/* Format of the codes that enter the layer; float if the model is the float network. */
FxpFormat fxp_model_get_input_format (const FxpModel *self, guint layer);
/* TRUE where sums of the layer need more than 32 bits (1.4.7) and are formed in 64. */
gboolean fxp_model_is_wide (const FxpModel *self, guint layer);
/* TRUE once batch normalization was estimated anew. */
gboolean fxp_model_is_reestimated (const FxpModel *self);
/* What was learnt that the model was made from; NULL if it came from a file and is not the float
 * network. */
FxpTrained *fxp_model_get_trained (const FxpModel *self);
/* The same model with that, to be compared with it.  FXP_ERROR_SHAPE where @trained has another
 * topology or other data. */
FxpModel *fxp_model_with_trained (const FxpModel *self,
                                  FxpTrained *trained,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Versioned GVariant bytes with a SHA-256 in front, weights packed in 2, 4 or 8 bits; of what was
 * learnt only the float network has anything.
 * FXP_ERROR_CHECKPOINT says what is wrong and at which offset, FXP_ERROR_VERSION that another
 * version wrote it. */
FxpModel *fxp_model_new_from_bytes (GBytes *bytes,
                                    const char *name,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *fxp_model_to_bytes (const FxpModel *self) G_GNUC_WARN_UNUSED_RESULT;
FxpModel *
fxp_model_load (GFile *file, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes beside and renames. */
gboolean
fxp_model_save (const FxpModel *self, GFile *file, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpModel, fxp_model_unref)

G_END_DECLS
