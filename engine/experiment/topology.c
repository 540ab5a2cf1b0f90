/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/topology.h"

#include "experiment/topology-private.h"
#include <glib/gi18n-lib.h>

/* Which convolution of a residual block it is; its letter in names. */
typedef enum
{
  PART_PLAIN = 0, /* outside of blocks */
  PART_FIRST = 'a',
  PART_SECOND = 'b',
  PART_SHORTCUT = 's',
} Part;

/* What is asked of a layer with weights again and again. */
typedef struct
{
  guint layer;         /* its index among all */
  guint input_owner;   /* whose activations enter it, and whose gradient reaches it: */
  guint output_owner;  /* indices among those with weights */
  gboolean normalized; /* batch normalization follows */
  Part part;
  guint number; /* of the block, or among plain layers of its kind; from 1 */
} Weighted;

struct _FxpTopology
{
  char *text;
  FxpShape input;       /* rank 0: left to the data */
  FxpLayerSpec *layers; /* n_layers */
  guint *rows;          /* n_layers: index into weighted or FXP_TOPOLOGY_NONE */
  guint n_layers;
  Weighted *weighted; /* n_weighted */
  guint n_weighted;
};

gboolean
fxp_layer_spec_has_weights (const FxpLayerSpec *self)
{
  return self->kind == FXP_LAYER_DENSE || self->kind == FXP_LAYER_CONVOLUTION;
}

static char *
convolution_to_string (const FxpLayerSpec *self)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%uC%u", self->units, self->kernel);
  if (self->padding > 0 && self->padding == self->kernel / 2)
    g_string_append_c (text, 'P');
  else if (self->padding > 0)
    g_string_append_printf (text, "P%u", self->padding);
  if (self->stride > 1)
    g_string_append_printf (text, "/%u", self->stride);
  return g_string_free (text, FALSE);
}

char *
fxp_layer_spec_to_string (const FxpLayerSpec *self)
{
  switch (self->kind)
    {
    case FXP_LAYER_DENSE:
      return g_strdup_printf ("%uFC", self->units);
    case FXP_LAYER_CONVOLUTION:
      return convolution_to_string (self);
    case FXP_LAYER_MAX_POOLING:
      return g_strdup_printf ("MP%u", self->kernel);
    case FXP_LAYER_AVERAGE_POOLING:
      return self->kernel > 0 ? g_strdup_printf ("AP%u", self->kernel) : g_strdup ("GAP");
    case FXP_LAYER_BATCH_NORM:
      return g_strdup ("BN");
    case FXP_LAYER_ACTIVATION:
      return g_strdup ("act");
    case FXP_LAYER_DROPOUT:
      return g_strdup_printf ("D%u", self->percent);
    case FXP_LAYER_ADDITION:
      return g_strdup ("+");
    case FXP_N_LAYER_KINDS:
    default:
      g_return_val_if_reached (NULL);
    }
}

/* The layer with weights at whose output, behind its normalization, @layer stands. */
static guint
find_origin (const FxpTopology *self, int layer)
{
  if (self->layers[layer].kind == FXP_LAYER_BATCH_NORM)
    layer = self->layers[layer].from;
  return self->rows[layer];
}

/* Marks the convolutions of the block that @addition ends: the first one, the second one that is
 * right behind it among those with weights, and a projection. */
static void
mark_block (FxpTopology *self, const FxpLayerSpec *addition, guint number)
{
  const guint second = find_origin (self, addition->from);
  Weighted *block = &self->weighted[second - 1];
  guint shortcut = FXP_TOPOLOGY_NONE;

  /* A block's input is the network's, or comes from a layer without weights. */
  if (addition->skip != FXP_LAYER_INPUT)
    shortcut = find_origin (self, addition->skip);
  block[0].part = PART_FIRST;
  block[1].part = PART_SECOND;
  block[0].number = block[1].number = number;
  if (shortcut != FXP_TOPOLOGY_NONE)
    {
      self->weighted[shortcut].part = PART_SHORTCUT;
      self->weighted[shortcut].number = number;
      self->weighted[shortcut].input_owner = second - 1;
      self->weighted[shortcut].output_owner = second;
    }
}

static void
number_weighted (FxpTopology *self)
{
  guint n_blocks = 0, n_convolutions = 0, n_dense = 0;

  for (guint i = 0; i < self->n_layers; i++)
    if (self->layers[i].kind == FXP_LAYER_ADDITION)
      mark_block (self, &self->layers[i], ++n_blocks);
  for (guint i = 0; i < self->n_weighted; i++)
    {
      Weighted *row = &self->weighted[i];

      if (row->part == PART_PLAIN)
        row->number =
          self->layers[row->layer].kind == FXP_LAYER_DENSE ? ++n_dense : ++n_convolutions;
    }
}

