/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/error.h"
#include "setting.h"
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

#define NAME "spiral.roundoff"
#define HEAD "[experiment]\nversion=1\n"
#define DATA "[dataset]\nname=spiral\n"

static FxpExperiment *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  FxpExperiment *self = fxp_experiment_new_from_data (text, -1, NAME, &error);

  g_assert_no_error (error);
  return self;
}

static void
assert_round_trip (FxpExperiment *self)
{
  g_autofree char *text = fxp_experiment_to_data (self);
  g_autoptr (FxpExperiment) other = parse (text);
  g_autofree char *again = fxp_experiment_to_data (other);
  g_auto (GStrv) changes = fxp_experiment_diff (self, other);

  g_assert_cmpstr (changes[0], ==, NULL);
  g_assert_true (fxp_experiment_equal (self, other));
  g_assert_cmpstr (text, ==, again);
  g_assert_true (g_str_has_prefix (text, HEAD));
}

static void
test_round_trip (void)
{
  static const char *const edits[][2] = {
    {"experiment.title", ""},
    {"experiment.title", "[tïtle] = \\n ; # \\"},
    {"experiment.description", "A sentence; with \"marks\"."},
    {"experiment.seed", "18446744073709551615"},
    {"training.rate", "0.033333333333333333"},
    {"training.twin", "false"},
    {"network.activation", "clipped-relu"},
    {"precision.2.weight.format", "UQ-3.12"},
    {"precision.*.bias.format", "Q2.9"},
    {"precision.3.*.rounding", "stochastic"},
    {"precision.*.activation.overflow", "saturate-symmetric"},
    {"precision.1.sum.register", "wrap"},
    {"precision.*.sum.bits", "20"},
    {"network.topology", "2x(8C3)-MP2-32FC-10"},
    {"dataset.path", " /tmp/a \\ b\\t;c "},
    {"dataset.noise", "12.5"},
    {"network.topology", "10"},
    {"dataset.path", "  "},
    {"dataset.name", "digits"},
  };
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();

  assert_round_trip (experiment);
  for (gsize i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      experiment = set (g_steal_pointer (&experiment), edits[i][0], edits[i][1]);
      assert_round_trip (experiment);
    }
}

/* A comma for a point in the user's language must not reach a file. */
static void
test_locale (void)
{
  static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "nl_NL.UTF-8"};
  g_autoptr (FxpExperiment) experiment = set (fxp_experiment_new (), "training.rate", "0.125");
  g_autofree char *before = g_strdup (setlocale (LC_ALL, NULL));
  gboolean found = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (locales) && !found; i++)
    found = setlocale (LC_ALL, locales[i]) != NULL;
  if (!found)
    {
      g_test_skip ("no locale with a decimal comma (de_DE.UTF-8, fr_FR.UTF-8, nl_NL.UTF-8)");
      return;
    }
  assert_round_trip (experiment);
  setlocale (LC_ALL, before);
}

static void
assert_cell (FxpExperiment *self, guint layer, FxpRole role, const char *expected)
{
  const FxpQuantizer *quantizer = fxp_experiment_get_quantizer (self, (FxpTensorId){layer, role});
  g_autofree char *format = fxp_format_to_string (quantizer->format);
  g_autofree char *text = g_strdup_printf ("%s %s %s",
                                           format,
                                           fxp_rounding_get_nick (quantizer->rounding),
                                           fxp_overflow_get_nick (quantizer->overflow));

  g_assert_cmpstr (text, ==, expected);
}

