/* SPDX-License-Identifier: MIT */
/* The pictures a window has asked for: which are out of date, and when the next may be made
 * without slowing the run.  Worker only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "views-private.h is for engine/ and tests/ only"
#endif

#include "training/evaluation-private.h"
#include "training/trainer.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean wanted, stale;
  gint64 began, ended;  /* when the newest was made, monotonic time; 0: never */
  gconstpointer newest; /* owned; of the type of its kind, or NULL */
} FxpPictureState;

typedef struct
{
  FxpPictureState pictures[FXP_N_PICTURES];
  guint field_size;
  guint32 sample; /* the test sample whose activations are shown */
} FxpViews;

void fxp_views_clear (FxpViews *self);
void fxp_views_set (FxpViews *self, FxpView wanted, guint field_size);
void fxp_views_set_sample (FxpViews *self, guint32 sample);
/* The weights or the settings have changed. */
void fxp_views_invalidate (FxpViews *self);
/* The data or the network are others: no picture is right. */
void fxp_views_forget (FxpViews *self);
/* Monotonic time from which fxp_views_update() has something to do; G_MAXINT64: nothing. */
gint64 fxp_views_get_due (const FxpViews *self, gboolean running);
/* Makes the pictures that are due at @now.  TRUE if there is a new one. */
gboolean fxp_views_update (FxpViews *self, const FxpTwins *twins, gboolean running, gint64 now);

G_END_DECLS
