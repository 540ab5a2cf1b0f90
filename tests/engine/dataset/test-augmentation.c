/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cifar-file.h"
#include "dataset/augmentation-private.h"
#include "dataset/batches-private.h"
#include "dataset/dataset-private.h"

#define N_ROWS 20000

/* Against the definition: the pixel of the padded image, mirrored or not. */
static void
test_apply (void)
{
  const FxpShape shape = FXP_SHAPE_3 (2, 5, 7);
  const double blacks[] = {-1.5, -2.5};
  double from[70];

  for (guint i = 0; i < 70; i++)
    from[i] = i + 1;
  for (guint crop = 0; crop <= 9; crop++)
    for (guint dy = 0; dy <= 2 * crop; dy++)
      for (guint dx = 0; dx <= 2 * crop; dx++)
        for (guint flip = 0; flip < 2; flip++)
          {
            FxpAugmentation augmentation = {TRUE, crop};
            FxpAugmentationDraw draw = {flip == 1, dy, dx};
            double to[70];

            fxp_augmentation_apply (&augmentation, &draw, &shape, blacks, from, to);
            for (int channel = 0; channel < 2; channel++)
              for (int y = 0; y < 5; y++)
                for (int x = 0; x < 7; x++)
                  {
                    int source_y = y + (int)dy - (int)crop;
                    int source_x = (flip == 1 ? 6 - x : x) + (int)dx - (int)crop;
                    gboolean is_inside =
                      source_y >= 0 && source_y < 5 && source_x >= 0 && source_x < 7;

                    g_assert_cmpfloat (to[channel * 35 + y * 7 + x],
                                       ==,
                                       is_inside ? from[channel * 35 + source_y * 7 + source_x]
                                                 : blacks[channel]);
                  }
          }
}

/* Each offset and each side come about equally often, and independently of each other. */
static void
test_draws (void)
{
  const FxpAugmentation augmentation = {TRUE, 4};
  FxpNoise noise = fxp_noise_new (1, 2, 0, 0, FXP_STREAM_AUGMENT);
  guint counts[2][9][9] = {0};

  for (guint32 row = 0; row < N_ROWS; row++)
    {
      FxpAugmentationDraw draw = fxp_augmentation_draw (&augmentation, noise, row);
      FxpAugmentationDraw again = fxp_augmentation_draw (&augmentation, noise, row);

      g_assert_true (draw.dy <= 8 && draw.dx <= 8);
      g_assert_true (draw.is_flipped == again.is_flipped && draw.dy == again.dy &&
                     draw.dx == again.dx);
      counts[draw.is_flipped ? 1 : 0][draw.dy][draw.dx]++;
    }
  for (guint i = 0; i < 2 * 81; i++)
    {
      double expected = N_ROWS / 162.0;
      guint n = (&counts[0][0][0])[i];

      /* Six deviations of a Poisson count. */
      g_assert_cmpfloat (n, >, expected - 6 * 11.2);
      g_assert_cmpfloat (n, <, expected + 6 * 11.2);
    }
}

static void
test_none (void)
{
  FxpNoise noise = fxp_noise_new (1, 2, 0, 0, FXP_STREAM_AUGMENT);

  for (guint32 row = 0; row < 100; row++)
    {
      FxpAugmentationDraw draw = fxp_augmentation_draw (&(FxpAugmentation){FALSE, 0}, noise, row);

      g_assert_false (draw.is_flipped);
      g_assert_cmpuint (draw.dy, ==, 0);
      g_assert_cmpuint (draw.dx, ==, 0);
    }
}

static FxpDataset *
load_images (gboolean normalize)
{
  char *folder = scratch_folder_new ();
  g_autofree char *path = scratch_folder_take (folder, "some.bin", make_records (0, 160, 1));
  FxpDatasetSource source = {.path = path, .test_share = 0.2, .seed = 1, .normalize = normalize};
  FxpDataset *dataset = fxp_dataset_load (&source, NULL, NULL);

  g_assert_nonnull (dataset);
  scratch_folder_remove (folder);
  return dataset;
}