/* What is said of one layer or tensor holds, whatever stands before or after it. */
static void
test_precedence (void)
{
  g_autoptr (FxpExperiment) experiment = parse (HEAD DATA "\n"
                                                          "# a comment\n"
                                                          "[precision 2 weight]\n"
                                                          "format = Q1.2  \n"
                                                          "[precision 3 *]\n"
                                                          "overflow=wrap\n"
                                                          "rounding=floor\n"
                                                          "[precision * weight]\n"
                                                          "format=Q1.6\n"
                                                          "rounding=toward-zero\n"
                                                          "[precision * *]\n"
                                                          "rounding=stochastic\n"
                                                          "format=Q3.4\n"
                                                          "[precision 2 sum]\n"
                                                          "bits=24\n"
                                                          "register=saturate\n");

  assert_cell (experiment, 0, FXP_ROLE_WEIGHT, "Q1.6 toward-zero saturate");
  assert_cell (experiment, 1, FXP_ROLE_WEIGHT, "Q1.2 toward-zero saturate");
  assert_cell (experiment, 2, FXP_ROLE_WEIGHT, "Q1.6 floor wrap");
  assert_cell (experiment, 0, FXP_ROLE_ACTIVATION, "Q3.4 stochastic saturate");
  assert_cell (experiment, 2, FXP_ROLE_ACTIVATION, "Q3.4 floor wrap");
  assert_cell (experiment, 2, FXP_ROLE_BIAS, "float nearest-even saturate");
  g_assert_cmpint (fxp_experiment_get_precision (experiment, 0)->sum.mode, ==, FXP_SUM_EXACT);
  g_assert_cmpint (fxp_experiment_get_precision (experiment, 1)->sum.mode, ==, FXP_SUM_SATURATE);
  g_assert_cmpuint (fxp_experiment_get_precision (experiment, 1)->sum.bits, ==, 24);
}

/* The topology rules which layers there are, also when it stands after them. */
static void
test_late_topology (void)
{
  g_autoptr (FxpExperiment) experiment =
    parse (HEAD "[precision 5 weight]\nformat=Q1.2\n" DATA "[network]\ntopology=2-4x(8)-2\n");

  g_assert_cmpuint (fxp_experiment_get_n_weighted (experiment), ==, 5);
  assert_cell (experiment, 4, FXP_ROLE_WEIGHT, "Q1.2 nearest-even saturate");
}

static void
test_defaults (void)
{
  g_autoptr (FxpExperiment) standard = fxp_experiment_new ();
  g_autoptr (FxpExperiment) experiment = parse (HEAD DATA);
  g_auto (GStrv) changes = fxp_experiment_diff (standard, experiment);

  g_assert_cmpuint (g_strv_length (changes), ==, 2);
  g_assert_cmpstr (changes[0], ==, "experiment.title=");
  g_assert_cmpstr (changes[1], ==, "experiment.description=");
}

static void
test_spelling (void)
{
  g_autoptr (FxpExperiment) plain = parse (HEAD DATA "[training]\nrate=0.5\n");
  g_autoptr (FxpExperiment) windows =
    parse ("\xef\xbb\xbf# made elsewhere\r\n\r\n[experiment]\r\nversion=1\r\n[dataset]\r\n"
           "name=spiral\r\n[training]\r\nrate=0.5\r\n");
  g_autoptr (FxpExperiment) spaced =
    parse ("  [experiment]  \n version = 1 \n[dataset]\nname = spiral \n[training]\n rate\t= 0.5");

  g_assert_true (fxp_experiment_equal (plain, windows));
  g_assert_true (fxp_experiment_equal (plain, spaced));
}

typedef struct
{
  char *folder;
  GFile *file;
} Place;

