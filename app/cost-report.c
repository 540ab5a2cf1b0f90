/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cost-report.h"
#include "quantity.h"

#include <glib/gi18n.h>

#define N_BITS (FXP_ROLE_WEIGHT_ACC + 1)

void
fxa_cost_add_cells (const FxpCost *cost, FxaTextTable *table)
{
  fxa_text_table_take (table, fxa_quantity_format_megabits (cost->weights));
  fxa_text_table_take (table, fxa_quantity_format_megabits (cost->activations));
  fxa_text_table_take (table, fxa_quantity_format_count (cost->multiplies));
  fxa_text_table_take (table, fxa_quantity_format_megabits (cost->communication));
}

void
fxa_cost_add_titles (FxaTextTable *table)
{
  fxa_text_table_add (table, _ ("C_W Mbit"));
  fxa_text_table_add (table, _ ("C_A Mbit"));
  fxa_text_table_add (table, _ ("C_M adders"));
  fxa_text_table_add (table, _ ("C_C Mbit"));
}

/* Bits that a tensor counts with, and a dash where another layer's is counted. */
static char *
format_bits (FxpExperiment *experiment, FxpTensorId id)
{
  const FxpTensorId owner = fxp_experiment_get_owner (experiment, id);

  if (owner.layer != id.layer)
    return g_strdup ("–");
  return g_strdup_printf ("%.0f", fxp_cost_get_stored_bits (experiment, id));
}

static void
print_layers (const FxaCostReport *self)
{
  FxpTopology *topology = fxp_experiment_get_topology (self->experiment);
  g_autoptr (FxaTextTable) table = fxa_text_table_new (1 + N_BITS + 3 + 4, 1);

  fxa_text_table_add (table, _ ("layer"));
  for (guint role = 0; role < N_BITS; role++)
    fxa_text_table_add (table, fxp_role_get_symbol (role));
  fxa_text_table_add (table, _ ("weights"));
  fxa_text_table_add (table, _ ("activations"));
  fxa_text_table_add (table, _ ("multiply-adds"));
  fxa_cost_add_titles (table);
  for (guint layer = 0; layer < self->costs->n_layers; layer++)
    {
      fxa_text_table_take (table, fxp_topology_get_name (topology, layer));
      for (guint role = 0; role < N_BITS; role++)
        fxa_text_table_take (table, format_bits (self->experiment, (FxpTensorId){layer, role}));
      fxa_text_table_take (table, g_strdup_printf ("%.0f", self->costs->n_weights[layer]));
      fxa_text_table_take (table, g_strdup_printf ("%.0f", self->costs->n_activations[layer]));
      fxa_text_table_take (table, fxa_quantity_format_count (self->costs->n_multiplies[layer]));
      fxa_cost_add_cells (&self->costs->layers[layer], table);
    }
  fxa_text_table_print (table);
}

static void
print_totals (const FxaCostReport *self)
{
  const FxpCost *fixed = &self->costs->total, *of_float = &self->costs->float_total;
  g_autoptr (FxaTextTable) table = fxa_text_table_new (5, 1);

  fxa_text_table_add (table, _ ("in all"));
  fxa_cost_add_titles (table);
  fxa_text_table_add (table, _ ("as it is"));
  fxa_cost_add_cells (fixed, table);
  fxa_text_table_add (table, _ ("32-bit float"));
  fxa_cost_add_cells (of_float, table);
  fxa_text_table_add (table, _ ("float / as it is"));
  fxa_text_table_take (table, fxa_quantity_format_ratio (of_float->weights, fixed->weights));
  fxa_text_table_take (table,
                       fxa_quantity_format_ratio (of_float->activations, fixed->activations));
  fxa_text_table_take (table, fxa_quantity_format_ratio (of_float->multiplies, fixed->multiplies));
  fxa_text_table_take (table,
                       fxa_quantity_format_ratio (of_float->communication, fixed->communication));
  fxa_text_table_add (table, _ ("SQ, W_acc in float"));
  fxa_cost_add_cells (&self->stochastic->total, table);
  fxa_text_table_print (table);
}

static double
sum_up (const FxpEnergy *self)
{
  return self->multiplies + self->additions + self->memory;
}

static void
add_energy (FxaTextTable *table, const char *title, double fixed, double of_float)
{
  fxa_text_table_add (table, title);
  fxa_text_table_take (table, fxa_quantity_format_energy (fixed));
  fxa_text_table_take (table, fxa_quantity_format_energy (of_float));
  fxa_text_table_take (table, fxa_quantity_format_ratio (of_float, fixed));
}

