/* SPDX-License-Identifier: MIT */
/* The pages that tell what was learned, and which of them suit which data.  No GTK. */
#pragma once

#include "session.h"

G_BEGIN_DECLS

typedef enum
{
  FXU_OUTCOME_PLANE,
  FXU_OUTCOME_SAMPLES,
  FXU_OUTCOME_FACTS,
  FXU_OUTCOME_CONFUSION,
  FXU_OUTCOME_MISTAKES,
  FXU_OUTCOME_FILTERS,
  FXU_OUTCOME_LAYERS,
  FXU_N_OUTCOMES
} FxuOutcome;

typedef struct
{
  const char *name;
  const char *label;
  FxpView view;  /* what it needs the worker to make */
  guint n_sides; /* that are shown one at a time; 0: all at once */
} FxuOutcomeKind;

extern const FxuOutcomeKind fxu_outcome_kinds[FXU_N_OUTCOMES];

/* The pages for the session's data and network, in order; returns how many, at least one. */
guint fxu_outcome_kinds_collect (FxuSession *session, FxuOutcome offered[FXU_N_OUTCOMES]);

G_END_DECLS
