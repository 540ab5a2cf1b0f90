/* SPDX-License-Identifier: MIT */
/* Training with C_o on a small network: acceptance tests 16, 19, 20 and 21 to 30 of the first
 * paper's specification, with its tolerances. */
#include "small-net.h"

#define N_SEEDS 5

static SmallNet *nets[N_SEEDS];
static SmallRun optimal[N_SEEDS]; /* C_o */

/* Of five seeds, each against its own float run. */
typedef struct
{
  double gap;        /* mean of small_get_gap() */
  double worst_gap;  /* greatest */
  double final_loss; /* mean, as a multiple of that with C_o */
  double error;      /* mean test error, less the float run's */
  double accuracy;   /* greatest */
} Summary;

static void
summarize (const SmallRun *runs, Summary *summary)
{
  *summary = (Summary){0};
  for (guint i = 0; i < N_SEEDS; i++)
    {
      double gap = small_get_gap (nets[i], &runs[i]);

      summary->gap += gap / N_SEEDS;
      summary->worst_gap = MAX (summary->worst_gap, gap);
      summary->final_loss +=
        small_get_final_loss (&runs[i]) / small_get_final_loss (&optimal[i]) / N_SEEDS;
      summary->error += (nets[i]->run.test_accuracy - runs[i].test_accuracy) / N_SEEDS;
      summary->accuracy = MAX (summary->accuracy, runs[i].test_accuracy);
    }
}

/* Trains what fxp_system_apply() calls @system with every seed. */
static void
try_system (const char *system, Summary *summary)
{
  SmallRun runs[N_SEEDS];

  for (guint i = 0; i < N_SEEDS; i++)
    small_train_perturbed (nets[i], system, &runs[i]);
  summarize (runs, summary);
  g_test_message ("%s: gap %.4f, at worst %.4f; final loss %.3f of C_o's; error %+.4f",
                  system,
                  summary->gap,
                  summary->worst_gap,
                  summary->final_loss,
                  summary->error);
  for (guint i = 0; i < N_SEEDS; i++)
    small_run_clear (&runs[i]);
}

