/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/window-gradient-private.h"
#include "tensor/column-norm-private.h"

/* Images are taken as many at a time as fit half of a usual second-level cache: each group's sums
 * are added to those before, which are further away. */
#define GROUP_BYTES (512 * 1024)

gboolean
fxp_window_gradient_init (FxpWindowGradient *self,
                          const FxpWindow *window,
                          gsize n_filters,
                          FxpFormat input,
                          FxpFormat gradient,
                          gsize n,
                          const FxpSumRegister *sum)
{
  FxpFrame *frame = &self->frame;
  gsize per_step;

  self->height = fxp_window_get_out_height (window);
  self->width = fxp_window_get_out_width (window);
  if (!fxp_summation_choose (&self->summation,
                             input,
                             gradient,
                             n * self->height * self->width,
                             sum))
    return FALSE;

  per_step = fxp_element_get_n_per_step (self->summation.element);
  self->window = *window;
  self->n_filters = n_filters;
  self->gradient_format = gradient;
  self->row_steps = (self->width + per_step - 1) / per_step;
  self->row_length = fxp_packing_get_n_columns (n_filters);
  frame->format = input;
  frame->element = self->summation.element;
  frame->n_channels = window->channels;
  frame->height = window->height;
  frame->width = window->width;
  frame->top = frame->left = window->padding;
  frame->frame_height = window->height + 2 * window->padding;
  frame->frame_width = window->width + 2 * window->padding;
  frame->distance = window->stride;
  return TRUE;
}

void
fxp_window_gradient_group (FxpWindowGradient *self, gsize n_channels, gsize n)
{
  const gsize frame_bytes = fxp_frame_get_n_bytes (&self->frame, n_channels);
  const gsize strip_bytes = self->height * self->row_steps * FXP_STRIP_COLUMNS * FXP_STEP_BYTES;

  self->group = CLAMP (GROUP_BYTES / (frame_bytes + strip_bytes), 1, n);
}

gsize
fxp_window_gradient_get_n_blocks (const FxpWindowGradient *self)
{
  return self->group * self->height;
}

static gsize
get_part_bytes (const FxpWindowGradient *self, gsize n)
{
  return fxp_packing_get_n_bytes (n * self->height * self->row_steps, self->n_filters);
}

gsize
fxp_window_gradient_get_packed_bytes (const FxpWindowGradient *self)
{
  return fxp_summation_get_n_parts (&self->summation) * get_part_bytes (self, self->group);
}

static void
pack_part (const FxpWindowGradient *self,
           const FxpMatrix *gradients,
           gsize n,
           FxpPart part,
           gpointer packed)
{
  const gsize code_size = fxp_storage_get_size (fxp_format_get_storage (self->gradient_format));
  const gsize per_step = fxp_element_get_n_per_step (self->summation.element);
  /* Whole steps in a row: all of them in one go. */
  const gboolean is_even = self->width % per_step == 0;
  const gsize n_rows = n * self->height, n_at_once = is_even ? n_rows : 1;

  for (gsize row = 0; row < n_rows; row += n_at_once)
    {
      FxpMatrix matrix = *gradients;

      matrix.data =
        (const guint8 *)gradients->data + row * self->width * self->n_filters * code_size;
      fxp_packing_fill (&matrix,
                        n_at_once * self->width,
                        self->n_filters,
                        self->summation.element,
                        part,
                        row * self->row_steps,
                        n_rows * self->row_steps,
                        packed);
    }
}

gboolean
fxp_window_gradient_pack (const FxpWindowGradient *self,
                          gconstpointer gradients,
                          gsize n,
                          gpointer packed)
{
  const FxpSummation *summation = &self->summation;
  const FxpMatrix matrix = {gradients, self->gradient_format, self->n_filters, 1};
  const gboolean is_sure = summation->element == FXP_ELEMENT_F32 || summation->is_short;
  const gsize n_places = n * self->height * self->width;
  const gboolean is_whole =
    is_sure || fxp_column_norm_fits (fxp_column_norm_measure (&matrix, n_places, self->n_filters),
                                     self->frame.format);

  if (is_whole)
    pack_part (self, &matrix, n, FXP_PART_WHOLE, packed);
  for (guint i = 0; !is_whole && i < fxp_summation_get_n_parts (summation); i++)
    pack_part (self,
               &matrix,
               n,
               fxp_summation_get_part (summation, i),
               (guint8 *)packed + i * get_part_bytes (self, n));
  return is_whole;
}

gsize
fxp_window_gradient_get_frame_bytes (const FxpWindowGradient *self, gsize n_channels)
{
  return fxp_frame_get_n_bytes (&self->frame, n_channels);
}

void
fxp_window_gradient_add (const FxpWindowGradient *self,
                         gconstpointer frames,
                         gsize n_channels,
                         gconstpointer packed,
                         gboolean is_whole,
                         gsize n,
                         gsize ky,
                         gsize *offsets,
                         gpointer sums)
{
  const gsize pixel_bytes = fxp_frame_get_pixel_bytes (&self->frame, n_channels);
  const gsize per_step = fxp_element_get_n_per_step (self->summation.element);
  const gsize frame_bytes = fxp_window_gradient_get_frame_bytes (self, n_channels);
  const gsize n_steps = n * self->height * self->row_steps;
  const FxpRows rows = {
    .data = frames,
    .row_stride = FXP_STEP_BYTES,
    .step_stride = per_step * self->window.stride * pixel_bytes,
    .block_offsets = offsets,
    .n_blocks = n * self->height,
    .n_steps = self->row_steps,
  };

  for (gsize image = 0; image < n; image++)
    for (gsize y = 0; y < self->height; y++)
      offsets[image * self->height + y] = image * frame_bytes + (y * self->window.stride + ky) *
                                                                  self->frame.frame_width *
                                                                  pixel_bytes;
  for (gsize column = 0; column < self->row_length; column += FXP_STRIP_COLUMNS)
    {
      const guint8 *strip = (const guint8 *)packed + fxp_packing_find_strip (n_steps, column);
      const gconstpointer strips[2] = {strip, strip + get_part_bytes (self, n)};

      fxp_summation_form (&self->summation,
                          &rows,
                          self->window.kernel * n_channels,
                          strips,
                          MIN (self->row_length - column, FXP_STRIP_COLUMNS),
                          is_whole,
                          TRUE,
                          (guint8 *)sums + column * fxp_summation_get_size (&self->summation),
                          self->row_length);
    }
}
