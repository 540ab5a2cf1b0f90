/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/checkpoint-private.h"
#include "training/handoff-private.h"

#include <string.h>

static void
stored_clear (gpointer data)
{
  FxpStored *self = data;

  g_clear_pointer (&self->data, g_bytes_unref);
}

FxpCheckpoint *
fxp_checkpoint_new (FxpExperiment *experiment,
                    char *log,
                    const FxpPosition *position,
                    const FxpTensorSums *tensor_sums,
                    const FxpLayerSums *layer_sums,
                    GVariant *probe)
{
  FxpCheckpoint *self = g_atomic_rc_box_new0 (FxpCheckpoint);
  guint n_weighted = fxp_experiment_get_n_weighted (experiment);

  self->experiment = fxp_experiment_ref (experiment);
  self->log = log;
  self->position = *position;
  self->tensor_sums = g_array_new (FALSE, FALSE, sizeof (FxpTensorSums));
  g_array_append_vals (self->tensor_sums, tensor_sums, n_weighted * FXP_N_ROLES);
  self->layer_sums = g_array_new (FALSE, FALSE, sizeof (FxpLayerSums));
  g_array_append_vals (self->layer_sums, layer_sums, n_weighted);
  if (probe != NULL)
    {
      self->probe = g_variant_ref_sink (probe);
      self->baseline = fxp_baseline_new_from_packed (probe);
    }
  self->scalers = g_array_new (FALSE, FALSE, sizeof (FxpStoredScaler));
  self->tensors = g_array_new (FALSE, FALSE, sizeof (FxpStored));
  g_array_set_clear_func (self->tensors, stored_clear);
  return self;
}

static void
checkpoint_clear (gpointer data)
{
  FxpCheckpoint *self = data;

  FXP_HANDOFF_RECEIVE (self);
  fxp_experiment_unref (self->experiment);
  g_free (self->log);
  g_array_unref (self->tensor_sums);
  g_array_unref (self->layer_sums);
  g_clear_pointer (&self->probe, g_variant_unref);
  g_clear_pointer (&self->baseline, fxp_baseline_unref);
  g_array_unref (self->scalers);
  g_array_unref (self->tensors);
  g_free (self->fingerprint);
}

FxpCheckpoint *
fxp_checkpoint_ref (FxpCheckpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
fxp_checkpoint_unref (FxpCheckpoint *self)
{
  g_return_if_fail (self != NULL);

  FXP_HANDOFF_SEND (self);
  g_atomic_rc_box_release_full (self, checkpoint_clear);
}

void
fxp_storage_copy_little_endian (FxpStorage storage, gpointer to, gconstpointer from, gsize n_bytes)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  memcpy (to, from, n_bytes);
#else
  gsize size = fxp_storage_get_size (storage);

  for (gsize i = 0; i < n_bytes; i++)
    ((guint8 *)to)[i] = ((const guint8 *)from)[i / size * size + size - 1 - i % size];
#endif
}

void
fxp_checkpoint_add_scaler (FxpCheckpoint *self, FxpTensorId id, const FxpScaler *scaler)
{
  FxpStoredScaler stored = {.id = id};

  if (scaler == NULL)
    return;
  stored.scaler = *scaler;
  g_array_append_val (self->scalers, stored);
}

void
fxp_checkpoint_add_bytes (FxpCheckpoint *self, const FxpStored *stored)
{
  g_array_append_val (self->tensors, *stored);
}

void
fxp_checkpoint_add (FxpCheckpoint *self,
                    gboolean of_twin,
                    guint layer,
                    FxpLearnt what,
                    const FxpTensor *tensor)
{
  FxpStored stored = {.of_twin = of_twin, .layer = layer, .what = what};
  gsize n_bytes;
  gpointer data;

  if (tensor == NULL)
    return;
  n_bytes = fxp_tensor_get_n_bytes (tensor);
  data = g_malloc (n_bytes);
  stored.format = tensor->format;
  stored.shape = tensor->shape;
  fxp_storage_copy_little_endian (tensor->storage, data, tensor->data, n_bytes);
  stored.data = g_bytes_new_take (data, n_bytes);
  fxp_checkpoint_add_bytes (self, &stored);
}

gboolean
fxp_checkpoint_put_stored (const FxpStored *stored, FxpNetwork *network, GError **error)
{
  gsize n_bytes;
  gconstpointer bytes = g_bytes_get_data (stored->data, &n_bytes);
  g_autofree gpointer codes = g_malloc (n_bytes);

  fxp_storage_copy_little_endian (fxp_format_get_storage (stored->format), codes, bytes, n_bytes);
  return fxp_network_restore_learnt (network,
                                     stored->layer,
                                     stored->what,
                                     stored->format,
                                     codes,
                                     n_bytes,
                                     error);
}

void
fxp_checkpoint_seal (FxpCheckpoint *self)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < self->tensors->len; i++)
    {
      const FxpStored *stored = &g_array_index (self->tensors, FxpStored, i);
      guint8 format[3] = {stored->format.word_bits,
                          (guint8)stored->format.frac_bits,
                          stored->format.is_signed ? 1 : 0};
      gsize n_bytes;
      const guint8 *data = g_bytes_get_data (stored->data, &n_bytes);

      if (stored->of_twin)
        continue;
      g_checksum_update (checksum, format, sizeof format);
      g_checksum_update (checksum, data, n_bytes);
    }
  self->fingerprint = g_strdup (g_checksum_get_string (checksum));
}

FxpExperiment *
fxp_checkpoint_get_experiment (const FxpCheckpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->experiment;
}

guint64
fxp_checkpoint_get_step (const FxpCheckpoint *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->position.step;
}

double
fxp_checkpoint_get_epoch (const FxpCheckpoint *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->position.cursor.epoch +
         (double)self->position.cursor.first / self->position.n_samples;
}

const char *
fxp_checkpoint_get_fingerprint (const FxpCheckpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->fingerprint;
}

gboolean
fxp_checkpoint_find_float (const FxpExperiment *experiment, guint *twin)
{
  *twin = fxp_experiment_get_settings (experiment)->twin ? 1 : 0;
  if (*twin == 1)
    return TRUE;
  if (fxp_experiment_get_settings (experiment)->clusters.method != FXP_CLUSTER_NONE)
    return FALSE;
  for (guint16 layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    for (guint16 role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensorId id = {layer, role};

        if (fxp_experiment_has_tensor (experiment, id) &&
            !fxp_format_is_float (fxp_experiment_get_quantizer (experiment, id)->format))
          return FALSE;
      }
  return TRUE;
}

FxpBaseline *
fxp_checkpoint_get_baseline (const FxpCheckpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->baseline;
}

const FxpStored *
fxp_checkpoint_get_stored (const FxpCheckpoint *self, gboolean of_twin, guint layer, FxpLearnt what)
{
  for (guint i = 0; i < self->tensors->len; i++)
    {
      const FxpStored *stored = &g_array_index (self->tensors, FxpStored, i);

      if (!stored->of_twin == !of_twin && stored->layer == layer && stored->what == what)
        return stored;
    }
  return NULL;
}
