/* SPDX-License-Identifier: MIT */
/* Sums of clusters that are reduced to few bits before they meet their scales, by numbers worked
 * out by hand, and what calibration makes of the shift. */
#include "inference/conversion.h"
#include "inference/integer-private.h"
#include "inference/simulation-private.h"
#include "number/error.h"
#include "number/vector-unit-private.h"
#include "trained-net.h"

#define CONVNET "1x8x8-6C3P-BN-MP2-8C3P-BN-8C1-BN-GAP-10"

/* Two units of two clusters of two weights; sums in 8 bits, shifted by @reduction. */
static FxpModel *
make_model (guint reduction)
{
  const FxpShape input = FXP_SHAPE_1 (4);
  const FxpWeightShape shape = {2, 4, 1};
  const gint8 codes[] = {1, 1, 1, 1, -1, -1, -1, 1};
  const guint16 scales[] = {255, 3, 10, 200};
  g_autoptr (FxpExperiment) experiment = trained_net_make_experiment ("2", "relu");
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpModel *model;
  FxpNode *node;

  fxp_conversion_options_init (&options);
  options.clusters.size = 2;
  model = fxp_model_new (NULL, experiment, &input, 2, &options);
  g_assert_true (fxp_model_build_nodes (model, &error));
  node = &model->nodes[0];
  node->clusters =
    fxp_clusters_new_from_parts (&options.clusters, &shape, codes, scales, 0, &error);
  g_assert_no_error (error);
  node->beta = g_new0 (double, 2);
  node->intermediate_bits = 8;
  node->reduction = reduction;
  g_assert_true (fxp_model_set_exponent (model, FXP_NODE_INPUT, 0, &error));
  g_assert_true (fxp_model_set_exponent (model, 0, 0, &error));
  g_assert_no_error (error);
  return model;
}

typedef struct
{
  guint reduction;
  double inputs[4], logits[2];
  guint64 n_saturated;
} Worked;

static const Worked worked[] = {
  /* 6 / 4 and -6 / 4 lie between two codes: 2 and -1; 227 / 4 is 57, 27 / 4 is 7. */
  {2, {3, 3, 100, 127}, {4 * (255 * 2 + 3 * 57), 4 * (10 * -1 + 200 * 7)}, 0},
  /* 227 is more than 127. */
  {0, {3, 3, 100, 127}, {255 * 6 + 3 * 127, 10 * -6 + 200 * 27}, 1},
  /* So is 254, and -254 is less than -127. */
  {0, {127, 127, 0, 0}, {255 * 127, 10 * -127}, 2},
  /* Halves of these just fit. */
  {1, {127, 127, 0, 0}, {2 * 255 * 127, 2 * 10 * -127}, 0},
  /* The greatest negative ones: 254 / 2 of both signs, and a half up: -1 / 2 is 0, 1 / 2 is 1. */
  {1, {-127, -127, 0, -1}, {2 * (255 * -127 + 3 * 0), 2 * (10 * 127 + 200 * 0)}, 0},
  {1, {0, 0, 0, 1}, {2 * 3, 2 * 200}, 0},
};

static void
test_worked (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (worked); i++)
    for (FxpVectorUnit unit = FXP_VECTOR_PLAIN; unit < FXP_N_VECTOR_UNITS; unit++)
      {
        g_autoptr (FxpModel) model = make_model (worked[i].reduction);
        g_autoptr (GError) error = NULL;
        g_autoptr (FxpSimulation) simulation = fxp_simulation_new (model, NULL, &error);
        g_autoptr (FxpInteger) integer = NULL;
        FxpInferenceCounts counts;

        g_assert_no_error (error);
        fxp_vector_unit_limit (unit);
        integer = fxp_integer_new (model, NULL);
        g_assert_true (fxp_integer_run (integer, worked[i].inputs, 1, NULL));
        g_assert_true (fxp_simulation_run (simulation, worked[i].inputs, 1, NULL));
        for (guint k = 0; k < 2; k++)
          {
            g_assert_cmpfloat (fxp_integer_get_logits (integer)[k], ==, worked[i].logits[k]);
            g_assert_cmpfloat (fxp_simulation_get_logits (simulation)[k], ==, worked[i].logits[k]);
          }
        fxp_integer_get_counts (integer, &counts);
        g_assert_cmpuint (counts.n_converted, ==, 4);
        g_assert_cmpuint (counts.n_saturated, ==, worked[i].n_saturated);
        g_assert_cmpuint (counts.n_multiplies, ==, 4);
      }
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
}

