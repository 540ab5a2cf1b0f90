/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/energy.h"

#include "analysis/used-weights-private.h"
#include "data/roundoff-data.h"
#include "number/error.h"
#include "number/quotation-private.h"
#include <glib/gi18n-lib.h>

#define RESOURCE      "/io/github/roundoff/Roundoff/energy.ini"
#define RESOURCE_NAME "energy.ini"
#define GROUP         "energy"

#define PICOJOULE     1e-12
#define PICOJOULE_MAX 1e6
/* No table of seven values takes as much; anything longer is another file. */
#define SIZE_MAX_BYTES (64 * 1024)

#define FLOAT_BITS    32
#define MANTISSA_BITS 23
#define COUNTED_ROLES (FXP_ROLE_WEIGHT_ACC + 1) /* the first five are the paper's */

static const struct
{
  const char *key;
  gsize offset; /* of the field in FxpEnergyTable */
} numbers[] = {
  {"full-adder-pj", G_STRUCT_OFFSET (FxpEnergyTable, full_adder)},
  {"adder-bit-pj", G_STRUCT_OFFSET (FxpEnergyTable, adder_bit)},
  {"float-multiply-pj", G_STRUCT_OFFSET (FxpEnergyTable, float_multiply)},
  {"float-add-pj", G_STRUCT_OFFSET (FxpEnergyTable, float_add)},
  {"memory-bit-pj", G_STRUCT_OFFSET (FxpEnergyTable, memory_bit)},
};

static const struct
{
  const char *key;
  gsize offset;
} texts[] = {
  {"name", G_STRUCT_OFFSET (FxpEnergyTable, name)},
  {"source", G_STRUCT_OFFSET (FxpEnergyTable, source)},
};

/* The value of a key, NULL and an error if it is not there. */
static char *
get_text (GKeyFile *file, const char *name, const char *key, GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, GROUP, key, NULL);

  if (text != NULL && g_strstrip (text)[0] != '\0')
    return g_steal_pointer (&text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               text != NULL ? _ ("%s: [%s] %s: it is empty, expected a value")
                            : _ ("%s: [%s] %s: it is not there, expected a value"),
               name,
               GROUP,
               key);
  return NULL;
}

static gboolean
read_number (GKeyFile *file, const char *name, const char *key, double *joule, GError **error)
{
  g_autofree char *text = get_text (file, name, key, error);
  g_autofree char *found = NULL;
  char *end = NULL;
  double value;

  if (text == NULL)
    return FALSE;
  value = g_ascii_strtod (text, &end);
  if (*end == '\0' && value >= 0 && value <= PICOJOULE_MAX)
    {
      *joule = value * PICOJOULE;
      return TRUE;
    }
  found = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               *end == '\0' ? FXP_ERROR_RANGE : FXP_ERROR_PARSE,
               _ ("%s: [%s] %s: %s, expected a number of picojoule from 0 to %.0f"),
               name,
               GROUP,
               key,
               found,
               PICOJOULE_MAX);
  return FALSE;
}

static gboolean
read_table (FxpEnergyTable *self, GKeyFile *file, const char *name, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      char **text = G_STRUCT_MEMBER_P (self, texts[i].offset);

      *text = get_text (file, name, texts[i].key, error);
      if (*text == NULL)
        return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!read_number (file,
                      name,
                      numbers[i].key,
                      G_STRUCT_MEMBER_P (self, numbers[i].offset),
                      error))
      return FALSE;
  return TRUE;
}

static GBytes *
load_bytes (GFile *file, const char *name, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (file == NULL)
    return g_resource_lookup_data (roundoff_data_get_resource (),
                                   RESOURCE,
                                   G_RESOURCE_LOOKUP_FLAGS_NONE,
                                   error);
  bytes = g_file_load_bytes (file, NULL, NULL, error);
  if (bytes == NULL)
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  if (g_bytes_get_size (bytes) <= SIZE_MAX_BYTES)
    return g_steal_pointer (&bytes);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               _ ("%s: it has %zu bytes, expected a table of energies of at most %d"),
               name,
               g_bytes_get_size (bytes),
               SIZE_MAX_BYTES);
  return NULL;
}

