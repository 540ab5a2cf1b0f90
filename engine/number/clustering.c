/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/clustering-private.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "number/cluster-fit-private.h"
#include "number/clusters-private.h"
#include "number/quantizer.h"
#include "number/scaling.h"

#define SCALE_BITS     8
#define POWER_DISTANCE 15 /* between the greatest and the least scale that is a power of two */

struct _FxpClustering
{
  FxpClusters *clusters;
  double *rest;    /* n_weights: finite weights, then what the terms so far left of them */
  double *scales;  /* n_terms x n_clusters, real */
  double *cluster; /* the weights of one, side by side */
  gint8 *codes;    /* its codes */
  double *room;    /* FXP_CLUSTER_FIT_ROOM doubles for each of them */
};

FxpClustering *
fxp_clustering_new (const FxpClusterOptions *options, const FxpWeightShape *shape)
{
  FxpClustering *self = g_new0 (FxpClustering, 1);
  gsize n;

  self->clusters = fxp_clusters_alloc (options, shape);
  n = self->clusters->grid.size * shape->n_pixels;
  self->rest = g_new (double, self->clusters->n_weights);
  if (self->clusters->is_plain)
    return self;
  self->clusters->thresholds = g_new0 (double, self->clusters->n_clusters);
  self->scales = g_new (double, self->clusters->n_terms * self->clusters->n_clusters);
  self->cluster = g_new (double, n);
  self->codes = g_new (gint8, n);
  self->room = g_new (double, FXP_CLUSTER_FIT_ROOM *n);
  return self;
}

void
fxp_clustering_free (FxpClustering *self)
{
  fxp_clusters_unref (self->clusters);
  g_free (self->rest);
  g_free (self->scales);
  g_free (self->cluster);
  g_free (self->codes);
  g_free (self->room);
  g_free (self);
}

/* NaN, infinity and what float32 does not hold, whose squares might be infinite, count as 0. */
static inline double
make_finite (double weight)
{
  return fabs (weight) <= FLT_MAX ? weight : 0.0;
}

static void
take_weights (FxpClustering *self, const double *weights)
{
  FxpClusters *clusters = self->clusters;

  clusters->energy = 0.0;
  clusters->n_nonfinite = 0;
  for (gsize i = 0; i < clusters->n_weights; i++)
    {
      self->rest[i] = make_finite (weights[i]);
      clusters->energy += self->rest[i] * self->rest[i];
      clusters->n_nonfinite += !(fabs (weights[i]) <= FLT_MAX);
    }
}

static double
find_max (const double *values, gsize n)
{
  double max = 0.0;

  for (gsize i = 0; i < n; i++)
    max = MAX (max, fabs (values[i]));
  return max;
}

/* Codes of values / 2^exponent, to nearest, half up, symmetric. */
static void
round_codes (guint bits, int exponent, const double *values, gsize n, gint8 *codes)
{
  const FxpQuantizer quantizer = {{(guint8)bits, (gint8)-exponent, TRUE},
                                  FXP_ROUND_NEAREST_UP,
                                  FXP_OVERFLOW_SATURATE_SYMMETRIC};
  FxpQuantizeCounts counts = {0};

  fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, n, &counts, NULL);
}

/* By abs-max; 0 of zeros. */
static int
choose_exponent (guint bits, gboolean is_signed, double max)
{
  FxpScalingOptions options;

  fxp_scaling_options_init (&options, FXP_SCALING_ABS_MAX);
  return fxp_scaling_choose (&options, (FxpFormat){(guint8)bits, 0, is_signed}, max);
}

/* 2.4: the scale maps the greatest magnitude to the greatest code. */
static double
fit_linear (FxpClustering *self, gsize n)
{
  const guint bits = self->clusters->options.bits;
  double scale = find_max (self->cluster, n) / ((1 << (bits - 1)) - 1);

  for (gsize i = 0; i < n; i++)
    self->room[i] = scale > 0.0 ? self->cluster[i] / scale : 0.0;
  round_codes (bits, 0, self->room, n, self->codes);
  return scale;
}

/* 2.4, the other reading: dynamic fixed point with an exponent per cluster. */
static double
fit_power (FxpClustering *self, gsize n)
{
  const guint bits = self->clusters->options.bits;
  double max = find_max (self->cluster, n);
  int exponent = choose_exponent (bits, TRUE, max);

  round_codes (bits, exponent, self->cluster, n, self->codes);
  return max > 0.0 ? ldexp (1.0, exponent) : 0.0;
}

