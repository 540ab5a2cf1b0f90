/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/confusion-grid-data.h"

#include <glib/gi18n-lib.h>

FxuConfusionGrid *
fxu_confusion_grid_new (void)
{
  FxuConfusionGrid *self = g_new0 (FxuConfusionGrid, 1);

  self->label = self->predicted = G_MAXUINT;
  return self;
}

static void
clear_counts (FxuConfusionGrid *self)
{
  g_clear_pointer (&self->counts[0], g_free);
  g_clear_pointer (&self->counts[1], g_free);
  g_clear_pointer (&self->totals, g_free);
  self->n_classes = 0;
}

void
fxu_confusion_grid_free (FxuConfusionGrid *self)
{
  if (self == NULL)
    return;
  clear_counts (self);
  g_strfreev (self->names);
  g_free (self);
}

void
fxu_confusion_grid_set_dataset (FxuConfusionGrid *self, FxpDataset *dataset)
{
  guint n = 0;

  g_return_if_fail (self != NULL);

  clear_counts (self);
  g_clear_pointer (&self->names, g_strfreev);
  self->label = self->predicted = G_MAXUINT;
  if (dataset == NULL)
    return;
  n = fxp_dataset_get_n_classes (dataset);
  self->names = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    self->names[i] = g_strdup (fxp_dataset_get_class_name (dataset, i));
}

void
fxu_confusion_grid_set_confusion (FxuConfusionGrid *self, const FxpConfusion *confusion)
{
  gsize n_cells;

  g_return_if_fail (self != NULL);

  clear_counts (self);
  if (confusion == NULL || confusion->n_classes == 0 || confusion->counts[0] == NULL)
    return;
  self->n_classes = confusion->n_classes;
  n_cells = (gsize)self->n_classes * self->n_classes;
  for (guint i = 0; i < 2; i++)
    if (confusion->counts[i] != NULL)
      self->counts[i] = g_memdup2 (confusion->counts[i], n_cells * sizeof (guint32));
  self->totals = g_new0 (guint64, self->n_classes);
  for (gsize i = 0; i < n_cells; i++)
    self->totals[i / self->n_classes] += self->counts[0][i];
  if (self->label >= self->n_classes || self->predicted >= self->n_classes)
    self->label = self->predicted = G_MAXUINT;
}

void
fxu_confusion_grid_set_kind (FxuConfusionGrid *self, FxuMapKind kind)
{
  g_return_if_fail (self != NULL);

  self->kind = kind;
}

guint
fxu_confusion_grid_get_n_classes (const FxuConfusionGrid *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_classes;
}

gboolean
fxu_confusion_grid_has_values (const FxuConfusionGrid *self)
{
  return self->n_classes > 0 && (self->kind == FXU_MAP_FIXED || self->counts[1] != NULL);
}

gint64
fxu_confusion_grid_get_value (const FxuConfusionGrid *self, guint label, guint predicted)
{
  gsize at = (gsize)label * self->n_classes + predicted;

  switch (self->kind)
    {
    case FXU_MAP_FIXED:
      return self->counts[0][at];
    case FXU_MAP_TWIN:
      return self->counts[1][at];
    case FXU_MAP_DIFFERENCE:
    default:
      return (gint64)self->counts[0][at] - self->counts[1][at];
    }
}

void
fxu_confusion_grid_choose (FxuConfusionGrid *self, guint label, guint predicted)
{
  g_return_if_fail (self != NULL);

  if (label >= self->n_classes || predicted >= self->n_classes)
    label = predicted = G_MAXUINT;
  self->label = label;
  self->predicted = predicted;
}

gboolean
fxu_confusion_grid_get_chosen (const FxuConfusionGrid *self, guint *label, guint *predicted)
{
  g_return_val_if_fail (self != NULL, FALSE);

  *label = self->label;
  *predicted = self->predicted;
  return self->label != G_MAXUINT;
}

gboolean
fxu_confusion_grid_find_read (const FxuConfusionGrid *self, guint *label, guint *predicted)
{
  gint64 most = 0;

  if (fxu_confusion_grid_get_chosen (self, label, predicted))
    return TRUE;
  for (guint y = 0; y < self->n_classes; y++)
    for (guint x = 0; x < self->n_classes; x++)
      {
        gint64 value = ABS (fxu_confusion_grid_get_value (self, y, x));

        if (x == y || value <= most)
          continue;
        most = value;
        *label = y;
        *predicted = x;
      }
  return most > 0;
}

const char *
fxu_confusion_grid_get_name (const FxuConfusionGrid *self, guint i, char *number, gsize size)
{
  if (self->names != NULL && i < g_strv_length (self->names))
    return self->names[i];
  g_snprintf (number, size, "%u", i);
  return number;
}

char *
fxu_confusion_grid_describe_pair (const FxuConfusionGrid *self, guint label, guint predicted)
{
  char a[16], b[16];
  const char *name = fxu_confusion_grid_get_name (self, label, a, sizeof a);

  if (label == predicted)
    /* translators: samples of this class were recognized */
    return g_strdup_printf (_ ("%s seen as it is"), name);
  /* translators: label, and the class that was predicted instead */
  return g_strdup_printf (_ ("%s taken for %s"),
                          name,
                          fxu_confusion_grid_get_name (self, predicted, b, sizeof b));
}

char *
fxu_confusion_grid_describe_count (const FxuConfusionGrid *self, guint label, guint predicted)
{
  gint64 value = fxu_confusion_grid_get_value (self, label, predicted);
  double percent =
    self->totals[label] > 0 ? 100.0 * (double)value / (double)self->totals[label] : 0.0;

  if (self->kind == FXU_MAP_DIFFERENCE)
    /* translators: counts of the fixed-point run and of its float twin */
    return g_strdup_printf (_ ("fixed %u, float %u of %lu"),
                            self->counts[0][label * self->n_classes + predicted],
                            self->counts[1][label * self->n_classes + predicted],
                            (gulong)self->totals[label]);
  /* translators: a count, of how many, in percent */
  return g_strdup_printf (_ ("%ld of %lu (%.1f %%)"),
                          (glong)value,
                          (gulong)self->totals[label],
                          percent);
}

char *
fxu_confusion_grid_describe (const FxuConfusionGrid *self)
{
  g_autofree char *pair = NULL;
  g_autofree char *count = NULL;
  guint label = 0, predicted = 0;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->n_classes == 0)
    return g_strdup (_ ("No test yet"));
  if (!fxu_confusion_grid_has_values (self))
    return g_strdup (_ ("No float twin"));
  if (!fxu_confusion_grid_find_read (self, &label, &predicted))
    return g_strdup (_ ("No test sample is taken for something else"));
  pair = fxu_confusion_grid_describe_pair (self, label, predicted);
  count = fxu_confusion_grid_describe_count (self, label, predicted);
  /* translators: a mistake and how often it is made: "Shirt taken for Coat: 43 of 1000 (4.3 %)" */
  return g_strdup_printf (_ ("%s: %s"), pair, count);
}
