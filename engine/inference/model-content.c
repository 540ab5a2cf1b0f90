/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/model-content-private.h"

#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

enum
{
  CONTENT_EXPERIMENT,
  CONTENT_OPTIONS,
  CONTENT_DATA,
  CONTENT_REESTIMATED,
  CONTENT_INPUT,
  CONTENT_NODES,
  CONTENT_PRODUCTS,
  CONTENT_LAYERS,
  CONTENT_INTERMEDIATE,
};

/* Far more than any sample has, and small enough that products of sizes cannot overflow. */
#define INPUTS_MAX (G_GUINT64_CONSTANT (1) << 28)
/* No sum of a cluster is longer. */
#define REDUCTION_MAX 52

void
fxp_model_reading_fail (const FxpModelReading *self,
                        GVariant *part,
                        GError **error,
                        const char *format,
                        ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  fxp_envelope_set_broken (error,
                           self->name,
                           fxp_envelope_find_offset (self->content, part),
                           "%s",
                           what);
}

void
fxp_model_reading_fail_with (const FxpModelReading *self,
                             GVariant *part,
                             GError *cause,
                             GError **error)
{
  fxp_model_reading_fail (self, part, error, "%s", cause->message);
  g_error_free (cause);
}

const double *
fxp_model_reading_get_doubles (const FxpModelReading *self,
                               GVariant *part,
                               guint index,
                               gsize n,
                               gboolean *fits,
                               GError **error)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (part, index);
  gsize n_found;
  /* The part, of which this is a child, holds the numbers. */
  const double *values = g_variant_get_fixed_array (child, &n_found, sizeof *values);
  gsize n_finite = 0;

  *fits = FALSE;
  if (n_found != n)
    {
      fxp_model_reading_fail (self,
                              child,
                              error,
                              _ ("found %zu numbers; expected %zu"),
                              n_found,
                              n);
      return NULL;
    }
  while (n_finite < n && isfinite (values[n_finite]))
    n_finite++;
  *fits = n_finite == n;
  if (*fits)
    return n > 0 ? values : NULL;
  fxp_model_reading_fail (self,
                          child,
                          error,
                          _ ("number %zu is infinite or none at all; expected a number"),
                          n_finite + 1);
  return NULL;
}

gboolean
fxp_model_reading_check_variances (const FxpModelReading *self,
                                   GVariant *part,
                                   const double *variances,
                                   gsize n,
                                   GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (variances[i] < 0)
      {
        fxp_model_reading_fail (self,
                                part,
                                error,
                                _ ("the variance of channel %zu is negative; expected 0 or more"),
                                i + 1);
        return FALSE;
      }
  return TRUE;
}

GVariant *
fxp_model_pack_doubles (const double *values, gsize n)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE,
                                    values,
                                    values != NULL ? n : 0,
                                    sizeof *values);
}

static GVariant *
pack_data (const FxpModel *self)
{
  guint64 dim[FXP_RANK_MAX];

  for (guint i = 0; i < self->input.rank; i++)
    dim[i] = self->input.dim[i];
  return g_variant_new ("(@atu)",
                        g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64,
                                                   dim,
                                                   self->input.rank,
                                                   sizeof dim[0]),
                        self->n_classes);
}

static GVariant *
pack_frac_bits (const FxpModel *self)
{
  g_autofree gint16 *frac_bits = g_new (gint16, self->n_nodes);

  for (guint i = 0; i < self->n_nodes; i++)
    frac_bits[i] = self->nodes[i].format.frac_bits;
  return g_variant_new_fixed_array (G_VARIANT_TYPE_INT16,
                                    frac_bits,
                                    self->n_nodes,
                                    sizeof (gint16));
}

static GVariant *
pack_intermediate (const FxpModel *self)
{
  g_autoptr (GByteArray) reductions = g_byte_array_new ();

  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].kind == FXP_NODE_PRODUCT)
      g_byte_array_append (reductions, &(guint8){(guint8)self->nodes[i].reduction}, 1);
  return g_variant_new ("(u@ay)",
                        self->options.intermediate_bits,
                        g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                                   reductions->data,
                                                   reductions->len,
                                                   1));
}

