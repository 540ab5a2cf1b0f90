/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/error.h"
#include "training/run-log-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define FINGERPRINT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static FxpExperiment *
change (FxpExperiment *experiment, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  FxpExperiment *changed = fxp_experiment_with_value (experiment, key, value, &error);

  g_assert_no_error (error);
  return changed;
}

static void
log_change (FxpRunLog *log, guint64 step, FxpExperiment *from, FxpExperiment *to)
{
  g_auto (GStrv) changes = fxp_experiment_diff (from, to);

  fxp_run_log_edit (log, step, (const char *const *)changes);
}

static FxpRun *
read_text (const char *text)
{
  g_autoptr (GError) error = NULL;
  FxpRun *run = fxp_run_new_from_data (text, -1, "some.log", &error);

  g_assert_no_error (error);
  return run;
}

static void
test_edits (void)
{
  g_autoptr (FxpRunLog) log = fxp_run_log_new ();
  g_autoptr (FxpExperiment) a = fxp_experiment_new ();
  g_autoptr (FxpExperiment) b = change (a, "experiment.title", "x=\"\\\" \xc3\xa9 'y' edit 3");
  g_autoptr (FxpExperiment) c = change (b, "precision.*.*.rounding", "stochastic");
  g_autoptr (FxpExperiment) d = change (c, "precision.2.sum.register", "wrap");
  g_autoptr (FxpExperiment) e = change (d, "precision.2.sum.bits", "20");
  FxpExperiment *all[] = {a, b, c, d, e};
  g_autoptr (FxpRun) run = NULL;

  fxp_run_log_begin (log, a);
  for (guint i = 1; i < G_N_ELEMENTS (all); i++)
    log_change (log, i * 10, all[i - 1], all[i]);
  run = read_text (fxp_run_log_get_text (log));
  g_assert_true (fxp_experiment_equal (run->experiment, a));
  g_assert_cmpuint (run->edits->len, ==, 4);
  g_assert_cmpuint (run->last_step, ==, 40);
  g_assert_null (run->fingerprint);
  for (guint i = 0; i < run->edits->len; i++)
    {
      const FxpEdit *edit = &g_array_index (run->edits, FxpEdit, i);

      g_assert_cmpuint (edit->step, ==, (i + 1) * 10);
      g_assert_true (fxp_experiment_equal (edit->experiment, all[i + 1]));
    }
}

static void
test_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("fxp-run-log-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.log", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nowhere/a.log");
  g_autoptr (FxpRunLog) log = fxp_run_log_new ();
  g_autoptr (FxpExperiment) a = fxp_experiment_new ();
  g_autoptr (FxpExperiment) b = change (a, "training.rate", "0.5");
  g_autoptr (FxpExperiment) c = change (b, "training.rate", "0.25");
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpRun) run = NULL;

  fxp_run_log_begin (log, a);
  log_change (log, 5, a, b);
  fxp_run_log_set_file (log, nowhere);
  g_assert_false (fxp_run_log_is_writing (log));
  g_assert_nonnull (fxp_run_log_get_error (log));
  fxp_run_log_set_file (log, file);
  g_assert_true (fxp_run_log_is_writing (log));
  g_assert_null (fxp_run_log_get_error (log));
  fxp_run_log_end (log, 9, FINGERPRINT);

  run = fxp_run_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (run->edits->len, ==, 1);
  g_assert_cmpuint (run->last_step, ==, 9);
  g_assert_cmpstr (run->fingerprint, ==, FINGERPRINT);
  g_clear_pointer (&run, fxp_run_free);

  /* Going on makes the end no end. */
  log_change (log, 12, b, c);
  run = fxp_run_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (run->edits->len, ==, 2);
  g_assert_cmpuint (run->last_step, ==, 12);
  g_assert_null (run->fingerprint);
  g_clear_pointer (&run, fxp_run_free);

  /* From the start again, with what was set by then. */
  fxp_run_log_reset (log, c);
  fxp_run_log_end (log, 3, FINGERPRINT);
  run = fxp_run_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fxp_experiment_equal (run->experiment, c));
  g_assert_cmpuint (run->edits->len, ==, 0);
  g_assert_cmpuint (run->last_step, ==, 3);
  g_clear_pointer (&run, fxp_run_free);

  /* Another run in the same file. */
  fxp_run_log_begin (log, a);
  log_change (log, 1, a, b);
  fxp_run_log_set_file (log, NULL);
  g_assert_false (fxp_run_log_is_writing (log));
  log_change (log, 2, b, c);
  run = fxp_run_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fxp_experiment_equal (run->experiment, a));
  g_assert_cmpuint (run->edits->len, ==, 1);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* A full disk is told of once, and the run goes on. */
static void
test_full (void)
{
  g_autoptr (GFile) full = g_file_new_for_path ("/dev/full");
  g_autoptr (FxpRunLog) log = fxp_run_log_new ();
  g_autoptr (FxpExperiment) a = fxp_experiment_new ();
  g_autoptr (FxpExperiment) b = change (a, "training.rate", "0.5");

  if (!g_file_query_exists (full, NULL))
    {
      g_test_skip ("this system has no /dev/full");
      return;
    }
  fxp_run_log_begin (log, a);
  fxp_run_log_set_file (log, full);
  g_assert_false (fxp_run_log_is_writing (log));
  g_assert_nonnull (fxp_run_log_get_error (log));
  log_change (log, 2, a, b);
  fxp_run_log_end (log, 3, FINGERPRINT);
}

