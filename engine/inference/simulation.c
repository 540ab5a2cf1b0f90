/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/simulation-state-private.h"

/* Of a mean, how much finer than its input it may be where exponents do not follow the batch. */
#define MEAN_SHIFT_MAX 15

static void
describe_output (FxpSimulatedOutput *output, const FxpShape *shape, FxpFormat format)
{
  const gboolean is_image = shape->rank == 3;

  output->n_features = fxp_shape_get_n (shape);
  output->n_channels = is_image ? shape->dim[0] : output->n_features;
  output->height = is_image ? shape->dim[1] : 1;
  output->width = is_image ? shape->dim[2] : 1;
  output->format = format;
  if (!fxp_format_is_float (format))
    fxp_scaler_init (&output->scaler, -format.frac_bits);
}

FxpSimulation *
fxp_simulation_new (FxpModel *model, FxpTeam *team, GError **error)
{
  g_autoptr (FxpSimulation) self = g_new0 (FxpSimulation, 1);

  g_return_val_if_fail (model != NULL, NULL);

  self->model = fxp_model_ref (model);
  self->team = team;
  self->activation = fxp_experiment_get_settings (model->experiment)->activation;
  if (fxp_conversion_options_is_off (&model->options))
    return fxp_simulation_make_network (self, error) ? g_steal_pointer (&self) : NULL;
  self->outputs = g_new0 (FxpSimulatedOutput, model->n_nodes + 1);
  self->weights = g_new0 (double *, model->n_nodes);
  describe_output (&self->outputs[0], &model->input, model->input_format);
  for (guint i = 0; i < model->n_nodes; i++)
    {
      const FxpNode *node = &model->nodes[i];

      describe_output (&self->outputs[i + 1], &node->output, node->format);
      if (node->kind == FXP_NODE_PRODUCT)
        self->weights[i] = fxp_simulation_decode_weights (node);
    }
  return g_steal_pointer (&self);
}

void
fxp_simulation_free (FxpSimulation *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; self->outputs != NULL && i <= self->model->n_nodes; i++)
    g_free (self->outputs[i].values);
  for (guint i = 0; self->weights != NULL && i < self->model->n_nodes; i++)
    g_free (self->weights[i]);
  g_free (self->outputs);
  g_free (self->weights);
  g_clear_pointer (&self->network, fxp_network_free);
  g_clear_pointer (&self->scratch, fxp_scratch_free);
  g_clear_pointer (&self->lone_team, fxp_team_free);
  fxp_model_unref (self->model);
  g_free (self);
}

static void
reserve (FxpSimulation *self, gsize n)
{
  if (n <= self->n_reserved)
    return;
  self->n_reserved = n;
  for (guint i = 0; i <= self->model->n_nodes; i++)
    {
      g_free (self->outputs[i].values);
      self->outputs[i].values = g_new (double, n * self->outputs[i].n_features);
    }
}

double
fxp_simulation_activate (FxpActivation activation, double y, double step)
{
  const double one = floor (1.0 / step) * step, two = floor (2.0 / step) * step;

  switch (activation)
    {
    case FXP_ACTIVATION_RELU:
      return MAX (y, 0.0);
    case FXP_ACTIVATION_CLIPPED_RELU:
      return MIN (MAX (y, 0.0), two);
    case FXP_ACTIVATION_HARD_TANH:
      return MIN (MAX (y, -one), one);
    case FXP_ACTIVATION_TANH:
    case FXP_N_ACTIVATIONS:
    default:
      g_return_val_if_reached (y);
    }
}

/* clip ([z / step]) step */
static inline double
quantize (FxpFormat format, double step, double z)
{
  const double most = fxp_codes_get_max (format), least = format.is_signed ? -most : 0.0;
  const double code = fxp_simulation_round (z / step);

  return CLAMP (code, least, most) * step;
}

/* Inputs come channels first.  NaN is code 0. */
static void
take_inputs (FxpSimulation *self, const double *inputs)
{
  FxpSimulatedOutput *output = fxp_simulation_get_output (self, FXP_NODE_INPUT);
  const gsize n_channels = output->n_channels, n_pixels = output->n_features / n_channels;
  const double step = fxp_format_get_step (output->format);

  for (gsize sample = 0; sample < self->n; sample++)
    for (gsize c = 0; c < n_channels; c++)
      for (gsize p = 0; p < n_pixels; p++, inputs++)
        output->values[(sample * n_pixels + p) * n_channels + c] =
          isnan (*inputs) ? 0.0 : quantize (output->format, step, *inputs);
}

static double
find_max (const FxpSimulation *self, const FxpSimulatedOutput *output)
{
  double max = 0.0;

  for (gsize i = 0; i < self->n * output->n_features; i++)
    max = MAX (max, fabs (output->values[i]));
  return max;
}

/* The exponent of a node's output in this run; @grid: of what was formed. */
static int
choose_exponent (const FxpSimulation *self, int index, int grid)
{
  const FxpNode *node = &self->model->nodes[index];
  const FxpSimulatedOutput *output = fxp_simulation_get_output (self, index);
  const gboolean is_mean = node->kind == FXP_NODE_MEAN;
  FxpScalingOptions abs_max;
  double max;

  switch (self->model->options.exponents)
    {
    case FXP_EXPONENTS_DYNAMIC:
      max = find_max (self, output);
      if (max == 0.0)
        return -node->format.frac_bits;
      fxp_scaling_options_init (&abs_max, FXP_SCALING_ABS_MAX);
      if (is_mean)
        max /= (double)fxp_simulation_count_pixels (node);
      else
        /* Rule 4 of 1.4 is rule 1 of 1.2 where it shifts. */
        return MAX (fxp_scaling_choose (&abs_max, node->format, max), grid);
      return fxp_scaling_choose (&abs_max, node->format, max);
    case FXP_EXPONENTS_PREDICTIVE:
      if (is_mean)
        return CLAMP (output->scaler.exponent, grid - MEAN_SHIFT_MAX, grid);
      return MAX (output->scaler.exponent, grid);
    case FXP_EXPONENTS_STATIC:
    case FXP_N_EXPONENTS:
    default:
      return -node->format.frac_bits;
    }
}

