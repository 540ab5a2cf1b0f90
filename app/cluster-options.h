/* SPDX-License-Identifier: MIT */
/* How weights become clusters, as `operations` and `convert` are asked for it: texts of the command
 * line, and what they mean. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

/* Owned; NULL where an option was not given. */
typedef struct
{
  char *method, *granularity, *bits, *terms, *last;
  gboolean asymmetric;
} FxaClusterTexts;

void fxa_cluster_texts_clear (FxaClusterTexts *self);
/* The options' entries, to stand among a command's others. */
GOptionEntry fxa_cluster_texts_make_granularity (FxaClusterTexts *self);
GOptionEntry fxa_cluster_texts_make_bits (FxaClusterTexts *self);
GOptionEntry fxa_cluster_texts_make_terms (FxaClusterTexts *self);
GOptionEntry fxa_cluster_texts_make_asymmetric (FxaClusterTexts *self);
/* What is given on top of @options and @last, which have their defaults; @command begins the line
 * that tells what is wrong: exit with FXA_EXIT_USAGE.  Without a method, bits other than 2 mean
 * linear codes. */
gboolean fxa_cluster_texts_parse (const FxaClusterTexts *self,
                                  const char *command,
                                  FxpClusterOptions *options,
                                  FxpLastWeights *last);

G_END_DECLS
