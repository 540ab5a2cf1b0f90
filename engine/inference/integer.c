/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/integer-state-private.h"

#include "number/quantizer.h"

#include <math.h>
#include <string.h>

/* Kernels read whole steps behind the end of codes. */
#define SLACK 64

FxpIntegerTally
fxp_integer_collect (FxpInteger *self)
{
  FxpIntegerTally total = {0};

  for (guint i = 0; i < FXP_INTEGER_THREADS_MAX; i++)
    {
      total.n_clipped += self->tallies[i].n_clipped;
      total.peak = MAX (total.peak, self->tallies[i].peak);
      self->tallies[i] = (FxpIntegerTally){0};
    }
  return total;
}

/* Whether codes of a node may be below 0. */
static gboolean
gives_negative (const FxpInteger *self, const FxpNode *node)
{
  const gboolean is_rectified =
    node->activates &&
    (self->activation == FXP_ACTIVATION_RELU || self->activation == FXP_ACTIVATION_CLIPPED_RELU);

  if (node->kind == FXP_NODE_MAXIMUM || node->kind == FXP_NODE_MEAN)
    return fxp_integer_get_output (self, node->from)->is_negative;
  return !is_rectified;
}

static void
describe_output (FxpIntegerOutput *output, const FxpShape *shape, FxpFormat format)
{
  output->format = format;
  output->n_features = fxp_shape_get_n (shape);
  output->n_channels = shape->dim[0];
  output->peak = NAN;
  fxp_scaler_init (&output->scaler, -format.frac_bits);
}

static void
describe_outputs (FxpInteger *self)
{
  const FxpModel *model = self->model;

  self->outputs = g_new0 (FxpIntegerOutput, model->n_nodes + 1);
  describe_output (&self->outputs[0], &model->input, model->input_format);
  self->outputs[0].is_negative = model->input_format.is_signed;
  for (guint i = 0; i < model->n_nodes; i++)
    {
      FxpIntegerOutput *output = fxp_integer_get_output (self, i);
      const FxpNode *node = &model->nodes[i];

      describe_output (output, &node->output, node->format);
      output->is_negative = gives_negative (self, node);
    }
}

static void
prepare_layers (FxpInteger *self)
{
  const FxpModel *model = self->model;

  self->layers = g_new0 (FxpIntegerLayer, model->n_nodes);
  for (guint i = 0; i < model->n_nodes; i++)
    {
      const FxpNode *node = &model->nodes[i];
      const FxpIntegerOutput *input = fxp_integer_get_output (self, node->from);
      const FxpShape *shape = &node->input;
      const gboolean is_turned = node->output.rank != 3 && shape->rank == 3;

      if (node->kind != FXP_NODE_PRODUCT)
        continue;
      self->layers[i].product =
        fxp_cluster_product_new (node,
                                 &(FxpClusterSource){
                                   .storage = fxp_format_get_storage (input->format),
                                   .is_negative = input->is_negative,
                                   .n_pixels = is_turned ? shape->dim[1] * shape->dim[2] : 1,
                                   .max = fxp_codes_get_max (input->format),
                                 });
      self->layers[i].requantizer =
        fxp_requantizer_new (fxp_clusters_get_shape (node->clusters)->n_units);
    }
}

static gsize
get_code_size (const FxpIntegerOutput *output)
{
  return fxp_format_is_float (output->format)
           ? 0
           : fxp_storage_get_size (fxp_format_get_storage (output->format));
}

/* The last node that takes the output of @node; itself, if none does. */
static int
find_last_use (const FxpModel *model, int node)
{
  for (int i = (int)model->n_nodes - 1; i > node; i--)
    if (model->nodes[i].from == node ||
        (model->nodes[i].kind == FXP_NODE_SUM && model->nodes[i].skip == node))
      return i;
  return node;
}

/* Outputs share memory where one is not used any more when the other is formed; kept, each has its
 * own. */
static void
assign_slots (FxpInteger *self)
{
  const int n = (int)self->model->n_nodes;
  g_autofree int *busy = g_new (int, n + 1); /* until which node a slot is used */

  g_free (self->slot_bytes);
  self->slot_bytes = g_new0 (gsize, n + 1);
  self->n_slots = 0;
  for (int i = FXP_NODE_INPUT; i < n; i++)
    {
      FxpIntegerOutput *output = fxp_integer_get_output (self, i);
      guint slot = 0;

      while (slot < self->n_slots && (self->keeps || busy[slot] >= i))
        slot++;
      self->n_slots = MAX (self->n_slots, slot + 1);
      output->slot = slot;
      busy[slot] = find_last_use (self->model, i);
      self->slot_bytes[slot] =
        MAX (self->slot_bytes[slot], output->n_features * get_code_size (output));
    }
}

