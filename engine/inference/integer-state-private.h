/* SPDX-License-Identifier: MIT */
/* What the integer engine holds, for its files alone: integer.c runs the nodes, integer-product.c,
 * integer-pooling.c and integer-sum.c compute them. */
#pragma once

#ifndef FXP_COMPILATION
#  error "integer-state-private.h is for engine/ and tests/ only"
#endif

#include "inference/cluster-product-private.h"
#include "inference/integer-private.h"
#include "inference/requantizer-private.h"
#include "number/scaler.h"

G_BEGIN_DECLS

/* Codes of one node for a batch: n x output, channels-last, as the format's storage says. */
typedef struct
{
  FxpFormat format;     /* frac_bits follow a batch's exponent where that is dynamic */
  gsize n_features;     /* of a sample */
  gsize n_channels;     /* of a pixel; of no image all features */
  guint slot;           /* whose memory it uses */
  gboolean is_negative; /* codes may be below 0 */
  double peak;          /* fxp_integer_get_peak() */
  FxpScaler scaler;     /* of predictive exponents */
} FxpIntegerOutput;

typedef struct
{
  FxpClusterProduct *product;
  FxpRequantizer *requantizer;
  guint reduction;          /* R of the run, where sums of clusters are reduced */
  double intermediate_peak; /* fxp_integer_get_intermediate_peak() */
} FxpIntegerLayer;

/* What a thread alone writes, a cache line apart from others'. */
typedef struct
{
  _Alignas(64) guint64 n_clipped;
  guint64 peak; /* greatest magnitude */
} FxpIntegerTally;

#define FXP_INTEGER_THREADS_MAX 64

struct _FxpInteger
{
  FxpModel *model; /* owned */
  FxpTeam *team;   /* borrowed, or NULL */
  FxpActivation activation;
  FxpIntegerSight sight;
  gpointer sight_data;
  gboolean keeps;
  gboolean is_dynamic;
  gboolean is_predictive;
  GCancellable *cancellable; /* of the run under way, borrowed, or NULL */

  gsize n;                   /* samples of the run */
  gsize n_reserved;          /* samples there is memory for */
  FxpIntegerOutput *outputs; /* owned: the input's, then the nodes' */
  FxpIntegerLayer *layers;   /* owned: of nodes, empty but for products */
  guint n_slots;
  gsize *slot_bytes; /* owned; of one sample */
  gpointer *slots;   /* owned */
  gpointer panel;    /* owned: unpacked codes of the layer under way */
  guint8 *memory;    /* owned: of all threads */
  gsize thread_bytes;
  gint64 *sums; /* owned: of a product of the whole batch, where something is to be seen of them
                 * before they become codes; NULL until then */
  double *logits;
  gpointer row;    /* owned: codes of a sample before they are laid out */
  gint32 *widened; /* owned: for fxp_integer_get_codes() */
  FxpIntegerTally tallies[FXP_INTEGER_THREADS_MAX];
  FxpInferenceCounts counts;
};

/* Of a node or FXP_NODE_INPUT. */
static inline FxpIntegerOutput *
fxp_integer_get_output (const FxpInteger *self, int node)
{
  return &self->outputs[node + 1];
}

static inline gpointer
fxp_integer_get_memory (const FxpInteger *self, int node)
{
  return self->slots[fxp_integer_get_output (self, node)->slot];
}

static inline int
fxp_integer_get_exponent (const FxpInteger *self, int node)
{
  return -fxp_integer_get_output (self, node)->format.frac_bits;
}

/* Codes of @n values, and values of codes, as @storage has them. */
void fxp_integer_read (FxpStorage storage, gconstpointer codes, gsize n, gint32 *values);
void fxp_integer_write (FxpStorage storage, const gint32 *values, gsize n, gpointer codes);

/* Room that a thread needs for a node. */
gsize fxp_integer_get_product_bytes (const FxpInteger *self, int node);

/* The threads' tallies together, which become 0. */
FxpIntegerTally fxp_integer_collect (FxpInteger *self);
/* Exponents as the model has them, which a caller may have changed since. */
void fxp_integer_take_exponents (FxpInteger *self);
/* Chooses a dynamic exponent: of the greatest @magnitude on the grid 2^@exponent, by bit length.
 * What is all zero has the model's. */
void fxp_integer_choose_exponent (FxpInteger *self, int node, guint64 magnitude, int exponent);
/* A predictive one, from the batches before; @finest: that it may be. */
void fxp_integer_predict_exponent (FxpInteger *self, int node, int finest);
/* What the codes of this batch say of the next one's predictive exponent. */
void fxp_integer_advance_exponent (FxpInteger *self, int node);

/* Computes a node for all samples; gives up when cancelled. */
void fxp_integer_run_product (FxpInteger *self, int node);
void fxp_integer_run_maximum (FxpInteger *self, int node);
void fxp_integer_run_mean (FxpInteger *self, int node);
void fxp_integer_run_sum (FxpInteger *self, int node);

G_END_DECLS
