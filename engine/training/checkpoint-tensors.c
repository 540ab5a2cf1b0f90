/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/checkpoint-content-private.h"
#include "training/checkpoint-scalers-private.h"
#include "training/checkpoint-tensors-private.h"

#include <glib/gi18n-lib.h>

#define TENSOR_TYPE "(bqq(yyb)@ay)"

/* Which layers with weights have it. */
typedef enum
{
  OWNER_ANY,
  OWNER_PLAIN,      /* no batch normalization follows */
  OWNER_NORMALIZED, /* it does */
} Owner;

/* Where the format of what is not float stands. */
#define NO_ROLE FXP_N_ROLES

static const struct
{
  Owner owner;
  gboolean is_momentum; /* only with training.momentum */
  gboolean is_matrix;   /* as the weights; else a number per unit or filter */
  FxpRole role;         /* its cell, or NO_ROLE: kept as float32, quantized where it is used */
} kinds[FXP_N_LEARNT] = {
  [FXP_LEARNT_WEIGHT] = {OWNER_ANY, FALSE, TRUE, FXP_ROLE_WEIGHT},
  [FXP_LEARNT_WEIGHT_ACC] = {OWNER_ANY, FALSE, TRUE, FXP_ROLE_WEIGHT_ACC},
  [FXP_LEARNT_BIAS] = {OWNER_PLAIN, FALSE, FALSE, NO_ROLE},
  [FXP_LEARNT_GAMMA] = {OWNER_NORMALIZED, FALSE, FALSE, NO_ROLE},
  [FXP_LEARNT_BETA] = {OWNER_NORMALIZED, FALSE, FALSE, NO_ROLE},
  [FXP_LEARNT_MEAN] = {OWNER_NORMALIZED, FALSE, FALSE, NO_ROLE},
  [FXP_LEARNT_VARIANCE] = {OWNER_NORMALIZED, FALSE, FALSE, NO_ROLE},
  [FXP_LEARNT_MOMENTUM] = {OWNER_ANY, TRUE, TRUE, FXP_ROLE_MOMENTUM},
  [FXP_LEARNT_BIAS_MOMENTUM] = {OWNER_PLAIN, TRUE, FALSE, NO_ROLE},
  [FXP_LEARNT_GAMMA_MOMENTUM] = {OWNER_NORMALIZED, TRUE, FALSE, NO_ROLE},
  [FXP_LEARNT_BETA_MOMENTUM] = {OWNER_NORMALIZED, TRUE, FALSE, NO_ROLE},
};

/* Tensors being read. */
typedef struct
{
  FxpCheckpoint *checkpoint;
  GVariant *tensors;
  const char *name;
  gsize offset; /* of the tensors in their file */
} Reading;

GVariant *
fxp_checkpoint_pack_tensors (const FxpCheckpoint *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (FXP_CHECKPOINT_TENSORS_TYPE));
  for (guint i = 0; i < self->tensors->len; i++)
    {
      const FxpStored *stored = &g_array_index (self->tensors, FxpStored, i);

      g_variant_builder_add (&builder,
                             TENSOR_TYPE,
                             stored->of_twin,
                             stored->layer,
                             stored->what,
                             stored->format.word_bits,
                             (guint8)stored->format.frac_bits,
                             stored->format.is_signed,
                             g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING,
                                                       stored->data,
                                                       TRUE));
    }
  return g_variant_builder_end (&builder);
}

static gsize
find_offset (const Reading *self, GVariant *part)
{
  const guint8 *base = g_variant_get_data (self->tensors);
  const guint8 *data = g_variant_get_data (part);

  return self->offset + (data == NULL ? 0 : data - base);
}