GVariant *
fxp_model_pack (const FxpModel *self)
{
  g_autofree char *text = fxp_experiment_to_data (self->experiment);
  const gboolean is_off = fxp_conversion_options_is_off (&self->options);

  return g_variant_new ("(s@" FXP_MODEL_OPTIONS_TYPE "@(atu)bn@an@" FXP_MODEL_PRODUCTS_TYPE
                        "@" FXP_MODEL_LAYERS_TYPE "@" FXP_MODEL_INTERMEDIATE_TYPE ")",
                        text,
                        fxp_model_pack_options (&self->options),
                        pack_data (self),
                        self->is_reestimated,
                        self->input_format.frac_bits,
                        pack_frac_bits (self),
                        fxp_model_pack_products (self),
                        fxp_model_pack_layers (is_off ? self->trained : NULL),
                        pack_intermediate (self));
}

static FxpExperiment *
read_experiment (const FxpModelReading *self, GError **error)
{
  g_autoptr (GVariant) part = g_variant_get_child_value (self->content, CONTENT_EXPERIMENT);
  g_autofree char *place = g_strdup_printf (_ ("%s: experiment at offset %zu"),
                                            self->name,
                                            fxp_envelope_find_offset (self->content, part));

  return fxp_experiment_new_from_data (g_variant_get_string (part, NULL), -1, place, error);
}

static gboolean
read_shape (const FxpModelReading *self, GVariant *data, FxpShape *shape, GError **error)
{
  g_autoptr (GVariant) part = g_variant_get_child_value (data, 0);
  gsize rank;
  const guint64 *dim = g_variant_get_fixed_array (part, &rank, sizeof *dim);
  guint64 n = 1;

  *shape = (FxpShape){0};
  while ((rank == 1 || rank == 3) && shape->rank < rank && dim[shape->rank] > 0 &&
         dim[shape->rank] <= INPUTS_MAX / n)
    {
      n *= dim[shape->rank];
      shape->dim[shape->rank] = dim[shape->rank];
      shape->rank++;
    }
  if (rank > 0 && shape->rank == rank)
    return TRUE;
  fxp_model_reading_fail (self,
                          part,
                          error,
                          _ ("the size of a sample is not one or three numbers whose product is at "
                             "most %" PRIu64),
                          INPUTS_MAX);
  return FALSE;
}

/* Before version 2 sums of clusters were exact. */
static GVariant *
get_intermediate (const FxpModelReading *self)
{
  if (g_variant_n_children (self->content) <= CONTENT_INTERMEDIATE)
    return NULL;
  return g_variant_get_child_value (self->content, CONTENT_INTERMEDIATE);
}

static gboolean
read_intermediate_bits (const FxpModelReading *self, FxpConversionOptions *options, GError **error)
{
  g_autoptr (GVariant) part = get_intermediate (self);
  GError *cause = NULL;

  if (part == NULL)
    return TRUE;
  g_variant_get_child (part, 0, "u", &options->intermediate_bits);
  if (fxp_conversion_options_validate (options, &cause))
    return TRUE;
  fxp_model_reading_fail_with (self, part, cause, error);
  return FALSE;
}

static gboolean
read_reductions (FxpModel *self, const FxpModelReading *reading, GError **error)
{
  g_autoptr (GVariant) part = get_intermediate (reading);
  g_autoptr (GVariant) child = NULL;
  const guint8 *reductions;
  gsize n;

  if (part == NULL)
    return TRUE;
  child = g_variant_get_child_value (part, 1);
  reductions = g_variant_get_fixed_array (child, &n, 1);
  if (n != fxp_model_get_n_weighted (self))
    {
      fxp_model_reading_fail (reading,
                              child,
                              error,
                              _ ("found %zu layers with weights; expected %u"),
                              n,
                              fxp_model_get_n_weighted (self));
      return FALSE;
    }
  for (guint i = 0; i < self->n_nodes; i++)
    {
      FxpNode *node = &self->nodes[i];
      const guint most = node->intermediate_bits > 0 ? REDUCTION_MAX : 0;

      if (node->kind != FXP_NODE_PRODUCT)
        continue;
      node->reduction = *reductions++;
      if (node->reduction <= most)
        continue;
      fxp_model_reading_fail (reading,
                              child,
                              error,
                              _ ("sums of clusters are shifted by %u; expected at most %u"),
                              node->reduction,
                              most);
      return FALSE;
    }
  return TRUE;
}

