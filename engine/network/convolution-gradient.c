/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/convolution-private.h"
#include "network/readout-private.h"
#include "tensor/stopwatch-private.h"
#include "tensor/window-gradient-private.h"

/* The gradient of a convolution's weights and biases.  Each thread forms the sums of some channels
 * of the input with all filters, over all images. */

/* Channels that a thread takes at a time. */
#define CHANNELS_MIN 8
#define CHANNELS_MAX 32

/* Gradients of the weights on their way: of channels in parts, and of rows of the kernel. */
typedef struct
{
  const FxpConvolution *layer;
  const FxpPass *pass;
  FxpWindowGradient gradient;
  gsize n_channels;   /* of a part */
  guint8 *packed;     /* of all groups of images */
  gboolean *is_whole; /* of each group: how it was packed */
  gsize packed_bytes;
  guint8 *totals; /* of all parts: channels' parts x kernel rows x columns x channels x filters */
  guint8 *memory; /* of all threads: frames of a group, and where blocks begin */
  gsize frames_bytes, thread_bytes;
  const FxpReadout *sums;
  double *reals;        /* what comes of it, in the layout of W */
  FxpSumCounts *counts; /* of each channel */
} Gathering;

static void
pack_groups (gpointer data, gsize first, gsize last)
{
  const Gathering *self = data;
  const FxpTensor *from = self->layer->parent.out->gradient;
  const gsize group = self->gradient.group;

  for (gsize i = first; i < last; i++)
    self->is_whole[i] =
      fxp_window_gradient_pack (&self->gradient,
                                fxp_tensor_at (from,
                                               i * group * self->layer->parent.out->n_features),
                                MIN (self->pass->n - i * group, group),
                                self->packed + i * self->packed_bytes);
}

static gsize
get_total_size (const Gathering *self)
{
  return self->layer->window.kernel * self->n_channels * self->gradient.row_length *
         fxp_summation_get_size (&self->gradient.summation);
}

/* Rows @ky..@last_ky - 1 of the kernel, of one part of the channels. */
static void
gather_part (const Gathering *self, gsize part, gsize ky, gsize last_ky)
{
  const FxpConvolution *layer = self->layer;
  const FxpEdge *in = layer->parent.in;
  const FxpWindowGradient *gradient = &self->gradient;
  const gsize channel = part * self->n_channels;
  const gsize n_channels = MIN (layer->window.channels - channel, self->n_channels);
  const gsize frame_bytes = fxp_window_gradient_get_frame_bytes (gradient, n_channels);
  const gsize total_bytes = get_total_size (self);
  guint8 *frames = self->memory + fxp_team_get_thread () * self->thread_bytes;
  gsize *offsets = (gsize *)(gpointer)(frames + self->frames_bytes);
  guint8 *totals = self->totals + part * layer->window.kernel * total_bytes;

  memset (totals + ky * total_bytes, 0, (last_ky - ky) * total_bytes);
  for (gsize first = 0, group = 0; first < self->pass->n; first += gradient->group, group++)
    {
      const gsize n = MIN (self->pass->n - first, gradient->group);

      fxp_stopwatch_enter (FXP_STAGE_LOWER);
      for (gsize i = 0; i < n; i++)
        fxp_frame_fill (&gradient->frame,
                        fxp_tensor_at (in->codes, (first + i) * in->n_features),
                        channel,
                        n_channels,
                        frames + i * frame_bytes);
      fxp_stopwatch_enter (FXP_STAGE_MULTIPLY);
      for (gsize row = ky; row < last_ky; row++)
        fxp_window_gradient_add (gradient,
                                 frames,
                                 n_channels,
                                 self->packed + group * self->packed_bytes,
                                 self->is_whole[group],
                                 n,
                                 row,
                                 offsets,
                                 totals + row * total_bytes);
    }
}

