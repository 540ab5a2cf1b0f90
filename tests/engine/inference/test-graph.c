/* SPDX-License-Identifier: MIT */
/* Which nodes a topology becomes. */
#include "inference/conversion.h"
#include "inference/model-private.h"
#include "number/error.h"
#include "trained-net.h"

static const char *const kinds[] = {
  [FXP_NODE_PRODUCT] = "product",
  [FXP_NODE_MAXIMUM] = "maximum",
  [FXP_NODE_MEAN] = "mean",
  [FXP_NODE_SUM] = "sum",
};

static FxpModel *
convert (const char *topology, const char *activation, gboolean is_unsigned, GError **error)
{
  g_autoptr (FxpTrained) trained = trained_net_new (topology, activation);
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  options.is_unsigned = is_unsigned;
  return fxp_conversion_cluster (trained, &options, error);
}

/* "product conv1 -1 act, maximum layer 3 (MP2) 0, ...": kind, name, where from, what else. */
static char *
describe (const FxpModel *model)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < model->n_nodes; i++)
    {
      const FxpNode *node = &model->nodes[i];
      g_autofree char *name = fxp_node_get_name (model, node);

      g_string_append_printf (text,
                              "%s%s %s %d",
                              i > 0 ? ", " : "",
                              kinds[node->kind],
                              name,
                              node->from);
      if (node->kind == FXP_NODE_SUM)
        g_string_append_printf (text, "+%d/%u", node->skip, node->skip_stride);
      g_string_append (text, node->activates ? " act" : "");
      g_string_append (text, node->is_last ? " last" : "");
    }
  return g_string_free (text, FALSE);
}

static void
check_nodes (const char *topology, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpModel) model = convert (topology, "relu", FALSE, &error);
  g_autofree char *found = NULL;

  g_assert_no_error (error);
  found = describe (model);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_plain (void)
{
  check_nodes ("6C3P-BN-MP2-8C3-BN-D10-AP2-GAP-12-10",
               "product conv1 -1 act, maximum layer 3 (MP2) 0, product conv2 1 act, "
               "mean layer 7 (AP2) 2, mean layer 8 (GAP) 3, product fc1 4 act, "
               "product fc2 5 last");
  check_nodes ("10", "product fc1 -1 last");
}

static void
test_residual (void)
{
  /* A projection where the shape changes, an identity where it stays. */
  check_nodes ("4C3P-BN-RES(6/2)-RES(6)-GAP-10",
               "product conv1 -1 act, product res1a 0 act, product res1b 1, product res1s 0, "
               "sum layer 3 (RES(6/2)) 2+3/1 act, product res2a 4 act, product res2b 5, "
               "sum layer 4 (RES(6)) 6+4/1 act, mean layer 5 (GAP) 7, product fc1 8 last");
  check_nodes ("1x8x8-RES(4/2,I)-GAP-10",
               "product res1a -1 act, product res1b 0, sum layer 1 (RES(4/2)) 1+-1/2 act, "
               "mean layer 2 (GAP) 2, product fc1 3 last");
}

static void
test_formats (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpModel) model = convert ("4C3P-BN-RES(6/2)-MP2-10", "relu", TRUE, &error);
  g_autoptr (FxpModel) hard = convert ("4C3P-BN-10", "hard-tanh", TRUE, &error);

  g_assert_no_error (error);
  /* Signs stay where values have them: inputs, and what is added in a block. */
  g_assert_true (model->input_format.is_signed);
  g_assert_false (model->nodes[0].format.is_signed);
  g_assert_false (model->nodes[1].format.is_signed);
  g_assert_true (model->nodes[2].format.is_signed);
  g_assert_true (model->nodes[3].format.is_signed);
  g_assert_false (model->nodes[4].format.is_signed);
  g_assert_true (fxp_format_equal (model->nodes[5].format, model->nodes[4].format));
  g_assert_true (fxp_format_is_float (model->nodes[6].format));
  g_assert_cmpuint (model->nodes[0].format.word_bits, ==, 8);
  g_assert_cmpuint (fxp_codes_get_max (model->nodes[0].format), ==, 255);
  g_assert_cmpuint (fxp_codes_get_max (model->nodes[2].format), ==, 127);
  g_assert_true (hard->nodes[0].format.is_signed);
  g_assert_true (fxp_format_equal (fxp_model_get_input_format (model, 0), model->input_format));
  g_assert_true (fxp_format_equal (fxp_model_get_input_format (model, 1), model->nodes[0].format));
}

static void
test_dropout (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpModel) model = convert ("4C3-D20-MP2-D50-12FC-10", "relu", FALSE, &error);
  g_autoptr (FxpModel) without = convert ("4C3-MP2-12FC-10", "relu", FALSE, &error);
  const FxpNode *node, *whole;
  g_autofree double *values = NULL;
  g_autofree double *others = NULL;
  gsize n;

  g_assert_no_error (error);
  node = fxp_model_get_product (model, 1);
  whole = fxp_model_get_product (without, 1);
  g_assert_cmpfloat (node->share, ==, 0.8 * 0.5);
  g_assert_cmpfloat (fxp_model_get_product (model, 0)->share, ==, 1.0);
  g_assert_cmpfloat (fxp_model_get_product (model, 2)->share, ==, 1.0);
  n = 12 * 4 * 3 * 3;
  values = g_new (double, n);
  others = g_new (double, n);
  fxp_clusters_decode (node->clusters, values);
  fxp_clusters_decode (whole->clusters, others);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (values[i], 0.4 * others[i], 0.01);
}

static void
check_error (const char *topology, const char *activation, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpModel) model = convert (topology, activation, FALSE, &error);

  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_assert_null (model);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_refused (void)
{
  check_error ("4C3-10",
               "tanh",
               "conv1: its activation tanh needs real numbers; expected relu, clipped-relu or "
               "hard-tanh, which integers can compute");
  check_error ("4C3P-D50-RES(4)-GAP-10",
               "relu",
               "layer 3 (RES(4)): dropout in front of an identity scales what is added, and "
               "integers have no weights there to make up for it; expected a projection, or "
               "dropout elsewhere");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph/plain", test_plain);
  g_test_add_func ("/graph/residual", test_residual);
  g_test_add_func ("/graph/formats", test_formats);
  g_test_add_func ("/graph/dropout", test_dropout);
  g_test_add_func ("/graph/refused", test_refused);
  return g_test_run ();
}
