/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "operations-report.h"
#include "quantity.h"
#include "text-table.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

/* Clusters of one size, counted. */
typedef struct
{
  guint size;
  FxpOperationCount *layers; /* owned */
  FxpOperations all, rest;   /* of all layers, and without the first one's operations */
} Row;

static Row
count_row (const FxaOperationsReport *self, guint size)
{
  FxpOperationOptions options = self->options;
  Row row = {.size = size};

  row.layers = g_new0 (FxpOperationCount, fxp_work_get_n_layers (self->work));
  options.clusters.size = size;
  fxp_work_count (self->work, &options, self->density, row.layers, &row.all);
  options.first_counts = FALSE;
  fxp_work_count (self->work, &options, self->density, NULL, &row.rest);
  return row;
}

static void
row_clear (Row *self)
{
  g_free (self->layers);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Row, row_clear)

const char *
fxa_operations_get_caveat (void)
{
  return _ ("Speed-up over 32-bit float is a model, not a measurement: a throughput bound that "
            "ignores memory, batch norm and conversion (8-bit products take 1/4, ternary sums "
            "1/16).");
}

static gboolean
has_sizes (const FxaOperationsReport *self)
{
  return self->options.clusters.granularity == FXP_GRANULARITY_KERNELS ||
         self->options.clusters.granularity == FXP_GRANULARITY_WEIGHTS;
}

static char *
format_size (const FxaOperationsReport *self, guint size)
{
  return has_sizes (self) ? g_strdup_printf ("%u", size) : g_strdup ("–");
}

static void
add_sizes (const FxpOperations *self, FxaTextTable *table)
{
  fxa_text_table_take (table, g_strdup_printf ("%.2f", self->bits_per_weight));
  fxa_text_table_take (table, g_strdup_printf ("%.1f", self->compression));
}

static void
print_rows (const FxaOperationsReport *self)
{
  const gboolean first_counts = self->options.first_counts;
  g_autoptr (FxaTextTable) table = fxa_text_table_new (first_counts ? 7 : 6, 0);
  g_autofree char *rest =
    g_strdup_printf (_ ("without %s %%"), fxp_work_get_layer (self->work, 0)->name);

  fxa_text_table_add (table, "N");
  fxa_text_table_add (table, _ ("multiplications left"));
  fxa_text_table_add (table, _ ("replaced %"));
  if (first_counts)
    fxa_text_table_add (table, rest);
  fxa_text_table_add (table, _ ("speed-up"));
  fxa_text_table_add (table, _ ("bits per weight"));
  fxa_text_table_add (table, _ ("compression"));
  for (guint i = 0; i < self->n_sizes; i++)
    {
      g_auto (Row) row = count_row (self, self->sizes[i]);
      const FxpOperations *counted = first_counts ? &row.all : &row.rest;

      fxa_text_table_take (table, format_size (self, row.size));
      fxa_text_table_take (table, fxa_quantity_format_count (counted->total.n_multiplies));
      fxa_text_table_take (table, fxa_quantity_format_percent (counted->share_replaced));
      if (first_counts)
        fxa_text_table_take (table, fxa_quantity_format_percent (row.rest.share_replaced));
      fxa_text_table_take (table, fxa_quantity_format_ratio (counted->speed_up, 1));
      add_sizes (counted, table);
    }
  fxa_text_table_print (table);
}

static char *
format_kernel (const FxpWorkLayer *layer)
{
  return layer->is_dense ? g_strdup ("–") : g_strdup_printf ("%ux%u", layer->kernel, layer->kernel);
}

static double
get_share (const FxpOperationCount *count)
{
  return 1 - (double)count->n_multiplies / count->n_macs;
}

static void
print_layers (const FxaOperationsReport *self, guint size)
{
  g_auto (Row) row = count_row (self, size);
  g_autoptr (FxaTextTable) table = fxa_text_table_new (10, 1);
  g_autofree char *title = format_size (self, size);

  /* translators: the size of clusters */
  g_print (_ ("\nN = %s\n"), title);
  fxa_text_table_add (table, _ ("layer"));
  fxa_text_table_add (table, _ ("kernel"));
  fxa_text_table_add (table, _ ("inputs"));
  fxa_text_table_add (table, _ ("outputs"));
  fxa_text_table_add (table, _ ("pixels"));
  fxa_text_table_add (table, _ ("multiply-adds"));
  fxa_text_table_add (table, _ ("multiplications left"));
  fxa_text_table_add (table, _ ("replaced %"));
  fxa_text_table_add (table, _ ("scales"));
  fxa_text_table_add (table, _ ("bits per weight"));
  for (guint i = 0; i < fxp_work_get_n_layers (self->work); i++)
    {
      const FxpWorkLayer *layer = fxp_work_get_layer (self->work, i);
      const FxpOperationCount *count = &row.layers[i];

      fxa_text_table_add (table, layer->name);
      fxa_text_table_take (table, format_kernel (layer));
      fxa_text_table_take (table, g_strdup_printf ("%" PRIu64, layer->n_inputs));
      fxa_text_table_take (table, g_strdup_printf ("%" PRIu64, layer->n_outputs));
      fxa_text_table_take (table, g_strdup_printf ("%" PRIu64, layer->n_positions));
      fxa_text_table_take (table, fxa_quantity_format_count (count->n_macs));
      fxa_text_table_take (table, fxa_quantity_format_count (count->n_multiplies));
      fxa_text_table_take (table, fxa_quantity_format_percent (get_share (count)));
      fxa_text_table_take (table,
                           count->is_byte ? g_strdup ("–")
                                          : g_strdup_printf ("%" PRIu64, count->n_clusters));
      fxa_text_table_take (table, g_strdup_printf ("%.2f", count->weight_bits / count->n_weights));
    }
  fxa_text_table_print (table);
}

