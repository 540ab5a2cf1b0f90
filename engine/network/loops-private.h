/* SPDX-License-Identifier: MIT */
/* Loops of layers over what lies in the nearest cache, one table per vector unit: every element for
 * itself, or in lanes whose order is said, so that all units give the same bits. */
#pragma once

#ifndef FXP_COMPILATION
#  error "loops-private.h is for engine/ and tests/ only"
#endif

#include "number/format.h"
#include "number/random.h"

G_BEGIN_DECLS

/* A row of windows side by side that do not overlap, over pixels with their channels side by side.
 */
typedef struct
{
  gsize kernel;     /* side of a window in pixels, 1..FXP_WINDOW_MAX */
  gsize n_windows;  /* of the row */
  gsize n_channels; /* of a pixel */
  gsize stride;     /* elements from a pixel to the one below it */
} FxpWindows;

/* So that a byte tells the place in a window, kernel x row + column. */
#define FXP_WINDOW_MAX 15

/* Sums of an image's channels go through so many lanes: pixel i goes to lane i mod 8, in order. */
#define FXP_SUM_LANES 8

/* A part of an image whose channels are summed up: it begins and ends one, or only either, or
 * neither.  All parts but the last one have whole numbers of lanes. */
typedef struct
{
  const double *a;
  const gint32 *short_a; /* or integers */
  const double *b;
  gsize stride; /* elements of a, and of b, from a pixel to the next */
  gsize n_pixels;
  gsize n_channels;
  gboolean begins, ends;
  double *lanes; /* FXP_SUM_LANES x n_channels, where the sums wait for the next part */
  double *sums;  /* per channel; ((l0 + l4) + (l2 + l6)) + ((l1 + l5) + (l3 + l7)) at the end */
} FxpImagePart;

/* An image of codes of 16 bits at most, whose channels are summed up in integers. */
typedef struct
{
  gconstpointer a, b;
  FxpStorage a_storage, b_storage;
  gsize n_pixels;
  gsize n_channels;
  gsize n_short;    /* products that 32 bits hold in sum, 1 at least */
  gint64 *sums;     /* per channel: of a */
  gint64 *products; /* of a b */
} FxpCodeImage;

typedef struct
{
  /* Replaces z by max (z, 0); mask 1 where z > 0.  NaN stays NaN. */
  void (*relu) (double *values, guint8 *mask, gsize n);
  /* The same with min (max (z, 0), 2), and 0 < z < 2. */
  void (*clipped_relu) (double *values, guint8 *mask, gsize n);
  /* The same with min (max (z, -1), 1), and -1 < z < 1. */
  void (*hard_tanh) (double *values, guint8 *mask, gsize n);
  /* mask becomes 0 where marks is 1. */
  void (*clear_marked) (guint8 *mask, const guint8 *marks, gsize n);
  /* Codes of @code_size bytes become 0 where mask is 0. */
  void (*keep_marked) (gpointer codes, const guint8 *mask, gsize code_size, gsize n);
  /* reals = sums * step, of @n_rows rows @stride apart to contiguous ones; *peak becomes the
   * largest magnitude seen if it is less. */
  void (*scale_i32) (const gint32 *sums,
                     gsize n_rows,
                     gsize n_columns,
                     gsize stride,
                     double step,
                     double *reals,
                     guint64 *peak);
  void (*scale_i64) (const gint64 *sums,
                     gsize n_rows,
                     gsize n_columns,
                     gsize stride,
                     double step,
                     double *reals,
                     guint64 *peak);
  /* @n_rows rows of sums @stride apart to contiguous ones; @peak as above. */
  void (*move_i32) (const gint32 *sums,
                    gsize n_rows,
                    gsize n_columns,
                    gsize stride,
                    gint32 *to,
                    guint64 *peak);
  /* Adds addends[(first + i) % n_addends] to values[i]. */
  void (
    *add_periodic) (double *values, gsize n, const double *addends, gsize n_addends, gsize first);
  /* sums[c] becomes sums[c] + rows[0][c] + rows[1][c] + ..., in order. */
  void (*sum_rows) (const double *rows, gsize n_rows, gsize n_columns, double *sums);
  /* sums = sums + values */
  void (*add) (double *sums, const double *values, gsize n);
  /* sums = sums + the values of codes of @format */
  void (*add_codes) (double *sums, FxpFormat format, gconstpointer codes, gsize n);

  /* The windows' maxima, the first one in row-major order, and where they were. */
  void (*pool) (const FxpWindows *self,
                FxpStorage storage,
                gconstpointer from,
                gpointer to,
                guint8 *places);
  /* Every pixel of the windows becomes the window's code where its place says so, 0 elsewhere. */
  void (*scatter) (const FxpWindows *self,
                   gsize code_size,
                   gconstpointer from,
                   const guint8 *places,
                   gpointer to);

  /* Sums of a, of (a - b)^2 with one b per channel, and of a b. */
  void (*sum_values) (const FxpImagePart *self);
  void (*sum_squares) (const FxpImagePart *self);
  void (*sum_short_squares) (const FxpImagePart *self); /* with integers */
  void (*sum_products) (const FxpImagePart *self);
  /* Sums of a and of a b in integers. */
  void (*sum_codes) (const FxpCodeImage *self);
  /* sums[c] = the sum of @n_pixels pixels' integers of channel c. */
  void (*sum_shorts) (const gint32 *values, gsize n_pixels, gsize n_channels, gint64 *sums);

  /* to = (from - mean) * scale; these and the following with parameters per element */
  void (*normalize) (double *to,
                     const double *from,
                     const double *means,
                     const double *scales,
                     gsize n);
  /* v = gamma * v + beta */
  void (*stretch) (double *values, const double *gamma, const double *beta, gsize n);
  /* g = ((g - mean) - normal * slope) * scale */
  void (*differentiate) (double *gradients,
                         const double *normal,
                         const double *means,
                         const double *slopes,
                         const double *scales,
                         gsize n);

  /* Codes become 0 where the draw is below @threshold; element i draws at index + i stride. */
  void (*drop) (gpointer codes,
                gsize code_size,
                gsize n,
                FxpNoise noise,
                guint32 index,
                guint32 stride,
                guint32 threshold);
} FxpLoops;

/* Those of fxp_vector_unit_get(). */
const FxpLoops *fxp_loops_get (void);

extern const FxpLoops fxp_loops_plain;
extern const FxpLoops fxp_loops_avx2;
extern const FxpLoops fxp_loops_avx512;

G_END_DECLS
