/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/window-gradient-private.h"
#include "window-operands.h"

/* One value of each list at a time.  The lists are walked at different paces, so that most pairs
 * meet in the course of the cases. */
static const gsize sizes[] = {7, 1, 8, 2, 5, 10, 3, 6};
static const gsize kernels[] = {3, 1, 5, 2, 4};
static const gsize strides[] = {1, 2, 3, 4};
static const gsize paddings[] = {0, 1, 2, 3, 4, 5};
static const gsize channel_counts[] = {3, 1, 16, 2, 8, 5, 33, 17, 20};
static const gsize filter_counts[] = {10, 1, 33, 3, 16, 20, 50};
static const gsize image_counts[] = {3, 1, 5, 2, 4};
static const gsize groups[] = {2, 1, 3, 5};

#define N_CASES 150

typedef struct
{
  FxpWindow window;
  gsize n_filters, n_images;
  const Operands *operands;
  FxpWindowGradient gradient;
  guint8 *input;     /* channels-last */
  guint8 *gradients; /* of the output, filters last */
} Fixture;

/* Of all images, places row by row; zeros outside. */
static NaiveSum
sum_naively (const Fixture *self, gsize filter, gsize channel, gsize ky, gsize kx)
{
  const FxpWindow *window = &self->window;
  const gsize out_height = fxp_window_get_out_height (window);
  const gsize out_width = fxp_window_get_out_width (window);
  NaiveSum sum = {self->operands->a, self->operands->b, 0, 0.0f};

  for (gsize place = 0; place < self->n_images * out_height * out_width; place++)
    {
      const gsize image = place / (out_height * out_width);
      const gsize y = place / out_width % out_height * window->stride + ky;
      const gsize x = place % out_width * window->stride + kx;

      if (y < window->padding || y - window->padding >= window->height || x < window->padding ||
          x - window->padding >= window->width)
        continue;
      naive_sum_add (&sum,
                     self->input,
                     ((image * window->height + y - window->padding) * window->width + x -
                      window->padding) *
                         window->channels +
                       channel,
                     self->gradients,
                     place * self->n_filters + filter);
    }
  return sum;
}

static gsize
get_code_size (FxpFormat format)
{
  return fxp_storage_get_size (fxp_format_get_storage (format));
}

/* Sums of row @ky of the kernel and @n_channels channels from @channel on, group by group. */
static guint8 *
form (const Fixture *self, gsize channel, gsize n_channels, gsize ky)
{
  const FxpWindowGradient *gradient = &self->gradient;
  const FxpWindow *window = &self->window;
  const gsize image_bytes =
    window->height * window->width * window->channels * get_code_size (self->operands->a);
  const gsize gradient_bytes =
    gradient->height * gradient->width * self->n_filters * get_code_size (self->operands->b);
  const gsize frame_bytes = fxp_window_gradient_get_frame_bytes (gradient, n_channels);
  const gsize n_sums = window->kernel * n_channels * gradient->row_length;
  guint8 *sums = g_malloc0 (n_sums * fxp_summation_get_size (&gradient->summation));
  g_autofree guint8 *frames = g_malloc (gradient->group * frame_bytes);
  g_autofree guint8 *packed = g_malloc (fxp_window_gradient_get_packed_bytes (gradient));
  g_autofree gsize *offsets = g_new (gsize, fxp_window_gradient_get_n_blocks (gradient));
  gboolean is_whole;

  for (gsize first = 0; first < self->n_images; first += gradient->group)
    {
      const gsize n = MIN (self->n_images - first, gradient->group);

      for (gsize i = 0; i < n; i++)
        fxp_frame_fill (&gradient->frame,
                        self->input + (first + i) * image_bytes,
                        channel,
                        n_channels,
                        frames + i * frame_bytes);
      is_whole =
        fxp_window_gradient_pack (gradient, self->gradients + first * gradient_bytes, n, packed);
      if (self->operands->b_codes == CODES_SMALL)
        g_assert_true (is_whole);
      fxp_window_gradient_add (gradient,
                               frames,
                               n_channels,
                               packed,
                               is_whole,
                               n,
                               ky,
                               offsets,
                               sums);
    }
  return sums;
}