static void
gather (gpointer data, gsize first, gsize last)
{
  const Gathering *self = data;
  const gsize kernel = self->layer->window.kernel;
  FxpStage stage = fxp_stopwatch_enter (FXP_STAGE_OTHER);

  for (gsize i = first; i < last;)
    {
      const gsize part = i / kernel, end = MIN ((part + 1) * kernel, last);

      gather_part (self, part, i - part * kernel, end - part * kernel);
      i = end;
    }
  fxp_stopwatch_enter (stage);
}

/* From totals, a row for each tap and channel, to the layout of W: some channels of the input. */
static void
read_channels (gpointer data, gsize first, gsize last)
{
  const Gathering *self = data;
  const FxpConvolution *layer = self->layer;
  const gsize kernel = layer->window.kernel, n_taps = kernel * kernel;
  const gsize n_units = layer->parent.weights->n_units, n_inputs = layer->parent.weights->n_inputs;
  const gsize total_bytes = get_total_size (self);
  double values[FXP_PIECE];

  for (gsize channel = first; channel < last; channel++)
    for (gsize tap = 0; tap < n_taps; tap++)
      {
        const gsize part = channel / self->n_channels;
        const gsize n_channels =
          MIN (layer->window.channels - part * self->n_channels, self->n_channels);
        const gsize row = tap % kernel * n_channels + channel % self->n_channels;
        guint8 *totals = self->totals + (part * kernel + tap / kernel) * total_bytes;

        for (gsize unit = 0; unit < n_units; unit += FXP_PIECE)
          {
            const gsize n = MIN (n_units - unit, FXP_PIECE);
            double *to = self->reals + unit * n_inputs + channel * n_taps + tap;

            fxp_readout_read (self->sums,
                              fxp_readout_at (self->sums,
                                              totals,
                                              row * self->gradient.row_length + unit),
                              1,
                              n,
                              n,
                              values,
                              &self->counts[channel]);
            for (gsize i = 0; i < n; i++)
              to[i * n_inputs] = values[i];
          }
      }
}

/* Parts of about one size, as many for each thread; a few channels stay together. */
static gsize
get_n_channels (gsize n_all, guint n_threads)
{
  const gsize n_rounds = (n_all - 1) / (n_threads * CHANNELS_MAX) + 1;
  const gsize n_channels = (n_all - 1) / (n_threads * n_rounds) + 1;

  return MIN (MAX (n_channels, CHANNELS_MIN), n_all);
}

