/* SPDX-License-Identifier: MIT */
/* The draws of GROUP elements at a time, for kernels that define GROUP, the number of 32-bit lanes
 * of their vectors, before they include this. */
#pragma once

#ifndef FXP_COMPILATION
#  error "draws-private.h is for engine/ only"
#endif

#include <string.h>

#include "number/random.h"
#include "number/vector-unit-private.h"

G_BEGIN_DECLS

typedef guint32 DrawVector __attribute__ ((vector_size (4 * GROUP)));
typedef gint32 PlaceVector __attribute__ ((vector_size (4 * GROUP)));

/* How the elements of an array lie among the draws. */
typedef enum
{
  DRAWS_IN_LINE,
  DRAWS_IN_BLOCKS, /* as in planes, but a group never leaves a pixel */
  DRAWS_IN_PLANES
} DrawOrder;

/* Lane 2 k is element k of the group, lane 2 k + 1 element k + GROUP / 2: the draws of either half
 * are the lower or upper halves of 64-bit lanes. */
typedef struct
{
  guint32 key[2];
  DrawOrder order;
  DrawVector index;
  guint32 index_step;
  /* Where the order is not a line; the place is that of a group's first element: */
  guint32 n_channels, n_pixels;
  guint32 channel, pixel, first_index;
  /* Of each lane, in planes: */
  PlaceVector channels;
  guint32 n_left; /* of the sample, with this group's elements */
} Draws;

/* The place @n elements on, of the same pixel or the next one's first; @index is that of its draw.
 */
static FXP_ALWAYS_INLINE void
pass_channels (const Draws *self, guint32 n, guint32 *channel, guint32 *pixel, guint32 *index)
{
  *index += n * self->n_pixels;
  *channel += n;
  if (*channel < self->n_channels)
    return;
  *channel = 0;
  *index += 1 - self->n_channels * self->n_pixels;
  if (++*pixel < self->n_pixels)
    return;
  *pixel = 0;
  *index += (self->n_channels - 1) * self->n_pixels;
}

/* Walks through the group that begins at an element's place. */
static FXP_ALWAYS_INLINE void
place_group (Draws *self)
{
  guint32 index[GROUP];
  gint32 channels[GROUP];

  self->n_left = (self->n_pixels - self->pixel) * self->n_channels - self->channel;
  for (guint i = 0; i < GROUP; i++)
    {
      guint lane = i < GROUP / 2 ? 2 * i : 2 * i - GROUP + 1;

      index[lane] = self->first_index;
      channels[lane] = (gint32)self->channel;
      pass_channels (self, 1, &self->channel, &self->pixel, &self->first_index);
    }
  memcpy (&self->index, index, sizeof index);
  memcpy (&self->channels, channels, sizeof channels);
}

/* The group's last element, which is in the last lane, leads to the next one. */
static FXP_ALWAYS_INLINE void
place_next_group (Draws *self)
{
  const guint32 n_sample = self->n_channels * self->n_pixels;

  self->channel = (guint32)self->channels[GROUP - 1];
  self->pixel = (n_sample - self->n_left + GROUP - 1) % n_sample / self->n_channels;
  self->first_index = self->index[GROUP - 1];
  pass_channels (self, 1, &self->channel, &self->pixel, &self->first_index);
  place_group (self);
}

static FXP_ALWAYS_INLINE void
begin_planes (Draws *self, const FxpNoise *noise, gsize first)
{
  self->n_channels = noise->n_channels;
  self->n_pixels = noise->n_pixels;
  self->channel = (guint32)(first % self->n_channels);
  self->pixel = (guint32)(first / self->n_channels % self->n_pixels);
  self->first_index = fxp_noise_find (noise, first);
  if (self->n_channels % GROUP == 0 && self->channel % GROUP == 0)
    {
      self->order = DRAWS_IN_BLOCKS;
      self->index *= self->n_pixels;
      return;
    }
  self->order = DRAWS_IN_PLANES;
  self->index_step = GROUP / self->n_channels + GROUP % self->n_channels * self->n_pixels;
  place_group (self);
}

/* Of elements @first and those after it; @noise may be NULL if none is ever drawn. */
static FXP_ALWAYS_INLINE Draws
draws_begin (const FxpNoise *noise, gsize first)
{
  Draws self = {.order = DRAWS_IN_LINE, .index_step = GROUP};

  if (noise == NULL)
    return self;
  self.key[0] = noise->key[0];
  self.key[1] = noise->key[1];
  for (guint i = 0; i < GROUP; i++)
    self.index[i < GROUP / 2 ? 2 * i : 2 * i - GROUP + 1] = i;
  if (noise->n_channels > 1 && noise->n_pixels > 1)
    begin_planes (&self, noise, first);
  else
    self.index += (guint32)first;
  return self;
}

/* Within a sample lanes pass the last channel once at most; its end is rare, so apart. */
static FXP_ALWAYS_INLINE void
step_in_planes (Draws *self)
{
  const guint32 to_next_pixel = 1 - self->n_channels * self->n_pixels;
  const gint32 last = (gint32)self->n_channels - 1;
  PlaceVector passed;

  if (G_UNLIKELY (self->n_left < 2 * GROUP))
    {
      place_next_group (self);
      return;
    }
  self->n_left -= GROUP;
  self->channels += (gint32)(GROUP % self->n_channels);
  self->index += self->index_step;
  passed = self->channels > last;
  self->channels -= passed & (gint32)self->n_channels;
  self->index += (DrawVector)passed & to_next_pixel;
}

/* As fxp_noise_draw(), of the next GROUP elements.  @order is that of the draws, known to the
 * compiler. */
static FXP_ALWAYS_INLINE DrawVector
draws_next (Draws *self, DrawOrder order)
{
  DrawVector x = self->index + self->key[0];

  if (order == DRAWS_IN_BLOCKS)
    {
      x += self->first_index;
      pass_channels (self, GROUP, &self->channel, &self->pixel, &self->first_index);
    }
  else if (order == DRAWS_IN_PLANES)
    step_in_planes (self);
  else
    self->index += self->index_step;
  x ^= x >> 17;
  x *= 0xed5ad4bbu;
  x ^= x >> 11;
  x += self->key[1];
  x *= 0xac4c1b51u;
  x ^= x >> 15;
  x *= 0x31848babu;
  x ^= x >> 14;
  return x;
}

/* Lane k is element k. */
static FXP_ALWAYS_INLINE DrawVector
draws_in_order (DrawVector draws)
{
  DrawVector from;

  for (guint i = 0; i < GROUP; i++)
    from[i] = i < GROUP / 2 ? 2 * i : 2 * i - GROUP + 1;
  return __builtin_shuffle (draws, from);
}

G_END_DECLS
