/* SPDX-License-Identifier: MIT */
/* Arithmetic of an axis: ranges that end on round numbers, positions, ticks and their labels.
 * No drawing. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A plain value; min < max, and 0 < min if logarithmic. */
typedef struct
{
  double min, max;
  gboolean is_log;
} FxuScale;

#define FXU_TICKS_MAX 80

typedef struct
{
  double value;
  gboolean is_major; /* the others are gridlines without a label */
  char label[40];
} FxuTick;

/* The least range of round numbers around [@min, @max].  Linear: zero is taken in where it is near.
 * Logarithmic: both ends must be positive. */
FxuScale fxu_scale_fit (double min, double max, gboolean is_log);
/* Keeps @self while [@min, @max] lies within it and fills enough of it, else fits anew; when @held
 * it only ever grows.  TRUE if it changed. */
gboolean fxu_scale_follow (FxuScale *self, double min, double max, gboolean held);
/* The next of a ladder of round numbers, at most a quarter above @x; @x > 0. */
double fxu_scale_round_up (double x);

/* 0 at min, 1 at max; -inf for what a logarithmic axis cannot show. */
double fxu_scale_get_position (const FxuScale *self, double value);
double fxu_scale_get_value (const FxuScale *self, double position);

/* Fills @ticks, rising, about @n_wanted of them major; returns how many.  Labels are distinct. */
guint fxu_scale_make_ticks (const FxuScale *self, guint n_wanted, FxuTick ticks[FXU_TICKS_MAX]);

/* A reading with about four digits, of steady width where possible: "0.1234", "12", "1.2×10⁻⁵",
 * "NaN". */
char *fxu_scale_format_reading (double value) G_GNUC_WARN_UNUSED_RESULT;

/* "2⁻⁸" */
char *fxu_scale_format_power (int base, int exponent) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
