/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/window-product-private.h"

/* Pixels of the result that share one walk through the packed weights. */
#define PIXELS_AT_ONCE 96

static gsize
get_element_size (const FxpWindowProduct *self)
{
  return FXP_STEP_BYTES / fxp_element_get_n_per_step (self->summation.element);
}

/* How many taps of phase @phase of @n_phases a kernel has. */
static gsize
count_taps (gsize kernel, gsize n_phases, gsize phase)
{
  return kernel > phase ? (kernel - phase - 1) / n_phases + 1 : 0;
}

static gsize
count_positions (gsize n, gsize first, gsize step)
{
  return n > first ? (n - first - 1) / step + 1 : 0;
}

/* Every place sees all taps. */
static FxpPhase
get_forward_phase (const FxpWindow *window, gsize n_places)
{
  return (FxpPhase){
    .n = n_places,
    .step = 1,
    .frame_step = window->stride,
    .n_taps = window->kernel,
    .tap_step = 1,
  };
}

/* Pixels x with x + padding = phase (mod stride) see taps phase, phase + stride, ... of places
 * u = (x + padding - phase) / stride, u - 1, ...; so the last tap sees the first of these. */
static FxpPhase
get_turned_phase (const FxpWindow *window, gsize n_pixels, gsize phase)
{
  const gsize stride = window->stride;
  const gsize first = (phase + stride - window->padding % stride) % stride;
  const gsize n_taps = count_taps (window->kernel, stride, phase);
  const gsize before = count_taps (window->kernel, stride, 0) - 1; /* zeros of the frame */
  const gsize place = (first + window->padding - phase) / stride;

  return (FxpPhase){
    .first = first,
    .n = count_positions (n_pixels, first, stride),
    .step = stride,
    .frame_first = place + before + 1 - n_taps,
    .frame_step = 1,
    .n_taps = n_taps,
    .tap = n_taps == 0 ? 0 : phase + stride * (n_taps - 1),
    .tap_step = -(int)stride,
  };
}

static FxpPhase
get_phase (const FxpWindow *window, FxpWindowWay way, gsize n_pixels, gsize n_places, gsize phase)
{
  return way == FXP_WINDOW_FORWARD ? get_forward_phase (window, n_places)
                                   : get_turned_phase (window, n_pixels, phase);
}

/* Pixels of the frame that all positions see, or that the image has. */
static gsize
get_extent (const FxpWindow *window,
            FxpWindowWay way,
            gsize n_pixels,
            gsize n_places,
            gsize n_phases,
            gsize least)
{
  gsize extent = least;

  for (gsize i = 0; i < n_phases; i++)
    {
      FxpPhase phase = get_phase (window, way, n_pixels, n_places, i);

      if (phase.n > 0)
        extent = MAX (extent, phase.frame_first + (phase.n - 1) * phase.frame_step + phase.n_taps);
    }
  return extent;
}

gboolean
fxp_window_product_init (FxpWindowProduct *self,
                         const FxpWindow *window,
                         gsize n_filters,
                         FxpWindowWay way,
                         FxpFormat source,
                         FxpFormat weights,
                         const FxpSumRegister *sum)
{
  const gboolean forward = way == FXP_WINDOW_FORWARD;
  const gsize out_height = fxp_window_get_out_height (window);
  const gsize out_width = fxp_window_get_out_width (window);
  const gsize n_summed = forward ? window->channels : n_filters;
  FxpFrame *frame = &self->frame;

  if (!fxp_summation_choose (&self->summation,
                             source,
                             weights,
                             n_summed * window->kernel * window->kernel,
                             sum))
    return FALSE;

  self->way = way;
  self->kernel = window->kernel;
  self->n_filters = n_filters;
  self->n_channels = window->channels;
  self->weight_format = weights;
  self->n_phases = forward ? 1 : window->stride;
  self->height = forward ? out_height : window->height;
  self->width = forward ? out_width : window->width;
  self->n_columns = forward ? n_filters : window->channels;
  self->row_length = fxp_packing_get_n_columns (self->n_columns);
  self->n_blocks_max = self->kernel * (fxp_window_product_is_float (self) ? n_summed : 1);

  frame->format = source;
  frame->element = self->summation.element;
  frame->n_channels = n_summed;
  frame->height = forward ? window->height : out_height;
  frame->width = forward ? window->width : out_width;
  frame->top = forward ? window->padding : count_taps (window->kernel, window->stride, 0) - 1;
  frame->left = frame->top;
  frame->distance = 0;
  frame->frame_height = get_extent (window,
                                    way,
                                    window->height,
                                    out_height,
                                    self->n_phases,
                                    frame->top + frame->height);
  frame->frame_width =
    get_extent (window, way, window->width, out_width, self->n_phases, frame->left + frame->width);
  return TRUE;
}