typedef struct
{
  FxpSimulation *simulation;
  FxpSimulatedOutput *output;
  double n_pixels; /* that a sum is to be divided by; 1 but of means */
} Quantization;

/* clip ([S 2^s / k]): the quotient of doubles may lie on the other side of an integer, and is put
 * right by the remainder, which is exact. */
static double
divide (FxpFormat format, double step, double sum, double k)
{
  const double numerator = 2.0 * (sum / step) + k, denominator = 2.0 * k;
  double code = floor (numerator / denominator);

  if (numerator - code * denominator < 0.0)
    code -= 1.0;
  else if (numerator - code * denominator >= denominator)
    code += 1.0;
  return quantize (format, step, code * step);
}

static void
quantize_samples (gpointer data, gsize first, gsize last)
{
  const Quantization *walk = data;
  const FxpFormat format = walk->output->format;
  const double step = fxp_format_get_step (format);
  const gsize n = walk->output->n_features;

  for (gsize i = first * n; i < last * n; i++)
    {
      double *value = &walk->output->values[i];

      *value = walk->n_pixels > 1.0 ? divide (format, step, *value, walk->n_pixels)
                                    : quantize (format, step, *value);
    }
}

/* The scaler sees what it would see of codes. */
static void
advance (const FxpSimulation *self, FxpSimulatedOutput *output)
{
  const double most = fxp_codes_get_max (output->format);
  const double step = fxp_format_get_step (output->format);
  FxpRangeSight sight = {.n = self->n * output->n_features};
  FxpScalingOptions options;

  for (gsize i = 0; i < sight.n; i++)
    {
      double code = fabs (output->values[i]) / step;

      sight.n_full += code >= most;
      sight.n_half += code >= (most + 1.0) / 2.0;
      sight.max = MAX (sight.max, (guint32)code);
    }
  fxp_scaling_options_init (&options, FXP_SCALING_PREDICTIVE);
  output->scaler.exponent = -output->format.frac_bits;
  fxp_scaler_advance (&output->scaler, &options, output->format, &sight);
}

static void
run_node (FxpSimulation *self, int index)
{
  static int (*const form[]) (FxpSimulation *, int) = {
    [FXP_NODE_PRODUCT] = fxp_simulation_form_product,
    [FXP_NODE_MAXIMUM] = fxp_simulation_form_maximum,
    [FXP_NODE_MEAN] = fxp_simulation_form_mean,
    [FXP_NODE_SUM] = fxp_simulation_form_sum,
  };
  const FxpNode *node = &self->model->nodes[index];
  FxpSimulatedOutput *output = fxp_simulation_get_output (self, index);
  Quantization walk = {self, output, 1.0};
  const int grid = form[node->kind](self, index);

  if (node->is_last || g_cancellable_is_cancelled (self->cancellable))
    return;
  if (node->kind == FXP_NODE_MAXIMUM)
    {
      output->format = fxp_simulation_get_output (self, node->from)->format;
      return;
    }
  if (node->kind == FXP_NODE_MEAN)
    walk.n_pixels = (double)fxp_simulation_count_pixels (node);
  output->format.frac_bits = (gint8)MAX (-choose_exponent (self, index, grid), G_MININT8);
  fxp_team_run (self->team,
                self->n,
                1,
                self->n * output->n_features * FXP_TEAM_QUANTIZE_WORK,
                quantize_samples,
                &walk);
  if (self->model->options.exponents == FXP_EXPONENTS_PREDICTIVE)
    advance (self, output);
}

gboolean
fxp_simulation_run (FxpSimulation *self, const double *inputs, gsize n, GCancellable *cancellable)
{
  gboolean done;

  g_return_val_if_fail (self != NULL && inputs != NULL && n > 0, FALSE);

  self->n = n;
  self->cancellable = cancellable;
  if (self->network != NULL)
    done = fxp_simulation_run_network (self, inputs, n);
  else
    {
      reserve (self, n);
      take_inputs (self, inputs);
      for (guint i = 0; i < self->model->n_nodes && !g_cancellable_is_cancelled (cancellable); i++)
        run_node (self, (int)i);
      done = !g_cancellable_is_cancelled (cancellable);
    }
  self->cancellable = NULL;
  return done;
}

const double *
fxp_simulation_get_logits (const FxpSimulation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->network != NULL)
    return fxp_network_get_logits (self->network);
  return fxp_simulation_get_values (self, (int)self->model->n_nodes - 1);
}

const double *
fxp_simulation_get_values (const FxpSimulation *self, int node)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->network != NULL)
    return NULL;
  g_return_val_if_fail (node >= FXP_NODE_INPUT && node < (int)self->model->n_nodes, NULL);
  return fxp_simulation_get_output (self, node)->values;
}

int
fxp_simulation_get_exponent (const FxpSimulation *self, int node)
{
  g_return_val_if_fail (self != NULL && self->network == NULL, 0);
  g_return_val_if_fail (node >= FXP_NODE_INPUT && node < (int)self->model->n_nodes, 0);

  return -fxp_simulation_get_output (self, node)->format.frac_bits;
}
