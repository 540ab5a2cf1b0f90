/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "bench-table.h"
#include "cli.h"
#include "json-writer.h"
#include "output.h"

#include <glib/gi18n.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define SECONDS_MIN 0.001
#define SECONDS_MAX 3600.0

/* Each workload runs in a process of its own, started anew: its peak of memory and its start are
 * then nobody else's.  The option --began tells such a process when it was started, by the
 * monotonic clock that all processes share, and that it is one. */
typedef struct
{
  char *workload_text, *format_text, *rounding_text, *twin_text, *threads_text, *seconds_text;
  char *began_text, *json_path;

  FxpBench bench;
  guint64 began; /* 0: this process starts others */
} Measurement;

static void
measurement_clear (Measurement *self)
{
  g_free (self->workload_text);
  g_free (self->format_text);
  g_free (self->rounding_text);
  g_free (self->twin_text);
  g_free (self->threads_text);
  g_free (self->seconds_text);
  g_free (self->began_text);
  g_free (self->json_path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Measurement, measurement_clear)

static gboolean
parse_options (Measurement *self, int *argc, char ***argv)
{
  /* clang-format off */
  const GOptionEntry entries[] = {
    { "workload", 'w', 0, G_OPTION_ARG_FILENAME, &self->workload_text,
      N_ ("W1 (MLP), W2 (LeNet), W3 (CNN), W4 (wide CNN) or W5 (ResNet-20); default: all in turn"),
      "NAME" },
    { "format", 'f', 0, G_OPTION_ARG_FILENAME, &self->format_text,
      N_ ("Word lengths: 8, 12 (default), 16, or paper for W 14, A 8, G_W 12, G_A 11, W_acc 16"),
      "BITS" },
    { "rounding", 'r', 0, G_OPTION_ARG_FILENAME, &self->rounding_text,
      N_ ("nearest-even, nearest-away, floor, toward-zero, stochastic (default), sign or "
          "nearest-up"),
      "ROUNDING" },
    { "twin", 0, 0, G_OPTION_ARG_FILENAME, &self->twin_text,
      N_ ("Train the float twin too: on or off (default)"), "ON-OFF" },
    { "threads", 't', 0, G_OPTION_ARG_FILENAME, &self->threads_text,
      N_ ("Threads (default 1)"), "N" },
    { "seconds", 's', 0, G_OPTION_ARG_FILENAME, &self->seconds_text,
      N_ ("Length of each of the three windows measured (default 1)"), "SECONDS" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &self->json_path,
      N_ ("Write the result as JSON; - is standard output"), "FILE" },
    { "began", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &self->began_text, NULL, NULL },
    { NULL },
  };
  /* clang-format on */

  return fxa_cli_parse (&fxa_command_bench, entries, argc, argv, 0, 0);
}

static gboolean
parse_seconds (const char *text, double *seconds)
{
  char *end = NULL;

  if (text == NULL)
    return TRUE;
  *seconds = g_ascii_strtod (text, &end);
  /* Written so that NaN fails too. */
  if (end != text && *end == '\0' && *seconds >= SECONDS_MIN && *seconds <= SECONDS_MAX)
    return TRUE;
  fxa_cli_fail_text (FXA_EXIT_USAGE,
                     _ ("bench: --seconds: “%.40s” is not a number from %g to %g"),
                     text,
                     SECONDS_MIN,
                     SECONDS_MAX);
  return FALSE;
}

static gboolean
parse_twin (const char *text, gboolean *twin)
{
  if (text == NULL)
    return TRUE;
  *twin = strcmp (text, "on") == 0;
  if (*twin || strcmp (text, "off") == 0)
    return TRUE;
  fxa_cli_fail_text (FXA_EXIT_USAGE, _ ("bench: --twin: “%.40s” is not on or off"), text);
  return FALSE;
}

/* Says what is wrong if something is. */
static gboolean
check_usage (Measurement *self)
{
  g_autoptr (GError) error = NULL;
  const char *option = NULL;
  guint64 threads = 1;

  self->bench = (FxpBench){
    .words = FXP_WORDS_12,
    .rounding = FXP_ROUND_STOCHASTIC,
    .seconds = 1,
  };
  if (self->workload_text != NULL &&
      (self->bench.workload = fxp_workload_find (self->workload_text, &error)) == NULL)
    option = "--workload";
  else if (self->format_text != NULL &&
           !fxp_words_parse (self->format_text, &self->bench.words, &error))
    option = "--format";
  else if (self->rounding_text != NULL &&
           !fxp_rounding_parse (self->rounding_text, &self->bench.rounding, &error))
    option = "--rounding";
  if (error != NULL)
    {
      fxa_cli_fail_text (FXA_EXIT_USAGE, "bench: %s: %s", option, error->message);
      return FALSE;
    }
  if (!parse_twin (self->twin_text, &self->bench.twin) ||
      !fxa_cli_parse_count ("bench: --threads", self->threads_text, 1, FXA_THREADS_MAX, &threads) ||
      !parse_seconds (self->seconds_text, &self->bench.seconds) ||
      !fxa_cli_parse_count ("bench: --began", self->began_text, 1, G_MAXINT64, &self->began))
    return FALSE;
  self->bench.n_threads = (guint)threads;
  return TRUE;
}

/* Bytes this process has had in memory at most; 0 if the system does not tell.  Not of getrusage(),
 * which counts what the process that started this one had. */
static gint64
read_peak_memory (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmHWM:");
  return line != NULL ? g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10) * 1024 : 0;
}

