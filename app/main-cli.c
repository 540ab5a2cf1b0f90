/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli.h"

#include <errno.h>
#include <inttypes.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_MAX 2000 /* characters; names of files may be long, but not that long */

static const FxaCommand *const commands[] = {
  &fxa_command_presets,
  &fxa_command_train,
  &fxa_command_assign,
  &fxa_command_cost,
  &fxa_command_convert,
  &fxa_command_evaluate,
  &fxa_command_operations,
  &fxa_command_replay,
  &fxa_command_quantize,
  &fxa_command_bench,
};

/* One line that a terminal can show, whatever a file name or a library's message holds. */
static char *
make_line (const char *message)
{
  GString *line = g_string_new (NULL);
  g_autofree char *text = g_utf8_make_valid (message, -1);
  glong n = 0;

  for (const char *c = text; *c != '\0' && n < MESSAGE_MAX; c = g_utf8_next_char (c), n++)
    {
      const gunichar character = g_utf8_get_char (c);

      g_string_append_unichar (line, g_unichar_iscntrl (character) ? ' ' : character);
    }
  if (n == MESSAGE_MAX)
    g_string_append (line, "…");
  return g_string_free (line, FALSE);
}

int
fxa_cli_fail_text (int status, const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  line = make_line (message);
  g_printerr ("roundoff-cli: %s\n", line);
  return status;
}

int
fxa_cli_fail (int status, const GError *error)
{
  return fxa_cli_fail_text (status, "%s", error->message);
}

int
fxa_cli_fail_work (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return fxa_cli_fail_text (FXA_EXIT_INTERRUPTED,
                              _ ("interrupted before the end, so there is no result"));
  return fxa_cli_fail (error->domain == G_OPTION_ERROR ? FXA_EXIT_USAGE : FXA_EXIT_FAILURE, error);
}

static gboolean
has_empty (char **names, int n)
{
  for (int i = 0; i < n; i++)
    if (names[i][0] == '\0')
      return TRUE;
  return FALSE;
}

gboolean
fxa_cli_parse (const FxaCommand *command,
               const GOptionEntry *entries,
               int *argc,
               char ***argv,
               int n_min,
               int n_max)
{
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (GError) error = NULL;
  int n;

  context = g_option_context_new (command->arguments);
  g_option_context_set_summary (context, _ (command->summary));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      fxa_cli_fail_text (FXA_EXIT_USAGE,
                         _ ("%s: %s; try “roundoff-cli %s --help”"),
                         command->name,
                         error->message,
                         command->name);
      return FALSE;
    }
  n = *argc - 1;
  /* A name that is empty is that of a variable of the shell without a value. */
  if (n < n_min || n > n_max || has_empty (*argv + 1, n))
    {
      if (n > n_max)
        fxa_cli_fail_text (FXA_EXIT_USAGE,
                           _ ("%s: unexpected argument “%s”; try “roundoff-cli %s --help”"),
                           command->name,
                           (*argv)[n_max + 1],
                           command->name);
      else
        fxa_cli_fail_text (FXA_EXIT_USAGE,
                           _ ("%s: expected %s; try “roundoff-cli %s --help”"),
                           command->name,
                           command->arguments,
                           command->name);
      return FALSE;
    }
  return TRUE;
}

gboolean
fxa_cli_parse_count (const char *name, const char *text, guint64 min, guint64 max, guint64 *value)
{
  if (text == NULL || g_ascii_string_to_unsigned (text, 10, min, max, value, NULL))
    return TRUE;
  fxa_cli_fail_text (FXA_EXIT_USAGE,
                     _ ("%s: “%.40s” is not a whole number from %" PRIu64
                        " to %" PRIu64),
                     name,
                     text,
                     min,
                     max);
  return FALSE;
}