FxpEnergyTable *
fxp_energy_table_load (GFile *file, GError **error)
{
  g_autoptr (FxpEnergyTable) self = NULL;
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = file != NULL ? g_file_get_parse_name (file) : g_strdup (RESOURCE_NAME);
  GError *local_error = NULL;

  bytes = load_bytes (file, name, error);
  if (bytes == NULL)
    return NULL;
  if (!g_key_file_load_from_bytes (keys, bytes, G_KEY_FILE_NONE, &local_error))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ ("%s: expected a key file with a group [%s]: %s"),
                   name,
                   GROUP,
                   local_error->message);
      g_error_free (local_error);
      return NULL;
    }
  self = g_new0 (FxpEnergyTable, 1);
  return read_table (self, keys, name, error) ? g_steal_pointer (&self) : NULL;
}

void
fxp_energy_table_free (FxpEnergyTable *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->source);
  g_free (self);
}

/* A layer's part in a step. */
typedef struct
{
  double n_multiplies, n_weights, n_activations;
  double n_inputs, n_outputs;   /* terms of a sum forward, and of one backward */
  double n_positions;           /* of a filter; with each sample of a batch a term of G_W */
  double batch;                 /* samples that share an update */
  FxpUsedWeights used;          /* in place of W, or not */
  guint master;                 /* word that is updated; 0 for float */
  guint words[COUNTED_ROLES];   /* what enters products; 0 for float */
  double stored[COUNTED_ROLES]; /* bits */
} Demand;

static Demand
get_demand (const FxpExperiment *experiment, const FxpCostTable *costs, guint layer)
{
  const FxpLayerSpec *spec =
    fxp_topology_get_weighted (fxp_experiment_get_topology (experiment), layer);
  Demand self = {
    .n_multiplies = costs->n_multiplies[layer],
    .n_weights = costs->n_weights[layer],
    .n_activations = costs->n_activations[layer],
    .n_inputs = costs->n_weights[layer] / spec->units,
    .n_outputs = (double)spec->units * MAX (spec->kernel, 1) * MAX (spec->kernel, 1),
    .n_positions = costs->n_multiplies[layer] / costs->n_weights[layer],
    .batch = fxp_experiment_get_settings (experiment)->batch,
  };

  for (guint role = 0; role < COUNTED_ROLES; role++)
    {
      const FxpTensorId id = {layer, role};
      const FxpQuantizer *quantizer = fxp_experiment_get_quantizer (experiment, id);

      if (!fxp_format_is_float (quantizer->format))
        self.words[role] = quantizer->rounding == FXP_ROUND_SIGN ? 1 : quantizer->format.word_bits;
      self.stored[role] = fxp_cost_get_stored_bits (experiment, id);
    }
  self.master = self.words[FXP_ROLE_WEIGHT];
  fxp_used_weights_init (&self.used, experiment, layer, self.n_weights);
  if (self.used.is_used)
    {
      self.words[FXP_ROLE_WEIGHT] = self.used.product_bits;
      self.stored[FXP_ROLE_WEIGHT] += FXP_SCALE_BITS * self.used.n_scales / self.n_weights;
    }
  return self;
}

static void
make_float (Demand *self)
{
  self->used = (FxpUsedWeights){0};
  self->master = 0;
  for (guint role = 0; role < COUNTED_ROLES; role++)
    {
      self->words[role] = 0;
      self->stored[role] = FLOAT_BITS;
    }
}

/* The products of two words, and their additions to sums of @n_terms. */
static void
add_products (const FxpEnergyTable *self,
              const Demand *demand,
              FxpRole first,
              FxpRole second,
              double n_terms,
              FxpEnergy *energy)
{
  const double n = demand->n_multiplies;
  const guint a = demand->words[first], b = demand->words[second];

  if (a > 0 && b > 0)
    {
      energy->multiplies += n * self->full_adder * a * b;
      energy->additions += n * self->adder_bit * (a + b + fxp_used_weights_get_growth (n_terms));
      return;
    }
  /* A factor of +1 or -1 only turns a sign; it counts as the paper counts it. */
  energy->multiplies +=
    n * (a == 1 || b == 1 ? MANTISSA_BITS * self->full_adder : self->float_multiply);
  energy->additions += n * self->float_add;
}

/* Codes with A, or with G_A: an addition of each code, in front of it a product where it has more
 * than three values, and a product of each scale, derived as in cost.c.  @sum_bits: what a sum has
 * more than code and word before it is added to others.  @scale_bits: what a word has more when it
 * meets codes. */
