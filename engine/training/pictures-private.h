/* SPDX-License-Identifier: MIT */
/* What a snapshot brings besides numbers.  Each picture is one block of memory that the arrays it
 * points to are a part of; filled by who made it, immutable once it is in a snapshot. */
#pragma once

#ifndef FXP_COMPILATION
#  error "pictures-private.h is for engine/ and tests/ only"
#endif

#include "training/snapshot.h"

G_BEGIN_DECLS

/* Those that a window asks for, in the order of FxpView. */
typedef enum
{
  FXP_PICTURE_FIELD,
  FXP_PICTURE_SHEET,
  FXP_PICTURE_FILTERS,
  FXP_PICTURE_ACTIVATIONS,
  FXP_N_PICTURES
} FxpPicture;

/* Atomically ref-counted, zeroed but for sizes and pointers; the twin's arrays are NULL without. */
FxpField *fxp_field_new (guint size, gboolean with_twin) G_GNUC_WARN_UNUSED_RESULT;
FxpSheet *fxp_sheet_new (guint n, gboolean with_twin) G_GNUC_WARN_UNUSED_RESULT;
/* @n_mistakes: how many of them there is room for, of each twin; the counts of them stay 0. */
FxpConfusion *
fxp_confusion_new (guint n_classes, guint n_mistakes, gboolean with_twin) G_GNUC_WARN_UNUSED_RESULT;
/* @kernels: n x channels x height x width. */
FxpFilters *fxp_filters_new (const FxpShape *kernels, gboolean with_twin) G_GNUC_WARN_UNUSED_RESULT;
/* Copies the shapes. */
FxpActivations *fxp_activations_new (const FxpShape *shapes,
                                     guint n_layers,
                                     gboolean with_twin) G_GNUC_WARN_UNUSED_RESULT;

/* Of any of them. */
gconstpointer fxp_picture_ref (gconstpointer self);
void fxp_picture_unref (gconstpointer self);

G_END_DECLS
