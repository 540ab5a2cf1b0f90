/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/topology-private.h"
#include "number/error.h"

static FxpTopology *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  FxpTopology *topology = fxp_topology_parse (text, &error);

  g_assert_no_error (error);
  return topology;
}

/* Each layer as its token, "<" and what feeds it; an addition as +F/stride<from,skip. */
static char *
list_layers (const FxpTopology *self)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < fxp_topology_get_n_layers (self); i++)
    {
      const FxpLayerSpec *layer = fxp_topology_get_layer (self, i);
      g_autofree char *token = fxp_layer_spec_to_string (layer);

      g_string_append_printf (list, "%s%s", i > 0 ? " " : "", token);
      if (layer->kind == FXP_LAYER_ADDITION)
        g_string_append_printf (list, "%u/%u", layer->units, layer->stride);
      g_string_append_printf (list, "<%d", layer->from);
      if (layer->kind == FXP_LAYER_ADDITION)
        g_string_append_printf (list, ",%d", layer->skip);
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

/* clang-format off */
static const struct
{
  const char *text, *layers;
} expansions[] = {
  { "2-8-2", "8FC<-1 act<0 2FC<1" },
  { "8C3-MP2-10", "8C3<-1 act<0 MP2<1 10FC<2" },
  { "MP2-10", "MP2<-1 10FC<0" },
  { "D5-10-D7-3", "D5<-1 10FC<0 act<1 D7<2 3FC<3" },
  { "8C3-BN-8FC-BN-8-BN-2",
    "8C3<-1 BN<0 act<1 8FC<2 BN<3 act<4 8FC<5 BN<6 act<7 2FC<8" },
  { "2x(8C3-BN)-AP2-GAP-D20-10",
    "8C3<-1 BN<0 act<1 8C3<2 BN<3 act<4 AP2<5 GAP<6 D20<7 10FC<8" },
  { "4C3-2x(BN-4C3)-10", "4C3<-1 BN<0 act<1 4C3<2 BN<3 act<4 4C3<5 act<6 10FC<7" },
  /* The channels are the same: an identity. */
  { "4C3P-RES(4)-10",
    "4C3P<-1 act<0 4C3P<1 BN<2 act<3 4C3P<4 BN<5 +4/1<6,1 act<7 10FC<8" },
  { "4x6x6-RES(4,I)-10",
    "4C3P<-1 BN<0 act<1 4C3P<2 BN<3 +4/1<4,-1 act<5 10FC<6" },
  { "4C3P-MP2-RES(4,P3)-10",
    "4C3P<-1 act<0 MP2<1 4C3P<2 BN<3 act<4 4C3P<5 BN<6 +4/1<7,2 act<8 10FC<9" },
  /* They are not, or the pixels are not, or nobody knows. */
  { "4C3P-RES(8)-10",
    "4C3P<-1 act<0 8C3P<1 BN<2 act<3 8C3P<4 BN<5 8C1<1 BN<7 +8/1<6,8 act<9 10FC<10" },
  { "4C3P-RES(4/2)-10",
    "4C3P<-1 act<0 4C3P/2<1 BN<2 act<3 4C3P<4 BN<5 4C1/2<1 BN<7 +4/1<6,8 act<9 10FC<10" },
  { "4C3P-RES(8/2,I)-10",
    "4C3P<-1 act<0 8C3P/2<1 BN<2 act<3 8C3P<4 BN<5 +8/2<6,1 act<7 10FC<8" },
  { "RES(4)-10", "4C3P<-1 BN<0 act<1 4C3P<2 BN<3 4C1<-1 BN<5 +4/1<4,6 act<7 10FC<8" },
  { "144-RES(4)-10", "4C3P<-1 BN<0 act<1 4C3P<2 BN<3 4C1<-1 BN<5 +4/1<4,6 act<7 10FC<8" },
  { "RES(4,I)-10", "4C3P<-1 BN<0 act<1 4C3P<2 BN<3 +4/1<4,-1 act<5 10FC<6" },
  { "3x8x8-RES(4,P3,D20)-10",
    "4C3P<-1 BN<0 act<1 D20<2 4C3P<3 BN<4 4C3P<-1 BN<6 +4/1<5,7 act<8 10FC<9" },
  { "3x8x8-RES(4/2,D9,NOBN)-10",
    "4C3P/2<-1 act<0 D9<1 4C3P<2 4C1/2<-1 +4/1<3,4 act<5 10FC<6" },
  { "4x8x8-RES(4,NOBN)-10", "4C3P<-1 act<0 4C3P<1 +4/1<2,-1 act<3 10FC<4" },
  /* Only the first block of a stage has the stride; every block of a bracket has. */
  { "4x8x8-2xRES(4/2,I,NOBN)-10",
    "4C3P/2<-1 act<0 4C3P<1 +4/2<2,-1 act<3 "
    "4C3P<4 act<5 4C3P<6 +4/1<7,4 act<8 10FC<9" },
  { "4x8x8-2x(RES(4/2,I,NOBN))-10",
    "4C3P/2<-1 act<0 4C3P<1 +4/2<2,-1 act<3 "
    "4C3P/2<4 act<5 4C3P<6 +4/2<7,4 act<8 10FC<9" },
  { "4x8x8-2x(RES(8,NOBN))-10",
    "8C3P<-1 act<0 8C3P<1 8C1<-1 +8/1<2,3 act<4 "
    "8C3P<5 act<6 8C3P<7 +8/1<8,5 act<9 10FC<10" },
};
/* clang-format on */

static void
test_layers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (expansions); i++)
    {
      g_autoptr (FxpTopology) topology = parse (expansions[i].text);
      g_autofree char *layers = list_layers (topology);

      g_assert_cmpstr (layers, ==, expansions[i].layers);
    }
}

