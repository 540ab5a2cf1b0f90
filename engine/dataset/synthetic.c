/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "number/elementary.h"
#include "number/error.h"
#include "number/random.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* The four plane sets of TensorFlow Playground, drawn from counter-based noise, so that sample i is
 * the same on every machine. */

#define N_SAMPLES_MIN 10
#define N_SAMPLES_MAX 1000000
#define NOISE_MAX     50.0
#define DOMAIN        6.0
#define RADIUS        5.0
/* Points made between two looks at the cancellable. */
#define CHUNK 4096
/* Uniform numbers reserved for a sample; none uses more. */
#define UNIFORMS 4

typedef struct
{
  double x;
  double y;
  gboolean is_positive;
} Point;

typedef struct
{
  FxpNoise noise;
  gsize n;   /* samples in all */
  double nu; /* noise, 0..0.5 */
} Generator;

/* Uniform in [min,max). */
static double
draw (const Generator *self, gsize i, guint which, double min, double max)
{
  return min + (max - min) * fxp_noise_uniform (self->noise, (guint32)(i * UNIFORMS + which));
}

/* The first half of the samples is of the positive class. */
static gboolean
is_first_half (const Generator *self, gsize i)
{
  return i < self->n / 2;
}

static Point
make_circle (const Generator *self, gsize i)
{
  double r = is_first_half (self, i) ? draw (self, i, 0, 0, RADIUS * 0.5)
                                     : draw (self, i, 0, RADIUS * 0.7, RADIUS);
  double angle = draw (self, i, 1, 0, 2 * G_PI);
  double x = r * fxp_sin (angle);
  double y = r * fxp_cos (angle);
  double ex = x + self->nu * draw (self, i, 2, -RADIUS, RADIUS);
  double ey = y + self->nu * draw (self, i, 3, -RADIUS, RADIUS);

  return (Point){x, y, ex * ex + ey * ey < RADIUS * 0.5 * RADIUS * 0.5};
}

static double
push_from_zero (double x)
{
  return x > 0 ? x + 0.3 : x - 0.3;
}

static Point
make_xor (const Generator *self, gsize i)
{
  double x = push_from_zero (draw (self, i, 0, -RADIUS, RADIUS));
  double y = push_from_zero (draw (self, i, 1, -RADIUS, RADIUS));
  double ex = x + self->nu * draw (self, i, 2, -RADIUS, RADIUS);
  double ey = y + self->nu * draw (self, i, 3, -RADIUS, RADIUS);

  return (Point){x, y, ex * ey >= 0};
}

static Point
make_gauss (const Generator *self, gsize i)
{
  double center = is_first_half (self, i) ? 2 : -2;
  double deviation = sqrt (0.5 + 7 * self->nu);

  return (Point){center + deviation * fxp_noise_normal (self->noise, (guint32)(2 * i)),
                 center + deviation * fxp_noise_normal (self->noise, (guint32)(2 * i + 1)),
                 is_first_half (self, i)};
}

static Point
make_spiral (const Generator *self, gsize i)
{
  gboolean is_first = is_first_half (self, i);
  gsize n = is_first ? self->n / 2 : self->n - self->n / 2;
  double along = (double)(is_first ? i : i - self->n / 2) / (double)n;
  double r = RADIUS * along;
  double angle = 1.75 * along * 2 * G_PI + (is_first ? 0 : G_PI);

  return (Point){r * fxp_sin (angle) + self->nu * draw (self, i, 0, -1, 1),
                 r * fxp_cos (angle) + self->nu * draw (self, i, 1, -1, 1),
                 is_first};
}

static const struct
{
  const char *name;
  Point (*make) (const Generator *self, gsize i);
} sets[] = {
  {"circle", make_circle},
  {"xor", make_xor},
  {"gauss", make_gauss},
  {"spiral", make_spiral},
};

static gboolean
check (const FxpDatasetSource *source, GError **error)
{
  if (source->n_samples < N_SAMPLES_MIN || source->n_samples > N_SAMPLES_MAX)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("dataset.samples: %u is not in %d..%d"),
                   source->n_samples,
                   N_SAMPLES_MIN,
                   N_SAMPLES_MAX);
      return FALSE;
    }
  /* Written so that NaN fails too. */
  if (!(source->noise >= 0 && source->noise <= NOISE_MAX))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("dataset.noise: %g is not in 0..%g percent"),
                   source->noise,
                   NOISE_MAX);
      return FALSE;
    }
  return TRUE;
}

static gboolean
fill (FxpSamples *samples,
      guint which,
      const FxpDatasetSource *source,
      GCancellable *cancellable,
      GError **error)
{
  Generator generator = {fxp_noise_new (source->seed, 0, which, 0, FXP_STREAM_SYNTHETIC),
                         source->n_samples,
                         source->noise / 100};
  float *values = samples->features;

  for (gsize i = 0; i < generator.n; i++)
    {
      Point point;

      if (i % CHUNK == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      point = sets[which].make (&generator, i);
      values[2 * i] = (float)point.x;
      values[2 * i + 1] = (float)point.y;
      samples->labels[i] = point.is_positive ? 1 : 0;
    }
  samples->n = generator.n;
  return TRUE;
}

FxpDataset *
fxp_synthetic_load (const FxpDatasetSource *source, GCancellable *cancellable, GError **error)
{
  static const char *const class_names[] = {"A", "B", NULL};
  g_autoptr (FxpSamples) samples = fxp_samples_new (2, sizeof (float));
  g_autoptr (FxpDataset) self = NULL;
  guint which = 0;

  while (strcmp (sets[which].name, source->name) != 0)
    {
      which++;
      g_assert (which < G_N_ELEMENTS (sets));
    }
  if (!check (source, error) ||
      !fxp_samples_reserve (samples, source->n_samples, source->n_samples, source->name, error) ||
      !fill (samples, which, source, cancellable, error))
    return NULL;

  self = fxp_dataset_new (source->name, &FXP_SHAPE_1 (2), 2, g_steal_pointer (&samples), NULL);
  fxp_dataset_take_class_names (self, g_strdupv ((char **)class_names));
  self->plane_min = -DOMAIN;
  self->plane_max = DOMAIN;
  if (!fxp_dataset_divide (self, source, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}
