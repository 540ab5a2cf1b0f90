/* SPDX-License-Identifier: MIT */
/* Networks, weights and options drawn at random: what is converted gives the same in both engines
 * at every node, by the contract read literally, for any division into batches and threads, and
 * from a file; what is not is refused with an error.  A case's number is its seed: as arguments,
 * the first one and how many replace the usual ones. */
#include "inference-reference.h"
#include "random-net.h"

#include "inference/integer-private.h"
#include "inference/operations.h"
#include "inference/simulation-private.h"
#include "number/error.h"
#include "number/vector-unit-private.h"

#include <stdlib.h>

#define N_CASES       1200
#define N_SAMPLES_MAX 5
#define N_RUNS_MAX    3
#define N_THREADS_MAX 4

static guint first_case = 0, n_cases = N_CASES;

/* Prepares the engines as a case has them. */
static void
limit_vectors (RandomNet *net)
{
  fxp_vector_unit_limit ((FxpVectorUnit)random_net_draw (net, 0, FXP_N_VECTOR_UNITS - 1));
}

static void
assert_refused (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (error->domain == FXP_ERROR);
  g_assert_true (error->code == FXP_ERROR_RANGE || error->code == FXP_ERROR_SHAPE);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strchr (error->message, '\n'));
}

/* The exponents that a calibration on some data might choose, and some that none would. */
static gboolean
move_exponents (RandomNet *net, FxpModel *model, GError **error)
{
  for (int i = FXP_NODE_INPUT; i < (int)model->n_nodes; i++)
    if (!fxp_model_set_exponent (model,
                                 i,
                                 -fxp_model_get_format (model, i).frac_bits +
                                   random_net_draw (net, -7, 4),
                                 error))
      return FALSE;
  return TRUE;
}

static FxpModel *
store_and_load (const FxpModel *model)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = fxp_model_to_bytes (model);
  g_autoptr (GBytes) again = NULL;
  FxpModel *loaded = fxp_model_new_from_bytes (bytes, "model", &error);

  g_assert_no_error (error);
  again = fxp_model_to_bytes (loaded);
  g_assert_true (g_bytes_equal (again, bytes));
  return loaded;
}

static void
assert_same_node (const FxpModel *model,
                  int node,
                  const FxpSimulation *simulation,
                  const FxpInteger *integer,
                  const ReferenceOutput *expected,
                  gsize n)
{
  const FxpShape *shape = node == FXP_NODE_INPUT ? &model->input : &model->nodes[node].output;
  const double *values = fxp_simulation_get_values (simulation, node);
  const gint32 *codes;
  int exponent;

  codes = fxp_integer_get_codes (integer, node, &exponent);
  g_assert_cmpint (exponent, ==, fxp_simulation_get_exponent (simulation, node));
  g_assert_cmpint (exponent, ==, expected->exponent);
  for (gsize i = 0; i < n * fxp_shape_get_n (shape); i++)
    {
      g_assert_cmpint (codes[i], ==, expected->codes[i]);
      g_assert_cmpfloat (values[i], ==, ldexp (codes[i], exponent));
    }
}

static void
assert_same (const FxpModel *model,
             const FxpSimulation *simulation,
             const FxpInteger *integer,
             const Reference *reference)
{
  const int last = (int)model->n_nodes - 1;
  const ReferenceOutput *y = &reference->outputs[model->n_nodes];
  const double *logits = fxp_integer_get_logits (integer);

  for (int i = FXP_NODE_INPUT; i < last; i++)
    assert_same_node (model, i, simulation, integer, &reference->outputs[i + 1], reference->n);
  for (gsize i = 0; i < reference->n * y->n_features; i++)
    {
      g_assert_cmpfloat (logits[i], ==, ldexp ((double)y->codes[i], y->exponent));
      g_assert_cmpfloat (logits[i], ==, fxp_simulation_get_logits (simulation)[i]);
    }
}

