/* SPDX-License-Identifier: MIT */
/* Two dense layers once more, in plain doubles and by the letter of the contract in
 * network-private.h: own rounding, own loops, values in place of codes.  With words of up to 16
 * bits doubles hold every product and sum exactly, so that not one code of the network may differ
 * (acceptance test 6.3 of the first paper).  Shared are only random draws and the exponential. */
#include "config.h"

#include "number/elementary.h"
#include "trial.h"

#include <math.h>

#define N_LAYERS  2
#define N_SAMPLES 7
#define N_STEPS   20
#define WIDEST    6
#define SEED      1

static const guint sizes[N_LAYERS + 1] = {WIDEST, 5, 3};

typedef struct
{
  const char *name;
  guint8 bits[FXP_ROLE_WEIGHT_ACC + 1];
  double rate;
} Case;

static const Case cases[] = {
  {"3-bits", {3, 3, 3, 3, 3}, 0.25},
  {"4-bits", {4, 4, 4, 4, 4}, 0.1},
  {"8-bits", {8, 8, 8, 8, 8}, 0.1},
  {"12-bits", {12, 12, 12, 12, 12}, 0.3},
  {"16-bits", {16, 16, 16, 16, 16}, 10},
  {"mixed", {5, 7, 11, 9, 14}, 0.2},
};

typedef struct
{
  FxpQuantizer quantizers[FXP_ROLE_WEIGHT_ACC + 1];
  guint n_inputs, n_units;
  double weights[WIDEST * WIDEST]; /* unit by unit, as the gradient and the residues */
  double residues[WIDEST * WIDEST];
  double weight_grad[WIDEST * WIDEST];
  double biases[WIDEST];
  double bias_grad[WIDEST];
  double inputs[N_SAMPLES * WIDEST];      /* A that enters */
  double outputs[N_SAMPLES * WIDEST];     /* z */
  double output_grad[N_SAMPLES * WIDEST]; /* G_A, masked */
  gboolean passes[N_SAMPLES * WIDEST];    /* straight-through mask */
} Layer;

typedef struct
{
  Layer layers[N_LAYERS];
  guint64 step;
  guint n_clipped; /* over the whole run */
} Emulation;

/* Nearest with midpoints away from zero, or floor (y + draw) as if with infinitely many digits, the
 * draw being 1/2 where midpoints go up: the rest of y has its sign and is exact, 1 - draw too. */
static double
round_own (FxpRounding rounding, double y, double draw)
{
  const double whole = trunc (y), rest = y - whole;

  if (rounding == FXP_ROUND_NEAREST_AWAY)
    return round (y);
  if (rounding == FXP_ROUND_NEAREST_UP)
    draw = 0.5;
  else
    g_assert_cmpint (rounding, ==, FXP_ROUND_STOCHASTIC);
  if (rest >= 0.0)
    return whole + (rest >= 1.0 - draw ? 1.0 : 0.0);
  return whole - (-rest > draw ? 1.0 : 0.0);
}

/* @inside: NULL, or whether each rounded value was in the range. */
static void
quantize (Emulation *self,
          guint layer,
          FxpRole role,
          const double *values,
          guint n,
          double *to,
          gboolean *inside)
{
  const FxpQuantizer *quantizer = &self->layers[layer].quantizers[role];
  const FxpFormat format = quantizer->format;
  const double size = ldexp (1.0, format.word_bits - (format.is_signed ? 1 : 0));
  const double least = format.is_signed ? -size : 0.0, greatest = size - 1.0;
  const FxpNoise noise = fxp_noise_new (SEED, self->step, layer, role, FXP_STREAM_QUANTIZE);

  for (guint i = 0; i < n; i++)
    {
      const double draw = ldexp (fxp_noise_draw (noise, i), -32);
      const double code =
        round_own (quantizer->rounding, ldexp (values[i], format.frac_bits), draw);
      const gboolean is_inside = code >= least && code <= greatest;

      to[i] = ldexp (fmin (fmax (code, least), greatest), -format.frac_bits);
      self->n_clipped += !is_inside;
      if (inside != NULL)
        inside[i] = is_inside;
    }
}

