/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/probe-state-private.h"
#include "number/error.h"
#include "training/checkpoint-content-private.h"
#include "training/checkpoint-scalers-private.h"
#include "training/checkpoint-tensors-private.h"
#include "training/run-log-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

enum
{
  CONTENT_EXPERIMENT,
  CONTENT_LOG,
  CONTENT_STEP,
  CONTENT_CURSOR,
  CONTENT_DATA,
  CONTENT_INTERVAL,
  CONTENT_TENSOR_SUMS,
  CONTENT_LAYER_SUMS,
  CONTENT_PROBE,
  CONTENT_TENSORS,
  CONTENT_SCALERS,
};

/* Far more than any data set has, and small enough that products of sizes cannot overflow. */
#define INPUTS_MAX (G_GUINT64_CONSTANT (1) << 28)

/* One content being read. */
typedef struct
{
  const char *name;
  gsize offset; /* of the content in its file */
  GVariant *content;
  FxpExperiment *experiment; /* owned */
  FxpPosition position;
} Reading;

static GVariant *
pack_shape (const FxpShape *shape)
{
  guint64 dim[FXP_RANK_MAX];

  for (guint i = 0; i < shape->rank; i++)
    dim[i] = shape->dim[i];
  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, dim, shape->rank, sizeof dim[0]);
}

/* Their fields are eight bytes each, as in a GVariant. */
G_STATIC_ASSERT (sizeof (FxpTensorSums) == 6 * 8);
G_STATIC_ASSERT (sizeof (FxpLayerSums) == 3 * 8);

static GVariant *
pack_sums (const char *type, const GArray *sums)
{
  return g_variant_new_fixed_array (g_variant_type_element (G_VARIANT_TYPE (type)),
                                    sums->data,
                                    sums->len,
                                    g_array_get_element_size ((GArray *)sums));
}

GVariant *
fxp_checkpoint_pack (const FxpCheckpoint *self)
{
  const FxpPosition *position = &self->position;
  const FxpInterval *interval = &position->interval;
  g_autofree char *text = fxp_experiment_to_data (self->experiment);
  GVariant *content;

  content = g_variant_new ("(sst(tt)(@atut)(ttddtt)@" FXP_CHECKPOINT_TENSOR_SUMS_TYPE
                           "@" FXP_CHECKPOINT_LAYER_SUMS_TYPE "m@" FXP_PROBE_TYPE
                           "@" FXP_CHECKPOINT_TENSORS_TYPE "@" FXP_CHECKPOINT_SCALERS_TYPE ")",
                           text,
                           self->log,
                           position->step,
                           position->cursor.epoch,
                           position->cursor.first,
                           pack_shape (&position->input),
                           position->n_classes,
                           position->n_samples,
                           interval->n_steps,
                           interval->n_samples,
                           interval->loss[0],
                           interval->loss[1],
                           interval->n_correct[0],
                           interval->n_correct[1],
                           pack_sums (FXP_CHECKPOINT_TENSOR_SUMS_TYPE, self->tensor_sums),
                           pack_sums (FXP_CHECKPOINT_LAYER_SUMS_TYPE, self->layer_sums),
                           self->probe,
                           fxp_checkpoint_pack_tensors (self),
                           fxp_checkpoint_pack_scalers (self));
  return g_variant_ref_sink (content);
}

static gsize
find_offset (const Reading *self, GVariant *part)
{
  const guint8 *base = g_variant_get_data (self->content);
  const guint8 *data = g_variant_get_data (part);

  return self->offset + (data == NULL ? 0 : data - base);
}

/* A string of the content; @offset is where it begins. */
static const char *
get_text (const Reading *self, guint index, gsize *offset)
{
  g_autoptr (GVariant) part = g_variant_get_child_value (self->content, index);

  *offset = find_offset (self, part);
  /* The content, of which this is a part, holds the characters. */
  return g_variant_get_string (part, NULL);
}

static gboolean
read_experiment (Reading *self, GError **error)
{
  gsize offset;
  const char *text = get_text (self, CONTENT_EXPERIMENT, &offset);
  g_autofree char *place = g_strdup_printf (_ ("%s: experiment at offset %zu"), self->name, offset);

  self->experiment = fxp_experiment_new_from_data (text, -1, place, error);
  return self->experiment != NULL;
}

