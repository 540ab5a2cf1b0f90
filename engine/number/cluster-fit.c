/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/cluster-fit-private.h"

#include <math.h>
#include <string.h>

/* Minimizes || w - alpha t ||^2 over a support: with S the sum of the magnitudes kept and k their
 * number, the error is || w ||^2 - 2 alpha S + alpha^2 k, least at alpha = S / k, where it is
 * || w ||^2 - S^2 / k (Li & Liu 2016). */

#define TWN_FACTOR 0.7 /* Li & Liu 2016, equation 6 */
#define STACK_MAX  4096
#define SORTED_RUN 16 /* shorter arrays are sorted by insertion */

/* Which magnitudes are kept: those above @bound. */
typedef struct
{
  double threshold; /* what the method says */
  double bound;     /* the same, or the greatest magnitude that is dropped */
  double least;     /* of those kept by the optimum */
  double sum;
  gsize n_kept;
} Cut;

static inline double
get_magnitude (double weight, int sign)
{
  return sign == 0 ? fabs (weight) : MAX (sign * weight, 0.0);
}

static void
insert_descending (double *values, gsize n)
{
  for (gsize i = 1; i < n; i++)
    {
      double value = values[i];
      gsize place = i;

      for (; place > 0 && values[place - 1] < value; place--)
        values[place] = values[place - 1];
      values[place] = value;
    }
}

static void
merge_descending (const double *a, gsize n_a, const double *b, gsize n_b, double *merged)
{
  gsize i = 0, j = 0;

  while (i < n_a && j < n_b)
    {
      gboolean takes_a = a[i] >= b[j];

      *merged++ = takes_a ? a[i] : b[j];
      i += takes_a;
      j += !takes_a;
    }
  memcpy (merged, a + i, (n_a - i) * sizeof *a);
  memcpy (merged + (n_a - i), b + j, (n_b - j) * sizeof *b);
}

/* Of finite values.  Sorted runs are merged between @values and @room; qsort() would allocate. */
static void
sort_descending (double *values, gsize n, double *room)
{
  double *from = values, *to = room;

  for (gsize first = 0; first < n; first += SORTED_RUN)
    insert_descending (values + first, MIN (SORTED_RUN, n - first));
  for (gsize run = SORTED_RUN; run < n; run *= 2)
    {
      double *swapped = from;

      for (gsize first = 0; first < n; first += 2 * run)
        {
          gsize n_a = MIN (run, n - first), n_b = MIN (run, n - first - n_a);

          merge_descending (from + first, n_a, from + first + n_a, n_b, to + first);
        }
      from = to;
      to = swapped;
    }
  if (from != values)
    memcpy (values, from, n * sizeof *values);
}

/* The k that maximizes S_k^2 / k.  It never parts equal magnitudes: among them the quotient is
 * convex in k, so the maximum is at an end, and only ends are looked at, where rounding cannot
 * choose. */
static Cut
cut_optimal (const double *sorted, gsize n)
{
  Cut best = {0};
  double sum = 0.0, greatest = 0.0;

  for (gsize k = 1; k <= n; k++)
    {
      sum += sorted[k - 1];
      if ((k < n && sorted[k] == sorted[k - 1]) || sum * sum / (double)k <= greatest)
        continue;
      greatest = sum * sum / (double)k;
      best.sum = sum;
      best.n_kept = k;
      best.bound = k < n ? sorted[k] : 0.0;
      best.threshold = sum / (double)k / 2.0;
      best.least = sorted[k - 1];
    }
  return best;
}

/* 0.7 of the mean magnitude.  Weights of the other sign do not count in the mean of one. */
static Cut
cut_twn (const double *magnitudes, gsize n, int sign)
{
  Cut cut = {0};
  double sum = 0.0;
  gsize n_meant = 0;

  for (gsize i = 0; i < n; i++)
    {
      sum += magnitudes[i];
      n_meant += sign == 0 || magnitudes[i] > 0.0;
    }
  if (n_meant > 0)
    cut.threshold = cut.bound = TWN_FACTOR * sum / (double)n_meant;
  for (gsize i = 0; i < n; i++)
    if (magnitudes[i] > cut.bound)
      {
        cut.sum += magnitudes[i];
        cut.n_kept++;
      }
  return cut;
}

/* The root mean square of the k greatest that leaves the least error as their scale, 2.2 (A):
 * a_k^2 k is the sum of their squares, so the error is || w ||^2 - 2 a_k S_k + sum of squares. */
static double
find_rms_scale (const double *sorted, gsize n)
{
  double sum = 0.0, squares = 0.0, greatest = 0.0, scale = 0.0;

  for (gsize k = 1; k <= n; k++)
    {
      double rms, gain;

      sum += sorted[k - 1];
      squares += sorted[k - 1] * sorted[k - 1];
      rms = sqrt (squares / (double)k);
      gain = 2.0 * rms * sum - squares;
      if (gain > greatest)
        {
          greatest = gain;
          scale = rms;
        }
    }
  return scale;
}

/* Keeps more of the magnitudes, for a threshold that has fallen.  One made of least magnitudes kept
 * belongs to them; one made of RMS scales does not. */
