/* SPDX-License-Identifier: MIT */
/* The plain settings by name: one table row for each, on which values from text, files, differences
 * and resets all stand. */
#pragma once

#ifndef FXP_COMPILATION
#  error "experiment-keys-private.h is for engine/ and tests/ only"
#endif

#include "experiment/setting-type-private.h"

G_BEGIN_DECLS

typedef enum
{
  FXP_LIVE,
  FXP_RESET,        /* a change needs a reset */
  FXP_RESET_IF_SET, /* switching on needs a reset, switching off does not */
} FxpEffect;

struct _FxpKey
{
  const char *group;
  const char *name;
  const FxpSettingType *type;
  gsize offset;    /* of the field in FxpSettings */
  double min, max; /* of numbers; of the characters of texts */
  FxpEffect effect;
};

/* All rows in file order. */
const FxpKey *fxp_keys_get (guint *n);
/* Sets it on a fresh copy; space around @text is dropped.  The error says what was found and
 * expected; the place is the caller's to add. */
gboolean
fxp_key_set (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error);
/* NULL if there is none. */
const FxpKey *fxp_key_find (const char *group, const char *name);
gboolean fxp_experiment_keys_equal (const FxpExperiment *a, const FxpExperiment *b);

G_END_DECLS
