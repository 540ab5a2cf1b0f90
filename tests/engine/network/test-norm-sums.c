/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "lone-layer.h"
#include "norm-reference.h"

#include "network/norm-sums-private.h"

/* Sums in integers have the bits of those in the contract's order. */

#define N_SAMPLES 3

static const gsize channel_counts[] = {1, 3, 16, 20, 33};
static const gsize pixel_counts[] = {1, 7, 64, 1030};
static const char *const formats[] = {"Q3.4", "UQ4.4", "Q2.9", "Q4.11", "UQ5.11", "Q7.16", "float"};

/* Images that are not held by a layer, of the worst words or of any. */
typedef struct
{
  FxpScratch *scratch;
  FxpPass pass;
  FxpNormImages images;
  FxpTensor *a, *b;
} Images;

static FxpTensor *
make_tensor (const Images *self, const char *format, guint key)
{
  const FxpShape shape = FXP_SHAPE_3 (N_SAMPLES, self->images.n_channels, self->images.n_pixels);
  g_autoptr (GError) error = NULL;
  FxpTensor *tensor;
  FxpFormat parsed;

  fxp_format_parse (format, &parsed, &error);
  g_assert_no_error (error);
  tensor = fxp_tensor_new (&shape, parsed);
  lone_layer_fill (tensor, key);
  return tensor;
}

