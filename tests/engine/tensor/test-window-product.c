/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/window-product-private.h"
#include "window-operands.h"

/* One value of each list at a time.  The lists are walked at different paces, so that most pairs
 * meet in the course of the cases. */
static const gsize sizes[] = {7, 1, 8, 2, 5, 10, 3, 6};
static const gsize kernels[] = {3, 1, 5, 2, 4};
static const gsize strides[] = {1, 2, 3, 4};
static const gsize paddings[] = {0, 1, 2, 3, 4, 5};
static const gsize channel_counts[] = {3, 1, 16, 2, 8, 5, 33, 17, 20};
static const gsize filter_counts[] = {10, 1, 33, 3, 16, 20, 50};

#define N_CASES 160

typedef struct
{
  FxpWindow window;
  gsize n_filters;
  FxpWindowWay way;
  const Operands *operands;
  FxpWindowProduct product;
  gpointer source;  /* channels-last */
  gpointer weights; /* filters x channels x kernel x kernel */
} Fixture;

static gsize
find_weight (const Fixture *self, gsize filter, gsize channel, gsize ky, gsize kx)
{
  const gsize kernel = self->window.kernel;

  return ((filter * self->window.channels + channel) * kernel + ky) * kernel + kx;
}

/* What place (@y, @x) sees by channel, kernel row and column; zeros outside. */
static NaiveSum
sum_forward (const Fixture *self, gsize y, gsize x, gsize filter)
{
  const FxpWindow *window = &self->window;
  NaiveSum sum = {self->operands->a, self->operands->b, 0, 0.0f};

  for (gsize channel = 0; channel < window->channels; channel++)
    for (gsize ky = 0; ky < window->kernel; ky++)
      for (gsize kx = 0; kx < window->kernel; kx++)
        {
          const gsize row = y * window->stride + ky, column = x * window->stride + kx;

          if (row < window->padding || row - window->padding >= window->height ||
              column < window->padding || column - window->padding >= window->width)
            continue;
          naive_sum_add (&sum,
                         self->source,
                         ((row - window->padding) * window->width + column - window->padding) *
                             window->channels +
                           channel,
                         self->weights,
                         find_weight (self, filter, channel, ky, kx));
        }
  return sum;
}

/* Which place along an axis saw a pixel with this tap; FALSE if none did. */
static gboolean
find_place (const FxpWindow *window, gsize pixel, gsize tap, gsize n_places, gsize *place)
{
  const gsize padded = pixel + window->padding;

  if (padded < tap || (padded - tap) % window->stride != 0)
    return FALSE;
  *place = (padded - tap) / window->stride;
  return *place < n_places;
}

/* Of those places that saw pixel (@y, @x), by filter, kernel row and column. */
static NaiveSum
sum_turned (const Fixture *self, gsize y, gsize x, gsize channel)
{
  const FxpWindow *window = &self->window;
  const gsize out_height = fxp_window_get_out_height (window);
  const gsize out_width = fxp_window_get_out_width (window);
  NaiveSum sum = {self->operands->a, self->operands->b, 0, 0.0f};
  gsize row, column;

  for (gsize filter = 0; filter < self->n_filters; filter++)
    for (gsize ky = 0; ky < window->kernel; ky++)
      for (gsize kx = 0; kx < window->kernel; kx++)
        if (find_place (window, y, ky, out_height, &row) &&
            find_place (window, x, kx, out_width, &column))
          naive_sum_add (&sum,
                         self->source,
                         (row * out_width + column) * self->n_filters + filter,
                         self->weights,
                         find_weight (self, filter, channel, ky, kx));
  return sum;
}

/* Rows @first and on of the result. */
static void
check_rows (const Fixture *self, gconstpointer frame, gsize first, gsize n_rows)
{
  const FxpWindowProduct *product = &self->product;
  const gsize n_bytes = fxp_window_product_get_sum_bytes (product, n_rows);
  g_autofree guint8 *sums = g_malloc (n_bytes);

  memset (sums, 0x55, n_bytes);
  fxp_window_product_form (product, frame, first, n_rows, sums);
  for (gsize i = 0; i < n_rows * product->width * product->n_columns; i++)
    {
      const gsize pixel = i / product->n_columns, column = i % product->n_columns;
      const gsize y = first + pixel / product->width, x = pixel % product->width;
      NaiveSum sum = self->way == FXP_WINDOW_FORWARD ? sum_forward (self, y, x, column)
                                                     : sum_turned (self, y, x, column);

      naive_sum_assert (&sum,
                        fxp_summation_get_size (&product->summation),
                        sums,
                        pixel * product->row_length + column);
    }
}

