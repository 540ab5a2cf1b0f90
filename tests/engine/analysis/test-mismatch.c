/* SPDX-License-Identifier: MIT */
/* The bound on p_m against p_m, and what a quantized network takes over.  Numbers are those of the
 * acceptance tests of the first paper's specification. */
#include "config.h"

#include "digits.h"

#include "analysis/assignment.h"
#include "analysis/mismatch-private.h"
#include "analysis/probe-private.h"

#include <math.h>

#define N_SAMPLES   500
#define N_LAYERS    3
#define BATCH       100
#define SHIFT_LEAST (-3)
#define SHIFT_MOST  4

/* A trained network with what there is to know of it. */
typedef struct
{
  Digits *digits;
  double *inputs; /* N_SAMPLES that the gains are of */
  FxpNoiseGains *gains;
  FxpBaseline *baseline;
} Fixture;

static double
get_peak (const FxpTensor *weight)
{
  double peak = 0.0;

  for (gsize i = 0; i < weight->n; i++)
    peak = MAX (peak, fabs ((double)((const float *)weight->data)[i]));
  return peak;
}

/* W and A are assigned from ranges and gains alone; what is said of gradients does not matter. */
static FxpBaseline *
make_baseline (const Digits *digits)
{
  FxpLayerBaseline layers[N_LAYERS];

  for (guint i = 0; i < N_LAYERS; i++)
    layers[i] = (FxpLayerBaseline){
      .weight_grad = {1.0, 0.5, 0.5, 1.0},
      .activation_grad = {1.0, 0.5, 0.5, 1.0},
      .weight_peak =
        get_peak (fxp_network_get_tensor (digits->network, (FxpTensorId){i, FXP_ROLE_WEIGHT})),
      .activation_max = 1.0,
      .lambda = {1.0, 1.0},
      .reflected = 1.0,
      .n_weights = 1,
      .n_activation_grads = 1,
    };
  return fxp_baseline_new (layers, N_LAYERS, 100, 10, 1);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->digits = digits_new ("64-64-32-10", 20, 0.1);
  self->inputs = digits_dup_inputs (self->digits, FXP_SPLIT_TRAIN, N_SAMPLES);
  self->gains = digits_measure_gains (self->digits, self->inputs, N_SAMPLES);
  self->baseline = make_baseline (self->digits);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  fxp_baseline_unref (self->baseline);
  fxp_noise_gains_unref (self->gains);
  g_free (self->inputs);
  digits_free (self->digits);
}

/* C_o with B_min moved by @shift: as the bound falls four times with every bit, fewer are those of
 * a larger target. */
static FxpAssignment *
assign (Fixture *self, int shift)
{
  g_autoptr (GError) error = NULL;
  FxpAssignmentOptions options;
  FxpAssignment *assignment;

  fxp_assignment_options_init (&options, FXP_VARIANT_PAPER);
  if (shift < 0)
    options.target = ldexp (options.target, -2 * shift);
  else
    options.extra_bits = (guint)shift;
  assignment = fxp_assignment_new (self->digits->experiment,
                                   self->baseline,
                                   self->gains,
                                   &options,
                                   0.1,
                                   NULL,
                                   &error);
  g_assert_no_error (error);
  return assignment;
}

/* The paper does not round the input, and the bound does not count it. */
static FxpExperiment *
leave_input (FxpExperiment *experiment)
{
  return fxp_experiment_with_quantizer (experiment, 0, FXP_ROLE_ACTIVATION, &FXP_QUANTIZER_FLOAT);
}

static FxpMismatch
measure (Fixture *self, FxpExperiment *experiment)
{
  g_autoptr (GError) error = NULL;
  Digits *digits = self->digits;
  FxpMismatch mismatch = {0};
  g_autoptr (FxpNetwork) quantized =
    fxp_mismatch_make_quantized (digits->network,
                                 experiment,
                                 fxp_dataset_get_shape (digits->dataset),
                                 10,
                                 digits->scratch,
                                 NULL,
                                 &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < N_SAMPLES; i += BATCH)
    g_assert_true (
      fxp_mismatch_add (&mismatch, digits->network, quantized, self->inputs + i * 64, BATCH));
  g_assert_cmpuint (mismatch.n, ==, N_SAMPLES);
  return mismatch;
}

/* 6.16: measured p_m is at most the bound and a sample, and with the chosen B_min below 1 %; the
 * bound falls exactly four times with every bit. */