gsize
fxp_window_product_get_frame_bytes (const FxpWindowProduct *self)
{
  return fxp_frame_get_n_bytes (&self->frame, self->frame.n_channels);
}

gsize
fxp_window_product_get_n_rows (const FxpWindowProduct *self)
{
  return MIN ((PIXELS_AT_ONCE - 1) / self->width + 1, self->height);
}

gsize
fxp_window_product_get_sum_bytes (const FxpWindowProduct *self, gsize n_rows)
{
  return n_rows * self->width * self->row_length * fxp_summation_get_size (&self->summation);
}

static void
plan_blocks (const FxpWindowProduct *self,
             const FxpPhase *row,
             const FxpPhase *column,
             gsize *offsets)
{
  const gsize size = get_element_size (self);
  const gsize n_channels = self->frame.n_channels;
  const gsize row_bytes = self->frame.frame_width * n_channels * size;

  if (!fxp_window_product_is_float (self))
    {
      for (gsize i = 0; i < row->n_taps; i++)
        offsets[i] = i * row_bytes;
      return;
    }
  for (gsize c = 0; c < n_channels; c++)
    for (gsize i = 0; i < row->n_taps; i++)
      offsets[c * row->n_taps + i] =
        fxp_phase_get_ascending (row, i) * row_bytes +
        ((column->n_taps == 0 ? 0 : fxp_phase_get_ascending (column, 0)) * n_channels + c) * size;
}

void
fxp_window_product_plan (FxpWindowProduct *self, const FxpWindow *window)
{
  const gsize n_phases = self->n_phases;

  for (gsize i = 0; i < n_phases; i++)
    {
      self->rows[i] =
        get_phase (window, self->way, window->height, fxp_window_get_out_height (window), i);
      self->columns[i] =
        get_phase (window, self->way, window->width, fxp_window_get_out_width (window), i);
    }
  for (gsize pair = 0; pair < n_phases * n_phases; pair++)
    plan_blocks (self,
                 &self->rows[pair / n_phases],
                 &self->columns[pair % n_phases],
                 self->block_offsets + pair * self->n_blocks_max);
}

/* The sums of one phase's positions in row @y of the result, columns @first and on. */
static void
form_row (const FxpWindowProduct *self,
          gconstpointer frame,
          gsize row,
          gsize column,
          gsize y,
          gsize first,
          guint8 *sums)
{
  const FxpPhase *rows = &self->rows[row], *columns = &self->columns[column];
  const gsize pixel_bytes = fxp_frame_get_pixel_bytes (&self->frame, self->frame.n_channels);
  const gsize sum_size = fxp_summation_get_size (&self->summation);
  const gsize pair = row * self->n_phases + column;
  const gsize n_columns = MIN (self->row_length - first, FXP_STRIP_COLUMNS);
  const gsize frame_y = rows->frame_first + (y - rows->first) / rows->step * rows->frame_step;
  const gsize n_blocks = fxp_window_product_get_n_blocks (self, rows),
              n_steps = fxp_window_product_get_n_steps (self, columns);
  const gsize strip =
    self->packed_offsets[pair] + fxp_packing_find_strip (n_blocks * n_steps, first);
  const FxpRows taken = {
    .data = (const guint8 *)frame +
            (frame_y * self->frame.frame_width + columns->frame_first) * pixel_bytes,
    .row_stride = columns->frame_step * pixel_bytes,
    .step_stride = !fxp_window_product_is_float (self) ? FXP_STEP_BYTES
                   : columns->tap_step > 0             ? pixel_bytes
                                                       : -pixel_bytes,
    .block_offsets = self->block_offsets + pair * self->n_blocks_max,
    .n_blocks = n_steps == 0 ? 0 : n_blocks,
    .n_steps = n_steps,
  };
  const gconstpointer strips[2] = {self->packed[0] + strip, self->packed[1] + strip};

  fxp_summation_form (&self->summation,
                      &taken,
                      columns->n,
                      strips,
                      n_columns,
                      FALSE,
                      FALSE,
                      sums + (columns->first * self->row_length + first) * sum_size,
                      columns->step * self->row_length);
}

void
fxp_window_product_form (const FxpWindowProduct *self,
                         gconstpointer frame,
                         gsize first,
                         gsize n_rows,
                         gpointer sums)
{
  const gsize row_bytes =
    self->width * self->row_length * fxp_summation_get_size (&self->summation);

  for (gsize column = 0; column < self->row_length; column += FXP_STRIP_COLUMNS)
    for (gsize i = 0; i < self->n_phases; i++)
      for (gsize j = 0; j < self->n_phases; j++)
        for (gsize y = first; y < first + n_rows; y++)
          if (y % self->rows[i].step == self->rows[i].first)
            form_row (self, frame, i, j, y, column, (guint8 *)sums + (y - first) * row_bytes);
}
