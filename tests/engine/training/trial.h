/* SPDX-License-Identifier: MIT */
/* Twins to be looked at without a course and a thread; they can be interrupted at a certain
 * question. */
#pragma once

#include "drive.h"

#include "training/twins-private.h"

typedef struct
{
  FxpScratch *scratch;
  FxpTeam *team;
  FxpDataset *dataset;
  FxpLookout lookout;
  FxpTwins *twins;
  guint n_asked, n_allowed; /* the interruption comes after so many questions */
} Trial;

static inline gboolean
trial_interrupt_cb (gpointer data)
{
  Trial *self = data;

  return ++self->n_asked > self->n_allowed;
}

static inline void
trial_train (Trial *self, guint n_steps)
{
  for (guint i = 0; i < n_steps; i++)
    {
      g_autofree char *cause = NULL;

      g_assert_true (fxp_twins_train (self->twins, &cause));
    }
}

static inline Trial *
trial_new_with_data (FxpExperiment *experiment, FxpDataset *dataset, guint n_threads)
{
  Trial *self = g_new0 (Trial, 1);

  self->scratch = fxp_scratch_new ();
  self->team = fxp_team_new (n_threads);
  self->lookout.interrupt = trial_interrupt_cb;
  self->lookout.data = self;
  self->dataset = fxp_dataset_ref (dataset);
  self->twins =
    fxp_twins_new (experiment, self->dataset, self->scratch, self->team, &self->lookout);
  self->n_allowed = G_MAXUINT;
  return self;
}

/* After some steps. */
static inline Trial *
trial_new (FxpExperiment *experiment, guint n_threads, guint n_steps)
{
  g_autoptr (FxpDataset) dataset = drive_load_data (experiment);
  Trial *self = trial_new_with_data (experiment, dataset, n_threads);

  trial_train (self, n_steps);
  return self;
}

static inline void
trial_free (Trial *self)
{
  fxp_twins_free (self->twins);
  fxp_dataset_unref (self->dataset);
  fxp_team_free (self->team);
  fxp_scratch_free (self->scratch);
  g_free (self);
}
