/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "trial.h"

#include <math.h>

/* The products of a convolution in the middle of a network, against plain loops that add to the
 * sum register in the order its documentation states. */

#define N          9
#define IN         2 /* channels */
#define OUT        3
#define SIDE       6 /* of the input image */
#define KERNEL     2
#define PLACES     (SIDE - KERNEL + 1)
#define N_IMAGE    (IN * SIDE * SIDE)
#define N_RESULT   (OUT * PLACES * PLACES)
#define N_WEIGHT   (IN * KERNEL * KERNEL)
#define N_PER_UNIT (SIDE * SIDE)

typedef struct
{
  Trial *trial;
  FxpSumRegister sum;
  FxpTensor *weight;         /* as it was in the step */
  const FxpTensor *in;       /* A of the layer */
  const FxpTensor *gradient; /* G_A of the layer */
} Fixture;

static gint64
get_code (const FxpTensor *tensor, gsize i)
{
  return fxp_format_get_code (tensor->format, tensor->data, fxp_tensor_find (tensor, i));
}

static gint64
add_product (const Fixture *self, gint64 sum, gint64 a, gint64 b)
{
  gboolean overflowed = FALSE;

  return fxp_sum_register_add (&self->sum, sum, a * b, &overflowed);
}

static void
assert_code (const FxpTensor *tensor, gsize i, gint64 sum, int frac_bits)
{
  FxpQuantizer quantizer = {tensor->format, FXP_ROUND_FLOOR, FXP_OVERFLOW_SATURATE};

  g_assert_cmpint (get_code (tensor, i),
                   ==,
                   fxp_quantizer_apply_one (&quantizer, ldexp (sum, -frac_bits), 0));
}

static void
check_forward (const Fixture *self)
{
  const FxpTensor *out = trial_get_tensor (self->trial, 2, FXP_ROLE_ACTIVATION);

  for (gsize i = 0; i < N * N_RESULT; i++)
    {
      gsize sample = i / N_RESULT, unit = i / (PLACES * PLACES) % OUT;
      gsize y = i / PLACES % PLACES, x = i % PLACES;
      gint64 sum = 0;

      for (gsize j = 0; j < N_WEIGHT; j++)
        {
          gsize channel = j / (KERNEL * KERNEL), row = j / KERNEL % KERNEL, column = j % KERNEL;
          gsize at = sample * N_IMAGE + (channel * SIDE + y + row) * SIDE + x + column;

          sum = add_product (self,
                             sum,
                             get_code (self->weight, unit * N_WEIGHT + j),
                             get_code (self->in, at));
        }
      assert_code (out,
                   i,
                   MAX (sum, 0),
                   self->weight->format.frac_bits + self->in->format.frac_bits);
    }
}

static void
check_weight_gradient (const Fixture *self)
{
  const FxpTensor *out = trial_get_tensor (self->trial, 1, FXP_ROLE_WEIGHT_GRAD);

  for (gsize i = 0; i < OUT * N_WEIGHT; i++)
    {
      gsize unit = i / N_WEIGHT, channel = i / (KERNEL * KERNEL) % IN;
      gsize row = i / KERNEL % KERNEL, column = i % KERNEL;
      gint64 sum = 0;

      for (gsize j = 0; j < N * PLACES * PLACES; j++)
        {
          gsize sample = j / (PLACES * PLACES), y = j / PLACES % PLACES, x = j % PLACES;
          gsize at = sample * N_IMAGE + (channel * SIDE + y + row) * SIDE + x + column;
          gsize place = sample * N_RESULT + (unit * PLACES + y) * PLACES + x;

          sum = add_product (self, sum, get_code (self->gradient, place), get_code (self->in, at));
        }
      assert_code (out, i, sum, self->gradient->format.frac_bits + self->in->format.frac_bits);
    }
}

static gint64
sum_input_gradient (const Fixture *self, gsize sample, gsize channel, gsize y, gsize x)
{
  gint64 sum = 0;

  for (gsize j = 0; j < OUT * KERNEL * KERNEL; j++)
    {
      gsize unit = j / (KERNEL * KERNEL), row = j / KERNEL % KERNEL, column = j % KERNEL;
      gsize at = sample * N_RESULT + (unit * PLACES + y - row) * PLACES + x - column;

      /* Outside the image there is nothing to add. */
      if (y < row || x < column || y - row >= PLACES || x - column >= PLACES)
        continue;
      sum = add_product (self,
                         sum,
                         get_code (self->weight,
                                   unit * N_WEIGHT + (channel * KERNEL + row) * KERNEL + column),
                         get_code (self->gradient, at));
    }
  return sum;
}

/* Only where the layer below surely lets its gradient pass. */
static void
check_input_gradient (const Fixture *self)
{
  const FxpTensor *out = trial_get_tensor (self->trial, 0, FXP_ROLE_ACTIVATION_GRAD);
  guint n_checked = 0;

  for (gsize i = 0; i < N * N_IMAGE; i++)
    {
      gint64 code = get_code (self->in, i);

      if (code <= 0 || code >= fxp_format_get_max_code (self->in->format))
        continue;
      assert_code (out,
                   i,
                   sum_input_gradient (self,
                                       i / N_IMAGE,
                                       i / N_PER_UNIT % IN,
                                       i / SIDE % SIDE,
                                       i % SIDE),
                   self->weight->format.frac_bits + self->gradient->format.frac_bits);
      n_checked++;
    }
  g_assert_cmpuint (n_checked, >, N * N_IMAGE / 8);
}

