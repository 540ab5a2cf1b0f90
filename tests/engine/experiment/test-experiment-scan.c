/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment.h"
#include "number/error.h"
#include <string.h>

#define NAME "spiral.roundoff"
#define HEAD "[experiment]\nversion=1\n"
#define DATA "[dataset]\nname=spiral\n"

typedef struct
{
  const char *text;
  FxpError code;
  const char *message;
} Bad;

static const Bad bad[] = {
  {"", FXP_ERROR_PARSE, NAME ":1: the file ends without [experiment] and version=1"},
  {"# nothing\n\n", FXP_ERROR_PARSE, NAME ":2: the file ends without [experiment] and version=1"},
  {"[experiment]\n", FXP_ERROR_PARSE, NAME ":1: the file ends without [experiment] and version=1"},
  {"[experiment]\ntitle=x\nversion=1\n" DATA,
   FXP_ERROR_PARSE,
   NAME ":2: the first key is \"title\"; expected version=1"},
  {DATA HEAD,
   FXP_ERROR_PARSE,
   NAME ":1: \"[dataset]\" is not [experiment], which must come first with version=1"},
  {"[experiment]\n" DATA,
   FXP_ERROR_PARSE,
   NAME ":3: the first key is \"name\"; expected version=1"},
  {"version=1\n" HEAD,
   FXP_ERROR_PARSE,
   NAME ":1: the key \"version\" comes before [experiment], which must come first"},
  {"\n[experiment]\nversion=2\nwhatever=1\n[new]\n",
   FXP_ERROR_VERSION,
   NAME ":3: [experiment] version: a newer program wrote version 2 of this file; expected 1"},
  {"[experiment]\nversion=0\n",
   FXP_ERROR_RANGE,
   NAME ":2: [experiment] version: \"0\" is not a whole number in 1..18446744073709551615"},
  {"[experiment]\nversion=one\n",
   FXP_ERROR_PARSE,
   NAME ":2: [experiment] version: \"one\" is not a whole number in 1..18446744073709551615"},
  {HEAD "version=1\n" DATA,
   FXP_ERROR_PARSE,
   NAME ":3: [experiment] version: it is already on line 2; expected it once"},
  {HEAD DATA "\n\n[training]\nrate=-1\n",
   FXP_ERROR_RANGE,
   NAME ":8: [training] rate: \"-1\" is not a number above 0"},
  {HEAD DATA "[training]\nrate=nan\n",
   FXP_ERROR_PARSE,
   NAME ":6: [training] rate: \"nan\" is not a number above 0"},
  {HEAD DATA "[training]\nrate=\n",
   FXP_ERROR_PARSE,
   NAME ":6: [training] rate: \"\" is not a number above 0"},
  {HEAD DATA "[training]\nspeed=3\n",
   FXP_ERROR_PARSE,
   NAME ":6: [training] has no key \"speed\"; expected one of rate, schedule, "
        "schedule-steps, schedule-factor, momentum, weight-decay, clip, gradients, "
        "scaling-period, scaling-overflow, batch, epochs, twin, evaluate-every, record-every, "
        "statistics-every"},
  {HEAD "title[de]=x\n" DATA,
   FXP_ERROR_PARSE,
   NAME ":3: [experiment] has no key \"title[de]\"; expected one of title, description, seed"},
  {HEAD DATA "[layers]\n",
   FXP_ERROR_PARSE,
   NAME ":5: \"layers\" is not a group; expected experiment, dataset, augmentation, "
        "network, training, clusters or precision LAYER ROLE"},
  {HEAD DATA "[]\n",
   FXP_ERROR_PARSE,
   NAME ":5: \"\" is not a group; expected experiment, dataset, augmentation, "
        "network, training, clusters or precision LAYER ROLE"},
  {HEAD DATA "[training\nrate=1\n",
   FXP_ERROR_PARSE,
   NAME ":5: \"[training\" does not end with the bracket that closes the group"},
  {HEAD DATA "rate\n",
   FXP_ERROR_PARSE,
   NAME ":5: \"rate\" is none of [group], key=value and # comment"},
  {HEAD DATA "=1\n",
   FXP_ERROR_PARSE,
   NAME ":5: \"=1\" is none of [group], key=value and # comment"},
  {HEAD DATA "[training]\nrate=1\nrate=2\n",
   FXP_ERROR_PARSE,
   NAME ":7: [training] rate: it is already on line 6; expected it once"},
  {HEAD DATA "[training]\n[dataset]\n",
   FXP_ERROR_PARSE,
   NAME ":6: [dataset]: it is already on line 3; expected it once"},
  {HEAD "[dataset]\nname=spiral\nnoise=1\npath=/x\n",
   FXP_ERROR_PARSE,
   NAME ":6: [dataset] path: line 4 gives name already; expected one of both"},
  {HEAD, FXP_ERROR_PARSE, NAME ": [dataset] has neither name nor path; expected one of both"},
  {HEAD "[dataset]\npath=a\\qb\n",
   FXP_ERROR_PARSE,
   NAME
   ":4: [dataset] path: \"a\\qb\" has a backslash that is none of \\s, \\t, \\n, \\r and \\\\"},
  {HEAD DATA "[network]\ntopology=2-8x-2\n",
   FXP_ERROR_PARSE,
   NAME ":6: [network] topology: \"2-8x-2\": token 2 \"8x\" at character 3: expected N, NFC, NCk, "
        "BN, MPk, APk, GAP, Dp, RES(F), CxHxW or nx(...)"},
  {HEAD DATA "[precision 4 weight]\nformat=Q1.1\n",
   FXP_ERROR_RANGE,
   NAME ":6: [precision 4 weight] format: there is no layer 4; expected 1..3, as topology "
        "\"2-8-8-2\" has so many layers with weights"},
  {HEAD DATA "[precision weight]\n",
   FXP_ERROR_PARSE,
   NAME ":5: \"precision weight\" is not a group; expected experiment, dataset, augmentation, "
        "network, training, clusters or precision LAYER ROLE"},
  {HEAD DATA "[precision 0 weight]\n",
   FXP_ERROR_PARSE,
   NAME ":5: \"precision 0 weight\": \"0\" is not a layer; expected * or a number from 1 to 1024"},
  {HEAD DATA "[precision 1 wait]\n",
   FXP_ERROR_PARSE,
   NAME ":5: \"precision 1 wait\": neither \"*\" nor \"sum\": \"wait\" is not a tensor role; "
        "expected one of weight, activation, weight-grad, activation-grad, weight-acc, "
        "bias, norm, gamma, beta, norm-grad, momentum"},
  {HEAD DATA "[precision 1 weight]\nbits=8\n",
   FXP_ERROR_PARSE,
   NAME ":6: [precision 1 weight] has no key \"bits\"; expected one of format, rounding, "
        "overflow, scaling"},
  {HEAD DATA "[precision * sum]\nformat=Q1.1\n",
   FXP_ERROR_PARSE,
   NAME ":6: [precision * sum] has no key \"format\"; expected one of register, bits"},
  {HEAD DATA "[precision * sum]\nbits=0x10\n",
   FXP_ERROR_PARSE,
   NAME ":6: [precision * sum] bits: \"0x10\" is not a whole number in 2..64"},
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_experiment_new_from_data (bad[i].text, -1, NAME, &error));
      g_assert_nonnull (error);
      g_assert_cmpstr (error->message, ==, bad[i].message);
      g_assert_error (error, FXP_ERROR, (int)bad[i].code);
    }
}

