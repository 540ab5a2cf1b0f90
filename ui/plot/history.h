/* SPDX-License-Identifier: MIT */
/* A series of any length in constant memory: raw points while few, then min/max pairs per bucket
 * whose width doubles as the series grows.  Nothing is smoothed; NaN and infinity are kept as
 * marks of their bucket.  No GTK. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FXU_HISTORY_CAPACITY 8192 /* buckets kept at most */

/* What one bucket, or one pixel column, holds. */
typedef struct
{
  double x_first, x_last;
  double y_first, y_last;  /* finite values only; undefined when n == 0 */
  double y_min, y_max, y_mean;
  guint n;                 /* finite points */
  guint n_nonfinite;
} FxuBucket;

typedef struct _FxuHistory FxuHistory;

FxuHistory *fxu_history_new (void) G_GNUC_WARN_UNUSED_RESULT;
void fxu_history_free (FxuHistory *self);
void fxu_history_clear (FxuHistory *self);
/* @x must not fall. */
void fxu_history_append (FxuHistory *self, double x, double y);
gsize fxu_history_get_n_buckets (const FxuHistory *self);
const FxuBucket *fxu_history_get_bucket (const FxuHistory *self, gsize i);
guint64 fxu_history_get_n_points (const FxuHistory *self); /* appended in all */
/* Newest appended point; FALSE while empty. */
gboolean fxu_history_get_last (const FxuHistory *self, double *x, double *y);
/* Number of the last bucket that starts at or before @x, else 0.  Not while empty. */
gsize fxu_history_find (const FxuHistory *self, double x);
/* The buckets that touch [x0, x1], merged; FALSE if there is none. */
gboolean fxu_history_get_range (const FxuHistory *self, double x0, double x1, FxuBucket *merged);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuHistory, fxu_history_free)

G_END_DECLS
