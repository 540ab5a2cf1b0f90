/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset.h"
#include "number/error.h"

#include <math.h>
#include <string.h>

typedef struct
{
  gsize n;
  double *inputs;
  guint16 *labels;
} Split;

static Split
gather_all (FxpDataset *dataset, FxpSplit split)
{
  gsize n = fxp_dataset_get_n (dataset, split);
  g_autofree guint32 *rows = g_new (guint32, n);
  Split all = {n, g_new (double, 2 * n), g_new (guint16, n)};

  for (gsize i = 0; i < n; i++)
    rows[i] = (guint32)i;
  fxp_dataset_gather (dataset, split, rows, n, all.inputs, all.labels);
  return all;
}

static void
clear_split (Split *self)
{
  g_free (self->inputs);
  g_free (self->labels);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Split, clear_split)

static FxpDataset *
load (const char *name, guint n, double noise, double share, guint64 seed)
{
  FxpDatasetSource source = {.name = name,
                             .n_samples = n,
                             .noise = noise,
                             .test_share = share,
                             .seed = seed};
  g_autoptr (GError) error = NULL;
  FxpDataset *dataset = fxp_dataset_load (&source, NULL, &error);

  g_assert_no_error (error);
  return dataset;
}

static const char *const names[] = {"circle", "xor", "gauss", "spiral"};

static void
test_shape (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (FxpDataset) dataset = load (names[i], 500, 0, 0.3, 1);
      double min = 0;
      double max = 0;

      g_assert_cmpstr (fxp_dataset_get_name (dataset), ==, names[i]);
      g_assert_cmpuint (fxp_dataset_get_shape (dataset)->rank, ==, 1);
      g_assert_cmpuint (fxp_dataset_get_shape (dataset)->dim[0], ==, 2);
      g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN), ==, 350);
      g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TEST), ==, 150);
      g_assert_cmpuint (fxp_dataset_get_n_classes (dataset), ==, 2);
      g_assert_cmpstr (fxp_dataset_get_class_name (dataset, 0), ==, "A");
      g_assert_cmpstr (fxp_dataset_get_class_name (dataset, 1), ==, "B");
      g_assert_false (fxp_dataset_is_image (dataset));
      g_assert_true (fxp_dataset_get_plane (dataset, &min, &max));
      g_assert_cmpfloat (min, ==, -6);
      g_assert_cmpfloat (max, ==, 6);
    }
}

/* What the formulas say of clean points; the bounds leave room for float32. */
static gboolean
fits (const char *name, double x, double y, guint label)
{
  double r = hypot (x, y);

  if (strcmp (name, "circle") == 0)
    return label == 1 ? r <= 2.5 + 1e-6 : r >= 3.5 - 1e-6 && r <= 5 + 1e-6;
  if (strcmp (name, "xor") == 0)
    return fabs (x) >= 0.3 - 1e-6 && fabs (x) <= 5.3 + 1e-6 && fabs (y) >= 0.3 - 1e-6 &&
           fabs (y) <= 5.3 + 1e-6 && (x * y >= 0) == (label == 1);
  if (strcmp (name, "spiral") == 0)
    {
      double angle = 1.75 * (r / 5) * 2 * G_PI + (label == 1 ? 0 : G_PI);

      return fabs (r * sin (angle) - x) < 1e-4 && fabs (r * cos (angle) - y) < 1e-4;
    }
  return fabs (x) < 7 && fabs (y) < 7;
}

static void
test_formulas (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (FxpDataset) dataset = load (names[i], 1001, 0, 0.5, 7);
      gsize n_positive = 0;

      for (FxpSplit split = 0; split < FXP_N_SPLITS; split++)
        {
          g_auto (Split) all = gather_all (dataset, split);

          for (gsize j = 0; j < all.n; j++)
            {
              g_assert_cmpuint (all.labels[j], <, 2);
              n_positive += all.labels[j];
              g_assert_true (
                fits (names[i], all.inputs[2 * j], all.inputs[2 * j + 1], all.labels[j]));
            }
        }
      g_assert_cmpuint (n_positive, >, 400);
      g_assert_cmpuint (n_positive, <, 600);
    }
}

/* Noise moves labels of circle and xor but not their points. */
static void
test_noise (void)
{
  for (gsize i = 0; i < 2; i++)
    {
      g_autoptr (FxpDataset) dataset = load (names[i], 1000, 50, 0.5, 7);
      g_auto (Split) all = gather_all (dataset, FXP_SPLIT_TRAIN);
      gsize n_moved = 0;

      for (gsize j = 0; j < all.n; j++)
        {
          double x = all.inputs[2 * j];
          double y = all.inputs[2 * j + 1];
          gboolean is_clean = fits (names[i], x, y, all.labels[j]);

          g_assert_true (is_clean || fits (names[i], x, y, 1 - all.labels[j]));
          n_moved += is_clean ? 0 : 1;
        }
      g_assert_cmpuint (n_moved, >, 20);
      g_assert_cmpuint (n_moved, <, 250);
    }
}

