/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/integer-state-private.h"

#include <math.h>
#include <string.h>

/* Places whose sums are formed before they are taken on, while they are near. */
#define PLACES_AT_ONCE 96
/* Codes that are formed before they are stored. */
#define UNITS_AT_ONCE 256

/* One product of the batch on its way. */
typedef struct
{
  FxpInteger *engine;
  const FxpNode *node;
  int index;
  const FxpClusterProduct *product;
  const FxpRequantizer *requantizer;
  const guint8 *source;
  gsize sample_bytes; /* of the source */
  gsize n_places;     /* of an item: an image, or some samples of a dense layer */
  gboolean is_seen;   /* sums are kept */
  gboolean is_measured; /* nothing is done with sums, but those of clusters are looked at */
} Step;

static gsize
align (gsize n_bytes)
{
  return (n_bytes + 63) / 64 * 64;
}

static gsize
get_frame_bytes (const FxpClusterProduct *product)
{
  return product->is_direct ? 0 : align (fxp_cluster_product_get_frame_bytes (product));
}

gsize
fxp_integer_get_product_bytes (const FxpInteger *self, int node)
{
  const FxpClusterProduct *product = self->layers[node].product;

  return get_frame_bytes (product) + align (PLACES_AT_ONCE * product->n_columns * sizeof (gint64));
}

static gint64
get_sum (const Step *self, gconstpointer sums, gsize i)
{
  return self->product->is_wide ? ((const gint64 *)sums)[i] : ((const gint32 *)sums)[i];
}

static void
keep_sums (const Step *self, gconstpointer sums, gsize n, gsize first)
{
  const FxpClusterProduct *product = self->product;
  const gsize n_units = product->n_units;
  gint64 *to = self->engine->sums + first * n_units;

  for (gsize r = 0; r < n; r++, to += n_units)
    if (product->is_wide)
      memcpy (to, (const gint64 *)sums + r * product->n_columns, n_units * sizeof *to);
    else
      for (gsize c = 0; c < n_units; c++)
        to[c] = ((const gint32 *)sums)[r * product->n_columns + c];
}

static void
form_logits (const Step *self, gconstpointer sums, gsize n, gsize first)
{
  const FxpClusterProduct *product = self->product;
  const FxpRequantizer *requantizer = self->requantizer;
  const double step = ldexp (1.0, requantizer->exponent);
  double *logits = self->engine->logits + first * product->n_units;

  for (gsize r = 0; r < n; r++)
    for (gsize c = 0; c < product->n_units; c++)
      *logits++ =
        step *
        (double)fxp_requantizer_get_output (requantizer,
                                            c,
                                            get_sum (self, sums, r * product->n_columns + c));
}

static guint8 *
find_codes (const Step *self, gsize first, FxpStorage *storage)
{
  const FxpIntegerOutput *output = fxp_integer_get_output (self->engine, self->index);

  *storage = fxp_format_get_storage (output->format);
  return (guint8 *)fxp_integer_get_memory (self->engine, self->index) +
         first * self->product->n_units * fxp_storage_get_size (*storage);
}

/* Codes of sums that have 64 bits. */
static guint64
take_wide (const Step *self, const gint64 *sums, gsize n, gsize stride, gsize first)
{
  const FxpRequantizer *requantizer = self->requantizer;
  const gsize n_units = self->product->n_units;
  FxpStorage storage;
  guint8 *to = find_codes (self, first, &storage);
  gint32 codes[UNITS_AT_ONCE];
  guint64 n_clipped = 0;

  for (gsize r = 0; r < n; r++, sums += stride)
    for (gsize unit = 0, n_taken; unit < n_units; unit += n_taken)
      {
        n_taken = MIN (n_units - unit, UNITS_AT_ONCE);
        for (gsize i = 0; i < n_taken; i++)
          codes[i] = fxp_down_conversion_take (&requantizer->conversion,
                                               fxp_requantizer_get_output (requantizer,
                                                                           unit + i,
                                                                           sums[unit + i]),
                                               &n_clipped);
        fxp_integer_write (storage, codes, n_taken, to);
        to += n_taken * fxp_storage_get_size (storage);
      }
  return n_clipped;
}

