/* SPDX-License-Identifier: MIT */
/* What the first paper says of W and W_acc; numbers are those of its acceptance tests. */
#include "config.h"

#include "lone-row.h"
#include "trial.h"

#include <math.h>

/* Formats as the paper assigns them: W in [-1,1), W_acc in [-2^-B_W, 2^-B_W), see 2.5. */
static FxpLayerPrecision
assign (guint8 weight_bits, FxpFormat gradient, int residue_frac_bits, FxpRounding rounding)
{
  FxpLayerPrecision precision = {.sum = FXP_SUM_REGISTER_EXACT};
  const guint8 residue_bits = (guint8)(residue_frac_bits - weight_bits + 1);

  for (guint role = 0; role < FXP_N_ROLES; role++)
    precision.quantizers[role] = FXP_QUANTIZER_FLOAT;
  precision.quantizers[FXP_ROLE_WEIGHT].format = FXP_FORMAT_SIGNED (weight_bits, weight_bits - 1);
  precision.quantizers[FXP_ROLE_WEIGHT].rounding = rounding;
  precision.quantizers[FXP_ROLE_WEIGHT_GRAD].format = gradient;
  precision.quantizers[FXP_ROLE_WEIGHT_ACC].format =
    FXP_FORMAT_SIGNED (residue_bits, (gint8)residue_frac_bits);
  precision.quantizers[FXP_ROLE_WEIGHT_ACC].rounding = rounding;
  return precision;
}

/* The greatest n with 2^-n <= @value. */
static int
find_frac_bits (double value)
{
  int exponent;

  frexp (value, &exponent);
  return 1 - exponent;
}

/* 1000 updates of a split word with a wide W_acc are those of a real weight. */
static void
test_long_walk (void)
{
  static const guint8 bits[] = {4, 8, 12};
  const gsize n = 400;
  const double rate = 0.01;

  for (gsize k = 0; k < G_N_ELEMENTS (bits); k++)
    {
      const FxpLayerPrecision precision =
        assign (bits[k], FXP_FORMAT_SIGNED (12, 12), bits[k] + 29, FXP_ROUND_NEAREST_AWAY);
      const double step = ldexp (1.0, 1 - bits[k]);
      g_autofree double *reals = g_new (double, n);
      g_autofree double *gradient = g_new (double, n);
      LoneRow row;

      lone_row_init (&row, &precision, TRUE, 0.5, n, 0);
      g_assert_cmpint (row.weights->residue->format.word_bits, ==, 30);
      for (gsize i = 0; i < n; i++)
        reals[i] = fxp_tensor_get_value (row.weights->weight, i) +
                   fxp_tensor_get_value (row.weights->residue, i);
      for (guint update = 0; update < 1000; update++)
        {
          for (gsize i = 0; i < n; i++)
            gradient[i] = g_test_rand_double_range (-0.4, 0.4);
          lone_row_learn (&row, gradient, rate);
          for (gsize i = 0; i < n; i++)
            {
              const double weight = fxp_tensor_get_value (row.weights->weight, i);
              const double residue = fxp_tensor_get_value (row.weights->residue, i);

              reals[i] -= rate * fxp_tensor_get_value (row.weights->gradient, i);
              g_assert_cmpfloat (fabs (residue), <=, step / 2);
              g_assert_cmpfloat (weight / step, ==, rint (weight / step));
              g_assert_cmpfloat (weight, >, -1.0);
              g_assert_cmpfloat (weight, <, 1.0 - step);
              g_assert_cmpfloat (fabs (weight + residue - reals[i]), <=, 1e-6);
            }
        }
      lone_row_clear (&row);
    }
}

#define WALK_BITS     8
#define WALK_GRADIENT FXP_FORMAT_SIGNED (10, 9)

/* Every code of W but the outermost two on either side, without residue; every other one is to
 * rise, the others to fall, by the least gradient there is. */
static void
begin_walk (LoneRow *row, const FxpLayerPrecision *precision, double *gradient)
{
  const double step = fxp_format_get_step (WALK_GRADIENT);
  gint8 *codes;

  lone_row_init (row, precision, FALSE, 0.0, 251, 0);
  g_assert_cmpint (row->weights->weight->storage, ==, FXP_STORAGE_I8);
  codes = row->weights->weight->data;
  for (gsize i = 0; i < row->n; i++)
    {
      codes[i] = (gint8)((int)i - 126);
      gradient[i] = i % 2 == 0 ? -step : step;
    }
}

static double
get_word (const LoneRow *row, gsize i)
{
  return fxp_tensor_get_value (row->weights->weight, i) +
         fxp_tensor_get_value (row->weights->residue, i);
}