/* C_o with @shift more bits for all W, and all A but the input's; NULL if too few are left. */
static FxpExperiment *
shift_forward (FxpExperiment *experiment, int shift)
{
  FxpExperiment *shifted = fxp_experiment_ref (experiment);

  for (guint16 layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    for (guint16 role = FXP_ROLE_WEIGHT; role <= FXP_ROLE_ACTIVATION; role++)
      {
        const FxpTensorId id = {layer, role};
        FxpQuantizer quantizer = *fxp_experiment_get_quantizer (experiment, id);
        int bits = quantizer.format.word_bits + shift;
        g_autoptr (FxpExperiment) old = shifted;

        if (layer == 0 && role == FXP_ROLE_ACTIVATION)
          {
            old = NULL;
            continue;
          }
        if (bits < (quantizer.format.is_signed ? 2 : 1))
          {
            shifted = NULL;
            return NULL;
          }
        quantizer.format.word_bits = bits;
        quantizer.format.frac_bits += shift;
        shifted = fxp_experiment_with_quantizer (old, layer, role, &quantizer);
      }
  return shifted;
}

/* The input is exact in its eight bits and adds no noise. */
static void
test_bound (void)
{
  guint n_checked = 0;

  for (guint i = 0; i < N_SEEDS; i++)
    for (int shift = -3; shift <= 4; shift++)
      {
        SmallNet *net = nets[i];
        g_autoptr (FxpExperiment) shifted =
          shift_forward (fxp_assignment_get_experiment (net->assignment), shift);
        g_autoptr (GError) error = NULL;
        FxpMismatch mismatch;
        double bound;

        if (shifted == NULL)
          continue;
        bound = fxp_noise_gains_get_bound (net->gains, shifted, FALSE);
        fxp_theory_measure_mismatch (net->checkpoint,
                                     net->dataset,
                                     shifted,
                                     &net->slice,
                                     1,
                                     NULL,
                                     &mismatch,
                                     &error);
        g_assert_no_error (error);
        g_test_message ("seed %u, B_min %+d: bound %.4g, measured %.4g",
                        i + 1,
                        shift,
                        bound,
                        fxp_mismatch_get_share (&mismatch));
        g_assert_cmpuint (mismatch.n, ==, 500);
        if (bound < 1)
          {
            g_assert_cmpfloat (mismatch.n_different, <=, bound * mismatch.n + 1);
            n_checked++;
          }
        if (shift == 0)
          g_assert_cmpfloat (fxp_mismatch_get_share (&mismatch), <, 0.01);
      }
  g_assert_cmpuint (n_checked, >, 4 * N_SEEDS);
}

/* Each term of the bound within a factor of two of all others' mean: the rounding of bits. */
static void
test_equalization (void)
{
  for (guint i = 0; i < N_SEEDS; i++)
    {
      FxpExperiment *experiment = fxp_assignment_get_experiment (nets[i]->assignment);
      double least = INFINITY, greatest = 0;

      for (guint16 layer = 0; layer < 3; layer++)
        for (guint16 role = FXP_ROLE_WEIGHT; role <= FXP_ROLE_ACTIVATION; role++)
          {
            const FxpTensorId id = {layer, role};
            double share = fxp_noise_gains_get_contribution (nets[i]->gains, experiment, id);

            if (layer == 0 && role == FXP_ROLE_ACTIVATION)
              continue;
            least = MIN (least, share);
            greatest = MAX (greatest, share);
          }
      g_test_message ("seed %u: greatest of least %.3f", i + 1, greatest / least);
      g_assert_cmpfloat (greatest, <=, 4 * least);
    }
}

static void
test_clipping (void)
{
  for (guint i = 0; i < N_SEEDS; i++)
    {
      SmallRun halved;

      small_train_perturbed (nets[i], "GW/1", &halved);
      for (guint layer = 0; layer < 3; layer++)
        {
          const FxpTensorSums *sums = &optimal[i].gradients[layer];
          const FxpTensorSums *narrow = &halved.gradients[layer];
          double rate = (double)sums->n_overflowed / sums->n;

          g_test_message ("seed %u, layer %u: %.3f %% clipped, %.3f %% with half the range",
                          i + 1,
                          layer + 1,
                          100 * rate,
                          100.0 * narrow->n_overflowed / narrow->n);
          g_assert_cmpfloat (rate, <, 0.05);
          g_assert_cmpfloat ((double)narrow->n_overflowed / narrow->n, >=, 3 * rate);
        }
      small_run_clear (&halved);
    }
}

/* As many values as make their distribution normal, to within one of them, of @deviation. */
static double
get_gaussian_bias (double deviation, FxpFormat format)
{
  const guint n = 100000;
  const double step = 1e-5; /* deviations */
  g_autofree double *values = g_new (double, n);
  FxpStatistics statistics;
  double due = 0.5;
  gsize n_made = 0;

  for (double x = step / 2; x < 6 && n_made < n; x += step)
    {
      due += 2 * n * step * exp (-x * x / 2) / sqrt (2 * G_PI);
      if (due >= 1)
        {
          values[n_made++] = x * deviation;
          due -= 1;
        }
    }
  fxp_statistics_clear (&statistics);
  fxp_statistics_add (&statistics, format, values, NULL, n_made);
  return fxp_statistics_get_bias (&statistics, format);
}

static void
test_bias (void)
{
  for (guint i = 0; i < N_SEEDS; i++)
    {
      FxpExperiment *experiment = fxp_assignment_get_experiment (nets[i]->assignment);
      FxpBaseline *baseline = fxp_assignment_get_baseline (nets[i]->assignment);

      for (guint16 layer = 0; layer < 3; layer++)
        {
          const FxpTensorId id = {layer, FXP_ROLE_WEIGHT_GRAD};
          const FxpSpread *spread = &fxp_baseline_get_layer (baseline, layer)->weight_grad;
          const FxpTensorSums *sums = &optimal[i].gradients[layer];
          const FxpStatistics seen = {.n_first = sums->n_first, .sum_first = sums->sum_first};
          FxpFormat format = fxp_experiment_get_quantizer (experiment, id)->format;
          FxpFormat doubled = format;
          double bias, of_doubled;

          doubled.frac_bits--;
          bias = get_gaussian_bias (spread->min, format);
          of_doubled = get_gaussian_bias (spread->min, doubled);
          g_test_message ("seed %u, layer %u: eta %.3f %%; normal gradients: %.3f %%, %.3f %%",
                          i + 1,
                          layer + 1,
                          100 * fxp_statistics_get_bias (&seen, format),
                          100 * bias,
                          100 * of_doubled);
          g_assert_cmpfloat (bias, <, 0.01);
          g_assert_cmpfloat (get_gaussian_bias (spread->max, format), <, 0.01);
          g_assert_cmpfloat (of_doubled, >, 3.5 * bias);
          g_assert_cmpfloat (of_doubled, <, 4.5 * bias);
        }
    }
}

static void
assert_same_run (const SmallRun *a, const SmallRun *b)
{
  g_assert_cmpmem (a->losses, sizeof a->losses, b->losses, sizeof b->losses);
  g_assert_cmpstr (a->fingerprint, ==, b->fingerprint);
}

static void
test_determinism (void)
{
  SmallNet *net = nets[0];
  g_autoptr (FxpExperiment) baseline = fxp_theory_get_baseline_experiment (net->experiment);
  SmallRun again;

  small_train (baseline, net->dataset, &again, NULL);
  assert_same_run (&again, &net->run);
  small_run_clear (&again);
  small_train_perturbed (net, "FX", &again);
  assert_same_run (&again, &optimal[0]);
  small_run_clear (&again);
}

static void
test_wide (void)
{
  g_autoptr (FxpExperiment) wide = small_set (nets[0]->experiment,
                                              "precision.*.weight.format",
                                              "Q0.25",
                                              "precision.*.activation.format",
                                              "UQ1.25",
                                              "precision.*.weight-grad.format",
                                              "Q2.23",
                                              "precision.*.activation-grad.format",
                                              "Q0.25",
                                              "precision.*.weight-acc.format",
                                              "Q-25.50",
                                              NULL);
  SmallRun run;

  small_train (wide, nets[0]->dataset, &run, NULL);
  for (guint epoch = 0; epoch < run.n_epochs; epoch++)
    g_assert_cmpfloat_with_epsilon (run.losses[epoch] / nets[0]->run.losses[epoch], 1, 0.01);
  small_run_clear (&run);
}

static void
test_tracking (void)
{
  Summary summary;

  summarize (optimal, &summary);
  g_test_message ("C_o: gap %.4f, at worst %.4f; error %+.4f",
                  summary.gap,
                  summary.worst_gap,
                  summary.error);
  g_assert_cmpfloat (summary.worst_gap, <=, 0.06);
  g_assert_cmpfloat (summary.gap, <=, 0.04);
  g_assert_cmpfloat (fabs (summary.error), <=, 0.015);
}

static void
test_one_bit_more (void)
{
  Summary of_optimal, more;

  summarize (optimal, &of_optimal);
  try_system ("C+1", &more);
  g_assert_cmpfloat (fabs (more.gap - of_optimal.gap), <=, 0.3 * of_optimal.gap);
}

static void
test_degradation (void)
{
  Summary fewer[5];

  summarize (optimal, &fewer[0]);
  for (guint k = 1; k < G_N_ELEMENTS (fewer); k++)
    {
      g_autofree char *system = g_strdup_printf ("C-%u", k);

      try_system (system, &fewer[k]);
    }
  g_assert_cmpfloat (fewer[0].gap, <=, fewer[1].gap);
  for (guint k = 2; k < G_N_ELEMENTS (fewer); k++)
    g_assert_cmpfloat (fewer[k - 1].gap, <, fewer[k].gap);
  g_assert_cmpfloat (fewer[2].gap, >=, 1.5 * fewer[0].gap);
  g_assert_true (fewer[4].gap >= 10 * fewer[0].gap || fewer[4].accuracy < 0.2);
}

static void
test_ranges (void)
{
  Summary once, often, of_weights;

  try_system ("GA/1", &once);
  try_system ("GA/4", &often);
  try_system ("GW/2", &of_weights);
  g_assert_cmpfloat (once.final_loss, >, 1.05);
  g_assert_cmpfloat (often.accuracy, <, 0.2);
  g_assert_cmpfloat (of_weights.final_loss, >, 1.2);
}

/* Share of all updates that should have moved an accumulator and did not. */
static double
get_stopped (const SmallRun *run)
{
  FxpLayerSums sums = {0};

  for (guint layer = 0; layer < 3; layer++)
    {
      sums.n += run->updates[layer].n;
      sums.n_stopped += run->updates[layer].n_stopped;
    }
  g_assert_cmpuint (sums.n, >, 1000000);
  return (double)sums.n_stopped / sums.n;
}

static void
test_stopping (void)
{
  static const struct
  {
    const char *system;
    double least, most;
  } cases[] = {{"ACC-1", 0, 0.01}, {"ACC-2", 0.02, 0.15}, {"ACC-4", 0.15, 1}};

  for (guint i = 0; i < N_SEEDS; i++)
    {
      g_assert_cmpfloat (get_stopped (&optimal[i]), ==, 0);
      for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
        {
          SmallRun run;

          small_train_perturbed (nets[i], cases[k].system, &run);
          g_test_message ("seed %u, %s: %.3f %% stopped",
                          i + 1,
                          cases[k].system,
                          100 * get_stopped (&run));
          g_assert_cmpfloat (get_stopped (&run), >=, cases[k].least);
          g_assert_cmpfloat (get_stopped (&run), <=, cases[k].most);
          small_run_clear (&run);
        }
    }
}

static void
test_reallocation (void)
{
  for (guint i = 0; i < N_SEEDS; i++)
    for (guint k = 1; k <= 3; k++)
      {
        g_autofree char *system = g_strdup_printf ("W-%u", k);
        double change;
        SmallRun run;

        small_train_perturbed (nets[i], system, &run);
        change = small_get_final_loss (&run) / small_get_final_loss (&optimal[i]) - 1;
        g_test_message ("seed %u, %s: final loss %+.2f %%", i + 1, system, 100 * change);
        g_assert_cmpfloat (fabs (change), <=, 0.05);
        small_run_clear (&run);
      }
}

/* Of a deeper network; told, not demanded. */
static void
test_depth (void)
{
  SmallNet *net = small_new (1, "64-64-48-32-10");
  FxpExperiment *experiment = fxp_assignment_get_experiment (net->assignment);
  g_autoptr (GString) row = g_string_new (NULL);

  for (guint16 role = FXP_ROLE_WEIGHT; role <= FXP_ROLE_WEIGHT_ACC; role++)
    {
      g_string_printf (row, "%s:", fxp_role_get_nick (role));
      for (guint16 layer = 0; layer < 4; layer++)
        {
          const FxpTensorId id = {layer, role};
          FxpFormat format = fxp_experiment_get_quantizer (experiment, id)->format;

          g_assert_cmpuint (format.word_bits, >=, 1);
          g_assert_cmpuint (format.word_bits, <=, 24);
          g_string_append_printf (row, " %u", format.word_bits);
        }
      g_test_message ("%s", row->str);
    }
  small_free (net);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < N_SEEDS; i++)
    {
      nets[i] = small_new (i + 1, NULL);
      small_train_perturbed (nets[i], "FX", &optimal[i]);
    }

  g_test_add_func ("/theory-training/6.16-bound", test_bound);
  g_test_add_func ("/theory-training/6.17-equalization", test_equalization);
  g_test_add_func ("/theory-training/6.19-clipping", test_clipping);
  g_test_add_func ("/theory-training/6.20-bias", test_bias);
  g_test_add_func ("/theory-training/6.21-determinism", test_determinism);
  g_test_add_func ("/theory-training/6.21-wide-words", test_wide);
  g_test_add_func ("/theory-training/6.22-tracking", test_tracking);
  g_test_add_func ("/theory-training/6.23-one-bit-more", test_one_bit_more);
  g_test_add_func ("/theory-training/6.24-degradation", test_degradation);
  g_test_add_func ("/theory-training/6.25-ranges", test_ranges);
  g_test_add_func ("/theory-training/6.26-stopping", test_stopping);
  g_test_add_func ("/theory-training/6.28-reallocation", test_reallocation);
  g_test_add_func ("/theory-training/6.30-depth", test_depth);
  status = g_test_run ();

  for (guint i = 0; i < N_SEEDS; i++)
    {
      small_run_clear (&optimal[i]);
      small_free (nets[i]);
    }
  return status;
}
