/* SPDX-License-Identifier: MIT */
/* That the workloads are what they are said to be: sizes, words, data, and numbers that fit. */
#include "training/workload.h"

#include "number/error.h"
#include "training/twins-private.h"

#include <math.h>

static void
test_names (void)
{
  for (guint i = 0; i < FXP_N_WORKLOADS; i++)
    {
      const FxpWorkload *workload = fxp_workload_get (i);
      g_autofree char *lower = g_ascii_strdown (workload->name, -1);
      g_autoptr (GError) error = NULL;

      g_assert_true (fxp_workload_find (workload->name, &error) == workload);
      g_assert_true (fxp_workload_find (lower, &error) == workload);
      g_assert_no_error (error);
    }
  for (guint words = 0; words < FXP_N_WORDS; words++)
    {
      g_autoptr (GError) error = NULL;
      FxpWords found = FXP_N_WORDS;

      g_assert_true (fxp_words_parse (fxp_words_get_nick (words), &found, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (found, ==, words);
    }
}

static void
test_wrong_names (void)
{
  const char *const wrong[] = {"", "W", "W0", "W6", "W12", "12 ", "LeNet\n", "14"};

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) of_workload = NULL;
      g_autoptr (GError) of_words = NULL;
      FxpWords words = FXP_WORDS_PAPER;

      g_assert_null (fxp_workload_find (wrong[i], &of_workload));
      g_assert_error (of_workload, FXP_ERROR, FXP_ERROR_PARSE);
      g_assert_nonnull (strstr (of_workload->message, "W5"));
      g_assert_null (strchr (of_workload->message, '\n'));
      g_assert_false (fxp_words_parse (wrong[i], &words, &of_words));
      g_assert_error (of_words, FXP_ERROR, FXP_ERROR_PARSE);
      g_assert_nonnull (strstr (of_words->message, "paper"));
      g_assert_cmpuint (words, ==, FXP_WORDS_PAPER);
    }
}

/* Counted by hand, layer by layer: outputs x inputs of each, padded pixels too, three times but for
 * the first layer, whose input gradient nobody needs. */
static void
test_sizes (void)
{
  static const struct
  {
    guint64 n_multiplies, n_parameters;
  } expected[FXP_N_WORKLOADS] = {
    {2 * 64 * 128 + 3 * (128 * 64 + 64 * 10), 65 * 128 + 129 * 64 + 65 * 10},
    {2 * 24 * 24 * 20 * 25 + 3 * (8 * 8 * 50 * 20 * 25 + 800 * 500 + 500 * 10),
     20 * 26 + 50 * (20 * 25 + 1) + 801 * 500 + 501 * 10},
    {G_GUINT64_CONSTANT (2) * 1024 * 32 * 27 +
       3 * (1024 * 32 * 288 + 256 * 64 * (288 + 576) + 64 * 128 * (576 + 1152) + 2048 * 256 + 2560),
     32 * (28 + 289) + 64 * (289 + 577) + 128 * (577 + 1153) + 2049 * 256 + 257 * 10},
    {G_GUINT64_CONSTANT (2) * 1024 * 128 * 27 +
       G_GUINT64_CONSTANT (3) * (1024 * 128 * 1152 + 256 * 256 * (1152 + 2304) +
                                 64 * 512 * (2304 + 4608) + 8192 * 1024 + 1024 * 1024 + 10240),
     128 * (28 + 1153) + 256 * (1153 + 2305) + 512 * (2305 + 4609) + 8193 * 1024 + 1025 * 1024 +
       1025 * 10},
    {G_GUINT64_CONSTANT (2) * 1024 * 16 * 27 +
       3 * (6 * 1024 * 16 * 144 + 256 * 32 * (144 + 5 * 288) + 64 * 64 * (288 + 5 * 576) + 640),
     16 * 27 + 6 * 16 * 144 + 32 * (144 + 5 * 288) + 64 * (288 + 5 * 576) +
       2 * (7 * 16 + 6 * 32 + 6 * 64) + 650},
  };

  for (guint i = 0; i < FXP_N_WORKLOADS; i++)
    {
      const FxpWorkload *workload = fxp_workload_get (i);
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpTopology) topology = fxp_topology_parse (workload->topology, &error);
      g_autofree FxpLayerSize *sizes = NULL;
      guint64 n_parameters = 0;

      g_assert_no_error (error);
      g_assert_true (fxp_topology_check (topology, &workload->input, 10, NULL, &error));
      sizes = g_new (FxpLayerSize, fxp_topology_get_n_layers (topology));
      g_assert_true (fxp_topology_measure (topology, &workload->input, sizes));
      for (guint layer = 0; layer < fxp_topology_get_n_layers (topology); layer++)
        n_parameters += sizes[layer].n_parameters;
      g_assert_cmpuint (n_parameters, ==, expected[i].n_parameters);
      g_assert_cmpuint (fxp_workload_get_n_multiplies (workload), ==, expected[i].n_multiplies);
    }
}

static guint
expect_bits (FxpWords words, FxpRole role)
{
  static const guint paper[FXP_N_ROLES] = {
    [FXP_ROLE_WEIGHT] = 14,
    [FXP_ROLE_ACTIVATION] = 8,
    [FXP_ROLE_WEIGHT_GRAD] = 12,
    [FXP_ROLE_ACTIVATION_GRAD] = 11,
    [FXP_ROLE_WEIGHT_ACC] = 16,
    [FXP_ROLE_NORM] = 8,
    [FXP_ROLE_NORM_GRAD] = 11,
  };
  static const guint others[FXP_N_WORDS] = {8, 12, 16, 0};

  if (words == FXP_WORDS_PAPER)
    return paper[role];
  return paper[role] > 0 ? others[words] : 0;
}