FxpInteger *
fxp_integer_new (FxpModel *model, FxpTeam *team)
{
  FxpInteger *self;

  g_return_val_if_fail (model != NULL && model->n_nodes > 0, NULL);

  self = g_new0 (FxpInteger, 1);
  self->model = fxp_model_ref (model);
  self->team = team;
  self->activation = fxp_experiment_get_settings (model->experiment)->activation;
  self->is_dynamic = model->options.exponents == FXP_EXPONENTS_DYNAMIC;
  self->is_predictive = model->options.exponents == FXP_EXPONENTS_PREDICTIVE;
  describe_outputs (self);
  prepare_layers (self);
  assign_slots (self);
  return self;
}

static void
free_memory (FxpInteger *self)
{
  for (guint i = 0; i < self->n_slots && self->slots != NULL; i++)
    g_aligned_free (self->slots[i]);
  g_clear_pointer (&self->slots, g_free);
  g_clear_pointer (&self->panel, g_aligned_free);
  g_clear_pointer (&self->memory, g_aligned_free);
  g_clear_pointer (&self->sums, g_free);
  g_clear_pointer (&self->logits, g_free);
  g_clear_pointer (&self->row, g_free);
  g_clear_pointer (&self->widened, g_free);
}

void
fxp_integer_free (FxpInteger *self)
{
  if (self == NULL)
    return;
  free_memory (self);
  for (guint i = 0; i < self->model->n_nodes; i++)
    {
      fxp_cluster_product_free (self->layers[i].product);
      fxp_requantizer_free (self->layers[i].requantizer);
    }
  g_free (self->layers);
  g_free (self->outputs);
  g_free (self->slot_bytes);
  fxp_model_unref (self->model);
  g_free (self);
}

FxpModel *
fxp_integer_get_model (FxpInteger *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->model;
}

void
fxp_integer_set_sight (FxpInteger *self, FxpIntegerSight sight, gpointer data)
{
  g_return_if_fail (self != NULL);

  self->sight = sight;
  self->sight_data = data;
}

void
fxp_integer_keep (FxpInteger *self)
{
  g_return_if_fail (self != NULL && self->n_reserved == 0);

  self->keeps = TRUE;
  assign_slots (self);
}

void
fxp_integer_set_dynamic (FxpInteger *self, gboolean dynamic)
{
  g_return_if_fail (self != NULL);

  self->is_dynamic = dynamic;
}

static gpointer
allocate (gsize n_bytes)
{
  gpointer memory = g_aligned_alloc (n_bytes / 64 + 1, 64, 64);

  memset (memory, 0, n_bytes);
  return memory;
}

static gsize
get_thread_bytes (const FxpInteger *self)
{
  gsize n_bytes = 0;

  for (guint i = 0; i < self->model->n_nodes; i++)
    {
      /* A pixel's sums in 64 bits, and its codes in 32. */
      gsize needed =
        fxp_integer_get_output (self, i)->n_channels * (sizeof (gint64) + sizeof (gint32));

      if (self->layers[i].product != NULL)
        needed = fxp_integer_get_product_bytes (self, i);
      n_bytes = MAX (n_bytes, needed);
    }
  return (n_bytes + 63) / 64 * 64;
}

static gsize
get_panel_bytes (const FxpInteger *self)
{
  gsize n_bytes = 0;

  for (guint i = 0; i < self->model->n_nodes; i++)
    if (self->layers[i].product != NULL)
      n_bytes = MAX (n_bytes, fxp_cluster_product_get_panel_bytes (self->layers[i].product));
  return n_bytes;
}

static void
reserve (FxpInteger *self, gsize n)
{
  const guint n_threads = self->team == NULL ? 1 : fxp_team_get_n_threads (self->team);
  const gsize n_outputs = fxp_integer_get_output (self, (int)self->model->n_nodes - 1)->n_features;

  if (n <= self->n_reserved)
    return;
  free_memory (self);
  self->n_reserved = n;
  self->slots = g_new (gpointer, self->n_slots);
  for (guint i = 0; i < self->n_slots; i++)
    self->slots[i] = allocate (n * self->slot_bytes[i] + SLACK);
  self->panel = allocate (get_panel_bytes (self));
  self->thread_bytes = get_thread_bytes (self);
  self->memory = allocate (n_threads * self->thread_bytes);
  self->logits = g_new (double, n *n_outputs);
  self->row = g_malloc (self->outputs[0].n_features * get_code_size (&self->outputs[0]));
}