/* W = Q_W (v), W_acc = Q_acc (v - W). */
static void
split (Emulation *self, guint layer, const double *words)
{
  Layer *row = &self->layers[layer];
  const guint n = row->n_inputs * row->n_units;
  double rests[WIDEST * WIDEST];

  quantize (self, layer, FXP_ROLE_WEIGHT, words, n, row->weights, NULL);
  for (guint i = 0; i < n; i++)
    rests[i] = words[i] - row->weights[i];
  quantize (self, layer, FXP_ROLE_WEIGHT_ACC, rests, n, row->residues, NULL);
}

static void
emulation_init (Emulation *self, const FxpExperiment *experiment)
{
  *self = (Emulation){0};
  for (guint layer = 0; layer < N_LAYERS; layer++)
    {
      Layer *row = &self->layers[layer];
      const guint fan_in = sizes[layer], fan_out = sizes[layer + 1];
      const double limit = sqrt (6.0 / (layer + 1 < N_LAYERS ? fan_in : fan_in + fan_out));
      const FxpNoise noise = fxp_noise_new (SEED, 0, layer, FXP_ROLE_WEIGHT, FXP_STREAM_INITIALIZE);
      double words[WIDEST * WIDEST];

      row->n_inputs = fan_in;
      row->n_units = fan_out;
      for (guint role = 0; role <= FXP_ROLE_WEIGHT_ACC; role++)
        row->quantizers[role] =
          *fxp_experiment_get_quantizer (experiment, (FxpTensorId){layer, role});
      for (guint i = 0; i < fan_in * fan_out; i++)
        words[i] = limit * (2.0 * fxp_noise_uniform (noise, i) - 1.0);
      split (self, layer, words);
    }
}

static void
go_forward (Emulation *self, const double *inputs)
{
  double values[N_SAMPLES * WIDEST];

  quantize (self,
            0,
            FXP_ROLE_ACTIVATION,
            inputs,
            N_SAMPLES * sizes[0],
            self->layers[0].inputs,
            NULL);
  for (guint layer = 0; layer < N_LAYERS; layer++)
    {
      Layer *row = &self->layers[layer];
      const guint n = N_SAMPLES * row->n_units;

      for (guint i = 0; i < n; i++)
        {
          const double *a = row->inputs + i / row->n_units * row->n_inputs;
          const double *w = row->weights + i % row->n_units * row->n_inputs;
          double sum = 0.0;

          for (guint k = 0; k < row->n_inputs; k++)
            sum += w[k] * a[k];
          row->outputs[i] = sum + row->biases[i % row->n_units];
          values[i] = fmin (fmax (row->outputs[i], 0.0), 2.0);
        }
      if (layer + 1 == N_LAYERS)
        return;
      quantize (self, layer + 1, FXP_ROLE_ACTIVATION, values, n, row[1].inputs, row->passes);
      for (guint i = 0; i < n; i++)
        row->passes[i] = row->passes[i] && row->outputs[i] > 0.0 && row->outputs[i] < 2.0;
    }
}

/* Softmax and cross-entropy; returns the loss. */
static double
find_loss (const Layer *last, const guint16 *labels, double *gradient)
{
  const guint n = last->n_units;
  double loss = 0.0;

  for (guint sample = 0; sample < N_SAMPLES; sample++)
    {
      const double *z = last->outputs + sample * n;
      double greatest = z[0], sum = 0.0;

      for (guint i = 1; i < n; i++)
        greatest = fmax (greatest, z[i]);
      for (guint i = 0; i < n; i++)
        sum += fxp_exp (z[i] - greatest);
      for (guint i = 0; i < n; i++)
        gradient[sample * n + i] =
          (fxp_exp (z[i] - greatest) / sum - (i == labels[sample] ? 1.0 : 0.0)) / N_SAMPLES;
      loss += fxp_log (sum) - (z[labels[sample]] - greatest);
    }
  return loss / N_SAMPLES;
}

static void
find_weight_gradient (Emulation *self, guint layer)
{
  Layer *row = &self->layers[layer];
  double sums[WIDEST * WIDEST] = {0};

  for (guint unit = 0; unit < row->n_units; unit++)
    row->bias_grad[unit] = 0.0;
  for (guint sample = 0; sample < N_SAMPLES; sample++)
    for (guint unit = 0; unit < row->n_units; unit++)
      {
        const double g = row->output_grad[sample * row->n_units + unit];

        row->bias_grad[unit] += g;
        for (guint k = 0; k < row->n_inputs; k++)
          sums[unit * row->n_inputs + k] += g * row->inputs[sample * row->n_inputs + k];
      }
  quantize (self,
            layer,
            FXP_ROLE_WEIGHT_GRAD,
            sums,
            row->n_units * row->n_inputs,
            row->weight_grad,
            NULL);
}

