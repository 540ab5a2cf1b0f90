/* SPDX-License-Identifier: MIT */
/* How an experiment is made: what its keys and its file form need beyond the public functions. */
#pragma once

#ifndef FXP_COMPILATION
#  error "experiment-private.h is for engine/ and tests/ only"
#endif

#include "experiment/experiment.h"

G_BEGIN_DECLS

/* The functions below change an experiment in place.  They are only for one that
 * fxp_experiment_copy() has just made and that nobody else has seen. */

/* A new experiment that shares every part with @self. */
FxpExperiment *fxp_experiment_copy (const FxpExperiment *self) G_GNUC_WARN_UNUSED_RESULT;
/* The settings, unshared, to be written to. */
FxpSettings *fxp_experiment_edit_settings (FxpExperiment *self);
/* The row of @layer, unshared, to be written to. */
FxpLayerPrecision *fxp_experiment_edit_row (FxpExperiment *self, guint layer);
/* Takes another topology and carries the precision of layers over. */
void fxp_experiment_set_topology (FxpExperiment *self, FxpTopology *topology);
/* Sets the cell of @id's owner, and with it all that share it.  The cell must be there. */
void fxp_experiment_set_cell (FxpExperiment *self, FxpTensorId id, const FxpQuantizer *quantizer);
void fxp_experiment_set_scaling (FxpExperiment *self, FxpTensorId id, FxpScaling scaling);
/* Puts cells that are not there or shared in order, after rows were moved. */
void fxp_experiment_settle (FxpExperiment *self);

/* Whether a tensor's format can be set: the topology gives the layer such a tensor.  Momentum can
 * be set before training.momentum is, so that the order of settings does not matter. */
gboolean fxp_experiment_has_cell (const FxpExperiment *self, FxpTensorId id);
/* The same, and no other layer's cell holds it: the one that files and differences name. */
gboolean fxp_experiment_owns_cell (const FxpExperiment *self, FxpTensorId id);
/* Whether the cell is of no tensor and was never set. */
gboolean fxp_experiment_is_untouched (const FxpExperiment *self, FxpTensorId id);

/* Whether @a and @b share the plain settings, or the row of @layer: then they are equal. */
gboolean fxp_experiment_shares_settings (const FxpExperiment *a, const FxpExperiment *b);

G_END_DECLS