static void
lower_threshold (Cut *self, FxpClusterMethod method, const double *sorted, gsize n)
{
  for (; self->n_kept < n; self->n_kept++)
    {
      double magnitude = sorted[self->n_kept];
      gboolean is_kept = method == FXP_CLUSTER_HIERARCHICAL ? magnitude >= self->threshold
                                                            : magnitude > self->threshold;

      if (!is_kept || magnitude <= 0.0)
        break;
      self->sum += magnitude;
    }
  self->bound = self->n_kept < n ? sorted[self->n_kept] : 0.0;
}

/* Of thresholds that fall, A_s = RMS of the s greatest of @kernels (sorted), the one that leaves
 * the least error, 2.2 (B) to (D); the highest of several. */
static Cut
cut_hierarchical (FxpClusterMethod method,
                  const double *kernels,
                  gsize n_kernels,
                  const double *sorted,
                  gsize n)
{
  Cut best = {0}, cut = {.threshold = INFINITY};
  double squares = 0.0, greatest = -1.0;

  for (gsize s = 1; s <= n_kernels; s++)
    {
      double gain = 0.0;

      squares += kernels[s - 1] * kernels[s - 1];
      /* The mean of falling values falls, but for rounding. */
      cut.threshold = MIN (sqrt (squares / (double)s), cut.threshold);
      lower_threshold (&cut, method, sorted, n);
      if (method == FXP_CLUSTER_RMS_LITERAL)
        gain = cut.threshold * (2.0 * cut.sum - cut.threshold * (double)cut.n_kept);
      else if (cut.n_kept > 0)
        gain = cut.sum * cut.sum / (double)cut.n_kept;
      if (gain > greatest)
        {
          greatest = gain;
          best = cut;
        }
    }
  return best;
}

/* What the hierarchical methods take from each kernel, sorted; sorts the magnitudes of each. */
static void
measure_kernels (FxpClusterMethod method,
                 double *magnitudes,
                 gsize n_kernels,
                 gsize n_pixels,
                 double *kernels,
                 double *room)
{
  for (gsize i = 0; i < n_kernels; i++)
    {
      double *kernel = magnitudes + i * n_pixels;

      sort_descending (kernel, n_pixels, room);
      kernels[i] = method == FXP_CLUSTER_HIERARCHICAL ? cut_optimal (kernel, n_pixels).least
                                                      : find_rms_scale (kernel, n_pixels);
    }
  sort_descending (kernels, n_kernels, room);
}

/* @room holds the magnitudes first. */
static Cut
find_cut (FxpClusterMethod method, int sign, gsize n_kernels, gsize n_pixels, double *room)
{
  const gsize n = n_kernels * n_pixels;
  double *magnitudes = room, *kernels = room + n, *spare = room + 2 * n;

  if (method == FXP_CLUSTER_TWN)
    return cut_twn (magnitudes, n, sign);
  if (method != FXP_CLUSTER_OPTIMAL)
    measure_kernels (method, magnitudes, n_kernels, n_pixels, kernels, spare);
  sort_descending (magnitudes, n, spare);
  if (method == FXP_CLUSTER_OPTIMAL)
    return cut_optimal (magnitudes, n);
  return cut_hierarchical (method, kernels, n_kernels, magnitudes, n);
}

FxpClusterFit
fxp_cluster_fit_in_room (FxpClusterMethod method,
                         int sign,
                         const double *weights,
                         gsize n_kernels,
                         gsize n_pixels,
                         double *room,
                         gint8 *codes)
{
  const gsize n = n_kernels * n_pixels;
  FxpClusterFit fit = {.n = (guint)n};
  Cut cut;

  for (gsize i = 0; i < n; i++)
    room[i] = get_magnitude (weights[i], sign);
  cut = find_cut (method, sign, n_kernels, n_pixels, room);

  fit.threshold = cut.threshold;
  fit.n_kept = (guint)cut.n_kept;
  if (cut.n_kept > 0)
    fit.scale = method == FXP_CLUSTER_RMS_LITERAL ? cut.threshold : cut.sum / (double)cut.n_kept;
  for (gsize i = 0; i < n; i++)
    {
      double magnitude = get_magnitude (weights[i], sign);
      gboolean is_kept = magnitude > cut.bound;
      double rest = magnitude - (is_kept ? fit.scale : 0.0);

      codes[i] = !is_kept ? 0 : weights[i] < 0.0 ? -1 : 1;
      fit.error += rest * rest;
    }
  return fit;
}

FxpClusterFit
fxp_cluster_fit (FxpClusterMethod method,
                 const double *weights,
                 gsize n_kernels,
                 gsize n_pixels,
                 gint8 *codes)
{
  const gsize n = n_kernels * n_pixels;
  double on_stack[FXP_CLUSTER_FIT_ROOM * STACK_MAX];
  g_autofree double *on_heap = NULL;

  g_return_val_if_fail (fxp_cluster_method_is_ternary (method), (FxpClusterFit){0});

  if (n > STACK_MAX)
    on_heap = g_new (double, FXP_CLUSTER_FIT_ROOM *n);
  return fxp_cluster_fit_in_room (method,
                                  0,
                                  weights,
                                  n_kernels,
                                  n_pixels,
                                  on_heap != NULL ? on_heap : on_stack,
                                  codes);
}