static gboolean
read_log (const Reading *self, GError **error)
{
  gsize offset;
  const char *text = get_text (self, CONTENT_LOG, &offset);
  g_autofree char *place = g_strdup_printf (_ ("%s: run log at offset %zu"), self->name, offset);
  g_autoptr (FxpRun) run = fxp_run_new_from_data (text, -1, place, error);

  return run != NULL;
}

static gboolean
read_shape (Reading *self, GVariant *part, GError **error)
{
  FxpShape *shape = &self->position.input;
  gsize rank;
  const guint64 *dim = g_variant_get_fixed_array (part, &rank, sizeof *dim);
  guint64 n = 1;

  for (gsize i = 0; i < rank && (rank == 1 || rank == 3); i++)
    {
      if (dim[i] == 0 || dim[i] > INPUTS_MAX / n)
        break;
      n *= dim[i];
      shape->dim[i] = dim[i];
      shape->rank = i + 1;
    }
  if (rank == 0 || shape->rank != rank)
    {
      fxp_envelope_set_broken (error,
                               self->name,
                               find_offset (self, part),
                               _ ("the size of a sample is not one or three numbers whose "
                                  "product is at most "
                                  "%" PRIu64),
                               INPUTS_MAX);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_position (Reading *self, GError **error)
{
  FxpPosition *position = &self->position;
  FxpInterval *interval = &position->interval;
  g_autoptr (GVariant) data = g_variant_get_child_value (self->content, CONTENT_DATA);
  g_autoptr (GVariant) shape = g_variant_get_child_value (data, 0);
  g_autoptr (GVariant) cursor = g_variant_get_child_value (self->content, CONTENT_CURSOR);
  g_autoptr (GVariant) sums = g_variant_get_child_value (self->content, CONTENT_INTERVAL);

  g_variant_get_child (self->content, CONTENT_STEP, "t", &position->step);
  g_variant_get (cursor, "(tt)", &position->cursor.epoch, &position->cursor.first);
  g_variant_get_child (data, 1, "u", &position->n_classes);
  g_variant_get_child (data, 2, "t", &position->n_samples);
  g_variant_get (sums,
                 "(ttddtt)",
                 &interval->n_steps,
                 &interval->n_samples,
                 &interval->loss[0],
                 &interval->loss[1],
                 &interval->n_correct[0],
                 &interval->n_correct[1]);
  if (!read_shape (self, shape, error))
    return FALSE;
  if (position->step > G_MAXINT64 || position->cursor.epoch > G_MAXINT64 ||
      position->cursor.first >= position->n_samples)
    {
      fxp_envelope_set_broken (error,
                               self->name,
                               find_offset (self, cursor),
                               _ ("sample %" PRIu64 " of %" PRIu64 " in epoch %" PRIu64
                                  " at step %" PRIu64 " is no place in a run"),
                               position->cursor.first,
                               position->n_samples,
                               position->cursor.epoch,
                               position->step);
      return FALSE;
    }
  return TRUE;
}

/* Before version 4 there were none. */
static gboolean
read_scalers (const Reading *self, FxpCheckpoint *checkpoint, GError **error)
{
  g_autoptr (GVariant) scalers = NULL;

  if (g_variant_n_children (self->content) <= CONTENT_SCALERS)
    return TRUE;
  scalers = g_variant_get_child_value (self->content, CONTENT_SCALERS);
  return fxp_checkpoint_unpack_scalers (checkpoint,
                                        scalers,
                                        self->name,
                                        find_offset (self, scalers),
                                        error);
}

static gboolean
read_tensors (const Reading *self, FxpCheckpoint *checkpoint, GError **error)
{
  g_autoptr (GVariant) tensors = g_variant_get_child_value (self->content, CONTENT_TENSORS);

  return fxp_checkpoint_unpack_tensors (checkpoint,
                                        tensors,
                                        self->name,
                                        find_offset (self, tensors),
                                        error);
}

/* Sums of @expected tensors or layers; NULL if there are not so many. */
static gconstpointer
read_sums (const Reading *self, GVariant *part, gsize size, gsize expected, GError **error)
{
  gsize n;
  gconstpointer sums = g_variant_get_fixed_array (part, &n, size);

  if (n == expected)
    return sums;
  fxp_envelope_set_broken (error,
                           self->name,
                           find_offset (self, part),
                           size == sizeof (FxpTensorSums)
                             ? _ ("found sums of %zu tensors; expected %zu")
                             : _ ("found sums of %zu layers; expected %zu"),
                           n,
                           expected);
  return NULL;
}

/* What was recorded of the float network: there exactly if such a network is, and of its layers.
 * @part is where it stands. */
static gboolean
check_probe (const Reading *self, GVariant *part, GVariant *probe, GError **error)
{
  const guint n_weighted = fxp_experiment_get_n_weighted (self->experiment);
  const char *problem = NULL;
  FxpProbeState state = {0};
  guint twin;

  if (fxp_checkpoint_find_float (self->experiment, &twin) != (probe != NULL))
    problem = probe != NULL ? _ ("found a baseline; expected none without a float network")
                            : _ ("found no baseline; expected that of the float network");
  else if (probe != NULL &&
           (!fxp_probe_state_unpack (&state, probe) || state.n_layers != n_weighted))
    problem = _ ("found a baseline of other layers; expected one of those of the experiment");
  else if (state.n_steps > self->position.step)
    problem = _ ("found a baseline of more steps than the run has taken");
  if (probe != NULL)
    fxp_probe_state_clear (&state);
  if (problem != NULL)
    fxp_envelope_set_broken (error, self->name, find_offset (self, part), "%s", problem);
  return problem == NULL;
}

static FxpCheckpoint *
read_content (Reading *self, GError **error)
{
  g_autoptr (FxpCheckpoint) checkpoint = NULL;
  g_autoptr (GVariant) tensors = g_variant_get_child_value (self->content, CONTENT_TENSOR_SUMS);
  g_autoptr (GVariant) layers = g_variant_get_child_value (self->content, CONTENT_LAYER_SUMS);
  g_autoptr (GVariant) maybe = g_variant_get_child_value (self->content, CONTENT_PROBE);
  g_autoptr (GVariant) probe = g_variant_get_maybe (maybe);
  const FxpTensorSums *tensor_sums;
  const FxpLayerSums *layer_sums;
  gsize log_offset, n_weighted;

  if (!read_experiment (self, error) || !read_position (self, error) || !read_log (self, error))
    return NULL;
  n_weighted = fxp_experiment_get_n_weighted (self->experiment);
  tensor_sums = read_sums (self, tensors, sizeof *tensor_sums, n_weighted * FXP_N_ROLES, error);
  if (tensor_sums == NULL)
    return NULL;
  layer_sums = read_sums (self, layers, sizeof *layer_sums, n_weighted, error);
  if (layer_sums == NULL || !check_probe (self, maybe, probe, error))
    return NULL;
  checkpoint = fxp_checkpoint_new (self->experiment,
                                   g_strdup (get_text (self, CONTENT_LOG, &log_offset)),
                                   &self->position,
                                   tensor_sums,
                                   layer_sums,
                                   probe);
  if (!read_scalers (self, checkpoint, error) || !read_tensors (self, checkpoint, error))
    return NULL;
  fxp_checkpoint_seal (checkpoint);
  return g_steal_pointer (&checkpoint);
}

FxpCheckpoint *
fxp_checkpoint_unpack (GVariant *content, const char *name, gsize offset, GError **error)
{
  Reading reading = {.name = name, .offset = offset, .content = content};
  FxpCheckpoint *checkpoint;

  g_return_val_if_fail (g_variant_is_of_type (content, G_VARIANT_TYPE (FXP_CHECKPOINT_TYPE)) ||
                          g_variant_is_of_type (content, G_VARIANT_TYPE (FXP_CHECKPOINT_TYPE_3)),
                        NULL);

  if (!g_variant_is_normal_form (content))
    {
      fxp_envelope_set_broken (error,
                               name,
                               offset,
                               _ ("what follows is not laid out as expected of a checkpoint"));
      return NULL;
    }
  checkpoint = read_content (&reading, error);
  g_clear_pointer (&reading.experiment, fxp_experiment_unref);
  return checkpoint;
}
