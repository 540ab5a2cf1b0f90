/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/new-file.h"
#include "training/checkpoint-content-private.h"

#include <glib/gi18n-lib.h>

static const char *const types[] = {FXP_CHECKPOINT_TYPE_3, FXP_CHECKPOINT_TYPE};

static const FxpEnvelope envelope = {
  .magic = "roundoff",
  .version = 4,
  .version_min = 3,
  .types = types,
  .other = N_ ("this is no checkpoint; expected it to begin with “roundoff”"),
};

GBytes *
fxp_checkpoint_to_bytes (const FxpCheckpoint *self)
{
  g_autoptr (GVariant) content = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  content = fxp_checkpoint_pack (self);
  return fxp_envelope_seal (&envelope, content);
}

FxpCheckpoint *
fxp_checkpoint_new_from_bytes (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr (GVariant) content = fxp_envelope_open (&envelope, bytes, name, error);

  if (content == NULL)
    return NULL;
  return fxp_checkpoint_unpack (content, name, FXP_ENVELOPE_HEAD_BYTES, error);
}

FxpCheckpoint *
fxp_checkpoint_load (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  name = g_file_get_parse_name (file);
  bytes = fxp_envelope_read (&envelope, file, name, cancellable, error);
  if (bytes == NULL)
    return NULL;
  return fxp_checkpoint_new_from_bytes (bytes, name, error);
}

gboolean
fxp_checkpoint_save (const FxpCheckpoint *self,
                     GFile *file,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (self != NULL && G_IS_FILE (file), FALSE);

  bytes = fxp_checkpoint_to_bytes (self);
  return fxp_new_file_save (file,
                            g_bytes_get_data (bytes, NULL),
                            g_bytes_get_size (bytes),
                            cancellable,
                            error);
}
