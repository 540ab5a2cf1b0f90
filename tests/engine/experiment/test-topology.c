/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/topology.h"
#include "number/error.h"
#include <string.h>

#define UNKNOWN "expected N, NFC, NCk, MPk, CxHxW or nx(...)"

/* clang-format off */
static const struct
{
  const char *text;
  const char *written; /* NULL: as given */
  guint n_layers, n_weighted;
} good[] = {
  { "10", NULL, 1, 1 },
  { "10FC", NULL, 1, 1 },
  { "64-10", NULL, 1, 1 },
  { "64-32-10", NULL, 2, 2 },
  { "64-32fc-10fc", "64-32FC-10FC", 2, 2 },
  { "8C3-10", NULL, 2, 2 },
  { "2x(8C3)-MP2-32FC-10", NULL, 5, 4 },
  { " 2X ( 8c3 - mp2 ) - 10 ", "2x(8C3-MP2)-10", 5, 3 },
  { "8x8-4C3-10", NULL, 2, 2 },
  { "3x32x32-4C3-10", NULL, 2, 2 },
  { "2-3x(8)-2", NULL, 4, 4 },
  { "2x(10)", NULL, 2, 2 },
  { "2x(2x(8)-4)-2", NULL, 7, 7 },
  { "1x(1x(1x(1x(1x(1x(1x(1x(8))))))))", NULL, 1, 1 },
  { "256x(8)", NULL, 256, 256 },
  { "16777216-65536FC-1", NULL, 2, 2 },
  { "064-010", "64-10", 1, 1 },
};
/* clang-format on */

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpTopology) topology = fxp_topology_parse (good[i].text, &error);
      g_autoptr (FxpTopology) again = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (fxp_topology_get_text (topology),
                       ==,
                       good[i].written != NULL ? good[i].written : good[i].text);
      g_assert_cmpuint (fxp_topology_get_n_layers (topology), ==, good[i].n_layers);
      g_assert_cmpuint (fxp_topology_get_n_weighted (topology), ==, good[i].n_weighted);
      again = fxp_topology_parse (fxp_topology_get_text (topology), &error);
      g_assert_no_error (error);
      g_assert_cmpstr (fxp_topology_get_text (again), ==, fxp_topology_get_text (topology));
    }
}

/* clang-format off */
static const struct
{
  const char *text;
  FxpError code;
  const char *message; /* its end */
} bad[] = {
  { "64-32x-10", FXP_ERROR_PARSE, "\"64-32x-10\": token 2 \"32x\" at character 4: " UNKNOWN },
  { "", FXP_ERROR_PARSE, "token 1 \"\" at character 1: " UNKNOWN },
  { "-", FXP_ERROR_PARSE, "token 1 \"\" at character 1: " UNKNOWN },
  { "64-", FXP_ERROR_PARSE, "token 2 \"\" at character 4: " UNKNOWN },
  { "8--8", FXP_ERROR_PARSE, "token 2 \"\" at character 3: " UNKNOWN },
  { "64-thirty-10", FXP_ERROR_PARSE, "token 2 \"thirty\" at character 4: " UNKNOWN },
  { "64-8C-10", FXP_ERROR_PARSE, "token 2 \"8C\" at character 4: " UNKNOWN },
  { "64-8C3x-10", FXP_ERROR_PARSE, "token 2 \"8C3x\" at character 4: " UNKNOWN },
  { "64-MP-10", FXP_ERROR_PARSE, "token 2 \"MP\" at character 4: " UNKNOWN },
  { "64-8 0-10", FXP_ERROR_PARSE, "token 2 \"8 0\" at character 4: " UNKNOWN },
  { "8x8x8x8-10", FXP_ERROR_PARSE, "token 1 \"8x8x8x8\" at character 1: " UNKNOWN },
  { "8x-10", FXP_ERROR_PARSE, "token 1 \"8x\" at character 1: " UNKNOWN },
  { "8\001-\3778", FXP_ERROR_PARSE, "token 1 \"8\\x01\" at character 1: " UNKNOWN },
  { "\303\274-8", FXP_ERROR_PARSE, "token 1 \"\303\274\" at character 1: " UNKNOWN },
  { "1e3-10", FXP_ERROR_PARSE, "token 1 \"1e3\" at character 1: " UNKNOWN },
  { "(8)-10", FXP_ERROR_PARSE, "token 1 \"\" at character 1: " UNKNOWN },
  { "2(8)-10", FXP_ERROR_PARSE, "token 1 \"2\" at character 1: " UNKNOWN },
  { "2x()-10", FXP_ERROR_PARSE, "token 2 \"\" at character 4: " UNKNOWN },
  { "10-2x2-5", FXP_ERROR_PARSE,
    "token 2 \"2x2\" at character 4: the shape of the input can only be the first token" },
  { "2x(2x2-5)", FXP_ERROR_PARSE,
    "token 2 \"2x2\" at character 4: the shape of the input can only be the first token" },
  { "2x(8C3", FXP_ERROR_PARSE, "token 1 \"2x\" at character 1: its bracket is not closed" },
  { "8)-10", FXP_ERROR_PARSE,
    "token 1 \"8\" at character 1: expected \"-\" or the end after it, at character 2" },
  { "2x(8C3)5-10", FXP_ERROR_PARSE,
    "token 1 \"2x\" at character 1: expected \"-\" or the end after it, at character 8" },
  { "8x8-8C3", FXP_ERROR_PARSE,
    "the last token is no dense layer; expected N or NFC with a unit for each class" },
  { "8x8", FXP_ERROR_PARSE,
    "the last token is no dense layer; expected N or NFC with a unit for each class" },
  { "10-MP2", FXP_ERROR_PARSE,
    "the last token is no dense layer; expected N or NFC with a unit for each class" },
  { "0-10", FXP_ERROR_RANGE,
    "token 1 \"0\" at character 1: the number of inputs is not in 1..16777216" },
  { "65536x65536x65536-10", FXP_ERROR_RANGE, "the number of inputs is not in 1..16777216" },
  { "99999999999999999999999999-10", FXP_ERROR_RANGE,
    "the number of inputs is not in 1..16777216" },
  { "64-0-10", FXP_ERROR_RANGE,
    "token 2 \"0\" at character 4: the number of units is not in 1..65536" },
  { "64-65537FC-10", FXP_ERROR_RANGE,
    "token 2 \"65537FC\" at character 4: the number of units is not in 1..65536" },
  { "64-0", FXP_ERROR_RANGE,
    "token 2 \"0\" at character 4: the number of units is not in 1..65536" },
  { "4294967297", FXP_ERROR_RANGE, "the number of units is not in 1..65536" },
  { "8C0-10", FXP_ERROR_RANGE,
    "token 1 \"8C0\" at character 1: the side of the window is not in 1..64" },
  { "8C65-10", FXP_ERROR_RANGE, "the side of the window is not in 1..64" },
  { "MP65-10", FXP_ERROR_RANGE, "the side of the window is not in 1..64" },
  { "0x(8)-10", FXP_ERROR_RANGE,
    "token 1 \"0x\" at character 1: the number of repetitions is not in 1..256" },
  { "1000000x(8C3)-10", FXP_ERROR_RANGE, "the number of repetitions is not in 1..256" },
  { "256x(8)-10", FXP_ERROR_RANGE, "token 3 \"10\" at character 9: it makes more than 256 layers" },
  { "256x(256x(256x(256x(8))))-2", FXP_ERROR_RANGE, "it makes more than 256 layers" },
  { "1x(1x(1x(1x(1x(1x(1x(1x(1x(8)))))))))", FXP_ERROR_RANGE,
    "token 9 \"1x\" at character 25: brackets are nested more than 8 deep" },
};
/* clang-format on */

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_topology_parse (bad[i].text, &error));
      g_assert_error (error, FXP_ERROR, (int)bad[i].code);
      if (!g_str_has_suffix (error->message, bad[i].message))
        g_assert_cmpstr (error->message, ==, bad[i].message);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

