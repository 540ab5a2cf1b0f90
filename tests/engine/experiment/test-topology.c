/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/topology.h"
#include "number/error.h"
#include <string.h>

#define UNKNOWN "expected N, NFC, NCk, BN, MPk, APk, GAP, Dp, RES(F), CxHxW or nx(...)"
#define BEHIND  "batch normalization must stand right behind a convolution or a dense layer"
#define LAST    "the last token is no dense layer; expected N or NFC with a unit for each class"

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
  { "64-32-10", NULL, 3, 2 },
  { "64-32fc-10fc", "64-32FC-10FC", 3, 2 },
  { "8C3-10", NULL, 3, 2 },
  { "2x(8C3)-MP2-32FC-10", NULL, 8, 4 },
  { " 2X ( 8c3 - mp2 ) - 10 ", "2x(8C3-MP2)-10", 7, 3 },
  { "8x8-4C3-10", NULL, 3, 2 },
  { "3x32x32-4C3-10", NULL, 3, 2 },
  { "2-3x(8)-2", NULL, 7, 4 },
  { "2x(10)", NULL, 3, 2 },
  { "2x(2x(8)-4)-2", NULL, 13, 7 },
  { "1x(1x(1x(1x(1x(1x(1x(1x(8))))))))", NULL, 1, 1 },
  { "512x(8)", NULL, 1023, 512 },
  { "16777216-65536FC-1", NULL, 3, 2 },
  { "064-010", "64-10", 1, 1 },
  { "16c3p-10", "16C3P-10", 3, 2 },
  { "16C3P1-16C3P0-16C5P2-16C5P4-10", "16C3P-16C3-16C5P-16C5P4-10", 9, 5 },
  { "16C1P-16C2P1-10", "16C1-16C2P-10", 5, 3 },
  { "16C3/2-16C3P/2-16C5P1/3-16C3/1-10", "16C3/2-16C3P/2-16C5P1/3-16C3-10", 9, 5 },
  { "8C3-bn-gap-d20-ap2-10", "8C3-BN-GAP-D20-AP2-10", 7, 2 },
  { "8C3-2x(BN-8C3)-BN-10", NULL, 10, 4 },
  { "res(16)-10", "RES(16)-10", 10, 4 },
  { "3Xres ( 16/2 , p3 , d20 ) -10", "3xRES(16/2,P3,D20)-10", 27, 8 },
  { "1xRES(16)-10", NULL, 10, 4 },
  { "RES(16,P1)-RES(016,NOBN,D5,I)-10", "RES(16)-RES(16,I,D5,NOBN)-10", 16, 6 },
  { "8-10-D5-10", NULL, 4, 2 },
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
  { "8x8-8C3", FXP_ERROR_PARSE, LAST },
  { "8x8", FXP_ERROR_PARSE, LAST },
  { "10-MP2", FXP_ERROR_PARSE, LAST },
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
    "token 1 \"0x\" at character 1: the number of repetitions is not in 1..1024" },
  { "1000000x(8C3)-10", FXP_ERROR_RANGE, "the number of repetitions is not in 1..1024" },
  { "512x(8)-10", FXP_ERROR_RANGE,
    "token 3 \"10\" at character 9: it makes more than 1024 layers" },
  { "256x(256x(256x(256x(8))))-2", FXP_ERROR_RANGE, "it makes more than 1024 layers" },
  { "1x(1x(1x(1x(1x(1x(1x(1x(1x(8)))))))))", FXP_ERROR_RANGE,
    "token 9 \"1x\" at character 25: brackets are nested more than 8 deep" },
  { "64-10-BN", FXP_ERROR_PARSE,
    "token 3 \"BN\" at character 7: nothing is normalized behind the last layer; expected N or NFC "
    "with a unit for each class after it" },
  { "BN-10", FXP_ERROR_PARSE, "token 1 \"BN\" at character 1: " BEHIND },
  { "64-BN-10", FXP_ERROR_PARSE, "token 2 \"BN\" at character 4: " BEHIND },
  { "8C3-MP2-BN-10", FXP_ERROR_PARSE, "token 3 \"BN\" at character 9: " BEHIND },
  { "8C3-D5-BN-10", FXP_ERROR_PARSE, "token 3 \"BN\" at character 8: " BEHIND },
  { "8C3-2x(BN)-10", FXP_ERROR_PARSE, "token 3 \"BN\" at character 8: " BEHIND },
  { "RES(8)-BN-10", FXP_ERROR_PARSE, "token 2 \"BN\" at character 8: " BEHIND },
  { "BN2-10", FXP_ERROR_PARSE, UNKNOWN },
  { "GAP2-10", FXP_ERROR_PARSE, UNKNOWN },
  { "AP-10", FXP_ERROR_PARSE, UNKNOWN },
  { "8C3P/-10", FXP_ERROR_PARSE, UNKNOWN },
  { "8C3P1P-10", FXP_ERROR_PARSE, UNKNOWN },
  { "8C3/2P-10", FXP_ERROR_PARSE, UNKNOWN },
  { "8FC/2-10", FXP_ERROR_PARSE, UNKNOWN },
  { "8C3-D-10", FXP_ERROR_PARSE, UNKNOWN },
  { "8C3-D5.5-10", FXP_ERROR_PARSE, UNKNOWN },
  { "8C3-D0-10", FXP_ERROR_RANGE,
    "token 2 \"D0\" at character 5: the percentage of dropout is not in 1..99" },
  { "8C3-d100-10", FXP_ERROR_RANGE,
    "token 2 \"d100\" at character 5: the percentage of dropout is not in 1..99" },
  { "8C3/0-10", FXP_ERROR_RANGE, "token 1 \"8C3/0\" at character 1: the stride is not in 1..64" },
  { "8C3/65-10", FXP_ERROR_RANGE, "the stride is not in 1..64" },
  { "8C3P3-10", FXP_ERROR_RANGE,
    "token 1 \"8C3P3\" at character 1: the padding is not in 0..2, less than its kernel" },
  { "8C3P4294967296-10", FXP_ERROR_RANGE, "the padding is not in 0..2, less than its kernel" },
  { "AP0-10", FXP_ERROR_RANGE, "the side of the window is not in 1..64" },
  { "RES-10", FXP_ERROR_PARSE, "token 1 \"RES\" at character 1: " UNKNOWN },
  { "xRES(8)-10", FXP_ERROR_PARSE, "token 1 \"xRES\" at character 1: " UNKNOWN },
  { "3RES(8)-10", FXP_ERROR_PARSE, UNKNOWN },
  { "RES(8-10", FXP_ERROR_PARSE, "token 1 \"RES\" at character 1: its bracket is not closed" },
  { "RES()-10", FXP_ERROR_PARSE,
    "token 1 \"RES()\" at character 1: expected RES(F) or RES(F/s) with options behind commas" },
  { "RES(8C3)-10", FXP_ERROR_PARSE, "expected RES(F) or RES(F/s) with options behind commas" },
  { "RES(8/)-10", FXP_ERROR_PARSE, "expected RES(F) or RES(F/s) with options behind commas" },
  { "RES(2x(8))-10", FXP_ERROR_PARSE, "expected RES(F) or RES(F/s) with options behind commas" },
  { "RES(8)5-10", FXP_ERROR_PARSE,
    "token 1 \"RES(8)\" at character 1: expected \"-\" or the end after it, at character 7" },
  { "8C3-2xRES(8,p5)-10", FXP_ERROR_PARSE,
    "token 2 \"2xRES(8,p5)\" at character 5: \"p5\" is not an option of a residual block; expected "
    "P3, P1, I, Dp or NOBN" },
  { "RES(8,)-10", FXP_ERROR_PARSE,
    "\"\" is not an option of a residual block; expected P3, P1, I, Dp or NOBN" },
  { "RES(8,P3,I)-10", FXP_ERROR_PARSE,
    "its option \"I\" comes after another one of the same purpose" },
  { "RES(8,D5,D5)-10", FXP_ERROR_PARSE,
    "its option \"D5\" comes after another one of the same purpose" },
  { "RES(8,D0)-10", FXP_ERROR_RANGE, "the percentage of dropout is not in 1..99" },
  { "RES(0)-10", FXP_ERROR_RANGE, "the number of units is not in 1..65536" },
  { "RES(8/0)-10", FXP_ERROR_RANGE, "the stride is not in 1..64" },
  { "0xRES(8)-10", FXP_ERROR_RANGE, "the number of repetitions is not in 1..1024" },
  { "200xRES(8)-10", FXP_ERROR_RANGE,
    "token 1 \"200xRES(8)\" at character 1: it makes more than 1024 layers" },
  { "8C3-32-RES(8)-10", FXP_ERROR_PARSE,
    "token 3 \"RES(8)\" at character 8: a residual block needs an image, but a dense layer comes "
    "before it" },
  { "RES(8)", FXP_ERROR_PARSE, LAST },
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
  static const char *const units[] = {"RES(", "RES", "(", "P", "x", ","};
  g_autoptr (GString) text = g_string_new ("2");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 500000; i++)
    g_string_append (text, "-8");
  g_assert_null (fxp_topology_parse (text->str, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_cmpuint (strlen (error->message), <, 300);
  g_clear_error (&error);

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_string_truncate (text, 0);
      for (guint j = 0; j < 500000 / strlen (units[i]); j++)
        g_string_append (text, units[i]);
      g_assert_null (fxp_topology_parse (text->str, &error));
      g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
      g_assert_cmpuint (strlen (error->message), <, 300);
      g_clear_error (&error);
    }
  g_string_assign (text, "RES(8");
  for (guint i = 0; i < 500000; i++)
    g_string_append (text, ",I");
  g_string_append (text, ")-10");
  g_assert_null (fxp_topology_parse (text->str, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
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
assert_same_layers (const FxpTopology *a, const FxpTopology *b)
{
  g_assert_cmpuint (fxp_topology_get_n_layers (a), ==, fxp_topology_get_n_layers (b));
  for (guint i = 0; i < fxp_topology_get_n_layers (a); i++)
    {
      const FxpLayerSpec *of_a = fxp_topology_get_layer (a, i);
      const FxpLayerSpec *of_b = fxp_topology_get_layer (b, i);

      g_assert_cmpint (of_a->kind, ==, of_b->kind);
      g_assert_cmpuint (of_a->units, ==, of_b->units);
      g_assert_cmpuint (of_a->kernel, ==, of_b->kernel);
      g_assert_cmpuint (of_a->stride, ==, of_b->stride);
      g_assert_cmpuint (of_a->padding, ==, of_b->padding);
      g_assert_cmpuint (of_a->percent, ==, of_b->percent);
      g_assert_cmpint (of_a->from, ==, of_b->from);
      g_assert_cmpint (of_a->skip, ==, of_b->skip);
      g_assert_cmpuint (of_a->token, ==, of_b->token);
    }
}

/* Reads or refuses @text; what is read is written so that it reads back alike.  TRUE if read. */
static gboolean
go_round (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpTopology) topology = fxp_topology_parse (text, &error);
  g_autoptr (FxpTopology) again = NULL;

  g_assert_true ((topology == NULL) == (error != NULL));
  if (topology == NULL)
    return FALSE;
  again = fxp_topology_parse (fxp_topology_get_text (topology), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fxp_topology_get_text (again), ==, fxp_topology_get_text (topology));
  assert_same_layers (again, topology);
  return TRUE;
}

/* Any order of the grammar's characters. */
static void
test_random (void)
{
  static const char alphabet[] = "0123456789-()xXcCfFmMpPbBnNdDaAgGrReEsSiI/, ";
  g_autoptr (GRand) rand = g_rand_new_with_seed (20190515);
  guint n_good = 0;

  for (guint i = 0; i < 50000; i++)
    {
      char text[12] = "";
      guint n = g_rand_int_range (rand, 0, sizeof text);

      for (guint j = 0; j < n; j++)
        text[j] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)];
      n_good += go_round (text);
    }
  g_assert_cmpuint (n_good, >, 100);
}