/* Codes of sums that have 32 bits. */
static guint64
take_narrow (const Step *self, const gint32 *sums, gsize n, gsize stride, gsize first)
{
  FxpStorage storage;
  guint8 *to = find_codes (self, first, &storage);

  return self->product->kernels->requantize[storage](&self->requantizer->loop, sums, n, stride, to);
}

/* Sums of @n places become outputs @first and on. */
static void
take (const Step *self, gconstpointer sums, gsize n, gsize first)
{
  const FxpClusterProduct *product = self->product;
  FxpInteger *engine = self->engine;
  FxpIntegerTally *tally = &engine->tallies[fxp_team_get_thread ()];

  if (self->is_seen)
    keep_sums (self, sums, n, first);
  else if (self->node->is_last)
    form_logits (self, sums, n, first);
  else if (product->is_wide)
    tally->n_clipped += take_wide (self, sums, n, product->n_columns, first);
  else
    tally->n_clipped += take_narrow (self, sums, n, product->n_columns, first);
}

static FxpClusterReduction
get_reduction (const Step *self)
{
  const guint shift = self->engine->layers[self->index].reduction;

  return (FxpClusterReduction){
    .shift = shift,
    .half = shift > 0 ? (gint64)1 << (shift - 1) : 0,
    .most = self->node->intermediate_bits > 0 ? fxp_node_get_intermediate_max (self->node) : 0,
  };
}

/* Images, or groups of samples of a dense layer. */
static void
form_items (gpointer data, gsize first, gsize last)
{
  const Step *self = data;
  FxpInteger *engine = self->engine;
  const FxpClusterProduct *product = self->product;
  guint8 *memory = engine->memory + fxp_team_get_thread () * engine->thread_bytes;
  gpointer sums = memory + get_frame_bytes (product);
  FxpIntegerTally *tally = &engine->tallies[fxp_team_get_thread ()];
  FxpClusterReduction reduction = get_reduction (self);

  for (gsize i = first; i < last; i++)
    {
      const gsize sample = product->is_dense ? i * product->n_places : i;
      const gsize n_samples = product->is_dense ? MIN (engine->n - sample, product->n_places) : 1;
      const gsize n_places = product->is_dense ? n_samples : product->n_places;
      const guint8 *frame;

      if (g_cancellable_is_cancelled (engine->cancellable))
        return;
      frame = fxp_cluster_product_fill_frame (product,
                                              self->source + sample * self->sample_bytes,
                                              n_samples,
                                              memory);
      for (gsize place = 0, n; place < n_places; place += n)
        {
          n = MIN (n_places - place, PLACES_AT_ONCE);
          fxp_cluster_product_form (product,
                                    frame,
                                    engine->panel,
                                    place,
                                    n,
                                    self->node->intermediate_bits > 0 ? &reduction : NULL,
                                    sums);
          if (!self->is_measured)
            take (self, sums, n, i * product->n_places + place);
        }
    }
  tally->n_clipped += reduction.n_clipped;
  tally->peak = MAX (tally->peak, reduction.peak);
}

/* |z| of a sum of channel @unit. */
static guint64
get_magnitude (const Step *self, gsize unit, gint64 sum)
{
  const FxpActivationLimits *limits = &self->requantizer->conversion.limits;
  const gint64 y = fxp_requantizer_get_output (self->requantizer, unit, sum);
  const gint64 z = CLAMP (y, limits->least, limits->greatest);

  return (guint64)ABS (z);
}

/* The greatest |z| of channels @first and on, at most UNITS_AT_ONCE, in @n_rows rows of kept sums.
 * y rises or falls with the sum of its channel, so that its ends tell. */
