/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "dataset/npy-private.h"
#include "dataset/zip-archive-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* NumPy's archive of arrays, as numpy.savez() and savez_compressed() write it: samples and labels
 * to train on, and perhaps to test on, told by the names of the members below.  npy-samples.c says
 * which shapes they may have. */

typedef enum
{
  ROLE_TRAIN_SAMPLES,
  ROLE_TRAIN_LABELS,
  ROLE_TEST_SAMPLES,
  ROLE_TEST_LABELS,
  N_ROLES
} Role;

/* Names of members without ".npy", small or capital; the first that is there counts. */
static const char *const role_names[N_ROLES][8] = {
  {"x_train", "train_images", "train_x", "train_data", "x", "images", "data"},
  {"y_train", "train_labels", "train_y", "y", "labels", "target"},
  {"x_test", "test_images", "test_x", "test_data"},
  {"y_test", "test_labels", "test_y"},
};

typedef struct
{
  char *place;   /* the file's name */
  gsize n_bytes; /* of the file */
  char *members[N_ROLES];
  FxpShape shapes[2]; /* of a sample to train and to test on */
  FxpSamples *samples[2];
  guint16 *labels[2];
  gsize n_labels[2];
  guint n_classes;
} Npz;

static void
clear_npz (Npz *self)
{
  g_free (self->place);
  for (guint i = 0; i < N_ROLES; i++)
    g_free (self->members[i]);
  for (guint i = 0; i < 2; i++)
    {
      fxp_samples_free (self->samples[i]);
      g_free (self->labels[i]);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Npz, clear_npz)

gboolean
fxp_npz_recognize (const char *basename, const guint8 *head, gsize n_head)
{
  return g_str_has_suffix (basename, ".npz") || (n_head >= 4 && memcmp (head, "PK\3\4", 4) == 0);
}

/* Of the two roles of a part. */
static gboolean
is_labels (Role role)
{
  return role % 2 == 1;
}

/* The place of @member in the list of a role, or -1. */
static int
rank_member (const char *member, Role role)
{
  g_autofree char *lower = g_ascii_strdown (member, -1);

  if (g_str_has_suffix (lower, ".npy"))
    lower[strlen (lower) - strlen (".npy")] = '\0';
  for (int i = 0; role_names[role][i] != NULL; i++)
    if (strcmp (lower, role_names[role][i]) == 0)
      return i;
  return -1;
}

static gboolean
choose_members (Npz *self, FxpZipArchive *archive, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  const char *member;

  while ((member = fxp_zip_archive_next (archive, cancellable, &local_error)) != NULL)
    for (Role role = 0; role < N_ROLES; role++)
      {
        int rank = rank_member (member, role);

        if (rank < 0 ||
            (self->members[role] != NULL && rank_member (self->members[role], role) <= rank))
          continue;
        g_free (self->members[role]);
        self->members[role] = g_strdup (member);
      }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  for (Role role = 0; role < N_ROLES; role++)
    {
      Role partner = is_labels (role) ? role - 1 : role + 1;
      gboolean is_needed = role < ROLE_TEST_SAMPLES || self->members[partner] != NULL;

      if (!is_needed || self->members[role] != NULL)
        continue;
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: no array of %s, expected one named such as %s"),
                   self->place,
                   is_labels (role) ? _ ("labels") : _ ("samples"),
                   role_names[role][0]);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_member (Npz *self,
             Role role,
             FxpZipArchive *archive,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GInputStream) stream = fxp_zip_archive_get_stream (archive);
  g_autofree char *name = g_strdup_printf ("%s: %s", self->place, self->members[role]);
  g_autoptr (FxpByteReader) reader = fxp_byte_reader_new (stream, name);
  guint part = role / 2;
  guint n_classes = 0;

  if (!is_labels (role))
    {
      self->samples[part] =
        fxp_npy_read_samples (reader, self->n_bytes, &self->shapes[part], cancellable, error);
      return self->samples[part] != NULL;
    }
  self->labels[part] =
    fxp_npy_read_labels (reader, &self->n_labels[part], &n_classes, cancellable, error);
  self->n_classes = MAX (self->n_classes, n_classes);
  return self->labels[part] != NULL;
}

static gboolean
read_members (Npz *self, FxpZipArchive *archive, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  const char *member;

  while ((member = fxp_zip_archive_next (archive, cancellable, &local_error)) != NULL)
    for (Role role = 0; role < N_ROLES; role++)
      {
        gboolean is_read =
          is_labels (role) ? self->labels[role / 2] != NULL : self->samples[role / 2] != NULL;

        /* A name may occur twice. */
        if (g_strcmp0 (member, self->members[role]) == 0 && !is_read &&
            !read_member (self, role, archive, cancellable, error))
          return FALSE;
      }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Puts a part's labels beside its samples. */
static gboolean
join (Npz *self, guint part, GError **error)
{
  FxpSamples *samples = self->samples[part];

  if (samples->n != self->n_labels[part])
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: %zu labels in %s, expected %zu as there are samples in %s"),
                   self->place,
                   self->n_labels[part],
                   self->members[2 * part + 1],
                   samples->n,
                   self->members[2 * part]);
      return FALSE;
    }
  memcpy (samples->labels, self->labels[part], samples->n * sizeof *samples->labels);
  g_clear_pointer (&self->labels[part], g_free);
  return TRUE;
}

