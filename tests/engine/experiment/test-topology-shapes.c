/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/topology.h"
#include "number/error.h"

static void
test_layers (void)
{
  static const char *const names[] = {"conv1", "conv2", "fc1", "fc2"};
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpTopology) topology = fxp_topology_parse ("1x8x8-2x(8C3)-MP2-32FC-10", &error);
  FxpShape shapes[8];
  FxpShape input = FXP_SHAPE_3 (1, 8, 8);

  g_assert_no_error (error);
  g_assert_cmpint (fxp_topology_get_layer (topology, 4)->kind, ==, FXP_LAYER_MAX_POOLING);
  g_assert_cmpuint (fxp_topology_get_layer (topology, 4)->kernel, ==, 2);
  g_assert_cmpint (fxp_topology_get_weighted (topology, 1)->kind, ==, FXP_LAYER_CONVOLUTION);
  g_assert_cmpuint (fxp_topology_get_weighted (topology, 1)->units, ==, 8);
  g_assert_cmpuint (fxp_topology_get_weighted (topology, 1)->kernel, ==, 3);
  g_assert_cmpint (fxp_topology_get_weighted (topology, 2)->kind, ==, FXP_LAYER_DENSE);
  g_assert_cmpuint (fxp_topology_get_weighted (topology, 2)->units, ==, 32);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = fxp_topology_get_name (topology, i);

      g_assert_cmpstr (name, ==, names[i]);
    }
  g_assert_true (fxp_topology_check (topology, &input, 10, shapes, &error));
  g_assert_no_error (error);
  g_assert_true (fxp_shape_equal (&shapes[0], &FXP_SHAPE_3 (8, 6, 6)));
  g_assert_true (fxp_shape_equal (&shapes[2], &FXP_SHAPE_3 (8, 4, 4)));
  g_assert_true (fxp_shape_equal (&shapes[4], &FXP_SHAPE_3 (8, 2, 2)));
  g_assert_true (fxp_shape_equal (&shapes[5], &FXP_SHAPE_1 (32)));
  g_assert_true (fxp_shape_equal (&shapes[7], &FXP_SHAPE_1 (10)));
}