/* The criterion AS: at the least rate each of 2^B_acc updates tells, and W walks a step. */
static void
test_walks (gconstpointer data)
{
  const FxpRounding rounding = GPOINTER_TO_UINT (data);
  const double rate = 0.001, least = rate * fxp_format_get_step (WALK_GRADIENT);
  const FxpLayerPrecision precision =
    assign (WALK_BITS, WALK_GRADIENT, find_frac_bits (least), rounding);
  const guint n_updates = 1u << precision.quantizers[FXP_ROLE_WEIGHT_ACC].format.word_bits;
  double gradient[251], words[251], weights[251];
  LoneRow row;

  begin_walk (&row, &precision, gradient);
  for (gsize i = 0; i < row.n; i++)
    weights[i] = words[i] = get_word (&row, i);
  for (guint update = 0; update < n_updates; update++)
    {
      g_assert_cmpuint (lone_row_learn (&row, gradient, rate).n_stopped, ==, 0);
      for (gsize i = 0; i < row.n; i++)
        {
          const double sign = gradient[i] > 0.0 ? -1.0 : 1.0;
          const double weight = fxp_tensor_get_value (row.weights->weight, i);
          const double word = get_word (&row, i);

          g_assert_cmpfloat (sign * word, >, sign * words[i]);
          g_assert_cmpfloat (sign * weight, >=, sign * weights[i]);
          weights[i] = weight;
          words[i] = word;
        }
    }
  for (gsize i = 0; i < row.n; i++)
    g_assert_cmpfloat (weights[i] * 128.0, ==, (double)i - 126.0 + (i % 2 == 0 ? 1.0 : -1.0));
  lone_row_clear (&row);
}

/* Two bits less, and a half is not reached. */
static void
test_never_moves (void)
{
  const double rate = 0x1p-10, least = rate * fxp_format_get_step (WALK_GRADIENT);
  const FxpLayerPrecision precision =
    assign (WALK_BITS, WALK_GRADIENT, find_frac_bits (4.0 * least), FXP_ROUND_NEAREST_AWAY);
  const guint n_updates = 1u << precision.quantizers[FXP_ROLE_WEIGHT_ACC].format.word_bits;
  double gradient[251];
  LoneRow row;

  begin_walk (&row, &precision, gradient);
  for (guint update = 0; update < n_updates; update++)
    {
      const FxpUpdateCounts counts = lone_row_learn (&row, gradient, rate);

      g_assert_cmpuint (counts.n, ==, row.n);
      g_assert_cmpuint (counts.n_lost, ==, row.n);
      g_assert_cmpuint (counts.n_stopped, ==, row.n);
      for (gsize i = 0; i < row.n; i++)
        g_assert_cmpfloat (get_word (&row, i), ==, ((double)i - 126.0) / 128.0);
    }
  lone_row_clear (&row);
}

/* Why the paper's criterion says less than, not at most: where the least update is a step of W_acc
 * exactly, its greatest code, half a step of W less its own, is one update from the midpoint, which
 * rounds away from zero and so back to where a negative W came from. */
static void
test_at_the_limit (void)
{
  const double rate = 0x1p-10, least = rate * fxp_format_get_step (WALK_GRADIENT);
  const FxpLayerPrecision precision =
    assign (WALK_BITS, WALK_GRADIENT, find_frac_bits (least), FXP_ROUND_NEAREST_AWAY);
  const guint n_updates = 1u << precision.quantizers[FXP_ROLE_WEIGHT_ACC].format.word_bits;
  double gradient[251];
  FxpUpdateCounts counts = {0};
  LoneRow row;

  begin_walk (&row, &precision, gradient);
  for (guint update = 0; update < n_updates; update++)
    counts = lone_row_learn (&row, gradient, rate);
  /* Those from -126/128 to -2/128 that were to rise. */
  g_assert_cmpuint (counts.n_stopped, ==, 63);
  for (gsize i = 0; i < row.n; i++)
    {
      const gboolean stays = i % 2 == 0 && i < 126;

      g_assert_cmpfloat (fxp_tensor_get_value (row.weights->weight, i) * 128.0,
                         ==,
                         (double)i - 126.0 +
                           (stays        ? 0.0
                            : i % 2 == 0 ? 1.0
                                         : -1.0));
    }
  lone_row_clear (&row);
}

/* At the ends of its range W stands still because there is no more, which is no stop. */
static void
test_rails (void)
{
  const double rate = 0x1p-10;
  const FxpLayerPrecision precision = assign (WALK_BITS, WALK_GRADIENT, 10, FXP_ROUND_NEAREST_AWAY);
  LoneRow row;
  gint8 *codes;
  double gradient[4] = {-0.25, 0.25, 0.25, 0.0};

  lone_row_init (&row, &precision, TRUE, 0.0, 4, 0);
  codes = row.weights->weight->data;
  codes[0] = 127;
  codes[1] = -128;
  codes[2] = -127;
  g_assert_cmpuint (lone_row_learn (&row, gradient, rate).n_stopped, ==, 1);
  lone_row_clear (&row);
}

