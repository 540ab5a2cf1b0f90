/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/idx-name-private.h"

#include <string.h>

static const char *const kinds[FXP_IDX_N_KINDS][FXP_IDX_N_SPELLINGS] = {
  [FXP_IDX_IMAGES] = {"images-idx3-ubyte", "images.idx3-ubyte"},
  [FXP_IDX_LABELS] = {"labels-idx1-ubyte", "labels.idx1-ubyte"},
};

static const char *const parts[FXP_IDX_N_PARTS] = {
  [FXP_IDX_TRAIN] = "train-",
  [FXP_IDX_T10K] = "t10k-",
  [FXP_IDX_TEST] = "test-",
  [FXP_IDX_NO_PART] = "",
};

const char *
fxp_idx_part_get_text (FxpIdxPart part)
{
  return parts[part];
}

const char *
fxp_idx_kind_get_text (FxpIdxKind kind, guint spelling)
{
  return kinds[kind][spelling];
}

void
fxp_idx_name_clear (FxpIdxName *self)
{
  g_clear_pointer (&self->prefix, g_free);
}

static gboolean
strip_suffix (GString *text, const char *suffix)
{
  if (!g_str_has_suffix (text->str, suffix))
    return FALSE;
  g_string_truncate (text, text->len - strlen (suffix));
  return TRUE;
}

static gboolean
strip_kind (GString *text, FxpIdxKind *kind)
{
  for (guint i = 0; i < FXP_IDX_N_KINDS; i++)
    for (guint j = 0; j < FXP_IDX_N_SPELLINGS; j++)
      if (strip_suffix (text, kinds[i][j]))
        {
          *kind = i;
          return TRUE;
        }
  return FALSE;
}

gboolean
fxp_idx_name_parse (FxpIdxName *self, const char *basename)
{
  GString *text = g_string_new (basename);

  strip_suffix (text, ".gz");
  if (!strip_kind (text, &self->kind))
    {
      g_string_free (text, TRUE);
      return FALSE;
    }
  self->part = 0;
  while (!strip_suffix (text, parts[self->part]))
    self->part++;
  self->prefix = g_string_free (text, FALSE);
  return TRUE;
}