static guint64
find_peak (const Step *self, const gint64 *sums, gsize n_rows, gsize first)
{
  const gsize n_units = self->product->n_units;
  const gsize n = MIN (n_units - first, UNITS_AT_ONCE);
  gint64 least[UNITS_AT_ONCE], most[UNITS_AT_ONCE];
  guint64 peak = 0;

  sums += first;
  memcpy (least, sums, n * sizeof *least);
  memcpy (most, sums, n * sizeof *most);
  for (gsize r = 1; r < n_rows; r++)
    {
      const gint64 *row = sums + r * n_units;

      for (gsize i = 0; i < n; i++)
        {
          least[i] = MIN (least[i], row[i]);
          most[i] = MAX (most[i], row[i]);
        }
    }
  for (gsize i = 0; i < n; i++)
    {
      peak = MAX (peak, get_magnitude (self, first + i, least[i]));
      peak = MAX (peak, get_magnitude (self, first + i, most[i]));
    }
  return peak;
}

static void
measure (gpointer data, gsize first, gsize last)
{
  const Step *self = data;
  FxpIntegerTally *tally = &self->engine->tallies[fxp_team_get_thread ()];

  for (gsize unit = 0; unit < self->product->n_units; unit += UNITS_AT_ONCE)
    {
      const guint64 peak =
        find_peak (self, self->engine->sums + first * self->product->n_units, last - first, unit);

      tally->peak = MAX (tally->peak, peak);
    }
}

static void
take_kept (gpointer data, gsize first, gsize last)
{
  const Step *self = data;
  FxpInteger *engine = self->engine;
  FxpIntegerTally *tally = &engine->tallies[fxp_team_get_thread ()];
  const gsize n_units = self->product->n_units;
  const gint64 *sums = engine->sums + first * n_units;
  gint32 *row = (gpointer)(engine->memory + fxp_team_get_thread () * engine->thread_bytes);

  if (self->product->is_wide)
    {
      tally->n_clipped += take_wide (self, sums, last - first, n_units, first);
      return;
    }
  for (gsize r = first; r < last; r++, sums += n_units)
    {
      for (gsize c = 0; c < n_units; c++)
        row[c] = (gint32)sums[c];
      tally->n_clipped += take_narrow (self, row, 1, n_units, r);
    }
}

static void
unpack (gpointer data, gsize first, gsize last)
{
  const Step *self = data;

  fxp_cluster_product_unpack (self->product, first, last, self->engine->panel);
}

/* A, B and the grid of y as they are now. */
static void
begin (const Step *self)
{
  FxpInteger *engine = self->engine;
  const FxpNode *node = self->node;

  fxp_requantizer_begin (engine->layers[self->index].requantizer,
                         node,
                         engine->activation,
                         fxp_node_get_sum_exponent (engine->model, node),
                         fxp_integer_get_sum_exponent (engine, self->index));
}

static void
aim (const Step *self)
{
  if (self->node->is_last)
    return;
  fxp_integer_predict_exponent (self->engine, self->index, self->requantizer->exponent);
  fxp_requantizer_aim (self->engine->layers[self->index].requantizer,
                       fxp_integer_get_output (self->engine, self->index)->format);
}

/* What is done with sums that were kept until all of them were there. */
static void
finish_seen (Step *self)
{
  FxpInteger *engine = self->engine;
  FxpIntegerOutput *output = fxp_integer_get_output (engine, self->index);
  const gsize n_rows = engine->n * output->n_features / self->product->n_units;
  const guint64 work = (guint64)engine->n * output->n_features * FXP_TEAM_MOVE_WORK;
  guint64 peak;

  if (engine->sight != NULL)
    {
      engine->sight (engine, self->index, engine->sums, engine->n, engine->sight_data);
      begin (self);
    }
  fxp_team_run (engine->team, n_rows, 1, work, measure, self);
  peak = fxp_integer_collect (engine).peak;
  output->peak = ldexp ((double)peak, self->requantizer->exponent);
  if (self->node->is_last)
    {
      const gsize n_units = self->product->n_units;
      const double step = ldexp (1.0, self->requantizer->exponent);

      for (gsize i = 0; i < engine->n * n_units; i++)
        engine->logits[i] =
          step *
          (double)fxp_requantizer_get_output (self->requantizer, i % n_units, engine->sums[i]);
      return;
    }
  if (engine->is_dynamic)
    fxp_integer_choose_exponent (engine, self->index, peak, self->requantizer->exponent);
  aim (self);
  fxp_team_run (engine->team, n_rows, 1, work, take_kept, self);
}