static void
add_codes (const FxpEnergyTable *self,
           const Demand *demand,
           FxpRole role,
           guint sum_bits,
           guint scale_bits,
           FxpEnergy *energy)
{
  const FxpUsedWeights *used = &demand->used;
  const double n = demand->n_multiplies;
  const double n_scalings = used->n_scalings * demand->n_positions;
  const guint code = used->product_bits, word = demand->words[role];

  if (word == 0)
    {
      energy->multiplies +=
        ((code > 0 ? n : 0) + (used->multiplies ? n_scalings : 0)) * self->float_multiply;
      energy->additions += n * used->n_terms * self->float_add;
      return;
    }
  energy->multiplies += n * self->full_adder * code * (word + scale_bits);
  if (used->multiplies)
    energy->multiplies += n_scalings * self->full_adder * FXP_SCALE_BITS *
                          (word + (scale_bits > 0 ? 0 : code + sum_bits));
  energy->additions += n * used->n_terms * self->adder_bit * (code + word + scale_bits + sum_bits);
}

static void
add_clusters (const FxpEnergyTable *self, const Demand *demand, FxpEnergy *energy)
{
  const FxpUsedWeights *used = &demand->used;
  const guint scale_bits = used->multiplies ? FXP_SCALE_BITS : 0;
  const guint a = demand->words[FXP_ROLE_ACTIVATION];

  add_codes (self,
             demand,
             FXP_ROLE_ACTIVATION,
             fxp_used_weights_get_growth (used->n_summed),
             0,
             energy);
  /* The scaled sums of a unit's clusters, one after the other. */
  energy->additions +=
    used->n_scalings * demand->n_positions *
    (a == 0 ? self->float_add
            : self->adder_bit * (scale_bits + used->product_bits + a +
                                 fxp_used_weights_get_growth (demand->n_inputs)));
  add_codes (self,
             demand,
             FXP_ROLE_ACTIVATION_GRAD,
             fxp_used_weights_get_growth (demand->n_outputs),
             scale_bits,
             energy);
}

static void
add_layer (const FxpEnergyTable *self, const Demand *demand, FxpEnergy *energy)
{
  const guint w = demand->master, acc = demand->words[FXP_ROLE_WEIGHT_ACC];
  const double *stored = demand->stored;
  const double n_updates = demand->n_weights / demand->batch;
  const double n_terms = demand->n_positions * demand->batch;

  if (demand->used.n_scales > 0)
    add_clusters (self, demand, energy);
  else
    {
      add_products (self, demand, FXP_ROLE_WEIGHT, FXP_ROLE_ACTIVATION, demand->n_inputs, energy);
      add_products (self,
                    demand,
                    FXP_ROLE_WEIGHT,
                    FXP_ROLE_ACTIVATION_GRAD,
                    demand->n_outputs,
                    energy);
    }
  add_products (self, demand, FXP_ROLE_ACTIVATION, FXP_ROLE_ACTIVATION_GRAD, n_terms, energy);
  energy->additions +=
    n_updates * (w > 0 && acc > 0 ? self->adder_bit * (w + acc) : self->float_add);
  energy->memory += self->memory_bit * 3 * demand->n_activations *
                    (stored[FXP_ROLE_ACTIVATION] + stored[FXP_ROLE_ACTIVATION_GRAD]);
  energy->memory += self->memory_bit * n_updates *
                    (4 * stored[FXP_ROLE_WEIGHT] + 2 * stored[FXP_ROLE_WEIGHT_GRAD] +
                     2 * stored[FXP_ROLE_WEIGHT_ACC]);
}

void
fxp_energy_estimate (const FxpEnergyTable *self,
                     const FxpExperiment *experiment,
                     const FxpCostTable *costs,
                     FxpEnergy *fixed,
                     FxpEnergy *of_float)
{
  g_return_if_fail (self != NULL && experiment != NULL && costs != NULL);
  g_return_if_fail (costs->n_layers == fxp_experiment_get_n_weighted (experiment));
  g_return_if_fail (fixed != NULL && of_float != NULL);

  *fixed = *of_float = (FxpEnergy){0};
  for (guint layer = 0; layer < costs->n_layers; layer++)
    {
      Demand demand = get_demand (experiment, costs, layer);

      add_layer (self, &demand, fixed);
      make_float (&demand);
      add_layer (self, &demand, of_float);
    }
}
