/* SPDX-License-Identifier: MIT */
/* What products use in place of a layer's weights, in words. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

/* "2-bit × α" or "as 8-bit": under the cell of the weights, very short; NULL: weights are used as
 * they are. */
char *
fxu_cluster_text_get_brief (const FxpExperiment *experiment, guint layer) G_GNUC_WARN_UNUSED_RESULT;
/* One sentence without a full stop, likewise. */
char *
fxu_cluster_text_get_words (const FxpExperiment *experiment, guint layer) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
