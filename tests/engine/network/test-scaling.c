/* SPDX-License-Identifier: MIT */
/* Dynamic fixed point in a network that trains: which codes a scaler sees, when formats follow, and
 * what becomes of what is stored in them. */
#include "config.h"

#include "moving-trial.h"

#include <math.h>

/* One decision a step: the range goes down to the least that holds, and up again when activations
 * grow, by one bit a decision (1.5, F11 in a network). */
static void
test_follow_activations (void)
{
  g_autoptr (Trial) trial =
    make_trial (FALSE, 0, "precision.1.activation.scaling", "overflow-rate", NULL);

  /* Of 160 inputs uniform in -1..1 the greatest is above 1/2 and below 511/512. */
  for (int i = 1; i <= 8; i++)
    {
      trial_train (trial, 0.1);
      g_assert_cmpint (get_frac_bits (trial, 0, FXP_ROLE_ACTIVATION), ==, MIN (4 + i, 9));
    }
  scale_inputs (trial, 8.0);
  for (int i = 1; i <= 5; i++)
    {
      trial_train (trial, 0.1);
      g_assert_cmpint (get_frac_bits (trial, 0, FXP_ROLE_ACTIVATION), ==, MAX (9 - i, 6));
    }
  g_assert_cmpint (get_frac_bits (trial, 1, FXP_ROLE_ACTIVATION), ==, 4);
}

/* F decisions apart, and none before. */
static void
test_period (void)
{
  g_autoptr (Trial) trial = make_trial (FALSE,
                                        0,
                                        "precision.1.activation.scaling",
                                        "overflow-rate",
                                        "training.scaling-period",
                                        "3",
                                        NULL);

  for (int i = 1; i <= 12; i++)
    {
      trial_train (trial, 0.1);
      g_assert_cmpint (get_frac_bits (trial, 0, FXP_ROLE_ACTIVATION), ==, 4 + i / 3);
    }
}

/* What a step left stays as it was formed until a pass forms it anew. */
static void
test_follow_late (void)
{
  const FxpTensorId a = {0, FXP_ROLE_ACTIVATION}, g_w = {0, FXP_ROLE_WEIGHT_GRAD};
  g_autoptr (Trial) trial = make_trial (FALSE,
                                        0,
                                        "precision.1.activation.scaling",
                                        "abs-max",
                                        "precision.1.weight-grad.format",
                                        "Q1.8",
                                        "precision.1.weight-grad.scaling",
                                        "abs-max",
                                        NULL);
  const FxpTensor *inputs, *gradient;

  trial_train (trial, 0.1);
  inputs = fxp_network_get_tensor (trial->network, a);
  gradient = fxp_network_get_tensor (trial->network, g_w);
  g_assert_cmpint (inputs->format.frac_bits, ==, 4);
  g_assert_cmpint (gradient->format.frac_bits, ==, 8);
  for (gsize i = 0; i < trial->n * trial->n_features; i++)
    g_assert_cmpfloat_with_epsilon (fxp_tensor_get_value (inputs, i), trial->inputs[i], 0.5 / 16);
  g_assert_cmpint (get_frac_bits (trial, 0, FXP_ROLE_ACTIVATION), >, 4);
  /* An evaluation forms A, but not G_W. */
  {
    const FxpStep evaluation = {1, FXP_STEP_EVALUATION, FALSE};

    fxp_network_forward (trial->network, trial->inputs, trial->n, &evaluation);
  }
  g_assert_cmpint (inputs->format.frac_bits, ==, get_frac_bits (trial, 0, FXP_ROLE_ACTIVATION));
  g_assert_cmpint (gradient->format.frac_bits, ==, 8);
  trial_train (trial, 0.1);
  g_assert_cmpint (gradient->format.frac_bits, >, 8);
}

/* Of tensors of zeros: the controller goes down to its least exponent and stays, words follow as
 * far as formats go, and abs-max stays where it is. */
