/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/pictures-private.h"

#include <string.h>

/* Every array is its own: what is written to one is in no other. */
static void
fill (gconstpointer array, gsize n_bytes, guint8 value)
{
  memset ((gpointer)array, value, n_bytes);
}

static void
assert_filled (gconstpointer array, gsize n_bytes, guint8 value)
{
  const guint8 *bytes = array;

  for (gsize i = 0; i < n_bytes; i++)
    g_assert_cmpuint (bytes[i], ==, value);
}

static void
test_field (void)
{
  FxpField *field = fxp_field_new (3, TRUE);

  for (guint twin = 0; twin < 2; twin++)
    {
      fill (field->classes[twin], 9, 1 + twin);
      fill (field->confidence[twin], 9 * sizeof (float), 3 + twin);
    }
  g_assert_cmpuint (field->size, ==, 3);
  for (guint twin = 0; twin < 2; twin++)
    {
      assert_filled (field->classes[twin], 9, 1 + twin);
      assert_filled (field->confidence[twin], 9 * sizeof (float), 3 + twin);
    }
  fxp_picture_unref (field);
  field = fxp_field_new (3, FALSE);
  g_assert_null (field->classes[1]);
  g_assert_null (field->confidence[1]);
  fxp_picture_unref (field);
}

static void
test_sheet (void)
{
  FxpSheet *sheet = fxp_sheet_new (7, TRUE);

  for (guint twin = 0; twin < 2; twin++)
    {
      fill (sheet->predicted[twin], 7 * sizeof (guint16), 1 + twin);
      fill (sheet->confidence[twin], 7 * sizeof (float), 3 + twin);
    }
  for (guint twin = 0; twin < 2; twin++)
    {
      assert_filled (sheet->predicted[twin], 7 * sizeof (guint16), 1 + twin);
      assert_filled (sheet->confidence[twin], 7 * sizeof (float), 3 + twin);
    }
  fxp_picture_unref (sheet);
}

static void
test_confusion (void)
{
  FxpConfusion *confusion = fxp_confusion_new (3, 5, TRUE);

  for (guint twin = 0; twin < 2; twin++)
    {
      assert_filled (confusion->counts[twin], 9 * sizeof (guint32), 0);
      g_assert_cmpuint (confusion->n_mistakes[twin], ==, 0);
      fill (confusion->counts[twin], 9 * sizeof (guint32), 1 + twin);
      fill (confusion->mistakes[twin], 5 * sizeof (FxpMistake), 3 + twin);
    }
  for (guint twin = 0; twin < 2; twin++)
    {
      assert_filled (confusion->counts[twin], 9 * sizeof (guint32), 1 + twin);
      assert_filled (confusion->mistakes[twin], 5 * sizeof (FxpMistake), 3 + twin);
    }
  fxp_picture_unref (confusion);
}

static void
test_filters (void)
{
  FxpFilters *filters = fxp_filters_new (&FXP_SHAPE_4 (4, 3, 2, 5), TRUE);

  g_assert_cmpuint (filters->n, ==, 4);
  g_assert_cmpuint (filters->channels, ==, 3);
  g_assert_cmpuint (filters->height, ==, 2);
  g_assert_cmpuint (filters->width, ==, 5);
  fill (filters->values[0], 120 * sizeof (float), 1);
  fill (filters->values[1], 120 * sizeof (float), 2);
  assert_filled (filters->values[0], 120 * sizeof (float), 1);
  fxp_picture_unref (filters);
}

static void
test_activations (void)
{
  const FxpShape shapes[] = {FXP_SHAPE_3 (1, 3, 3), FXP_SHAPE_1 (5)};
  FxpActivations *activations = fxp_activations_new (shapes, 2, TRUE);

  g_assert_cmpuint (activations->n_layers, ==, 2);
  g_assert_true (fxp_shape_equal (&activations->shapes[1], &shapes[1]));
  g_assert_cmpuint (activations->first[0], ==, 0);
  g_assert_cmpuint (activations->first[1], ==, 9);
  fill (activations->values[0], 14 * sizeof (float), 1);
  fill (activations->values[1], 14 * sizeof (float), 2);
  assert_filled (activations->values[0], 14 * sizeof (float), 1);
  g_assert_cmpuint (activations->first[1], ==, 9);
  fxp_picture_unref (activations);
}

static void
test_references (void)
{
  FxpSheet *sheet = fxp_sheet_new (1, FALSE);

  g_assert_true (fxp_picture_ref (sheet) == sheet);
  fxp_picture_unref (sheet);
  g_assert_cmpuint (sheet->n, ==, 1);
  fxp_picture_unref (sheet);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/pictures/field", test_field);
  g_test_add_func ("/training/pictures/sheet", test_sheet);
  g_test_add_func ("/training/pictures/confusion", test_confusion);
  g_test_add_func ("/training/pictures/filters", test_filters);
  g_test_add_func ("/training/pictures/activations", test_activations);
  g_test_add_func ("/training/pictures/references", test_references);

  return g_test_run ();
}