/* Exponents, codes and what is applied to sums. */
static gboolean
read_nodes (FxpModel *self, const FxpModelReading *reading, GError **error)
{
  g_autoptr (GVariant) nodes = g_variant_get_child_value (reading->content, CONTENT_NODES);
  g_autoptr (GVariant) products = g_variant_get_child_value (reading->content, CONTENT_PRODUCTS);
  GError *cause = NULL;
  const gint16 *frac_bits;
  gint16 input_bits;
  gsize n;

  if (!fxp_model_build_nodes (self, &cause))
    {
      fxp_model_reading_fail_with (reading, reading->content, cause, error);
      return FALSE;
    }
  g_variant_get_child (reading->content, CONTENT_INPUT, "n", &input_bits);
  frac_bits = g_variant_get_fixed_array (nodes, &n, sizeof *frac_bits);
  if (n != self->n_nodes || input_bits < FXP_FRAC_BITS_MIN || input_bits > FXP_FRAC_BITS_MAX)
    {
      fxp_model_reading_fail (reading,
                              nodes,
                              error,
                              _ ("found %zu formats behind inputs with %d fraction bits; expected "
                                 "%u behind %d to %d"),
                              n,
                              input_bits,
                              self->n_nodes,
                              FXP_FRAC_BITS_MIN,
                              FXP_FRAC_BITS_MAX);
      return FALSE;
    }
  self->input_format.frac_bits = (gint8)input_bits;
  if (!read_reductions (self, reading, error))
    return FALSE;
  return fxp_model_unpack_products (self, reading, products, frac_bits, error);
}

/* The float network has what was learnt, and no nodes. */
static gboolean
check_off (const FxpModelReading *reading, GError **error)
{
  g_autoptr (GVariant) nodes = g_variant_get_child_value (reading->content, CONTENT_NODES);
  g_autoptr (GVariant) products = g_variant_get_child_value (reading->content, CONTENT_PRODUCTS);

  if (g_variant_n_children (nodes) == 0 && g_variant_n_children (products) == 0)
    return TRUE;
  fxp_model_reading_fail (reading,
                          products,
                          error,
                          _ ("found products of integers; expected none in a float network"));
  return FALSE;
}

static FxpModel *
read_content (const FxpModelReading *self, GError **error)
{
  g_autoptr (GVariant) options_part = g_variant_get_child_value (self->content, CONTENT_OPTIONS);
  g_autoptr (GVariant) data = g_variant_get_child_value (self->content, CONTENT_DATA);
  g_autoptr (GVariant) layers = g_variant_get_child_value (self->content, CONTENT_LAYERS);
  g_autoptr (FxpExperiment) experiment = read_experiment (self, error);
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) model = NULL;
  FxpConversionOptions options;
  gboolean is_off;
  FxpShape shape;
  guint n_classes;

  if (experiment == NULL || !fxp_model_unpack_options (self, options_part, &options, error) ||
      !read_intermediate_bits (self, &options, error) || !read_shape (self, data, &shape, error))
    return NULL;
  g_variant_get_child (data, 1, "u", &n_classes);
  is_off = fxp_conversion_options_is_off (&options);
  if (is_off)
    {
      if (!check_off (self, error))
        return NULL;
      trained = fxp_model_unpack_layers (experiment, &shape, n_classes, self, layers, error);
      if (trained == NULL)
        return NULL;
    }
  model = fxp_model_new (trained, experiment, &shape, n_classes, &options);
  g_variant_get_child (self->content, CONTENT_REESTIMATED, "b", &model->is_reestimated);
  return is_off || read_nodes (model, self, error) ? g_steal_pointer (&model) : NULL;
}

FxpModel *
fxp_model_unpack (GVariant *content, const char *name, GError **error)
{
  const FxpModelReading reading = {.name = name, .content = content};

  g_return_val_if_fail (g_variant_is_of_type (content, G_VARIANT_TYPE (FXP_MODEL_TYPE)) ||
                          g_variant_is_of_type (content, G_VARIANT_TYPE (FXP_MODEL_TYPE_1)),
                        NULL);

  if (g_variant_is_normal_form (content))
    return read_content (&reading, error);
  fxp_model_reading_fail (&reading,
                          content,
                          error,
                          _ ("what follows is not laid out as expected of a converted network"));
  return NULL;
}
