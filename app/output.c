/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "output.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static gboolean
is_standard_output (const FxaOutput *output)
{
  return output->may_be_standard_output && strcmp (output->path, "-") == 0;
}

static gboolean
names_file (const FxaOutput *output)
{
  return output->path != NULL && !is_standard_output (output);
}

static gboolean
fail (GError **error, GQuark domain, int code, const char *format, ...) G_GNUC_PRINTF (4, 5);

static gboolean
fail (GError **error, GQuark domain, int code, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, domain, code, message);
  return FALSE;
}

static gboolean
fail_errno (GError **error, const char *path)
{
  const int number = errno;

  return fail (error,
               G_IO_ERROR,
               g_io_error_from_errno (number),
               _ ("%s: cannot be written: %s"),
               path,
               g_strerror (number));
}

/* The same for two paths if and only if they lead to one file, there already or not. */
static char *
get_place (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  char *real = realpath (path, NULL);
  char *place;

  if (real == NULL)
    {
      real = realpath (folder, NULL);
      place = g_build_filename (real != NULL ? real : folder, name, NULL);
    }
  else
    place = g_strdup (real);
  free (real);
  return place;
}

static gboolean
check_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    return fail (error,
                 G_IO_ERROR,
                 G_IO_ERROR_NOT_FOUND,
                 _ ("%s: cannot be written, as there is no folder %s"),
                 path,
                 folder);
  if (g_access (folder, W_OK) != 0)
    return fail (error,
                 G_IO_ERROR,
                 G_IO_ERROR_PERMISSION_DENIED,
                 _ ("%s: cannot be written, as the folder %s is read-only"),
                 path,
                 folder);
  return TRUE;
}

/* What a run log is appended to must be one, and whole. */
static gboolean
check_log (const char *path, const GStatBuf *status, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (FxpRun) run = NULL;

  if (g_access (path, W_OK) != 0)
    return fail_errno (error, path);
  if (status->st_size == 0)
    return TRUE;
  run = fxp_run_load (file, NULL, error);
  return run != NULL;
}

static gboolean
check_file (const FxaOutput *output, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (output->path);
  g_autoptr (FxpNewFile) trial = NULL;
  GStatBuf status;

  if (g_stat (output->path, &status) != 0)
    {
      if (errno != ENOENT && errno != ENOTDIR)
        return fail_errno (error, output->path);
    }
  else if (S_ISDIR (status.st_mode))
    return fail (error,
                 G_IO_ERROR,
                 G_IO_ERROR_IS_DIRECTORY,
                 _ ("%s: is a folder, expected a file to write"),
                 output->path);
  else if (!S_ISREG (status.st_mode))
    return fail (error,
                 G_IO_ERROR,
                 G_IO_ERROR_NOT_REGULAR_FILE,
                 _ ("%s: is a device, a pipe or a socket, expected a file or a new name"),
                 output->path);
  else if (output->appends)
    return check_log (output->path, &status, error);
  if (!check_folder (output->path, error))
    return FALSE;
  /* Whatever else there is against writing comes to light by trying; nothing stays of it. */
  trial = fxp_new_file_open (file, NULL, error);
  return trial != NULL;
}

static gboolean
check_name (const FxaOutput *output, GError **error)
{
  if (output->path[0] == '\0')
    return fail (error,
                 G_OPTION_ERROR,
                 G_OPTION_ERROR_BAD_VALUE,
                 _ ("%s: the name is empty, expected a file to write"),
                 output->option);
  if (strcmp (output->path, "-") == 0 && !is_standard_output (output))
    return fail (error,
                 G_OPTION_ERROR,
                 G_OPTION_ERROR_BAD_VALUE,
                 _ ("%s: cannot go to standard output, expected the name of a file (./- for one "
                    "of that name)"),
                 output->option);
  return TRUE;
}

/* That no earlier output and no input is the same file. */
static gboolean
check_alone (const FxaOutput *outputs, gsize i, const char *const *inputs, GError **error)
{
  g_autofree char *place = get_place (outputs[i].path);

  for (gsize other = 0; other < i; other++)
    {
      g_autofree char *taken = NULL;

      if (!names_file (&outputs[other]))
        continue;
      taken = get_place (outputs[other].path);
      if (strcmp (place, taken) == 0)
        return fail (error,
                     G_OPTION_ERROR,
                     G_OPTION_ERROR_BAD_VALUE,
                     _ ("%s and %s are both to be written to %s, expected different files"),
                     outputs[other].option,
                     outputs[i].option,
                     outputs[i].path);
    }
  for (const char *const *input = inputs; *input != NULL; input++)
    {
      g_autofree char *taken = get_place (*input);

      if (strcmp (place, taken) == 0 && g_strcmp0 (*input, outputs[i].replaces) != 0)
        return fail (error,
                     G_OPTION_ERROR,
                     G_OPTION_ERROR_BAD_VALUE,
                     _ ("%s: %s is read by this command, expected another file to write"),
                     outputs[i].option,
                     outputs[i].path);
    }
  return TRUE;
}

gboolean
fxa_outputs_check (const FxaOutput *outputs, gsize n, const char *const *inputs, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      if (outputs[i].path == NULL || is_standard_output (&outputs[i]))
        continue;
      if (!check_name (&outputs[i], error) || !check_alone (outputs, i, inputs, error))
        return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    if (names_file (&outputs[i]) && !check_file (&outputs[i], error))
      return FALSE;
  return TRUE;
}
