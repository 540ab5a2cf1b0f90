/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "plot/sample-sheet.h"

static void
test_digits (void)
{
  FxpDatasetSource source = {.name = "digits", .test_share = 0.2, .seed = 1};
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, NULL);
  GtkWidget *sheet = g_object_ref_sink (fxu_sample_sheet_new ());
  GtkWidget *window = display_show (sheet, 320, 320);
  const guint16 predicted[] = {0, 1, 2, 3};
  const FxpSheet predictions = {4, {predicted, predicted}, {NULL, NULL}};

  gtk_test_accessible_assert_role (sheet, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (sheet, GTK_ACCESSIBLE_PROPERTY_LABEL, "Sample images");
  gtk_test_accessible_assert_property (sheet,
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "No sample images");
  g_assert_true (gtk_widget_get_focusable (sheet));
  fxu_sample_sheet_set_dataset (FXU_SAMPLE_SHEET (sheet), dataset);
  fxu_sample_sheet_set_sheet (FXU_SAMPLE_SHEET (sheet), &predictions);
  gtk_test_widget_wait_for_draw (window);
  fxu_sample_sheet_set_sheet (FXU_SAMPLE_SHEET (sheet), NULL);
  fxu_sample_sheet_set_dataset (FXU_SAMPLE_SHEET (sheet), NULL);
  gtk_test_widget_wait_for_draw (window);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (sheet);
}

int
main (int argc, char **argv)
{
  if (!display_test_init (&argc, &argv))
    return 0;
  g_test_add_func ("/plot/sample-sheet/digits", test_digits);
  return g_test_run ();
}
