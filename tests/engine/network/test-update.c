/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "lone-row.h"
#include "trial.h"

#include <math.h>

#include "number/vector-unit-private.h"

#define N_STEPS 1000
#define RATE    0.02

/* Sakr & Shanbhag 2019, 2.6: with room enough in W_acc the split word loses nothing, whatever W's
 * word is. */
static void
test_split_word (gconstpointer data)
{
  const char *rounding = data;
  const char *changes[] = {"network.topology",
                           "4-6-3",
                           "precision.*.weight.format",
                           "Q1.6",
                           "precision.*.weight-acc.format",
                           "Q-6.35",
                           "precision.*.weight-grad.format",
                           "Q2.12",
                           "precision.*.weight.rounding",
                           rounding,
                           NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (4), 3, 20, FALSE, 0);
  const double residue_max = g_str_equal (rounding, "nearest-even") ? 0x1p-7 : 0x1p-6;
  double *words[2] = {NULL, NULL};
  double moved = 0.0;

  for (guint layer = 0; layer < 2; layer++)
    {
      g_autofree double *residues = trial_dup_values (trial, layer, FXP_ROLE_WEIGHT_ACC);

      words[layer] = trial_dup_values (trial, layer, FXP_ROLE_WEIGHT);
      for (gsize i = 0; i < trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT)->n; i++)
        words[layer][i] += residues[i];
    }

  for (guint step = 0; step < N_STEPS; step++)
    {
      trial_train (trial, RATE);
      for (guint layer = 0; layer < 2; layer++)
        {
          const FxpTensor *weight = trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT);
          const FxpTensor *residue = trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT_ACC);
          const FxpTensor *gradient = trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT_GRAD);

          for (gsize i = 0; i < weight->n; i++)
            {
              double value = fxp_tensor_get_value (weight, i);
              double rest = fxp_tensor_get_value (residue, i);

              words[layer][i] -= RATE * fxp_tensor_get_value (gradient, i);
              moved = MAX (moved, fabs (RATE * fxp_tensor_get_value (gradient, i)));
              g_assert_cmpfloat (fabs (value), <, 127.0 / 64.0);
              g_assert_cmpfloat (value * 64.0, ==, rint (value * 64.0));
              g_assert_cmpfloat (fabs (rest), <=, residue_max);
              g_assert_cmpfloat_with_epsilon (value + rest, words[layer][i], 1e-6);
            }
        }
    }
  g_assert_cmpfloat (moved, >, 0.0);
  for (guint layer = 0; layer < 2; layer++)
    g_free (words[layer]);
}

static void
test_float_weight_has_no_residue (void)
{
  const char *changes[] = {"network.topology", "4-6-3", "precision.*.weight.format", "float", NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (4), 3, 20, FALSE, 0);
  g_autofree double *before = trial_dup_values (trial, 1, FXP_ROLE_WEIGHT);
  const FxpTensor *weight = trial_get_tensor (trial, 1, FXP_ROLE_WEIGHT);
  const FxpTensor *gradient = trial_get_tensor (trial, 1, FXP_ROLE_WEIGHT_GRAD);

  trial_train (trial, RATE);
  for (gsize i = 0; i < weight->n; i++)
    {
      double update = RATE * fxp_tensor_get_value (gradient, i);

      g_assert_cmpfloat (fxp_tensor_get_value (weight, i), ==, (float)(before[i] - update));
      g_assert_cmpfloat (fxp_tensor_get_value (trial_get_tensor (trial, 1, FXP_ROLE_WEIGHT_ACC), i),
                         ==,
                         0.0);
    }
}

