/* SPDX-License-Identifier: MIT */
/* training.clip: all that is learnt stays in [-1,1] (first paper 2.6 and 3.1). */
#include "config.h"

#include "lone-row.h"
#include "trial.h"

#include <math.h>

static const FxpLearnt learnt[] = {
  FXP_LEARNT_WEIGHT,
  FXP_LEARNT_BIAS,
  FXP_LEARNT_GAMMA,
  FXP_LEARNT_BETA,
};

/* The greatest magnitudes that were learnt. */
static void
find_peaks (const Trial *trial, double *of_weights, double *of_rest)
{
  *of_weights = *of_rest = 0.0;
  for (guint layer = 0; layer < fxp_network_get_n_weighted (trial->network); layer++)
    for (guint k = 0; k < G_N_ELEMENTS (learnt); k++)
      {
        const FxpTensor *tensor = trial_get_learnt (trial, layer, learnt[k]);
        double *peak = learnt[k] == FXP_LEARNT_WEIGHT ? of_weights : of_rest;

        for (gsize i = 0; tensor != NULL && i < tensor->n; i++)
          *peak = fmax (*peak, fabs (fxp_tensor_get_value (tensor, i)));
      }
}

static Trial *
new_trial (const char *weight_format, const char *clip, gboolean twin)
{
  const char *changes[] = {"network.topology",
                           "4-5-BN-4-3",
                           "precision.*.weight.format",
                           weight_format,
                           "training.clip",
                           clip,
                           "training.momentum",
                           "0.5",
                           NULL};

  return trial_new (changes, &FXP_SHAPE_1 (4), 3, 20, twin, 0);
}

/* Only what it is for: without it the same run goes beyond, from its first weights on. */
static void
test_range (gconstpointer data)
{
  static const char *const formats[] = {"Q2.9", "UQ2.8", "Q1.6", "float"};
  const gboolean twin = GPOINTER_TO_INT (data);

  for (gsize k = 0; k < G_N_ELEMENTS (formats); k++)
    {
      g_autoptr (Trial) trial = new_trial (formats[k], "true", twin);
      g_autoptr (Trial) free_trial = new_trial (formats[k], "false", twin);
      double weights, rest;

      for (guint step = 0; step < 60; step++)
        {
          find_peaks (trial, &weights, &rest);
          g_assert_cmpfloat (weights, <=, 1.0);
          g_assert_cmpfloat (rest, <=, 1.0);
          trial_train (trial, 0.7);
          trial_train (free_trial, 0.7);
        }
      find_peaks (free_trial, &weights, &rest);
      g_assert_cmpfloat (weights, >, 1.0);
      g_assert_cmpfloat (rest, >, 1.0);
      /* Live: from the next step on. */
      trial_change (free_trial, "training.clip", "true");
      trial_train (free_trial, 0.7);
      find_peaks (free_trial, &weights, &rest);
      g_assert_cmpfloat (weights, <=, 1.0);
      g_assert_cmpfloat (rest, <=, 1.0);
    }
}

static FxpLayerPrecision
get_precision (FxpFormat weight)
{
  FxpLayerPrecision precision = {.sum = FXP_SUM_REGISTER_EXACT};

  for (guint role = 0; role < FXP_N_ROLES; role++)
    precision.quantizers[role] = FXP_QUANTIZER_FLOAT;
  precision.quantizers[FXP_ROLE_WEIGHT].format = weight;
  precision.quantizers[FXP_ROLE_WEIGHT_GRAD].format = FXP_FORMAT_SIGNED (10, 9);
  precision.quantizers[FXP_ROLE_WEIGHT_ACC].format = FXP_FORMAT_SIGNED (12, 19);
  return precision;
}

/* A format that ends at or inside [-1,1] saturates, and the residue takes what is beyond. */
static void
test_own_range (void)
{
  static const FxpFormat formats[] = {{8, 7, TRUE}, {8, 8, FALSE}, {8, 9, TRUE}, {1, 0, FALSE}};
  const gsize n = 700;
  g_autofree double *gradient = g_new (double, n);

  for (gsize k = 0; k < G_N_ELEMENTS (formats); k++)
    {
      const FxpLayerPrecision precision = get_precision (formats[k]);
      LoneRow clipped, free_row;

      lone_row_init (&clipped, &precision, TRUE, 1.5, n, 0);
      lone_row_init (&free_row, &precision, FALSE, 1.5, n, 0);
      for (guint update = 0; update < 20; update++)
        {
          for (gsize i = 0; i < n; i++)
            gradient[i] = g_test_rand_double_range (-1.0, 1.0);
          lone_row_learn (&clipped, gradient, 0.3);
          lone_row_learn (&free_row, gradient, 0.3);
          g_assert_cmpmem (clipped.weights->weight->data,
                           fxp_tensor_get_n_bytes (clipped.weights->weight),
                           free_row.weights->weight->data,
                           fxp_tensor_get_n_bytes (free_row.weights->weight));
          g_assert_cmpmem (clipped.weights->residue->data,
                           fxp_tensor_get_n_bytes (clipped.weights->residue),
                           free_row.weights->residue->data,
                           fxp_tensor_get_n_bytes (free_row.weights->residue));
        }
      lone_row_clear (&clipped);
      lone_row_clear (&free_row);
    }
}

/* Where the word is clipped nothing is left over, and nothing has stopped there. */
static void
test_ends (void)
{
  const double gradient[] = {0.5, -0.5, 0.5, -0.5};
  const FxpLayerPrecision fixed = get_precision (FXP_FORMAT_SIGNED (8, 5));
  const FxpLayerPrecision real = get_precision (FXP_FORMAT_FLOAT);
  LoneRow row;

  lone_row_init (&row, &fixed, TRUE, 0.0, 4, 0);
  lone_row_learn (&row, gradient, 1000.0);
  for (gsize i = 0; i < 4; i++)
    {
      g_assert_cmpfloat (fxp_tensor_get_value (row.weights->weight, i),
                         ==,
                         i % 2 == 0 ? -1.0 : 1.0);
      g_assert_cmpfloat (fxp_tensor_get_value (row.weights->residue, i), ==, 0.0);
    }
  g_assert_cmpuint (lone_row_learn (&row, gradient, 1000.0).n_stopped, ==, 0);
  g_assert_cmpuint (row.weights->step_update_counts.n_lost, ==, 4);
  lone_row_clear (&row);

  lone_row_init (&row, &real, TRUE, 0.0, 4, 0);
  lone_row_learn (&row, gradient, 1000.0);
  ((float *)row.weights->weight->data)[3] = 0.25f;
  /* Too little for the float32 of one that could move. */
  g_assert_cmpuint (lone_row_learn (&row, gradient, 0x1p-40).n_stopped, ==, 1);
  g_assert_cmpuint (row.weights->step_update_counts.n_lost, ==, 4);
  fxp_weights_set_clip (row.weights, FALSE);
  g_assert_cmpuint (lone_row_learn (&row, gradient, 0x1p-40).n_stopped, ==, 4);
  lone_row_clear (&row);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/update/clip/range", GINT_TO_POINTER (FALSE), test_range);
  g_test_add_data_func ("/update/clip/twin", GINT_TO_POINTER (TRUE), test_range);
  g_test_add_func ("/update/clip/own-range", test_own_range);
  g_test_add_func ("/update/clip/ends", test_ends);
  return g_test_run ();
}
