/* SPDX-License-Identifier: MIT */
/* An array in NumPy's .npy format, element after element; for npz.c. */
#pragma once

#ifndef FXP_COMPILATION
#  error "npy-private.h is for engine/ and tests/ only"
#endif

#include "dataset/dataset-private.h"

G_BEGIN_DECLS

typedef struct
{
  char kind;  /* 'u', 'i', 'f', or 'b' for booleans */
  guint size; /* bytes of an element: 1, 2, 4 or 8 */
  gboolean is_big_endian;
  gboolean is_fortran; /* the first index runs fastest; FALSE where that makes no difference */
  FxpShape shape;      /* rank 1..4, no size of 0 */
  gsize n;             /* elements in all */
} FxpNpyHead;

/* Reads the head, up to the first element. */
gboolean fxp_npy_read_head (FxpByteReader *reader,
                            FxpNpyHead *head,
                            GCancellable *cancellable,
                            GError **error);
/* Whether elements are bytes that may be kept as they are. */
gboolean fxp_npy_is_bytes (const FxpNpyHead *head);
/* The next @n elements as numbers; bytes go through fxp_npy_read_bytes() as well.  A real number
 * that is not finite is an error, and so is an early end. */
gboolean fxp_npy_read_values (FxpByteReader *reader,
                              const FxpNpyHead *head,
                              double *values,
                              gsize n,
                              GCancellable *cancellable,
                              GError **error);
gboolean fxp_npy_read_bytes (FxpByteReader *reader,
                             const FxpNpyHead *head,
                             guint8 *bytes,
                             gsize n,
                             GCancellable *cancellable,
                             GError **error);
/* Fails if more follows the elements. */
gboolean fxp_npy_check_end (FxpByteReader *reader, GCancellable *cancellable, GError **error);

/* npy-samples.c: whole arrays.  @n_stored: bytes of the file the array comes from, which bound what
 * it can hold; @shape: of one sample.  The labels of the samples are left as they are. */
FxpSamples *fxp_npy_read_samples (FxpByteReader *reader,
                                  gsize n_stored,
                                  FxpShape *shape,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @n_classes: one more than the greatest label, or the columns of a one-hot array. */
guint16 *fxp_npy_read_labels (FxpByteReader *reader,
                              gsize *n,
                              guint *n_classes,
                              GCancellable *cancellable,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
