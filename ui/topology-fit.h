/* SPDX-License-Identifier: MIT */
/* A network's ends made to fit other data: chosen data must not need another topology typed first.
 */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

/* @experiment itself where its topology fits @dataset; else one with inputs and classes replaced,
 * and if the layers in between do not fit either (a convolution over plain features), with its
 * dense layers only.  NULL and an error if nothing helps. */
FxpExperiment *fxu_topology_fit (FxpExperiment *experiment,
                                 FxpDataset *dataset,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
