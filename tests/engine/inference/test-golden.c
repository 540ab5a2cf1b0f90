/* SPDX-License-Identifier: MIT */
/* Both engines against tests/golden/inference.txt, which a program of its own computed in integers
 * and exact fractions: weights, A and B, and every node's codes. */
#include "inference/conversion.h"
#include "inference/integer-private.h"
#include "inference/simulation-private.h"
#include "trained-net.h"

#include <stdlib.h>

#define LAYERS_MAX 8

/* A network as the file describes it, so far. */
typedef struct
{
  char *name, *topology, *activation; /* owned */
  FxpShape input;
  guint n_classes;
  FxpConversionOptions options;
  FxpTrainedLayer layers[LAYERS_MAX]; /* arrays owned */
  int exponents[4 * LAYERS_MAX];
  double *inputs; /* owned */
  gsize n;
} Network;

static void
network_clear (Network *self)
{
  g_free (self->name);
  g_free (self->topology);
  g_free (self->activation);
  g_free (self->inputs);
  for (guint i = 0; i < LAYERS_MAX; i++)
    trained_net_layer_clear (&self->layers[i]);
  *self = (Network){0};
}

static double *
read_values (char **words)
{
  const guint n = g_strv_length (words);
  double *values = g_new (double, n);

  for (guint i = 0; i < n; i++)
    values[i] = g_ascii_strtod (words[i], NULL);
  return values;
}

static void
read_learnt (Network *self, char **words)
{
  FxpTrainedLayer *layer = &self->layers[atoi (words[0])];
  const double *values = read_values (words + 2);
  const char *what = words[1];

  if (g_str_equal (what, "weight"))
    layer->weights = values;
  else if (g_str_equal (what, "bias"))
    layer->bias = values;
  else if (g_str_equal (what, "gamma"))
    layer->gamma = values;
  else if (g_str_equal (what, "beta"))
    layer->beta = values;
  else if (g_str_equal (what, "mean"))
    layer->mean = values;
  else if (g_str_equal (what, "variance"))
    layer->variance = values;
  else
    g_assert_not_reached ();
}

static void
read_clusters (Network *self, char **words)
{
  FxpClusterOptions *clusters = &self->options.clusters;

  fxp_conversion_options_init (&self->options);
  g_assert_true (fxp_cluster_method_parse (words[0], &clusters->method, NULL));
  clusters->bits = (guint)atoi (words[1]);
  g_assert_true (fxp_granularity_parse (words[2], &clusters->granularity, NULL));
  clusters->size = (guint)atoi (words[3]);
  self->options.last =
    g_str_equal (words[4], "8") ? FXP_LAST_WEIGHTS_BYTE : FXP_LAST_WEIGHTS_CLUSTERS;
}

static FxpTrained *
make_trained (Network *self)
{
  g_autoptr (FxpExperiment) experiment =
    trained_net_make_experiment (self->topology, self->activation);
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  g_autofree FxpShape *shapes = g_new (FxpShape, fxp_topology_get_n_layers (topology));
  g_autoptr (GError) error = NULL;

  fxp_topology_check (topology, &self->input, self->n_classes, shapes, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < fxp_topology_get_n_weighted (topology); i++)
    {
      const FxpLayerSpec *spec = fxp_topology_get_weighted (topology, i);
      const FxpShape *input = spec->from == FXP_LAYER_INPUT ? &self->input : &shapes[spec->from];
      const gboolean is_dense = spec->kind == FXP_LAYER_DENSE;

      self->layers[i].n_units = spec->units;
      self->layers[i].n_inputs = is_dense ? fxp_shape_get_n (input) : input->dim[0];
      self->layers[i].n_pixels = is_dense ? 1 : spec->kernel * spec->kernel;
    }
  return fxp_trained_new (experiment, &self->input, self->n_classes, self->layers);
}

static FxpModel *
convert (Network *self, FxpExponents exponents)
{
  g_autoptr (FxpTrained) trained = make_trained (self);
  g_autoptr (GError) error = NULL;
  FxpModel *model;

  self->options.exponents = exponents;
  model = fxp_conversion_cluster (trained, &self->options, &error);
  g_assert_no_error (error);
  for (int i = FXP_NODE_INPUT; i < (int)model->n_nodes; i++)
    {
      fxp_model_set_exponent (model, i, self->exponents[i + 1], &error);
      g_assert_no_error (error);
      if (i + 1 < (int)model->n_nodes)
        g_assert_cmpint (-fxp_model_get_format (model, i).frac_bits, ==, self->exponents[i + 1]);
    }
  return model;
}

typedef struct
{
  FxpModel *model;           /* owned, as what follows */
  FxpSimulation *simulation; /* NULL before the first line of codes */
  FxpInteger *integer;
} Engines;

