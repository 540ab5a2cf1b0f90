/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/wiring-private.h"
#include "trial.h"

static const char deep[] = "2x8x8-3C3P-BN-D10-RES(3)-2xRES(5/2,P3,D20)-RES(8/2,I)-AP2-6FC-BN-D40-3";

static FxpWiring *
new_wiring (const char *text, const FxpShape *input)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpTopology) topology = fxp_topology_parse (text, &error);
  g_autofree FxpShape *shapes = NULL;

  g_assert_no_error (error);
  shapes = g_new0 (FxpShape, fxp_topology_get_n_layers (topology));
  g_assert_true (fxp_topology_check (topology, input, 3, shapes, &error));
  g_assert_no_error (error);
  return fxp_wiring_new (topology, input, shapes);
}

static const FxpEdge *
get_root (const FxpEdge *edge)
{
  while (edge->target != NULL)
    edge = edge->target;
  return edge;
}

/* Going down, no gradient is written where another one lies that is still to be read. */
static void
test_slots (gconstpointer data)
{
  g_autoptr (FxpWiring) wiring = new_wiring (data, &FXP_SHAPE_3 (2, 8, 8));

  g_assert_cmpuint (wiring->n_slots, >=, 2);
  g_assert_cmpuint (wiring->n_slots, <=, 3);
  for (guint i = 0; i < wiring->n_layers; i++)
    {
      const FxpEdge *written = get_root (wiring->layers[i]->in);
      gboolean is_last = TRUE; /* to hand back its part, going down */

      for (guint j = 0; j < i; j++)
        is_last = is_last && wiring->layers[j]->in != wiring->layers[i]->in;
      if (written->gradient_cell == NULL || !is_last ||
          wiring->layers[i]->klass->gradient_use == FXP_GRADIENT_SHARED)
        continue;
      /* What this layer and those below it read from above. */
      for (guint j = 0; j <= i; j++)
        {
          const FxpEdge *read = get_root (wiring->layers[j]->out);
          gboolean is_above = read > wiring->layers[i]->in && read != written;

          if (is_above)
            g_assert_cmpuint (read->gradient_slot, !=, written->gradient_slot);
        }
    }
}

/* Sharing memory changes nothing of what is learnt. */
static void
test_sharing (void)
{
  const char *changes[] = {"network.topology",
                           deep,
                           "precision.*.*.rounding",
                           "stochastic",
                           "training.momentum",
                           "0.9",
                           "training.weight-decay",
                           "0.001",
                           NULL};
  g_autoptr (Trial) keeps = trial_new (changes, &FXP_SHAPE_3 (2, 8, 8), 3, 12, FALSE, 0);
  g_autoptr (Trial) shares = trial_new (changes, &FXP_SHAPE_3 (2, 8, 8), 3, 12, FALSE, 2);
  g_autoptr (GError) error = NULL;
  guint n_rows = fxp_network_get_n_weighted (keeps->network);

  fxp_network_free (shares->network);
  shares->network = fxp_network_new (shares->experiment,
                                     &FXP_SHAPE_3 (2, 8, 8),
                                     3,
                                     FALSE,
                                     shares->scratch,
                                     shares->team,
                                     &error);
  g_assert_no_error (error);
  for (guint step = 0; step < 4; step++)
    g_assert_cmpfloat (trial_train (keeps, 0.1).loss, ==, trial_train (shares, 0.1).loss);
  for (guint row = 0; row < n_rows; row++)
    for (guint what = 0; what < FXP_N_LEARNT; what++)
      {
        const FxpTensor *a = fxp_network_get_learnt (keeps->network, row, what);
        const FxpTensor *b = fxp_network_get_learnt (shares->network, row, what);

        g_assert_true ((a == NULL) == (b == NULL));
        if (a != NULL)
          g_assert_cmpmem (a->data,
                           fxp_tensor_get_n_bytes (a),
                           b->data,
                           fxp_tensor_get_n_bytes (b));
      }
  g_assert_null (trial_get_tensor (shares, 0, FXP_ROLE_ACTIVATION_GRAD));
  g_assert_nonnull (trial_get_tensor (keeps, 0, FXP_ROLE_ACTIVATION_GRAD));
}