static void
test_bound (Fixture *self, gconstpointer data)
{
  double last = NAN;
  guint n_checked = 0;

  for (int shift = SHIFT_LEAST; shift <= SHIFT_MOST; shift++)
    {
      g_autoptr (FxpAssignment) assignment = assign (self, shift);
      g_autoptr (FxpExperiment) experiment =
        leave_input (fxp_assignment_get_experiment (assignment));
      const double bound = fxp_noise_gains_get_bound (self->gains, experiment, FALSE);
      const FxpMismatch mismatch = measure (self, experiment);
      const double share = fxp_mismatch_get_share (&mismatch);

      g_test_message ("B_min %d: p_m %.4f, bound %.5f",
                      fxp_assignment_get_least_bits (assignment),
                      share,
                      bound);
      g_assert_cmpfloat (fabs (bound - fxp_assignment_get_bound (assignment)), <=, 1e-12 * bound);
      if (shift > SHIFT_LEAST)
        g_assert_cmpfloat (fabs (last - 4.0 * bound), <=, 1e-12 * last);
      last = bound;
      if (shift == 0)
        {
          g_assert_cmpfloat (bound, <, 0.01);
          g_assert_cmpfloat (share, <, 0.01);
        }
      if (bound >= 1.0)
        continue;
      g_assert_cmpfloat (share, <=, bound + 1.0 / N_SAMPLES);
      n_checked++;
    }
  g_assert_cmpuint (n_checked, >=, 6);
}

/* 6.17: with word lengths that are real numbers all contribute the same, and with whole ones at
 * most four times another. */
static void
test_equalization (Fixture *self, gconstpointer data)
{
  g_autoptr (FxpAssignment) assignment = assign (self, 0);
  FxpExperiment *experiment = fxp_assignment_get_experiment (assignment);
  const double gain_least = fxp_assignment_get_min_gain (assignment);
  const int bits_least = fxp_assignment_get_least_bits (assignment);
  double least = G_MAXDOUBLE, most = 0.0;

  for (guint i = 0; i < 2 * N_LAYERS; i++)
    {
      const FxpTensorId id = {i / 2, i % 2};
      const FxpFormat format = fxp_experiment_get_quantizer (experiment, id)->format;
      const int log2_scale = format.word_bits - 1 - format.frac_bits;
      const double gain = fxp_noise_gains_get (self->gains, id);
      const double share = fxp_noise_gains_get_contribution (self->gains, experiment, id);
      double bits, step;

      if (id.layer == 0 && id.role == FXP_ROLE_ACTIVATION)
        continue;
      least = MIN (least, share);
      most = MAX (most, share);
      bits = bits_least + log2 (sqrt (ldexp (gain, 2 * log2_scale) / gain_least));
      step = ldexp (exp2 (1.0 - bits), log2_scale);
      g_assert_cmpfloat (fabs (step * step * gain / ldexp (gain_least, 2 - 2 * bits_least) - 1.0),
                         <=,
                         1e-9);
      g_assert_cmpint (format.word_bits, ==, (int)round (bits));
    }
  g_test_message ("contributions from %g to %g", least, most);
  g_assert_cmpfloat (most, <=, 4.0 * least);
}

/* Without formats it is the float network to the bit. */
static void
test_float (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Digits *digits = self->digits;
  FxpExperiment *experiment = fxp_experiment_ref (digits->experiment);
  const FxpStep step = {.step = FXP_STEP_EVALUATION};
  g_autoptr (FxpNetwork) quantized = NULL;
  g_autofree double *logits = NULL;

  experiment = digits_change (experiment, "precision.*.weight.format", "float");
  experiment = digits_change (experiment, "precision.*.activation.format", "float");
  quantized = fxp_mismatch_make_quantized (digits->network,
                                           experiment,
                                           fxp_dataset_get_shape (digits->dataset),
                                           10,
                                           digits->scratch,
                                           NULL,
                                           &error);
  g_assert_no_error (error);
  g_assert_true (fxp_network_forward (digits->network, self->inputs, BATCH, &step));
  logits = g_memdup2 (fxp_network_get_logits (digits->network), BATCH * 10 * sizeof (double));
  g_assert_true (fxp_network_forward (quantized, self->inputs, BATCH, &step));
  g_assert_cmpmem (logits,
                   BATCH * 10 * sizeof (double),
                   fxp_network_get_logits (quantized),
                   BATCH * 10 * sizeof (double));
  fxp_experiment_unref (experiment);
}