static void
test_errors (void)
{
  const struct
  {
    const char *lines; /* behind a good header of @n lines */
    FxpError code;
    guint line; /* behind the header */
    const char *message;
  } cases[] = {
    {"edit 5 training.rate=\"0.5\"", FXP_ERROR_PARSE, 1, "breaks off"},
    {"edit x training.rate=\"0.5\"\n", FXP_ERROR_PARSE, 1, "a step"},
    {"edit 5 training.rate=\"0.5\"\nedit 4 training.rate=\"1\"\n", FXP_ERROR_PARSE, 2, "from 5"},
    {"edit -5 training.rate=\"0.5\"\n", FXP_ERROR_PARSE, 1, "a step"},
    {"edit 99999999999999999999 training.rate=\"0.5\"\n", FXP_ERROR_PARSE, 1, "a step"},
    {"edit 5 training.rate=0.5\n", FXP_ERROR_PARSE, 1, "key="},
    {"edit 5 training.rate\n", FXP_ERROR_PARSE, 1, "key="},
    {"edit 5 training.rate=\"0.5\n", FXP_ERROR_PARSE, 1, "quotation mark"},
    {"edit 5 training.rate=\"0.5\\\"\n", FXP_ERROR_PARSE, 1, "quotation mark"},
    {"edit 5 training.rate=\"0.5\"x\n", FXP_ERROR_PARSE, 1, "key="},
    {"edit 5 training.rate=\"nan\"\n", FXP_ERROR_PARSE, 1, "training.rate"},
    {"edit 5 training.speed=\"1\"\n", FXP_ERROR_PARSE, 1, "training.speed"},
    {"end 5\n", FXP_ERROR_PARSE, 1, "fingerprint"},
    {"end 5 0123\n", FXP_ERROR_PARSE, 1, "fingerprint"},
    {"resets\n", FXP_ERROR_PARSE, 1, "expected edit, reset or end"},
    {"\n", FXP_ERROR_PARSE, 1, "expected edit, reset or end"},
    {"edit 5\xff\n", FXP_ERROR_PARSE, 1, "UTF-8"},
    {"# roundoff run log 2\n", FXP_ERROR_VERSION, 1, "version 2"},
    {"# roundoff run log x\n", FXP_ERROR_PARSE, 1, "no version"},
    {"# roundoff run log 1\n", FXP_ERROR_PARSE, 1, ""},
    {"# roundoff run log 1\n| nonsense\n", FXP_ERROR_PARSE, 2, ""},
  };
  g_autoptr (FxpRunLog) log = fxp_run_log_new ();
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  guint n_header = 0;
  const char *header;

  fxp_run_log_begin (log, experiment);
  header = fxp_run_log_get_text (log);
  for (const char *c = header; *c != '\0'; c++)
    n_header += *c == '\n';
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat (header, cases[i].lines, NULL);
      g_autofree char *place = g_strdup_printf ("some.log:%u: ", n_header + cases[i].line);
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_run_new_from_data (text, -1, "some.log", &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, FXP_ERROR, (int)cases[i].code);
      g_assert_true (g_str_has_prefix (error->message, place));
      g_assert_nonnull (strstr (error->message, cases[i].message));
      g_assert_null (strchr (error->message, '\n'));
    }
}

static void
test_no_log (void)
{
  const char *const texts[] = {"", "\n", "edit 5\n", "| version=1\n", "# something else\n"};
  g_autoptr (GFile) zero = g_file_new_for_path ("/dev/zero");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_run_new_from_data (texts[i], -1, "some.log", &error));
      g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
      g_assert_nonnull (strstr (error->message, "# roundoff run log 1"));
    }
  if (g_test_slow ())
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_run_load (zero, NULL, &error));
      g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
    }
}

/* Cut anywhere, it is read or refused, and never more than was written. */
static void
test_cut (void)
{
  g_autoptr (FxpRunLog) log = fxp_run_log_new ();
  g_autoptr (FxpExperiment) a = fxp_experiment_new ();
  g_autoptr (FxpExperiment) b = change (a, "training.rate", "0.5");
  const char *text;

  fxp_run_log_begin (log, a);
  log_change (log, 5, a, b);
  text = fxp_run_log_get_text (log);
  for (gsize n = 0; n < strlen (text); n += 7)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpRun) run = fxp_run_new_from_data (text, n, "some.log", &error);

      g_assert_true ((run == NULL) == (error != NULL));
      if (run != NULL)
        g_assert_cmpuint (run->edits->len, ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/run-log/edits", test_edits);
  g_test_add_func ("/training/run-log/file", test_file);
  g_test_add_func ("/training/run-log/full", test_full);
  g_test_add_func ("/training/run-log/errors", test_errors);
  g_test_add_func ("/training/run-log/no-log", test_no_log);
  g_test_add_func ("/training/run-log/cut", test_cut);

  return g_test_run ();
}
