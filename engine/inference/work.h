/* SPDX-License-Identifier: MIT */
/* What a network has to compute: shapes of its layers with weights, of a topology or of a published
 * network that is here to be counted, not to be run.  Immutable, atomically ref-counted; any
 * thread. */
#pragma once

#include "experiment/topology.h"

G_BEGIN_DECLS

/* One layer with weights.  Its kernel is kernel x kernel, of a dense layer 1. */
typedef struct
{
  char *name; /* owned by the work */
  guint kernel;
  guint64 n_inputs; /* channels that one output sees: of grouped convolutions, those of its group */
  guint64 n_outputs;   /* channels */
  guint64 n_positions; /* pixels of the output */
  gboolean is_dense;
} FxpWorkLayer;

typedef struct _FxpWork FxpWork;

FxpWork *fxp_work_ref (FxpWork *self);
void fxp_work_unref (FxpWork *self);
/* Layers of a topology for an input, or for the one its text states if @input is NULL.
 * FXP_ERROR_SHAPE if that does not fit or is not known. */
FxpWork *fxp_work_new (const FxpTopology *topology,
                       const FxpShape *input,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A published network: "resnet-50", "resnet-101", "resnet-101-b" (stride in the 3x3), "resnet-18",
 * "alexnet", ..., from data/operations/; FXP_ERROR_PARSE with the names there are. */
FxpWork *fxp_work_new_preset (const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A key file as those in data/operations/.  FXP_ERROR_PARSE and FXP_ERROR_RANGE name file, group,
 * key, what was found and what was expected; what reading the file reports comes unchanged. */
FxpWork *fxp_work_load (GFile *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* In alphabetical order. */
char **fxp_work_list_presets (void) G_GNUC_WARN_UNUSED_RESULT;

/* Borrowed, as what follows: "ResNet-50", or the topology's text. */
const char *fxp_work_get_name (const FxpWork *self);
/* Where the shapes are from, as the file says; NULL of a topology. */
const char *fxp_work_get_source (const FxpWork *self);
guint fxp_work_get_n_layers (const FxpWork *self); /* at least 1 */
const FxpWorkLayer *fxp_work_get_layer (const FxpWork *self, guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpWork, fxp_work_unref)

G_END_DECLS