static void
check (Fixture *self, guint key)
{
  const FxpWindow *window = &self->window;
  const gboolean forward = self->way == FXP_WINDOW_FORWARD;
  const gsize n_places = fxp_window_get_out_height (window) * fxp_window_get_out_width (window);
  const gsize n_source =
    forward ? window->height * window->width * window->channels : n_places * self->n_filters;
  const gsize n_weights = self->n_filters * window->channels * window->kernel * window->kernel;
  const Operands *of = self->operands;
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();
  g_autofree gpointer source = code_array_new (of->a, n_source, of->a_codes, key);
  g_autofree gpointer weights = code_array_new (of->b, n_weights, of->b_codes, key + N_CASES);
  FxpWindowProduct *product = &self->product;
  g_autofree gpointer frame = NULL;
  gsize n_rows;

  self->source = source;
  self->weights = weights;
  g_assert_true (
    fxp_window_product_init (product, window, self->n_filters, self->way, of->a, of->b, &of->sum));
  fxp_window_product_pack (product, window, weights, scratch, NULL, 8);
  if (of->b_codes == CODES_SMALL)
    g_assert_true (product->summation.is_short);
  frame = g_malloc (fxp_window_product_get_frame_bytes (product));
  fxp_frame_fill (&product->frame, source, 0, product->frame.n_channels, frame);
  g_assert_cmpuint (product->height,
                    ==,
                    forward ? fxp_window_get_out_height (window) : window->height);
  g_assert_cmpuint (product->width,
                    ==,
                    forward ? fxp_window_get_out_width (window) : window->width);
  n_rows = key % 3 == 0 ? fxp_window_product_get_n_rows (product) : MIN (key % 3, product->height);
  for (gsize y = 0; y < product->height; y += n_rows)
    check_rows (self, frame, y, MIN (product->height - y, n_rows));
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
        .operands = &PICK (operands, i),
      };

      /* A kernel larger than the padded image has no place. */
      if (fxp_window_get_out_height (&fixture.window) == 0 ||
          fxp_window_get_out_width (&fixture.window) == 0)
        continue;
      for (fixture.way = FXP_WINDOW_FORWARD; fixture.way <= FXP_WINDOW_TURNED; fixture.way++)
        check (&fixture, i);
      n_checked++;
    }
  g_assert_cmpuint (n_checked, >, N_CASES * 3 / 4);
}

/* What micro-kernels cannot do is left to lowered images. */
static void
test_refusals (void)
{
  const FxpWindow window = {3, 8, 8, 3, 1, 1};
  const FxpFormat wide = FXP_FORMAT_SIGNED (17, 9), narrow = FXP_FORMAT_SIGNED (8, 6);
  const FxpSumRegister exact = FXP_SUM_REGISTER_EXACT, saturating = {FXP_SUM_SATURATE, 19};
  FxpWindowProduct product;

  g_assert_false (
    fxp_window_product_init (&product, &window, 4, FXP_WINDOW_FORWARD, wide, narrow, &exact));
  g_assert_false (
    fxp_window_product_init (&product, &window, 4, FXP_WINDOW_TURNED, narrow, wide, &exact));
  /* 27 products of 2^14 take 20 bits, 9 take 19. */
  g_assert_false (fxp_window_product_init (&product,
                                           &window,
                                           1,
                                           FXP_WINDOW_FORWARD,
                                           narrow,
                                           narrow,
                                           &saturating));
  g_assert_true (
    fxp_window_product_init (&product, &window, 1, FXP_WINDOW_TURNED, narrow, narrow, &saturating));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/window-product/refusals", test_refusals);
  add_unit_tests ("/tensor/window-product/naive", test_naive);
  return g_test_run ();
}