static void
test_zeros (void)
{
  static const double zeros[24];
  g_autoptr (Trial) trial = make_trial (FALSE,
                                        0,
                                        "precision.1.*.scaling",
                                        "overflow-rate",
                                        "precision.1.weight-acc.scaling",
                                        "fixed",
                                        "precision.1.weight-grad.scaling",
                                        "abs-max",
                                        NULL);
  int last;

  scale_inputs (trial, 0.0);
  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, zeros);
  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT_ACC, zeros);
  for (guint i = 0; i < 140; i++)
    g_assert_true (isfinite (trial_train (trial, 0.1).loss));
  last = get_frac_bits (trial, 0, FXP_ROLE_WEIGHT);
  g_assert_cmpint (last, >, 20);
  g_assert_cmpint (last, <=, FXP_FRAC_BITS_MAX);
  g_assert_cmpint (get_frac_bits (trial, 0, FXP_ROLE_ACTIVATION), ==, last);
  g_assert_cmpint (get_frac_bits (trial, 0, FXP_ROLE_WEIGHT_ACC),
                   ==,
                   MIN (last + 3, FXP_FRAC_BITS_MAX));
  g_assert_cmpint (get_frac_bits (trial, 0, FXP_ROLE_WEIGHT_GRAD), ==, 4);
  trial_train (trial, 0.1);
  g_assert_cmpint (get_frac_bits (trial, 0, FXP_ROLE_WEIGHT), ==, last);
}

/* A rule of a float cell, and of a twin, is nothing. */
static void
test_float (void)
{
  const FxpTensorId id = {0, FXP_ROLE_WEIGHT};
  g_autoptr (Trial) plain = make_trial (FALSE, 0, "precision.*.*.format", "float", NULL);
  g_autoptr (Trial) scaled = make_trial (FALSE,
                                         0,
                                         "precision.*.*.format",
                                         "float",
                                         "precision.*.*.scaling",
                                         "abs-max",
                                         "precision.*.bias.scaling",
                                         "predictive",
                                         NULL);
  g_autoptr (Trial) twin = make_trial (TRUE, 0, "precision.*.*.scaling", "abs-max", NULL);

  for (guint i = 0; i < 5; i++)
    {
      trial_train (plain, 0.1);
      trial_train (scaled, 0.1);
      trial_train (twin, 0.1);
    }
  g_assert_null (fxp_network_get_scaler (scaled->network, id));
  g_assert_null (fxp_network_get_scaler (twin->network, id));
  g_assert_true (fxp_format_is_float (fxp_network_get_format (twin->network, id)));
  trial_assert_same_tensors (plain, scaled);
  trial_assert_same_tensors (plain, twin);
}

/* An edit of a format or rule begins anew from the format; any other goes on. */
static void
test_edits (void)
{
  g_autoptr (Trial) trial = make_trial (FALSE, 0, "precision.*.*.scaling", "overflow-rate", NULL);
  static const FxpRole roles[] = {FXP_ROLE_WEIGHT, FXP_ROLE_ACTIVATION, FXP_ROLE_WEIGHT_GRAD};

  for (guint i = 0; i < 3; i++)
    trial_train (trial, 0.1);
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_autofree char *key = g_strdup_printf ("precision.1.%s.", fxp_role_get_nick (roles[i]));
      g_autofree char *rounding = g_strconcat (key, "rounding", NULL);
      g_autofree char *format = g_strconcat (key, "format", NULL);
      g_autofree char *scaling = g_strconcat (key, "scaling", NULL);
      int moved = get_frac_bits (trial, 0, roles[i]);

      g_assert_cmpint (moved, ==, 7);
      trial_change (trial, rounding, "stochastic");
      trial_change (trial, "training.scaling-period", i % 2 == 0 ? "7" : "1");
      trial_change (trial, "training.scaling-overflow", "0.01");
      g_assert_cmpint (get_frac_bits (trial, 0, roles[i]), ==, moved);
      trial_change (trial, format, "Q5.6");
      g_assert_cmpint (get_frac_bits (trial, 0, roles[i]), ==, 6);
      trial_change (trial, format, "Q5.4");
      trial_change (trial, scaling, "fixed");
      g_assert_cmpint (get_frac_bits (trial, 0, roles[i]), ==, 4);
      g_assert_cmpint (get_frac_bits (trial, 1, roles[i]), ==, moved);
    }
  trial_train (trial, 0.1);
  /* W_acc has a rule here, which nobody touched. */
  g_assert_cmpint (get_frac_bits (trial, 0, FXP_ROLE_WEIGHT_ACC), !=, 7);
}

