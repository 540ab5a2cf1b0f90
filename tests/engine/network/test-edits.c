/* SPDX-License-Identifier: MIT */
/* What a network keeps and what it forgets when its experiment changes in mid-run. */
#include "config.h"

#include "trial.h"

#define IMAGE FXP_SHAPE_3 (1, 8, 8)
#define ROOM  40 /* samples of the largest batch */

static void
test_change_formats (void)
{
  const char *changes[] = {"network.topology",
                           "4-6-3",
                           "precision.*.weight-acc.format",
                           "Q-2.13",
                           NULL};
  const char *steps[][3] = {
    {"precision.*.weight.format", "Q1.4", "Q-2.13"},
    {"precision.*.weight-acc.format", "Q-3.20", "Q-3.20"},
    {"precision.*.weight.format", "Q3.12", "Q-3.20"},
    {"precision.*.weight-acc.format", "Q-1.11", "Q-1.11"},
  };
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (4), 3, 10, FALSE, 0);

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree double *weights = NULL, *residues = NULL, *biases = NULL;
      const FxpTensor *bias = trial_get_tensor (trial, 0, FXP_ROLE_BIAS);
      FxpFormat format;

      g_assert_true (fxp_format_parse (steps[i][2], &format, NULL));
      trial_train (trial, 0.1);
      weights = trial_dup_values (trial, 0, FXP_ROLE_WEIGHT);
      residues = trial_dup_values (trial, 0, FXP_ROLE_WEIGHT_ACC);
      biases = trial_dup_values (trial, 0, FXP_ROLE_BIAS);
      trial_change (trial, steps[i][0], steps[i][1]);
      for (gsize j = 0; j < trial_get_tensor (trial, 0, FXP_ROLE_WEIGHT)->n; j++)
        g_assert_cmpfloat_with_epsilon (
          fxp_tensor_get_value (trial_get_tensor (trial, 0, FXP_ROLE_WEIGHT), j) +
            fxp_tensor_get_value (trial_get_tensor (trial, 0, FXP_ROLE_WEIGHT_ACC), j),
          weights[j] + residues[j],
          fxp_format_get_step (format) / 2.0);
      for (gsize j = 0; j < bias->n; j++)
        g_assert_cmpfloat (fxp_tensor_get_value (bias, j), ==, biases[j]);
    }
}

/* Only what changed starts anew. */
static void
test_change_one_cell (void)
{
  const char *changes[] = {"network.topology",
                           "4-6-3",
                           "precision.*.*.rounding",
                           "stochastic",
                           NULL};
  const FxpTensorId changed = {1, FXP_ROLE_WEIGHT_GRAD};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (4), 3, 10, FALSE, 0);
  g_autoptr (Trial) same = trial_new (changes, &FXP_SHAPE_1 (4), 3, 10, FALSE, 0);

  trial_train (trial, 0.1);
  trial_train (same, 0.1);
  trial_change (trial, "precision.2.weight-grad.bits", "7");
  for (guint layer = 0; layer < 2; layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        FxpTensorId id = {layer, role};
        const FxpStatistics *statistics = fxp_network_get_statistics (trial->network, id);

        if (layer == changed.layer && role == changed.role)
          g_assert_cmpuint (statistics->counts.n, ==, 0);
        else
          g_assert_cmpmem (statistics,
                           sizeof *statistics,
                           fxp_network_get_statistics (same->network, id),
                           sizeof *statistics);
      }
  trial_change (trial, "precision.2.weight-grad.bits", "12");
  trial_train (trial, 0.1);
  trial_train (same, 0.1);
  trial_assert_same_tensors (trial, same);
}

/* A network of its own for the trial's experiment, which has learnt what @from has. */
static void
renew_network (Trial *self, const FxpNetwork *from, gboolean keeps_gradients)
{
  g_autoptr (GError) error = NULL;
  FxpNetwork *network =
    fxp_network_new (self->experiment, &IMAGE, 3, FALSE, self->scratch, self->team, &error);

  g_assert_no_error (error);
  if (keeps_gradients)
    fxp_network_keep_gradients (network);
  for (guint layer = 0; layer < fxp_network_get_n_weighted (network); layer++)
    for (guint what = 0; what < FXP_N_LEARNT; what++)
      {
        const FxpTensor *learnt = fxp_network_get_learnt (from, layer, what);

        if (learnt != NULL)
          fxp_network_restore_learnt (network,
                                      layer,
                                      what,
                                      learnt->format,
                                      learnt->data,
                                      fxp_tensor_get_n_bytes (learnt),
                                      &error);
        g_assert_no_error (error);
      }
  fxp_network_free (self->network);
  self->network = network;
}

static void
assert_same_learnt (const Trial *a, const Trial *b)
{
  for (guint layer = 0; layer < fxp_network_get_n_weighted (a->network); layer++)
    for (guint what = 0; what < FXP_N_LEARNT; what++)
      {
        const FxpTensor *from = trial_get_learnt (a, layer, what);
        const FxpTensor *to = trial_get_learnt (b, layer, what);

        g_assert_true ((from == NULL) == (to == NULL));
        if (from != NULL)
          g_assert_cmpmem (from->data,
                           fxp_tensor_get_n_bytes (from),
                           to->data,
                           fxp_tensor_get_n_bytes (to));
      }
}

