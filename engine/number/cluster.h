/* SPDX-License-Identifier: MIT */
/* Weights as few-bit codes with one scale per cluster (Mellempudi et al. 2017; Fine-Grained
 * Quantization, 2017; Ternary Weight Networks, Li & Liu 2016): w ~ sum over terms of scale x code.
 * Immutable results; any thread. */
#pragma once

#include <glib.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/* Threshold and scale of ternary codes, t = sign (w) where |w| is above the threshold, else 0; or
 * the scale of codes of more bits.  Methods called reconstructed follow the paper as it is
 * remembered; its text was not at hand. */
typedef enum
{
  FXP_CLUSTER_NONE,         /* weights stay as they are */
  FXP_CLUSTER_OPTIMAL,      /* least squared error: the k that maximizes S_k^2 / k */
  FXP_CLUSTER_TWN,          /* threshold 0.7 E|w| of the cluster; scale: mean of what is kept */
  FXP_CLUSTER_HIERARCHICAL, /* threshold: RMS of the greatest of what kernels' optima keep at least;
                             * mean (reconstructed) */
  FXP_CLUSTER_RMS_REFIT,    /* threshold: RMS of the greatest RMS scales of kernels; mean
                             * (reconstructed) */
  FXP_CLUSTER_RMS_LITERAL,  /* that number is threshold and scale (reconstructed) */
  FXP_CLUSTER_LINEAR,       /* k bits: scale max |w| / (2^(k-1) - 1), codes to nearest */
  FXP_CLUSTER_POWER,        /* k bits: dynamic fixed point, an exponent per cluster by abs-max */
  FXP_N_CLUSTER_METHODS
} FxpClusterMethod;

/* "none", "opt", "twn", "hier", "rms-refit", "rms-literal", "linear", "power" */
const char *fxp_cluster_method_get_nick (FxpClusterMethod self);
gboolean fxp_cluster_method_parse (const char *text, FxpClusterMethod *method, GError **error);
/* The name for users, translated; says "reconstructed" where the paper's text was not at hand. */
const char *fxp_cluster_method_get_name (FxpClusterMethod self);
/* TRUE for those that give three values; their bits are 2. */
gboolean fxp_cluster_method_is_ternary (FxpClusterMethod self);

typedef enum
{
  FXP_GRANULARITY_LAYER,   /* one cluster */
  FXP_GRANULARITY_FILTER,  /* one per output unit */
  FXP_GRANULARITY_KERNELS, /* N kernels of consecutive input channels of one output (the paper) */
  FXP_GRANULARITY_WEIGHTS, /* N weights of consecutive input channels at one tap of one output (FGQ)
                            */
  FXP_N_GRANULARITIES
} FxpGranularity;

/* "layer", "filter", "kernels", "weights" */
const char *fxp_granularity_get_nick (FxpGranularity self);
gboolean fxp_granularity_parse (const char *text, FxpGranularity *granularity, GError **error);

#define FXP_CLUSTER_BITS_MIN  2
#define FXP_CLUSTER_BITS_MAX  8
#define FXP_CLUSTER_SIZE_MAX  65536
#define FXP_CLUSTER_TERMS_MAX 4

typedef struct
{
  FxpClusterMethod method;
  guint bits; /* of a code, 2..8; 2 where the method is ternary */
  FxpGranularity granularity;
  guint size;          /* N, 1..65536; of kernels and weights */
  guint terms;         /* residual steps, 1..4 (Kundu et al. 2017); 1 unless ternary */
  gboolean asymmetric; /* ternary: scales of their own for + and -: two terms of one sign each
                        * per residual step */
} FxpClusterOptions;

/* opt, 2 bits, kernels, N = 4, one term. */
void fxp_cluster_options_init (FxpClusterOptions *self);
gboolean fxp_cluster_options_equal (const FxpClusterOptions *a, const FxpClusterOptions *b);
/* FXP_ERROR_RANGE says which one does not fit which. */
gboolean fxp_cluster_options_validate (const FxpClusterOptions *self, GError **error);

/* Shape of weights: out x in x pixels of the kernel, as they lie. */
typedef struct
{
  gsize n_units, n_inputs, n_pixels;
} FxpWeightShape;

/* One cluster before its scale is quantized. */
typedef struct
{
  double threshold; /* |w| above it are kept, of FXP_CLUSTER_HIERARCHICAL at it too; of the optimum,
                     * scale / 2; of k bits 0 */
  double scale;     /* real; 0 where nothing is kept */
  guint n, n_kept;
  double error; /* sum of (w - scale t)^2 */
} FxpClusterFit;

/* Fits one cluster of @n_kernels kernels of @n_pixels weights each, one after the other, all
 * finite; writes n_kernels x n_pixels codes.  Ternary methods only; not FXP_CLUSTER_NONE.  Equal
 * magnitudes have equal codes, so the order of weights does not matter.  No allocation up to 4096
 * weights. */
