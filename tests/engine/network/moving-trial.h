/* SPDX-License-Identifier: MIT */
/* A small network whose ranges are too wide, so that binary points have where to go. */
#pragma once

#include "trial.h"

#define N_SAMPLES 40

static const char *const wide[] = {"network.topology",
                                   "4-6-3",
                                   "precision.*.*.format",
                                   "Q5.4",
                                   "precision.*.*.overflow",
                                   "saturate-symmetric",
                                   "precision.*.weight-acc.format",
                                   "Q-4.7",
                                   "precision.*.activation-grad.format",
                                   "Q-5.14",
                                   "training.scaling-period",
                                   "1",
                                   NULL};

/* The network of @wide, with more keys and values behind. */
static inline Trial *
make_trial (gboolean twin, guint n_threads, ...)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  va_list args;
  const char *text;

  for (guint i = 0; wide[i] != NULL; i++)
    g_ptr_array_add (changes, (gpointer)wide[i]);
  va_start (args, n_threads);
  while ((text = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (changes, (gpointer)text);
  va_end (args);
  g_ptr_array_add (changes, NULL);
  return trial_new ((const char *const *)changes->pdata,
                    &FXP_SHAPE_1 (4),
                    3,
                    N_SAMPLES,
                    twin,
                    n_threads);
}

static inline int
get_frac_bits (const Trial *self, guint layer, FxpRole role)
{
  return fxp_network_get_format (self->network, (FxpTensorId){layer, role}).frac_bits;
}

static inline void
scale_inputs (Trial *self, double factor)
{
  for (gsize i = 0; i < self->n * self->n_features; i++)
    self->inputs[i] *= factor;
}