static void
gather (const FxpClustering *self, const FxpClusterSpan *span, const double *weights)
{
  gsize n = span->n_kernels * span->n_pixels;

  for (gsize i = 0; i < n; i++)
    self->cluster[i] = make_finite (weights[span->first + i * span->stride]);
}

static void
scatter (const FxpClustering *self, const FxpClusterSpan *span, guint term)
{
  gsize n = span->n_kernels * span->n_pixels;
  gint8 *codes = self->clusters->codes + term * self->clusters->n_weights + span->first;

  for (gsize i = 0; i < n; i++)
    codes[i * span->stride] = self->codes[i];
}

/* Fits one cluster to what is left of it. */
static void
fit_cluster (FxpClustering *self, gsize cluster, guint term)
{
  FxpClusters *clusters = self->clusters;
  const FxpClusterOptions *options = &clusters->options;
  const FxpClusterSpan span = fxp_cluster_grid_get_span (&clusters->grid, cluster);
  const gsize n = span.n_kernels * span.n_pixels;
  double scale, threshold = 0.0;

  gather (self, &span, self->rest);
  if (options->method == FXP_CLUSTER_LINEAR)
    scale = fit_linear (self, n);
  else if (options->method == FXP_CLUSTER_POWER)
    scale = fit_power (self, n);
  else
    {
      int sign = !options->asymmetric ? 0 : term % 2 == 0 ? 1 : -1;
      FxpClusterFit fit = fxp_cluster_fit_in_room (options->method,
                                                   sign,
                                                   self->cluster,
                                                   span.n_kernels,
                                                   span.n_pixels,
                                                   self->room,
                                                   self->codes);

      scale = fit.scale;
      threshold = fit.threshold;
    }
  if (term == 0)
    clusters->thresholds[cluster] = threshold;
  self->scales[term * clusters->n_clusters + cluster] = scale;
  scatter (self, &span, term);
}

/* Takes a term away from what is left. */
static void
take_term (FxpClustering *self, guint term)
{
  const FxpClusters *clusters = self->clusters;
  const double *scales = self->scales + term * clusters->n_clusters;
  const gint8 *codes = clusters->codes + term * clusters->n_weights;

  for (gsize cluster = 0; cluster < clusters->n_clusters; cluster++)
    {
      const FxpClusterSpan span = fxp_cluster_grid_get_span (&clusters->grid, cluster);

      for (gsize i = 0, place = span.first; i < span.n_kernels * span.n_pixels;
           i++, place += span.stride)
        self->rest[place] -= scales[cluster] * codes[place];
    }
}

/* A cluster whose scale is 0 is worth nothing, and so are its codes. */
static void
drop_codes (FxpClusters *clusters, gsize cluster, guint term)
{
  const FxpClusterSpan span = fxp_cluster_grid_get_span (&clusters->grid, cluster);
  gint8 *codes = clusters->codes + term * clusters->n_weights + span.first;

  for (gsize i = 0; i < span.n_kernels * span.n_pixels; i++)
    codes[i * span.stride] = 0;
}

/* 2.2: one exponent for all scales, so that the greatest takes all of its 8 bits. */
static void
quantize_scales (FxpClustering *self)
{
  FxpClusters *clusters = self->clusters;
  const gsize n = clusters->n_terms * clusters->n_clusters;
  FxpQuantizer quantizer = {{SCALE_BITS, 0, FALSE}, FXP_ROUND_NEAREST_UP, FXP_OVERFLOW_SATURATE};

  clusters->exponent = choose_exponent (SCALE_BITS, FALSE, find_max (self->scales, n));
  quantizer.format.frac_bits = (gint8)-clusters->exponent;
  for (gsize i = 0; i < n; i++)
    {
      clusters->scales[i] = (guint16)fxp_quantizer_apply_one (&quantizer, self->scales[i], 0);
      if (clusters->scales[i] == 0)
        drop_codes (clusters, i % clusters->n_clusters, (guint)(i / clusters->n_clusters));
    }
}

/* Scales that are powers of two already share their least exponent.  Those more than
 * POWER_DISTANCE below the greatest are raised, and their weights rounded anew. */