static void
go_back (Emulation *self, const double *gradient)
{
  Layer *last = &self->layers[N_LAYERS - 1];

  quantize (self,
            N_LAYERS - 1,
            FXP_ROLE_ACTIVATION_GRAD,
            gradient,
            N_SAMPLES * last->n_units,
            last->output_grad,
            NULL);
  for (guint layer = N_LAYERS; layer-- > 0;)
    {
      const Layer *row = &self->layers[layer];
      Layer *below;
      const guint n = N_SAMPLES * row->n_inputs;
      double sums[N_SAMPLES * WIDEST] = {0};

      find_weight_gradient (self, layer);
      if (layer == 0)
        return;
      below = &self->layers[layer - 1];
      for (guint i = 0; i < n; i++)
        for (guint unit = 0; unit < row->n_units; unit++)
          sums[i] += row->output_grad[i / row->n_inputs * row->n_units + unit] *
                     row->weights[unit * row->n_inputs + i % row->n_inputs];
      quantize (self, layer - 1, FXP_ROLE_ACTIVATION_GRAD, sums, n, below->output_grad, NULL);
      for (guint i = 0; i < n; i++)
        if (!below->passes[i])
          below->output_grad[i] = 0.0;
    }
}

static void
learn (Emulation *self, double rate)
{
  for (guint layer = 0; layer < N_LAYERS; layer++)
    {
      Layer *row = &self->layers[layer];
      double words[WIDEST * WIDEST];

      for (guint i = 0; i < row->n_inputs * row->n_units; i++)
        words[i] = row->weights[i] + (row->residues[i] - rate * row->weight_grad[i]);
      split (self, layer, words);
      for (guint unit = 0; unit < row->n_units; unit++)
        row->biases[unit] = (float)(row->biases[unit] - rate * row->bias_grad[unit]);
    }
  self->step++;
}

static void
compare_codes (const Trial *trial, guint layer, FxpRole role, const double *values, guint n)
{
  const FxpTensor *tensor = trial_get_tensor (trial, layer, role);

  g_assert_cmpuint (tensor->n, ==, n);
  for (guint i = 0; i < n; i++)
    {
      const gint64 code =
        fxp_format_get_code (tensor->format, tensor->data, fxp_tensor_find (tensor, i));

      if ((double)code != ldexp (values[i], tensor->format.frac_bits))
        g_error ("step %" G_GUINT64_FORMAT ", layer %u, %s, element %u: code %" G_GINT64_FORMAT
                 ", emulated %g",
                 trial->step,
                 layer + 1,
                 fxp_role_get_symbol (role),
                 i,
                 code,
                 ldexp (values[i], tensor->format.frac_bits));
    }
}

static void
compare_all (const Trial *trial, const Emulation *emulation)
{
  for (guint layer = 0; layer < N_LAYERS; layer++)
    {
      const Layer *row = &emulation->layers[layer];
      const guint n_weights = row->n_inputs * row->n_units;

      compare_codes (trial, layer, FXP_ROLE_ACTIVATION, row->inputs, N_SAMPLES * row->n_inputs);
      compare_codes (trial,
                     layer,
                     FXP_ROLE_ACTIVATION_GRAD,
                     row->output_grad,
                     N_SAMPLES * row->n_units);
      compare_codes (trial, layer, FXP_ROLE_WEIGHT_GRAD, row->weight_grad, n_weights);
      compare_codes (trial, layer, FXP_ROLE_WEIGHT, row->weights, n_weights);
      compare_codes (trial, layer, FXP_ROLE_WEIGHT_ACC, row->residues, n_weights);
      for (guint unit = 0; unit < row->n_units; unit++)
        g_assert_cmpfloat (fxp_tensor_get_value (trial_get_tensor (trial, layer, FXP_ROLE_BIAS),
                                                 unit),
                           ==,
                           row->biases[unit]);
    }
}

/* Formats as the paper has them: W in [-1,1), A in [0,2), W_acc in [-2^-B_W, 2^-B_W); ranges of
 * gradients are such that some are clipped. */
