/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "mismatch-meter.h"

struct _FxuMismatchMeter
{
  guint n_threads;
  FxuMismatchDone done;
  gpointer data;

  GCancellable *cancellable; /* of what is under way, or NULL */
  FxuSurvey *survey;         /* that @formats were measured on, or are to be; or NULL */
  FxpExperiment *formats;
  FxpMismatch mismatch;
};

FxuMismatchMeter *
fxu_mismatch_meter_new (guint n_threads, FxuMismatchDone done, gpointer data)
{
  FxuMismatchMeter *self = g_new0 (FxuMismatchMeter, 1);

  self->n_threads = n_threads;
  self->done = done;
  self->data = data;
  return self;
}

void
fxu_mismatch_meter_free (FxuMismatchMeter *self)
{
  fxu_mismatch_meter_forget (self);
  g_free (self);
}

void
fxu_mismatch_meter_forget (FxuMismatchMeter *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->survey, fxu_survey_unref);
  g_clear_pointer (&self->formats, fxp_experiment_unref);
  self->mismatch = (FxpMismatch){0};
}

/* p_m depends on no other formats. */
static gboolean
has_same_forward_formats (FxpExperiment *a, FxpExperiment *b)
{
  guint n = fxp_experiment_get_n_weighted (a);

  for (guint i = 0; i < 2 * n; i++)
    {
      FxpTensorId id = {(guint16)(i / 2), i % 2 == 0 ? FXP_ROLE_WEIGHT : FXP_ROLE_ACTIVATION};

      if (!fxp_quantizer_equal (fxp_experiment_get_quantizer (a, id),
                                fxp_experiment_get_quantizer (b, id)))
        return FALSE;
    }
  return TRUE;
}

/* One measurement; the meter may be gone when it comes back, which its cancellable tells. */
typedef struct
{
  FxuMismatchMeter *meter;
  GCancellable *cancellable;
} Measurement;

static void
measured_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Measurement *measurement = data;
  g_autoptr (GCancellable) cancellable = measurement->cancellable;
  g_autoptr (GError) error = NULL;
  FxuMismatchMeter *self = measurement->meter;
  FxpMismatch mismatch;
  gboolean done = fxp_theory_measure_mismatch_finish (result, &mismatch, &error);

  if (g_cancellable_is_cancelled (cancellable))
    return;
  g_clear_object (&self->cancellable);
  if (done)
    self->mismatch = mismatch;
  self->done (error, self->data);
}

void
fxu_mismatch_meter_measure (FxuMismatchMeter *self, FxuSurvey *survey, FxpExperiment *assigned)
{
  Measurement *measurement;
  FxpTheoryOptions options;

  if (self->survey == survey && has_same_forward_formats (self->formats, assigned))
    return;

  fxu_mismatch_meter_forget (self);
  self->survey = fxu_survey_ref (survey);
  self->formats = fxp_experiment_ref (assigned);
  self->cancellable = g_cancellable_new ();
  measurement = g_new (Measurement, 1);
  measurement->meter = self;
  measurement->cancellable = g_object_ref (self->cancellable);
  fxp_theory_options_init (&options, fxu_survey_get_dataset (survey));
  fxp_theory_measure_mismatch_async (fxu_survey_get_checkpoint (survey),
                                     fxu_survey_get_dataset (survey),
                                     assigned,
                                     &options,
                                     self->n_threads,
                                     self->cancellable,
                                     measured_cb,
                                     measurement);
}

FxpMismatch
fxu_mismatch_meter_get (FxuMismatchMeter *self)
{
  return self->mismatch;
}
