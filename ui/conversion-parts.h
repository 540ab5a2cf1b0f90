/* SPDX-License-Identifier: MIT */
/* What the files of the conversion share, and nobody else includes. */
#pragma once

#include "clusterer.h"
#include "conversion.h"
#include "conversion-source.h"
#include "findings.h"

G_BEGIN_DECLS

struct _FxuConversion
{
  GObject parent_instance;

  FxuSession *session; /* borrowed: owns this; NULL once stopped */
  guint n_threads;

  FxpConversionOptions options;
  guint64 n_images, n_steps;
  double rate; /* of fine-tuning; 0: the default */
  gboolean sweep_tunes;

  FxuConversionSource *source; /* NULL before */
  guint n_sources;             /* taken so far: the number of @source */
  FxpWork *work;               /* of its network */
  FxuClusterer *clusterer;
  FxuFindings findings;

  gboolean is_behind;   /* it was told of that the run has trained on */
  gboolean has_missed;  /* what the run has learnt could not be taken: not tried again by itself */
  GCancellable *busy;   /* of what is under way, or NULL */
  FxuJobKind kind;      /* that is under way or waits for a source; FXU_N_JOBS: none */
  FxuOrigin job_origin; /* what it began with */
  FxuActivity activity;
  double share;
  guint sweep_size;
};

/* Emit what the names say. */
void fxu_conversion_changed (FxuConversion *self);
void fxu_conversion_fail (FxuConversion *self, const char *message);

/* What results have to be found with, so as not to be stale. */
FxuOrigin fxu_conversion_get_now (FxuConversion *self);

G_END_DECLS