static void
check_channels (const Fixture *self, gsize channel, gsize n_channels)
{
  const gsize kernel = self->window.kernel;

  for (gsize ky = 0; ky < kernel; ky++)
    {
      g_autofree guint8 *sums = form (self, channel, n_channels, ky);

      for (gsize i = 0; i < kernel * n_channels * self->n_filters; i++)
        {
          const gsize row = i / self->n_filters, filter = i % self->n_filters;
          NaiveSum sum =
            sum_naively (self, filter, channel + row % n_channels, ky, row / n_channels);

          naive_sum_assert (&sum,
                            fxp_summation_get_size (&self->gradient.summation),
                            sums,
                            row * self->gradient.row_length + filter);
        }
    }
}

/* All channels in two parts, or in one where there is only one. */
static void
check (Fixture *self, gsize group, guint key)
{
  const FxpWindow *window = &self->window;
  const Operands *of = self->operands;
  const gsize n_places = fxp_window_get_out_height (window) * fxp_window_get_out_width (window);
  const gsize n_first = window->channels / 3;
  g_autofree gpointer input =
    code_array_new (of->a,
                    self->n_images * window->height * window->width * window->channels,
                    of->a_codes,
                    key);
  g_autofree gpointer gradients =
    code_array_new (of->b, self->n_images * n_places * self->n_filters, of->b_codes, key + N_CASES);

  self->input = input;
  self->gradients = gradients;
  g_assert_true (fxp_window_gradient_init (&self->gradient,
                                           window,
                                           self->n_filters,
                                           of->a,
                                           of->b,
                                           self->n_images,
                                           &of->sum));
  fxp_window_gradient_group (&self->gradient, window->channels, self->n_images);
  /* Images as small as these are all near. */
  g_assert_cmpuint (self->gradient.group, ==, self->n_images);
  self->gradient.group = MIN (group, self->n_images);
  if (n_first > 0)
    check_channels (self, 0, n_first);
  check_channels (self, n_first, window->channels - n_first);
}

#define PICK(list, i) list[(i) % G_N_ELEMENTS (list)]

/* @data: the vector unit. */
static void
test_naive (gconstpointer data)
{
  guint n_checked = 0;

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  for (guint i = 0; i < N_CASES; i++)
    {
      Fixture fixture = {
        .window =
          {
            .channels = PICK (channel_counts, i),
            .height = PICK (sizes, i / 9),
            .width = PICK (sizes, i),
            .kernel = PICK (kernels, i),
            .stride = PICK (strides, i / 3),
            .padding = PICK (paddings, i / 7),
          },
        .n_filters = PICK (filter_counts, i),
        .n_images = PICK (image_counts, i / 13),
        .operands = &PICK (operands, i),
      };

      /* A kernel larger than the padded image has no place. */
      if (fxp_window_get_out_height (&fixture.window) == 0 ||
          fxp_window_get_out_width (&fixture.window) == 0)
        continue;
      check (&fixture, PICK (groups, i / 2), i);
      n_checked++;
    }
  g_assert_cmpuint (n_checked, >, N_CASES * 3 / 4);
}

/* Large images are taken fewer at a time, at least one. */
static void
test_group (void)
{
  const FxpWindow window = {64, 32, 32, 3, 1, 1};
  const FxpFormat format = FXP_FORMAT_SIGNED (16, 9);
  const FxpSumRegister exact = FXP_SUM_REGISTER_EXACT;
  FxpWindowGradient gradient;

  g_assert_true (fxp_window_gradient_init (&gradient, &window, 50, format, format, 100, &exact));
  fxp_window_gradient_group (&gradient, 64, 100);
  g_assert_cmpuint (gradient.group, ==, 1);
  g_assert_cmpuint (fxp_window_gradient_get_n_blocks (&gradient), ==, 32);
  fxp_window_gradient_group (&gradient, 1, 100);
  g_assert_cmpuint (gradient.group, >, 1);
  g_assert_cmpuint (gradient.group, <, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/window-gradient/group", test_group);
  add_unit_tests ("/tensor/window-gradient/naive", test_naive);
  return g_test_run ();
}
