/* SPDX-License-Identifier: MIT */
/* Where the binary point of a tensor is: dynamic fixed point moves it while a run trains. */
#pragma once

#include "session.h"

G_BEGIN_DECLS

/* "overflow-rate", or for such a W_acc "as W"; NULL where it stands still. */
const char *fxu_binary_point_get_rule (const FxpExperiment *experiment, FxpTensorId id);
/* The quantizer with the binary point where the newest snapshot saw it; the experiment's, where the
 * snapshot is of another format or rule. */
FxpQuantizer fxu_binary_point_get_quantizer (FxuSession *session, FxpTensorId id);
/* @experiment with @quantizer, which was made from the above, in a cell.  As its format begins anew
 * there, a W_acc that goes with W begins anew where it is as well. */
FxpExperiment *
fxu_binary_point_with_quantizer (FxuSession *session,
                                 FxpExperiment *experiment,
                                 FxpTensorId id,
                                 const FxpQuantizer *quantizer) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
