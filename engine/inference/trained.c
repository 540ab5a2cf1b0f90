/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/trained.h"

struct _FxpTrained
{
  FxpExperiment *experiment; /* owned */
  FxpShape input;
  guint n_classes;
  guint n_layers;
  FxpTrainedLayer *layers; /* owned, and so are their arrays */
};

static const double *
copy (const double *values, gsize n)
{
  return values == NULL ? NULL : g_memdup2 (values, n * sizeof *values);
}

FxpTrained *
fxp_trained_new (FxpExperiment *experiment,
                 const FxpShape *input,
                 guint n_classes,
                 const FxpTrainedLayer *layers)
{
  FxpTrained *self;

  g_return_val_if_fail (experiment != NULL && input != NULL && layers != NULL, NULL);

  self = g_atomic_rc_box_new0 (FxpTrained);
  self->experiment = fxp_experiment_ref (experiment);
  self->input = *input;
  self->n_classes = n_classes;
  self->n_layers = fxp_experiment_get_n_weighted (experiment);
  self->layers = g_memdup2 (layers, self->n_layers * sizeof *layers);
  for (guint i = 0; i < self->n_layers; i++)
    {
      FxpTrainedLayer *layer = &self->layers[i];

      layer->weights = copy (layer->weights, layer->n_units * layer->n_inputs * layer->n_pixels);
      layer->bias = copy (layer->bias, layer->n_units);
      layer->gamma = copy (layer->gamma, layer->n_units);
      layer->beta = copy (layer->beta, layer->n_units);
      layer->mean = copy (layer->mean, layer->n_units);
      layer->variance = copy (layer->variance, layer->n_units);
    }
  return self;
}

FxpTrained *
fxp_trained_ref (FxpTrained *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
trained_clear (gpointer data)
{
  FxpTrained *self = data;

  for (guint i = 0; i < self->n_layers; i++)
    {
      FxpTrainedLayer *layer = &self->layers[i];

      g_free ((gpointer)layer->weights);
      g_free ((gpointer)layer->bias);
      g_free ((gpointer)layer->gamma);
      g_free ((gpointer)layer->beta);
      g_free ((gpointer)layer->mean);
      g_free ((gpointer)layer->variance);
    }
  g_free (self->layers);
  fxp_experiment_unref (self->experiment);
}

void
fxp_trained_unref (FxpTrained *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, trained_clear);
}

FxpExperiment *
fxp_trained_get_experiment (const FxpTrained *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->experiment;
}

const FxpShape *
fxp_trained_get_input (const FxpTrained *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->input;
}

guint
fxp_trained_get_n_classes (const FxpTrained *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_classes;
}

guint
fxp_trained_get_n_layers (const FxpTrained *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_layers;
}

const FxpTrainedLayer *
fxp_trained_get_layer (const FxpTrained *self, guint layer)
{
  g_return_val_if_fail (self != NULL && layer < self->n_layers, NULL);

  return &self->layers[layer];
}

gboolean
fxp_trained_is_normalized (const FxpTrained *self, guint *n)
{
  guint n_normalized = 0;

  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->n_layers; i++)
    n_normalized += self->layers[i].gamma != NULL;
  if (n != NULL)
    *n = n_normalized;
  return n_normalized + 1 == self->n_layers;
}
