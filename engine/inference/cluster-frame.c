/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/cluster-product-private.h"

#include <string.h>

/* Samples of a dense layer that share one walk through its weights. */
#define SAMPLES_AT_ONCE 48
/* Kernels read whole steps. */
#define SLACK 64

static gsize
count_groups (gsize n, gsize size)
{
  return (n + size - 1) / size;
}

/* Channels lie side by side where the steps of every cluster begin at its first channel; else each
 * cluster's have a plane of their own, so that no step holds codes of two. */
static void
measure (FxpClusterProduct *self, const FxpNode *node, gsize size)
{
  const gsize per_step = fxp_step_kind_get_n_codes (self->kind);
  const gsize code_size = FXP_STEP_SIZE / per_step;

  self->padding = node->padding;
  if (size == self->n_channels)
    self->group = size;
  else if (size % per_step == 0)
    self->group = count_groups (self->n_channels, per_step) * per_step;
  else
    self->group = size;
  self->n_groups = count_groups (self->n_channels, self->group);
  if (self->is_dense)
    {
      self->frame_height = self->frame_width = 1;
      self->n_places = SAMPLES_AT_ONCE;
    }
  else
    {
      const gsize out_height = node->output.dim[1], out_width = node->output.dim[2];

      self->frame_height =
        MAX (self->height + 2 * self->padding, (out_height - 1) * node->stride + node->kernel);
      self->frame_width =
        MAX (self->width + 2 * self->padding, (out_width - 1) * node->stride + node->kernel);
      self->n_places = out_height * out_width;
    }
  self->frame_bytes =
    self->n_groups * self->group * self->frame_height * self->frame_width * code_size;
  self->is_direct = self->raise == 0 && self->padding == 0 && self->n_groups == 1 &&
                    self->group == self->n_channels && self->source.n_pixels == 1 &&
                    self->frame_height == self->height && self->frame_width == self->width &&
                    fxp_storage_get_size (self->source.storage) == code_size &&
                    self->kind != FXP_STEP_SINGLE;
}

static void
list_places (FxpClusterProduct *self, const FxpNode *node)
{
  const gsize code_size = FXP_STEP_SIZE / fxp_step_kind_get_n_codes (self->kind);
  const gsize out_width = self->is_dense ? 1 : node->output.dim[2];

  self->places = g_new (gsize, self->n_places);
  for (gsize i = 0; i < self->n_places; i++)
    if (self->is_dense)
      self->places[i] = i * self->frame_bytes;
    else
      self->places[i] =
        (i / out_width * node->stride * self->frame_width + i % out_width * node->stride) *
        self->group * code_size;
}

void
fxp_cluster_product_lay_out (FxpClusterProduct *self, const FxpNode *node, gsize size)
{
  measure (self, node, size);
  list_places (self, node);
}

gsize
fxp_cluster_product_get_frame_bytes (const FxpClusterProduct *self)
{
  return self->frame_bytes * (self->is_dense ? self->n_places : 1) + SLACK;
}