/* clang-format off */
static const struct
{
  const char *text;
  FxpShape input;
  const char *message; /* NULL: it fits */
} fits[] = {
  { "64-10", { 3, { 1, 8, 8 } }, NULL },
  { "64-10", { 1, { 64 } }, NULL },
  { "8x8-10", { 3, { 1, 8, 8 } }, NULL },
  { "8C8-10", { 3, { 1, 8, 8 } }, NULL },
  { "5C3-MP3-10", { 3, { 2, 10, 11 } }, NULL },
  { "12", { 1, { 2 } }, NULL },
  { "63-10", { 3, { 1, 8, 8 } },
    "topology 63-10: it takes 63 as input, but a sample of the data is 1x8x8" },
  { "3x8x8-10", { 3, { 1, 8, 8 } },
    "topology 3x8x8-10: it takes 3x8x8 as input, but a sample of the data is 1x8x8" },
  { "8x8-10", { 1, { 64 } },
    "topology 8x8-10: it takes 1x8x8 as input, but a sample of the data is 64" },
  { "8C3-10", { 1, { 64 } }, "layer 1 (8C3): it needs an image, but its input is 64 plain values" },
  { "32-MP2-10", { 3, { 1, 8, 8 } },
    "topology 32-MP2-10: it takes 32 as input, but a sample of the data is 1x8x8" },
  { "32FC-MP2-10", { 3, { 1, 8, 8 } },
    "layer 2 (MP2): it needs an image, but its input is 32 plain values" },
  { "8C9-10", { 3, { 1, 8, 9 } }, "layer 1 (8C9): 8x9 input is smaller than its 9x9 kernel" },
  { "MP4-MP2-MP2-10", { 3, { 1, 8, 8 } },
    "layer 3 (MP2): 1x1 input is smaller than its 2x2 window" },
  { "64-9", { 3, { 1, 8, 8 } },
    "layer 1 (9FC): the last layer has 9 units, but the data have 10 classes" },
  { "65536FC-65536FC-10", { 1, { 2 } },
    "layer 2 (65536FC): the network has 4295229440 parameters up to here; at most 2147483648 "
    "are possible" },
  { "65536C1-10", { 3, { 1, 256, 256 } },
    "layer 1 (65536C1): it has 4294967296 outputs; at most 16777216 are possible" },
  { "AP8-10", { 3, { 1, 8, 8 } }, NULL },
  { "GAP-GAP-10", { 3, { 1, 8, 8 } }, NULL },
  { "8C3P-BN-GAP-4C1-10", { 3, { 1, 8, 8 } }, NULL },
  { "8C9P4-10", { 3, { 1, 1, 1 } }, NULL },
  { "AP2-10", { 1, { 64 } }, "layer 1 (AP2): it needs an image, but its input is 64 plain values" },
  { "32FC-BN-GAP-10", { 3, { 1, 8, 8 } },
    "layer 3 (GAP): it needs an image, but its input is 32 plain values" },
  { "AP9-10", { 3, { 1, 8, 8 } }, "layer 1 (AP9): 8x8 input is smaller than its 9x9 window" },
  { "8C9P3/2-10", { 3, { 1, 2, 8 } },
    "layer 1 (8C9P3/2): 8x14 input, zeros around it included, is smaller than its 9x9 kernel" },
  { "RES(8)-10", { 1, { 64 } },
    "layer 1 (RES(8)): it needs an image, but its input is 64 plain values" },
  { "16C3P-BN-RES(8/2,I)-10", { 3, { 1, 8, 8 } },
    "layer 3 (RES(8/2)): its input of 16x8x8 cannot be added to its output of 8x4x4; expected at "
    "most 8 channels, or a projection (P1 or P3)" },
  { "16C3P-BN-RES(16/2,I)-RES(17,I)-10", { 3, { 1, 7, 9 } }, NULL },
  { "RES(2,I)-10", { 3, { 3, 7, 9 } },
    "layer 1 (RES(2)): its input of 3x7x9 cannot be added to its output of 2x7x9; expected at "
    "most 2 channels, or a projection (P1 or P3)" },
  { "2xRES(65536)-10", { 3, { 3, 16, 16 } },
    "layer 1 (RES(65536)): the network has 38656606208 parameters up to here; at most 2147483648 "
    "are possible" },
  { "2xRES(4)-RES(8192)-10", { 3, { 3, 64, 64 } },
    "layer 3 (RES(8192)): it has 33554432 outputs; at most 16777216 are possible" },
};
/* clang-format on */

static void
test_check (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fits); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpTopology) topology = fxp_topology_parse (fits[i].text, &error);

      g_assert_no_error (error);
      g_assert_true (fxp_topology_check (topology, &fits[i].input, 10, NULL, &error) ==
                     (fits[i].message == NULL));
      if (fits[i].message == NULL)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
      g_assert_cmpstr (error->message, ==, fits[i].message);
    }
}

/* What is counted layer by layer. */
static void
test_measure (void)
{
  static const struct
  {
    FxpShape input, output;
    guint64 n_multiplies, n_parameters;
  } expected[] = {
    {{3, {3, 9, 9}}, {3, {4, 5, 5}}, 25 * 4 * 27, 4 * 27}, /* 4C3P/2, no bias before BN */
    {{3, {4, 5, 5}}, {3, {4, 5, 5}}, 0, 8},                /* BN */
    {{3, {4, 5, 5}}, {3, {4, 5, 5}}, 0, 0},                /* act */
    {{3, {4, 5, 5}}, {3, {6, 3, 3}}, 9 * 6 * 36, 6 * 37},  /* RES: 6C3P/2 with biases */
    {{3, {6, 3, 3}}, {3, {6, 3, 3}}, 0, 0},                /* act */
    {{3, {6, 3, 3}}, {3, {6, 3, 3}}, 0, 0},                /* D20 */
    {{3, {6, 3, 3}}, {3, {6, 3, 3}}, 9 * 6 * 54, 6 * 55},  /* 6C3P */
    {{3, {4, 5, 5}}, {3, {6, 3, 3}}, 9 * 6 * 4, 6 * 5},    /* 6C1/2 from the block's input */
    {{3, {6, 3, 3}}, {3, {6, 3, 3}}, 0, 0},                /* + */
    {{3, {6, 3, 3}}, {3, {6, 3, 3}}, 0, 0},                /* act */
    {{3, {6, 3, 3}}, {3, {6, 1, 1}}, 0, 0},                /* AP2: a row and a column left over */
    {{3, {6, 1, 1}}, {1, {7}}, 6 * 7, 6 * 7},              /* 7 */
    {{1, {7}}, {1, {7}}, 0, 14},                           /* BN */
    {{1, {7}}, {1, {7}}, 0, 0},                            /* act */
    {{1, {7}}, {1, {2}}, 14, 16},                          /* 2 */
  };
  g_autoptr (FxpTopology) topology =
    fxp_topology_parse ("4C3P/2-BN-RES(6/2,D20,NOBN)-AP2-7-BN-2", NULL);
  const FxpShape input = FXP_SHAPE_3 (3, 9, 9);
  FxpLayerSize sizes[G_N_ELEMENTS (expected)];

  g_assert_cmpuint (fxp_topology_get_n_layers (topology), ==, G_N_ELEMENTS (expected));
  g_assert_true (fxp_topology_measure (topology, &input, sizes));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_true (fxp_shape_equal (&sizes[i].input, &expected[i].input));
      g_assert_true (fxp_shape_equal (&sizes[i].output, &expected[i].output));
      g_assert_cmpuint (sizes[i].n_multiplies, ==, expected[i].n_multiplies);
      g_assert_cmpuint (sizes[i].n_parameters, ==, expected[i].n_parameters);
    }
  g_assert_false (fxp_topology_measure (topology, &FXP_SHAPE_1 (9), sizes));
}

