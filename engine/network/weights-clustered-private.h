/* SPDX-License-Identifier: MIT */
/* Clusters that stand for W, of all rows of a network. */
#pragma once

#ifndef FXP_COMPILATION
#  error "weights-clustered-private.h is for engine/ and tests/ only"
#endif

#include "network/weights-private.h"

G_BEGIN_DECLS

void fxp_clustered_weights_free (FxpClusteredWeights *self);

/* Makes or drops them, as @experiment says; NULL: none.  The only place that takes memory for them.
 */
void fxp_weights_set_clusters (FxpWeights **rows, guint n_rows, const FxpExperiment *experiment);
/* At the beginning of a pass, of rows whose W has changed since; each by one thread. */
void fxp_weights_form_clusters (FxpWeights **rows, guint n_rows, FxpTeam *team);

G_END_DECLS
