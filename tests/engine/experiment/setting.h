/* SPDX-License-Identifier: MIT */
/* Experiments made value by value. */
#pragma once

#include "experiment/experiment.h"

/* One more value; takes @self. */
static inline FxpExperiment *
set (FxpExperiment *self, const char *key, const char *value)
{
  g_autoptr (FxpExperiment) owned = self;
  g_autoptr (GError) error = NULL;
  FxpExperiment *other = fxp_experiment_with_value (owned, key, value, &error);

  g_assert_no_error (error);
  return other;
}

static inline void
assert_format (FxpExperiment *self, guint layer, FxpRole role, const char *expected)
{
  g_autofree char *format =
    fxp_format_to_string (fxp_experiment_get_quantizer (self, (FxpTensorId){layer, role})->format);

  g_assert_cmpstr (format, ==, expected);
}