/* C2: what the formula has for @n images of shapes alone, and what codes there are. */
static void
assert_counts (const FxpModel *model, const FxpInteger *integer, guint64 n, guint64 n_clipped)
{
  const FxpClusterOptions *clusters = &model->options.clusters;
  const FxpOperationOptions options = {
    .clusters = *clusters,
    .last_is_byte = model->options.last == FXP_LAST_WEIGHTS_BYTE,
    .first_counts = TRUE,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpWork) work =
    fxp_work_new (fxp_experiment_get_topology (model->experiment), &model->input, &error);
  guint64 n_converted = 0, n_affine = 0, n_codes = 0, n_scaled;
  FxpInferenceCounts counts;
  FxpOperations expected;

  g_assert_no_error (error);
  fxp_work_count (work, &options, 1, NULL, &expected);
  n_scaled = expected.total.n_multiplies;
  for (guint i = 0; i < model->n_nodes; i++)
    {
      const FxpNode *node = &model->nodes[i];
      const guint64 n_outputs = fxp_shape_get_n (&node->output);

      if (node->kind == FXP_NODE_PRODUCT)
        {
          FxpClusterReport report;

          fxp_clusters_get_report (node->clusters, &report);
          n_affine += n_outputs;
          if (fxp_clusters_is_plain (node->clusters))
            n_scaled -= report.n * (n_outputs / node->output.dim[0]);
          else
            n_codes += report.n * (n_outputs / node->output.dim[0]);
        }
      n_converted += node->is_last || node->kind == FXP_NODE_MAXIMUM ? 0 : n_outputs;
    }
  /* Each sum that meets a scale. */
  if (model->options.intermediate_bits > 0)
    n_converted += n_scaled;
  fxp_integer_get_counts (integer, &counts);
  g_assert_cmpuint (counts.n_images, ==, n);
  g_assert_cmpuint (counts.n_macs, ==, n * expected.total.n_macs);
  g_assert_cmpuint (counts.n_multiplies, ==, n * expected.total.n_multiplies);
  g_assert_cmpuint (counts.n_adds + counts.n_skipped, ==, n * n_codes);
  g_assert_cmpuint (counts.n_affine, ==, n * n_affine);
  g_assert_cmpuint (counts.n_converted, ==, n * n_converted);
  g_assert_cmpuint (counts.n_saturated, ==, n_clipped);
}

/* P3: each sample alone, with another team and other kernels, as in the batch. */
static void
assert_independent (RandomNet *net,
                    FxpModel *model,
                    const double *inputs,
                    gsize n,
                    const FxpInteger *integer)
{
  g_autoptr (FxpTeam) team = fxp_team_new ((guint)random_net_draw (net, 1, N_THREADS_MAX));
  g_autoptr (FxpInteger) single = NULL;
  const gsize n_outputs = model->nodes[model->n_nodes - 1].output.dim[0];

  limit_vectors (net);
  single = fxp_integer_new (model, team);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (
        fxp_integer_run (single, inputs + i * fxp_shape_get_n (&model->input), 1, NULL));
      g_assert_cmpmem (fxp_integer_get_logits (single),
                       n_outputs * sizeof (double),
                       fxp_integer_get_logits (integer) + i * n_outputs,
                       n_outputs * sizeof (double));
    }
}