FxpClusterFit fxp_cluster_fit (FxpClusterMethod method,
                               const double *weights,
                               gsize n_kernels,
                               gsize n_pixels,
                               gint8 *codes);

typedef struct _FxpClusters FxpClusters; /* immutable, atomically ref-counted */

/* Clusters @weights, shape->n_units x n_inputs x n_pixels, and quantizes the scales to 8 bits:
 * alpha_q = clip ([alpha 2^-e], 0, 255) 2^e, nearest, half up; e = floor (log2 max alpha) - 7, one
 * e of all terms.  Where a scale becomes 0 so do its codes.  Of FXP_CLUSTER_POWER scales are
 * powers of two and e is the least exponent, or 15 below the greatest where they lie further apart.
 * NaN, infinity and what is beyond float32 count as 0 and are counted.  @options: not of
 * FXP_CLUSTER_NONE. */
FxpClusters *fxp_clusters_new (const FxpClusterOptions *options,
                               const FxpWeightShape *shape,
                               const double *weights) G_GNUC_WARN_UNUSED_RESULT;
/* Plain k-bit words of one exponent, by abs-max, without scales: the 8-bit layers. */
FxpClusters *fxp_clusters_new_plain (guint bits,
                                     const FxpWeightShape *shape,
                                     const double *weights) G_GNUC_WARN_UNUSED_RESULT;
/* From stored parts, copied.  @codes: n_terms x n weights; @scales: n_terms x n_clusters; NULL:
 * plain, of @options the bits alone count.  FXP_ERROR_RANGE names the code, scale or exponent that
 * is out of range, and why. */
FxpClusters *fxp_clusters_new_from_parts (const FxpClusterOptions *options,
                                          const FxpWeightShape *shape,
                                          const gint8 *codes,
                                          const guint16 *scales,
                                          int exponent,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
FxpClusters *fxp_clusters_ref (FxpClusters *self);
void fxp_clusters_unref (FxpClusters *self);

const FxpClusterOptions *fxp_clusters_get_options (const FxpClusters *self);
const FxpWeightShape *fxp_clusters_get_shape (const FxpClusters *self);
/* TRUE: one exponent, no scales, nothing to multiply them with; n_clusters is 1 and the scale 1. */
gboolean fxp_clusters_is_plain (const FxpClusters *self);
/* Sets of codes and scales: residual steps, twice as many where asymmetric. */
guint fxp_clusters_get_n_terms (const FxpClusters *self);
gsize fxp_clusters_get_n_clusters (const FxpClusters *self);
/* Kernels or weights of a whole cluster: N, or all there are where that is fewer. */
guint fxp_clusters_get_effective_size (const FxpClusters *self);
/* Which cluster a weight belongs to.  Clusters count as weights lie, unit by unit; those of weights
 * group of inputs by group of inputs, and in it pixel by pixel. */
gsize fxp_clusters_find (const FxpClusters *self, gsize unit, gsize input, gsize pixel);
/* Codes of a term as weights lie; borrowed. */
const gint8 *fxp_clusters_get_codes (const FxpClusters *self, guint term);
/* Mantissas of its scales, 0..255 (of powers of two, 1..2^15), times 2^exponent; borrowed. */
const guint16 *fxp_clusters_get_scales (const FxpClusters *self, guint term);
int fxp_clusters_get_exponent (const FxpClusters *self);
/* Of term 0, what the codes were cut with; NaN where it was stored or plain. */
double fxp_clusters_get_threshold (const FxpClusters *self, gsize cluster);
/* The values: sum over terms of scale x code x 2^exponent, exact; n of them. */
void fxp_clusters_decode (const FxpClusters *self, double *values);

/* How well they stand for the weights they were made of. */
typedef struct
{
  double energy;                /* sum of w^2 */
  double error;                 /* sum of (w - its value)^2, scales quantized */
  double error_real;            /* the same before scales were quantized */
  guint64 n, n_nonzero;         /* codes of all terms */
  gsize n_clusters, n_vanished; /* with no code but 0 */
  guint64 n_nonfinite;
  double bits_per_weight; /* codes and 8-bit scales of all terms */
} FxpClusterReport;

/* Of parts that were stored, energy and errors are NaN. */
void fxp_clusters_get_report (const FxpClusters *self, FxpClusterReport *report);

/* Codes of 2, 4 or 8 bits, packed from the lowest bits of a byte up, two's complement. */
gsize fxp_codes_get_packed_size (guint bits, gsize n);
/* @bits 2..8 are stored in 2, 4 or 8. */
guint fxp_codes_get_stored_bits (guint bits);
void fxp_codes_pack (guint stored_bits, const gint8 *codes, gsize n, guint8 *packed);
void fxp_codes_unpack (guint stored_bits, const guint8 *packed, gsize n, gint8 *codes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpClusters, fxp_clusters_unref)

G_END_DECLS