FxpTopology *
fxp_topology_new (const char *text, const FxpShape *input, const FxpLayerSpec *layers, guint n)
{
  FxpTopology *self = g_atomic_rc_box_new0 (FxpTopology);

  self->text = g_strdup (text);
  self->input = *input;
  self->layers = g_memdup2 (layers, n * sizeof *layers);
  self->n_layers = n;
  self->rows = g_new (guint, n);
  self->weighted = g_new0 (Weighted, n);
  for (guint i = 0; i < n; i++)
    {
      const guint row = self->n_weighted;

      self->rows[i] = FXP_TOPOLOGY_NONE;
      if (!fxp_layer_spec_has_weights (&layers[i]))
        continue;
      self->rows[i] = row;
      self->weighted[row] = (Weighted){
        .layer = i,
        .input_owner = row,
        .output_owner = row,
        .normalized = i + 1 < n && layers[i + 1].kind == FXP_LAYER_BATCH_NORM,
      };
      self->n_weighted++;
    }
  number_weighted (self);
  return self;
}

FxpTopology *
fxp_topology_ref (FxpTopology *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
topology_clear (gpointer data)
{
  FxpTopology *self = data;

  g_free (self->text);
  g_free (self->layers);
  g_free (self->rows);
  g_free (self->weighted);
}

void
fxp_topology_unref (FxpTopology *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, topology_clear);
}

const char *
fxp_topology_get_text (const FxpTopology *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

guint
fxp_topology_get_n_layers (const FxpTopology *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_layers;
}

const FxpLayerSpec *
fxp_topology_get_layer (const FxpTopology *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_layers, NULL);

  return &self->layers[index];
}

guint
fxp_topology_get_n_weighted (const FxpTopology *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_weighted;
}

const FxpLayerSpec *
fxp_topology_get_weighted (const FxpTopology *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_weighted, NULL);

  return &self->layers[self->weighted[index].layer];
}

const FxpShape *
fxp_topology_get_input (const FxpTopology *self)
{
  return &self->input;
}

char *
fxp_topology_get_name (const FxpTopology *self, guint index)
{
  const Weighted *row;

  g_return_val_if_fail (self != NULL && index < self->n_weighted, NULL);

  row = &self->weighted[index];
  if (row->part != PART_PLAIN)
    return g_strdup_printf ("res%u%c", row->number, row->part);
  return g_strdup_printf ("%s%u",
                          self->layers[row->layer].kind == FXP_LAYER_DENSE ? "fc" : "conv",
                          row->number);
}

guint
fxp_topology_get_weighted_index (const FxpTopology *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_weighted, 0);

  return self->weighted[index].layer;
}

guint
fxp_topology_find_weighted (const FxpTopology *self, guint layer)
{
  g_return_val_if_fail (self != NULL && layer < self->n_layers, FXP_TOPOLOGY_NONE);

  return self->rows[layer];
}

gboolean
fxp_topology_is_normalized (const FxpTopology *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_weighted, FALSE);

  return self->weighted[index].normalized;
}

guint
fxp_topology_get_input_owner (const FxpTopology *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_weighted, index);

  return self->weighted[index].input_owner;
}

guint
fxp_topology_get_output_owner (const FxpTopology *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_weighted, index);

  return self->weighted[index].output_owner;
}

/* The addition of the residual block that @layer is in, or NULL. */
static const FxpLayerSpec *
find_block (const FxpTopology *self, guint layer)
{
  for (guint i = layer; i < self->n_layers; i++)
    if (self->layers[i].kind == FXP_LAYER_ADDITION)
      {
        const Weighted *second = &self->weighted[find_origin (self, self->layers[i].from)];

        return second[-1].layer <= layer ? &self->layers[i] : NULL;
      }
  return NULL;
}

static char *
block_to_string (const FxpTopology *self, const FxpLayerSpec *addition)
{
  const Weighted *second = &self->weighted[find_origin (self, addition->from)];
  const guint stride = self->layers[second[-1].layer].stride;

  if (stride > 1)
    return g_strdup_printf ("RES(%u/%u)", addition->units, stride);
  return g_strdup_printf ("RES(%u)", addition->units);
}

char *
fxp_topology_describe_layer (const FxpTopology *self, guint layer)
{
  const FxpLayerSpec *block = find_block (self, layer);
  g_autofree char *token = NULL;
  guint number = 0;

  token =
    block != NULL ? block_to_string (self, block) : fxp_layer_spec_to_string (&self->layers[layer]);
  for (guint i = 0; i <= layer; i++)
    {
      const FxpLayerSpec *around = find_block (self, i);

      /* A block counts where it begins. */
      if (around == NULL)
        number += self->layers[i].kind != FXP_LAYER_ACTIVATION;
      else
        number +=
          self->rows[i] != FXP_TOPOLOGY_NONE && self->weighted[self->rows[i]].part == PART_FIRST;
    }
  /* translators: how many-th layer it is and its token, as in: layer 3 (MP2) */
  return g_strdup_printf (_ ("layer %u (%s)"), number, token);
}