static void
assert_refused (const char *text, gsize length, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_experiment_new_from_data (text, length, NAME, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == FXP_ERROR);
  g_assert_true (g_str_has_prefix (error->message, NAME ":"));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strchr (error->message, '\n'));
  g_assert_cmpuint (strlen (error->message), <, 1000);
  if (message != NULL)
    g_assert_cmpstr (error->message, ==, message);
}

static void
test_hostile (void)
{
  static const char nul[] = HEAD "title=a\0b\n";
  static const char latin[] = HEAD "title=\351\n";
  g_autoptr (GString) text = g_string_new (NULL);

  assert_refused (nul, sizeof nul - 1, NAME ": byte 30 is zero; expected text");
  assert_refused (latin,
                  sizeof latin - 1,
                  NAME ": byte 29 is not part of a character; expected text in UTF-8");

  while (text->len <= 1024 * 1024)
    g_string_append (text, "# all work and no play\n");
  assert_refused (text->str,
                  text->len,
                  NAME ": it is larger than 1048576 bytes, which no experiment is");

  g_string_assign (text, HEAD DATA);
  while (text->len < 1024 * 1024 - 4)
    g_string_append (text, "[a]\n");
  assert_refused (text->str, text->len, NULL);

  g_string_assign (text, HEAD DATA);
  for (guint i = 1; i <= 60000; i++)
    g_string_append_printf (text, "[x%u]\n", i);
  assert_refused (text->str, text->len, NULL);

  g_string_assign (text, HEAD "title=");
  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (text, 'x');
  assert_refused (text->str, text->len, NULL);

  g_string_assign (text, HEAD DATA "[");
  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (text, '[');
  g_string_append (text, "]");
  assert_refused (text->str, text->len, NULL);
}

