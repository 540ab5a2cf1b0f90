/* SPDX-License-Identifier: MIT */
/* A converted network as a GVariant and back.  model-file.c and the files beside it only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "model-content-private.h is for engine/ and tests/ only"
#endif

#include "inference/model-private.h"
#include "number/envelope-private.h"

G_BEGIN_DECLS

/* Method, bits, granularity, size, terms, asymmetric; last; activation bits, unsigned; scaling,
 * exponents; calibration batches and their size. */
#define FXP_MODEL_OPTIONS_TYPE "(susuubsubssuu)"
/* Exponent, packed codes, scales; exponent of A, A, B; wide; mean, variance, gamma, beta. */
#define FXP_MODEL_PRODUCTS_TYPE "a(iayaqnanaxbadadadad)"
/* Weights, bias, gamma, beta, mean, variance. */
#define FXP_MODEL_LAYERS_TYPE "a(adadadadadad)"
/* Bits of clusters' sums, R of products. */
#define FXP_MODEL_INTERMEDIATE_TYPE "(uay)"
/* Experiment; options; shape of a sample, classes; estimated anew; fraction bits of the inputs, of
 * each node's output; products of layers with weights; of the float network, what was learnt; since
 * version 2 how sums of clusters are reduced. */
#define FXP_MODEL_PARTS                                                                            \
  "s" FXP_MODEL_OPTIONS_TYPE "(atu)bnan" FXP_MODEL_PRODUCTS_TYPE FXP_MODEL_LAYERS_TYPE
#define FXP_MODEL_TYPE_1 "(" FXP_MODEL_PARTS ")"
#define FXP_MODEL_TYPE   "(" FXP_MODEL_PARTS FXP_MODEL_INTERMEDIATE_TYPE ")"

/* Floating. */
GVariant *fxp_model_pack (const FxpModel *self) G_GNUC_WARN_UNUSED_RESULT;
FxpModel *
fxp_model_unpack (GVariant *content, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A content being read. */
typedef struct
{
  const char *name;  /* of the file */
  GVariant *content; /* all of it */
} FxpModelReading;

/* Says in FXP_ERROR_CHECKPOINT what is wrong with @part, whose child or whole that is. */
void fxp_model_reading_fail (const FxpModelReading *self,
                             GVariant *part,
                             GError **error,
                             const char *format,
                             ...) G_GNUC_PRINTF (4, 5);
/* The same with what @cause says, which it takes. */
void fxp_model_reading_fail_with (const FxpModelReading *self,
                                  GVariant *part,
                                  GError *cause,
                                  GError **error);
/* The @index-th child of @part, @n doubles, borrowed from it; NULL and an error if there are not so
 * many, or if one of them is not finite.  None where @n is 0: NULL without an error. */
const double *fxp_model_reading_get_doubles (const FxpModelReading *self,
                                             GVariant *part,
                                             guint index,
                                             gsize n,
                                             gboolean *fits,
                                             GError **error);

/* Says which of @n variances, a child of @part, is negative. */
gboolean fxp_model_reading_check_variances (const FxpModelReading *self,
                                            GVariant *part,
                                            const double *variances,
                                            gsize n,
                                            GError **error);
/* Floating; none for NULL. */
GVariant *fxp_model_pack_doubles (const double *values, gsize n) G_GNUC_WARN_UNUSED_RESULT;

/* Floating, of FXP_MODEL_OPTIONS_TYPE. */
GVariant *fxp_model_pack_options (const FxpConversionOptions *options) G_GNUC_WARN_UNUSED_RESULT;
gboolean fxp_model_unpack_options (const FxpModelReading *reading,
                                   GVariant *part,
                                   FxpConversionOptions *options,
                                   GError **error);
/* Floating, of FXP_MODEL_PRODUCTS_TYPE. */
GVariant *fxp_model_pack_products (const FxpModel *self) G_GNUC_WARN_UNUSED_RESULT;
/* Fills the products of @self, whose nodes are built, and gives all nodes the exponents that
 * @frac_bits, one a node, say.  A and B are formed anew and must come out as they were stored. */
gboolean fxp_model_unpack_products (FxpModel *self,
                                    const FxpModelReading *reading,
                                    GVariant *part,
                                    const gint16 *frac_bits,
                                    GError **error);
/* Floating, of FXP_MODEL_LAYERS_TYPE; empty for NULL. */
GVariant *fxp_model_pack_layers (const FxpTrained *trained) G_GNUC_WARN_UNUSED_RESULT;
FxpTrained *fxp_model_unpack_layers (FxpExperiment *experiment,
                                     const FxpShape *input,
                                     guint n_classes,
                                     const FxpModelReading *reading,
                                     GVariant *part,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