/* Shapes of the weights of all layers that have some. */
static FxpShape *
find_weight_shapes (const Reading *self, GError **error)
{
  const FxpPosition *position = &self->checkpoint->position;
  FxpTopology *topology = fxp_experiment_get_topology (self->checkpoint->experiment);
  guint n_weighted = fxp_topology_get_n_weighted (topology);
  g_autofree FxpShape *outputs = g_new0 (FxpShape, fxp_topology_get_n_layers (topology));
  g_autofree FxpShape *weights = g_new0 (FxpShape, n_weighted);

  if (!fxp_topology_check (topology, &position->input, position->n_classes, outputs, error))
    {
      g_prefix_error (error, "%s: ", self->name);
      return NULL;
    }
  for (guint i = 0; i < n_weighted; i++)
    {
      const FxpLayerSpec *layer = fxp_topology_get_weighted (topology, i);
      const FxpShape *input =
        layer->from == FXP_LAYER_INPUT ? &position->input : &outputs[layer->from];

      if (layer->kind == FXP_LAYER_DENSE)
        weights[i] = FXP_SHAPE_2 (layer->units, fxp_shape_get_n (input));
      else
        weights[i] = FXP_SHAPE_4 (layer->units, input->dim[0], layer->kernel, layer->kernel);
    }
  return g_steal_pointer (&weights);
}

/* The kernels are chosen by the range of a format, so nothing outside it may come in. */
static gboolean
check_codes (FxpFormat format, gconstpointer codes, gsize n, gsize *bad)
{
  gint64 min, max;

  if (fxp_format_is_float (format))
    return TRUE;
  min = fxp_format_get_min_code (format);
  max = fxp_format_get_max_code (format);
  for (gsize i = 0; i < n; i++)
    {
      gint64 code = fxp_format_get_code (format, codes, i);

      if (code < min || code > max)
        {
          *bad = i;
          return FALSE;
        }
    }
  return TRUE;
}

/* A run that diverged has variances that are no number, and can be looked at all the same; none
 * has a negative one. */
static gboolean
check_variances (const float *values, gsize n, gsize *bad)
{
  for (gsize i = 0; i < n; i++)
    if (values[i] < 0)
      {
        *bad = i;
        return FALSE;
      }
  return TRUE;
}

/* @part as the tensor that must come at this place: @wanted but for its data. */
static gboolean
check_header (const Reading *self, GVariant *part, const FxpStored *wanted, GError **error)
{
  gboolean of_twin, is_signed;
  guint16 layer, what;
  guint8 word_bits, frac_bits;

  g_variant_get (part,
                 TENSOR_TYPE,
                 &of_twin,
                 &layer,
                 &what,
                 &word_bits,
                 &frac_bits,
                 &is_signed,
                 NULL);
  if (!of_twin == !wanted->of_twin && layer == wanted->layer && what == wanted->what &&
      word_bits == wanted->format.word_bits && (gint8)frac_bits == wanted->format.frac_bits &&
      !is_signed == !wanted->format.is_signed)
    return TRUE;
  fxp_envelope_set_broken (error,
                           self->name,
                           find_offset (self, part),
                           _ ("found another tensor; expected %s of layer %u as the experiment "
                              "has it"),
                           fxp_learnt_get_nick (wanted->what),
                           wanted->layer + 1u);
  return FALSE;
}

/* Fills in the data of @wanted, in memory of their own, which is aligned. */
static gboolean
read_data (const Reading *self, GVariant *part, FxpStored *wanted, GError **error)
{
  FxpStorage storage = fxp_format_get_storage (wanted->format);
  gsize size = fxp_storage_get_size (storage);
  gsize n = fxp_shape_get_n (&wanted->shape);
  const char *nick = fxp_learnt_get_nick (wanted->what);
  g_autoptr (GVariant) data = g_variant_get_child_value (part, 4);
  g_autofree gpointer codes = NULL;
  gsize n_bytes, bad;
  gconstpointer bytes = g_variant_get_fixed_array (data, &n_bytes, 1);

  if (n_bytes != n * size)
    {
      fxp_envelope_set_broken (error,
                               self->name,
                               find_offset (self, data),
                               _ ("%s of layer %u has %zu bytes; expected %zu"),
                               nick,
                               wanted->layer + 1u,
                               n_bytes,
                               n * size);
      return FALSE;
    }
  codes = g_malloc (n_bytes);
  fxp_storage_copy_little_endian (storage, codes, bytes, n_bytes);
  if (!check_codes (wanted->format, codes, n, &bad) ||
      (wanted->what == FXP_LEARNT_VARIANCE && !check_variances (codes, n, &bad)))
    {
      fxp_envelope_set_broken (error,
                               self->name,
                               find_offset (self, data) + bad * size,
                               wanted->what == FXP_LEARNT_VARIANCE
                                 ? _ ("a value of %s of layer %u is negative; expected 0 or more")
                                 : _ ("a code of %s of layer %u is outside its format"),
                               nick,
                               wanted->layer + 1u);
      return FALSE;
    }
  wanted->data = g_bytes_new (bytes, n_bytes);
  return TRUE;
}

