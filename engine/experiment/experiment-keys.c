/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment-keys-private.h"
#include "experiment/cluster-settings-private.h"
#include "experiment/precision-keys-private.h"
#include "number/quotation-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define AT(field) G_STRUCT_OFFSET (FxpSettings, field)

/* clang-format off */
static const FxpKey keys[] = {
  { "experiment", "title", &fxp_setting_text, AT (title), 0, 200, FXP_LIVE },
  { "experiment", "description", &fxp_setting_text, AT (description), 0, 1000, FXP_LIVE },
  { "experiment", "seed", &fxp_setting_seed, AT (seed), 0, 0, FXP_RESET },
  { "dataset", "name", &fxp_setting_name, AT (dataset_name), 0, 0, FXP_RESET },
  { "dataset", "path", &fxp_setting_path, AT (dataset_path), 1, 4096, FXP_RESET },
  { "dataset", "samples", &fxp_setting_count, AT (dataset_samples), 10, 1000000, FXP_RESET },
  { "dataset", "noise", &fxp_setting_real, AT (dataset_noise), 0, 50, FXP_RESET },
  { "dataset", "test-share", &fxp_setting_real, AT (dataset_test_share), 0.05, 0.95, FXP_RESET },
  { "dataset", "validation-share", &fxp_setting_real, AT (dataset_validation_share), 0, 0.5,
    FXP_RESET },
  { "dataset", "normalize", &fxp_setting_switch, AT (dataset_normalize), 0, 0, FXP_RESET },
  { "augmentation", "flip", &fxp_setting_switch, AT (augment_flip), 0, 0, FXP_RESET },
  { "augmentation", "crop", &fxp_setting_count, AT (augment_crop), 0, 32, FXP_RESET },
  { "network", "topology", &fxp_setting_topology, 0, 0, 0, FXP_RESET },
  { "network", "activation", &fxp_setting_activation, AT (activation), 0, 0, FXP_LIVE },
  { "training", "rate", &fxp_setting_positive, AT (rate), 0, 1e6, FXP_LIVE },
  { "training", "schedule", &fxp_setting_schedule, AT (schedule), 0, 0, FXP_LIVE },
  { "training", "schedule-steps", &fxp_setting_steps, AT (schedule_steps), 1, 1e15, FXP_LIVE },
  { "training", "schedule-factor", &fxp_setting_real, AT (schedule_factor), 0, 1, FXP_LIVE },
  { "training", "momentum", &fxp_setting_real, AT (momentum), 0, 0.9999, FXP_LIVE },
  { "training", "weight-decay", &fxp_setting_real, AT (weight_decay), 0, 1, FXP_LIVE },
  { "training", "clip", &fxp_setting_switch, AT (clip), 0, 0, FXP_LIVE },
  { "training", "gradients", &fxp_setting_gradients, AT (gradients), 0, 0, FXP_LIVE },
  { "training", "scaling-period", &fxp_setting_count, AT (scaling_period), 1, 1000000, FXP_LIVE },
  { "training", "scaling-overflow", &fxp_setting_real, AT (scaling_overflow), 0, 0.5, FXP_LIVE },
  { "training", "batch", &fxp_setting_count, AT (batch), 1, 65536, FXP_LIVE },
  { "training", "epochs", &fxp_setting_count, AT (epochs), 1, 1e9, FXP_LIVE },
  { "training", "twin", &fxp_setting_switch, AT (twin), 0, 0, FXP_RESET_IF_SET },
  { "training", "evaluate-every", &fxp_setting_count, AT (evaluate_every), 1, 1e9, FXP_LIVE },
  { "training", "record-every", &fxp_setting_count, AT (record_every), 1, 1e9, FXP_LIVE },
  { "training", "statistics-every", &fxp_setting_count, AT (statistics_every), 1, 1e9, FXP_LIVE },
  { "clusters", "method", &fxp_setting_cluster_method, 0, 0, 0, FXP_LIVE },
  { "clusters", "bits", &fxp_setting_cluster_count, AT (clusters.bits), FXP_CLUSTER_BITS_MIN,
    FXP_CLUSTER_BITS_MAX, FXP_LIVE },
  { "clusters", "granularity", &fxp_setting_granularity, 0, 0, 0, FXP_LIVE },
  { "clusters", "size", &fxp_setting_cluster_count, AT (clusters.size), 1, FXP_CLUSTER_SIZE_MAX,
    FXP_LIVE },
  { "clusters", "terms", &fxp_setting_cluster_count, AT (clusters.terms), 1,
    FXP_CLUSTER_TERMS_MAX, FXP_LIVE },
  { "clusters", "asymmetric", &fxp_setting_cluster_switch, AT (clusters.asymmetric), 0, 0,
    FXP_LIVE },
  { "clusters", "last", &fxp_setting_last_weights, 0, 0, 0, FXP_LIVE },
};
/* clang-format on */

const FxpKey *
fxp_keys_get (guint *n)
{
  *n = G_N_ELEMENTS (keys);
  return keys;
}

