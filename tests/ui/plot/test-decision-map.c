/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "plot/decision-map.h"

#include <math.h>

#define SIZE 8

static void
test_each_kind (void)
{
  static const char *const labels[] = {"Fixed point", "Float twin", "Difference"};
  guint8 fixed[SIZE * SIZE] = {0};
  guint8 twin[SIZE * SIZE] = {0};
  float confidence[SIZE * SIZE] = {0};
  const FxpField field = {SIZE, -1.0, 1.0, {fixed, twin}, {confidence, confidence}};
  FxpDatasetSource source = {.name = "spiral", .n_samples = 100, .test_share = 0.5, .seed = 1};
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, NULL);

  twin[0] = 1;
  for (FxuMapKind kind = FXU_MAP_FIXED; kind <= FXU_MAP_DIFFERENCE; kind++)
    {
      GtkWidget *map = g_object_ref_sink (fxu_decision_map_new (kind));
      GtkWidget *window = display_show (map, 200, 240);

      gtk_test_accessible_assert_role (map, GTK_ACCESSIBLE_ROLE_IMG);
      gtk_test_accessible_assert_property (map, GTK_ACCESSIBLE_PROPERTY_LABEL, labels[kind]);
      gtk_test_accessible_assert_property (map, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "No map yet");
      g_assert_true (isnan (fxu_decision_map_get_disagreement (FXU_DECISION_MAP (map))));
      fxu_decision_map_set_dataset (FXU_DECISION_MAP (map), dataset);
      fxu_decision_map_set_field (FXU_DECISION_MAP (map), &field);
      gtk_test_widget_wait_for_draw (window);
      g_assert_cmpfloat (fxu_decision_map_get_disagreement (FXU_DECISION_MAP (map)),
                         ==,
                         1.0 / (SIZE * SIZE));
      fxu_decision_map_set_field (FXU_DECISION_MAP (map), NULL);
      fxu_decision_map_set_dataset (FXU_DECISION_MAP (map), NULL);
      gtk_test_widget_wait_for_draw (window);
      gtk_window_destroy (GTK_WINDOW (window));
      g_assert_finalize_object (map);
    }
}

int
main (int argc, char **argv)
{
  if (!display_test_init (&argc, &argv))
    return 0;
  g_test_add_func ("/plot/decision-map/each-kind", test_each_kind);
  return g_test_run ();
}
