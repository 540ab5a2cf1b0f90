/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/history.h"

#include <math.h>

#define FIRST_ALLOCATION 64

struct _FxuHistory
{
  FxuBucket *buckets;
  gsize n_buckets;
  gsize n_allocated;
  guint64 stride;  /* points per full bucket, a power of two */
  guint64 in_last; /* points in the last bucket */
  guint64 n_points;
  double last_x, last_y;
};

FxuHistory *
fxu_history_new (void)
{
  FxuHistory *self = g_new0 (FxuHistory, 1);

  self->stride = 1;
  return self;
}

void
fxu_history_free (FxuHistory *self)
{
  if (self == NULL)
    return;
  g_free (self->buckets);
  g_free (self);
}

void
fxu_history_clear (FxuHistory *self)
{
  g_return_if_fail (self != NULL);

  self->n_buckets = 0;
  self->stride = 1;
  self->in_last = 0;
  self->n_points = 0;
}

static void
merge (FxuBucket *self, const FxuBucket *later)
{
  self->x_last = later->x_last;
  self->n_nonfinite += later->n_nonfinite;
  if (later->n == 0)
    return;
  if (self->n == 0)
    {
      self->y_first = later->y_first;
      self->y_min = later->y_min;
      self->y_max = later->y_max;
      self->y_mean = later->y_mean;
    }
  else
    {
      double share = (double)later->n / ((double)self->n + later->n);

      self->y_min = MIN (self->y_min, later->y_min);
      self->y_max = MAX (self->y_max, later->y_max);
      /* Not by the difference of the two, which could overflow. */
      self->y_mean = self->y_mean * (1.0 - share) + later->y_mean * share;
    }
  self->y_last = later->y_last;
  self->n += later->n;
}

/* Buckets stay aligned to the point number, so a column's extrema never depend on when it was
 * drawn. */
static void
halve (FxuHistory *self)
{
  for (gsize i = 0; i < self->n_buckets / 2; i++)
    {
      self->buckets[i] = self->buckets[2 * i];
      merge (&self->buckets[i], &self->buckets[2 * i + 1]);
    }
  self->n_buckets /= 2;
  self->stride *= 2;
  self->in_last = self->stride;
}

static void
add_bucket (FxuHistory *self, const FxuBucket *bucket)
{
  if (self->n_buckets == FXU_HISTORY_CAPACITY)
    {
      halve (self);
    }
  else if (self->n_buckets == self->n_allocated)
    {
      self->n_allocated = MAX (FIRST_ALLOCATION, self->n_allocated * 2);
      self->buckets = g_renew (FxuBucket, self->buckets, self->n_allocated);
    }
  self->buckets[self->n_buckets++] = *bucket;
  self->in_last = 1;
}

void
fxu_history_append (FxuHistory *self, double x, double y)
{
  FxuBucket point = {.x_first = x, .x_last = x};

  g_return_if_fail (self != NULL);
  g_return_if_fail (isfinite (x));
  g_return_if_fail (self->n_points == 0 || x >= self->last_x);

  if (isfinite (y))
    {
      point.y_first = point.y_last = point.y_min = point.y_max = point.y_mean = y;
      point.n = 1;
    }
  else
    {
      point.n_nonfinite = 1;
    }

  if (self->n_buckets == 0 || self->in_last == self->stride)
    {
      add_bucket (self, &point);
    }
  else
    {
      merge (&self->buckets[self->n_buckets - 1], &point);
      self->in_last++;
    }
  self->n_points++;
  self->last_x = x;
  self->last_y = y;
}

gsize
fxu_history_get_n_buckets (const FxuHistory *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_buckets;
}

const FxuBucket *
fxu_history_get_bucket (const FxuHistory *self, gsize i)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (i < self->n_buckets, NULL);

  return &self->buckets[i];
}

guint64
fxu_history_get_n_points (const FxuHistory *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_points;
}

gboolean
fxu_history_get_last (const FxuHistory *self, double *x, double *y)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->n_points == 0)
    return FALSE;
  if (x != NULL)
    *x = self->last_x;
  if (y != NULL)
    *y = self->last_y;
  return TRUE;
}

gsize
fxu_history_find (const FxuHistory *self, double x)
{
  gsize low = 0;
  gsize high;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (self->n_buckets > 0, 0);

  /* The answer lies in [low, high). */
  for (high = self->n_buckets; high - low > 1;)
    {
      gsize middle = low + (high - low) / 2;

      if (self->buckets[middle].x_first <= x)
        low = middle;
      else
        high = middle;
    }
  return low;
}

/* First bucket that ends at or after @x. */
static gsize
find_end (const FxuHistory *self, double x)
{
  gsize low = 0;
  gsize high = self->n_buckets;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (self->buckets[middle].x_last < x)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
fxu_history_get_range (const FxuHistory *self, double x0, double x1, FxuBucket *merged)
{
  gsize i;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (merged != NULL, FALSE);

  i = find_end (self, x0);
  if (i == self->n_buckets || self->buckets[i].x_first > x1)
    return FALSE;
  *merged = self->buckets[i];
  for (i++; i < self->n_buckets && self->buckets[i].x_first <= x1; i++)
    merge (merged, &self->buckets[i]);
  return TRUE;
}