static void
place_set_up (Place *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  self->folder = g_dir_make_tmp ("roundoff-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (self->folder, NAME, NULL);
  self->file = g_file_new_for_path (path);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
place_tear_down (Place *self, gconstpointer data)
{
  g_remove (g_file_peek_path (self->file));
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_object_unref (self->file);
  g_free (self->folder);
}

static void
test_save (Place *place, gconstpointer data)
{
  g_autoptr (FxpExperiment) a = fxp_experiment_new ();
  g_autoptr (FxpExperiment) b = set (fxp_experiment_new (), "training.rate", "0.75");
  g_autoptr (FxpExperiment) loaded = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (fxp_experiment_save (a, place->file, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (fxp_experiment_save (b, place->file, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_files (place->folder), ==, 1);
  loaded = fxp_experiment_load (place->file, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fxp_experiment_equal (loaded, b));
}

static void
assert_unwritable (FxpExperiment *self, const char *path, GIOErrorEnum code)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_assert_false (fxp_experiment_save (self, file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, (int)code);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS) &&
                  !g_file_test (path, G_FILE_TEST_IS_DIR));
}

static void
test_save_fails (Place *place, gconstpointer data)
{
  g_autoptr (FxpExperiment) a = fxp_experiment_new ();
  g_autofree char *missing = g_build_filename (place->folder, "missing", NAME, NULL);
  g_autofree char *below = g_build_filename (g_file_peek_path (place->file), NAME, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  assert_unwritable (a, missing, G_IO_ERROR_NOT_FOUND);
  assert_unwritable (a, place->folder, G_IO_ERROR_IS_DIRECTORY);
  g_assert_cmpuint (count_files (place->folder), ==, 0);

  g_assert_true (fxp_experiment_save (a, place->file, NULL, NULL));
  assert_unwritable (a, below, G_IO_ERROR_NOT_DIRECTORY);
  g_cancellable_cancel (cancellable);
  g_assert_false (fxp_experiment_save (a, place->file, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_files (place->folder), ==, 1);
}

/* What is written to a pipe or a device must not take its place. */
static void
test_save_no_file (Place *place, gconstpointer data)
{
  g_autoptr (FxpExperiment) self = fxp_experiment_new ();
  g_autoptr (GError) error = NULL;
  const char *path = g_file_peek_path (place->file);
  GStatBuf status;

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_false (fxp_experiment_save (self, place->file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_true (S_ISFIFO (status.st_mode));
  g_assert_cmpuint (count_files (place->folder), ==, 1);
}

/* A folder that nobody may write to, not even the administrator, holding a file that may be. */
static void
test_save_read_only (Place *place, gconstpointer data)
{
  g_autoptr (FxpExperiment) a = fxp_experiment_new ();
  g_autoptr (FxpExperiment) b = set (fxp_experiment_new (), "training.rate", "0.75");
  g_autoptr (FxpExperiment) loaded = NULL;
  g_autoptr (GError) error = NULL;

  assert_unwritable (a, "/proc/" NAME, G_IO_ERROR_NOT_FOUND);
  g_assert_true (fxp_experiment_save (a, place->file, NULL, NULL));
  g_assert_cmpint (g_chmod (place->folder, 0555), ==, 0);
  if (g_access (place->folder, W_OK) == 0)
    {
      g_chmod (place->folder, 0755);
      return;
    }
  g_assert_false (fxp_experiment_save (b, place->file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  loaded = fxp_experiment_load (place->file, NULL, NULL);
  g_assert_true (fxp_experiment_equal (loaded, a));
  g_chmod (place->folder, 0755);
}

static void
assert_unreadable (GFile *file, GQuark domain, int code, const char *name)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_experiment_load (file, NULL, &error));
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, name));
}

static void
test_load (Place *place, gconstpointer data)
{
  const char *path = g_file_peek_path (place->file);
  g_autofree char *expected = g_build_filename (place->folder, "points.csv", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (place->folder);
  g_autoptr (GFile) endless = g_file_new_for_path ("/dev/zero");
  g_autoptr (FxpExperiment) loaded = NULL;
  g_autoptr (GError) error = NULL;

  assert_unreadable (place->file, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, path);
  assert_unreadable (folder, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, place->folder);
  assert_unreadable (endless, FXP_ERROR, FXP_ERROR_RANGE, "zero: it is larger than");
  g_assert_true (g_file_set_contents (path, HEAD DATA "seed=1\n", -1, NULL));
  assert_unreadable (place->file, FXP_ERROR, FXP_ERROR_PARSE, NAME ":5: [dataset] has no key");

  /* A path in a file is meant from where the file is. */
  g_assert_true (g_file_set_contents (path, HEAD "[dataset]\npath=points.csv\n", -1, NULL));
  loaded = fxp_experiment_load (place->file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fxp_experiment_get_settings (loaded)->dataset_path, ==, expected);
}

#define ADD_PLACE(name, function)                                                                  \
  g_test_add ("/experiment/experiment-file/" name,                                                 \
              Place,                                                                               \
              NULL,                                                                                \
              place_set_up,                                                                        \
              function,                                                                            \
              place_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/experiment-file/round-trip", test_round_trip);
  g_test_add_func ("/experiment/experiment-file/locale", test_locale);
  g_test_add_func ("/experiment/experiment-file/precedence", test_precedence);
  g_test_add_func ("/experiment/experiment-file/late-topology", test_late_topology);
  g_test_add_func ("/experiment/experiment-file/defaults", test_defaults);
  g_test_add_func ("/experiment/experiment-file/spelling", test_spelling);
  ADD_PLACE ("save", test_save);
  ADD_PLACE ("save-fails", test_save_fails);
  ADD_PLACE ("save-no-file", test_save_no_file);
  ADD_PLACE ("save-read-only", test_save_read_only);
  ADD_PLACE ("load", test_load);
  return g_test_run ();
}
