/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/workload.h"

#include "dataset/dataset-private.h"
#include "experiment/experiment-private.h"
#include "number/error.h"
#include "number/quotation-private.h"
#include "number/random.h"

#include <glib/gi18n-lib.h>

#define N_BATCHES 4
#define N_CLASSES 10
#define SEED      7
/* At 0.01 the wide CNN diverges with the engine's initial weights before it learns. */
#define RATE 0.001

static const FxpWorkload workloads[FXP_N_WORKLOADS] = {
  {"W1", "MLP", "64-128-64-10", {1, {64}}, 32},
  {"W2", "LeNet", "1x28x28-20C5-MP2-50C5-MP2-500FC-10", {3, {1, 28, 28}}, 64},
  {"W3",
   "CNN",
   "3x32x32-2x(32C3P)-MP2-2x(64C3P)-MP2-2x(128C3P)-MP2-256FC-10",
   {3, {3, 32, 32}},
   64},
  {"W4",
   "wide CNN",
   "3x32x32-2x(128C3P)-MP2-2x(256C3P)-MP2-2x(512C3P)-MP2-2x(1024FC)-10",
   {3, {3, 32, 32}},
   32},
  {"W5",
   "ResNet-20",
   "3x32x32-16C3P-BN-3xRES(16)-3xRES(32/2,I)-3xRES(64/2,I)-GAP-10",
   {3, {3, 32, 32}},
   64},
};

static const char *const words_nicks[FXP_N_WORDS] = {
  [FXP_WORDS_8] = "8",
  [FXP_WORDS_12] = "12",
  [FXP_WORDS_16] = "16",
  [FXP_WORDS_PAPER] = "paper",
};

static const struct
{
  guint8 weight, activation, weight_grad, activation_grad, weight_acc;
} word_bits[FXP_N_WORDS] = {
  [FXP_WORDS_8] = {8, 8, 8, 8, 8},
  [FXP_WORDS_12] = {12, 12, 12, 12, 12},
  [FXP_WORDS_16] = {16, 16, 16, 16, 16},
  [FXP_WORDS_PAPER] = {14, 8, 12, 11, 16},
};

/* Integer bits of hidden layers and of the last one: measured on these networks with these data, so
 * that hardly anything saturates and as little as can be is lost. */
static const gint8 int_bits[][FXP_N_ROLES] = {
  {[FXP_ROLE_WEIGHT] = 0,
   [FXP_ROLE_ACTIVATION] = 3,
   [FXP_ROLE_WEIGHT_GRAD] = 0,
   [FXP_ROLE_ACTIVATION_GRAD] = -6,
   [FXP_ROLE_NORM] = 2,
   [FXP_ROLE_NORM_GRAD] = -8},
  {[FXP_ROLE_WEIGHT] = 0,
   [FXP_ROLE_ACTIVATION] = 3,
   [FXP_ROLE_WEIGHT_GRAD] = 2,
   [FXP_ROLE_ACTIVATION_GRAD] = -5}, /* a batch of 32 divides what is at most 1 */
};

const FxpWorkload *
fxp_workload_get (guint index)
{
  g_return_val_if_fail (index < FXP_N_WORKLOADS, NULL);

  return &workloads[index];
}

const FxpWorkload *
fxp_workload_find (const char *name, GError **error)
{
  g_autofree char *found = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < FXP_N_WORKLOADS; i++)
    if (g_ascii_strcasecmp (name, workloads[i].name) == 0)
      return &workloads[i];
  found = fxp_quote (name);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s is not a workload; expected W1, W2, W3, W4 or W5"),
               found);
  return NULL;
}

const char *
fxp_words_get_nick (FxpWords self)
{
  g_return_val_if_fail ((guint)self < FXP_N_WORDS, NULL);

  return words_nicks[self];
}

gboolean
fxp_words_parse (const char *text, FxpWords *words, GError **error)
{
  g_autofree char *found = NULL;

  g_return_val_if_fail (text != NULL && words != NULL, FALSE);

  for (guint i = 0; i < FXP_N_WORDS; i++)
    if (g_str_equal (text, words_nicks[i]))
      {
        *words = (FxpWords)i;
        return TRUE;
      }
  found = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s is not a choice of word lengths; expected 8, 12, 16 or paper"),
               found);
  return FALSE;
}

/* 0: float. */
static guint8
get_word_bits (FxpWords words, FxpRole role)
{
  switch (role)
    {
    case FXP_ROLE_WEIGHT:
      return word_bits[words].weight;
    case FXP_ROLE_ACTIVATION:
    case FXP_ROLE_NORM:
      return word_bits[words].activation;
    case FXP_ROLE_WEIGHT_GRAD:
      return word_bits[words].weight_grad;
    case FXP_ROLE_ACTIVATION_GRAD:
    case FXP_ROLE_NORM_GRAD:
      return word_bits[words].activation_grad;
    case FXP_ROLE_WEIGHT_ACC:
      return word_bits[words].weight_acc;
    case FXP_ROLE_BIAS:
    case FXP_ROLE_GAMMA:
    case FXP_ROLE_BETA:
    case FXP_ROLE_MOMENTUM:
    case FXP_N_ROLES:
    default:
      return 0;
    }
}