/* Both convolutions that read a block's input count it once, and have one gradient behind it. */
static void
test_shared_cells (void)
{
  const char *changes[] = {"network.topology", "2x8x8-3C3P-RES(5/2,P1)-GAP-3", NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_3 (2, 8, 8), 3, 12, FALSE, 0);
  const guint first = 1, second = 2, projection = 3;

  trial_train (trial, 0.1);
  g_assert_true (trial_get_tensor (trial, first, FXP_ROLE_ACTIVATION) ==
                 trial_get_tensor (trial, projection, FXP_ROLE_ACTIVATION));
  g_assert_true (trial_get_tensor (trial, second, FXP_ROLE_ACTIVATION_GRAD) ==
                 trial_get_tensor (trial, projection, FXP_ROLE_ACTIVATION_GRAD));
  g_assert_true (
    fxp_network_get_statistics (trial->network, (FxpTensorId){first, FXP_ROLE_ACTIVATION}) ==
    fxp_network_get_statistics (trial->network, (FxpTensorId){projection, FXP_ROLE_ACTIVATION}));
  g_assert_cmpuint (fxp_network_get_statistics (trial->network,
                                                (FxpTensorId){first, FXP_ROLE_ACTIVATION})
                      ->counts.n,
                    ==,
                    12 * 3 * 8 * 8);
}

typedef struct
{
  double last, limit;
  guint n_asked;
} Watcher;

static gboolean
watch (double share, gpointer data)
{
  Watcher *self = data;

  g_assert_cmpfloat (share, >=, self->last);
  g_assert_cmpfloat (share, <=, 1.0);
  self->last = share;
  self->n_asked++;
  return share > self->limit;
}

/* The share grows to one, in steps of some size; a step given up leaves no trace in what is learnt.
 */
static void
test_monitor (void)
{
  const char *changes[] = {"network.topology", deep, NULL};
  g_autoptr (Trial) watched = trial_new (changes, &FXP_SHAPE_3 (2, 8, 8), 3, 100, FALSE, 0);
  g_autoptr (Trial) alone = trial_new (changes, &FXP_SHAPE_3 (2, 8, 8), 3, 100, FALSE, 0);
  Watcher watcher = {0};
  FxpStepResult result;

  fxp_network_set_monitor (watched->network, watch, &watcher);
  for (guint try = 0; try < 20; try++)
    {
      FxpStep step = trial_get_step (watched, FALSE);

      watcher = (Watcher){.limit = try / 20.0};
      g_assert_false (take_whole_step (watched->network,
                                       watched->inputs,
                                       watched->labels,
                                       watched->n,
                                       0.1,
                                       &step,
                                       &result));
    }
  watcher = (Watcher){.limit = 1.0};
  trial_train (watched, 0.1);
  trial_train (alone, 0.1);
  g_assert_cmpuint (watcher.n_asked, >, 20);
  g_assert_cmpfloat_with_epsilon (watcher.last, 1.0, 0.05);
  fxp_network_set_monitor (watched->network, NULL, NULL);
  g_assert_cmpfloat (trial_get_loss (watched), ==, trial_get_loss (alone));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/network/wiring/slots/chain", "2x8x8-3C3-MP2-4FC-3", test_slots);
  g_test_add_data_func ("/network/wiring/slots/blocks", deep, test_slots);
  g_test_add_func ("/network/wiring/sharing", test_sharing);
  g_test_add_func ("/network/wiring/shared-cells", test_shared_cells);
  g_test_add_func ("/network/wiring/monitor", test_monitor);
  return g_test_run ();
}