/* Samples as they are given, channels first, to codes channels-last. */
static void
take_inputs (FxpInteger *self, const double *inputs)
{
  FxpIntegerOutput *output = &self->outputs[0];
  const FxpQuantizer quantizer = {
    output->format,
    FXP_ROUND_NEAREST_UP,
    FXP_OVERFLOW_SATURATE_SYMMETRIC,
  };
  const gsize size = get_code_size (output), n = output->n_features;
  const gsize n_channels = output->n_channels, n_pixels = n / n_channels;
  guint8 *to = fxp_integer_get_memory (self, FXP_NODE_INPUT);
  FxpQuantizeCounts counts = {0};

  output->peak = 0;
  for (gsize i = 0; i < self->n * n; i++)
    output->peak = fabs (inputs[i]) > output->peak ? fabs (inputs[i]) : output->peak;
  if (n_channels == 1 || n_pixels == 1)
    {
      fxp_quantizer_apply (&quantizer, NULL, inputs, to, 0, self->n * n, &counts, NULL);
      return;
    }
  for (gsize i = 0; i < self->n; i++, inputs += n, to += n * size)
    {
      fxp_quantizer_apply (&quantizer, NULL, inputs, self->row, 0, n, &counts, NULL);
      for (gsize c = 0; c < n_channels; c++)
        for (gsize p = 0; p < n_pixels; p++)
          memcpy (to + (p * n_channels + c) * size,
                  (const guint8 *)self->row + (c * n_pixels + p) * size,
                  size);
    }
}

gboolean
fxp_integer_run (FxpInteger *self, const double *inputs, gsize n, GCancellable *cancellable)
{
  static void (*const run[]) (FxpInteger * self, int node) = {
    [FXP_NODE_PRODUCT] = fxp_integer_run_product,
    [FXP_NODE_MAXIMUM] = fxp_integer_run_maximum,
    [FXP_NODE_MEAN] = fxp_integer_run_mean,
    [FXP_NODE_SUM] = fxp_integer_run_sum,
  };
  gboolean done;

  g_return_val_if_fail (self != NULL && inputs != NULL && n > 0, FALSE);

  reserve (self, n);
  self->n = n;
  self->cancellable = cancellable;
  fxp_integer_take_exponents (self);
  take_inputs (self, inputs);
  for (guint i = 0; i < self->model->n_nodes && !g_cancellable_is_cancelled (cancellable); i++)
    {
      run[self->model->nodes[i].kind](self, (int)i);
      fxp_integer_advance_exponent (self, (int)i);
    }
  done = !g_cancellable_is_cancelled (cancellable);
  self->cancellable = NULL;
  if (done)
    self->counts.n_images += n;
  return done;
}

const double *
fxp_integer_get_logits (const FxpInteger *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->logits;
}

static gsize
get_most_features (const FxpInteger *self)
{
  gsize most = 0;

  for (guint i = 0; i <= self->model->n_nodes; i++)
    most = MAX (most, self->outputs[i].n_features);
  return most;
}

const gint32 *
fxp_integer_get_codes (const FxpInteger *self, int node, int *exponent)
{
  FxpInteger *engine = (FxpInteger *)self;
  const FxpIntegerOutput *output;
  gsize n;

  g_return_val_if_fail (self != NULL && self->keeps, NULL);
  g_return_val_if_fail (node >= FXP_NODE_INPUT && node < (int)self->model->n_nodes, NULL);

  output = fxp_integer_get_output (self, node);
  n = self->n * output->n_features;
  if (engine->widened == NULL)
    engine->widened = g_new (gint32, self->n_reserved * get_most_features (self));
  fxp_integer_read (fxp_format_get_storage (output->format),
                    fxp_integer_get_memory (self, node),
                    n,
                    engine->widened);
  if (exponent != NULL)
    *exponent = fxp_integer_get_exponent (self, node);
  return self->widened;
}

double
fxp_integer_get_peak (const FxpInteger *self, int node)
{
  g_return_val_if_fail (self != NULL, NAN);
  g_return_val_if_fail (node >= FXP_NODE_INPUT && node < (int)self->model->n_nodes, NAN);

  return fxp_integer_get_output (self, node)->peak;
}

double
fxp_integer_get_intermediate_peak (const FxpInteger *self, guint node)
{
  g_return_val_if_fail (self != NULL && node < self->model->n_nodes, NAN);

  return self->layers[node].intermediate_peak;
}

int
fxp_integer_get_sum_exponent (const FxpInteger *self, guint node)
{
  const FxpNode *product;

  g_return_val_if_fail (self != NULL && node < self->model->n_nodes, 0);

  product = &self->model->nodes[node];
  return fxp_clusters_get_exponent (product->clusters) +
         fxp_integer_get_exponent (self, product->from) + (int)self->layers[node].reduction;
}

void
fxp_integer_get_counts (const FxpInteger *self, FxpInferenceCounts *counts)
{
  g_return_if_fail (self != NULL && counts != NULL);

  *counts = self->counts;
}