/* What is counted of what. */
static void
print_terms (const FxaOperationsReport *self)
{
  const FxpClusterOptions *clusters = &self->options.clusters;

  g_print ("\n");
  g_print (self->options.last_is_byte
             ? _ ("The first and the last layer have 8-bit weights, the others %u-bit codes.\n")
             : _ ("The first layer has 8-bit weights, the others %u-bit codes.\n"),
           clusters->bits);
  if (!self->options.first_counts)
    g_print (_ ("The first layer's operations are not counted.\n"));
  if (clusters->terms > 1)
    g_print (_ ("%u residual steps: as many scales and codes, and each adds anew.\n"),
             clusters->terms);
  if (clusters->bits > 2)
    g_print (_ ("Products of %u-bit codes are not 8-bit multiplications and count as replaced; in "
                "the model of speed they take %u/32 of float's time.\n"),
             clusters->bits,
             clusters->bits);
  if (self->options.by_outputs && has_sizes (self))
    g_print (
      _ ("Clusters lie along outputs: scales are shared, multiplications by them are not.\n"));
  g_print ("%s\n", fxa_operations_get_caveat ());
}

void
fxa_operations_report_print (const FxaOperationsReport *self)
{
  g_auto (Row) row = count_row (self, self->sizes[0]);
  const char *source = fxp_work_get_source (self->work);
  g_autofree char *macs = fxa_quantity_format_count (row.all.total.n_macs);
  g_autofree char *weights = fxa_quantity_format_count (row.all.total.n_weights);

  g_print ("%s\n", fxp_work_get_name (self->work));
  if (source != NULL)
    g_print ("%s\n", source);
  g_print (_ ("%u layers with %s weights, %s multiply-accumulates a sample\n\n"),
           fxp_work_get_n_layers (self->work),
           weights,
           macs);
  print_rows (self);
  if (self->with_layers)
    for (guint i = 0; i < self->n_sizes; i++)
      print_layers (self, self->sizes[i]);
  print_terms (self);
}

static void
add_count_json (const FxpOperationCount *self, JsonBuilder *builder)
{
  fxa_json_add_integer (builder, "macs", self->n_macs);
  fxa_json_add_integer (builder, "multiplications", self->n_multiplies);
  fxa_json_add_number (builder, "additions", self->n_adds);
  fxa_json_add_integer (builder, "weights", self->n_weights);
  fxa_json_add_integer (builder, "clusters", self->n_clusters);
  fxa_json_add_number (builder, "weight_bits", self->weight_bits);
}

static void
add_layer_json (const FxpWorkLayer *layer, const FxpOperationCount *count, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "layer", layer->name);
  fxa_json_add_integer (builder, "kernel", layer->kernel);
  fxa_json_add_integer (builder, "inputs", layer->n_inputs);
  fxa_json_add_integer (builder, "outputs", layer->n_outputs);
  fxa_json_add_integer (builder, "pixels", layer->n_positions);
  fxa_json_add_boolean (builder, "dense", layer->is_dense);
  fxa_json_add_boolean (builder, "eight_bit", count->is_byte);
  add_count_json (count, builder);
  json_builder_end_object (builder);
}

static void
add_row_json (const FxaOperationsReport *self, guint size, JsonBuilder *builder)
{
  g_auto (Row) row = count_row (self, size);
  const FxpOperations *counted = self->options.first_counts ? &row.all : &row.rest;

  json_builder_begin_object (builder);
  if (has_sizes (self))
    fxa_json_add_integer (builder, "cluster", size);
  add_count_json (&counted->total, builder);
  fxa_json_add_number (builder, "share_replaced", counted->share_replaced);
  fxa_json_add_number (builder, "share_replaced_without_first", row.rest.share_replaced);
  fxa_json_add_number (builder, "speed_up_model", counted->speed_up);
  fxa_json_add_number (builder, "bits_per_weight", counted->bits_per_weight);
  fxa_json_add_number (builder, "compression", counted->compression);
  if (self->with_layers)
    {
      fxa_json_begin_array (builder, "layers");
      for (guint i = 0; i < fxp_work_get_n_layers (self->work); i++)
        add_layer_json (fxp_work_get_layer (self->work, i), &row.layers[i], builder);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
}

void
fxa_operations_report_add_json (const FxaOperationsReport *self, JsonBuilder *builder)
{
  const FxpClusterOptions *clusters = &self->options.clusters;

  fxa_json_add_text (builder, "network", fxp_work_get_name (self->work));
  fxa_json_add_text (builder, "source", fxp_work_get_source (self->work));
  fxa_json_add_integer (builder, "layers_with_weights", fxp_work_get_n_layers (self->work));
  fxa_json_add_text (builder, "granularity", fxp_granularity_get_nick (clusters->granularity));
  fxa_json_add_integer (builder, "bits", clusters->bits);
  fxa_json_add_integer (builder, "terms", clusters->terms);
  fxa_json_add_boolean (builder, "asymmetric", clusters->asymmetric);
  fxa_json_add_boolean (builder, "last_is_eight_bit", self->options.last_is_byte);
  fxa_json_add_boolean (builder, "first_counts", self->options.first_counts);
  fxa_json_add_boolean (builder, "by_outputs", self->options.by_outputs);
  fxa_json_add_number (builder, "density", self->density);
  fxa_json_begin_array (builder, "rows");
  for (guint i = 0; i < self->n_sizes; i++)
    add_row_json (self, self->sizes[i], builder);
  json_builder_end_array (builder);
}
