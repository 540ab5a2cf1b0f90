/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "precision/price-tag.h"
#include "running-session.h"

#include <string.h>

/* Of the session's experiment, by the engine's own count. */
static char *
expect_costs (FxuSession *session)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCostTable) costs =
    fxp_cost_table_new (fxu_session_get_experiment (session),
                        fxp_dataset_get_shape (fxu_session_get_dataset (session)),
                        &error);
  const FxpCost *fixed = &costs->total, *floats = &costs->float_total;

  g_assert_no_error (error);
  return g_strdup_printf ("C_W %.4f, C_A %.4f, C_M %.4f, C_C %.4f",
                          fixed->weights / floats->weights,
                          fixed->activations / floats->activations,
                          fixed->multiplies / floats->multiplies,
                          fixed->communication / floats->communication);
}

/* Acceptance test 6.31, as far as costs go: they follow an edit at once, and are what they were
 * when it is undone. */
static void
test_follows_edits (void)
{
  FxuSession *session = running_session_new ("digits");
  GtkWidget *tag = fxu_price_tag_new (session);
  GtkWidget *window = display_show (tag, 400, 60);
  g_autofree char *before = fxu_price_tag_describe (FXU_PRICE_TAG (tag));
  g_autofree char *expected = expect_costs (session);
  g_autofree char *narrow = NULL, *expected_narrow = NULL, *after = NULL;

  g_assert_cmpstr (before, ==, expected);
  g_assert_true (fxu_session_set_value (session, "precision.*.*.bits", "6"));
  narrow = fxu_price_tag_describe (FXU_PRICE_TAG (tag));
  expected_narrow = expect_costs (session);
  g_assert_cmpstr (narrow, ==, expected_narrow);
  g_assert_cmpstr (narrow, !=, before);
  g_assert_nonnull (strstr (narrow, "C_C 0.1875"));
  fxu_session_undo (session);
  after = fxu_price_tag_describe (FXU_PRICE_TAG (tag));
  g_assert_cmpstr (after, ==, before);
  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

/* Words wider than float's cost more; the bar ends at its end. */
static void
test_more_than_float (void)
{
  FxuSession *session = running_session_new ("digits");
  GtkWidget *tag = fxu_price_tag_new (session);
  GtkWidget *window = display_show (tag, 400, 60);
  g_autofree char *wide = NULL;

  g_assert_true (fxu_session_set_value (session, "precision.*.*.bits", "32"));
  wide = fxu_price_tag_describe (FXU_PRICE_TAG (tag));
  g_assert_nonnull (strstr (wide, "C_W 1.0000"));
  g_assert_nonnull (strstr (wide, "C_M 1.9357")); /* 32^2 / 23^2 */
  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

int
main (int argc, char **argv)
{
  if (!display_test_init (&argc, &argv))
    return 0;
  g_test_add_func ("/precision/price-tag/6.31-follows-edits", test_follows_edits);
  g_test_add_func ("/precision/price-tag/more-than-float", test_more_than_float);
  return g_test_run ();
}
