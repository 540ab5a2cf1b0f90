/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/cluster-steps-private.h"

gsize
fxp_cluster_steps_get_size (const FxpClusters *clusters)
{
  const FxpClusterOptions *options = fxp_clusters_get_options (clusters);
  const gsize n_channels = fxp_clusters_get_shape (clusters)->n_inputs;

  if (fxp_clusters_is_plain (clusters) || (options->granularity != FXP_GRANULARITY_KERNELS &&
                                           options->granularity != FXP_GRANULARITY_WEIGHTS))
    return n_channels;
  return MIN (options->size, n_channels);
}

static gboolean
is_cut_at_taps (const FxpClusters *clusters)
{
  return !fxp_clusters_is_plain (clusters) &&
         fxp_clusters_get_options (clusters)->granularity == FXP_GRANULARITY_WEIGHTS;
}

/* Steps through @n codes of the frame that lie side by side from code @at on: of channels @channel
 * and on, @n_channels of them of @width, at the taps from @tap on. */
static guint
list_run (FxpClusterSteps *self,
          gsize at,
          gsize n,
          gsize tap,
          gsize channel,
          gsize n_channels,
          gsize width)
{
  guint n_steps = 0;

  for (gsize i = 0; i < n; i += self->per_step, n_steps++)
    {
      const guint32 step = (at + i) * self->code_size;

      g_array_append_val (self->steps, step);
      for (gsize e = i; e < i + self->per_step; e++)
        {
          guint32 source = FXP_STEP_NO_WEIGHT;

          if (e < n && e % width < n_channels)
            source = (channel + e % width) * self->shape->n_pixels + tap + e / width;
          g_array_append_val (self->sources, source);
        }
    }
  return n_steps;
}

/* The cluster of channels @channel and on, at all taps or at @tap alone. */
static void
list_cluster (FxpClusterSteps *self, gsize channel, gsize n_channels, gsize tap, gboolean all_taps)
{
  const FxpClusterProduct *product = self->product;
  const gsize group = product->group, row = product->frame_width * group;
  const gsize plane = channel / group * product->frame_height * row;
  const gsize at = plane + channel % group;
  const gboolean is_whole = n_channels == group || product->n_groups > 1;
  const guint32 first = channel * self->shape->n_pixels + (all_taps ? 0 : tap);
  guint32 n_steps = 0;

  if (!all_taps)
    n_steps = list_run (self,
                        at + tap / self->kernel * row + tap % self->kernel * group,
                        n_channels,
                        tap,
                        channel,
                        n_channels,
                        n_channels);
  else if (is_whole)
    for (gsize y = 0; y < self->kernel; y++)
      n_steps += list_run (self,
                           at + y * row,
                           self->kernel * group,
                           y * self->kernel,
                           channel,
                           n_channels,
                           group);
  else
    for (gsize i = 0; i < self->kernel * self->kernel; i++)
      n_steps += list_run (self,
                           at + i / self->kernel * row + i % self->kernel * group,
                           n_channels,
                           i,
                           channel,
                           n_channels,
                           n_channels);
  g_array_append_val (self->counts, n_steps);
  g_array_append_val (self->firsts, first);
}

/* Clusters of one term. */
static void
list_clusters (FxpClusterSteps *self, gsize size, gboolean at_taps)
{
  const gsize n_channels = self->shape->n_inputs;

  for (gsize channel = 0; channel < n_channels; channel += size)
    {
      const gsize n = MIN (size, n_channels - channel);

      if (!at_taps)
        list_cluster (self, channel, n, 0, TRUE);
      else
        for (gsize tap = 0; tap < self->shape->n_pixels; tap++)
          list_cluster (self, channel, n, tap, FALSE);
    }
}

static GArray *
make_array (void)
{
  return g_array_new (FALSE, FALSE, sizeof (guint32));
}

void
fxp_cluster_steps_init (FxpClusterSteps *self,
                        const FxpClusterProduct *product,
                        const FxpNode *node)
{
  const gsize per_step = fxp_step_kind_get_n_codes (product->kind);

  *self = (FxpClusterSteps){
    .product = product,
    .shape = fxp_clusters_get_shape (node->clusters),
    .kernel = product->is_dense ? 1 : node->kernel,
    .per_step = per_step,
    .code_size = FXP_STEP_SIZE / per_step,
    .steps = make_array (),
    .counts = make_array (),
    .sources = make_array (),
    .firsts = make_array (),
  };
  list_clusters (self,
                 fxp_cluster_steps_get_size (node->clusters),
                 is_cut_at_taps (node->clusters));
}

void
fxp_cluster_steps_clear (FxpClusterSteps *self)
{
  g_clear_pointer (&self->steps, g_array_unref);
  g_clear_pointer (&self->counts, g_array_unref);
  g_clear_pointer (&self->sources, g_array_unref);
  g_clear_pointer (&self->firsts, g_array_unref);
}
