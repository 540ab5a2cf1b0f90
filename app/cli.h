/* SPDX-License-Identifier: MIT */
/* The commands of roundoff-cli, and what they share. */
#pragma once

#include "fxp.h"
#include "progress.h"

G_BEGIN_DECLS

#define FXA_EXIT_FAILURE     1 /* the input or the run is at fault */
#define FXA_EXIT_USAGE       2 /* the command line is at fault */
#define FXA_EXIT_INTERRUPTED 130

#define FXA_THREADS_MAX 64

typedef struct
{
  const char *name;
  const char *arguments;              /* shown in the usage line */
  const char *summary;                /* one sentence, to be translated */
  int (*run) (int argc, char **argv); /* argv[0] is the command's name; returns the exit status */
} FxaCommand;

extern const FxaCommand fxa_command_assign;
extern const FxaCommand fxa_command_bench;
extern const FxaCommand fxa_command_convert;
extern const FxaCommand fxa_command_cost;
extern const FxaCommand fxa_command_evaluate;
extern const FxaCommand fxa_command_operations;
extern const FxaCommand fxa_command_presets;
extern const FxaCommand fxa_command_quantize;
extern const FxaCommand fxa_command_replay;
extern const FxaCommand fxa_command_train;

/* Parses the options of @command; @n_min..@n_max other arguments must remain.  On failure prints
 * one line and returns FALSE: exit with FXA_EXIT_USAGE. */
gboolean fxa_cli_parse (const FxaCommand *command,
                        const GOptionEntry *entries,
                        int *argc,
                        char ***argv,
                        int n_min,
                        int n_max);
/* The value of an option that takes a whole number in @min..@max; @text may be NULL, which leaves
 * @value.  On failure prints one line that begins with @name and returns FALSE. */
gboolean
fxa_cli_parse_count (const char *name, const char *text, guint64 min, guint64 max, guint64 *value);
/* Likewise of a number in @min..@max, with a point whatever the locale says. */
gboolean
fxa_cli_parse_number (const char *name, const char *text, double min, double max, double *value);
/* "roundoff-cli: MESSAGE" on standard error; returns @status. */
int fxa_cli_fail (int status, const GError *error);
/* The same of work whose error may be the command line's, of the domain of options, or that it was
 * cancelled; returns the status that says so. */
int fxa_cli_fail_work (const GError *error);
int fxa_cli_fail_text (int status, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* A preset's name or an experiment file. */
FxpExperiment *fxa_cli_load_experiment (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The data the experiment asks for. */
FxpDataset *fxa_cli_load_dataset (FxpExperiment *experiment,
                                  FxaProgress *progress,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Steps of an epoch, as the experiment has it now. */
double fxa_cli_get_steps_per_epoch (FxpExperiment *experiment, FxpDataset *dataset);

G_END_DECLS