static void
count (const Step *self)
{
  const FxpClusterProduct *product = self->product;
  FxpInferenceCounts *counts = &self->engine->counts;
  const FxpWeightShape *shape = fxp_clusters_get_shape (self->node->clusters);
  const guint64 n_outputs =
    (guint64)self->engine->n * fxp_integer_get_output (self->engine, self->index)->n_features;
  const guint64 n_positions = n_outputs / product->n_units;
  const guint64 n_macs = n_outputs * shape->n_inputs * shape->n_pixels;

  counts->n_macs += n_macs;
  counts->n_affine += n_outputs;
  counts->n_converted += self->node->is_last ? 0 : n_outputs;
  counts->n_saturated += fxp_integer_collect (self->engine).n_clipped;
  counts->n_shifts += n_positions * product->n_shifts;
  if (fxp_clusters_is_plain (self->node->clusters))
    {
      counts->n_multiplies += n_macs;
      return;
    }
  counts->n_converted += self->node->intermediate_bits > 0 ? n_positions * product->n_scales : 0;
  counts->n_multiplies += n_positions * product->n_scales;
  counts->n_adds += n_positions * product->n_nonzero;
  counts->n_skipped += n_positions * product->n_zero;
}

/* Sums of the whole batch. */
static void
form (Step *self)
{
  FxpInteger *engine = self->engine;
  const FxpClusterProduct *product = self->product;
  const gsize n_items =
    product->is_dense ? (engine->n + product->n_places - 1) / product->n_places : engine->n;
  const gsize n_features = fxp_integer_get_output (engine, self->index)->n_features;

  fxp_team_run (engine->team,
                n_items,
                1,
                (guint64)engine->n * n_features * product->n_steps,
                form_items,
                self);
}

/* R of this batch: the model's, or of the batch's own maximum, for which sums are formed twice. */
static void
choose_reduction (Step *self)
{
  FxpInteger *engine = self->engine;
  FxpIntegerLayer *layer = &engine->layers[self->index];

  layer->reduction = self->node->reduction;
  if (!engine->is_dynamic || self->node->intermediate_bits == 0)
    return;
  self->is_measured = TRUE;
  form (self);
  self->is_measured = FALSE;
  layer->reduction =
    fxp_node_choose_reduction (self->node, (double)fxp_integer_collect (engine).peak, 0);
}

/* What became of sums of clusters, before tallies are of anything else. */
static void
collect_reduced (const Step *self)
{
  FxpInteger *engine = self->engine;
  const FxpIntegerTally tally = fxp_integer_collect (engine);

  engine->counts.n_saturated += tally.n_clipped;
  engine->layers[self->index].intermediate_peak =
    ldexp ((double)tally.peak, fxp_integer_get_exponent (engine, self->node->from));
}

void
fxp_integer_run_product (FxpInteger *self, int node)
{
  const FxpClusterProduct *product = self->layers[node].product;
  const FxpIntegerOutput *input = fxp_integer_get_output (self, self->model->nodes[node].from);
  Step step = {
    .engine = self,
    .node = &self->model->nodes[node],
    .index = node,
    .product = product,
    .requantizer = self->layers[node].requantizer,
    .source = fxp_integer_get_memory (self, self->model->nodes[node].from),
    .sample_bytes =
      input->n_features * fxp_storage_get_size (fxp_format_get_storage (input->format)),
    .is_seen = self->is_dynamic || self->sight != NULL,
  };

  if (step.is_seen && self->sums == NULL)
    {
      gsize most = 0;

      for (guint i = 0; i < self->model->n_nodes; i++)
        if (self->model->nodes[i].kind == FXP_NODE_PRODUCT)
          most = MAX (most, fxp_integer_get_output (self, i)->n_features);
      self->sums = g_new (gint64, self->n_reserved * most);
    }
  fxp_team_run (self->team,
                fxp_cluster_product_get_n_strips (product),
                1,
                fxp_cluster_product_get_panel_bytes (product),
                unpack,
                &step);
  choose_reduction (&step);
  begin (&step);
  if (!step.is_seen)
    aim (&step);
  form (&step);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  collect_reduced (&step);
  if (step.is_seen)
    finish_seen (&step);
  count (&step);
}
