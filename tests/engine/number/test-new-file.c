/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/new-file.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  char *path;
  GFile *file;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("fxp-new-file-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "a file \xc3\xa9.txt", NULL);
  self->file = g_file_new_for_path (self->path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_remove (self->path);
  /* Nothing else was left beside it. */
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_object_unref (self->file);
  g_free (self->path);
  g_free (self->folder);
}

static void
assert_content (const Fixture *self, const char *expected)
{
  g_autofree char *text = NULL;

  if (expected == NULL)
    {
      g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
      return;
    }
  g_assert_true (g_file_get_contents (self->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_commit (Fixture *self, gconstpointer data)
{
  const char *const texts[] = {"one", "two"};
  const char *before = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpNewFile) file = fxp_new_file_open (self->file, NULL, &error);

      g_assert_no_error (error);
      fxp_new_file_write (file, texts[i], 3, NULL, &error);
      g_assert_no_error (error);
      assert_content (self, before);
      fxp_new_file_commit (file, NULL, &error);
      g_assert_no_error (error);
      assert_content (self, texts[i]);
      before = texts[i];
    }
}

static void
test_give_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  FxpNewFile *file;

  fxp_new_file_save (self->file, "old", 3, NULL, &error);
  g_assert_no_error (error);
  file = fxp_new_file_open (self->file, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fxp_new_file_write (file, "new", 3, NULL, NULL));
  fxp_new_file_free (file);
  assert_content (self, "old");
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpNewFile) file = fxp_new_file_open (self->file, cancellable, &error);

  g_assert_no_error (error);
  g_assert_true (fxp_new_file_write (file, "new", 3, cancellable, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_false (fxp_new_file_commit (file, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_content (self, NULL);
}

/* What is no regular file is not replaced by one. */
static void
test_refuses (Fixture *self, gconstpointer data)
{
  const struct
  {
    const char *path;
    int code;
  } cases[] = {
    {"/dev/null", G_IO_ERROR_NOT_REGULAR_FILE},
    {"/", G_IO_ERROR_IS_DIRECTORY},
    {"/nowhere/at/all", G_IO_ERROR_NOT_FOUND},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GFile) file = g_file_new_for_path (cases[i].path);
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_new_file_open (file, NULL, &error));
      g_assert_error (error, G_IO_ERROR, cases[i].code);
      g_assert_true (g_str_has_prefix (error->message, cases[i].path));
    }
}

#define ADD(name, func)                                                                            \
  g_test_add ("/training/new-file/" name, Fixture, NULL, set_up, func, tear_down)

/* A link to a file stays one. */
static void
test_link (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (self->folder, "link", NULL);
  g_autoptr (GFile) link = g_file_new_for_path (path);

  g_assert_true (g_file_set_contents (self->path, "old", -1, NULL));
  g_assert_true (g_file_make_symbolic_link (link, "a file \xc3\xa9.txt", NULL, NULL));
  fxp_new_file_save (link, "new", 3, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
  assert_content (self, "new");
  g_remove (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("commit", test_commit);
  ADD ("give-up", test_give_up);
  ADD ("cancel", test_cancel);
  ADD ("refuses", test_refuses);
  ADD ("link", test_link);

  return g_test_run ();
}