/* F8 for sums of clusters: the shift is that of 1.4.4, of values on any grid. */
static void
test_reduction (void)
{
  g_autoptr (FxpModel) model = make_model (0);
  const FxpNode *node = &model->nodes[0];

  g_assert_cmpuint (fxp_node_choose_reduction (node, 0, 0), ==, 0);
  g_assert_cmpuint (fxp_node_choose_reduction (node, 127, 0), ==, 0);
  g_assert_cmpuint (fxp_node_choose_reduction (node, 128, 0), ==, 1);
  g_assert_cmpuint (fxp_node_choose_reduction (node, 255, 0), ==, 1);
  g_assert_cmpuint (fxp_node_choose_reduction (node, 777756, 0), ==, 13);
  g_assert_cmpuint (fxp_node_choose_reduction (node, 777756.0 / 16, -4), ==, 13);
  g_assert_cmpuint (fxp_node_choose_reduction (node, 777756.0 / 16, 0), ==, 9);
}

/* 1.4.7: what is clipped to 127 bounds acc by the sum of scales x 127; shorter sums by less. */
static void
test_bound (void)
{
  g_autoptr (FxpModel) model = make_model (0);
  FxpNode *node = &model->nodes[0];
  g_autofree double *reduced = fxp_node_bound_sums (node, 127);
  g_autofree double *shorter = fxp_node_bound_sums (node, 20);
  g_autofree double *exact = NULL;

  g_assert_cmpfloat (reduced[0], ==, 127 * (255 + 3));
  g_assert_cmpfloat (reduced[1], ==, 127 * (10 + 200));
  g_assert_cmpfloat (shorter[0], ==, 40 * (255 + 3));
  node->intermediate_bits = 0;
  exact = fxp_node_bound_sums (node, 127);
  g_assert_cmpfloat (exact[0], ==, 254 * (255 + 3));
}

/* The shift is that of calibration batches, not of what sums could be; both engines follow it. */
static void
test_calibrated (void)
{
  g_autoptr (FxpTrained) trained = trained_net_new (CONVNET, "relu");
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (FxpModel) calibrated = NULL;
  g_autoptr (FxpModel) reestimated = NULL;
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  options.intermediate_bits = 8;
  options.calibration_batches = 2;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  calibrated = fxp_conversion_calibrate (model, dataset, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  reestimated = fxp_conversion_reestimate (calibrated, dataset, 2, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint layer = 0; layer < 4; layer++)
    {
      const FxpNode *guessed = fxp_model_get_product (model, layer);
      const FxpNode *found = fxp_model_get_product (calibrated, layer);
      const gboolean is_plain = layer == 0 || layer == 3;

      g_assert_cmpuint (guessed->intermediate_bits, ==, is_plain ? 0 : 8);
      if (is_plain)
        g_assert_cmpuint (found->reduction, ==, 0);
      else
        g_assert_cmpuint (found->reduction, <=, guessed->reduction);
    }
  /* 36 weights a cluster, most of which meet little at once. */
  g_assert_cmpuint (fxp_model_get_product (calibrated, 1)->reduction, >, 0);
  g_assert_cmpuint (fxp_model_get_product (calibrated, 1)->reduction,
                    <,
                    fxp_model_get_product (model, 1)->reduction);
  {
    g_autofree double *inputs = trained_net_draw (16 * 64, 40, 0, 0.3, 0.5);
    g_autoptr (FxpSimulation) simulation = fxp_simulation_new (reestimated, NULL, &error);
    g_autoptr (FxpInteger) integer = fxp_integer_new (reestimated, NULL);

    g_assert_true (fxp_integer_run (integer, inputs, 16, NULL));
    g_assert_true (fxp_simulation_run (simulation, inputs, 16, NULL));
    for (gsize i = 0; i < 160; i++)
      g_assert_cmpfloat (fxp_integer_get_logits (integer)[i],
                         ==,
                         fxp_simulation_get_logits (simulation)[i]);
  }
}

static void
test_refused (void)
{
  static const struct
  {
    FxpClusterMethod method;
    guint bits;
    const char *words;
  } refused[] = {
    {FXP_CLUSTER_OPTIMAL, 7, "7 is out of range"},
    {FXP_CLUSTER_OPTIMAL, 17, "17 is out of range"},
    {FXP_CLUSTER_NONE, 8, "not multiplied where the method is none"},
    {FXP_CLUSTER_POWER, 8, "not multiplied where the method is power"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      FxpConversionOptions options;

      fxp_conversion_options_init (&options);
      options.clusters.method = refused[i].method;
      options.intermediate_bits = refused[i].bits;
      g_assert_false (fxp_conversion_options_validate (&options, &error));
      g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
      g_assert_nonnull (strstr (error->message, refused[i].words));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/intermediate/worked", test_worked);
  g_test_add_func ("/intermediate/F8-reduction", test_reduction);
  g_test_add_func ("/intermediate/bound", test_bound);
  g_test_add_func ("/intermediate/calibrated", test_calibrated);
  g_test_add_func ("/intermediate/refused", test_refused);

  return g_test_run ();
}
