/* SPDX-License-Identifier: MIT */
/* The inner loops of the integer engine, one table per vector unit: sums of clusters, each times
 * its scale, at many places of an image at once, and the way from a sum to a code.  Strips of
 * columns are output channels, rows are places; the sum of a cluster stays in registers over all of
 * its codes, and so does what the scaled sums add up to. */
#pragma once

#ifndef FXP_COMPILATION
#  error "cluster-kernel-private.h is for engine/ and tests/ only"
#endif

#include "number/format.h"

G_BEGIN_DECLS

/* What a step, 4 bytes of a frame, holds. */
typedef enum
{
  FXP_STEP_QUAD,   /* four codes without sign, which the caller may have raised by 128 */
  FXP_STEP_PAIR,   /* two signed codes of 16 bits */
  FXP_STEP_SINGLE, /* one code of 32 bits, for sums beyond 32 bits */
  FXP_N_STEPS
} FxpStepKind;

#define FXP_STEP_SIZE 4

/* 4, 2 or 1. */
gsize fxp_step_kind_get_n_codes (FxpStepKind self);

/* What becomes of the sum of a cluster. */
typedef enum
{
  FXP_SCALE_NONE,  /* it is added as it is */
  FXP_SCALE_SHORT, /* it fits 16 bits, and is multiplied by its scale, 0..255 */
  FXP_SCALE_LONG,  /* it does not */
  FXP_SCALE_SHIFT, /* it is shifted left: scales are powers of two, and the table has their
                    * logarithms */
} FxpScaleKind;

/* Columns of a strip; the last one of a product may have half as many. */
#define FXP_CLUSTER_STRIP 32

/* Sums of clusters to fewer bits before they meet their scales: clip ((sum + half) >> shift). */
typedef struct
{
  guint shift;
  gint64 half, most;
  guint64 n_clipped; /* of all that went through it so far */
  guint64 peak;      /* greatest magnitude of these before */
} FxpClusterReduction;

/* Step s of a place is the 4 bytes at frame + places[i] + steps[s]; all in bytes, any alignment.
 * The first counts[0] steps are cluster 0, the next counts[1] cluster 1. */
typedef struct
{
  const guint8 *frame;
  const gsize *places;
  const guint32 *steps;
  const guint32 *counts;
  gsize n_clusters;
  FxpScaleKind scaling;
  FxpClusterReduction *reduction; /* NULL: sums are exact; singles only */
} FxpClusterWalk;

/* One strip of 16 or 32 columns.  The codes of a step are side by side for each column: step s of
 * column c at codes + (s * n_columns + c) * codes of a step, 8 bits each in quads and singles, 16
 * in pairs. */
typedef struct
{
  gconstpointer codes;
  const gint32 *scales; /* of cluster k and column c: scales[k * n_columns + c] */
  const gint32 *starts; /* what sums of a column begin with */
  gsize n_columns;
} FxpClusterStrip;

/* sums[i * stride + c] for i < n_places and the columns of the strip: gint32 modulo 2^32, so that a
 * sum that fits is right whatever its parts did; of singles gint64. */
typedef void (*FxpClusterForm) (const FxpClusterWalk *walk,
                                gsize n_places,
                                const FxpClusterStrip *strip,
                                gpointer sums,
                                gsize stride);

/* From sums to codes: code = clip ((A sum + B') >> shift), in 64 bits, where sums are first brought
 * between low and high, beyond which every code is clipped; requantizer-private.h says how.  Arrays
 * are per channel. */
typedef struct
{
  gsize n_channels;
  const gint32 *factors, *low, *high;
  const gint64 *offsets; /* with half a code, and bias 2^shift more, so that no sum is negative */
  guint shift;
  gint32 bias;
  gint32 least, greatest; /* code */
  gint32 beneath, above;  /* codes below and above these were clipped to the format */
} FxpRequantization;

/* @n_rows rows of n_channels sums become as many codes behind each other.  Returns how many were
 * clipped. */
typedef guint64 (*FxpRequantize) (const FxpRequantization *self,
                                  const gint32 *sums,
                                  gsize n_rows,
                                  gsize stride,
                                  gpointer codes);

typedef struct
{
  FxpClusterForm form[FXP_N_STEPS]; /* NULL where the unit has none: quads */
  FxpRequantize requantize[FXP_STORAGE_U16 + 1];
} FxpClusterKernels;

/* Those of fxp_vector_unit_get(). */
const FxpClusterKernels *fxp_cluster_kernels_get (void);

extern const FxpClusterKernels fxp_cluster_kernels_plain;
extern const FxpClusterKernels fxp_cluster_kernels_avx2;
extern const FxpClusterKernels fxp_cluster_kernels_avx512;
extern const FxpClusterKernels fxp_cluster_kernels_vnni;

G_END_DECLS
