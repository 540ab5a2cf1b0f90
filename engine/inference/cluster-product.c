/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/cluster-product-private.h"

#include "inference/cluster-steps-private.h"

/* Codes that are unpacked before they are widened. */
#define UNPACKED_AT_ONCE 4096

static gsize
count_groups (gsize n, gsize size)
{
  return (n + size - 1) / size;
}

/* Sums in 32 bits where they fit and those of clusters stay exact: in quads if the unit has them
 * and codes have 8 bits, else in pairs. */
static FxpStepKind
choose_kind (const FxpClusterProduct *self, gboolean is_wide)
{
  const FxpClusterSource *source = &self->source;
  const gboolean is_byte = source->storage == FXP_STORAGE_I8 || source->storage == FXP_STORAGE_U8;

  if (is_wide || source->max > G_MAXINT16)
    return FXP_STEP_SINGLE;
  if (is_byte && self->kernels->form[FXP_STEP_QUAD] != NULL)
    return FXP_STEP_QUAD;
  return FXP_STEP_PAIR;
}

/* Where column @column of a strip's table of @n_rows rows lies. */
static gsize
find_in_strips (const FxpClusterProduct *self, gsize n_rows, gsize row, gsize column)
{
  const gsize first = column - column % FXP_CLUSTER_STRIP;
  const gsize width = MIN (self->n_columns - first, FXP_CLUSTER_STRIP);

  return first * n_rows + row * width + column - first;
}

static guint32
get_logarithm (guint16 scale)
{
  return scale == 0 ? 0 : g_bit_storage (scale) - 1;
}

/* Codes in the order of strips. */
static void
pack_codes (FxpClusterProduct *self, const FxpClusterSteps *steps, const FxpClusters *clusters)
{
  const gsize per_step = steps->per_step,
              n_weights = steps->shape->n_inputs * steps->shape->n_pixels;
  const guint n_terms = fxp_clusters_get_n_terms (clusters);
  const gsize n_of_term = self->n_steps / n_terms;
  const gsize n = self->n_steps * self->n_columns * per_step;
  g_autofree gint8 *codes = g_new0 (gint8, n);

  for (guint term = 0; term < n_terms; term++)
    for (gsize unit = 0; unit < self->n_units; unit++)
      {
        const gint8 *from = fxp_clusters_get_codes (clusters, term) + unit * n_weights;

        for (gsize i = 0; i < n_of_term; i++)
          {
            gint8 *to =
              codes + find_in_strips (self, self->n_steps, term * n_of_term + i, unit) * per_step;

            for (gsize e = 0; e < per_step; e++)
              {
                const guint32 source = g_array_index (steps->sources, guint32, i * per_step + e);

                to[e] = source == FXP_STEP_NO_WEIGHT ? 0 : from[source];
              }
          }
        for (gsize i = 0; i < n_weights; i++)
          self->n_nonzero += from[i] != 0;
      }
  self->n_zero = (guint64)n_terms * self->n_units * n_weights - self->n_nonzero;
  self->stored_bits = fxp_codes_get_stored_bits (fxp_clusters_get_options (clusters)->bits);
  self->packed = g_malloc (fxp_codes_get_packed_size (self->stored_bits, n));
  fxp_codes_pack (self->stored_bits, codes, n, self->packed);
}

static guint16
get_scale (const FxpClusterSteps *steps,
           const FxpClusters *clusters,
           guint term,
           gsize k,
           gsize unit)
{
  const guint32 first = g_array_index (steps->firsts, guint32, k);
  const gsize n_pixels = steps->shape->n_pixels;

  if (fxp_clusters_is_plain (clusters))
    return 1;
  return fxp_clusters_get_scales (clusters, term)
    [fxp_clusters_find (clusters, unit, first / n_pixels, first % n_pixels)];
}

/* Sum of @codes, one unit's of a term, over steps @first..@last-1, and of their magnitudes. */
static gint64
sum_codes (const FxpClusterSteps *steps,
           const gint8 *codes,
           gsize first,
           gsize last,
           guint64 *magnitudes)
{
  gint64 sum = 0;

  *magnitudes = 0;
  for (gsize i = first * steps->per_step; i < last * steps->per_step; i++)
    {
      const guint32 source = g_array_index (steps->sources, guint32, i);

      if (source == FXP_STEP_NO_WEIGHT)
        continue;
      sum += codes[source];
      *magnitudes += ABS ((gint)codes[source]);
    }
  return sum;
}

