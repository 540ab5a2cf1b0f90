/* SPDX-License-Identifier: MIT */
/* Counter-based random numbers: a draw depends on its key and index alone, never on order,
 * thread or what was drawn before. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint32 key[2];
  /* 0, or: the array has pixels of so many channels side by side, and its elements draw as if they
   * lay in planes of n_pixels, channel by channel. */
  guint32 n_channels, n_pixels;
} FxpNoise;

/* What a stream of draws is for; keeps streams of one tensor apart. */
typedef enum
{
  FXP_STREAM_QUANTIZE,     /* stochastic rounding of a tensor */
  FXP_STREAM_DERIVATIVE,   /* second rounding of an activation gradient behind tanh */
  FXP_STREAM_INITIALIZE,   /* initial weights */
  FXP_STREAM_SHUFFLE,      /* order of samples */
  FXP_STREAM_SYNTHETIC,    /* generated data sets */
  FXP_STREAM_SPLIT,        /* train/test division */
  FXP_STREAM_AUGMENT,      /* flips and crops; the index is the sample's */
  FXP_STREAM_TERNARY,      /* what is left of a gradient of three values */
  FXP_STREAM_INJECT,       /* noise put into a tensor */
  FXP_STREAM_MOVE,         /* what is stored in a word whose binary point has moved */
  FXP_STREAM_DROPOUT = 16, /* and those after it: dropouts between two layers */
} FxpStream;

/* Mixes (seed, step, layer, role, stream) into a 64-bit key.  @layer and @role are those of
 * FxpTensorId, or any small numbers where there is no tensor. */
FxpNoise fxp_noise_new (guint64 seed, guint64 step, guint layer, guint role, FxpStream stream);

/* The 32-bit draw of @index: three rounds of multiply and xor-shift with the key injected twice
 * (after C. Wellons' measured hash constants).  Vectorises. */
static inline guint32
fxp_noise_draw (FxpNoise self, guint32 index)
{
  guint32 x = index + self.key[0];
  x ^= x >> 17;
  x *= 0xed5ad4bbu;
  x ^= x >> 11;
  x += self.key[1];
  x *= 0xac4c1b51u;
  x ^= x >> 15;
  x *= 0x31848babu;
  x ^= x >> 14;
  return x;
}

/* The index at which element @i of an array draws. */
static inline guint32
fxp_noise_find (const FxpNoise *self, gsize i)
{
  gsize sample, rest;

  if (self->n_channels == 0)
    return (guint32)i;
  sample = i / ((gsize)self->n_channels * self->n_pixels);
  rest = i % ((gsize)self->n_channels * self->n_pixels);
  return (guint32)((sample * self->n_channels + rest % self->n_channels) * self->n_pixels +
                   rest / self->n_channels);
}

/* Uniform in [0,1) with 53 bits, from draws 2 index and 2 index + 1. */
double fxp_noise_uniform (FxpNoise self, guint32 index);
/* Standard normal (Box-Muller on own elementary functions), from four draws at 4 index. */
double fxp_noise_normal (FxpNoise self, guint32 index);
/* Fisher-Yates shuffle of @n items in place. */
void fxp_noise_shuffle (FxpNoise self, guint32 *items, guint32 n);

G_END_DECLS