static void
set_extreme (FxpTensor *tensor)
{
  const FxpQuantizer quantizer = {tensor->format, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  FxpQuantizeCounts counts = {0};
  double value = tensor->format.is_signed ? -1e30 : 1e30;

  for (gsize i = 0; i < tensor->n; i++)
    fxp_quantizer_apply (&quantizer, NULL, &value, fxp_tensor_at (tensor, i), i, 1, &counts, NULL);
}

static double
sum_in_order (const Images *self, gsize channel, const double *a, const double *b)
{
  OrderedSum sum = {.in_lanes = TRUE};

  for (gsize sample = 0; sample < N_SAMPLES; sample++)
    {
      for (gsize pixel = 0; pixel < self->images.n_pixels; pixel++)
        {
          gsize i = (sample * self->images.n_pixels + pixel) * self->images.n_channels + channel;

          ordered_sum_add (&sum, b == NULL ? a[i] : a[i] * b[i]);
        }
      ordered_sum_end_image (&sum);
    }
  return sum.total;
}

static void
check_codes (const Images *self)
{
  const gsize n_channels = self->images.n_channels;
  g_autofree double *a = lone_layer_dup_values (self->a), *b = lone_layer_dup_values (self->b);
  g_autofree double *totals = g_new (double, n_channels), *products = g_new (double, n_channels);

  fxp_norm_images_sum_codes (&self->images, self->a, self->b, totals, products);
  for (gsize channel = 0; channel < n_channels; channel++)
    {
      double total = sum_in_order (self, channel, a, NULL);
      double product = sum_in_order (self, channel, a, b);

      g_assert_cmpmem (&totals[channel], sizeof (double), &total, sizeof (double));
      g_assert_cmpmem (&products[channel], sizeof (double), &product, sizeof (double));
    }
}

static void
images_init (Images *self, gsize n_channels, gsize n_pixels)
{
  self->scratch = fxp_scratch_new ();
  self->pass = (FxpPass){.n = N_SAMPLES, .scratch = self->scratch};
  self->images = (FxpNormImages){&self->pass, n_channels, n_pixels};
}

static void
test_codes (void)
{
  for (guint unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
    for (guint i = 0; i < G_N_ELEMENTS (channel_counts) * G_N_ELEMENTS (pixel_counts); i++)
      for (guint j = 0; j < G_N_ELEMENTS (formats) * G_N_ELEMENTS (formats); j++)
        {
          Images self;

          fxp_vector_unit_limit (unit);
          images_init (&self,
                       channel_counts[i / G_N_ELEMENTS (pixel_counts)],
                       pixel_counts[i % G_N_ELEMENTS (pixel_counts)]);
          self.a = make_tensor (&self, formats[j / G_N_ELEMENTS (formats)], 1);
          self.b = make_tensor (&self, formats[j % G_N_ELEMENTS (formats)], 2);
          check_codes (&self);
          if (!fxp_format_is_float (self.a->format) && !fxp_format_is_float (self.b->format))
            {
              set_extreme (self.a);
              set_extreme (self.b);
              check_codes (&self);
            }
          fxp_tensor_free (self.a);
          fxp_tensor_free (self.b);
          fxp_scratch_free (self.scratch);
        }
}

/* Where sums may leave 53 bits, or products 31, they are formed in real values. */
static void
test_limits (void)
{
  const FxpFormat wide = FXP_FORMAT_SIGNED (16, 8), narrow = FXP_FORMAT_SIGNED (12, 0);
  const FxpFormat bare = {16, 3, FALSE};

  g_assert_cmpuint (fxp_norm_images_count_short (wide, wide, 1 << 23), ==, 1);
  g_assert_cmpuint (fxp_norm_images_count_short (wide, wide, (1 << 23) + 1), ==, 0);
  g_assert_cmpuint (fxp_norm_images_count_short (narrow, narrow, 1 << 20), ==, 511);
  g_assert_cmpuint (fxp_norm_images_count_short (bare, bare, 1), ==, 0);
  g_assert_cmpuint (fxp_norm_images_count_short (bare, FXP_FORMAT_SIGNED (8, 0), 1), ==, 256);
  g_assert_cmpuint (fxp_norm_images_count_short (FXP_FORMAT_SIGNED (17, 0), narrow, 1), ==, 0);
  g_assert_cmpuint (fxp_norm_images_count_short (FXP_FORMAT_FLOAT, narrow, 1), ==, 0);
}

/* An edge that holds sums gives the bits of the one that holds their values. */
static void
test_edge (void)
{
  for (guint unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
    for (guint i = 0; i < G_N_ELEMENTS (channel_counts) * G_N_ELEMENTS (pixel_counts); i++)
      {
        const gsize n_channels = channel_counts[i / G_N_ELEMENTS (pixel_counts)];
        const gsize n_pixels = pixel_counts[i % G_N_ELEMENTS (pixel_counts)];
        const gsize n = N_SAMPLES * n_channels * n_pixels;
        const FxpNoise noise = fxp_noise_new (i, 0, 0, 0, FXP_STREAM_SYNTHETIC);
        g_autofree gint32 *sums = g_new (gint32, n);
        g_autofree double *reals = g_new (double, n);
        g_autofree double *totals = g_new (double, 4 * n_channels);
        double *means = totals + 2 * n_channels, *squares = means + n_channels;
        FxpEdge edges[2] = {{.reals = reals}, {.sums = sums, .sum_step = 0x1p-17}};
        Images self;

        fxp_vector_unit_limit (unit);
        images_init (&self, n_channels, n_pixels);
        for (gsize j = 0; j < n; j++)
          {
            sums[j] =
              j % 13 == 5 ? G_MININT32 : (gint32)fxp_noise_draw (noise, (guint32)j) >> j % 19;
            reals[j] = sums[j] * 0x1p-17;
          }
        for (guint j = 0; j < 2; j++)
          fxp_norm_images_sum (&self.images, &edges[j], totals + j * n_channels);
        g_assert_cmpmem (totals,
                         n_channels * sizeof (double),
                         totals + n_channels,
                         n_channels * sizeof (double));
        for (gsize channel = 0; channel < n_channels; channel++)
          {
            g_assert_cmpfloat (totals[channel], ==, sum_in_order (&self, channel, reals, NULL));
            means[channel] = totals[channel] / (double)(N_SAMPLES * n_pixels);
          }
        fxp_norm_images_sum_squares (&self.images, &edges[0], means, totals);
        fxp_norm_images_sum_squares (&self.images, &edges[1], means, squares);
        g_assert_cmpmem (totals,
                         n_channels * sizeof (double),
                         squares,
                         n_channels * sizeof (double));
        fxp_scratch_free (self.scratch);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/norm-sums/codes", test_codes);
  g_test_add_func ("/network/norm-sums/limits", test_limits);
  g_test_add_func ("/network/norm-sums/edge", test_edge);
  return g_test_run ();
}
