/* SPDX-License-Identifier: MIT */
/* Drives a course from a test, without a thread. */
#pragma once

#include "drive.h"

#include "training/course-private.h"

static inline gboolean
course_never_cb (gpointer data)
{
  return FALSE;
}

static inline FxpCourse *
make_course (FxpExperiment *experiment)
{
  g_autoptr (FxpDataset) dataset = drive_load_data (experiment);

  return fxp_course_new (experiment, dataset, 1, course_never_cb, NULL);
}

static inline void
go (FxpCourse *course)
{
  while (course->state == FXP_STATE_RUNNING)
    fxp_course_advance (course);
}

static inline void
change (FxpCourse *course, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) experiment =
    fxp_experiment_with_value (course->twins->experiment, key, value, &error);

  g_assert_no_error (error);
  fxp_course_set_experiment (course, experiment, NULL);
}