static Trial *
new_trial (const Case *test, FxpRounding rounding)
{
  const FxpShape shape = FXP_SHAPE_1 (sizes[0]);
  const guint8 *bits = test->bits;
  g_autofree char *weight = g_strdup_printf ("Q0.%u", bits[FXP_ROLE_WEIGHT] - 1);
  g_autofree char *input = g_strdup_printf ("Q0.%u", bits[FXP_ROLE_ACTIVATION] - 1);
  g_autofree char *activation = g_strdup_printf ("UQ1.%u", bits[FXP_ROLE_ACTIVATION] - 1);
  g_autofree char *gradient = g_strdup_printf ("Q-2.%u", bits[FXP_ROLE_WEIGHT_GRAD] + 1);
  g_autofree char *output_grad = g_strdup_printf ("Q-3.%u", bits[FXP_ROLE_ACTIVATION_GRAD] + 2);
  g_autofree char *residue =
    g_strdup_printf ("Q-%u.%u",
                     bits[FXP_ROLE_WEIGHT],
                     bits[FXP_ROLE_WEIGHT] + bits[FXP_ROLE_WEIGHT_ACC] - 1);
  const char *changes[] = {
    "network.topology",
    "6-5-3",
    "network.activation",
    "clipped-relu",
    "precision.*.weight.format",
    weight,
    "precision.*.activation.format",
    activation,
    "precision.1.activation.format",
    input,
    "precision.*.weight-grad.format",
    gradient,
    "precision.*.activation-grad.format",
    output_grad,
    "precision.*.weight-acc.format",
    residue,
    "precision.*.*.rounding",
    fxp_rounding_get_nick (rounding),
    "precision.*.*.overflow",
    "saturate",
    "precision.*.sum.register",
    "exact",
    NULL,
  };

  return trial_new (changes, &shape, sizes[N_LAYERS], N_SAMPLES, FALSE, 0);
}

static void
check (const Case *test, FxpRounding rounding)
{
  g_autoptr (Trial) trial = new_trial (test, rounding);
  g_autofree Emulation *emulation = g_new (Emulation, 1);
  Layer *layers = emulation->layers;
  double gradient[N_SAMPLES * WIDEST], first[WIDEST * WIDEST];
  guint n_passed = 0;

  emulation_init (emulation, trial->experiment);
  memcpy (first, layers[0].weights, sizeof first);
  for (guint step = 0; step < N_STEPS; step++)
    {
      double loss;

      go_forward (emulation, trial->inputs);
      loss = find_loss (&layers[N_LAYERS - 1], trial->labels, gradient);
      go_back (emulation, gradient);
      learn (emulation, test->rate);
      g_assert_cmpfloat (trial_train (trial, test->rate).loss, ==, loss);
      compare_all (trial, emulation);
      for (guint i = 0; i < N_SAMPLES * layers[0].n_units; i++)
        n_passed += layers[0].passes[i];
    }
  /* There was something to agree about. */
  g_assert_cmpint (memcmp (first, layers[0].weights, sizeof first), !=, 0);
  g_assert_cmpuint (emulation->n_clipped, >, 0);
  g_assert_cmpuint (n_passed, >, 0);
  g_assert_cmpuint (n_passed, <, N_STEPS * N_SAMPLES * layers[0].n_units);
}

static void
test_nearest (gconstpointer data)
{
  check (data, FXP_ROUND_NEAREST_AWAY);
}

static void
test_up (gconstpointer data)
{
  check (data, FXP_ROUND_NEAREST_UP);
}

static void
test_stochastic (gconstpointer data)
{
  check (data, FXP_ROUND_STOCHASTIC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *test = &cases[i];
      g_autofree char *nearest =
        g_strdup_printf ("/network/6.3-emulation/nearest-away/%s", test->name);
      g_autofree char *up = g_strdup_printf ("/network/6.3-emulation/nearest-up/%s", test->name);
      g_autofree char *stochastic =
        g_strdup_printf ("/network/6.3-emulation/stochastic/%s", test->name);

      g_test_add_data_func (nearest, test, test_nearest);
      g_test_add_data_func (up, test, test_up);
      g_test_add_data_func (stochastic, test, test_stochastic);
    }
  return g_test_run ();
}