static void
test_products (gconstpointer data)
{
  const char *mode = data;
  const char *changes[] = {
    "network.topology",
    "1x7x7-2C2-3C2-4",
    "network.activation",
    "relu",
    "precision.*.*.format",
    "Q2.9",
    "precision.*.activation-grad.format",
    "Q-4.15",
    "precision.*.*.rounding",
    "floor",
    "precision.2.sum.register",
    mode,
    "precision.2.sum.bits",
    "18",
    NULL,
  };
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_3 (1, 7, 7), 4, N, FALSE, 0);
  const FxpTensor *weight = trial_get_tensor (trial, 1, FXP_ROLE_WEIGHT);
  g_autoptr (FxpTensor) kept = fxp_tensor_new (&weight->shape, weight->format);
  Fixture fixture = {.trial = trial, .weight = kept};

  memcpy (kept->data, weight->data, fxp_tensor_get_n_bytes (weight));
  fixture.sum = fxp_experiment_get_precision (trial->experiment, 1)->sum;
  trial_train (trial, 0.0);
  fixture.in = trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION);
  fixture.gradient = trial_get_tensor (trial, 1, FXP_ROLE_ACTIVATION_GRAD);
  if (fixture.sum.mode != FXP_SUM_EXACT)
    g_assert_cmpuint (fxp_network_get_sum_counts (trial->network, 1)->n_overflowed, >, 10);
  check_forward (&fixture);
  check_weight_gradient (&fixture);
  check_input_gradient (&fixture);
}

/* Strides, paddings, few channels and many; the second one is worth several threads. */
static const struct
{
  const char *topology;
  FxpShape shape;
} nets[] = {
  {"1x14x13-4C3P-MP2-5C3/2-4", {3, {1, 14, 13}}},
  {"3x24x24-10C3P-MP2-20C5P2/3-4", {3, {3, 24, 24}}},
  {"2x11x9-33C1-3C4P3/2-4", {3, {2, 11, 9}}},
};

static Trial *
new_net (guint i, const char *rounding, gsize n, gboolean twin, guint n_threads)
{
  const char *changes[] = {"network.topology",
                           nets[i].topology,
                           "precision.*.*.rounding",
                           rounding,
                           NULL};

  return trial_new (changes, &nets[i].shape, 4, n, twin, n_threads);
}

/* Evaluated in chunks of up to so many, images give what they give together. */
static void
check_chunks (Trial *trial, gsize most)
{
  const FxpStep step = {1, FXP_STEP_EVALUATION, FALSE};
  const gsize n = trial->n;
  g_autofree double *together = NULL;

  fxp_network_forward (trial->network, trial->inputs, n, &step);
  together = g_memdup2 (fxp_network_get_logits (trial->network), n * 4 * sizeof (double));
  for (gsize chunk = 1; chunk <= most; chunk++)
    for (gsize first = 0; first < n; first += chunk)
      {
        const gsize n_taken = MIN (n - first, chunk);

        fxp_network_forward (trial->network,
                             trial->inputs + first * trial->n_features,
                             n_taken,
                             &step);
        g_assert_cmpmem (fxp_network_get_logits (trial->network),
                         n_taken * 4 * sizeof (double),
                         together + 4 * first,
                         n_taken * 4 * sizeof (double));
      }
}

/* @data: whether in float. */
static void
test_chunks (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (nets); i++)
    {
      g_autoptr (Trial) trial = new_net (i, "nearest-even", 23, data != NULL, 2);

      check_chunks (trial, 5);
    }
}

/* Images that take so long that a pass asks between them whether to go on. */
static void
test_blocks (void)
{
  const char *changes[] = {"network.topology", "64x40x40-64C3P-MP4-4", NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_3 (64, 40, 40), 4, 9, TRUE, 2);

  check_chunks (trial, 1);
}

/* Two steps with and two without statistics, which only the worker's thread forms. */
static void
train (Trial *trial)
{
  for (guint i = 0; i < 4; i++)
    {
      const FxpStep step = trial_get_step (trial, i % 2 == 1);
      FxpStepResult result;

      take_whole_step (trial->network,
                       trial->inputs,
                       trial->labels,
                       trial->n,
                       0.05,
                       &step,
                       &result);
      trial->step++;
    }
}

/* Batches of all sizes give the same bits in any number of threads.  @data: whether in float. */
static void
test_threads (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (nets); i++)
    for (gsize n = 1; n <= 5; n++)
      {
        g_autoptr (Trial) alone = new_net (i, "stochastic", n, data != NULL, 0);

        train (alone);
        for (guint n_threads = 1; n_threads <= 3; n_threads++)
          {
            g_autoptr (Trial) trial = new_net (i, "stochastic", n, data != NULL, n_threads);

            train (trial);
            trial_assert_same_tensors (alone, trial);
            trial_assert_same_counts (alone, trial);
          }
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/network/convolution/products/exact", "exact", test_products);
  g_test_add_data_func ("/network/convolution/products/wrap", "wrap", test_products);
  g_test_add_data_func ("/network/convolution/products/saturate", "saturate", test_products);
  g_test_add_data_func ("/network/convolution/chunks/fixed", NULL, test_chunks);
  g_test_add_data_func ("/network/convolution/chunks/float", "float", test_chunks);
  g_test_add_func ("/network/convolution/blocks", test_blocks);
  g_test_add_data_func ("/network/convolution/threads/fixed", NULL, test_threads);
  g_test_add_data_func ("/network/convolution/threads/float", "float", test_threads);
  return g_test_run ();
}
