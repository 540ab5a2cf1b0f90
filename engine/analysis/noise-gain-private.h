/* SPDX-License-Identifier: MIT */
/* Noise gains by exact back-propagation of logit differences.  Any thread that owns the network. */
#pragma once

#ifndef FXP_COMPILATION
#  error "noise-gain-private.h is for engine/ and tests/ only"
#endif

#include "analysis/noise-gain.h"
#include "network/network-private.h"

G_BEGIN_DECLS

/* Margins below this count as ties (5.4). */
#define FXP_NOISE_GAIN_TIE 1e-6

/* As fxp_noise_gains_new(), with what else was counted. */
FxpNoiseGains *fxp_noise_gains_new_counted (const double *weights,
                                            const double *activations,
                                            guint n_layers,
                                            guint n_samples,
                                            guint n_ties,
                                            guint n_capped) G_GNUC_WARN_UNUSED_RESULT;

/* A running mean over samples; mutable. */
typedef struct _FxpNoiseGainJob FxpNoiseGainJob;

/* @network: a float one that wants input gradients; borrowed, and what it has learnt stays.
 * @experiment: whose network it is.  @caps_samples: a sample's contribution to the bound, at the
 * steps of @experiment's W and A, is held to 1 by scaling all its E alike (5.2). */
FxpNoiseGainJob *fxp_noise_gain_job_new (FxpNetwork *network,
                                         const FxpExperiment *experiment,
                                         gboolean caps_samples) G_GNUC_WARN_UNUSED_RESULT;
void fxp_noise_gain_job_free (FxpNoiseGainJob *self);
/* Adds one sample.  FALSE if the network's monitor gave up: the sample is not added. */
gboolean fxp_noise_gain_job_add (FxpNoiseGainJob *self, const double *inputs);
/* The mean so far. */
FxpNoiseGains *fxp_noise_gain_job_get (const FxpNoiseGainJob *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpNoiseGainJob, fxp_noise_gain_job_free)

G_END_DECLS
