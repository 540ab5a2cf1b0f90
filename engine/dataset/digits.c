/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "data/roundoff-data.h"

#define FOLDER "/io/github/roundoff/Roundoff/datasets/"

static FxpByteReader *
open_resource (const char *path, GError **error)
{
  g_autoptr (GInputStream) stream = NULL;

  /* A static library drops the constructor that would register the bundle. */
  roundoff_data_get_resource ();
  stream = g_resources_open_stream (path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (stream == NULL)
    return NULL;
  return fxp_byte_reader_new (stream, path);
}

static FxpSamples *
read_split (const char *images_path,
            const char *labels_path,
            FxpShape *shape,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (FxpByteReader) images = open_resource (images_path, error);
  g_autoptr (FxpByteReader) labels = NULL;

  if (images == NULL)
    return NULL;
  labels = open_resource (labels_path, error);
  if (labels == NULL)
    return NULL;
  return fxp_idx_read (images, labels, shape, cancellable, error);
}

FxpDataset *
fxp_digits_load (const FxpDatasetSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (FxpSamples) train = NULL;
  g_autoptr (FxpSamples) test = NULL;
  FxpShape shape;

  train = read_split (FOLDER "digits-train-images-idx3-ubyte.gz",
                      FOLDER "digits-train-labels-idx1-ubyte.gz",
                      &shape,
                      cancellable,
                      error);
  if (train == NULL)
    return NULL;
  test = read_split (FOLDER "digits-test-images-idx3-ubyte.gz",
                     FOLDER "digits-test-labels-idx1-ubyte.gz",
                     &shape,
                     cancellable,
                     error);
  if (test == NULL)
    return NULL;
  return fxp_idx_new_dataset (source->name,
                              &shape,
                              g_steal_pointer (&train),
                              g_steal_pointer (&test),
                              FOLDER,
                              error);
}