/* A code without sign that fits the signed element has the same bits in both. */
#define DEFINE_FILL(name, from, to)                                                                \
  /* Rows of images that lie as the frame's do. */                                                 \
  static void copy_##name (gconstpointer source, gsize n, guint8 raise, gpointer target)           \
  {                                                                                                \
    const from *restrict codes = source;                                                           \
    to *restrict frame = target;                                                                   \
                                                                                                   \
    for (gsize i = 0; i < n; i++)                                                                  \
      frame[i] = codes[i] + raise;                                                                 \
  }                                                                                                \
                                                                                                   \
  static void fill_##name (const FxpClusterProduct *self, gconstpointer source, gpointer target)   \
  {                                                                                                \
    const from *codes = source;                                                                    \
    const gsize group = self->group, n_channels = self->n_channels, width = self->width;           \
    const gsize row = self->frame_width * group, plane = self->frame_height * row;                 \
    to *frame = (to *)target + self->padding * (row + group);                                      \
                                                                                                   \
    for (gsize y = 0; y < self->height; y++, frame += row)                                         \
      if (group == n_channels)                                                                     \
        {                                                                                          \
          copy_##name (codes, width *n_channels, self->raise, frame);                              \
          codes += width * n_channels;                                                             \
        }                                                                                          \
      else                                                                                         \
        for (gsize x = 0; x < width; x++, codes += n_channels)                                     \
          for (gsize first = 0, g = 0; g < self->n_groups; g++, first += group)                    \
            copy_##name (codes + first,                                                            \
                         MIN (n_channels - first, group),                                          \
                         self->raise,                                                              \
                         frame + g * plane + x * group);                                           \
  }                                                                                                \
                                                                                                   \
  /* A sample of a dense layer, of pixels that lie channels-last; feature by feature. */           \
  static void turn_##name (const FxpClusterProduct *self,                                          \
                           gconstpointer source,                                                   \
                           gsize n_pixels,                                                         \
                           gpointer target)                                                        \
  {                                                                                                \
    const from *codes = source;                                                                    \
    const gsize n_planes = self->n_channels / n_pixels;                                            \
    to *frame = target;                                                                            \
                                                                                                   \
    for (gsize i = 0; i < n_planes; i++)                                                           \
      for (gsize pixel = 0; pixel < n_pixels; pixel++)                                             \
        *frame++ = codes[pixel * n_planes + i] + self->raise;                                      \
  }

DEFINE_FILL (quads_8, guint8, guint8)
DEFINE_FILL (pairs_i8, gint8, gint16)
DEFINE_FILL (pairs_u8, guint8, gint16)
DEFINE_FILL (pairs_16, gint16, gint16)
DEFINE_FILL (singles_i8, gint8, gint32)
DEFINE_FILL (singles_u8, guint8, gint32)
DEFINE_FILL (singles_i16, gint16, gint32)
DEFINE_FILL (singles_u16, guint16, gint32)

typedef struct
{
  void (*fill) (const FxpClusterProduct *self, gconstpointer codes, gpointer frame);
  void (*turn) (const FxpClusterProduct *self, gconstpointer codes, gsize n_pixels, gpointer frame);
} Filler;

#define FILLER(name)                                                                               \
  {                                                                                                \
    fill_##name, turn_##name                                                                       \
  }

static const Filler fillers[FXP_N_STEPS][FXP_STORAGE_U16 + 1] = {
  [FXP_STEP_QUAD] =
    {
      [FXP_STORAGE_I8] = FILLER (quads_8),
      [FXP_STORAGE_U8] = FILLER (quads_8),
    },
  [FXP_STEP_PAIR] =
    {
      [FXP_STORAGE_I8] = FILLER (pairs_i8),
      [FXP_STORAGE_U8] = FILLER (pairs_u8),
      [FXP_STORAGE_I16] = FILLER (pairs_16),
      [FXP_STORAGE_U16] = FILLER (pairs_16),
    },
  [FXP_STEP_SINGLE] =
    {
      [FXP_STORAGE_I8] = FILLER (singles_i8),
      [FXP_STORAGE_U8] = FILLER (singles_u8),
      [FXP_STORAGE_I16] = FILLER (singles_i16),
      [FXP_STORAGE_U16] = FILLER (singles_u16),
    },
};

const guint8 *
fxp_cluster_product_fill_frame (const FxpClusterProduct *self,
                                gconstpointer codes,
                                gsize n,
                                guint8 *frame)
{
  const Filler *filler = &fillers[self->kind][self->source.storage];
  const gsize sample_bytes =
    self->n_channels * self->height * self->width * fxp_storage_get_size (self->source.storage);

  if (self->is_direct)
    return codes;
  memset (frame, self->raise, n * self->frame_bytes);
  for (gsize i = 0; i < n; i++)
    {
      const guint8 *sample = (const guint8 *)codes + i * sample_bytes;

      if (self->source.n_pixels > 1)
        filler->turn (self, sample, self->source.n_pixels, frame + i * self->frame_bytes);
      else
        filler->fill (self, sample, frame + i * self->frame_bytes);
    }
  return frame;
}
