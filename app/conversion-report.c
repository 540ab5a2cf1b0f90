/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "conversion-report.h"
#include "operations-report.h"
#include "quantity.h"
#include "text-table.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#define STAGE_WIDTH 14

static gboolean
has_size (const FxpClusterOptions *clusters)
{
  return clusters->granularity == FXP_GRANULARITY_KERNELS ||
         clusters->granularity == FXP_GRANULARITY_WEIGHTS;
}

static char *
describe_clusters (const FxpClusterOptions *self)
{
  GString *text = g_string_new (NULL);

  if (self->method == FXP_CLUSTER_NONE)
    {
      g_string_append_printf (text, _ ("%u-bit weights with one exponent a layer"), self->bits);
      return g_string_free (text, FALSE);
    }
  /* translators: a method's name, bits of a weight */
  g_string_append_printf (text,
                          _ ("%s; %u-bit weights"),
                          fxp_cluster_method_get_name (self->method),
                          self->bits);
  if (has_size (self))
    /* translators: a size, kernels or weights */
    g_string_append_printf (text,
                            _ (", clusters of %u %s"),
                            self->size,
                            self->granularity == FXP_GRANULARITY_KERNELS ? _ ("kernels")
                                                                         : _ ("weights"));
  else
    g_string_append (text,
                     self->granularity == FXP_GRANULARITY_FILTER ? _ (", one cluster a filter")
                                                                 : _ (", one cluster a layer"));
  if (self->terms > 1)
    g_string_append_printf (text, _ (", %u residual steps"), self->terms);
  if (self->asymmetric)
    g_string_append (text, _ (", scales for each sign"));
  return g_string_free (text, FALSE);
}

