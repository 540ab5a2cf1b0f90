/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/matmul-private.h"

#define N_SLOTS   32
#define ALIGNMENT 64
#define SLACK_MAX (1024 * 1024)

struct _FxpScratch
{
  gpointer data[N_SLOTS];
  gsize n_bytes[N_SLOTS];
};

FxpScratch *
fxp_scratch_new (void)
{
  return g_new0 (FxpScratch, 1);
}

void
fxp_scratch_free (FxpScratch *self)
{
  if (self == NULL)
    return;
  for (guint slot = 0; slot < N_SLOTS; slot++)
    g_aligned_free (self->data[slot]);
  g_free (self);
}

gpointer
fxp_scratch_get (FxpScratch *self, guint slot, gsize n_bytes)
{
  g_return_val_if_fail (slot < N_SLOTS, NULL);

  if (self->data[slot] == NULL || n_bytes > self->n_bytes[slot])
    {
      /* Half as much again spares a growing caller most of its reallocations; where it is much, it
       * would only be lost. */
      gsize slack = MIN (n_bytes / 2, SLACK_MAX);
      gsize n_blocks = (n_bytes + slack) / ALIGNMENT + 1;

      g_aligned_free (self->data[slot]);
      self->data[slot] = g_aligned_alloc (n_blocks, ALIGNMENT, ALIGNMENT);
      self->n_bytes[slot] = n_blocks * ALIGNMENT;
    }
  return self->data[slot];
}