static void
engines_clear (Engines *self)
{
  g_clear_pointer (&self->simulation, fxp_simulation_free);
  g_clear_pointer (&self->integer, fxp_integer_free);
  g_clear_pointer (&self->model, fxp_model_unref);
}

static void
engines_run (Engines *self, Network *network, FxpExponents exponents)
{
  g_autoptr (GError) error = NULL;

  engines_clear (self);
  self->model = convert (network, exponents);
  self->simulation = fxp_simulation_new (self->model, NULL, &error);
  g_assert_no_error (error);
  self->integer = fxp_integer_new (self->model, NULL);
  fxp_integer_keep (self->integer);
  g_assert_true (fxp_simulation_run (self->simulation, network->inputs, network->n, NULL));
  g_assert_true (fxp_integer_run (self->integer, network->inputs, network->n, NULL));
}

static void
compare_codes (const Engines *self, int node, int exponent, char **codes)
{
  const gint32 *found = NULL;
  const gboolean is_last = node == (int)self->model->n_nodes - 1;
  int found_exponent = exponent;

  if (!is_last)
    found = fxp_integer_get_codes (self->integer, node, &found_exponent);
  g_assert_cmpint (found_exponent, ==, exponent);
  for (guint i = 0; codes[i] != NULL; i++)
    {
      const gint64 code = g_ascii_strtoll (codes[i], NULL, 10);
      const double value = ldexp ((double)code, exponent);

      if (is_last)
        g_assert_cmpfloat (fxp_integer_get_logits (self->integer)[i], ==, value);
      else
        g_assert_cmpint (found[i], ==, code);
      g_assert_cmpfloat (fxp_simulation_get_values (self->simulation, node)[i], ==, value);
    }
}

static void
take_codes (Engines *self, Network *network, char **words)
{
  const FxpExponents exponents =
    g_str_equal (words[0], "static") ? FXP_EXPONENTS_STATIC : FXP_EXPONENTS_DYNAMIC;
  const int node = atoi (words[1]);
  gsize n_features;

  if (node == FXP_NODE_INPUT)
    engines_run (self, network, exponents);
  n_features = fxp_shape_get_n (node == FXP_NODE_INPUT ? &self->model->input
                                                       : &self->model->nodes[node].output);
  g_test_message ("%s, %s, node %d", network->name, words[0], node);
  g_assert_cmpuint (g_strv_length (words + 3), ==, network->n * n_features);
  compare_codes (self, node, atoi (words[2]), words + 3);
}

static void
read_line (Network *network, Engines *engines, char **words, guint *n_compared)
{
  if (g_str_equal (words[0], "config"))
    {
      network_clear (network);
      network->name = g_strdup (words[1]);
    }
  else if (g_str_equal (words[0], "shape"))
    {
      network->input =
        FXP_SHAPE_3 ((gsize)atoi (words[1]), (gsize)atoi (words[2]), (gsize)atoi (words[3]));
      network->n_classes = (guint)atoi (words[4]);
    }
  else if (g_str_equal (words[0], "topology"))
    network->topology = g_strdup (words[1]);
  else if (g_str_equal (words[0], "activation"))
    network->activation = g_strdup (words[1]);
  else if (g_str_equal (words[0], "clusters"))
    read_clusters (network, words + 1);
  else if (g_str_equal (words[0], "words"))
    {
      network->options.activation_bits = (guint)atoi (words[1]);
      network->options.is_unsigned = atoi (words[2]);
    }
  else if (g_str_equal (words[0], "learnt"))
    read_learnt (network, words + 1);
  else if (g_str_equal (words[0], "static"))
    for (guint i = 0; words[i + 1] != NULL; i++)
      network->exponents[i] = atoi (words[i + 1]);
  else if (g_str_equal (words[0], "inputs"))
    {
      network->n = (gsize)atoi (words[1]);
      network->inputs = read_values (words + 2);
    }
  else
    {
      g_assert_cmpstr (words[0], ==, "codes");
      take_codes (engines, network, words + 1);
      (*n_compared)++;
    }
}

static void
test_codes (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", "inference.txt", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  Network network = {0};
  Engines engines = {0};
  guint n_compared = 0;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);

      if (words[0] != NULL && *words[0] != '#' && *words[0] != '\0')
        read_line (&network, &engines, words, &n_compared);
    }
  engines_clear (&engines);
  network_clear (&network);
  /* Inputs and nodes of three networks, with exponents of two kinds. */
  g_assert_cmpuint (n_compared, ==, 2 * (11 + 11 + 10));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inference/golden/codes", test_codes);
  return g_test_run ();
}