gboolean
fxa_cli_parse_number (const char *name, const char *text, double min, double max, double *value)
{
  char *end = NULL;
  double found;

  if (text == NULL)
    return TRUE;
  found = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && found >= min && found <= max)
    {
      *value = found;
      return TRUE;
    }
  fxa_cli_fail_text (FXA_EXIT_USAGE,
                     _ ("%s: “%.40s” is not a number from %g to %g"),
                     name,
                     text,
                     min,
                     max);
  return FALSE;
}

FxpExperiment *
fxa_cli_load_experiment (const char *text, GError **error)
{
  g_autoptr (GFile) file = NULL;

  if (strchr (text, G_DIR_SEPARATOR) == NULL && !g_str_has_suffix (text, ".roundoff") &&
      !g_file_test (text, G_FILE_TEST_EXISTS))
    return fxp_preset_load (text, error);
  file = g_file_new_for_path (text);
  return fxp_experiment_load (file, NULL, error);
}

FxpDataset *
fxa_cli_load_dataset (FxpExperiment *experiment,
                      FxaProgress *progress,
                      GCancellable *cancellable,
                      GError **error)
{
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);
  const FxpDatasetSource source = {
    .name = settings->dataset_name,
    .path = settings->dataset_path,
    .n_samples = settings->dataset_samples,
    .noise = settings->dataset_noise,
    .test_share = settings->dataset_test_share,
    .validation_share = settings->dataset_validation_share,
    .normalize = settings->dataset_normalize,
    .seed = settings->seed,
    .progress = fxa_progress_load,
    .progress_data = progress,
  };

  return fxp_dataset_load (&source, cancellable, error);
}

double
fxa_cli_get_steps_per_epoch (FxpExperiment *experiment, FxpDataset *dataset)
{
  return ceil ((double)fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN) /
               fxp_experiment_get_settings (experiment)->batch);
}

static void
print_usage (void)
{
  g_print ("%s\n\n", _ ("Usage: roundoff-cli COMMAND [OPTION…]"));
  g_print ("%s\n\n",
           _ ("Trains neural networks in fixed point beside a float twin, without a window."));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-10s %s\n", commands[i]->name, _ (commands[i]->summary));
  g_print ("\n%s\n", fxp_topology_get_grammar ());
  g_print ("%s\n", _ ("“roundoff-cli COMMAND --help” lists a command's options."));
}

/* A closed stream's number would go to the first file opened, and what is printed into that file.
 * What is opened here instead cannot be read, or written, as little as the closed stream. */
static void
reserve_standard_streams (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) < 0 && errno == EBADF)
      (void)open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* What was to be printed may be all there is of a run. */
static int
close_standard_output (int status)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;
  return fxa_cli_fail_text (status != EXIT_SUCCESS ? status : FXA_EXIT_FAILURE,
                            _ ("standard output: cannot be written"));
}

static int
run_command (int argc, char **argv)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i]->name) == 0)
      {
        /* Its own --help then names the command. */
        g_autofree char *name = g_strdup_printf ("roundoff-cli %s", argv[1]);

        g_set_prgname (name);
        return commands[i]->run (argc - 1, argv + 1);
      }
  return fxa_cli_fail_text (FXA_EXIT_USAGE,
                            _ ("“%s” is not a command; try “roundoff-cli --help”"),
                            argv[1]);
}

int
main (int argc, char **argv)
{
  reserve_standard_streams ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("roundoff-cli");

  if (argc < 2)
    return fxa_cli_fail_text (FXA_EXIT_USAGE, _ ("expected a command; try “roundoff-cli --help”"));
  if (strcmp (argv[1], "--version") == 0)
    {
      g_print ("roundoff-cli %s\n", ROUNDOFF_VERSION);
      return close_standard_output (EXIT_SUCCESS);
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 ||
      strcmp (argv[1], "help") == 0)
    {
      print_usage ();
      return close_standard_output (EXIT_SUCCESS);
    }
  return close_standard_output (run_command (argc, argv));
}
