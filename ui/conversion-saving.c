/* SPDX-License-Identifier: MIT */
/* The converted network as a file. */
#include "config.h"

#include "conversion-parts.h"

#include <glib/gi18n.h>

/* What is being written. */
typedef struct
{
  FxuConversion *conversion; /* told when it fails; main thread */
  FxpModel *model;
  GFile *file;
} Saving;

static void
saving_free (gpointer data)
{
  Saving *self = data;

  g_object_unref (self->conversion);
  fxp_model_unref (self->model);
  g_object_unref (self->file);
  g_free (self);
}

static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Saving *saving = data;
  GError *error = NULL;

  if (fxp_model_save (saving->model, saving->file, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  const Saving *saving = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) && saving->conversion->session != NULL)
    fxu_conversion_fail (saving->conversion, error->message);
}

const char *
fxu_conversion_explain_save (FxuConversion *self)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), NULL);

  if (fxu_conversion_get_best (self) == FXU_STAGE_FLOAT)
    return _ ("Nothing is converted yet with these options that could be saved");
  return NULL;
}

void
fxu_conversion_save (FxuConversion *self, GFile *file)
{
  g_autoptr (GTask) task = NULL;
  Saving *saving;
  const char *why;

  g_return_if_fail (FXU_IS_CONVERSION (self));
  g_return_if_fail (G_IS_FILE (file));

  if (self->session == NULL)
    return;
  why = fxu_conversion_explain_save (self);
  if (why != NULL)
    {
      fxu_conversion_fail (self, why);
      return;
    }
  saving = g_new0 (Saving, 1);
  saving->conversion = g_object_ref (self);
  saving->model = fxp_model_ref (fxu_conversion_get_model (self, fxu_conversion_get_best (self)));
  saving->file = g_object_ref (file);
  /* Not cancelled when another job begins: what was asked for is written whole. */
  task = g_task_new (NULL, NULL, saved_cb, NULL);
  g_task_set_source_tag (task, fxu_conversion_save);
  g_task_set_task_data (task, saving, saving_free);
  g_task_run_in_thread (task, save_thread);
}