/* Scales of a term of a unit, and what codes that were raised add up to, which its sums begin
 * without.  Returns the greatest sum of magnitudes of a cluster's codes. */
static guint64
take_unit (FxpClusterProduct *self,
           const FxpClusterSteps *steps,
           const FxpClusters *clusters,
           guint term,
           gsize unit)
{
  const gsize n = steps->counts->len;
  const gint8 *codes = fxp_clusters_get_codes (clusters, term) +
                       unit * steps->shape->n_inputs * steps->shape->n_pixels;
  guint32 start = (guint32)self->starts[unit];
  guint64 greatest = 0;
  gsize step = 0;

  for (gsize k = 0; k < n; k++)
    {
      const gsize next = step + g_array_index (steps->counts, guint32, k);
      const guint32 scale = get_scale (steps, clusters, term, k, unit);
      guint64 magnitudes;

      start -= (guint32)sum_codes (steps, codes, step, next, &magnitudes) * self->raise * scale;
      greatest = MAX (greatest, magnitudes);
      self->scales[find_in_strips (self, self->n_clusters, term * n + k, unit)] =
        self->scaling == FXP_SCALE_SHIFT ? get_logarithm (scale) : scale;
      step = next;
    }
  self->starts[unit] = (gint32)start;
  return greatest;
}

static void
take_scales (FxpClusterProduct *self, const FxpClusterSteps *steps, const FxpClusters *clusters)
{
  const guint32 max = self->raise > 0 ? G_MAXUINT8 : self->source.max;
  const guint64 n_sums = (guint64)self->n_clusters * self->n_units;
  guint64 greatest = 0;

  if (fxp_clusters_is_plain (clusters))
    self->scaling = FXP_SCALE_NONE;
  else if (fxp_clusters_get_options (clusters)->method == FXP_CLUSTER_POWER)
    self->scaling = FXP_SCALE_SHIFT;
  else
    self->scaling = FXP_SCALE_SHORT;
  self->scales = g_new0 (gint32, self->n_clusters * self->n_columns);
  self->starts = g_new0 (gint32, self->n_columns);
  for (guint term = 0; term < fxp_clusters_get_n_terms (clusters); term++)
    for (gsize unit = 0; unit < self->n_units; unit++)
      {
        const guint64 magnitudes = take_unit (self, steps, clusters, term, unit);

        greatest = MAX (greatest, magnitudes);
      }
  /* Scales are bytes; sums of codes may be too long for a multiplication of 16 bits. */
  if (self->scaling == FXP_SCALE_SHORT && greatest * max > G_MAXINT16)
    self->scaling = FXP_SCALE_LONG;
  self->n_shifts = self->scaling == FXP_SCALE_SHIFT ? n_sums : 0;
  self->n_scales = self->scaling == FXP_SCALE_NONE ? 0 : n_sums - self->n_shifts;
}

/* The steps of one term, for each of them. */
static void
repeat_steps (FxpClusterProduct *self, const FxpClusterSteps *steps, guint n_terms)
{
  self->n_steps = (gsize)n_terms * steps->steps->len;
  self->n_clusters = (gsize)n_terms * steps->counts->len;
  self->steps = g_new (guint32, self->n_steps);
  self->counts = g_new (guint32, self->n_clusters);
  for (gsize i = 0; i < self->n_steps; i++)
    self->steps[i] = g_array_index (steps->steps, guint32, i % steps->steps->len);
  for (gsize i = 0; i < self->n_clusters; i++)
    self->counts[i] = g_array_index (steps->counts, guint32, i % steps->counts->len);
}