static guint
pick (GRand *rand, guint n)
{
  return g_rand_int_range (rand, 0, n);
}

static void
add_block (GRand *rand, GString *text)
{
  static const char *const shortcuts[] = {"", "", ",P1", ",p3", ", I "};

  if (pick (rand, 3) == 0)
    g_string_append_printf (text, "%ux", pick (rand, 4) + 1);
  g_string_append_printf (text, "RES(%u", pick (rand, 3) + 1);
  if (pick (rand, 2) == 0)
    g_string_append_printf (text, "/%u", pick (rand, 3) + 1);
  g_string_append (text, shortcuts[pick (rand, G_N_ELEMENTS (shortcuts))]);
  if (pick (rand, 3) == 0)
    g_string_append (text, ",NOBN");
  if (pick (rand, 3) == 0)
    g_string_append_printf (text, ",D%u", pick (rand, 99) + 1);
  g_string_append_c (text, ')');
}

static void
add_token (GRand *rand, GString *text)
{
  const guint kernel = pick (rand, 5) + 1;

  switch (pick (rand, 8))
    {
    case 0:
      g_string_append_printf (text, "%u", pick (rand, 30) + 1);
      break;
    case 1:
      g_string_append_printf (text, "%uFC", pick (rand, 30) + 1);
      break;
    case 2:
      g_string_append_printf (text, "%s%u", pick (rand, 2) > 0 ? "MP" : "ap", kernel);
      break;
    case 3:
      g_string_append (text, pick (rand, 2) > 0 ? "GAP" : "BN");
      break;
    case 4:
      g_string_append_printf (text, "D%u", pick (rand, 99) + 1);
      break;
    case 5:
    case 6:
      add_block (rand, text);
      break;
    default:
      g_string_append_printf (text, "%uC%u", pick (rand, 30) + 1, kernel);
      if (pick (rand, 2) > 0)
        g_string_append (text, "P");
      else
        g_string_append_printf (text, "P%u", pick (rand, kernel));
      if (pick (rand, 2) > 0)
        g_string_append_printf (text, "/%u", pick (rand, 4) + 1);
      if (pick (rand, 2) > 0)
        g_string_append (text, " - bn");
      break;
    }
}

