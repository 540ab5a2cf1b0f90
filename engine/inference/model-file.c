/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/model-content-private.h"
#include "number/new-file.h"

#include <glib/gi18n-lib.h>

static const char *const types[] = {FXP_MODEL_TYPE_1, FXP_MODEL_TYPE};

static const FxpEnvelope envelope = {
  .magic = "fxpmodel",
  .version = 2,
  .version_min = 1,
  .types = types,
  .other = N_ ("this is no converted network; expected it to begin with “fxpmodel”"),
};

GBytes *
fxp_model_to_bytes (const FxpModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return fxp_envelope_seal (&envelope, fxp_model_pack (self));
}

FxpModel *
fxp_model_new_from_bytes (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr (GVariant) content = fxp_envelope_open (&envelope, bytes, name, error);

  return content != NULL ? fxp_model_unpack (content, name, error) : NULL;
}

FxpModel *
fxp_model_load (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  name = g_file_get_parse_name (file);
  bytes = fxp_envelope_read (&envelope, file, name, cancellable, error);
  return bytes != NULL ? fxp_model_new_from_bytes (bytes, name, error) : NULL;
}

gboolean
fxp_model_save (const FxpModel *self, GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (self != NULL && G_IS_FILE (file), FALSE);

  bytes = fxp_model_to_bytes (self);
  return fxp_new_file_save (file,
                            g_bytes_get_data (bytes, NULL),
                            g_bytes_get_size (bytes),
                            cancellable,
                            error);
}
