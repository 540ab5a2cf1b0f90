/* SPDX-License-Identifier: MIT */
/* Codes, scales and what is applied to sums, as a part of a model's content and back. */
#include "config.h"

#include "inference/model-content-private.h"

#include "number/clusters-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

enum
{
  PRODUCT_EXPONENT,
  PRODUCT_CODES,
  PRODUCT_SCALES,
  PRODUCT_FACTOR_EXPONENT,
  PRODUCT_FACTORS,
  PRODUCT_OFFSETS,
  PRODUCT_WIDE,
  PRODUCT_MEAN,
  PRODUCT_VARIANCE,
  PRODUCT_GAMMA,
  PRODUCT_BETA,
};

static gsize
get_n_weights (const FxpWeightShape *shape)
{
  return shape->n_units * shape->n_inputs * shape->n_pixels;
}

/* Sets of codes as they are stored: the two terms of a residual step that have one sign each, 0 or
 * 1 and 0 or -1, are one set of 2-bit codes, first + 2 second. */
static guint
get_n_sets (const FxpClusterOptions *options)
{
  return options->terms;
}

/* All sets, one behind the other, each beginning with a byte of its own. */
static GVariant *
pack_codes (const FxpClusters *clusters)
{
  const FxpClusterOptions *options = fxp_clusters_get_options (clusters);
  const guint bits = fxp_codes_get_stored_bits (options->bits);
  const gsize n = get_n_weights (fxp_clusters_get_shape (clusters));
  const gsize size = fxp_codes_get_packed_size (bits, n);
  const guint n_sets = get_n_sets (options);
  g_autofree guint8 *packed = g_malloc (n_sets * size);
  g_autofree gint8 *codes = g_malloc (n);

  for (guint set = 0; set < n_sets; set++)
    {
      const guint term = options->asymmetric ? 2 * set : set;

      memcpy (codes, fxp_clusters_get_codes (clusters, term), n);
      for (gsize i = 0; options->asymmetric && i < n; i++)
        codes[i] += 2 * fxp_clusters_get_codes (clusters, term + 1)[i];
      fxp_codes_pack (bits, codes, n, packed + set * size);
    }
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, packed, n_sets * size, 1);
}

/* Plain words have no scales. */
static GVariant *
pack_scales (const FxpClusters *clusters)
{
  const gsize n = fxp_clusters_is_plain (clusters)
                    ? 0
                    : fxp_clusters_get_n_terms (clusters) * fxp_clusters_get_n_clusters (clusters);

  /* The terms' scales lie one behind the other. */
  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT16,
                                    fxp_clusters_get_scales (clusters, 0),
                                    n,
                                    sizeof (guint16));
}

static GVariant *
pack_product (const FxpNode *node)
{
  const gsize n = node->output.dim[0];

  return g_variant_new ("(i@ay@aqn@an@axb@ad@ad@ad@ad)",
                        fxp_clusters_get_exponent (node->clusters),
                        pack_codes (node->clusters),
                        pack_scales (node->clusters),
                        node->factor_exponent,
                        g_variant_new_fixed_array (G_VARIANT_TYPE_INT16,
                                                   node->factors,
                                                   n,
                                                   sizeof *node->factors),
                        g_variant_new_fixed_array (G_VARIANT_TYPE_INT64,
                                                   node->offsets,
                                                   n,
                                                   sizeof *node->offsets),
                        node->is_wide,
                        fxp_model_pack_doubles (node->mean, n),
                        fxp_model_pack_doubles (node->variance, n),
                        fxp_model_pack_doubles (node->gamma, n),
                        fxp_model_pack_doubles (node->beta, n));
}

GVariant *
fxp_model_pack_products (const FxpModel *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (FXP_MODEL_PRODUCTS_TYPE));
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].kind == FXP_NODE_PRODUCT)
      g_variant_builder_add_value (&builder, pack_product (&self->nodes[i]));
  return g_variant_builder_end (&builder);
}

