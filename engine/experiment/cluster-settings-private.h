/* SPDX-License-Identifier: MIT */
/* How the settings of group clusters are read and written: beyond its own limits, each must fit the
 * method. */
#pragma once

#ifndef FXP_COMPILATION
#  error "cluster-settings-private.h is for engine/ and tests/ only"
#endif

#include "experiment/setting-type-private.h"

G_BEGIN_DECLS

/* Takes with it what does not fit another method: bits become 2 with ternary codes, and terms 1 and
 * asymmetric false without.  Set it before the others. */
extern const FxpSettingType fxp_setting_cluster_method;
extern const FxpSettingType fxp_setting_cluster_count;  /* bits, size or terms */
extern const FxpSettingType fxp_setting_cluster_switch; /* asymmetric */
extern const FxpSettingType fxp_setting_granularity;
extern const FxpSettingType fxp_setting_last_weights;

G_END_DECLS