/* Where G_W is 0 nothing moves, whatever the real gradient is; where that is 0 too, nothing is
 * lost. */
static void
test_zero_gradient (void)
{
  const FxpFormat format = FXP_FORMAT_SIGNED (8, 8);
  const FxpLayerPrecision precision = assign (8, format, 18, FXP_ROUND_NEAREST_AWAY);
  const gsize n = 1500;
  g_autofree double *gradient = g_new (double, n);
  g_autofree double *words = g_new (double, n);
  LoneRow row;

  lone_row_init (&row, &precision, FALSE, 0.5, n, 0);
  for (guint update = 0; update < 300; update++)
    {
      for (gsize i = 0; i < n; i++)
        gradient[i] = g_test_rand_double_range (-0.4, 0.4);
      lone_row_learn (&row, gradient, 0.01);
    }
  for (gsize i = 0; i < n; i++)
    gradient[i] = g_test_rand_double_range (0.1, 0.49) * fxp_format_get_step (format);
  /* A residue that was rounded to half a step of W is a midpoint, which may round once more. */
  lone_row_learn (&row, gradient, 0.01);
  for (gsize i = 0; i < n; i++)
    words[i] = get_word (&row, i);
  for (guint update = 0; update < 100; update++)
    {
      FxpUpdateCounts counts;

      if (update == 50)
        memset (gradient, 0, n * sizeof (double));
      counts = lone_row_learn (&row, gradient, 0.01);
      g_assert_cmpuint (counts.n, ==, update < 50 ? n : 0);
      g_assert_cmpuint (counts.n_lost, ==, counts.n);
      g_assert_cmpuint (counts.n_stopped, ==, 0);
      for (gsize i = 0; i < n; i++)
        g_assert_cmpfloat (get_word (&row, i), ==, words[i]);
    }
  lone_row_clear (&row);
}

/* A batch of which nothing comes back freezes all layers. */
static void
test_zero_batch (void)
{
  const char *changes[] = {"network.topology",
                           "4-6-5-3",
                           "precision.*.*.rounding",
                           "nearest-away",
                           NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (4), 3, 20, FALSE, 0);
  double *before[3][3];
  static const FxpRole roles[] = {FXP_ROLE_WEIGHT, FXP_ROLE_WEIGHT_ACC, FXP_ROLE_BIAS};

  for (guint i = 0; i < 30; i++)
    trial_train (trial, 0.1);
  /* A step of 256: every gradient is 0. */
  trial_change (trial, "precision.*.activation-grad.format", "Q12.-8");
  trial_train (trial, 0.1);
  for (guint layer = 0; layer < 3; layer++)
    for (guint k = 0; k < 3; k++)
      before[layer][k] = trial_dup_values (trial, layer, roles[k]);
  fxp_network_clear_statistics (trial->network);
  for (guint i = 0; i < 30; i++)
    trial_train (trial, 0.1);
  for (guint layer = 0; layer < 3; layer++)
    {
      g_assert_cmpuint (fxp_network_get_update_counts (trial->network, layer)->n, ==, 0);
      g_assert_cmpuint (fxp_network_get_update_counts (trial->network, layer)->n_stopped, ==, 0);
      for (guint k = 0; k < 3; k++)
        {
          g_autofree double *after = trial_dup_values (trial, layer, roles[k]);
          const gsize n = trial_get_tensor (trial, layer, roles[k])->n;

          g_assert_cmpmem (after, n * sizeof (double), before[layer][k], n * sizeof (double));
        }
    }
  for (guint layer = 0; layer < 3; layer++)
    for (guint k = 0; k < 3; k++)
      g_free (before[layer][k]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update/6.5-split-word", test_long_walk);
  g_test_add_data_func ("/update/6.26-stopping/walks/nearest-away",
                        GUINT_TO_POINTER (FXP_ROUND_NEAREST_AWAY),
                        test_walks);
  g_test_add_data_func ("/update/6.26-stopping/walks/nearest-even",
                        GUINT_TO_POINTER (FXP_ROUND_NEAREST_EVEN),
                        test_walks);
  g_test_add_func ("/update/6.26-stopping/never-moves", test_never_moves);
  g_test_add_func ("/update/6.26-stopping/at-the-limit", test_at_the_limit);
  g_test_add_func ("/update/6.26-stopping/rails", test_rails);
  g_test_add_func ("/update/6.27-stopping-display/zero-gradient", test_zero_gradient);
  g_test_add_func ("/update/6.27-stopping-display/zero-batch", test_zero_batch);
  return g_test_run ();
}
