/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/mat-check-private.h"
#include "dataset/mat-library-private.h"
#include "dataset/mat-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <limits.h>
#include <string.h>

#define SIDE_MAX 4096
/* A deflated byte stands for no more. */
#define DEFLATE_RATIO_MAX 1032

/* A file being read.  It lives until its thread is done, which may be after the load was given up:
 * a call of the library cannot be interrupted. */
typedef struct
{
  const FxpMatLibrary *lib;
  char *path;
  gsize n_bytes;
  mat_t *mat;
  matvar_t *x;
  matvar_t *y;
  FxpShape shape;
  FxpSamples *samples;
  double *labels;
} Reading;

static void
reading_free (Reading *self)
{
  self->lib->VarFree (self->x);
  self->lib->VarFree (self->y);
  if (self->mat != NULL)
    self->lib->Close (self->mat);
  fxp_samples_free (self->samples);
  g_free (self->labels);
  g_free (self->path);
  g_free (self);
}

static gboolean
set_error (const Reading *self, const char *found, const char *expected, GError **error)
{
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               /* translators: file, what was found in it, what was expected */
               _ ("%s: %s, expected %s"),
               self->path,
               found,
               expected);
  return FALSE;
}

/* "32x32x3x100" */
static char *
describe (const matvar_t *variable)
{
  g_autoptr (GString) text = g_string_new (variable->name);

  g_string_append (text, variable->rank > 0 ? " of " : "");
  for (int i = 0; i < variable->rank; i++)
    g_string_append_printf (text, "%s%zu", i > 0 ? "x" : "", variable->dims[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The samples must be bytes, and no more of them than a file of its size can hold. */
static gboolean
check_x (Reading *self, GError **error)
{
  const matvar_t *x = self->x;
  g_autofree char *found = describe (x);
  gsize n_rows = x->rank == 4 ? x->dims[3] : 1;
  gsize limit = MIN (self->n_bytes * DEFLATE_RATIO_MAX, INT_MAX);

  if (x->class_type != MAT_C_UINT8 || x->isComplex || x->rank < 3 || x->rank > 4)
    return set_error (self, found, _ ("bytes of height x width x channels x samples"), error);
  for (int i = 0; i < 3; i++)
    if (x->dims[i] < 1 || x->dims[i] > SIDE_MAX)
      return set_error (self, found, _ ("sizes of 1..4096"), error);
  self->shape = FXP_SHAPE_3 (x->dims[2], x->dims[0], x->dims[1]);
  if (n_rows < 1 || n_rows > FXP_DATASET_SAMPLES_MAX ||
      n_rows > limit / fxp_shape_get_n (&self->shape))
    return set_error (self, found, _ ("as many samples as a file of its size can hold"), error);
  return TRUE;
}

static gboolean
check_y (Reading *self, gsize n, GError **error)
{
  const matvar_t *y = self->y;
  g_autofree char *found = describe (y);

  if (y->isComplex || y->rank != 2 || MIN (y->dims[0], y->dims[1]) != 1 ||
      MAX (y->dims[0], y->dims[1]) != n)
    return set_error (self, found, _ ("a column of one label for each sample of X"), error);
  return TRUE;
}

static gboolean
read_x (Reading *self, GError **error)
{
  gsize n_features = fxp_shape_get_n (&self->shape);
  gsize n = self->x->rank == 4 ? self->x->dims[3] : 1;

  self->samples = fxp_samples_new (n_features, 1);
  if (!fxp_samples_reserve (self->samples, n, n, self->path, error))
    return FALSE;
  /* Whatever the library leaves out is black and not chance. */
  memset (self->samples->features, 0, n * n_features);
  self->samples->n = n;
  if (self->lib->VarReadDataLinear (self->mat,
                                    self->x,
                                    self->samples->features,
                                    0,
                                    1,
                                    (int)(n * n_features)) != 0)
    return set_error (self, _ ("X cannot be read"), _ ("bytes"), error);
  return TRUE;
}

static gboolean
read_y (Reading *self, GError **error)
{
  gsize n = self->samples->n;
  gsize size = self->lib->SizeOfClass (self->y->class_type);
  g_autofree guint8 *raw = g_malloc0 (n * MAX (size, 1));

  self->labels = g_new0 (double, n);
  if (self->lib->VarReadDataLinear (self->mat, self->y, raw, 0, 1, (int)n) != 0)
    return set_error (self, _ ("y cannot be read"), _ ("numbers"), error);
  for (gsize i = 0; i < n; i++)
    switch (self->y->class_type)
      {
      case MAT_C_DOUBLE:
        self->labels[i] = ((const double *)(gpointer)raw)[i];
        break;
      case MAT_C_SINGLE:
        self->labels[i] = (double)((const float *)(gpointer)raw)[i];
        break;
      case MAT_C_UINT8:
        self->labels[i] = raw[i];
        break;
      case MAT_C_INT32:
        self->labels[i] = ((const gint32 *)(gpointer)raw)[i];
        break;
      default:
        return set_error (self,
                          _ ("y of another type"),
                          _ ("uint8, int32, single or double"),
                          error);
      }
  return TRUE;
}

static gboolean
read_arrays (Reading *self, GError **error)
{
  self->mat = self->lib->Open (self->path, MAT_ACC_RDONLY);
  if (self->mat == NULL)
    return set_error (self, _ ("cannot be opened"), _ ("a MATLAB 5 file"), error);
  self->x = self->lib->VarReadInfo (self->mat, "X");
  self->y = self->lib->VarReadInfo (self->mat, "y");
  if (self->x == NULL || self->y == NULL)
    return set_error (self, _ ("lacks X or y"), _ ("both, as in SVHN"), error);
  return check_x (self, error) &&
         check_y (self, self->x->rank == 4 ? self->x->dims[3] : 1, error) && read_x (self, error) &&
         read_y (self, error);
}

static void
read_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (read_arrays (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

FxpSamples *
fxp_mat_read (GFile *file,
              FxpShape *shape,
              double **labels,
              FxpProgress *progress,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GTask) task = NULL;
  const FxpMatLibrary *lib;
  Reading *reading;
  FxpProgress size = {0};

  if (!fxp_mat_check (file, progress, cancellable, error))
    return NULL;
  lib = fxp_mat_library_get (error);
  if (lib == NULL)
    {
      g_autofree char *place = g_file_get_parse_name (file);

      /* translators: a file; what follows says which library is missing */
      g_prefix_error (error, _ ("%s: MATLAB data cannot be read: "), place);
      return NULL;
    }
  fxp_progress_expect (&size, file, cancellable);
  reading = g_new0 (Reading, 1);
  reading->lib = lib;
  reading->path = g_file_get_path (file);
  reading->n_bytes = (gsize)size.n_expected;
  task = g_task_new (NULL, cancellable, NULL, NULL);
  g_task_set_task_data (task, reading, (GDestroyNotify)reading_free);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread_sync (task, read_thread);
  if (!g_task_propagate_boolean (task, error))
    return NULL;
  *shape = reading->shape;
  *labels = g_steal_pointer (&reading->labels);
  return g_steal_pointer (&reading->samples);
}
