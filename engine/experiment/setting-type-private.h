/* SPDX-License-Identifier: MIT */
/* How a plain setting is read from text and written as text: one type per kind of value. */
#pragma once

#ifndef FXP_COMPILATION
#  error "setting-type-private.h is for engine/ and tests/ only"
#endif

#include "experiment/experiment-private.h"

G_BEGIN_DECLS

/* A row of the table of keys, which says where the value is and what its limits are. */
typedef struct _FxpKey FxpKey;

typedef struct
{
  /* The value as text, or NULL where it is not set. */
  char *(*get) (const FxpKey *key, const FxpExperiment *experiment);
  /* On a fresh copy only.  The error says what was found and expected. */
  gboolean (*set) (const FxpKey *key, FxpExperiment *experiment, const char *text, GError **error);
} FxpSettingType;

extern const FxpSettingType fxp_setting_text; /* one line; its limits are of characters */
extern const FxpSettingType fxp_setting_name; /* of a built-in data set; clears the path */
extern const FxpSettingType fxp_setting_path; /* of data; clears the name */
extern const FxpSettingType fxp_setting_seed;
extern const FxpSettingType fxp_setting_count;
extern const FxpSettingType fxp_setting_real;
extern const FxpSettingType fxp_setting_positive; /* a real number above 0, up to its limit */
extern const FxpSettingType fxp_setting_switch;
extern const FxpSettingType fxp_setting_topology;
extern const FxpSettingType fxp_setting_activation;
extern const FxpSettingType fxp_setting_schedule;
extern const FxpSettingType fxp_setting_gradients;
extern const FxpSettingType fxp_setting_steps; /* of the schedule; empty: none */

/* A whole number without sign, exponent or space. */
gboolean
fxp_parse_count (const char *text, guint64 min, guint64 max, guint64 *number, GError **error);

G_END_DECLS