static void
test_words (void)
{
  for (guint i = 0; i < FXP_N_WORKLOADS * FXP_N_WORDS; i++)
    {
      const FxpWorkload *workload = fxp_workload_get (i % FXP_N_WORKLOADS);
      FxpWords words = i / FXP_N_WORKLOADS;
      g_autoptr (FxpExperiment) experiment =
        fxp_workload_make_experiment (workload, words, FXP_ROUND_FLOOR, i % 2);
      const FxpSettings *settings = fxp_experiment_get_settings (experiment);

      g_assert_cmpuint (settings->batch, ==, workload->batch);
      g_assert_cmpint (settings->twin, ==, i % 2);
      /* What a step costs in the mean takes steps that are not probed. */
      g_assert_cmpuint (settings->statistics_every, >, 1);
      for (guint cell = 0; cell < fxp_experiment_get_n_weighted (experiment) * FXP_N_ROLES; cell++)
        {
          const FxpTensorId id = {cell / FXP_N_ROLES, cell % FXP_N_ROLES};
          const FxpQuantizer *quantizer = fxp_experiment_get_quantizer (experiment, id);
          guint bits = expect_bits (words, id.role);

          if (!fxp_experiment_has_tensor (experiment, id))
            continue;
          g_assert_cmpuint (quantizer->format.word_bits, ==, bits);
          if (bits > 0)
            g_assert_cmpint (quantizer->rounding, ==, FXP_ROUND_FLOOR);
        }
    }
}

static void
test_data (void)
{
  for (guint i = 0; i < FXP_N_WORKLOADS; i++)
    {
      const FxpWorkload *workload = fxp_workload_get (i);
      g_autoptr (FxpDataset) dataset = fxp_workload_make_dataset (workload);
      gsize n = 4 * (gsize)workload->batch;
      gsize n_features = fxp_shape_get_n (&workload->input);
      g_autofree double *inputs = g_new (double, n_features);
      gsize n_of_label[10] = {0};
      double sum = 0, sum_squares = 0;

      g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN), ==, n);
      g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TEST), >, 0);
      g_assert_true (fxp_shape_equal (fxp_dataset_get_shape (dataset), &workload->input));
      for (guint32 row = 0; row < n; row++)
        {
          guint16 label;

          fxp_dataset_gather (dataset, FXP_SPLIT_TRAIN, &row, 1, inputs, &label);
          g_assert_cmpuint (label, <, fxp_dataset_get_n_classes (dataset));
          n_of_label[label]++;
          for (gsize j = 0; j < n_features; j++)
            {
              g_assert_cmpfloat (fabs (inputs[j]), <, 1.7321);
              sum += inputs[j];
              sum_squares += inputs[j] * inputs[j];
            }
        }
      /* Within five deviations of both means: those of x and of x^2 are 1 and sqrt (4 / 5). */
      g_assert_cmpfloat (fabs (sum / (double)(n * n_features)),
                         <,
                         5 / sqrt ((double)(n * n_features)));
      g_assert_cmpfloat (fabs (sum_squares / (double)(n * n_features) - 1),
                         <,
                         5 / sqrt ((double)(n * n_features)));
      for (guint label = 0; label < 10; label++)
        g_assert_cmpuint (n_of_label[label], >, 0);
    }
}

static gboolean
go_on_cb (gpointer data)
{
  return FALSE;
}

/* Takes some steps and looks at every tensor. */
static void
train (const FxpWorkload *workload, FxpWords words, guint n_steps)
{
  g_autoptr (FxpExperiment) experiment =
    fxp_workload_make_experiment (workload, words, FXP_ROUND_STOCHASTIC, FALSE);
  g_autoptr (FxpDataset) dataset = fxp_workload_make_dataset (workload);
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();
  FxpLookout lookout = {.interrupt = go_on_cb};
  g_autoptr (FxpTwins) twins = fxp_twins_new (experiment, dataset, scratch, NULL, &lookout);

  for (guint i = 0; i < n_steps; i++)
    {
      g_autofree char *cause = NULL;

      fxp_twins_train (twins, &cause);
      g_assert_null (cause);
    }
  /* Where it begins a network knows nothing: log (10), and its own guesses on top. */
  g_assert_cmpfloat (twins->position.interval.loss[0] / n_steps, <, 5);
  for (guint cell = 0; cell < fxp_experiment_get_n_weighted (experiment) * FXP_N_ROLES; cell++)
    {
      const FxpStatistics *seen = &twins->ledger.tensors[cell].statistics;

      g_assert_cmpuint (seen->counts.n_overflowed * 50, <=, seen->counts.n);
      if (cell % FXP_N_ROLES == FXP_ROLE_ACTIVATION_GRAD)
        {
          g_assert_cmpuint (seen->counts.n, >, 0);
          g_assert_cmpuint (seen->counts.n_underflowed, <, seen->counts.n / 2);
        }
    }
}

static void
test_numbers_fit (void)
{
  for (guint words = 0; words < FXP_N_WORDS; words++)
    {
      train (fxp_workload_get (0), words, 60);
      train (fxp_workload_get (1), words, 3);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/workload/names", test_names);
  g_test_add_func ("/workload/wrong-names", test_wrong_names);
  g_test_add_func ("/workload/sizes", test_sizes);
  g_test_add_func ("/workload/words", test_words);
  g_test_add_func ("/workload/data", test_data);
  g_test_add_func ("/workload/numbers-fit", test_numbers_fit);
  return g_test_run ();
}