FxpClusterProduct *
fxp_cluster_product_new (const FxpNode *node, const FxpClusterSource *source)
{
  FxpClusterProduct *self = g_new0 (FxpClusterProduct, 1);
  const FxpWeightShape *shape = fxp_clusters_get_shape (node->clusters);
  g_auto (FxpClusterSteps) steps = {0};

  self->source = *source;
  self->is_dense = node->output.rank != 3;
  self->n_channels = shape->n_inputs;
  self->height = self->is_dense ? 1 : node->input.dim[1];
  self->width = self->is_dense ? 1 : node->input.dim[2];
  self->n_units = shape->n_units;
  self->n_columns = count_groups (self->n_units, FXP_CLUSTER_STRIP / 2) * (FXP_CLUSTER_STRIP / 2);
  self->kernels = fxp_cluster_kernels_get ();
  self->kind = choose_kind (self, node->is_wide || node->intermediate_bits > 0);
  self->is_wide = self->kind == FXP_STEP_SINGLE;
  self->raise = self->kind == FXP_STEP_QUAD && source->is_negative ? 128 : 0;
  fxp_cluster_product_lay_out (self, node, fxp_cluster_steps_get_size (node->clusters));
  fxp_cluster_steps_init (&steps, self, node);
  repeat_steps (self, &steps, fxp_clusters_get_n_terms (node->clusters));
  pack_codes (self, &steps, node->clusters);
  take_scales (self, &steps, node->clusters);
  return self;
}

void
fxp_cluster_product_free (FxpClusterProduct *self)
{
  if (self == NULL)
    return;
  g_free (self->places);
  g_free (self->steps);
  g_free (self->counts);
  g_free (self->packed);
  g_free (self->scales);
  g_free (self->starts);
  g_free (self);
}

gsize
fxp_cluster_product_get_n_strips (const FxpClusterProduct *self)
{
  return count_groups (self->n_columns, FXP_CLUSTER_STRIP);
}

/* Of a column's step: of singles one byte, else all 4. */
static gsize
get_column_bytes (const FxpClusterProduct *self)
{
  return self->kind == FXP_STEP_SINGLE ? 1 : FXP_STEP_SIZE;
}

gsize
fxp_cluster_product_get_panel_bytes (const FxpClusterProduct *self)
{
  return self->n_steps * self->n_columns * get_column_bytes (self);
}

void
fxp_cluster_product_unpack (const FxpClusterProduct *self, gsize first, gsize last, gpointer panel)
{
  const gsize per_step = fxp_step_kind_get_n_codes (self->kind);
  const gsize begin = first * FXP_CLUSTER_STRIP * self->n_steps * per_step;
  const gsize end = MIN (last * FXP_CLUSTER_STRIP, self->n_columns) * self->n_steps * per_step;
  gint8 piece[UNPACKED_AT_ONCE];

  for (gsize i = begin, n; i < end; i += n)
    {
      const guint8 *from = self->packed + i * self->stored_bits / 8;

      n = MIN (end - i, UNPACKED_AT_ONCE);
      if (self->kind != FXP_STEP_PAIR)
        {
          fxp_codes_unpack (self->stored_bits, from, n, (gint8 *)panel + i);
          continue;
        }
      fxp_codes_unpack (self->stored_bits, from, n, piece);
      for (gsize j = 0; j < n; j++)
        ((gint16 *)panel)[i + j] = piece[j];
    }
}

void
fxp_cluster_product_form (const FxpClusterProduct *self,
                          const guint8 *frame,
                          gconstpointer panel,
                          gsize first,
                          gsize n,
                          FxpClusterReduction *reduction,
                          gpointer sums)
{
  const FxpClusterForm form = self->kernels->form[self->kind];
  const gsize sum_size = self->is_wide ? sizeof (gint64) : sizeof (gint32);
  const FxpClusterWalk walk = {
    .frame = frame,
    .places = self->places + first,
    .steps = self->steps,
    .counts = self->counts,
    .n_clusters = self->n_clusters,
    .scaling = self->scaling,
    .reduction = reduction,
  };

  for (gsize column = 0; column < self->n_columns; column += FXP_CLUSTER_STRIP)
    {
      const FxpClusterStrip strip = {
        .codes = (const guint8 *)panel + column * self->n_steps * get_column_bytes (self),
        .scales = self->scales + column * self->n_clusters,
        .starts = self->starts + column,
        .n_columns = MIN (self->n_columns - column, FXP_CLUSTER_STRIP),
      };

      form (&walk, n, &strip, (guint8 *)sums + column * sum_size, self->n_columns);
    }
}