char *
fxa_conversion_options_describe (const FxpConversionOptions *self)
{
  g_autofree char *clusters = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (fxp_conversion_options_is_off (self))
    return g_strdup (_ ("nothing is converted: the float network itself"));
  clusters = describe_clusters (&self->clusters);
  /* translators: what becomes of weights; bits of activations; how exponents are chosen, twice a
   * word of the command line */
  g_string_printf (text,
                   self->is_unsigned ? _ ("%s; %u-bit activations without sign, exponents %s, %s")
                                     : _ ("%s; %u-bit activations, exponents %s, %s"),
                   clusters,
                   self->activation_bits,
                   fxp_exponents_get_nick (self->exponents),
                   fxp_scaling_get_nick (self->scaling));
  if (self->intermediate_bits > 0)
    /* translators: bits; goes on from how a network is converted */
    g_string_append_printf (text, _ ("; %u-bit sums of clusters"), self->intermediate_bits);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
fxa_conversion_report_print_plan (const FxaConversionPlan *plan)
{
  g_autofree char *text = fxa_conversion_options_describe (&plan->options);

  g_print ("%s\n", text);
}

void
fxa_conversion_report_print_stage (const FxaConversion *self, FxaStage stage)
{
  g_autofree char *accuracy = fxa_quantity_format_percent (self->accuracy[stage]);
  const char *name = fxa_stage_get_name (stage);
  const int padding = MAX (STAGE_WIDTH - (int)g_utf8_strlen (name, -1), 1);

  if (stage == FXA_STAGE_FLOAT)
    g_print ("\n%s\n", self->path);
  /* translators: a stage of conversion, its width, accuracy in percent, how many images */
  g_print (_ ("%s%*s%6s %% of %" PRIu64 " samples"), name, padding, "", accuracy, self->n_samples);
  if (stage == FXA_STAGE_CLUSTERED)
    g_print (_ ("  (clustered in %.1f ms)"), self->clustering_ms);
  if (stage == FXA_STAGE_TUNED)
    {
      const double recovered = fxa_conversion_get_recovered (self->accuracy);

      g_print (_ ("  (%" PRIu64 " steps, loss %.4f to %.4f"),
               self->tuning.n_steps,
               self->tuning.loss_first,
               self->tuning.loss_last);
      if (isfinite (recovered))
        g_print (_ ("; %.0f %% of what was lost is back"), 100 * recovered);
      g_print (")");
    }
  g_print ("\n");
}

static double
get_relative_error (const FxpClusterReport *weights)
{
  return weights->energy > 0 ? weights->error / weights->energy : 0;
}

static char *
format_scales (const FxpLayerReport *layer)
{
  if (layer->is_plain)
    return g_strdup_printf ("2^%d", layer->scale_exponent);
  return g_strdup_printf ("%u/%u/%u 2^%d",
                          layer->scale_min,
                          layer->scale_median,
                          layer->scale_max,
                          layer->scale_exponent);
}

/* Bits of a register; of clusters' sums that are reduced, their shift and bits. */
static char *
format_sums (const FxpLayerReport *layer)
{
  const guint bits = layer->is_wide ? 64 : 32;

  if (layer->intermediate_bits == 0)
    return g_strdup_printf ("%u", bits);
  return g_strdup_printf (">>%u %u, %u", layer->reduction, layer->intermediate_bits, bits);
}

static void
add_layer (const FxpLayerReport *layer, FxaTextTable *table)
{
  const FxpClusterReport *weights = &layer->weights;

  fxa_text_table_add (table, layer->name);
  fxa_text_table_take (table, g_strdup_printf ("%u", layer->bits));
  fxa_text_table_take (table,
                       layer->is_plain ? g_strdup ("–")
                                       : g_strdup_printf ("%u", layer->effective_size));
  fxa_text_table_take (table, fxa_quantity_format_percent (get_relative_error (weights)));
  fxa_text_table_take (table,
                       fxa_quantity_format_percent (
                         weights->n > 0 ? (double)weights->n_nonzero / weights->n : NAN));
  fxa_text_table_take (table, format_scales (layer));
  fxa_text_table_take (table,
                       layer->is_plain ? g_strdup ("–")
                                       : g_strdup_printf ("%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT,
                                                          weights->n_vanished,
                                                          weights->n_clusters));
  fxa_text_table_take (table, g_strdup_printf ("%.2f", weights->bits_per_weight));
  fxa_text_table_take (table, fxp_format_to_string (layer->input));
  fxa_text_table_take (table, format_sums (layer));
  fxa_text_table_take (table,
                       isfinite (layer->shift) ? g_strdup_printf ("%.3f", layer->shift)
                                               : g_strdup ("–"));
}

static void
print_layers (const FxaConversion *self)
{
  g_autoptr (FxaTextTable) table = fxa_text_table_new (11, 1);

  fxa_text_table_add (table, _ ("layer"));
  fxa_text_table_add (table, _ ("bits"));
  fxa_text_table_add (table, "N");
  fxa_text_table_add (table, _ ("error %"));
  fxa_text_table_add (table, _ ("density %"));
  fxa_text_table_add (table, _ ("scales"));
  fxa_text_table_add (table, _ ("vanished"));
  fxa_text_table_add (table, _ ("bits per weight"));
  fxa_text_table_add (table, _ ("input"));
  fxa_text_table_add (table, _ ("sums"));
  fxa_text_table_add (table, _ ("shift"));
  for (guint i = 0; i < self->n_layers; i++)
    add_layer (&self->layers[i], table);
  fxa_text_table_print (table);
  g_print (_ ("error: of the weights' energy; scales: least, median, greatest; sums: bits of a "
              "register; shift: of batch normalization's means, in deviations\n"));
  if (self->model != NULL && fxp_model_get_options (self->model)->intermediate_bits > 0)
    g_print (_ ("sums >>R P: each cluster's sum is shifted right by R and has P bits before it is "
                "multiplied by its scale\n"));
}

void
fxa_conversion_report_print (const FxaConversion *self)
{
  const FxpOperations *operations = &self->operations;

  if (self->n_layers > 0)
    {
      g_autofree char *weights = fxa_quantity_format_count (self->n_weights);

      g_print ("\n");
      print_layers (self);
      g_print ("\n");
      g_print (_ (
                 "%.2f %% of multiplications replaced; %.2f times as fast as float by the model\n"),
               100 * operations->share_replaced,
               operations->speed_up);
      g_print (_ ("%s weights in %.2f bits each with their scales, %.1f times less than float\n"),
               weights,
               operations->bits_per_weight,
               operations->compression);
      g_print ("%s\n", fxa_operations_get_caveat ());
    }
  for (guint i = 0; i < self->notices->len; i++)
    /* translators: something a user should know */
    g_print (_ ("Note: %s\n"), (const char *)self->notices->pdata[i]);
}

/* Means over those that went through a stage; NaN if none did. */
static void
get_means (FxaConversion *const *conversions, guint n, double *means)
{
  for (guint stage = 0; stage < FXA_N_STAGES; stage++)
    {
      guint n_known = 0;

      means[stage] = 0;
      for (guint i = 0; i < n; i++)
        if (!isnan (conversions[i]->accuracy[stage]))
          {
            means[stage] += conversions[i]->accuracy[stage];
            n_known++;
          }
      means[stage] = n_known > 0 ? means[stage] / n_known : NAN;
    }
}

static void
add_accuracies (const char *name, const double *accuracy, FxaTextTable *table)
{
  const double recovered = fxa_conversion_get_recovered (accuracy);

  fxa_text_table_add (table, name);
  for (guint stage = 0; stage < FXA_N_STAGES; stage++)
    fxa_text_table_take (table, fxa_quantity_format_percent (accuracy[stage]));
  fxa_text_table_take (table,
                       isfinite (recovered) ? g_strdup_printf ("%.0f", 100 * recovered)
                                            : g_strdup ("–"));
}

void
fxa_conversion_report_print_means (FxaConversion *const *conversions, guint n)
{
  g_autoptr (FxaTextTable) table = fxa_text_table_new (FXA_N_STAGES + 2, 1);
  double means[FXA_N_STAGES];

  g_print ("\n");
  fxa_text_table_add (table, _ ("accuracy %"));
  for (guint stage = 0; stage < FXA_N_STAGES; stage++)
    fxa_text_table_add (table, fxa_stage_get_name (stage));
  fxa_text_table_add (table, _ ("recovered %"));
  for (guint i = 0; i < n; i++)
    add_accuracies (conversions[i]->path, conversions[i]->accuracy, table);
  get_means (conversions, n, means);
  add_accuracies (_ ("mean"), means, table);
  fxa_text_table_print (table);
}

void
fxa_conversion_options_add_json (const FxpConversionOptions *self, JsonBuilder *builder)
{
  const FxpClusterOptions *clusters = &self->clusters;

  fxa_json_add_text (builder, "method", fxp_cluster_method_get_nick (clusters->method));
  fxa_json_add_text (builder, "method_name", fxp_cluster_method_get_name (clusters->method));
  fxa_json_add_integer (builder, "bits", clusters->bits);
  fxa_json_add_text (builder, "granularity", fxp_granularity_get_nick (clusters->granularity));
  fxa_json_add_integer (builder, "cluster", clusters->size);
  fxa_json_add_integer (builder, "terms", clusters->terms);
  fxa_json_add_boolean (builder, "asymmetric", clusters->asymmetric);
  fxa_json_add_text (builder, "last", fxp_last_weights_get_nick (self->last));
  fxa_json_add_integer (builder, "activation_bits", self->activation_bits);
  fxa_json_add_integer (builder, "intermediate_bits", self->intermediate_bits);
  fxa_json_add_boolean (builder, "unsigned", self->is_unsigned);
  fxa_json_add_text (builder, "scaling", fxp_scaling_get_nick (self->scaling));
  fxa_json_add_text (builder, "exponents", fxp_exponents_get_nick (self->exponents));
  fxa_json_add_integer (builder, "calibration_batches", self->calibration_batches);
  fxa_json_add_integer (builder, "calibration_size", self->calibration_size);
}

static void
add_accuracy_json (const char *name, const double *accuracy, JsonBuilder *builder)
{
  fxa_json_begin_object (builder, name);
  for (guint stage = 0; stage < FXA_N_STAGES; stage++)
    fxa_json_add_number (builder, fxa_stage_get_nick (stage), accuracy[stage]);
  fxa_json_add_number (builder, "recovered", fxa_conversion_get_recovered (accuracy));
  json_builder_end_object (builder);
}

static void
add_layer_json (const FxpLayerReport *layer, JsonBuilder *builder)
{
  const FxpClusterReport *weights = &layer->weights;
  g_autofree char *input = fxp_format_to_string (layer->input);

  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "layer", layer->name);
  fxa_json_add_integer (builder, "bits", layer->bits);
  fxa_json_add_boolean (builder, "plain", layer->is_plain);
  fxa_json_add_integer (builder, "effective_cluster", layer->effective_size);
  fxa_json_add_number (builder, "relative_error", get_relative_error (weights));
  fxa_json_add_number (builder,
                       "relative_error_real_scales",
                       weights->energy > 0 ? weights->error_real / weights->energy : 0);
  fxa_json_add_integer (builder, "weights", weights->n);
  fxa_json_add_integer (builder, "nonzero", weights->n_nonzero);
  fxa_json_add_integer (builder, "clusters", weights->n_clusters);
  fxa_json_add_integer (builder, "vanished", weights->n_vanished);
  fxa_json_add_integer (builder, "scale_min", layer->scale_min);
  fxa_json_add_integer (builder, "scale_median", layer->scale_median);
  fxa_json_add_integer (builder, "scale_max", layer->scale_max);
  json_builder_set_member_name (builder, "scale_exponent");
  json_builder_add_int_value (builder, layer->scale_exponent);
  fxa_json_add_number (builder, "bits_per_weight", weights->bits_per_weight);
  fxa_json_add_text (builder, "input", input);
  fxa_json_add_boolean (builder, "wide", layer->is_wide);
  fxa_json_add_integer (builder, "intermediate_bits", layer->intermediate_bits);
  fxa_json_add_integer (builder, "intermediate_shift", layer->reduction);
  fxa_json_add_number (builder, "shift", layer->shift);
  json_builder_end_object (builder);
}