static void
add_chain (GRand *rand, GString *text, guint depth)
{
  const guint n = pick (rand, 4) + 1;

  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (text, '-');
      if (depth < 3 && pick (rand, 6) == 0)
        {
          g_string_append_printf (text, "%ux(", pick (rand, 3) + 1);
          add_chain (rand, text, depth + 1);
          g_string_append_c (text, ')');
        }
      else
        add_token (rand, text);
    }
}

/* Any order of the grammar's tokens. */
static void
test_generated (void)
{
  static const char *const inputs[] = {"", "", "64-", "2x8x8-", "8x8-"};
  g_autoptr (GRand) rand = g_rand_new_with_seed (2019);
  guint n_good = 0;

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (inputs[pick (rand, G_N_ELEMENTS (inputs))]);

      add_chain (rand, text, 0);
      g_string_append (text, "-10");
      n_good += go_round (text->str);
    }
  g_assert_cmpuint (n_good, >, 5000);
}

/* Users read it in a terminal, and every kind of token is in it. */
static void
test_grammar (void)
{
  static const char *const words[] = {"CxHxW",
                                      "NFC",
                                      "NCk",
                                      "NCkP",
                                      "/s",
                                      "BN",
                                      "MPk",
                                      "APk",
                                      "GAP",
                                      "Dp",
                                      "RES",
                                      "P3",
                                      "NOBN",
                                      "nx("};
  g_auto (GStrv) lines = g_strsplit (fxp_topology_get_grammar (), "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpint (g_utf8_strlen (lines[i], -1), <, 80);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_nonnull (strstr (fxp_topology_get_grammar (), words[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/topology/good", test_good);
  g_test_add_func ("/experiment/topology/bad", test_bad);
  g_test_add_func ("/experiment/topology/huge", test_huge);
  g_test_add_func ("/experiment/topology/random", test_random);
  g_test_add_func ("/experiment/topology/generated", test_generated);
  g_test_add_func ("/experiment/topology/grammar", test_grammar);
  return g_test_run ();
}