static void
test_gauss_moments (void)
{
  g_autoptr (FxpDataset) dataset = load ("gauss", 20000, 10, 0.5, 3);
  g_auto (Split) all = gather_all (dataset, FXP_SPLIT_TRAIN);
  double sums[2] = {0, 0};
  double squares[2] = {0, 0};
  gsize counts[2] = {0, 0};

  for (gsize i = 0; i < all.n; i++)
    {
      guint label = all.labels[i];

      sums[label] += all.inputs[2 * i];
      squares[label] += all.inputs[2 * i + 1] * all.inputs[2 * i + 1];
      counts[label]++;
    }
  for (guint label = 0; label < 2; label++)
    {
      double n = (double)counts[label];

      /* Five standard errors. */
      g_assert_cmpfloat_with_epsilon (sums[label] / n, label == 1 ? 2 : -2, 0.08);
      g_assert_cmpfloat_with_epsilon (squares[label] / n - 4, 0.5 + 0.7, 0.4);
    }
}

static gboolean
is_same (FxpDataset *a, FxpDataset *b)
{
  for (FxpSplit split = 0; split <= FXP_SPLIT_TEST; split++)
    {
      g_auto (Split) first = gather_all (a, split);
      g_auto (Split) second = gather_all (b, split);

      if (first.n != second.n ||
          memcmp (first.inputs, second.inputs, first.n * 2 * sizeof (double)) != 0 ||
          memcmp (first.labels, second.labels, first.n * sizeof (guint16)) != 0)
        return FALSE;
    }
  return TRUE;
}

static void
test_seed (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (FxpDataset) first = load (names[i], 300, 20, 0.5, 11);
      g_autoptr (FxpDataset) again = load (names[i], 300, 20, 0.5, 11);
      g_autoptr (FxpDataset) other = load (names[i], 300, 20, 0.5, 12);

      g_assert_true (is_same (first, again));
      g_assert_false (is_same (first, other));
    }
}

/* The bits are the same on every machine, so their checksums stand here. */
static void
test_golden (void)
{
  static const char *const sums[] = {"833645b6c3d239c528e95e67ae3f72ed",
                                     "c3de1391cb4289957635717ad4b1156b",
                                     "6ededde38b9c6694f2d0d92eb932abd1",
                                     "5ead6c1534b2c078c12f824104166eca"};

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (FxpDataset) dataset = load (names[i], 500, 25, 0.5, 42);
      g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);

      for (FxpSplit split = 0; split < FXP_N_SPLITS; split++)
        {
          g_auto (Split) all = gather_all (dataset, split);

          for (gsize j = 0; j < 2 * all.n; j++)
            {
              char text[G_ASCII_DTOSTR_BUF_SIZE + 1];

              g_ascii_dtostr (text, sizeof text, all.inputs[j]);
              g_checksum_update (checksum, (const guchar *)text, -1);
            }
          for (gsize j = 0; j < all.n; j++)
            g_checksum_update (checksum, (const guchar *)(all.labels[j] ? "1" : "0"), 1);
        }
      g_assert_cmpstr (g_checksum_get_string (checksum), ==, sums[i]);
    }
}

static void
test_range (void)
{
  static const struct
  {
    guint n;
    double noise;
    double share;
    const char *key;
  } cases[] = {
    {9, 0, 0.5, "dataset.samples: 9 "},
    {1000001, 0, 0.5, "dataset.samples: 1000001 "},
    {500, -1, 0.5, "dataset.noise: -1 "},
    {500, 50.5, 0.5, "dataset.noise: 50.5 "},
    {500, NAN, 0.5, "dataset.noise: "},
    {500, 0, 0.04, "dataset.test-share: 0.04 "},
    {500, 0, 1, "dataset.test-share: 1 "},
    {500, 0, NAN, "dataset.test-share: "},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FxpDatasetSource source = {.name = "circle",
                                 .n_samples = cases[i].n,
                                 .noise = cases[i].noise,
                                 .test_share = cases[i].share};
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_dataset_load (&source, NULL, &error));
      g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
      g_assert_true (g_str_has_prefix (error->message, cases[i].key));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/synthetic/shape", test_shape);
  g_test_add_func ("/dataset/synthetic/formulas", test_formulas);
  g_test_add_func ("/dataset/synthetic/noise", test_noise);
  g_test_add_func ("/dataset/synthetic/gauss-moments", test_gauss_moments);
  g_test_add_func ("/dataset/synthetic/seed", test_seed);
  g_test_add_func ("/dataset/synthetic/golden", test_golden);
  g_test_add_func ("/dataset/synthetic/range", test_range);
  return g_test_run ();
}
