/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "topology-fit.h"

#define HIDDEN_DEFAULT "-8-8"

static void
append_layer (GString *text, const FxpLayerSpec *spec, gboolean dense_only)
{
  switch (spec->kind)
    {
    case FXP_LAYER_DENSE:
      g_string_append_printf (text, "-%u", spec->units);
      break;
    case FXP_LAYER_CONVOLUTION:
      if (!dense_only)
        g_string_append_printf (text, "-%uC%u", spec->units, spec->kernel);
      break;
    case FXP_LAYER_MAX_POOLING:
      if (!dense_only)
        g_string_append_printf (text, "-MP%u", spec->kernel);
      break;
    case FXP_LAYER_ACTIVATION:
      break;
    case FXP_LAYER_AVERAGE_POOLING:
    case FXP_LAYER_BATCH_NORM:
    case FXP_LAYER_DROPOUT:
    case FXP_LAYER_ADDITION:
    case FXP_N_LAYER_KINDS:
    default:
      g_assert_not_reached ();
    }
}

static char *
fitted_text (FxpTopology *topology, FxpDataset *dataset, gboolean dense_only)
{
  const FxpShape *shape = fxp_dataset_get_shape (dataset);
  guint n = fxp_topology_get_n_layers (topology);
  GString *text = g_string_new (NULL);
  gsize start;

  if (dense_only)
    g_string_append_printf (text, "%" G_GSIZE_FORMAT, fxp_shape_get_n (shape));
  else
    {
      g_autofree char *input = fxp_shape_to_string (shape);

      g_string_append (text, input);
    }

  start = text->len;
  for (guint i = 0; i + 1 < n; i++)
    append_layer (text, fxp_topology_get_layer (topology, i), dense_only);
  if (dense_only && text->len == start)
    g_string_append (text, HIDDEN_DEFAULT);

  g_string_append_printf (text, "-%u", fxp_dataset_get_n_classes (dataset));
  return g_string_free (text, FALSE);
}

static FxpExperiment *
try_text (FxpExperiment *experiment, FxpDataset *dataset, gboolean dense_only, GError **error)
{
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  g_autofree char *text = fitted_text (topology, dataset, dense_only);
  g_autoptr (FxpExperiment) fitted = NULL;

  fitted = fxp_experiment_with_value (experiment, "network.topology", text, error);
  if (fitted == NULL)
    return NULL;
  if (!fxp_topology_check (fxp_experiment_get_topology (fitted),
                           fxp_dataset_get_shape (dataset),
                           fxp_dataset_get_n_classes (dataset),
                           NULL,
                           error))
    return NULL;
  return g_steal_pointer (&fitted);
}

FxpExperiment *
fxu_topology_fit (FxpExperiment *experiment, FxpDataset *dataset, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  FxpExperiment *fitted;

  g_return_val_if_fail (experiment != NULL, NULL);
  g_return_val_if_fail (dataset != NULL, NULL);

  if (fxp_topology_check (fxp_experiment_get_topology (experiment),
                          fxp_dataset_get_shape (dataset),
                          fxp_dataset_get_n_classes (dataset),
                          NULL,
                          &local_error))
    return fxp_experiment_ref (experiment);

  g_clear_error (&local_error);
  fitted = try_text (experiment, dataset, FALSE, &local_error);
  if (fitted != NULL)
    return fitted;

  return try_text (experiment, dataset, TRUE, error);
}
