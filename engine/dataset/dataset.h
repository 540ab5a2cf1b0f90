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
  FXP_SPLIT_VALIDATION, /* a part of the training data that is not trained on; may be empty */
  FXP_N_SPLITS
} FxpSplit;

typedef struct _FxpDataset FxpDataset;

/* What to load: exactly one of name and path.  The caller's strings are only read. */
typedef struct
{
  const char *name;   /* built-in: "circle", "xor", "gauss", "spiral", "digits"; published:
                       * "fashion-mnist", "mnist", "usps", "cifar10", "cifar100", "svhn"; or NULL */
  const char *path;   /* file or folder; or NULL */
  guint n_samples;    /* generated sets, 10..1000000 */
  double noise;       /* generated sets, percent, 0..50 */
  double test_share;  /* where the source is undivided, 0.05..0.95 */
  double validation_share; /* of what is not test data, 0..0.5 */
  gboolean normalize; /* subtract each channel's (rank 1: each feature's) mean over the training data
                       * and divide by its deviation */
  guint64 seed;       /* of generation and of division */
  /* NULL, or called now and then from the loading thread with the share done, 0..1. */
  void (*progress) (double share, gpointer data);
  gpointer progress_data;
} FxpDatasetSource;

/* Builds or reads it.  Blocks; cancellable; errors are one sentence with file and offset or line.
 * Paths, plain or gzip:
 * - an IDX image file (its labels and the t10k/test pair are found beside it by name);
 * - a file of CIFAR-10 or CIFAR-100 binary records (its test or training files likewise);
 * - an .npz of NumPy with x_train, y_train, x_test, y_test; npz.c lists the names and shapes;
 * - SVHN's train_32x32.mat, with test_32x32.mat beside it;
 * - a CSV file (header or not, numeric features, last column the class);
 * - a folder with IDX, CIFAR or SVHN files, or one that holds such a folder under its usual name.
 * Errors: FXP_ERROR_PARSE for an unknown name, FXP_ERROR_RANGE for a number of the source,
 * FXP_ERROR_DATASET for what a file holds, G_IO_ERROR for a file that cannot be read or a published
 * set that is not on this computer. */
FxpDataset *fxp_dataset_load (const FxpDatasetSource *source, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
FxpDataset *fxp_dataset_ref (FxpDataset *self);
void fxp_dataset_unref (FxpDataset *self);

/* Names of the sets that are always there, NULL-terminated, static. */
const char *const *fxp_dataset_get_builtin_names (void);
/* Names of the sets that a source may name too but that must be on this computer: they are looked
 * for where fxp_dataset_find() looks.  NULL-terminated, static. */
const char *const *fxp_dataset_get_published_names (void);
/* Where such a set is, looked for as loading does; G_IO_ERROR_NOT_FOUND says what to install or where
 * to put it. */
char *fxp_dataset_find_published (const char *name,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One sentence about a set of either list, or NULL. */
const char *fxp_dataset_get_builtin_description (const char *name);
/* Whether either list has it. */
gboolean fxp_dataset_is_name (const char *name);

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
 * otherwise; then comes the normalization, if the source asked for it. */
void fxp_dataset_gather (const FxpDataset *self,
                         FxpSplit split,
                         const guint32 *rows,
                         gsize n,
                         double *inputs,
                         guint16 *labels);

/* The same without the normalization, for pictures: what the source holds. */
void fxp_dataset_gather_raw (const FxpDataset *self,
                             FxpSplit split,
                             const guint32 *rows,
                             gsize n,
                             double *inputs,
                             guint16 *labels);

/* A data set on this computer that dataset.path can name. */
typedef struct
{
  char *name; /* "Fashion-MNIST" */
  char *path;
} FxpFoundDataset;

void fxp_found_dataset_free (FxpFoundDataset *self);
/* Looks where data sets are put: the folders of the environment variable ROUNDOFF_DATA (separated by
 * colons), datasets in the user's data folder, downloads, /usr/share/datasets; in each at the folder
 * itself and at those in it.  Of FxpFoundDataset; empty if there are none.  Blocks for a few
 * directory reads and opens no file. */
GPtrArray *fxp_dataset_find (GCancellable *cancellable) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpDataset, fxp_dataset_unref)

G_END_DECLS
