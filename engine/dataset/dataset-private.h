/* SPDX-License-Identifier: MIT */
/* What the loaders share: samples being filled, the data set they become, the table's rows. */
#pragma once

#ifndef FXP_COMPILATION
#  error "dataset-private.h is for engine/ and tests/ only"
#endif

#include "dataset/byte-reader-private.h"
#include "dataset/dataset.h"

G_BEGIN_DECLS

#define FXP_DATASET_CLASSES_MAX 65535
#define FXP_DATASET_SAMPLES_MAX 10000000
/* 4 GiB, or half the address space where that is less. */
#define FXP_DATASET_BYTES_MAX MIN (G_GUINT64_CONSTANT (1) << 32, (guint64)G_MAXSIZE / 2)

/* Rows of features, one after another, with their labels. */
typedef struct
{
  gsize n; /* rows filled */
  gsize n_features;
  gsize n_allocated; /* rows there is memory for */
  gsize value_size;  /* 1 or sizeof (float) */
  gpointer features; /* guint8 or float, n x n_features */
  guint16 *labels;
} FxpSamples;

FxpSamples *fxp_samples_new (gsize n_features, gsize value_size) G_GNUC_WARN_UNUSED_RESULT;
void fxp_samples_free (FxpSamples *self);
/* Makes room for @n rows in all, and doubles what there was as long as that stays within @n_max.
 * Fails, naming @place, where that passes FXP_DATASET_BYTES_MAX or the memory there is. */
gboolean
fxp_samples_reserve (FxpSamples *self, gsize n, gsize n_max, const char *place, GError **error);
/* Gives back what is reserved beyond n. */
void fxp_samples_trim (FxpSamples *self);
/* Row @i of the new order is row order[i] of the old.  In place; @order is used up. */
gboolean
fxp_samples_permute (FxpSamples *self, guint32 *order, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpSamples, fxp_samples_free)

/* Where the rows of a split lie: @n rows from @first on, borrowed from the data set. */
typedef struct
{
  const FxpSamples *samples;
  gsize first;
  gsize n;
} FxpPart;

/* A loader fills the fields and hands the set on; from then on it is immutable. */
struct _FxpDataset
{
  char *name;
  FxpShape shape;
  gsize n_features; /* product of the shape */
  guint n_classes;
  char **class_names; /* n_classes of them, NULL-terminated */
  double plane_min;   /* domain of a set of two features */
  double plane_max;
  double byte_values[256];           /* what a stored byte stands for */
  FxpSamples *samples[FXP_N_SPLITS]; /* owned; the second is NULL where the source is undivided */
  FxpPart parts[FXP_N_SPLITS];
};

/* Takes @train and @test. A @test of NULL leaves the set undivided: fxp_dataset_divide() comes
 * next.  The class names are 0, 1, ... until a loader puts others. */
FxpDataset *fxp_dataset_new (const char *name,
                             const FxpShape *shape,
                             guint n_classes,
                             FxpSamples *train,
                             FxpSamples *test) G_GNUC_WARN_UNUSED_RESULT;
void fxp_dataset_take_class_names (FxpDataset *self, char **names);
/* Shuffles an undivided set by source->seed and gives source->test_share of it to the test split.
 * Fails on a share out of range, on a single sample, and when cancelled. */
gboolean fxp_dataset_divide (FxpDataset *self,
                             const FxpDatasetSource *source,
                             GCancellable *cancellable,
                             GError **error);

/* A row of the table of built-in sets. */
typedef struct
{
  const char *name;
  const char *description;
  FxpDataset *(*load) (const FxpDatasetSource *source, GCancellable *cancellable, GError **error);
} FxpBuiltin;

/* A row of the table of file formats; the first that recognizes a path loads it. */
typedef struct
{
  gboolean (*recognize) (const char *basename,
                         gboolean is_folder,
                         const guint8 *head,
                         gsize n_head);
  FxpDataset *(*load) (GFile *file,
                       gboolean is_folder,
                       const FxpDatasetSource *source,
                       GCancellable *cancellable,
                       GError **error);
} FxpFileFormat;

#define FXP_DATASET_HEAD_BYTES 16

/* synthetic.c: one loader for all generated sets, told apart by source->name. */
FxpDataset *fxp_synthetic_load (const FxpDatasetSource *source,
                                GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* digits.c */
FxpDataset *fxp_digits_load (const FxpDatasetSource *source,
                             GCancellable *cancellable,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* idx.c: the format, from readers; fxp_idx_files_load() in idx-files.c finds the files. */
FxpSamples *fxp_idx_read (FxpByteReader *images,
                          FxpByteReader *labels,
                          FxpShape *shape,
                          GCancellable *cancellable,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes both; @test may be NULL. */
FxpDataset *fxp_idx_new_dataset (const char *name,
                                 const FxpShape *shape,
                                 FxpSamples *train,
                                 FxpSamples *test,
                                 const char *place,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean fxp_idx_files_recognize (const char *basename,
                                  gboolean is_folder,
                                  const guint8 *head,
                                  gsize n_head);
FxpDataset *fxp_idx_files_load (GFile *file,
                                gboolean is_folder,
                                const FxpDatasetSource *source,
                                GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* csv.c */
gboolean
fxp_csv_recognize (const char *basename, gboolean is_folder, const guint8 *head, gsize n_head);
FxpDataset *fxp_csv_load (GFile *file,
                          gboolean is_folder,
                          const FxpDatasetSource *source,
                          GCancellable *cancellable,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
