/* SPDX-License-Identifier: MIT */
/* The option --set KEY=VALUE, which several commands have. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

/* The option's entry, to stand among a command's others.  @settings: where the values go, to be
 * freed with g_strfreev(). */
GOptionEntry fxa_settings_make_entry (char ***settings);
/* Whether all of them are KEY=VALUE; else prints one line that begins with @command: exit with
 * FXA_EXIT_USAGE.  @settings may be NULL. */
gboolean fxa_settings_check (const char *command, char **settings);
/* Puts @experiment, which it takes, with all of them on top in its place.  What cannot be set is an
 * error, and then the settings before it are on top. */
gboolean fxa_settings_apply (char **settings, FxpExperiment **experiment, GError **error);

G_END_DECLS
