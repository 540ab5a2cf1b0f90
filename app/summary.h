/* SPDX-License-Identifier: MIT */
/* What a headless run came to, as text and as JSON. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

/* Unknown numbers are NaN and become null in JSON. */
typedef struct
{
  FxpExperiment *experiment; /* borrowed */
  FxpSnapshot *snapshot;     /* borrowed: the last */
  FxpRecord record;          /* the last; its losses are means since the record before */
  const char *fingerprint;   /* borrowed */
  double seconds;
  double samples;
  guint n_threads;
  gboolean interrupted;
} FxaSummary;

void fxa_summary_print (const FxaSummary *self);
/* @path `-` is standard output.  Else writes beside and renames. */
gboolean fxa_summary_save_json (const FxaSummary *self, const char *path, GError **error);

G_END_DECLS
