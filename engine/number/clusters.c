/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/clusters-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "number/error.h"
#include "number/format.h"

#define SCALE_BITS      8
#define SCALE_MAX       255
#define POWER_SCALE_MAX (1 << 15)

FxpClusterGrid
fxp_cluster_grid_new (const FxpClusterOptions *options, const FxpWeightShape *shape)
{
  gboolean is_layer =
    options->method == FXP_CLUSTER_NONE || options->granularity == FXP_GRANULARITY_LAYER;
  gboolean is_cut = !is_layer && options->granularity != FXP_GRANULARITY_FILTER;
  FxpClusterGrid self = {.n_rows = is_layer ? 1 : shape->n_units,
                         .row_length = (is_layer ? shape->n_units : 1) * shape->n_inputs,
                         .n_parts = 1,
                         .n_pixels = shape->n_pixels};

  self.size = is_cut ? MIN (options->size, self.row_length) : self.row_length;
  self.n_groups = (self.row_length + self.size - 1) / self.size;
  if (is_cut && options->granularity == FXP_GRANULARITY_WEIGHTS)
    self.n_parts = shape->n_pixels;
  return self;
}

gsize
fxp_cluster_grid_get_n_clusters (const FxpClusterGrid *self)
{
  return self->n_rows * self->n_groups * self->n_parts;
}

FxpClusterSpan
fxp_cluster_grid_get_span (const FxpClusterGrid *self, gsize cluster)
{
  gsize part = cluster % self->n_parts, groups = cluster / self->n_parts;
  gsize row = groups / self->n_groups, kernel = groups % self->n_groups * self->size;

  return (FxpClusterSpan){.first = (row * self->row_length + kernel) * self->n_pixels + part,
                          .stride = self->n_parts,
                          .n_kernels = MIN (self->size, self->row_length - kernel),
                          .n_pixels = self->n_pixels / self->n_parts};
}

FxpClusters *
fxp_clusters_alloc (const FxpClusterOptions *options, const FxpWeightShape *shape)
{
  FxpClusters *self = g_atomic_rc_box_new0 (FxpClusters);

  self->options = *options;
  self->shape = *shape;
  self->grid = fxp_cluster_grid_new (options, shape);
  self->is_plain = options->method == FXP_CLUSTER_NONE;
  self->n_terms = self->is_plain ? 1 : options->terms * (options->asymmetric ? 2 : 1);
  self->n_weights = shape->n_units * shape->n_inputs * shape->n_pixels;
  self->n_clusters = fxp_cluster_grid_get_n_clusters (&self->grid);
  self->codes = g_new0 (gint8, self->n_terms * self->n_weights);
  self->scales = g_new0 (guint16, self->n_terms * self->n_clusters);
  self->energy = self->error = self->error_real = NAN;
  return self;
}

static void
clear (gpointer data)
{
  FxpClusters *self = data;

  g_free (self->codes);
  g_free (self->scales);
  g_free (self->thresholds);
}