static void
add_tuning_json (const FxpFineTuningResult *self, JsonBuilder *builder)
{
  fxa_json_begin_object (builder, "tuning");
  fxa_json_add_integer (builder, "steps", self->n_steps);
  fxa_json_add_number (builder, "loss_first", self->loss_first);
  fxa_json_add_number (builder, "loss_last", self->loss_last);
  fxa_json_add_boolean (builder, "diverged", self->diverged);
  json_builder_end_object (builder);
}

static void
add_conversion_json (const FxaConversion *self, JsonBuilder *builder)
{
  const FxpSettings *settings =
    fxp_experiment_get_settings (fxp_model_get_experiment (self->model));

  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "checkpoint", self->path);
  fxa_json_add_text (builder, "title", settings->title);
  fxa_json_add_integer (builder, "seed", settings->seed);
  fxa_json_add_integer (builder, "samples", self->n_samples);
  add_accuracy_json ("accuracy", self->accuracy, builder);
  fxa_json_add_number (builder, "clustering_ms", self->clustering_ms);
  fxa_json_add_integer (builder, "weights", self->n_weights);
  if (self->n_layers > 0)
    {
      fxa_json_add_number (builder, "share_replaced", self->operations.share_replaced);
      fxa_json_add_number (builder, "speed_up_model", self->operations.speed_up);
      fxa_json_add_number (builder, "bits_per_weight", self->operations.bits_per_weight);
      fxa_json_add_number (builder, "compression", self->operations.compression);
    }
  if (self->tuning.n_steps > 0)
    add_tuning_json (&self->tuning, builder);
  fxa_json_begin_array (builder, "layers");
  for (guint i = 0; i < self->n_layers; i++)
    add_layer_json (&self->layers[i], builder);
  json_builder_end_array (builder);
  fxa_json_begin_array (builder, "notices");
  for (guint i = 0; i < self->notices->len; i++)
    json_builder_add_string_value (builder, self->notices->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

void
fxa_conversion_report_add_json (const FxaConversionPlan *plan,
                                FxaConversion *const *conversions,
                                guint n,
                                JsonBuilder *builder)
{
  double means[FXA_N_STAGES];

  fxa_json_begin_object (builder, "options");
  fxa_conversion_options_add_json (&plan->options, builder);
  fxa_json_add_integer (builder, "reestimation_batches", plan->reestimate);
  json_builder_end_object (builder);
  fxa_json_begin_array (builder, "conversions");
  for (guint i = 0; i < n; i++)
    add_conversion_json (conversions[i], builder);
  json_builder_end_array (builder);
  get_means (conversions, n, means);
  add_accuracy_json ("mean_accuracy", means, builder);
}
