/* SPDX-License-Identifier: MIT */
/* What the loaders share: samples being filled, the data set they become, the table's rows. */
#pragma once

#ifndef FXP_COMPILATION
#  error "dataset-private.h is for engine/ and tests/ only"
#endif

#include "dataset/byte-reader-private.h"
#include "dataset/dataset.h"
#include "dataset/normalization-private.h"

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
/* Makes room for @n rows in all, and for an eighth more than there was as long as that stays within
 * @n_max, so that a file never costs much more memory than it brought data.
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
  FxpSamples *samples[FXP_N_SPLITS]; /* owned; test may be NULL, validation is */
  FxpPart parts[FXP_N_SPLITS];
  FxpNormalization *normalization; /* owned; NULL where values stay as they are */
};

/* Takes @train and @test. A @test of NULL leaves the set undivided: fxp_dataset_divide() comes
 * next.  The class names are 0, 1, ... until a loader puts others. */
FxpDataset *fxp_dataset_new (const char *name,
                             const FxpShape *shape,
                             guint n_classes,
                             FxpSamples *train,
                             FxpSamples *test) G_GNUC_WARN_UNUSED_RESULT;
void fxp_dataset_take_class_names (FxpDataset *self, char **names);
/* The domain of a set of two features: the square that holds every point, a tenth of its side wider
 * on each side.  Nothing for other sets. */
void fxp_dataset_fit_plane (FxpDataset *self);
/* From now on fxp_dataset_gather() gives normalized values.  Once, and last. */
gboolean fxp_dataset_normalize (FxpDataset *self, GCancellable *cancellable, GError **error);
/* What @value of the source, 0 for black, is behind the normalization; @channel of an image. */
double fxp_dataset_normalize_value (const FxpDataset *self, gsize channel, double value);

/* division.c.  Shuffles an undivided set by source->seed and gives source->test_share of it to the
 * test split. Fails on a share out of range, on a single sample, and when cancelled. */
gboolean fxp_dataset_divide (FxpDataset *self,
                             const FxpDatasetSource *source,
                             GCancellable *cancellable,
                             GError **error);
/* Gives source->validation_share of the training part to the validation split, by source->seed:
 * the end of what was shuffled already, else drawn.  Test samples stay what they are, and with a
 * share of 0 so does all else.  At least one sample is left to train on. */
gboolean fxp_dataset_set_aside (FxpDataset *self,
                                const FxpDatasetSource *source,
                                GCancellable *cancellable,
                                GError **error);
gboolean fxp_dataset_check_shares (const FxpDatasetSource *source, GError **error);

/* Loads a generated or built-in set. */
typedef FxpDataset *
FxpBuiltinLoad (const FxpDatasetSource *source, GCancellable *cancellable, GError **error);

/* A row of the table of built-in sets. */
typedef struct
{
  const char *name;
  const char *description;
  FxpBuiltinLoad *load;
} FxpBuiltin;

/* By a file's name and first bytes, decompressed. */
typedef gboolean FxpFileRecognize (const char *basename, const guint8 *head, gsize n_head);
/* By the names of the regular files in a folder, NULL-terminated. */
typedef gboolean FxpFolderRecognize (const char *const *names);
/* Loads a set from a file, or from the folder it is in. */
typedef FxpDataset *FxpFileLoad (GFile *file,
                                 gboolean is_folder,
                                 const FxpDatasetSource *source,
                                 GCancellable *cancellable,
                                 GError **error);

/* A row of the table of file formats; the first that recognizes a path loads it. */
typedef struct
{
  FxpFileRecognize *recognize;
  FxpFolderRecognize *recognize_folder; /* NULL: never a folder */
  FxpFileLoad *load;
} FxpFileFormat;

#define FXP_DATASET_HEAD_BYTES 16

/* file-formats.c: which loader takes what.
 *
 * The folder that holds a set: @folder itself, or one that is usual inside it, such as MNIST/raw or
 * cifar-10-batches-bin; and the format, or NULL if there is none.  A failure to look is an error,
 * finding nothing is not. */
const FxpFileFormat *fxp_file_format_find_in_folder (GFile *folder,
                                                     GFile **found,
                                                     GCancellable *cancellable,
                                                     GError **error);
FxpDataset *fxp_file_format_load (const FxpDatasetSource *source,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* synthetic.c: one loader for all generated sets, told apart by source->name. */
FxpBuiltinLoad fxp_synthetic_load G_GNUC_WARN_UNUSED_RESULT;

/* digits.c */
FxpBuiltinLoad fxp_digits_load G_GNUC_WARN_UNUSED_RESULT;

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
FxpFileRecognize fxp_idx_files_recognize;
FxpFolderRecognize fxp_idx_files_recognize_folder;
FxpFileLoad fxp_idx_files_load G_GNUC_WARN_UNUSED_RESULT;

/* cifar.c: the records, from readers; fxp_cifar_files_load() in cifar-files.c finds the files. */
typedef enum
{
  FXP_CIFAR_10,
  FXP_CIFAR_100,
} FxpCifarKind;

#define FXP_CIFAR_N_KINDS 2

gsize fxp_cifar_get_record_size (FxpCifarKind kind);
FxpSamples *fxp_cifar_new_samples (void) G_GNUC_WARN_UNUSED_RESULT;
/* Appends all records of @reader.  @n_max: how many rows there will be in all as far as can be
 * told; only a hint for how memory is taken. */
gboolean fxp_cifar_read (FxpSamples *samples,
                         FxpCifarKind kind,
                         FxpByteReader *reader,
                         gsize n_max,
                         GCancellable *cancellable,
                         GError **error);
/* Takes both; @test may be NULL. */
FxpDataset *fxp_cifar_new_dataset (const char *name,
                                   FxpCifarKind kind,
                                   FxpSamples *train,
                                   FxpSamples *test) G_GNUC_WARN_UNUSED_RESULT;
FxpFileRecognize fxp_cifar_files_recognize;
FxpFolderRecognize fxp_cifar_files_recognize_folder;
FxpFileLoad fxp_cifar_files_load G_GNUC_WARN_UNUSED_RESULT;

/* npz.c */
FxpFileRecognize fxp_npz_recognize;
FxpFileLoad fxp_npz_load G_GNUC_WARN_UNUSED_RESULT;

/* mat.c */
FxpFileRecognize fxp_mat_recognize;
FxpFolderRecognize fxp_mat_recognize_folder;
FxpFileLoad fxp_mat_load G_GNUC_WARN_UNUSED_RESULT;

/* csv.c */
FxpFileRecognize fxp_csv_recognize;
FxpFileLoad fxp_csv_load G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