/* Key and new value. */
static const char *const edits[][2] = {
  {"precision.*.norm.format", "Q2.5"},
  {"precision.*.weight.format", "Q1.4"},
  {"precision.*.activation.format", "UQ3.5"},
  {"precision.*.norm-grad.format", "Q-3.34"},
  {"precision.*.momentum.format", "Q-1.8"},
  {"precision.*.activation-grad.format", "Q-2.9"},
  {"precision.*.gamma.format", "Q1.6"},
  {"precision.*.beta.format", "Q0.20"},
  {"precision.*.bias.format", "Q2.5"},
  {"network.activation", "tanh"},
  {"precision.*.norm-grad.format", "Q-4.11"},
  {"precision.*.momentum.format", "float"},
  {"precision.*.activation.format", "Q3.28"},
  {"precision.*.weight-acc.format", "Q-8.30"},
  {"precision.*.activation.overflow", "wrap"},
  {"precision.*.norm.format", "float"},
  {"training.momentum", "0"},
  {"precision.*.weight-grad.format", "float"},
  {"precision.*.norm.overflow", "wrap"},
  {"precision.*.norm.format", "Q1.30"},
  {"training.momentum", "0.5"},
  {"precision.*.weight.format", "float"},
  {"precision.*.activation-grad.format", "float"},
  {"precision.*.activation.format", "float"},
  {"precision.*.momentum.format", "Q-5.30"},
  {"network.activation", "clipped-relu"},
  {"precision.*.weight.format", "Q0.7"},
  {"precision.*.activation-grad.format", "Q0.31"},
};

/* After any edit, in whatever order and with batches of any size before, a network goes on as a
 * new one would that has learnt the same.  Both use the same scratch memory in turn. */
static void
test_goes_on (gconstpointer data)
{
  const gboolean keeps = GPOINTER_TO_INT (data);
  const char *changes[] = {"network.topology",
                           "1x8x8-D10-4C3P-BN-RES(6/2,D20)-RES(6,P3)-RES(8,I)-AP2-8FC-BN-D30-3",
                           "precision.*.*.rounding",
                           "stochastic",
                           "training.momentum",
                           "0.9",
                           "training.weight-decay",
                           "0.001",
                           NULL};
  const FxpStep evaluation = {1, FXP_STEP_EVALUATION, FALSE};
  const gsize sizes[] = {9, 3, 14, ROOM, 1};
  g_autoptr (Trial) edited = trial_new (changes, &IMAGE, 3, ROOM, FALSE, 0);

  renew_network (edited, edited->network, keeps);
  edited->n = 7;
  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_autoptr (Trial) fresh = trial_new (changes, &IMAGE, 3, ROOM, FALSE, 0);

      trial_train (edited, 0.05);
      if (i % 2 == 0)
        fxp_network_forward (edited->network, edited->inputs, sizes[i / 2 % 5], &evaluation);
      trial_change (edited, edits[i][0], edits[i][1]);
      if (i % 3 == 0)
        fxp_network_forward (edited->network, edited->inputs, sizes[i / 3 % 5], &evaluation);

      fxp_experiment_unref (fresh->experiment);
      fresh->experiment = fxp_experiment_ref (edited->experiment);
      renew_network (fresh, edited->network, keeps);
      edited->n = fresh->n = sizes[i % 5];
      fresh->step = edited->step;
      for (guint step = 0; step < 2; step++)
        g_assert_cmpfloat (trial_train (edited, 0.05).loss, ==, trial_train (fresh, 0.05).loss);
      assert_same_learnt (edited, fresh);
    }
}

/* What of @what may change with the cell of @role: the two parts of the word, and V. */
static gboolean
belongs_to (FxpLearnt what, FxpRole role)
{
  if (what == FXP_LEARNT_WEIGHT || what == FXP_LEARNT_WEIGHT_ACC)
    return role == FXP_ROLE_WEIGHT || role == FXP_ROLE_WEIGHT_ACC;
  return what == FXP_LEARNT_MOMENTUM && role == FXP_ROLE_MOMENTUM;
}

static void
assert_kept (const Trial *edited, const Trial *same, FxpTensorId changed)
{
  for (guint layer = 0; layer < 3; layer++)
    {
      for (guint what = 0; what < FXP_N_LEARNT; what++)
        {
          const FxpTensor *a = trial_get_learnt (edited, layer, what);
          const FxpTensor *b = trial_get_learnt (same, layer, what);

          if (a != NULL && (layer != changed.layer || !belongs_to (what, changed.role)))
            g_assert_cmpmem (a->data,
                             fxp_tensor_get_n_bytes (a),
                             b->data,
                             fxp_tensor_get_n_bytes (b));
        }
      for (guint role = 0; role < FXP_N_ROLES; role++)
        {
          FxpTensorId id = {layer, role};
          const FxpStatistics *statistics = fxp_network_get_statistics (edited->network, id);

          if (layer == changed.layer && role == changed.role)
            g_assert_cmpuint (statistics->counts.n, ==, 0);
          else
            g_assert_cmpmem (statistics,
                             sizeof *statistics,
                             fxp_network_get_statistics (same->network, id),
                             sizeof *statistics);
        }
    }
}