/* Which token of the text a layer is of: brackets and stages are one, and so is a block. */
static void
test_tokens (void)
{
  static const guint tokens[] = {3, 3, 4, 4, 4, 4, 4, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5};
  g_autoptr (FxpTopology) topology = parse ("8x8-2x(4C1-RES(4,NOBN))-2xRES(4,I,NOBN)-10");
  const guint n = fxp_topology_get_n_layers (topology);

  g_assert_cmpuint (n, ==, 25);
  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    g_assert_cmpuint (fxp_topology_get_layer (topology, i)->token, ==, tokens[i]);
  g_assert_cmpuint (fxp_topology_get_layer (topology, n - 1)->token, ==, 6);
}

/* clang-format off */
static const struct
{
  const char *name;
  guint input_owner, output_owner;
  gboolean is_normalized;
} rows[] = {
  { "conv1", 0, 0, TRUE },
  { "res1a", 1, 1, TRUE },
  { "res1b", 2, 2, TRUE },
  { "res2a", 3, 3, FALSE },
  { "res2b", 4, 4, FALSE },
  { "res2s", 3, 4, FALSE },
  { "conv2", 6, 6, FALSE },
  { "res3a", 7, 7, TRUE },
  { "res3b", 8, 8, TRUE },
  { "res3s", 7, 8, TRUE },
  { "res4a", 10, 10, TRUE },
  { "res4b", 11, 11, TRUE },
  { "fc1", 12, 12, TRUE },
  { "fc2", 13, 13, FALSE },
};
/* clang-format on */

static void
test_weighted (void)
{
  g_autoptr (FxpTopology) topology =
    parse ("4C3P-BN-RES(4,D5)-RES(8/2,NOBN)-D3-8C1-2xRES(9,P3)-GAP-16-BN-10");
  guint n_found = 0;

  g_assert_cmpuint (fxp_topology_get_n_weighted (topology), ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = fxp_topology_get_name (topology, i);
      guint layer = fxp_topology_get_weighted_index (topology, i);

      g_assert_cmpstr (name, ==, rows[i].name);
      g_assert_cmpuint (fxp_topology_get_input_owner (topology, i), ==, rows[i].input_owner);
      g_assert_cmpuint (fxp_topology_get_output_owner (topology, i), ==, rows[i].output_owner);
      g_assert_cmpint (fxp_topology_is_normalized (topology, i), ==, rows[i].is_normalized);
      g_assert_true (fxp_topology_get_layer (topology, layer) ==
                     fxp_topology_get_weighted (topology, i));
      g_assert_cmpuint (fxp_topology_find_weighted (topology, layer), ==, i);
    }
  for (guint i = 0; i < fxp_topology_get_n_layers (topology); i++)
    n_found += fxp_topology_find_weighted (topology, i) != FXP_TOPOLOGY_NONE;
  g_assert_cmpuint (n_found, ==, G_N_ELEMENTS (rows));
}

/* A projection of the network's own input. */
static void
test_first_block (void)
{
  g_autoptr (FxpTopology) topology = parse ("RES(4)-10");

  g_assert_cmpuint (fxp_topology_get_n_weighted (topology), ==, 4);
  g_assert_cmpuint (fxp_topology_get_input_owner (topology, 2), ==, 0);
  g_assert_cmpuint (fxp_topology_get_output_owner (topology, 2), ==, 1);
}

static void
test_descriptions (void)
{
  static const char *const expected[] = {
    "layer 1 (4C3P/2)",
    "layer 1 (act)",
    "layer 2 (RES(8/2))",
    "layer 2 (RES(8/2))",
    "layer 2 (RES(8/2))",
    "layer 2 (RES(8/2))",
    "layer 2 (RES(8/2))",
    "layer 2 (act)",
    "layer 3 (RES(8))",
    "layer 3 (RES(8))",
    "layer 3 (RES(8))",
    "layer 3 (RES(8))",
    "layer 3 (act)",
    "layer 4 (MP2)",
    "layer 5 (10FC)",
  };
  g_autoptr (FxpTopology) topology = parse ("4C3P/2-2xRES(8/2,NOBN)-MP2-10");

  g_assert_cmpuint (fxp_topology_get_n_layers (topology), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *description = fxp_topology_describe_layer (topology, i);

      g_assert_cmpstr (description, ==, expected[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/topology-expansion/layers", test_layers);
  g_test_add_func ("/experiment/topology-expansion/tokens", test_tokens);
  g_test_add_func ("/experiment/topology-expansion/weighted", test_weighted);
  g_test_add_func ("/experiment/topology-expansion/first-block", test_first_block);
  g_test_add_func ("/experiment/topology-expansion/descriptions", test_descriptions);
  return g_test_run ();
}