/* Terms of one sign each from sets of both, in place of @codes: @n_sets sets. */
static void
split_signs (gint8 *codes, guint n_sets, gsize n)
{
  /* From behind, as a set becomes two. */
  for (guint set = n_sets; set-- > 0;)
    for (gsize i = 0; i < n; i++)
      {
        const gint8 code = codes[set * n + i];

        codes[(2 * set + 1) * n + i] = code < 0 ? -1 : 0;
        codes[2 * set * n + i] = code & 1;
      }
}

/* Codes of all terms; NULL if there are not as many bytes as that takes. */
static gint8 *
read_codes (const FxpModelReading *reading,
            GVariant *part,
            const FxpClusterOptions *options,
            gsize n,
            GError **error)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (part, PRODUCT_CODES);
  const guint bits = fxp_codes_get_stored_bits (options->bits);
  const gsize size = fxp_codes_get_packed_size (bits, n);
  const guint n_sets = get_n_sets (options);
  gsize n_bytes;
  const guint8 *packed = g_variant_get_fixed_array (child, &n_bytes, 1);
  gint8 *codes;

  if (n_bytes != n_sets * size)
    {
      fxp_model_reading_fail (reading,
                              child,
                              error,
                              _ ("found %zu bytes of codes; expected %zu"),
                              n_bytes,
                              n_sets * size);
      return NULL;
    }
  codes = g_malloc (n_sets * n * (options->asymmetric ? 2 : 1));
  for (guint set = 0; set < n_sets; set++)
    fxp_codes_unpack (bits, packed + set * size, n, codes + set * n);
  if (options->asymmetric)
    split_signs (codes, n_sets, n);
  return codes;
}

/* Scales of all terms, borrowed; NULL for plain words. */
static gboolean
read_scales (const FxpModelReading *reading,
             GVariant *part,
             gsize expected,
             const guint16 **scales,
             GError **error)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (part, PRODUCT_SCALES);
  gsize n;

  *scales = g_variant_get_fixed_array (child, &n, sizeof **scales);
  if (expected == 0)
    *scales = NULL;
  if (n == expected)
    return TRUE;
  fxp_model_reading_fail (reading, child, error, _ ("found %zu scales; expected %zu"), n, expected);
  return FALSE;
}

static gboolean
read_clusters (const FxpModel *self,
               FxpNode *node,
               const FxpModelReading *reading,
               GVariant *part,
               GError **error)
{
  const FxpWeightShape shape = fxp_node_get_weight_shape (node);
  const guint plain_bits = fxp_node_get_plain_bits (self, node);
  FxpClusterOptions options = {.bits = plain_bits, .size = 1, .terms = 1};
  g_autofree gint8 *codes = NULL;
  g_autoptr (FxpClusters) empty = NULL;
  const guint16 *scales;
  gsize n_scales = 0;
  int exponent;
  GError *cause = NULL;

  if (plain_bits == 0)
    options = self->options.clusters;
  codes = read_codes (reading, part, &options, get_n_weights (&shape), error);
  if (codes == NULL)
    return FALSE;
  if (plain_bits == 0)
    {
      empty = fxp_clusters_alloc (&options, &shape);
      n_scales = empty->n_terms * empty->n_clusters;
    }
  if (!read_scales (reading, part, n_scales, &scales, error))
    return FALSE;
  g_variant_get_child (part, PRODUCT_EXPONENT, "i", &exponent);
  node->clusters = fxp_clusters_new_from_parts (&options, &shape, codes, scales, exponent, &cause);
  if (node->clusters != NULL)
    return TRUE;
  fxp_model_reading_fail_with (reading, part, cause, error);
  return FALSE;
}

/* A copy of the part's @index-th child, @n doubles. */
static gboolean
copy_doubles (const FxpModelReading *reading,
              GVariant *part,
              guint index,
              gsize n,
              double **values,
              GError **error)
{
  gboolean fits;
  const double *found = fxp_model_reading_get_doubles (reading, part, index, n, &fits, error);

  if (fits)
    *values = g_memdup2 (found, n * sizeof *found);
  return fits;
}

