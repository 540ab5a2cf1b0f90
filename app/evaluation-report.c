/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "evaluation-report.h"
#include "conversion-report.h"
#include "quantity.h"
#include "text-table.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

static const struct
{
  const char *name; /* of a row */
  const char *key;  /* in JSON */
  gsize offset;     /* of the field in FxpInferenceCounts */
} counts[] = {
  {N_ ("multiply-accumulates in float"), "macs", G_STRUCT_OFFSET (FxpInferenceCounts, n_macs)},
  {N_ ("multiplications"), "multiplications", G_STRUCT_OFFSET (FxpInferenceCounts, n_multiplies)},
  {N_ ("shifts by scales"), "shifts", G_STRUCT_OFFSET (FxpInferenceCounts, n_shifts)},
  {N_ ("additions in clusters"), "additions", G_STRUCT_OFFSET (FxpInferenceCounts, n_adds)},
  {N_ ("zero weights skipped"), "skipped", G_STRUCT_OFFSET (FxpInferenceCounts, n_skipped)},
  {N_ ("multiplications by A"), "affine", G_STRUCT_OFFSET (FxpInferenceCounts, n_affine)},
  {N_ ("down-conversions"), "converted", G_STRUCT_OFFSET (FxpInferenceCounts, n_converted)},
  {N_ ("saturated codes"), "saturated", G_STRUCT_OFFSET (FxpInferenceCounts, n_saturated)},
};

static double
get_accuracy (const FxpInferenceResult *result)
{
  return result->n > 0 ? (double)result->n_correct / result->n : NAN;
}

static double
get_rate (guint64 n, double seconds)
{
  return seconds > 0 ? n / seconds : NAN;
}

gboolean
fxa_evaluation_agrees (const FxpInferenceResult *result)
{
  return !result->is_compared || result->n_agreed == result->n;
}

char *
fxa_evaluation_describe_difference (const FxaEvaluationReport *self)
{
  const FxpInferenceResult *result = self->result;

  return g_strdup_printf (_ ("the engines disagree on %" PRIu64 " of %" PRIu64
                             " samples, first on sample %" PRIu64 ", output %u"),
                          result->n - result->n_agreed,
                          result->n,
                          result->first_sample + 1,
                          result->first_node + 1);
}

static void
print_counts (const FxpInferenceCounts *self)
{
  g_autoptr (FxaTextTable) table = fxa_text_table_new (3, 1);

  fxa_text_table_add (table, _ ("counted"));
  fxa_text_table_add (table, _ ("in all"));
  fxa_text_table_add (table, _ ("a sample"));
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      const guint64 n = G_STRUCT_MEMBER (guint64, self, counts[i].offset);

      fxa_text_table_add (table, _ (counts[i].name));
      fxa_text_table_take (table, g_strdup_printf ("%" PRIu64, n));
      fxa_text_table_take (table, g_strdup_printf ("%.10g", (double)n / self->n_images));
    }
  fxa_text_table_print (table);
  g_print (_ ("%.4f %% of multiplications replaced\n"),
           100 * fxp_inference_counts_get_share_replaced (self));
}

static void
print_speed (const FxpInferenceResult *result)
{
  const double rate = get_rate (result->n, result->seconds);
  const double of_float = get_rate (result->n, result->float_seconds);

  g_print (_ ("%.0f samples/s\n"), rate);
  if (isfinite (of_float))
    g_print (_ ("the float network in turn with it: %.0f samples/s; this is %.2f times as fast\n"),
             of_float,
             rate / of_float);
}

void
fxa_evaluation_report_print (const FxaEvaluationReport *self)
{
  const FxpInferenceResult *result = self->result;
  const FxpSettings *settings =
    fxp_experiment_get_settings (fxp_model_get_experiment (self->model));
  g_autofree char *how = fxa_conversion_options_describe (fxp_model_get_options (self->model));
  g_autofree char *accuracy = fxa_quantity_format_percent (get_accuracy (result));

  g_print ("%s\n%s\n", settings->title, how);
  if (fxp_model_is_reestimated (self->model))
    g_print (_ ("batch normalization was estimated anew\n"));
  g_print (result->engine == FXP_ENGINE_SIMULATED
             ? _ ("accuracy %s %% of %" PRIu64 " samples, simulated\n")
             : _ ("accuracy %s %% of %" PRIu64 " samples, in integers\n"),
           accuracy,
           result->n);
  if (result->is_compared && fxa_evaluation_agrees (result))
    g_print (_ ("%" PRIu64 " of %" PRIu64
                " samples: every layer's output and the logits are the same, bit for bit (%" PRIu64
                " values)\n"),
             result->n_agreed,
             result->n,
             result->n_values);
  else if (result->is_compared)
    {
      g_autofree char *difference = fxa_evaluation_describe_difference (self);

      g_print ("%s\n", difference);
    }
  if (result->counts.n_images > 0)
    {
      g_print ("\n");
      print_counts (&result->counts);
    }
  print_speed (result);
}

static void
add_counts_json (const FxpInferenceCounts *self, JsonBuilder *builder)
{
  fxa_json_begin_object (builder, "counts");
  fxa_json_add_integer (builder, "samples", self->n_images);
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    fxa_json_add_integer (builder,
                          counts[i].key,
                          G_STRUCT_MEMBER (guint64, self, counts[i].offset));
  fxa_json_add_number (builder, "share_replaced", fxp_inference_counts_get_share_replaced (self));
  json_builder_end_object (builder);
}

void
fxa_evaluation_report_add_json (const FxaEvaluationReport *self, JsonBuilder *builder)
{
  const FxpInferenceResult *result = self->result;
  const FxpSettings *settings =
    fxp_experiment_get_settings (fxp_model_get_experiment (self->model));

  fxa_json_add_text (builder, "title", settings->title);
  fxa_json_begin_object (builder, "options");
  fxa_conversion_options_add_json (fxp_model_get_options (self->model), builder);
  json_builder_end_object (builder);
  fxa_json_add_boolean (builder, "reestimated", fxp_model_is_reestimated (self->model));
  fxa_json_add_text (builder, "engine", fxp_engine_get_nick (result->engine));
  fxa_json_add_integer (builder, "samples", result->n);
  fxa_json_add_integer (builder, "correct", result->n_correct);
  fxa_json_add_number (builder, "accuracy", get_accuracy (result));
  if (result->is_compared)
    {
      fxa_json_add_integer (builder, "agreed", result->n_agreed);
      fxa_json_add_integer (builder, "values_compared", result->n_values);
    }
  if (result->counts.n_images > 0)
    add_counts_json (&result->counts, builder);
  fxa_json_add_number (builder, "samples_per_second", get_rate (result->n, result->seconds));
  fxa_json_add_number (builder,
                       "float_samples_per_second",
                       get_rate (result->n, result->float_seconds));
  fxa_json_add_number (builder, "speed_over_float", result->float_seconds / result->seconds);
}
