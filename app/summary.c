/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "json-writer.h"
#include "summary.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *
get_state (const FxaSummary *self)
{
  if (fxp_snapshot_get_state (self->snapshot) == FXP_STATE_DIVERGED)
    return "diverged";
  return self->interrupted ? "interrupted" : "finished";
}

static double
get_samples_per_second (const FxaSummary *self)
{
  return self->seconds > 0 && self->samples > 0 ? self->samples / self->seconds : NAN;
}

static gboolean
has_validation (const FxaSummary *self)
{
  return fxp_experiment_get_settings (self->experiment)->dataset_validation_share > 0;
}

static char *
format_percent (double share)
{
  return isfinite (share) ? g_strdup_printf ("%.2f", 100 * share) : g_strdup ("–");
}

/* One line; what is not known is a dash. */
static void
print_twin (const FxaSummary *self, const char *name, double loss, gboolean of_twin)
{
  g_autofree char *loss_text = isfinite (loss) ? g_strdup_printf ("%.4f", loss) : g_strdup ("–");
  g_autofree char *test = format_percent (fxp_snapshot_get_test_accuracy (self->snapshot, of_twin));
  g_autofree char *validation =
    format_percent (fxp_snapshot_get_validation_accuracy (self->snapshot, of_twin));

  if (has_validation (self))
    /* translators: which network, its loss, two accuracies in percent */
    g_print (_ ("%s  loss %s  validation accuracy %s %%  test accuracy %s %%\n"),
             name,
             loss_text,
             validation,
             test);
  else
    /* translators: which network, its loss, its accuracy in percent */
    g_print (_ ("%s  loss %s  test accuracy %s %%\n"), name, loss_text, test);
}

void
fxa_summary_print (const FxaSummary *self)
{
  const gboolean twin = fxp_experiment_get_settings (self->experiment)->twin;
  const char *cause = fxp_snapshot_get_cause (self->snapshot);

  g_print (_ ("%.6g epochs, %" PRIu64 " steps, %.0f samples in %.2f s\n"),
           fxp_snapshot_get_epoch (self->snapshot),
           fxp_snapshot_get_step (self->snapshot),
           self->samples,
           self->seconds);
  if (cause != NULL)
    g_print (_ ("diverged: %s\n"), cause);
  print_twin (self, _ ("fixed point"), self->record.loss_fixed, FALSE);
  if (twin)
    print_twin (self, _ ("float twin "), self->record.loss_float, TRUE);
  g_print (_ ("fingerprint  %s\n"), self->fingerprint);
}

static JsonNode *
build_json (const FxaSummary *self)
{
  const FxpSettings *settings = fxp_experiment_get_settings (self->experiment);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "program", "roundoff-cli " ROUNDOFF_VERSION);
  fxa_json_add_text (builder, "title", settings->title != NULL ? settings->title : "");
  fxa_json_add_text (builder, "state", get_state (self));
  if (fxp_snapshot_get_cause (self->snapshot) != NULL)
    fxa_json_add_text (builder, "cause", fxp_snapshot_get_cause (self->snapshot));
  fxa_json_add_number (builder, "train_loss", self->record.loss_fixed);
  fxa_json_add_number (builder,
                       "test_accuracy",
                       fxp_snapshot_get_test_accuracy (self->snapshot, FALSE));
  fxa_json_add_number (builder, "twin_train_loss", self->record.loss_float);
  fxa_json_add_number (builder,
                       "twin_test_accuracy",
                       fxp_snapshot_get_test_accuracy (self->snapshot, TRUE));
  fxa_json_add_number (builder, "mismatch", fxp_snapshot_get_mismatch (self->snapshot));
  if (has_validation (self))
    {
      fxa_json_add_number (builder,
                           "validation_accuracy",
                           fxp_snapshot_get_validation_accuracy (self->snapshot, FALSE));
      fxa_json_add_number (builder,
                           "twin_validation_accuracy",
                           fxp_snapshot_get_validation_accuracy (self->snapshot, TRUE));
    }
  if (settings->schedule != FXP_SCHEDULE_CONSTANT)
    fxa_json_add_number (builder, "rate", fxp_snapshot_get_rate (self->snapshot));
  fxa_json_add_integer (builder, "steps", fxp_snapshot_get_step (self->snapshot));
  fxa_json_add_number (builder, "epochs", fxp_snapshot_get_epoch (self->snapshot));
  fxa_json_add_number (builder, "samples_per_second", get_samples_per_second (self));
  fxa_json_add_number (builder, "seconds", self->seconds);
  fxa_json_add_integer (builder, "threads", self->n_threads);
  json_builder_set_member_name (builder, "seed");
  json_builder_add_int_value (builder, (gint64)settings->seed);
  fxa_json_add_text (builder, "fingerprint", self->fingerprint);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static char *
make_json (const FxaSummary *self)
{
  const guint64 seed = fxp_experiment_get_settings (self->experiment)->seed;
  g_autoptr (JsonNode) root = build_json (self);
  g_autofree char *text = fxa_json_to_text (root);
  GString *line = g_string_new (text);

  if (seed > G_MAXINT64)
    {
      /* json-glib's integers are signed; a quotation mark within a text would be escaped. */
      g_autofree char *found = g_strdup_printf ("\"seed\" : %" PRId64 ",", (gint64)seed);
      g_autofree char *meant = g_strdup_printf ("\"seed\" : %" PRIu64 ",", seed);

      g_string_replace (line, found, meant, 1);
    }
  g_string_append_c (line, '\n');
  return g_string_free (line, FALSE);
}

gboolean
fxa_summary_save_json (const FxaSummary *self, const char *path, GError **error)
{
  g_autofree char *line = make_json (self);
  g_autoptr (GFile) file = NULL;

  if (strcmp (path, "-") == 0)
    {
      /* Not g_print(): JSON is UTF-8 whatever the locale says. */
      fputs (line, stdout);
      return TRUE;
    }
  file = g_file_new_for_path (path);
  return fxp_new_file_save (file, line, strlen (line), NULL, error);
}
