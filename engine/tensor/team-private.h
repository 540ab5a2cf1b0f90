/* SPDX-License-Identifier: MIT */
/* Worker threads of one kernel.  Results never depend on their number: a kernel gives each
 * thread its own outputs and never splits a sum. */
#pragma once

#ifndef FXP_COMPILATION
#error "team-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FxpTeam FxpTeam;

/* Does items first..last-1. */
typedef void (*FxpTeamFunc) (gpointer data, gsize first, gsize last);

/* @n_threads 1..64, the caller's own included; 1 makes no thread. */
FxpTeam *fxp_team_new (guint n_threads) G_GNUC_WARN_UNUSED_RESULT;
void fxp_team_free (FxpTeam *self);
guint fxp_team_get_n_threads (const FxpTeam *self);
/* Which of the threads of its team this one is: 0 for a caller, 1.. for the team's own. */
guint fxp_team_get_thread (void);
/* TRUE if it does so little work alone on the caller. */
gboolean fxp_team_leaves_alone (const FxpTeam *self, guint64 work);
/* Sets the priority of its own threads, soon; the caller's is the caller's. */
void fxp_team_set_nice (FxpTeam *self, int nice);
/* Splits 0..n-1 into ranges that are multiples of @grain and returns when all are done.
 * @work is the total work in multiply-adds or so: little work runs on the caller alone.
 * @self may be NULL: the caller alone.  One user at a time. */
void fxp_team_run (FxpTeam *self, gsize n, gsize grain, guint64 work, FxpTeamFunc func, gpointer data);

/* What work on one code counts: being copied or compared, and becoming one or a value. */
#define FXP_TEAM_MOVE_WORK     8
#define FXP_TEAM_QUANTIZE_WORK 64

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpTeam, fxp_team_free)

G_END_DECLS