FxpClusters *
fxp_clusters_ref (FxpClusters *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
fxp_clusters_unref (FxpClusters *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/* The greatest code that a term may have, and the least. */
static void
get_code_limits (const FxpClusters *self, guint term, int *min, int *max)
{
  *max = (1 << (self->options.bits - 1)) - 1;
  *min = -*max;
  if (self->options.asymmetric)
    {
      *min = term % 2 == 0 ? 0 : *min;
      *max = term % 2 == 1 ? 0 : *max;
    }
}

static gboolean
check_codes (const FxpClusters *self, const gint8 *codes, GError **error)
{
  for (guint term = 0; term < self->n_terms; term++)
    {
      int min, max;

      get_code_limits (self, term, &min, &max);
      for (gsize i = 0; i < self->n_weights; i++)
        {
          int code = codes[term * self->n_weights + i];

          if (code >= min && code <= max)
            continue;
          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_RANGE,
                       _ ("code of weight %zu in term %u: %d, expected %d to %d"),
                       i,
                       term,
                       code,
                       min,
                       max);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_scales (const FxpClusters *self, const guint16 *scales, GError **error)
{
  gboolean is_power = self->options.method == FXP_CLUSTER_POWER;

  for (gsize i = 0; i < self->n_terms * self->n_clusters; i++)
    {
      guint scale = scales[i];

      if (is_power ? scale > 0 && scale <= POWER_SCALE_MAX && (scale & (scale - 1)) == 0
                   : scale <= SCALE_MAX)
        continue;
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   is_power ? _ ("scale of cluster %zu: %u, expected a power of two up to %d")
                            : _ ("scale of cluster %zu: %u, expected 0 to %d"),
                   i % self->n_clusters,
                   scale,
                   is_power ? POWER_SCALE_MAX : SCALE_MAX);
      return FALSE;
    }
  return TRUE;
}

FxpClusters *
fxp_clusters_new_from_parts (const FxpClusterOptions *options,
                             const FxpWeightShape *shape,
                             const gint8 *codes,
                             const guint16 *scales,
                             int exponent,
                             GError **error)
{
  g_autoptr (FxpClusters) self = NULL;
  FxpClusterOptions plain = {.bits = options->bits, .size = 1, .terms = 1};

  g_return_val_if_fail (codes != NULL, NULL);
  g_return_val_if_fail (scales == NULL || options->method != FXP_CLUSTER_NONE, NULL);
  g_return_val_if_fail (shape->n_units > 0 && shape->n_inputs > 0 && shape->n_pixels > 0, NULL);

  if (!fxp_cluster_options_validate (scales != NULL ? options : &plain, error))
    return NULL;
  if (exponent < -FXP_FRAC_BITS_MAX || exponent > -FXP_FRAC_BITS_MIN)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("exponent of clusters: %d, expected %d to %d"),
                   exponent,
                   -FXP_FRAC_BITS_MAX,
                   -FXP_FRAC_BITS_MIN);
      return NULL;
    }
  self = fxp_clusters_alloc (scales != NULL ? options : &plain, shape);
  if (!check_codes (self, codes, error) || (scales != NULL && !check_scales (self, scales, error)))
    return NULL;
  memcpy (self->codes, codes, self->n_terms * self->n_weights);
  if (scales != NULL)
    memcpy (self->scales, scales, self->n_terms * self->n_clusters * sizeof *scales);
  else
    self->scales[0] = 1;
  self->exponent = exponent;
  return g_steal_pointer (&self);
}

const FxpClusterOptions *
fxp_clusters_get_options (const FxpClusters *self)
{
  return &self->options;
}

const FxpWeightShape *
fxp_clusters_get_shape (const FxpClusters *self)
{
  return &self->shape;
}

gboolean
fxp_clusters_is_plain (const FxpClusters *self)
{
  return self->is_plain;
}

guint
fxp_clusters_get_n_terms (const FxpClusters *self)
{
  return self->n_terms;
}

gsize
fxp_clusters_get_n_clusters (const FxpClusters *self)
{
  return self->n_clusters;
}

guint
fxp_clusters_get_effective_size (const FxpClusters *self)
{
  return (guint)self->grid.size;
}

gsize
fxp_clusters_find (const FxpClusters *self, gsize unit, gsize input, gsize pixel)
{
  const FxpClusterGrid *grid = &self->grid;
  gsize kernel = unit * self->shape.n_inputs + input;
  gsize row = kernel / grid->row_length, group = kernel % grid->row_length / grid->size;

  return (row * grid->n_groups + group) * grid->n_parts + pixel % grid->n_parts;
}

const gint8 *
fxp_clusters_get_codes (const FxpClusters *self, guint term)
{
  g_return_val_if_fail (term < self->n_terms, NULL);

  return self->codes + term * self->n_weights;
}

const guint16 *
fxp_clusters_get_scales (const FxpClusters *self, guint term)
{
  g_return_val_if_fail (term < self->n_terms, NULL);

  return self->scales + term * self->n_clusters;
}

int
fxp_clusters_get_exponent (const FxpClusters *self)
{
  return self->exponent;
}

double
fxp_clusters_get_threshold (const FxpClusters *self, gsize cluster)
{
  g_return_val_if_fail (cluster < self->n_clusters, NAN);

  return self->thresholds != NULL ? self->thresholds[cluster] : NAN;
}

void
fxp_clusters_decode (const FxpClusters *self, double *values)
{
  memset (values, 0, self->n_weights * sizeof *values);
  for (guint term = 0; term < self->n_terms; term++)
    {
      const gint8 *codes = fxp_clusters_get_codes (self, term);
      const guint16 *scales = fxp_clusters_get_scales (self, term);

      for (gsize cluster = 0; cluster < self->n_clusters; cluster++)
        {
          FxpClusterSpan span = fxp_cluster_grid_get_span (&self->grid, cluster);
          double scale = ldexp (scales[cluster], self->exponent);

          for (gsize i = 0, place = span.first; i < span.n_kernels * span.n_pixels;
               i++, place += span.stride)
            values[place] += scale * codes[place];
        }
    }
}

/* Clusters without a code but 0 in any term, and all codes that are not 0. */
static void
count_codes (const FxpClusters *self, FxpClusterReport *report)
{
  for (gsize cluster = 0; cluster < self->n_clusters; cluster++)
    {
      FxpClusterSpan span = fxp_cluster_grid_get_span (&self->grid, cluster);
      guint64 n_nonzero = 0;

      for (guint term = 0; term < self->n_terms; term++)
        {
          const gint8 *codes = fxp_clusters_get_codes (self, term) + span.first;

          for (gsize i = 0; i < span.n_kernels * span.n_pixels; i++)
            n_nonzero += codes[i * span.stride] != 0;
        }
      report->n_nonzero += n_nonzero;
      report->n_vanished += n_nonzero == 0;
    }
}

void
fxp_clusters_get_report (const FxpClusters *self, FxpClusterReport *report)
{
  double scale_bits = self->is_plain ? 0.0 : SCALE_BITS;

  *report = (FxpClusterReport){.energy = self->energy,
                               .error = self->error,
                               .error_real = self->error_real,
                               .n = self->n_terms * self->n_weights,
                               .n_clusters = self->n_clusters,
                               .n_nonfinite = self->n_nonfinite};
  /* Two terms of one sign each have one bit a weight each. */
  report->bits_per_weight =
    self->options.terms * self->options.bits +
    self->n_terms * scale_bits * (double)self->n_clusters / (double)self->n_weights;
  count_codes (self, report);
}