/* Without a rate every weight that had a gradient loses its update; with a coarse W_acc most do. */
static void
test_lost (void)
{
  const char *changes[] = {"network.topology",
                           "4-6-3",
                           "precision.*.weight.format",
                           "Q1.6",
                           "precision.*.weight.rounding",
                           "nearest-even",
                           "precision.*.weight-acc.format",
                           "Q-5.10",
                           "precision.*.weight-acc.rounding",
                           "nearest-even",
                           NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (4), 3, 20, FALSE, 0);
  const FxpUpdateCounts *counts = fxp_network_get_update_counts (trial->network, 1);

  /* A residue that was rounded to just half a step of W may move to the even side once. */
  trial_train (trial, 0.0);
  fxp_network_clear_statistics (trial->network);
  trial_train (trial, 0.0);
  g_assert_cmpuint (counts->n, >, 9);
  g_assert_cmpuint (counts->n, <=, 18);
  g_assert_cmpuint (counts->n_lost, ==, counts->n);
  fxp_network_clear_statistics (trial->network);
  trial_train (trial, 4.0);
  g_assert_cmpuint (counts->n_lost, <, counts->n);
}

static guint32
draw_for (const FxpCell *cell, const FxpStep *step, gsize i)
{
  FxpNoise noise =
    fxp_noise_new (step->seed, step->step, cell->id.layer, cell->id.role, FXP_STREAM_QUANTIZE);

  return fxp_noise_draw (noise, (guint32)i);
}

/* What a format of W shows of [-1,1] with clip, and by itself. */
static gboolean
is_within_range (const LoneRow *row, gint64 code)
{
  const FxpQuantizer *quantizer = &row->weights->cells[FXP_ROLE_WEIGHT].quantizer;
  const gint64 high = fxp_format_get_max_code (quantizer->format);
  const gint64 low =
    quantizer->overflow == FXP_OVERFLOW_SATURATE_SYMMETRIC && quantizer->format.is_signed
      ? -high
      : fxp_format_get_min_code (quantizer->format);
  const double value = (double)code * fxp_format_get_step (quantizer->format);

  if (code <= low || code >= high)
    return FALSE;
  return !row->weights->clips || (value > -1.0 && value < 1.0);
}

/* The update of one weight, by value; returns whether nothing changed. */
static gboolean
check_weight (const LoneRow *before, const LoneRow *after, double rate, gsize i)
{
  const FxpWeights *old = before->weights, *new = after->weights;
  const FxpCell *weight_cell = &old->cells[FXP_ROLE_WEIGHT];
  const FxpCell *residue_cell = &old->cells[FXP_ROLE_WEIGHT_ACC];
  const FxpStep *step = &before->pass.step;
  double rest = fxp_tensor_get_value (old->residue, i);
  double update = rate * fxp_tensor_get_value (new->gradient, i), word;
  gint64 codes[2];

  rest = rest - update;
  word = fxp_tensor_get_value (old->weight, i) + rest;
  if (old->clips && fmax (fxp_format_get_max (old->weight->format),
                          -fxp_format_get_min (old->weight->format)) > 1.0)
    word = word > 1.0 ? 1.0 : word < -1.0 ? -1.0 : word;
  codes[0] =
    fxp_quantizer_apply_one (&weight_cell->quantizer, word, draw_for (weight_cell, step, i));
  rest = word - (double)codes[0] * fxp_format_get_step (old->weight->format);
  codes[1] =
    fxp_quantizer_apply_one (&residue_cell->quantizer, rest, draw_for (residue_cell, step, i));
  g_assert_cmpint (fxp_format_get_code (new->weight->format, new->weight->data, i), ==, codes[0]);
  g_assert_cmpint (fxp_format_get_code (new->residue->format, new->residue->data, i), ==, codes[1]);
  return codes[0] == fxp_format_get_code (old->weight->format, old->weight->data, i) &&
         codes[1] == fxp_format_get_code (old->residue->format, old->residue->data, i);
}

static void
fill_gradient (double *gradient, gsize n)
{
  static const double special[] = {0.0, -0.0, 1e-300, INFINITY, NAN, -1e9};

  for (gsize i = 0; i < n; i++)
    gradient[i] = g_test_rand_int_range (0, 4) == 0
                    ? special[g_test_rand_int_range (0, G_N_ELEMENTS (special))]
                    : g_test_rand_double_range (-1.0, 1.0);
}