/* Batch normalization is taken over as it is, W is rounded, and nothing is drawn. */
static void
test_taking_over (void)
{
  static const FxpLearnt kept[] = {
    FXP_LEARNT_GAMMA,
    FXP_LEARNT_BETA,
    FXP_LEARNT_MEAN,
    FXP_LEARNT_VARIANCE,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (Digits) digits = digits_new ("1x8x8-4C3P-BN-MP2-10", 1, 0.1);
  g_autofree double *inputs = digits_dup_inputs (digits, FXP_SPLIT_TEST, 10);
  FxpExperiment *experiment = fxp_experiment_ref (digits->experiment);
  const FxpStep steps[] = {{1, FXP_STEP_EVALUATION, FALSE}, {2, FXP_STEP_EVALUATION, FALSE}};
  g_autoptr (FxpNetwork) quantized = NULL;
  g_autofree double *logits = NULL;
  const FxpTensor *from, *to;

  experiment = digits_change (experiment, "precision.*.weight.format", "Q0.3");
  experiment = digits_change (experiment, "precision.*.weight.rounding", "stochastic");
  experiment = digits_change (experiment, "precision.*.activation.format", "UQ1.3");
  experiment = digits_change (experiment, "precision.*.activation.rounding", "stochastic");
  experiment = digits_change (experiment, "precision.*.sum.register", "wrap");
  experiment = digits_change (experiment, "precision.*.sum.bits", "8");
  quantized = fxp_mismatch_make_quantized (digits->network,
                                           experiment,
                                           fxp_dataset_get_shape (digits->dataset),
                                           10,
                                           digits->scratch,
                                           NULL,
                                           &error);
  g_assert_no_error (error);
  fxp_experiment_unref (experiment);

  from = fxp_network_get_learnt (digits->network, 0, FXP_LEARNT_WEIGHT);
  to = fxp_network_get_learnt (quantized, 0, FXP_LEARNT_WEIGHT);
  for (gsize i = 0; i < from->n; i++)
    g_assert_cmpfloat (fxp_tensor_get_value (to, i),
                       ==,
                       CLAMP (round (fxp_tensor_get_value (from, i) * 8.0) / 8.0, -1.0, 0.875));
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      from = fxp_network_get_learnt (digits->network, 0, kept[i]);
      to = fxp_network_get_learnt (quantized, 0, kept[i]);
      g_assert_cmpmem (from->data,
                       fxp_tensor_get_n_bytes (from),
                       to->data,
                       fxp_tensor_get_n_bytes (to));
    }

  /* Neither draws nor a register that wraps have a say. */
  g_assert_true (fxp_network_forward (quantized, inputs, 10, &steps[0]));
  logits = g_memdup2 (fxp_network_get_logits (quantized), 100 * sizeof (double));
  g_assert_true (fxp_network_forward (quantized, inputs, 10, &steps[1]));
  g_assert_cmpmem (logits, 800, fxp_network_get_logits (quantized), 800);
  g_assert_cmpuint (fxp_network_get_sum_counts (quantized, 0)->n_overflowed, ==, 0);
}

static gboolean
give_up (double share, gpointer data)
{
  return TRUE;
}

/* Words of two bits choose otherwise, the same network does not, and what is given up counts
 * nothing. */
static void
test_counting (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Digits *digits = self->digits;
  FxpExperiment *experiment =
    digits_change (fxp_experiment_ref (digits->experiment), "precision.*.weight.format", "Q0.1");
  g_autoptr (FxpNetwork) quantized =
    fxp_mismatch_make_quantized (digits->network,
                                 experiment,
                                 fxp_dataset_get_shape (digits->dataset),
                                 10,
                                 digits->scratch,
                                 NULL,
                                 &error);
  FxpMismatch mismatch = {0};
  guint64 n_different;

  g_assert_no_error (error);
  g_assert_true (isnan (fxp_mismatch_get_share (&mismatch)));
  fxp_network_set_monitor (quantized, give_up, NULL);
  g_assert_false (
    fxp_mismatch_add (&mismatch, digits->network, quantized, self->inputs, N_SAMPLES));
  g_assert_cmpuint (mismatch.n, ==, 0);
  fxp_network_set_monitor (quantized, NULL, NULL);
  g_assert_true (fxp_mismatch_add (&mismatch, digits->network, quantized, self->inputs, N_SAMPLES));
  g_assert_cmpuint (mismatch.n, ==, N_SAMPLES);
  g_assert_cmpuint (mismatch.n_different, >, N_SAMPLES / 50);
  n_different = mismatch.n_different;
  g_assert_true (
    fxp_mismatch_add (&mismatch, digits->network, digits->network, self->inputs, N_SAMPLES));
  g_assert_cmpuint (mismatch.n, ==, 2 * N_SAMPLES);
  g_assert_cmpuint (mismatch.n_different, ==, n_different);
  fxp_experiment_unref (experiment);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/mismatch/6.16-bound", Fixture, NULL, set_up, test_bound, tear_down);
  g_test_add ("/mismatch/6.17-equalization", Fixture, NULL, set_up, test_equalization, tear_down);
  g_test_add ("/mismatch/float", Fixture, NULL, set_up, test_float, tear_down);
  g_test_add ("/mismatch/counting", Fixture, NULL, set_up, test_counting, tear_down);
  g_test_add_func ("/mismatch/taking-over", test_taking_over);
  return g_test_run ();
}
