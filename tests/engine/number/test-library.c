/* SPDX-License-Identifier: MIT */
/* dladdr(). */
#define _GNU_SOURCE
#include "config.h"

#include "number/error.h"
#include "number/library.h"

#include <dlfcn.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* glibc, which is there. */
#define PRESENT "libm.so.6"
#define ABSENT  "libroundoff-nowhere.so.0"

static double (*absolute) (double);
static double (*root) (double);
static double (*nothing) (double);

static const FxpSymbol two_symbols[] = {{"fabs", &absolute}, {"sqrt", &root}, {NULL}};

static void
test_present (void)
{
  FxpLibrary library = {.file_name = PRESENT, .symbols = two_symbols};
  g_autoptr (GError) error = NULL;

  absolute = root = NULL;
  for (int i = 0; i < 2; i++)
    {
      g_assert_true (fxp_library_open (&library, &error));
      g_assert_no_error (error);
      g_assert_cmpfloat (absolute (-2.5), ==, 2.5);
      g_assert_cmpfloat (root (6.25), ==, 2.5);
    }
}

static void
test_absent (void)
{
  FxpLibrary library = {.file_name = ABSENT, .symbols = two_symbols};
  g_autoptr (GError) error = NULL;

  g_assert_false (fxp_library_open (&library, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_LIBRARY);
  g_assert_cmpstr (error->message,
                   ==,
                   "the library " ABSENT " cannot be loaded: cannot open shared object file: "
                   "No such file or directory");
}

static void
test_lacking (void)
{
  const FxpSymbol symbols[] = {{"fabs", &absolute}, {"fxp_nothing", &nothing}, {NULL}};
  FxpLibrary library = {.file_name = PRESENT, .symbols = symbols};
  g_autoptr (GError) error = NULL;

  g_assert_false (fxp_library_open (&library, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_LIBRARY);
  g_assert_cmpstr (error->message, ==, "the library " PRESENT " lacks fxp_nothing");
  g_assert_null (nothing);
}

/* Where the file of the library PRESENT is. */
static char *
find_present (void)
{
  void *handle = dlopen (PRESENT, RTLD_LAZY);
  Dl_info info;

  g_assert_nonnull (handle);
  g_assert_cmpint (dladdr (dlsym (handle, "fabs"), &info), !=, 0);
  return g_strdup (info.dli_fname);
}

/* What was not there may be by the next time. */
static void
test_late (void)
{
  g_autofree char *folder = g_dir_make_tmp ("roundoff-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "late.so", NULL);
  g_autofree char *present = find_present ();
  FxpLibrary library = {.file_name = path, .symbols = two_symbols};
  g_autoptr (GError) error = NULL;

  g_assert_false (fxp_library_open (&library, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_LIBRARY);
  g_clear_error (&error);
  g_assert_cmpint (symlink (present, path), ==, 0);
  g_assert_true (fxp_library_open (&library, &error));
  g_assert_no_error (error);
  g_unlink (path);
  g_rmdir (folder);
}

/* Files in the current folder are data, whatever they are called. */
static void
test_current_folder (void)
{
  g_autofree char *before = g_get_current_dir ();
  g_autofree char *folder = g_dir_make_tmp ("roundoff-test-XXXXXX", NULL);
  g_autofree char *present = find_present ();
  g_autofree char *text = g_strdup_printf ("dlname='%s'\ninstalled=no\n", present);
  FxpLibrary library = {.file_name = ABSENT, .symbols = two_symbols};

  g_assert_cmpint (g_chdir (folder), ==, 0);
  g_assert_true (g_file_set_contents (ABSENT ".la", text, -1, NULL));
  g_assert_cmpint (symlink (present, ABSENT), ==, 0);
  g_assert_cmpint (symlink (present, ABSENT ".so"), ==, 0);
  g_assert_false (fxp_library_open (&library, NULL));
  g_unlink (ABSENT ".la");
  g_unlink (ABSENT);
  g_unlink (ABSENT ".so");
  g_assert_cmpint (g_chdir (before), ==, 0);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number/library/present", test_present);
  g_test_add_func ("/number/library/absent", test_absent);
  g_test_add_func ("/number/library/lacking", test_lacking);
  g_test_add_func ("/number/library/late", test_late);
  g_test_add_func ("/number/library/current-folder", test_current_folder);
  return g_test_run ();
}