static void
mutate (GString *text, GRand *rand)
{
  static const char *const scraps[] = {"[",
                                       "]",
                                       "=",
                                       "\n",
                                       "-",
                                       "*",
                                       "nan",
                                       "\\",
                                       "1e999",
                                       "[experiment]\n",
                                       "precision",
                                       "\n\n",
                                       "9999999999",
                                       "x(",
                                       "\t",
                                       " "};
  gsize at = g_rand_int_range (rand, 0, text->len + 1);
  gsize n = g_rand_int_range (rand, 1, 40);

  n = MIN (n, text->len - at);
  switch (g_rand_int_range (rand, 0, 5))
    {
    case 0:
      if (at < text->len)
        text->str[at] = g_rand_int_range (rand, 0, 128);
      break;
    case 1:
      g_string_erase (text, at, n);
      break;
    case 2:
      g_string_insert (text, at, scraps[g_rand_int_range (rand, 0, G_N_ELEMENTS (scraps))]);
      break;
    case 3:
      {
        g_autofree char *piece = g_strndup (text->str + at, n);

        g_string_insert (text, g_rand_int_range (rand, 0, text->len + 1), piece);
        break;
      }
    default:
      if (at < text->len)
        text->str[at] = (char)(text->str[at] + g_rand_int_range (rand, -1, 2));
      break;
    }
}

/* Writing and reading again changes nothing. */
static void
assert_round_trip (FxpExperiment *self)
{
  g_autofree char *text = fxp_experiment_to_data (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) other = fxp_experiment_new_from_data (text, -1, NAME, &error);

  g_assert_no_error (error);
  g_assert_true (fxp_experiment_equal (self, other));
}

/* Thousands of damaged files: each is read or refused with a message, and what is read can be
 * written and read again. */
static void
test_mutations (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (19610101);
  g_autoptr (FxpExperiment) experiment = fxp_preset_load ("digits-conv", NULL);
  g_autofree char *original = fxp_experiment_to_data (experiment);
  guint n_good = 0, n_bad = 0;

  for (guint i = 0; i < 6000; i++)
    {
      g_autoptr (GString) text = g_string_new (original);
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpExperiment) other = NULL;

      for (gint32 j = g_rand_int_range (rand, 1, 4); j > 0; j--)
        mutate (text, rand);
      other = fxp_experiment_new_from_data (text->str, text->len, NAME, &error);
      g_assert_true ((other == NULL) == (error != NULL));
      if (other == NULL)
        {
          n_bad++;
          assert_refused (text->str, text->len, error->message);
          continue;
        }
      n_good++;
      assert_round_trip (other);
    }
  g_assert_cmpuint (n_good, >, 100);
  g_assert_cmpuint (n_bad, >, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/experiment-scan/bad", test_bad);
  g_test_add_func ("/experiment/experiment-scan/hostile", test_hostile);
  g_test_add_func ("/experiment/experiment-scan/mutations", test_mutations);
  return g_test_run ();
}