static gboolean
check_parts (const Npz *self, GError **error)
{
  const FxpSamples *train = self->samples[0];
  const FxpSamples *test = self->samples[1];
  g_autofree char *expected = fxp_shape_to_string (&self->shapes[0]);
  g_autofree char *found = NULL;

  if (self->n_classes < 2)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: every label is 0, expected at least 2 classes"),
                   self->place);
      return FALSE;
    }
  if (test == NULL || (fxp_shape_equal (&self->shapes[0], &self->shapes[1]) &&
                       train->value_size == test->value_size))
    return TRUE;
  found = fxp_shape_to_string (&self->shapes[1]);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("%s: samples of %s (%zu bytes a value) to test on, expected %s (%zu) as to train "
                  "on"),
               self->place,
               found,
               test->value_size,
               expected,
               train->value_size);
  return FALSE;
}

static gboolean
read_file (Npz *self,
           GFile *file,
           const FxpDatasetSource *source,
           GCancellable *cancellable,
           GError **error)
{
  FxpProgress progress = FXP_PROGRESS_INIT (source);
  g_autoptr (FxpZipArchive) listed = fxp_zip_archive_open (file, NULL, cancellable, error);
  g_autoptr (FxpZipArchive) archive = NULL;

  if (listed == NULL || !choose_members (self, listed, cancellable, error))
    return FALSE;
  fxp_progress_expect (&progress, file, cancellable);
  self->n_bytes = (gsize)progress.n_expected;
  archive = fxp_zip_archive_open (file, &progress, cancellable, error);
  return archive != NULL && read_members (self, archive, cancellable, error) &&
         join (self, 0, error) && (self->samples[1] == NULL || join (self, 1, error)) &&
         check_parts (self, error);
}

FxpDataset *
fxp_npz_load (GFile *file,
              gboolean is_folder,
              const FxpDatasetSource *source,
              GCancellable *cancellable,
              GError **error)
{
  g_auto (Npz) npz = {.place = g_file_get_parse_name (file)};
  g_autoptr (FxpDataset) self = NULL;
  g_autofree char *basename = g_file_get_basename (file);
  g_autofree char *name = NULL;
  gboolean is_divided;

  if (!read_file (&npz, file, source, cancellable, error))
    return NULL;
  if (g_str_has_suffix (basename, ".npz"))
    basename[strlen (basename) - strlen (".npz")] = '\0';
  name = g_utf8_make_valid (basename, -1);
  is_divided = npz.samples[1] != NULL;
  self = fxp_dataset_new (name,
                          &npz.shapes[0],
                          npz.n_classes,
                          g_steal_pointer (&npz.samples[0]),
                          g_steal_pointer (&npz.samples[1]));
  fxp_dataset_fit_plane (self);
  if (!is_divided && !fxp_dataset_divide (self, source, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}
