/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/snapshot-private.h"

static FxpSnapshot *
make_snapshot (guint run, guint first, guint n)
{
  FxpSnapshot *self = fxp_snapshot_new (2);

  self->run = run;
  for (guint i = first; i < first + n; i++)
    {
      FxpRecord record = {.step = i};
      FxpTensorRecord cells[2 * FXP_N_ROLES] = {0};
      const FxpLayerRecord layers[2] = {{i, 0}, {i, 1}};

      for (guint cell = 0; cell < 2 * FXP_N_ROLES; cell++)
        cells[cell].sqnr_db = 100 * i + cell;
      fxp_snapshot_add_record (self, &record, cells, layers);
      fxp_snapshot_add_event (self, i, g_strsplit ("a=1,b=2", ",", -1));
    }
  return self;
}

static void
assert_holds (const FxpSnapshot *self, guint first, guint n)
{
  gsize n_records, n_events;
  const FxpRecord *records = fxp_snapshot_get_records (self, &n_records);
  const FxpEvent *events = fxp_snapshot_get_events (self, &n_events);

  g_assert_cmpuint (n_records, ==, n);
  g_assert_cmpuint (n_events, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (records[i].step, ==, first + i);
      g_assert_cmpuint (events[i].step, ==, first + i);
      g_assert_cmpstr (events[i].changes[1], ==, "b=2");
      for (guint cell = 0; cell < 2 * FXP_N_ROLES; cell++)
        g_assert_cmpfloat (fxp_snapshot_get_tensor_records (self, i)[cell].sqnr_db,
                           ==,
                           100 * (first + i) + cell);
      g_assert_cmpfloat (fxp_snapshot_get_layer_records (self, i)[0].lost, ==, first + i);
      g_assert_cmpfloat (fxp_snapshot_get_layer_records (self, i)[1].stopped, ==, 1);
    }
}

static void
test_absorb (void)
{
  g_autoptr (FxpSnapshot) newest = NULL;
  FxpSnapshot *unread = make_snapshot (0, 0, 3);

  for (guint i = 1; i <= 4; i++)
    {
      FxpSnapshot *newer = make_snapshot (0, 3 * i, 3);

      fxp_snapshot_absorb (newer, unread);
      unread = newer;
    }
  newest = unread;
  g_assert_null (newest->earlier);
  assert_holds (newest, 0, 15);
}

static void
test_runs (void)
{
  g_autoptr (FxpSnapshot) third = make_snapshot (2, 0, 1);
  FxpSnapshot *second = make_snapshot (1, 0, 5);
  FxpSnapshot *first = make_snapshot (0, 0, 2);

  /* The third run began before the second was told of, the first lay unread all the while. */
  fxp_snapshot_absorb (third, second);
  fxp_snapshot_absorb (third, first);
  assert_holds (third, 0, 1);
  g_assert_true (third->earlier == second);
  assert_holds (second, 0, 5);
  g_assert_true (second->earlier == first);
  /* More of the first. */
  fxp_snapshot_absorb (third, make_snapshot (0, 0, 0));
  g_assert_true (second->earlier == first);
}

/* A run of which there is nothing to tell leaves no snapshot. */
static void
test_empty_runs (void)
{
  g_autoptr (FxpSnapshot) newest = make_snapshot (3, 0, 1);

  for (guint run = 3; run-- > 0;)
    fxp_snapshot_absorb (newest, make_snapshot (run, 0, 0));
  g_assert_null (newest->earlier);
}

static void
test_absent_tensors (void)
{
  g_autoptr (FxpSnapshot) self = fxp_snapshot_new (2);

  self->has_tensor[FXP_N_ROLES + FXP_ROLE_WEIGHT] = TRUE;
  g_assert_null (fxp_snapshot_get_tensor (self, (FxpTensorId){0, FXP_ROLE_WEIGHT}));
  g_assert_nonnull (fxp_snapshot_get_tensor (self, (FxpTensorId){1, FXP_ROLE_WEIGHT}));
  g_assert_nonnull (fxp_snapshot_get_layer (self, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/snapshot/absorb", test_absorb);
  g_test_add_func ("/training/snapshot/runs", test_runs);
  g_test_add_func ("/training/snapshot/empty-runs", test_empty_runs);
  g_test_add_func ("/training/snapshot/absent-tensors", test_absent_tensors);

  return g_test_run ();
}
