/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/progress-private.h"

/* A bar on a screen shows no smaller step. */
#define STEP (1.0 / 256)

void
fxp_progress_expect (FxpProgress *self, GFile *file, GCancellable *cancellable)
{
  g_autoptr (GFileInfo) info = NULL;

  if (file == NULL)
    return;
  /* Why it failed is what opening the file will say. */
  info = g_file_query_info (file,
                            G_FILE_ATTRIBUTE_STANDARD_SIZE,
                            G_FILE_QUERY_INFO_NONE,
                            cancellable,
                            NULL);
  if (info != NULL)
    self->n_expected += (guint64)g_file_info_get_size (info);
}

void
fxp_progress_advance (FxpProgress *self, gsize n)
{
  double share;

  self->n_read += n;
  if (self->source->progress == NULL || self->n_expected == 0)
    return;
  /* A file may grow while it is read. */
  share = MIN ((double)self->n_read / (double)self->n_expected, 1.0);
  if (share - self->reported < STEP)
    return;
  self->reported = share;
  self->source->progress (share, self->source->progress_data);
}
