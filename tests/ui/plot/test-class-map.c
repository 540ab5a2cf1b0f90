/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/class-map.h"

#include <math.h>
#include <string.h>

#define SIZE 16

/* Class 0 on the left half, 1 on the right; the twin's border lies two cells farther right. */
typedef struct
{
  guint8 classes[2][SIZE * SIZE];
  float confidence[SIZE * SIZE];
  FxpField field;
} Halves;

static void
halves_init (Halves *self)
{
  for (int i = 0; i < SIZE * SIZE; i++)
    {
      self->classes[0][i] = i % SIZE >= SIZE / 2;
      self->classes[1][i] = i % SIZE >= SIZE / 2 + 2;
      self->confidence[i] = 1.0f;
    }
  self->field = (FxpField){SIZE,
                           -1.0,
                           1.0,
                           {self->classes[0], self->classes[1]},
                           {self->confidence, self->confidence}};
}

static cairo_surface_t *
draw (FxuClassMap *map, int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);

  fxu_class_map_draw (map, cr, width, height, fxu_palette_get (FALSE, FALSE));
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static void
get_pixel (cairo_surface_t *surface, int x, int y, int rgb[3])
{
  const guint8 *row =
    cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface);
  guint32 pixel;

  memcpy (&pixel, row + 4 * x, sizeof pixel);
  rgb[0] = (pixel >> 16) & 0xff;
  rgb[1] = (pixel >> 8) & 0xff;
  rgb[2] = pixel & 0xff;
}

static void
test_classes_have_their_colours (void)
{
  g_autoptr (FxuClassMap) map = fxu_class_map_new (FXU_MAP_FIXED);
  Halves halves;
  cairo_surface_t *surface;
  int left[3], right[3];

  halves_init (&halves);
  fxu_class_map_set_field (map, &halves.field);
  surface = draw (map, 200, 220);
  get_pixel (surface, 50, 110, left);
  get_pixel (surface, 150, 110, right);
  /* Blue and orange. */
  g_assert_cmpint (left[2], >, left[0] + 60);
  g_assert_cmpint (right[0], >, right[2] + 60);
  cairo_surface_destroy (surface);
}

static void
test_doubt_is_pale (void)
{
  g_autoptr (FxuClassMap) map = fxu_class_map_new (FXU_MAP_FIXED);
  Halves halves;
  int sure[3], unsure[3];
  cairo_surface_t *surface;

  halves_init (&halves);
  fxu_class_map_set_field (map, &halves.field);
  surface = draw (map, 200, 220);
  get_pixel (surface, 50, 110, sure);
  cairo_surface_destroy (surface);
  for (int i = 0; i < SIZE * SIZE; i++)
    halves.confidence[i] = i % 2 == 0 ? 0.5f : NAN;
  fxu_class_map_set_field (map, &halves.field);
  surface = draw (map, 200, 220);
  get_pixel (surface, 50, 110, unsure);
  cairo_surface_destroy (surface);
  g_assert_cmpint (unsure[0], >, sure[0] + 50);
}

static void
test_disagreement (void)
{
  g_autoptr (FxuClassMap) map = fxu_class_map_new (FXU_MAP_DIFFERENCE);
  g_autofree char *text = NULL;
  Halves halves;
  cairo_surface_t *surface;
  guint n_red[2] = {0, 0};

  g_assert_true (isnan (fxu_class_map_get_disagreement (map)));
  halves_init (&halves);
  fxu_class_map_set_field (map, &halves.field);
  g_assert_cmpfloat (fxu_class_map_get_disagreement (map), ==, 2.0 / SIZE);
  text = fxu_class_map_describe (map);
  g_assert_cmpstr (text, ==, "Decision map of 2 classes; the twins differ on 12.5 % of the plane");
  surface = draw (map, 200, 220);
  for (int x = 0; x < 200; x++)
    {
      int rgb[3];

      get_pixel (surface, x, 110, rgb);
      n_red[x >= 100 && x < 124] += rgb[0] > rgb[1] + 60 && rgb[0] > rgb[2] + 60;
    }
  g_assert_cmpuint (n_red[1], >=, 18);
  g_assert_cmpuint (n_red[0], ==, 0);
  cairo_surface_destroy (surface);
}

static void
test_without_twin (void)
{
  for (FxuMapKind kind = FXU_MAP_FIXED; kind <= FXU_MAP_DIFFERENCE; kind++)
    {
      g_autoptr (FxuClassMap) map = fxu_class_map_new (kind);
      g_autofree char *text = NULL;
      Halves halves;

      halves_init (&halves);
      halves.field.classes[1] = NULL;
      halves.field.confidence[1] = NULL;
      fxu_class_map_set_field (map, &halves.field);
      g_assert_true (isnan (fxu_class_map_get_disagreement (map)));
      text = fxu_class_map_describe (map);
      g_assert_cmpstr (text,
                       ==,
                       kind == FXU_MAP_FIXED ? "Decision map of 2 classes" : "No float twin");
      cairo_surface_destroy (draw (map, 200, 220));
    }
}

/* Points, tiny sizes, another field over the same points, and clearing in either order. */
static void
test_points_and_sizes (void)
{
  static const int sizes[][2] = {{1, 1}, {3, 200}, {200, 3}, {60, 60}, {120, 90}, {400, 400}};
  FxpDatasetSource source = {.name = "spiral", .n_samples = 2000, .test_share = 0.5, .seed = 1};
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, NULL);

  for (FxuMapKind kind = FXU_MAP_FIXED; kind <= FXU_MAP_DIFFERENCE; kind++)
    {
      g_autoptr (FxuClassMap) map = fxu_class_map_new (kind);
      Halves halves;

      halves_init (&halves);
      fxu_class_map_set_dataset (map, dataset);
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          fxu_class_map_set_device_scale (map, 1.0 + i % 2);
          cairo_surface_destroy (draw (map, sizes[i][0], sizes[i][1]));
          fxu_class_map_set_field (map, i % 2 == 0 ? &halves.field : NULL);
          cairo_surface_destroy (draw (map, sizes[i][0], sizes[i][1]));
        }
      fxu_class_map_set_dataset (map, NULL);
      cairo_surface_destroy (draw (map, 120, 120));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/class-map/classes-have-their-colours", test_classes_have_their_colours);
  g_test_add_func ("/plot/class-map/doubt-is-pale", test_doubt_is_pale);
  g_test_add_func ("/plot/class-map/disagreement", test_disagreement);
  g_test_add_func ("/plot/class-map/without-twin", test_without_twin);
  g_test_add_func ("/plot/class-map/points-and-sizes", test_points_and_sizes);
  return g_test_run ();
}