/* Whether the run has the tensor @wanted names; fills in format and shape if so. */
static gboolean
expect_tensor (const Reading *self, const FxpShape *weights, FxpStored *wanted)
{
  const FxpExperiment *experiment = self->checkpoint->experiment;
  gboolean is_normalized =
    fxp_topology_is_normalized (fxp_experiment_get_topology (experiment), wanted->layer);
  FxpTensorId id = {wanted->layer, kinds[wanted->what].role};

  if (kinds[wanted->what].owner == (is_normalized ? OWNER_PLAIN : OWNER_NORMALIZED) ||
      (kinds[wanted->what].is_momentum && fxp_experiment_get_settings (experiment)->momentum == 0))
    return FALSE;
  wanted->format = FXP_FORMAT_FLOAT;
  if (id.role != NO_ROLE && !wanted->of_twin)
    wanted->format = fxp_checkpoint_get_format (self->checkpoint, id);
  wanted->shape = weights[wanted->layer];
  if (!kinds[wanted->what].is_matrix)
    wanted->shape = FXP_SHAPE_1 (wanted->shape.dim[0]);
  return TRUE;
}

/* All tensors that the run has, in order; without data yet. */
static GArray *
list_tensors (const Reading *self, const FxpShape *weights)
{
  const FxpExperiment *experiment = self->checkpoint->experiment;
  guint n_twins = fxp_experiment_get_settings (experiment)->twin ? FXP_N_TWINS : 1;
  GArray *list = g_array_new (FALSE, FALSE, sizeof (FxpStored));

  for (guint twin = 0; twin < n_twins; twin++)
    for (guint layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
      for (guint what = 0; what < FXP_N_LEARNT; what++)
        {
          FxpStored wanted = {.of_twin = twin == 1, .layer = layer, .what = what};

          if (expect_tensor (self, weights, &wanted))
            g_array_append_val (list, wanted);
        }
  return list;
}

gboolean
fxp_checkpoint_unpack_tensors (FxpCheckpoint *self,
                               GVariant *tensors,
                               const char *name,
                               gsize offset,
                               GError **error)
{
  const Reading reading = {self, tensors, name, offset};
  g_autofree FxpShape *weights = find_weight_shapes (&reading, error);
  g_autoptr (GArray) list = NULL;
  gsize n = g_variant_n_children (tensors);

  if (weights == NULL)
    return FALSE;
  list = list_tensors (&reading, weights);
  if (n != list->len)
    {
      fxp_envelope_set_broken (error,
                               name,
                               offset,
                               _ ("found %zu tensors; expected %u"),
                               n,
                               list->len);
      return FALSE;
    }
  for (guint i = 0; i < list->len; i++)
    {
      g_autoptr (GVariant) part = g_variant_get_child_value (tensors, i);
      FxpStored *wanted = &g_array_index (list, FxpStored, i);

      if (!check_header (&reading, part, wanted, error) ||
          !read_data (&reading, part, wanted, error))
        return FALSE;
      fxp_checkpoint_add_bytes (self, wanted);
    }
  return TRUE;
}