/* The networks of Sakr & Shanbhag 2019 on 32x32 colour images: weights alone, and
 * multiply-accumulates. */
static const struct
{
  const char *text;
  guint n_weighted;
  guint64 n_weights;
  double millions;
} papers[] = {
  {"2x(64C3-BN)-MP2-2x(128C3-BN)-MP2-2x(256C3-BN)-2x(512FC-BN)-10", 9, 1542848, 59.46},
  {"128C3P-BN-3xRES(128,P3,D20)-3xRES(256/2,P3,D20)-3xRES(512/2,P3,D20)-GAP-10",
   22,
   18588032,
   2721.45},
};

static void
test_papers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (papers); i++)
    {
      g_autoptr (FxpTopology) topology = fxp_topology_parse (papers[i].text, NULL);
      const FxpShape input = FXP_SHAPE_3 (3, 32, 32);
      const guint n = fxp_topology_get_n_layers (topology);
      g_autofree FxpLayerSize *sizes = g_new (FxpLayerSize, n);
      guint64 n_weights = 0, n_multiplies = 0;

      g_assert_cmpuint (fxp_topology_get_n_weighted (topology), ==, papers[i].n_weighted);
      g_assert_true (fxp_topology_check (topology, &input, 10, NULL, NULL));
      g_assert_true (fxp_topology_measure (topology, &input, sizes));
      for (guint j = 0; j < n; j++)
        {
          if (fxp_topology_find_weighted (topology, j) != FXP_TOPOLOGY_NONE)
            n_weights += sizes[j].n_parameters;
          n_multiplies += sizes[j].n_multiplies;
        }
      /* The last layer alone has biases. */
      g_assert_cmpuint (n_weights - 10, ==, papers[i].n_weights);
      g_assert_cmpfloat_with_epsilon (n_multiplies / 1e6, papers[i].millions, 0.005);
    }
}

/* First, second and shortcut convolution of a block, as the paper's supplement lists them. */
static void
test_paper_order (void)
{
  static const char *const names[] = {
    "conv1", "res1a", "res1b", "res2a", "res2b", "res3a", "res3b", "res4a",
    "res4b", "res4s", "res5a", "res5b", "res6a", "res6b", "res7a", "res7b",
    "res7s", "res8a", "res8b", "res9a", "res9b", "fc1",
  };
  g_autoptr (FxpTopology) topology = fxp_topology_parse (papers[1].text, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = fxp_topology_get_name (topology, i);

      g_assert_cmpstr (name, ==, names[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/topology-shapes/layers", test_layers);
  g_test_add_func ("/experiment/topology-shapes/check", test_check);
  g_test_add_func ("/experiment/topology-shapes/measure", test_measure);
  g_test_add_func ("/experiment/topology-shapes/papers", test_papers);
  g_test_add_func ("/experiment/topology-shapes/paper-order", test_paper_order);
  return g_test_run ();
}