static const char *const all_kinds[] = {"network.topology",
                                        "8x8-4C3P-BN-AP2-6C3P-BN-MP2-12FC-3",
                                        "network.activation",
                                        "tanh",
                                        "training.momentum",
                                        "0.5",
                                        "training.scaling-period",
                                        "1",
                                        "precision.*.*.format",
                                        "Q5.4",
                                        "precision.*.*.rounding",
                                        "stochastic",
                                        "precision.*.norm.format",
                                        "Q5.4",
                                        "precision.*.gamma.format",
                                        "Q5.4",
                                        "precision.*.beta.format",
                                        "Q5.4",
                                        "precision.*.norm-grad.format",
                                        "Q5.4",
                                        "precision.*.bias.format",
                                        "Q5.4",
                                        "precision.*.momentum.format",
                                        "Q5.4",
                                        "precision.*.*.scaling",
                                        "abs-max",
                                        "precision.*.norm.scaling",
                                        "abs-max",
                                        "precision.*.gamma.scaling",
                                        "abs-max",
                                        "precision.*.beta.scaling",
                                        "abs-max",
                                        "precision.*.norm-grad.scaling",
                                        "abs-max",
                                        "precision.*.bias.scaling",
                                        "abs-max",
                                        "precision.*.momentum.scaling",
                                        "abs-max",
                                        NULL};

/* Every kind of tensor shows what it holds: the word that abs-max then chooses is half full, and
 * holds the greatest magnitude of the newest step but for what saturates. */
static void
test_every_tensor (void)
{
  g_autoptr (Trial) trial = trial_new (all_kinds, &FXP_SHAPE_3 (1, 8, 8), 3, 12, FALSE, 0);

  for (guint i = 0; i < 30; i++)
    trial_train (trial, 0.05);
  for (guint layer = 0; layer < fxp_network_get_n_weighted (trial->network); layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensorId id = {layer, role};
        const FxpTensor *tensor = fxp_network_get_tensor (trial->network, id);
        g_autofree double *values = NULL;
        double greatest = 0.0, full;

        if (tensor == NULL)
          continue;
        g_assert_nonnull (fxp_network_get_scaler (trial->network, id));
        /* The derivative makes less of G_A behind the place where it is looked at, average pooling
         * leaves sums of codes of A. */
        if ((role == FXP_ROLE_ACTIVATION_GRAD && layer < 3) ||
            (role == FXP_ROLE_ACTIVATION && layer == 1))
          continue;
        values = trial_decode (tensor);
        for (gsize i = 0; i < tensor->n; i++)
          greatest = MAX (greatest, fabs (values[i]));
        full = ldexp (1.0, 9 - get_frac_bits (trial, layer, role));
        g_test_message ("layer %u %s: %g of %g",
                        layer + 1,
                        fxp_role_get_nick (role),
                        greatest,
                        full);
        g_assert_cmpfloat (greatest, <=, full);
        if (role != FXP_ROLE_ACTIVATION)
          g_assert_cmpfloat (greatest, >=, full / 4.0);
      }
}