const FxpKey *
fxp_key_find (const char *group, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].group, group) && g_str_equal (keys[i].name, name))
      return &keys[i];
  return NULL;
}

gboolean
fxp_key_set (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  g_autofree char *stripped = NULL;

  /* Space around a value means nothing, except in the name of a file. */
  if (self->type == &fxp_setting_path)
    return self->type->set (self, experiment, text, error);
  stripped = g_strstrip (g_strdup (text));
  return self->type->set (self, experiment, stripped, error);
}

static gboolean
key_equal (const FxpKey *key, const FxpExperiment *a, const FxpExperiment *b)
{
  g_autofree char *of_a = key->type->get (key, a);
  g_autofree char *of_b = key->type->get (key, b);

  return g_strcmp0 (of_a, of_b) == 0;
}

static gboolean
shares_keys (const FxpExperiment *a, const FxpExperiment *b)
{
  return fxp_experiment_shares_settings (a, b) &&
         fxp_experiment_get_topology (a) == fxp_experiment_get_topology (b);
}

gboolean
fxp_experiment_keys_equal (const FxpExperiment *a, const FxpExperiment *b)
{
  if (shares_keys (a, b))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!key_equal (&keys[i], a, b))
      return FALSE;
  return TRUE;
}

static gboolean
is_on (const FxpKey *key, const FxpExperiment *experiment)
{
  return G_STRUCT_MEMBER (gboolean,
                          (gpointer)fxp_experiment_get_settings (experiment),
                          key->offset);
}

gboolean
fxp_experiment_needs_reset (const FxpExperiment *a, const FxpExperiment *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (shares_keys (a, b))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (keys[i].effect == FXP_LIVE || key_equal (&keys[i], a, b))
        continue;
      if (keys[i].effect == FXP_RESET || is_on (&keys[i], b))
        return TRUE;
    }
  return FALSE;
}

char **
fxp_experiment_diff (const FxpExperiment *a, const FxpExperiment *b)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (FxpExperiment) from = NULL;

  g_return_val_if_fail (a != NULL && b != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *value = keys[i].type->get (&keys[i], b);
      g_autofree char *change = NULL;

      if (value == NULL || key_equal (&keys[i], a, b))
        continue;
      change = g_strdup_printf ("%s.%s=%s", keys[i].group, keys[i].name, value);
      g_strv_builder_add (builder, change);
    }
  /* With another topology the precision of its layers is already what was carried over. */
  from = fxp_experiment_copy (a);
  if (!key_equal (fxp_key_find ("network", "topology"), a, b))
    fxp_experiment_set_topology (from, fxp_experiment_get_topology (b));
  fxp_precision_diff (from, b, builder);
  return g_strv_builder_end (builder);
}

static gboolean
set_value (FxpExperiment *self, const char *key, const char *value, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (key, ".", 5);
  guint n_parts = g_strv_length (parts);
  const FxpKey *row = n_parts == 2 ? fxp_key_find (parts[0], parts[1]) : NULL;
  FxpPlace place;

  if (row != NULL)
    return fxp_key_set (row, self, value, error);
  if (n_parts == 4 && g_str_equal (parts[0], "precision"))
    return fxp_place_parse (parts[1], parts[2], &place, error) &&
           fxp_precision_set (self, &place, parts[3], value, error);
  g_set_error_literal (error,
                       FXP_ERROR,
                       FXP_ERROR_PARSE,
                       _ ("there is no such key; expected one such as training.rate, "
                          "network.topology or precision.1.weight.format"));
  return FALSE;
}

FxpExperiment *
fxp_experiment_with_value (FxpExperiment *self, const char *key, const char *value, GError **error)
{
  g_autoptr (FxpExperiment) other = NULL;
  g_autofree char *shown = NULL;

  g_return_val_if_fail (self != NULL && key != NULL && value != NULL, NULL);

  other = fxp_experiment_copy (self);
  if (set_value (other, key, value, error))
    return g_steal_pointer (&other);
  shown = fxp_quote (key);
  shown[strlen (shown) - 1] = '\0';
  g_prefix_error (error, "%s: ", shown + 1);
  return NULL;
}

char *
fxp_experiment_get_value (const FxpExperiment *self, const char *key)
{
  g_auto (GStrv) parts = NULL;
  const FxpKey *row;
  FxpPlace place;

  g_return_val_if_fail (self != NULL && key != NULL, NULL);

  parts = g_strsplit (key, ".", 5);
  if (g_strv_length (parts) == 2)
    {
      row = fxp_key_find (parts[0], parts[1]);
      return row != NULL ? row->type->get (row, self) : NULL;
    }
  /* What is no key has no value; why it is none matters only where one is set. */
  if (g_strv_length (parts) == 4 && g_str_equal (parts[0], "precision") &&
      fxp_place_parse (parts[1], parts[2], &place, NULL))
    return fxp_precision_get (self, &place, parts[3]);
  return NULL;
}