static void
run (RandomNet *net, FxpModel *model)
{
  const gsize n = (gsize)random_net_draw (net, 1, N_SAMPLES_MAX);
  const guint64 n_runs = (guint64)random_net_draw (net, 1, N_RUNS_MAX);
  const gsize n_logits = n * model->nodes[model->n_nodes - 1].output.dim[0];
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpModel) loaded = store_and_load (model);
  g_autoptr (FxpTeam) team = fxp_team_new ((guint)random_net_draw (net, 1, N_THREADS_MAX));
  g_autoptr (Reference) reference = reference_new (model, n);
  g_autoptr (FxpSimulation) simulation = NULL;
  g_autoptr (FxpInteger) integer = NULL;
  g_autoptr (FxpInteger) other = NULL;

  limit_vectors (net);
  simulation = fxp_simulation_new (model, random_net_chance (net, 50) ? team : NULL, &error);
  g_assert_no_error (error);
  integer = fxp_integer_new (model, team);
  fxp_integer_keep (integer);
  limit_vectors (net);
  other = fxp_integer_new (loaded, NULL);
  for (guint64 i = 0; i < n_runs; i++)
    {
      g_autofree double *inputs = random_net_draw_inputs (net, n);

      g_assert_true (fxp_simulation_run (simulation, inputs, n, NULL));
      g_assert_true (fxp_integer_run (integer, inputs, n, NULL));
      g_assert_true (fxp_integer_run (other, inputs, n, NULL));
      reference_run (reference, inputs);
      assert_same (model, simulation, integer, reference);
      g_assert_cmpmem (fxp_integer_get_logits (integer),
                       n_logits * sizeof (double),
                       fxp_integer_get_logits (other),
                       n_logits * sizeof (double));
      if (model->options.exponents == FXP_EXPONENTS_STATIC)
        assert_independent (net, model, inputs, n, integer);
    }
  assert_counts (model, integer, n_runs * n, reference->n_clipped);
}

/* NULL where it is refused. */
static FxpModel *
convert (RandomNet *net)
{
  g_autoptr (GError) error = NULL;
  const gboolean is_valid = fxp_conversion_options_validate (&net->options, NULL);
  g_autoptr (FxpModel) model = fxp_conversion_cluster (net->trained, &net->options, &error);

  g_assert_true (is_valid || model == NULL);
  if (model != NULL && random_net_chance (net, 60))
    {
      g_autoptr (FxpModel) moved = fxp_model_copy (model);

      if (move_exponents (net, moved, &error))
        return g_steal_pointer (&moved);
      g_clear_pointer (&model, fxp_model_unref);
    }
  if (model == NULL)
    assert_refused (error);
  else
    g_assert_no_error (error);
  return g_steal_pointer (&model);
}

static void
test_nets (void)
{
  guint n_run = 0, n_refused = 0;

  for (guint i = first_case; i < first_case + n_cases; i++)
    {
      g_autoptr (RandomNet) net = random_net_new (i, FALSE);
      g_autoptr (FxpModel) model = NULL;

      if (net->trained == NULL)
        continue;
      g_test_message ("case %u: %s, %s", i, net->text, net->activation);
      model = convert (net);
      if (model == NULL)
        n_refused++;
      else if (model->n_nodes > 0)
        {
          run (net, model);
          n_run++;
        }
    }
  g_test_message ("%u run, %u refused of %u", n_run, n_refused, n_cases);
  g_assert_cmpuint (n_cases, <=, 2 * n_run + 100);
}

/* The same with exponents, and statistics where there are any, of data. */
static void
test_calibrated (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  guint n_run = 0;

  for (guint i = first_case; i < first_case + n_cases / 10; i++)
    {
      g_autoptr (RandomNet) net = random_net_new (i, TRUE);
      g_autoptr (FxpModel) model = NULL;
      g_autoptr (FxpModel) calibrated = NULL;
      g_autoptr (GError) error = NULL;
      guint n_threads;

      if (net->trained == NULL)
        continue;
      g_test_message ("case %u on digits: %s, %s", i, net->text, net->activation);
      model = convert (net);
      if (model == NULL || model->n_nodes == 0)
        continue;
      n_threads = (guint)random_net_draw (net, 1, N_THREADS_MAX);
      if (random_net_chance (net, 50))
        calibrated = fxp_conversion_calibrate (model, dataset, n_threads, NULL, NULL, NULL, &error);
      else
        calibrated =
          fxp_conversion_reestimate (model, dataset, 2, n_threads, NULL, NULL, NULL, &error);
      if (calibrated == NULL)
        {
          assert_refused (error);
          continue;
        }
      run (net, calibrated);
      n_run++;
    }
  g_test_message ("%u run", n_run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 2)
    {
      first_case = (guint)strtoul (argv[1], NULL, 10);
      n_cases = (guint)strtoul (argv[2], NULL, 10);
    }
  g_test_add_func ("/random-nets/engines", test_nets);
  g_test_add_func ("/random-nets/calibrated", test_calibrated);
  return g_test_run ();
}
