/* SPDX-License-Identifier: MIT */
/* Samples in: immutable, atomically ref-counted, any thread. */
#pragma once

#include "tensor/shape.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  FXP_SPLIT_TRAIN,
  FXP_SPLIT_TEST,
  FXP_N_SPLITS
} FxpSplit;

typedef struct _FxpDataset FxpDataset;

/* What to load: exactly one of name and path.  The caller's strings are only read. */
typedef struct
{
  const char *name;   /* built-in: "circle", "xor", "gauss", "spiral", "digits"; or NULL */
  const char *path;   /* file or folder; or NULL */
  guint n_samples;    /* generated sets, 10..1000000 */
  double noise;       /* generated sets, percent, 0..50 */
  double test_share;  /* where the source is undivided, 0.05..0.95 */
  guint64 seed;       /* of generation and of division */
} FxpDatasetSource;

/* Builds or reads it.  Blocks; cancellable; errors are one sentence with file and offset or line.
 * Paths: an IDX image file (plain or .gz; its labels and the t10k/test pair are found beside it by
 * name), a folder with IDX files, or a CSV file (plain or .gz, header or not, numeric features, last
 * column the class).  Errors: FXP_ERROR_PARSE for an unknown name, FXP_ERROR_RANGE for a number of
 * the source, FXP_ERROR_DATASET for what a file holds, G_IO_ERROR for a file that cannot be read. */
FxpDataset *fxp_dataset_load (const FxpDatasetSource *source, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
FxpDataset *fxp_dataset_ref (FxpDataset *self);
void fxp_dataset_unref (FxpDataset *self);

/* Names of the built-in sets, NULL-terminated, static; and one sentence about each. */
const char *const *fxp_dataset_get_builtin_names (void);
const char *fxp_dataset_get_builtin_description (const char *name);

const char *fxp_dataset_get_name (const FxpDataset *self);
/* Shape of one sample: features (rank 1) or channels x height x width (rank 3). */
const FxpShape *fxp_dataset_get_shape (const FxpDataset *self);
guint fxp_dataset_get_n_classes (const FxpDataset *self);
const char *fxp_dataset_get_class_name (const FxpDataset *self, guint label);
gsize fxp_dataset_get_n (const FxpDataset *self, FxpSplit split);
gboolean fxp_dataset_is_image (const FxpDataset *self); /* rank 3 */
/* Two features, so a decision map makes sense; fills the domain [min,max]^2. */
gboolean fxp_dataset_get_plane (const FxpDataset *self, double *min, double *max);

/* Copies samples rows[0..n-1] of a split: inputs n x features row after row, labels n; either may
 * be NULL.  Byte images are divided by their scale (255, or 16 for sets of 0..16), exact doubles
 * otherwise. */
void fxp_dataset_gather (const FxpDataset *self,
                         FxpSplit split,
                         const guint32 *rows,
                         gsize n,
                         double *inputs,
                         guint16 *labels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpDataset, fxp_dataset_unref)

G_END_DECLS
