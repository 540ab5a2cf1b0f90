/* SPDX-License-Identifier: MIT */
/* Systems held against each other, as in the table of Sakr & Shanbhag (ICLR 2019): an experiment in
 * float, as it is, and in others, each trained from the same start, with what it costs and its test
 * error. */
#pragma once

#include "fxp.h"
#include "json-writer.h"
#include "progress.h"

G_BEGIN_DECLS

#define FXA_SEEDS_MAX 1000

typedef struct _FxaComparison FxaComparison;

/* Whether all of @list, as in "BN,SQ,C-1", are systems; else prints one line that begins with
 * @command: exit with FXA_EXIT_USAGE. */
gboolean fxa_comparison_check (const char *command, const char *list);

/* FL and FX, which is @experiment as it is, then those of @list, each once.  A run for each of
 * @n_seeds seeds, rising from the experiment's. */
FxaComparison *fxa_comparison_new (FxpExperiment *experiment,
                                   const char *list,
                                   guint n_seeds) G_GNUC_WARN_UNUSED_RESULT;
void fxa_comparison_free (FxaComparison *self);
/* Trains them all, to so many epochs or steps (0: no limit); blocks until then.  Divergence is a
 * result.  A signal ends it early: then @interrupted, and what is there is there. */
gboolean fxa_comparison_run (FxaComparison *self,
                             guint64 epochs,
                             guint64 steps,
                             guint n_threads,
                             FxaProgress *progress,
                             gboolean *interrupted,
                             GError **error);

void fxa_comparison_print (FxaComparison *self);
/* The member "comparison" of an object that has begun. */
void fxa_comparison_add_json (FxaComparison *self, JsonBuilder *builder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxaComparison, fxa_comparison_free)

G_END_DECLS
