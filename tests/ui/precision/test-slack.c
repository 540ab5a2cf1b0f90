/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/slack.h"

#include <math.h>

static FxuSlack
slack_of (FxpCriterion criterion, double bits)
{
  FxpJudgement judgement = {criterion, 1.0, 1.0, bits};

  return fxu_slack_of (&judgement, 1);
}

static void
test_least (void)
{
  const FxpJudgement judgements[] = {
    {FXP_CRITERION_GC, 1.0, 1.0, 2.0},
    {FXP_CRITERION_RQB, 1.0, 1.0, -1.3},
    {FXP_CRITERION_NONE, 0.0, 0.0, -9.0},
  };
  FxuSlack slack = fxu_slack_of (judgements, G_N_ELEMENTS (judgements));

  g_assert_cmpint (slack.criterion, ==, FXP_CRITERION_RQB);
  g_assert_cmpint (slack.level, ==, FXU_SLACK_BROKEN);
  g_assert_cmpint (fxu_slack_of (judgements, 1).criterion, ==, FXP_CRITERION_GC);
  g_assert_cmpint (fxu_slack_of (NULL, 0).level, ==, FXU_SLACK_UNKNOWN);
  g_assert_cmpint (fxu_slack_of (judgements + 2, 1).level, ==, FXU_SLACK_UNKNOWN);
}

static void
test_ranges (void)
{
  const FxpJudgement holds[] = {
    {FXP_CRITERION_RANGE, 1.0, 1.0, 0.0},
    {FXP_CRITERION_AS, 1.0, 1.0, 0.7},
  };
  const FxpJudgement broken[] = {
    {FXP_CRITERION_AS, 1.0, 1.0, 0.7},
    {FXP_CRITERION_RANGE, 1.0, 1.0, -1.0},
  };

  g_assert_cmpint (fxu_slack_of (holds, 2).criterion, ==, FXP_CRITERION_AS);
  g_assert_cmpint (fxu_slack_of (holds, 1).criterion, ==, FXP_CRITERION_RANGE);
  g_assert_cmpint (fxu_slack_of (broken, 2).criterion, ==, FXP_CRITERION_RANGE);
}

static void
test_levels (void)
{
  g_assert_cmpint (slack_of (FXP_CRITERION_AS, 1.0).level, ==, FXU_SLACK_SPARE);
  g_assert_cmpint (slack_of (FXP_CRITERION_AS, 0.99).level, ==, FXU_SLACK_TIGHT);
  /* At its limit, give or take what is not even written. */
  g_assert_cmpint (slack_of (FXP_CRITERION_AS, 0.0).level, ==, FXU_SLACK_TIGHT);
  g_assert_cmpint (slack_of (FXP_CRITERION_AS, -1e-9).level, ==, FXU_SLACK_TIGHT);
  g_assert_cmpint (slack_of (FXP_CRITERION_AS, -0.1).level, ==, FXU_SLACK_BROKEN);
}

static void
check_texts (FxpCriterion criterion, double bits, const char *brief, const char *words)
{
  FxuSlack slack = slack_of (criterion, bits);
  g_autofree char *as_brief = fxu_slack_to_brief (&slack);
  g_autofree char *as_words = fxu_slack_to_words (&slack);

  g_assert_cmpstr (as_brief, ==, brief);
  g_assert_cmpstr (as_words, ==, words);
}

static void
test_texts (void)
{
  FxuSlack unknown = {0};

  check_texts (FXP_CRITERION_RQB,
               -1.3,
               "RQB −1.3 bits",
               "relative quantization bias (RQB) is broken by 1.3 bits");
  check_texts (FXP_CRITERION_GC, 0.25, "GC +0.3 bits", "gradient clipping (GC) leaves 0.2 bits");
  check_texts (FXP_CRITERION_AS, -0.04, "AS 0.0 bits", "accumulator stopping (AS) leaves 0.0 bits");
  check_texts (FXP_CRITERION_RANGE, 2.0, "range +2.0 bits", "its range leaves 2.0 bits");
  check_texts (FXP_CRITERION_RANGE, -2.0, "range −2.0 bits", "its range lacks 2.0 bits");
  g_assert_null (fxu_slack_to_brief (&unknown));
  g_assert_null (fxu_slack_to_words (&unknown));
}

/* Rows of the bar that look other than its top, where only its track is. */
static guint
count_rows (double bits)
{
  FxuSlack slack = slack_of (FXP_CRITERION_GC, bits);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 8, 40);
  cairo_t *cr = cairo_create (surface);
  const unsigned char *data;
  int stride;
  guint n = 0;

  fxu_slack_draw (&slack, cr, 0.0, 0.0, 8.0, 40.0, fxu_palette_get (FALSE, FALSE));
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  data = cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface);
  for (int y = 0; y < 40; y++)
    if (memcmp (data, data + y * stride, 8 * 4) != 0)
      n++;
  cairo_surface_destroy (surface);
  return n;
}

static void
test_bar (void)
{
  guint little = count_rows (0.2), more = count_rows (1.2);

  g_assert_cmpuint (little, >, 0);
  g_assert_cmpuint (more, >, 2 * little);
  g_assert_cmpuint (more, <, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slack/least", test_least);
  g_test_add_func ("/slack/ranges", test_ranges);
  g_test_add_func ("/slack/levels", test_levels);
  g_test_add_func ("/slack/texts", test_texts);
  g_test_add_func ("/slack/bar", test_bar);
  return g_test_run ();
}