static FxpQuantizer
pick_quantizer (int word_max, int frac_min)
{
  const guint8 word_bits = (guint8)g_test_rand_int_range (2, word_max + 1);

  return (FxpQuantizer){{word_bits,
                         (gint8)(frac_min + g_test_rand_int_range (0, word_bits + 2)),
                         g_test_rand_int_range (0, 8) > 0},
                        (FxpRounding)g_test_rand_int_range (0, FXP_N_ROUNDINGS),
                        (FxpOverflow)g_test_rand_int_range (0, FXP_N_OVERFLOWS)};
}

/* Words of all storages, roundings and lengths: each weight is what one value at a time gives, and
 * counts are those of the unit without vectors. */
static void
test_units (void)
{
  guint64 n_stopped = 0;

  for (int trial = 0; trial < 300; trial++)
    {
      FxpLayerPrecision precision = {.sum = FXP_SUM_REGISTER_EXACT};
      const gsize n = (gsize)g_test_rand_int_range (1, 2500);
      const double rate = trial % 5 == 0 ? 0x1p-30 : 0.1;
      const gboolean clips = trial % 4 == 0;
      g_autofree double *gradient = g_new (double, n);
      FxpQuantizeCounts counts[FXP_N_ROLES];

      for (guint role = 0; role < FXP_N_ROLES; role++)
        precision.quantizers[role] = pick_quantizer (trial % 10 == 0 ? 32 : 18, -2);
      precision.quantizers[FXP_ROLE_WEIGHT_ACC].format.frac_bits += 6;
      if (trial % 3 == 0)
        for (guint role = 0; role < FXP_N_ROLES; role++)
          precision.quantizers[role].rounding = FXP_ROUND_STOCHASTIC;
      fill_gradient (gradient, n);

      for (int unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
        {
          FxpUpdateCounts found = {0};
          LoneRow before, after;

          fxp_vector_unit_limit ((FxpVectorUnit)unit);
          lone_row_init (&before, &precision, clips, 1.0, n, (guint64)trial);
          lone_row_init (&after, &precision, clips, 1.0, n, (guint64)trial);
          fxp_weights_take_gradient (after.weights, &after.pass, 0, n, gradient);
          fxp_weights_update (after.weights, rate, &after.pass);
          for (gsize i = 0; i < n; i++)
            {
              const gboolean is_still = check_weight (&before, &after, rate, i);
              const FxpTensor *weight = before.weights->weight;
              const gint64 code = fxp_format_get_code (weight->format, weight->data, i);

              found.n += gradient[i] != 0.0;
              found.n_lost += is_still && gradient[i] != 0.0;
              found.n_stopped += is_still && is_within_range (&before, code) &&
                                 fxp_tensor_get_value (after.weights->gradient, i) != 0.0;
            }
          g_assert_cmpuint (after.weights->step_update_counts.n, ==, found.n);
          g_assert_cmpuint (after.weights->step_update_counts.n_lost, ==, found.n_lost);
          g_assert_cmpuint (after.weights->step_update_counts.n_stopped, ==, found.n_stopped);
          n_stopped += found.n_stopped;
          for (guint role = 0; role < FXP_N_ROLES; role++)
            {
              if (unit == 0)
                counts[role] = after.weights->cells[role].counts;
              g_assert_cmpmem (&after.weights->cells[role].counts,
                               sizeof counts[role],
                               &counts[role],
                               sizeof counts[role]);
            }
          lone_row_clear (&before);
          lone_row_clear (&after);
        }
      fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
    }
  g_assert_cmpuint (n_stopped, >, 1000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/network/update/split-word/nearest", "nearest-even", test_split_word);
  g_test_add_data_func ("/network/update/split-word/floor", "floor", test_split_word);
  g_test_add_data_func ("/network/update/split-word/stochastic", "stochastic", test_split_word);
  g_test_add_func ("/network/update/float-weight", test_float_weight_has_no_residue);
  g_test_add_func ("/network/update/lost", test_lost);
  g_test_add_func ("/network/update/units", test_units);
  return g_test_run ();
}