static void
print_json (JsonNode *node)
{
  g_autofree char *text = fxa_json_to_text (node);

  /* Not g_print(): JSON is UTF-8 whatever the locale says. */
  fputs (text, stdout);
  fputc ('\n', stdout);
}

/* What a process of a single workload does. */
static int
measure_here (const Measurement *self)
{
  FxpBenchResult result;
  g_autoptr (JsonNode) node = NULL;

  /* No sense in measuring for nobody. */
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  fxp_bench_run (&self->bench, &result);
  node = fxa_bench_build_json (&self->bench,
                               &result,
                               read_peak_memory (),
                               (double)(result.first_step - (gint64)self->began) / G_USEC_PER_SEC);
  print_json (node);
  return EXIT_SUCCESS;
}

/* Runs @workload in a process of its own; NULL if that failed, which it has said itself unless
 * @error is set. */
static JsonNode *
measure_apart (const Measurement *self, const FxpWorkload *workload, GError **error)
{
  const FxpBench *bench = &self->bench;
  char seconds[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *threads = g_strdup_printf ("%u", bench->n_threads);
  g_autofree char *began = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_monotonic_time ());
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *text = NULL;

  g_ascii_dtostr (seconds, sizeof seconds, bench->seconds);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                              error,
                              "/proc/self/exe",
                              "bench",
                              "--began",
                              began,
                              "--workload",
                              workload->name,
                              "--format",
                              fxp_words_get_nick (bench->words),
                              "--rounding",
                              fxp_rounding_get_nick (bench->rounding),
                              "--twin",
                              bench->twin ? "on" : "off",
                              "--threads",
                              threads,
                              "--seconds",
                              seconds,
                              NULL);
  if (process == NULL || !g_subprocess_communicate_utf8 (process, NULL, NULL, &text, NULL, error))
    return NULL;
  if (!g_subprocess_wait_check (process, NULL, error))
    {
      g_prefix_error (error, "%s: ", workload->name);
      return NULL;
    }
  return json_from_string (text, error);
}

static gboolean
measure_all (Measurement *self, GError **error)
{
  gboolean prints = g_strcmp0 (self->json_path, "-") != 0;
  g_autoptr (JsonNode) root = json_node_init_array (json_node_alloc (), NULL);
  g_autofree char *text = NULL;
  g_autoptr (GFile) file = NULL;

  json_node_take_array (root, json_array_new ());
  if (prints)
    fxa_bench_print_head (&self->bench);
  for (guint i = 0; i < FXP_N_WORKLOADS; i++)
    {
      const FxpWorkload *workload = fxp_workload_get (i);
      JsonNode *measured;

      if (self->bench.workload != NULL && self->bench.workload != workload)
        continue;
      measured = measure_apart (self, workload, error);
      if (measured == NULL)
        return FALSE;
      if (prints)
        fxa_bench_print_row (json_node_get_object (measured));
      json_array_add_element (json_node_get_array (root), measured);
    }
  if (!prints)
    print_json (root);
  if (!prints || self->json_path == NULL)
    return TRUE;
  file = g_file_new_for_path (self->json_path);
  text = fxa_json_to_text (root);
  return fxp_new_file_save (file, text, strlen (text), NULL, error);
}

static int
run_bench (int argc, char **argv)
{
  g_auto (Measurement) self = {0};
  g_autoptr (GError) error = NULL;
  const char *const no_inputs[] = {NULL};
  FxaOutput output;

  if (!parse_options (&self, &argc, &argv) || !check_usage (&self))
    return FXA_EXIT_USAGE;
  if (self.began > 0 && self.bench.workload != NULL)
    return measure_here (&self);
  output = (FxaOutput){.option = "--json", .path = self.json_path, .may_be_standard_output = TRUE};
  if (!fxa_outputs_check (&output, 1, no_inputs, &error) || !measure_all (&self, &error))
    return fxa_cli_fail (error->domain == G_OPTION_ERROR ? FXA_EXIT_USAGE : FXA_EXIT_FAILURE,
                         error);
  return EXIT_SUCCESS;
}

const FxaCommand fxa_command_bench = {
  .name = "bench",
  .arguments = "",
  .summary = N_ ("Measure how fast training is on five networks of known size"),
  .run = run_bench,
};