static void
print_energy (const FxaCostReport *self)
{
  g_autoptr (FxaTextTable) table = fxa_text_table_new (4, 1);
  FxpEnergy fixed, of_float;

  fxp_energy_estimate (self->energies, self->experiment, self->costs, &fixed, &of_float);
  fxa_text_table_add (table, _ ("energy of a sample's step"));
  fxa_text_table_add (table, _ ("as it is"));
  fxa_text_table_add (table, _ ("32-bit float"));
  fxa_text_table_add (table, _ ("ratio"));
  add_energy (table, _ ("multiplications"), fixed.multiplies, of_float.multiplies);
  add_energy (table, _ ("additions"), fixed.additions, of_float.additions);
  add_energy (table, _ ("memory"), fixed.memory, of_float.memory);
  add_energy (table, _ ("in all"), sum_up (&fixed), sum_up (&of_float));
  fxa_text_table_print (table);
  /* translators: name and source of a table of energies */
  g_print (_ ("Energies of %s (%s); only ratios mean anything.\n"),
           self->energies->name,
           self->energies->source);
}

void
fxa_cost_report_print (const FxaCostReport *self)
{
  print_layers (self);
  g_print ("\n");
  print_totals (self);
  g_print (
    _ ("C_W and C_C of the network, C_A and C_M of one sample; C_M in one-bit full adders.\n"));
  if (fxp_experiment_get_settings (self->experiment)->clusters.method != FXP_CLUSTER_NONE)
    g_print (_ ("Clusters count by a derived rule: codes and 8-bit scales in place of W, and a "
                "product for each scale; additions, shifts, skipped zeros and the making of codes "
                "are not in C_M.\n"));
  g_print ("\n");
  print_energy (self);
}

void
fxa_cost_add_json (const FxpCost *self, const char *name, JsonBuilder *builder)
{
  fxa_json_begin_object (builder, name);
  fxa_json_add_number (builder, "c_w_bits", self->weights);
  fxa_json_add_number (builder, "c_a_bits", self->activations);
  fxa_json_add_number (builder, "c_m_full_adders", self->multiplies);
  fxa_json_add_number (builder, "c_c_bits", self->communication);
  json_builder_end_object (builder);
}

static void
add_layer_json (const FxaCostReport *self, guint layer, JsonBuilder *builder)
{
  g_autofree char *name =
    fxp_topology_get_name (fxp_experiment_get_topology (self->experiment), layer);

  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "layer", name);
  fxa_json_add_number (builder, "weights", self->costs->n_weights[layer]);
  fxa_json_add_number (builder, "activations", self->costs->n_activations[layer]);
  fxa_json_add_number (builder, "multiply_adds", self->costs->n_multiplies[layer]);
  fxa_json_begin_object (builder, "bits");
  for (guint role = 0; role < N_BITS; role++)
    fxa_json_add_number (builder,
                         fxp_role_get_nick (role),
                         fxp_cost_get_stored_bits (self->experiment, (FxpTensorId){layer, role}));
  json_builder_end_object (builder);
  fxa_cost_add_json (&self->costs->layers[layer], "cost", builder);
  json_builder_end_object (builder);
}

static void
add_energy_json (const FxpEnergy *self, const char *name, JsonBuilder *builder)
{
  fxa_json_begin_object (builder, name);
  fxa_json_add_number (builder, "multiplies_joule", self->multiplies);
  fxa_json_add_number (builder, "additions_joule", self->additions);
  fxa_json_add_number (builder, "memory_joule", self->memory);
  fxa_json_add_number (builder, "total_joule", sum_up (self));
  json_builder_end_object (builder);
}

void
fxa_cost_report_add_json (const FxaCostReport *self, JsonBuilder *builder)
{
  FxpEnergy fixed, of_float;

  fxa_json_begin_array (builder, "layers");
  for (guint layer = 0; layer < self->costs->n_layers; layer++)
    add_layer_json (self, layer, builder);
  json_builder_end_array (builder);
  fxa_cost_add_json (&self->costs->total, "total", builder);
  fxa_cost_add_json (&self->costs->float_total, "float", builder);
  fxa_cost_add_json (&self->stochastic->total, "sq", builder);
  fxp_energy_estimate (self->energies, self->experiment, self->costs, &fixed, &of_float);
  fxa_json_begin_object (builder, "energy");
  fxa_json_add_text (builder, "table", self->energies->name);
  fxa_json_add_text (builder, "source", self->energies->source);
  add_energy_json (&fixed, "as_it_is", builder);
  add_energy_json (&of_float, "float", builder);
  json_builder_end_object (builder);
}