/* Threads share the work, not the sights. */
static void
test_threads (void)
{
  g_autoptr (Trial) one = trial_new (all_kinds, &FXP_SHAPE_3 (1, 8, 8), 3, 12, FALSE, 1);
  g_autoptr (Trial) two = trial_new (all_kinds, &FXP_SHAPE_3 (1, 8, 8), 3, 12, FALSE, 2);

  for (guint i = 0; i < 20; i++)
    {
      trial_train (one, 0.05);
      trial_train (two, 0.05);
    }
  trial_assert_same_tensors (one, two);
  trial_assert_same_counts (one, two);
  for (guint layer = 0; layer < fxp_network_get_n_weighted (one->network); layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      g_assert_cmpint (get_frac_bits (one, layer, role), ==, get_frac_bits (two, layer, role));
}

/* A_1 and G_A that a projection shares have one scaler, whoever asks. */
static void
test_shared (void)
{
  const char *changes[] = {"network.topology",
                           "1x8x8-4C3P-BN-RES(6/2,P1)-GAP-3",
                           "precision.*.*.format",
                           "Q5.4",
                           "precision.*.*.scaling",
                           "abs-max",
                           NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_3 (1, 8, 8), 3, 12, FALSE, 0);
  FxpTopology *topology = fxp_network_get_topology (trial->network);
  guint n_shared = 0;

  for (guint i = 0; i < 10; i++)
    trial_train (trial, 0.05);
  for (guint layer = 0; layer < fxp_network_get_n_weighted (trial->network); layer++)
    {
      const FxpTensorId id = {layer, FXP_ROLE_ACTIVATION};
      const guint owner = fxp_topology_get_input_owner (topology, layer);

      if (owner == layer)
        continue;
      n_shared++;
      g_assert_true (
        fxp_network_get_scaler (trial->network, id) ==
        fxp_network_get_scaler (trial->network, (FxpTensorId){owner, FXP_ROLE_ACTIVATION}));
    }
  g_assert_cmpuint (n_shared, ==, 1);
}

/* Another network goes on with the scalers of this one, in the same formats. */
static void
test_set_scaler (void)
{
  g_autoptr (Trial) from = make_trial (FALSE, 0, "precision.*.*.scaling", "predictive", NULL);
  g_autoptr (Trial) to = make_trial (FALSE, 0, "precision.*.*.scaling", "predictive", NULL);
  static const FxpLearnt words[] = {FXP_LEARNT_WEIGHT, FXP_LEARNT_WEIGHT_ACC, FXP_LEARNT_BIAS};

  for (guint i = 0; i < 7; i++)
    trial_train (from, 0.1);
  for (guint layer = 0; layer < 2; layer++)
    {
      for (guint role = 0; role < FXP_N_ROLES; role++)
        {
          const FxpTensorId id = {layer, role};
          const FxpScaler *scaler = fxp_network_get_scaler (from->network, id);

          if (scaler != NULL)
            fxp_network_set_scaler (to->network, id, scaler);
        }
      for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        {
          const FxpTensor *learnt = trial_get_learnt (from, layer, words[i]);
          g_autoptr (GError) error = NULL;

          fxp_network_restore_learnt (to->network,
                                      layer,
                                      words[i],
                                      learnt->format,
                                      learnt->data,
                                      fxp_tensor_get_n_bytes (learnt),
                                      &error);
          g_assert_no_error (error);
        }
    }
  to->step = from->step;
  for (guint i = 0; i < 20; i++)
    {
      trial_train (from, 0.1);
      trial_train (to, 0.1);
    }
  trial_assert_same_tensors (from, to);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scaling/F11-activations-that-grow", test_follow_activations);
  g_test_add_func ("/scaling/period", test_period);
  g_test_add_func ("/scaling/follow-late", test_follow_late);
  g_test_add_func ("/scaling/zeros", test_zeros);
  g_test_add_func ("/scaling/float", test_float);
  g_test_add_func ("/scaling/edits", test_edits);
  g_test_add_func ("/scaling/every-tensor", test_every_tensor);
  g_test_add_func ("/scaling/threads", test_threads);
  g_test_add_func ("/scaling/shared", test_shared);
  g_test_add_func ("/scaling/set-scaler", test_set_scaler);
  return g_test_run ();
}