static FxpFormat
choose_format (FxpWords words, FxpTensorId id, gboolean is_last)
{
  guint8 bits = get_word_bits (words, id.role);
  int integer = int_bits[is_last ? 1 : 0][id.role];

  if (bits == 0)
    return FXP_FORMAT_FLOAT;
  /* What rounding W left over is less than W's step. */
  if (id.role == FXP_ROLE_WEIGHT_ACC)
    integer = int_bits[is_last ? 1 : 0][FXP_ROLE_WEIGHT] + 1 - word_bits[words].weight;
  /* The data stay below the square root of 3. */
  if (id.role == FXP_ROLE_ACTIVATION && id.layer == 0)
    integer = 1;
  return FXP_FORMAT_SIGNED (bits, (gint8)(bits - 1 - integer));
}

FxpExperiment *
fxp_workload_make_experiment (const FxpWorkload *self,
                              FxpWords words,
                              FxpRounding rounding,
                              gboolean twin)
{
  g_autoptr (FxpExperiment) toy = fxp_experiment_new ();
  g_autoptr (FxpTopology) topology = NULL;
  g_autoptr (GError) error = NULL;
  FxpExperiment *experiment;
  FxpSettings *settings;
  guint n_weighted;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail ((guint)words < FXP_N_WORDS && (guint)rounding < FXP_N_ROUNDINGS, NULL);

  experiment = fxp_experiment_copy (toy);
  topology = fxp_topology_parse (self->topology, &error);
  g_assert_no_error (error);
  fxp_experiment_set_topology (experiment, topology);
  settings = fxp_experiment_edit_settings (experiment);
  settings->seed = SEED;
  settings->rate = RATE;
  settings->batch = self->batch;
  settings->twin = twin;
  n_weighted = fxp_experiment_get_n_weighted (experiment);
  for (guint16 layer = 0; layer < n_weighted; layer++)
    for (guint16 role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensorId id = {layer, role};
        const FxpQuantizer quantizer = {choose_format (words, id, layer + 1u == n_weighted),
                                        rounding};

        if (!fxp_format_is_float (quantizer.format) && fxp_experiment_owns_cell (experiment, id))
          fxp_experiment_set_cell (experiment, id, &quantizer);
      }
  return experiment;
}

/* The split is the second number that tells the draws apart. */
static FxpSamples *
make_samples (const FxpWorkload *self, gsize n, FxpSplit split)
{
  const FxpNoise of_features = fxp_noise_new (SEED, 0, split, 0, FXP_STREAM_SYNTHETIC);
  const FxpNoise of_labels = fxp_noise_new (SEED, 0, split, 1, FXP_STREAM_SYNTHETIC);
  const float scale =
    0x1p-31f * 1.7320508f; /* the deviation of uniform numbers in [-1,1) is 1/√3 */
  gsize n_features = fxp_shape_get_n (&self->input);
  FxpSamples *samples = fxp_samples_new (n_features, sizeof (float));
  g_autoptr (GError) error = NULL;
  float *features;

  fxp_samples_reserve (samples, n, n, self->name, &error);
  g_assert_no_error (error); /* a few megabytes */
  features = samples->features;
  for (gsize i = 0; i < n * n_features; i++)
    features[i] = (float)(gint32)fxp_noise_draw (of_features, (guint32)i) * scale;
  for (gsize i = 0; i < n; i++)
    samples->labels[i] = (guint16)(fxp_noise_draw (of_labels, (guint32)i) % N_CLASSES);
  samples->n = n;
  return samples;
}

FxpDataset *
fxp_workload_make_dataset (const FxpWorkload *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return fxp_dataset_new (self->name,
                          &self->input,
                          N_CLASSES,
                          make_samples (self, N_BATCHES * (gsize)self->batch, FXP_SPLIT_TRAIN),
                          make_samples (self, 1, FXP_SPLIT_TEST));
}

guint64
fxp_workload_get_n_multiplies (const FxpWorkload *self)
{
  g_autoptr (FxpTopology) topology = NULL;
  g_autofree FxpLayerSize *sizes = NULL;
  guint64 n = 0;

  g_return_val_if_fail (self != NULL, 0);

  topology = fxp_topology_parse (self->topology, NULL); /* which is ours, and read before */
  sizes = g_new (FxpLayerSize, fxp_topology_get_n_layers (topology));
  if (!fxp_topology_measure (topology, &self->input, sizes))
    g_return_val_if_reached (0);
  for (guint i = 0; i < fxp_topology_get_n_layers (topology); i++)
    n += (i == 0 ? 2 : 3) * sizes[i].n_multiplies;
  return n;
}
