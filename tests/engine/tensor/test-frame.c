/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "code-array.h"
#include "tensor/frame-private.h"

/* What elements can hold which codes. */
typedef struct
{
  FxpElement element;
  FxpFormat format;
} Kind;

static const Kind kinds[] = {
  {FXP_ELEMENT_I8, {8, 3, TRUE}},
  {FXP_ELEMENT_I8, {2, 0, TRUE}},
  {FXP_ELEMENT_I8, {7, 7, FALSE}},
  {FXP_ELEMENT_I16, {8, 3, TRUE}},
  {FXP_ELEMENT_I16, {8, 3, FALSE}},
  {FXP_ELEMENT_I16, {16, 20, TRUE}},
  {FXP_ELEMENT_I16, {9, 0, TRUE}},
  {FXP_ELEMENT_I16, {15, 1, FALSE}},
  {FXP_ELEMENT_F32, {6, 9, TRUE}},
  {FXP_ELEMENT_F32, {8, -3, FALSE}},
  {FXP_ELEMENT_F32, {13, 7, TRUE}},
  {FXP_ELEMENT_F32, {16, 16, FALSE}},
  {FXP_ELEMENT_F32, {30, 20, TRUE}},
  {FXP_ELEMENT_F32, {32, 8, FALSE}},
  {FXP_ELEMENT_F32, {0, 0, TRUE}},
};

/* Zeros around an image. */
typedef struct
{
  gsize height, width;
  gsize top, bottom, left, right;
} Place;

static const Place places[] = {
  {1, 1, 0, 0, 0, 0},
  {1, 1, 3, 2, 2, 4},
  {3, 5, 0, 0, 0, 0},
  {4, 7, 1, 1, 1, 1},
  {5, 2, 5, 4, 6, 5},
  {2, 9, 0, 3, 2, 0},
};

/* Channels of the image, and those that are copied. */
static const gsize channels[][3] = {
  {1, 0, 1},
  {2, 1, 1},
  {3, 0, 3},
  {5, 2, 2},
  {8, 0, 8},
  {17, 16, 1},
  {20, 3, 16},
  {33, 0, 33},
};

/* That the element at @at of a frame is what belongs to pixel (@y, @x) of it. */
static void
assert_element (const FxpFrame *frame,
                gconstpointer image,
                gsize y,
                gsize x,
                gsize channel,
                const guint8 *at)
{
  const gboolean inside = y >= frame->top && y - frame->top < frame->height && x >= frame->left &&
                          x - frame->left < frame->width;
  const gsize row = inside ? y - frame->top : 0, column = inside ? x - frame->left : 0;
  const gsize i = (row * frame->width + column) * frame->n_channels + channel;
  float value = 0.0f;
  gint32 code = 0;
  gint16 half;

  if (frame->element == FXP_ELEMENT_F32)
    {
      if (inside)
        value = code_array_get_value (frame->format, image, i);
      g_assert_cmpmem (at, sizeof value, &value, sizeof value);
      return;
    }
  if (inside)
    code = (gint32)fxp_format_get_code (frame->format, image, i);
  memcpy (&half, at, frame->element == FXP_ELEMENT_I16 ? sizeof half : 1);
  g_assert_cmpint (frame->element == FXP_ELEMENT_I16 ? half : *(const gint8 *)at, ==, code);
}

/* Behind the last pixel kernels read zeros as well. */
static void
check_slack (const guint8 *filled, gsize first, gsize n_bytes)
{
  g_assert_cmpuint (n_bytes, >, first);
  for (gsize i = first; i < n_bytes; i++)
    g_assert_cmpuint (filled[i], ==, 0);
}

static void
check (const FxpFrame *frame, gsize first, gsize n_channels, gconstpointer image)
{
  const gsize n_bytes = fxp_frame_get_n_bytes (frame, n_channels);
  const gsize n_per_step = fxp_element_get_n_per_step (frame->element);
  const gsize n_together = frame->distance == 0 ? 1 : n_per_step;
  const gsize pixel_bytes = fxp_frame_get_pixel_bytes (frame, n_channels);
  g_autofree guint8 *filled = g_malloc (n_bytes);
  const guint8 *at = filled;

  memset (filled, 0x55, n_bytes);
  fxp_frame_fill (frame, image, first, n_channels, filled);
  for (gsize y = 0; y < frame->frame_height; y++)
    for (gsize x = 0; x < frame->frame_width; x++, at += pixel_bytes)
      for (gsize c = 0; c < n_channels; c++)
        for (gsize i = 0; i < n_together; i++)
          assert_element (frame,
                          image,
                          y,
                          x + i * frame->distance,
                          first + c,
                          at + (c * n_together + i) * (FXP_STEP_BYTES / n_per_step));
  check_slack (filled, (gsize)(at - filled), n_bytes);
}

static void
check_kind (const Kind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    for (guint j = 0; j < G_N_ELEMENTS (channels); j++)
      {
        const Place *place = &places[i];
        FxpFrame frame = {
          .format = kind->format,
          .element = kind->element,
          .n_channels = channels[j][0],
          .height = place->height,
          .width = place->width,
          .top = place->top,
          .left = place->left,
          .frame_height = place->top + place->height + place->bottom,
          .frame_width = place->left + place->width + place->right,
        };
        g_autofree guint8 *image = code_array_new (kind->format,
                                                   place->height * place->width * frame.n_channels,
                                                   CODES_RANDOM,
                                                   i * 100 + j);

        for (frame.distance = 0; frame.distance <= 4; frame.distance++)
          check (&frame, channels[j][1], channels[j][2], image);
      }
}

/* @data: the vector unit. */
static void
test_fill (gconstpointer data)
{
  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    check_kind (&kinds[i]);
}

static void
test_sizes (void)
{
  FxpFrame frame = {.element = FXP_ELEMENT_I8, .frame_height = 3, .frame_width = 7};

  g_assert_cmpuint (fxp_frame_get_pixel_bytes (&frame, 5), ==, 5);
  g_assert_cmpuint (fxp_frame_get_n_bytes (&frame, 5), >=, 3 * 7 * 5);
  frame.distance = 2;
  g_assert_cmpuint (fxp_frame_get_pixel_bytes (&frame, 5), ==, 20);
  frame.element = FXP_ELEMENT_I16;
  g_assert_cmpuint (fxp_frame_get_pixel_bytes (&frame, 5), ==, 20);
  frame.distance = 0;
  g_assert_cmpuint (fxp_frame_get_pixel_bytes (&frame, 5), ==, 10);
  frame.element = FXP_ELEMENT_F32;
  g_assert_cmpuint (fxp_frame_get_pixel_bytes (&frame, 5), ==, 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/frame/sizes", test_sizes);
  add_unit_tests ("/tensor/frame/fill", test_fill);
  return g_test_run ();
}