static void
test_huge (void)
{
  g_autoptr (GString) text = g_string_new ("2");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 500000; i++)
    g_string_append (text, "-8");
  g_assert_null (fxp_topology_parse (text->str, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_cmpuint (strlen (error->message), <, 300);
  g_clear_error (&error);

  g_string_truncate (text, 0);
  for (guint i = 0; i < 500000; i++)
    g_string_append (text, "9");
  g_assert_null (fxp_topology_parse (text->str, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_cmpuint (strlen (error->message), <, 300);
}

static void
test_layers (void)
{
  static const char *const names[] = {"conv1", "conv2", "fc1", "fc2"};
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpTopology) topology = fxp_topology_parse ("1x8x8-2x(8C3)-MP2-32FC-10", &error);
  FxpShape shapes[5];
  FxpShape input = FXP_SHAPE_3 (1, 8, 8);

  g_assert_no_error (error);
  g_assert_cmpint (fxp_topology_get_layer (topology, 2)->kind, ==, FXP_LAYER_MAX_POOLING);
  g_assert_cmpuint (fxp_topology_get_layer (topology, 2)->kernel, ==, 2);
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
  g_assert_true (fxp_shape_equal (&shapes[1], &FXP_SHAPE_3 (8, 4, 4)));
  g_assert_true (fxp_shape_equal (&shapes[2], &FXP_SHAPE_3 (8, 2, 2)));
  g_assert_true (fxp_shape_equal (&shapes[3], &FXP_SHAPE_1 (32)));
  g_assert_true (fxp_shape_equal (&shapes[4], &FXP_SHAPE_1 (10)));
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

/* Any order of the grammar's characters is read or refused, and what is read reads back alike. */
static void
test_random (void)
{
  static const char alphabet[] = "0123456789-()xXcCfFmMpP ";
  g_autoptr (GRand) rand = g_rand_new_with_seed (20190515);
  guint n_good = 0;

  for (guint i = 0; i < 20000; i++)
    {
      char text[12] = "";
      g_autoptr (FxpTopology) topology = NULL;
      g_autoptr (FxpTopology) again = NULL;
      g_autoptr (GError) error = NULL;
      guint n = g_rand_int_range (rand, 0, sizeof text);

      for (guint j = 0; j < n; j++)
        text[j] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)];
      topology = fxp_topology_parse (text, &error);
      g_assert_true ((topology == NULL) == (error != NULL));
      if (topology == NULL)
        continue;
      n_good++;
      again = fxp_topology_parse (fxp_topology_get_text (topology), NULL);
      g_assert_nonnull (again);
      g_assert_cmpstr (fxp_topology_get_text (again), ==, fxp_topology_get_text (topology));
      g_assert_cmpuint (fxp_topology_get_n_layers (again),
                        ==,
                        fxp_topology_get_n_layers (topology));
    }
  g_assert_cmpuint (n_good, >, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/topology/good", test_good);
  g_test_add_func ("/experiment/topology/bad", test_bad);
  g_test_add_func ("/experiment/topology/huge", test_huge);
  g_test_add_func ("/experiment/topology/layers", test_layers);
  g_test_add_func ("/experiment/topology/check", test_check);
  g_test_add_func ("/experiment/topology/random", test_random);
  return g_test_run ();
}