static gboolean
read_affine (const FxpModel *self,
             FxpNode *node,
             const FxpModelReading *reading,
             GVariant *part,
             GError **error)
{
  const gsize n = node->output.dim[0];
  FxpTopology *topology = fxp_experiment_get_topology (self->experiment);
  const gsize n_normal = fxp_topology_is_normalized (topology, node->weighted) ? n : 0;

  if (!copy_doubles (reading, part, PRODUCT_MEAN, n_normal, &node->mean, error) ||
      !copy_doubles (reading, part, PRODUCT_VARIANCE, n_normal, &node->variance, error) ||
      !copy_doubles (reading, part, PRODUCT_GAMMA, n_normal, &node->gamma, error) ||
      !copy_doubles (reading, part, PRODUCT_BETA, n, &node->beta, error))
    return FALSE;
  return fxp_model_reading_check_variances (reading, part, node->variance, n_normal, error);
}

/* A and B as they were formed are as they were stored. */
static gboolean
check_affine (const FxpModelReading *reading, GVariant *part, const FxpNode *node, GError **error)
{
  g_autoptr (GVariant) factors = g_variant_get_child_value (part, PRODUCT_FACTORS);
  g_autoptr (GVariant) offsets = g_variant_get_child_value (part, PRODUCT_OFFSETS);
  const gsize n = node->output.dim[0];
  gsize n_factors, n_offsets;
  const gint16 *a = g_variant_get_fixed_array (factors, &n_factors, sizeof *a);
  const gint64 *b = g_variant_get_fixed_array (offsets, &n_offsets, sizeof *b);
  gint16 exponent;
  gboolean is_wide;

  g_variant_get_child (part, PRODUCT_FACTOR_EXPONENT, "n", &exponent);
  g_variant_get_child (part, PRODUCT_WIDE, "b", &is_wide);
  if (n_factors == n && n_offsets == n && exponent == node->factor_exponent &&
      !is_wide == !node->is_wide && memcmp (a, node->factors, n * sizeof *a) == 0 &&
      memcmp (b, node->offsets, n * sizeof *b) == 0)
    return TRUE;
  fxp_model_reading_fail (reading,
                          factors,
                          error,
                          _ ("A and B are not those of the layer's mean and variance; expected "
                             "what comes out of them"));
  return FALSE;
}

/* In order, as each exponent depends on those before it. */
static gboolean
set_exponents (FxpModel *self,
               const FxpModelReading *reading,
               GVariant *part,
               const gint16 *frac_bits,
               GError **error)
{
  GError *cause = NULL;
  gsize row = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    {
      FxpNode *node = &self->nodes[i];
      g_autoptr (GVariant) product = NULL;

      if (node->kind == FXP_NODE_PRODUCT)
        product = g_variant_get_child_value (part, row++);
      if (!fxp_model_set_exponent (self, (int)i, -frac_bits[i], &cause))
        {
          fxp_model_reading_fail_with (reading, product != NULL ? product : part, cause, error);
          return FALSE;
        }
      if (node->format.frac_bits != frac_bits[i])
        {
          fxp_model_reading_fail (reading,
                                  part,
                                  error,
                                  _ ("output %u has %d fraction bits; expected %d"),
                                  i + 1,
                                  frac_bits[i],
                                  node->format.frac_bits);
          return FALSE;
        }
      if (product != NULL && !check_affine (reading, product, node, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
fxp_model_unpack_products (FxpModel *self,
                           const FxpModelReading *reading,
                           GVariant *part,
                           const gint16 *frac_bits,
                           GError **error)
{
  const gsize n = g_variant_n_children (part);
  gsize row = 0;

  if (n != fxp_model_get_n_weighted (self))
    {
      fxp_model_reading_fail (reading,
                              part,
                              error,
                              _ ("found %zu layers with weights; expected %u"),
                              n,
                              fxp_model_get_n_weighted (self));
      return FALSE;
    }
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].kind == FXP_NODE_PRODUCT)
      {
        g_autoptr (GVariant) product = g_variant_get_child_value (part, row++);

        if (!read_clusters (self, &self->nodes[i], reading, product, error) ||
            !read_affine (self, &self->nodes[i], reading, product, error))
          return FALSE;
      }
  return set_exponents (self, reading, part, frac_bits, error);
}