/* The real gradient of W.  FALSE if the pass is given up. */
static gboolean
gather_gradient (FxpConvolution *layer, const FxpPass *pass, double *reals)
{
  FxpWeights *weights = layer->parent.weights;
  const gsize kernel = layer->window.kernel, channels = layer->window.channels;
  const FxpFormat input = layer->parent.in->codes->format;
  const FxpFormat output = layer->parent.out->gradient->format;
  const gsize n_summed = pass->n * layer->n_places;
  FxpReadout sums;
  Gathering self = {.layer = layer, .pass = pass, .sums = &sums, .reals = reals};
  FxpWindowGradient *gradient = &self.gradient;
  gsize n_parts, n_groups, n_items;
  FxpStage stage;

  if (!fxp_window_gradient_init (gradient,
                                 &layer->window,
                                 weights->n_units,
                                 input,
                                 output,
                                 pass->n,
                                 &weights->sum))
    return fxp_convolution_gather_lowered (layer, pass, reals);

  fxp_readout_init (&sums, &gradient->summation, input, output, n_summed, &weights->sum);
  self.n_channels = get_n_channels (channels, fxp_pass_get_n_threads (pass));
  fxp_window_gradient_group (gradient, self.n_channels, pass->n);
  n_parts = (channels - 1) / self.n_channels + 1;
  n_groups = (pass->n - 1) / gradient->group + 1;
  n_items = n_parts * kernel;
  self.packed_bytes = fxp_convolution_align (fxp_window_gradient_get_packed_bytes (gradient));
  self.packed = fxp_scratch_get (pass->scratch,
                                 FXP_SLOT_COLUMNS,
                                 n_groups * (self.packed_bytes + sizeof (gboolean)));
  self.is_whole = (gboolean *)(gpointer)(self.packed + n_groups * self.packed_bytes);
  self.totals =
    fxp_scratch_get (pass->scratch, FXP_SLOT_ARRANGED, n_items * get_total_size (&self));
  self.frames_bytes = fxp_convolution_align (
    gradient->group * fxp_window_gradient_get_frame_bytes (gradient, self.n_channels));
  self.thread_bytes =
    self.frames_bytes +
    fxp_convolution_align (fxp_window_gradient_get_n_blocks (gradient) * sizeof (gsize));
  self.memory = fxp_scratch_get (pass->scratch,
                                 FXP_SLOT_PRODUCT,
                                 fxp_pass_get_n_threads (pass) * self.thread_bytes);

  stage = fxp_stopwatch_enter (FXP_STAGE_LOWER);
  fxp_team_run (pass->team,
                n_groups,
                1,
                n_summed * weights->n_units * FXP_TEAM_MOVE_WORK,
                pack_groups,
                &self);
  fxp_stopwatch_enter (stage);
  fxp_team_run (pass->team,
                n_items,
                n_parts >= fxp_pass_get_n_threads (pass) ? kernel : 1,
                (guint64)(layer->parent.n_multiplies * pass->n),
                gather,
                &self);
  self.counts = fxp_scratch_get (pass->scratch, FXP_SLOT_TALLIES, channels * sizeof (FxpSumCounts));
  memset (self.counts, 0, channels * sizeof (FxpSumCounts));
  fxp_team_run (pass->team,
                channels,
                1,
                weights->weight->n * FXP_TEAM_QUANTIZE_WORK,
                read_channels,
                &self);
  for (gsize channel = 0; channel < channels; channel++)
    fxp_sum_counts_add (&weights->step_sum_counts, &self.counts[channel]);
  return !fxp_pass_tick (pass, layer->parent.n_multiplies * pass->n);
}

/* The real sums over samples and places of the gradient's codes. */
static void
sum_bias_gradient (FxpConvolution *self, const FxpPass *pass)
{
  const FxpEdge *out = self->parent.out;
  const gsize n_units = self->parent.weights->n_units, n = pass->n * self->n_places;
  const gsize rows_at_once = MAX (FXP_PIECE / n_units, 1);
  double *sums = self->parent.weights->bias->gradient;
  const FxpLoops *loops = fxp_loops_get ();
  double values[FXP_PIECE];

  memset (sums, 0, n_units * sizeof (double));
  for (gsize row = 0; row < n; row += rows_at_once)
    for (gsize unit = 0; unit < n_units; unit += FXP_PIECE)
      {
        const gsize n_read = MIN (n_units - unit, FXP_PIECE);
        const gsize n_rows = MIN (n - row, rows_at_once);

        fxp_format_decode (out->gradient->format,
                           fxp_tensor_at (out->gradient, row * n_units + unit),
                           n_rows * n_read,
                           values);
        loops->sum_rows (values, n_rows, n_read, sums + unit);
      }
}

gboolean
fxp_convolution_take_gradient (FxpConvolution *self, const FxpPass *pass)
{
  FxpWeights *weights = self->parent.weights;
  const gsize n = weights->n_units * weights->n_inputs;
  double *reals = fxp_scratch_get (pass->scratch, FXP_SLOT_REALS, n * sizeof (double));

  if (!gather_gradient (self, pass, reals))
    return FALSE;
  fxp_edge_scale (self->parent.in, pass, reals, n);
  if (weights->bias != NULL)
    sum_bias_gradient (self, pass);
  fxp_weights_take_gradient (weights, pass, 0, n, reals);
  return TRUE;
}
