/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "assign-options.h"

#include "cli.h"

#include <glib/gi18n.h>
#include <string.h>

void
fxa_assign_texts_clear (FxaAssignTexts *self)
{
  g_free (self->variant);
  g_free (self->target);
  g_free (self->extra_bits);
  g_free (self->smoothing);
  g_free (self->range);
  g_free (self->fourth_root);
  g_free (self->bits_max);
  g_free (self->input_bits);
  g_strfreev (self->locks);
}

/* NULL leaves @value; its limits are looked at with those of the other constants. */
static gboolean
parse_number (const char *name, const char *text, double *value)
{
  char *end = NULL;
  double found;

  if (text == NULL)
    return TRUE;
  found = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0')
    {
      *value = found;
      return TRUE;
    }
  fxa_cli_fail_text (FXA_EXIT_USAGE, _ ("%s: “%.40s” is not a number"), name, text);
  return FALSE;
}

static gboolean
parse_bits (const char *name, const char *text, guint64 min, guint64 max, guint *value)
{
  guint64 found = *value;

  if (!fxa_cli_parse_count (name, text, min, max, &found))
    return FALSE;
  *value = (guint)found;
  return TRUE;
}

static gboolean
parse_switch (const char *name, const char *text, gboolean *value)
{
  if (text == NULL)
    return TRUE;
  *value = g_str_equal (text, "on");
  if (*value || g_str_equal (text, "off"))
    return TRUE;
  fxa_cli_fail_text (FXA_EXIT_USAGE, _ ("%s: “%.40s” is neither on nor off"), name, text);
  return FALSE;
}

gboolean
fxa_assign_texts_parse (const FxaAssignTexts *self, FxpAssignmentOptions *options)
{
  g_autoptr (GError) error = NULL;
  FxpVariant variant = FXP_VARIANT_PAPER;

  if (self->variant != NULL && !fxp_variant_parse (self->variant, &variant, &error))
    {
      fxa_cli_fail_text (FXA_EXIT_USAGE, "assign: --variant: %s", error->message);
      return FALSE;
    }
  fxp_assignment_options_init (options, variant);
  if (!parse_number ("assign: --target", self->target, &options->target) ||
      !parse_number ("assign: --smoothing", self->smoothing, &options->smoothing) ||
      !parse_number ("assign: --range", self->range, &options->gradient_range) ||
      !parse_switch ("assign: --fourth-root", self->fourth_root, &options->fourth_root) ||
      !parse_bits ("assign: --extra-bits", self->extra_bits, 0, 16, &options->extra_bits) ||
      !parse_bits ("assign: --bits-max",
                   self->bits_max,
                   2,
                   FXP_WORD_BITS_MAX,
                   &options->bits_max) ||
      !parse_bits ("assign: --input-bits",
                   self->input_bits,
                   0,
                   FXP_WORD_BITS_MAX,
                   &options->input_bits))
    return FALSE;
  if (fxp_assignment_options_validate (options, &error))
    return TRUE;
  fxa_cli_fail_text (FXA_EXIT_USAGE, "assign: %s", error->message);
  return FALSE;
}

/* One lock: the layers first..last, counted from 0, and the roles likewise. */
typedef struct
{
  guint first_layer, last_layer, first_role, last_role;
} Lock;

static gboolean
parse_lock (const char *text, guint n_layers, Lock *lock)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", -1);
  guint64 layer;
  FxpRole role;

  if (g_strv_length (parts) != 2)
    return FALSE;
  *lock = (Lock){0, n_layers - 1, 0, FXP_N_ROLES - 1};
  if (!g_str_equal (parts[0], "*"))
    {
      if (!g_ascii_string_to_unsigned (parts[0], 10, 1, n_layers, &layer, NULL))
        return FALSE;
      lock->first_layer = lock->last_layer = (guint)layer - 1;
    }
  if (g_str_equal (parts[1], "*"))
    return TRUE;
  if (!fxp_role_parse (parts[1], &role, NULL) ||
      (role > FXP_ROLE_WEIGHT_ACC && role != FXP_ROLE_MOMENTUM))
    return FALSE;
  lock->first_role = lock->last_role = role;
  return TRUE;
}

gboolean *
fxa_assign_texts_make_locks (const FxaAssignTexts *self, FxpExperiment *experiment, GError **error)
{
  const guint n_layers = fxp_experiment_get_n_weighted (experiment);
  g_autofree gboolean *locks = g_new0 (gboolean, n_layers * FXP_N_ROLES);

  for (char **text = self->locks; text != NULL && *text != NULL; text++)
    {
      Lock lock;

      if (!parse_lock (*text, n_layers, &lock))
        {
          g_set_error (error,
                       G_OPTION_ERROR,
                       G_OPTION_ERROR_BAD_VALUE,
                       _ ("assign: --lock: “%.40s” is no tensor that is assigned, expected "
                          "LAYER.ROLE, a layer from 1 to %u or *, and weight, activation, "
                          "weight-grad, activation-grad, weight-acc, momentum or *"),
                       *text,
                       n_layers);
          return NULL;
        }
      for (guint layer = lock.first_layer; layer <= lock.last_layer; layer++)
        for (guint role = lock.first_role; role <= lock.last_role; role++)
          {
            const FxpTensorId owner =
              fxp_experiment_get_owner (experiment, (FxpTensorId){layer, role});

            locks[owner.layer * FXP_N_ROLES + owner.role] = TRUE;
          }
    }
  return g_steal_pointer (&locks);
}