/* Every cell of a row with batch normalization and of one without: only its own statistics start
 * anew, and the counts of sums and updates whose operands it holds. */
static void
test_keeps_the_rest (void)
{
  const char *changes[] = {"network.topology", "4-6FC-BN-5-3", "training.momentum", "0.9", NULL};

  for (guint layer = 0; layer < 2; layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpRole gradient = layer == 0 ? FXP_ROLE_NORM_GRAD : FXP_ROLE_ACTIVATION_GRAD;
        const gboolean changes_sums =
          role == FXP_ROLE_WEIGHT || role == FXP_ROLE_ACTIVATION || role == gradient;
        const gboolean changes_words = role == FXP_ROLE_WEIGHT || role == FXP_ROLE_WEIGHT_ACC;
        g_autoptr (Trial) edited = trial_new (changes, &FXP_SHAPE_1 (4), 3, 10, FALSE, 0);
        g_autoptr (Trial) same = trial_new (changes, &FXP_SHAPE_1 (4), 3, 10, FALSE, 0);
        g_autofree char *key =
          g_strdup_printf ("precision.%u.%s.format", layer + 1, fxp_role_get_nick (role));

        trial_train (edited, 0.1);
        trial_train (same, 0.1);
        if (!fxp_experiment_has_tensor (edited->experiment, (FxpTensorId){layer, role}))
          continue;
        trial_change (edited, key, "Q1.9");
        assert_kept (edited, same, (FxpTensorId){layer, role});
        g_assert_true ((fxp_network_get_sum_counts (edited->network, layer)->n == 0) ==
                       changes_sums);
        g_assert_true ((fxp_network_get_update_counts (edited->network, layer)->n == 0) ==
                       changes_words);
        g_assert_cmpuint (fxp_network_get_sum_counts (edited->network, 2)->n, >, 0);
        g_assert_cmpuint (fxp_network_get_update_counts (edited->network, 2)->n, >, 0);
      }
}

/* V is rounded to its new format, once, and what other parameters have gathered stays; without
 * momentum all of it is gone, and begins at zero again. */
static void
test_momentum (void)
{
  const char *changes[] = {"network.topology",
                           "4-6FC-BN-5-3",
                           "training.momentum",
                           "0.9",
                           "precision.*.momentum.format",
                           "Q-1.20",
                           NULL};
  const FxpQuantizer coarse = {
    FXP_FORMAT_SIGNED (8, 8),
    FXP_ROUND_NEAREST_EVEN,
    FXP_OVERFLOW_SATURATE,
  };
  const FxpTensorId id = {0, FXP_ROLE_MOMENTUM};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (4), 3, 10, FALSE, 0);
  g_autofree double *before = NULL, *after = NULL;
  const FxpTensor *momentum;
  gint8 codes[24];
  FxpQuantizeCounts counts = {0};

  for (guint step = 0; step < 3; step++)
    trial_train (trial, 0.1);
  before = trial_dup_values (trial, 0, FXP_ROLE_MOMENTUM);
  fxp_quantizer_apply (&coarse, NULL, before, codes, 0, 24, &counts, NULL);
  trial_change (trial, "precision.1.momentum.format", "Q-1.8");
  momentum = trial_get_tensor (trial, 0, FXP_ROLE_MOMENTUM);
  g_assert_cmpmem (momentum->data, fxp_tensor_get_n_bytes (momentum), codes, sizeof codes);
  g_assert_cmpuint (counts.n_underflowed, <, 24);

  trial_train (trial, 0.1);
  trial_change (trial, "training.momentum", "0");
  for (guint what = FXP_LEARNT_MOMENTUM; what < FXP_N_LEARNT; what++)
    g_assert_null (trial_get_learnt (trial, 0, what));
  g_assert_cmpuint (fxp_network_get_statistics (trial->network, id)->counts.n, ==, 0);
  trial_train (trial, 0.1);
  trial_change (trial, "training.momentum", "0.5");
  momentum = trial_get_tensor (trial, 0, FXP_ROLE_MOMENTUM);
  after = trial_decode (momentum);
  for (gsize i = 0; i < momentum->n; i++)
    g_assert_cmpfloat (after[i], ==, 0.0);
  trial_train (trial, 0.1);
  g_assert_cmpuint (fxp_network_get_statistics (trial->network, id)->counts.n, ==, 24);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/edits/formats", test_change_formats);
  g_test_add_func ("/network/edits/one-cell", test_change_one_cell);
  g_test_add_func ("/network/edits/keeps-the-rest", test_keeps_the_rest);
  g_test_add_func ("/network/edits/momentum", test_momentum);
  g_test_add_data_func ("/network/edits/goes-on/kept", GINT_TO_POINTER (TRUE), test_goes_on);
  g_test_add_data_func ("/network/edits/goes-on/shared", GINT_TO_POINTER (FALSE), test_goes_on);
  return g_test_run ();
}
