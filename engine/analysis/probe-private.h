/* SPDX-License-Identifier: MIT */
/* Records a baseline (baseline.h) from a float network that trains.  Mutable, worker only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "probe-private.h is for engine/ and tests/ only"
#endif

#include "analysis/baseline.h"
#include "network/network-private.h"

G_BEGIN_DECLS

typedef struct _FxpProbe FxpProbe;

/* Watches @network, which is borrowed, all of whose formats are float: takes its observer. */
FxpProbe *
fxp_probe_new (FxpNetwork *network, FxpTeam *team, FxpScratch *scratch) G_GNUC_WARN_UNUSED_RESULT;
/* The network has no observer then. */
void fxp_probe_free (FxpProbe *self);

/* A step is recorded when both passes are through, before the network learns from it.  What a pass
 * that is given up has shown is forgotten with the next forward pass.  @begins_epoch: it is the
 * epoch's first, so J2 is looked at (at most every FXP_BASELINE_INTERVAL steps), which destroys the
 * gradients but G_W.  FALSE if @monitor gave up in that: nothing was recorded, and it can be called
 * again.  @monitor may be NULL. */
gboolean fxp_probe_record (FxpProbe *self,
                           gboolean begins_epoch,
                           gboolean ends_epoch,
                           FxpPassMonitor monitor,
                           gpointer data);
/* What had been recorded when something was last looked at; NULL before the first smoothed
 * deviation.  A new reference; the same object while nothing was looked at in between. */
FxpBaseline *fxp_probe_get_baseline (FxpProbe *self) G_GNUC_WARN_UNUSED_RESULT;

/* All that recording needs to go on, bit for bit: steps recorded, looks, looks at J2, the step of
 * the last one, what is left of the averages' beginnings; of each layer numbers, |G_W| and |G_A|.
 * unpack: FALSE if it is not of @self's layers. */
#define FXP_PROBE_TYPE "(tuutdda(adtt))"
GVariant *fxp_probe_pack (const FxpProbe *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean fxp_probe_unpack (FxpProbe *self, GVariant *packed);
/* The baseline that such a state stands for, without a network; NULL as above or if @packed is of
 * another shape. */
FxpBaseline *fxp_baseline_new_from_packed (GVariant *packed) G_GNUC_WARN_UNUSED_RESULT;
/* For tests: @layers are copied. */
FxpBaseline *fxp_baseline_new (const FxpLayerBaseline *layers,
                               guint n_layers,
                               guint64 n_steps,
                               guint n_looks,
                               guint n_jacobians) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpProbe, fxp_probe_free)

G_END_DECLS