static void
align_scales (FxpClustering *self, const double *weights)
{
  FxpClusters *clusters = self->clusters;
  double max = find_max (self->scales, clusters->n_clusters), least = max;
  int exponent;

  for (gsize i = 0; i < clusters->n_clusters; i++)
    if (self->scales[i] > 0.0)
      least = MIN (least, self->scales[i]);
  least = MAX (least, ldexp (max, -POWER_DISTANCE));
  frexp (least, &exponent);
  clusters->exponent = max > 0.0 ? exponent - 1 : 0;
  for (gsize i = 0; i < clusters->n_clusters; i++)
    {
      FxpClusterSpan span = fxp_cluster_grid_get_span (&clusters->grid, i);

      clusters->scales[i] = 1;
      if (self->scales[i] >= least && max > 0.0)
        clusters->scales[i] = (guint16)(self->scales[i] / least);
      else if (self->scales[i] > 0.0)
        {
          gather (self, &span, weights);
          round_codes (clusters->options.bits,
                       clusters->exponent,
                       self->cluster,
                       span.n_kernels * span.n_pixels,
                       self->codes);
          scatter (self, &span, 0);
        }
    }
}

static void
cut_plain (FxpClustering *self)
{
  FxpClusters *clusters = self->clusters;
  const guint bits = clusters->options.bits;

  clusters->exponent = choose_exponent (bits, TRUE, find_max (self->rest, clusters->n_weights));
  clusters->scales[0] = 1;
  round_codes (bits, clusters->exponent, self->rest, clusters->n_weights, clusters->codes);
}

static void
cut_clusters (FxpClustering *self, const double *weights)
{
  FxpClusters *clusters = self->clusters;
  const guint n_per_step = clusters->options.asymmetric ? 2 : 1;

  /* Terms of one sign each are fitted to the same weights, so that a weight has a code of one. */
  for (guint step = 0; step < clusters->n_terms; step += n_per_step)
    {
      for (guint term = step; term < step + n_per_step; term++)
        for (gsize i = 0; i < clusters->n_clusters; i++)
          fit_cluster (self, i, term);
      for (guint term = step; term < step + n_per_step; term++)
        take_term (self, term);
    }
  clusters->error_real = 0.0;
  for (gsize i = 0; i < clusters->n_weights; i++)
    clusters->error_real += self->rest[i] * self->rest[i];
  if (clusters->options.method == FXP_CLUSTER_POWER)
    align_scales (self, weights);
  else
    quantize_scales (self);
}

FxpClusters *
fxp_clustering_run (FxpClustering *self, const double *weights)
{
  FxpClusters *clusters = self->clusters;
  double *values = self->rest;

  take_weights (self, weights);
  if (clusters->is_plain)
    cut_plain (self);
  else
    cut_clusters (self, weights);

  fxp_clusters_decode (clusters, values);
  clusters->error = 0.0;
  for (gsize i = 0; i < clusters->n_weights; i++)
    {
      double rest = make_finite (weights[i]) - values[i];

      clusters->error += rest * rest;
    }
  if (clusters->is_plain)
    clusters->error_real = clusters->error;
  return clusters;
}

static FxpClusters *
run_once (const FxpClusterOptions *options, const FxpWeightShape *shape, const double *weights)
{
  g_autoptr (FxpClustering) clustering = NULL;

  g_return_val_if_fail (weights != NULL, NULL);
  g_return_val_if_fail (shape->n_units > 0 && shape->n_inputs > 0 && shape->n_pixels > 0, NULL);
  g_return_val_if_fail (fxp_cluster_options_validate (options, NULL), NULL);

  clustering = fxp_clustering_new (options, shape);
  return fxp_clusters_ref (fxp_clustering_run (clustering, weights));
}

FxpClusters *
fxp_clusters_new (const FxpClusterOptions *options,
                  const FxpWeightShape *shape,
                  const double *weights)
{
  g_return_val_if_fail (options->method != FXP_CLUSTER_NONE, NULL);

  return run_once (options, shape, weights);
}

FxpClusters *
fxp_clusters_new_plain (guint bits, const FxpWeightShape *shape, const double *weights)
{
  const FxpClusterOptions options = {.bits = bits, .size = 1, .terms = 1};

  return run_once (&options, shape, weights);
}