/* The inputs of one epoch, sample after sample. */
static GArray *
read_epoch (FxpDataset *dataset, FxpAugmentation augmentation, guint64 epoch, guint batch)
{
  g_autoptr (FxpBatches) batches = fxp_batches_new (dataset, 9, augmentation);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (double));
  FxpCursor cursor = {epoch, 0};

  while (cursor.epoch == epoch)
    {
      const double *inputs = NULL;
      const guint16 *labels = NULL;
      gsize n = fxp_batches_next (batches, &cursor, batch, &inputs, &labels);

      g_array_append_vals (all, inputs, (guint)(n * dataset->n_features));
    }
  return all;
}

static gboolean
is_same (const GArray *a, const GArray *b)
{
  return a->len == b->len && memcmp (a->data, b->data, a->len * sizeof (double)) == 0;
}

/* A set of 128 images is read from its bytes, the digits' doubles are kept. */
static void
test_batches (void)
{
  const FxpAugmentation augmentation = {TRUE, 4};

  for (guint i = 0; i < 2; i++)
    {
      FxpDatasetSource source = {.name = "digits"};
      g_autoptr (FxpDataset) dataset =
        i == 0 ? load_images (FALSE) : fxp_dataset_load (&source, NULL, NULL);
      g_autoptr (GArray) plain = read_epoch (dataset, (FxpAugmentation){0}, 3, 16);
      g_autoptr (GArray) first = read_epoch (dataset, augmentation, 3, 16);
      g_autoptr (GArray) again = read_epoch (dataset, augmentation, 3, 7);
      g_autoptr (GArray) single = read_epoch (dataset, augmentation, 3, 1);
      g_autoptr (GArray) next = read_epoch (dataset, augmentation, 4, 16);

      g_assert_true (is_same (first, again));
      g_assert_true (is_same (first, single));
      g_assert_false (is_same (first, plain));
      g_assert_false (is_same (first, next));
    }
}

/* Around a normalized image is what black became. */
static void
test_padding (void)
{
  g_autoptr (FxpDataset) dataset = load_images (TRUE);
  g_autoptr (GArray) all = read_epoch (dataset, (FxpAugmentation){FALSE, 32}, 0, 8);
  gsize n_black[3] = {0};

  for (gsize i = 0; i < all->len; i++)
    {
      gsize channel = i / 1024 % 3;

      n_black[channel] +=
        g_array_index (all, double, i) ==
        -dataset->normalization->means[channel] / dataset->normalization->deviations[channel];
    }
  /* Shifts of up to a whole side leave a quarter of the picture on average. */
  for (guint channel = 0; channel < 3; channel++)
    {
      g_assert_cmpuint (n_black[channel], >, all->len / 3 * 6 / 10);
      g_assert_cmpuint (n_black[channel], <, all->len / 3 * 9 / 10);
    }
}

/* Points have no sides to change. */
static void
test_points (void)
{
  FxpDatasetSource source = {.name = "spiral", .n_samples = 100, .test_share = 0.5};
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, NULL);
  g_autoptr (GArray) plain = read_epoch (dataset, (FxpAugmentation){0}, 3, 16);
  g_autoptr (GArray) augmented = read_epoch (dataset, (FxpAugmentation){TRUE, 4}, 3, 16);

  g_assert_true (is_same (plain, augmented));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/augmentation/apply", test_apply);
  g_test_add_func ("/dataset/augmentation/draws", test_draws);
  g_test_add_func ("/dataset/augmentation/none", test_none);
  g_test_add_func ("/dataset/augmentation/batches", test_batches);
  g_test_add_func ("/dataset/augmentation/padding", test_padding);
  g_test_add_func ("/dataset/augmentation/points", test_points);
  return g_test_run ();
}
