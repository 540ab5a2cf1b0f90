/* SPDX-License-Identifier: MIT */
/* Training in dynamic fixed point, as Courbariaux, Bengio & David (2014) do: 10-bit words in
 * products, 12-bit words of weights in updates, and ranges that follow how often values overflow.
 */
#include "config.h"

#include "course-drive.h"

#include "network/network-private.h"

#include <math.h>

#define N_SEEDS 2

/* The preset of the embedded digits with other settings: "key", "value", ..., NULL. */
static FxpExperiment *
make_experiment (guint seed, const char *key, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf ("%u", seed);
  g_autoptr (FxpExperiment) preset = fxp_preset_load ("digits-dynamic", &error);
  FxpExperiment *experiment;
  va_list args;

  g_assert_no_error (error);
  experiment = fxp_experiment_with_value (preset, "experiment.seed", text, &error);
  g_assert_no_error (error);
  va_start (args, key);
  for (; key != NULL; key = va_arg (args, const char *))
    {
      g_autoptr (FxpExperiment) old = experiment;

      experiment = fxp_experiment_with_value (old, key, va_arg (args, const char *), &error);
      g_assert_no_error (error);
    }
  va_end (args);
  return experiment;
}

/* Test accuracy after the epochs of @experiment; that of the twin where it is asked for. */
static double
train (FxpExperiment *experiment, double *of_twin)
{
  FxpCourse *course = make_course (experiment);
  double accuracy;

  fxp_course_run (course, fxp_experiment_get_settings (experiment)->epochs, 0);
  go (course);
  g_assert_cmpint (course->state, ==, FXP_STATE_FINISHED);
  accuracy = course->test.test.accuracy[0];
  if (of_twin != NULL)
    *of_twin = course->test.test.accuracy[1];
  fxp_course_free (course);
  return accuracy;
}

/* @experiment with the formats that two epochs of it have come to: the parameters begin anew where
 * the ranges have settled (1.5). */
static FxpExperiment *
settle (FxpExperiment *experiment)
{
  FxpCourse *course = make_course (experiment);
  FxpExperiment *settled = fxp_experiment_ref (experiment);

  fxp_course_run (course, 2, 0);
  go (course);
  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensorId id = {layer, role};
        g_autoptr (FxpExperiment) old = settled;
        FxpQuantizer quantizer = *fxp_experiment_get_quantizer (old, id);

        quantizer.format = fxp_network_get_format (course->twins->networks[0], id);
        settled = fxp_experiment_with_quantizer (old, (int)layer, role, &quantizer);
      }
  fxp_course_free (course);
  return settled;
}

/* R6: five epochs of ten and twelve bits end within a percent of float. */
static void
test_courbariaux (void)
{
  double fixed = 0.0, of_twin = 0.0;

  for (guint seed = 1; seed <= N_SEEDS; seed++)
    {
      g_autoptr (FxpExperiment) experiment = make_experiment (seed, "training.epochs", "5", NULL);
      g_autoptr (FxpExperiment) settled = settle (experiment);
      double other;

      fixed += train (settled, &other) / N_SEEDS;
      of_twin += other / N_SEEDS;
    }
  g_test_message ("%.2f %% in dynamic fixed point, %.2f %% in float",
                  100.0 * fixed,
                  100.0 * of_twin);
  g_assert_cmpfloat (of_twin, >, 0.95);
  g_assert_cmpfloat (fixed, >=, of_twin - 0.01);
}

/* R6: where the word of an update has eight bits, updates below half its step are lost to nearest
 * rounding, and on the average kept by stochastic rounding.  W_acc has steps so coarse that it
 * keeps nothing. */
static void
test_update_words (void)
{
  const char *const roundings[] = {"nearest-even", "stochastic"};
  double accuracies[2] = {0.0, 0.0}, of_twin = 0.0;

  for (guint seed = 1; seed <= N_SEEDS; seed++)
    for (guint i = 0; i < 2; i++)
      {
        g_autoptr (FxpExperiment) experiment = make_experiment (seed,
                                                                "training.epochs",
                                                                "5",
                                                                "training.rate",
                                                                "0.03",
                                                                "precision.*.weight.format",
                                                                "Q0.7",
                                                                "precision.*.weight.rounding",
                                                                roundings[i],
                                                                "precision.*.weight-acc.format",
                                                                "Q-4.5",
                                                                "precision.*.weight-acc.rounding",
                                                                "nearest-even",
                                                                NULL);
        double other;

        accuracies[i] += train (experiment, &other) / N_SEEDS;
        of_twin += other / N_SEEDS / 2;
      }
  g_test_message ("%.2f %% with nearest, %.2f %% with stochastic rounding, %.2f %% in float",
                  100.0 * accuracies[0],
                  100.0 * accuracies[1],
                  100.0 * of_twin);
  g_assert_cmpfloat (accuracies[0], <, accuracies[1] - 0.05);
  g_assert_cmpfloat (accuracies[1], >, of_twin - 0.02);
}

/* Scalers of every rule, in the middle of what they gather. */
static const char *const rules[] = {"overflow-rate", "predictive", "abs-max", "ristretto", "niti"};

/* R7: what goes on from a checkpoint, through its bytes, is what never stopped. */
static void
test_resume (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autoptr (FxpExperiment) experiment = make_experiment (1,
                                                              "precision.*.*.scaling",
                                                              rules[i],
                                                              "precision.*.weight-acc.scaling",
                                                              i % 2 == 0 ? "fixed" : rules[i],
                                                              "precision.*.momentum.scaling",
                                                              rules[i],
                                                              NULL);
      Drive *straight = drive_new (experiment, 1);
      Drive *resumed = drive_new (experiment, 2);
      g_autoptr (FxpCheckpoint) half = NULL;
      g_autoptr (FxpCheckpoint) read = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *a = NULL, *b = NULL;
      guint64 serial;
      guint n_records;

      drive_wait (straight, fxp_trainer_run_until (straight->trainer, 0, 67));
      half = drive_checkpoint (straight);
      n_records = straight->records->len;
      drive_wait (straight, fxp_trainer_run_until (straight->trainer, 0, 160));
      bytes = fxp_checkpoint_to_bytes (half);
      read = fxp_checkpoint_new_from_bytes (bytes, "some.ckpt", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (fxp_checkpoint_get_fingerprint (read),
                       ==,
                       fxp_checkpoint_get_fingerprint (half));
      fxp_trainer_restore (resumed->trainer, read, &serial, &error);
      g_assert_no_error (error);
      drive_wait (resumed, serial);
      drive_wait (resumed, fxp_trainer_run_until (resumed->trainer, 0, 160));
      a = drive_fingerprint (straight);
      b = drive_fingerprint (resumed);
      g_assert_cmpstr (a, ==, b);
      drive_assert_same_records (straight, n_records, resumed, 0);
      drive_free (straight);
      drive_free (resumed);
    }
}

/* Records and snapshots say where binary points are, and so does a checkpoint. */
static void
test_told (void)
{
  const FxpTensorId id = {0, FXP_ROLE_WEIGHT};
  g_autoptr (FxpExperiment) experiment = make_experiment (1, NULL);
  FxpCourse *course = make_course (experiment);
  g_autoptr (FxpSnapshot) snapshot = NULL;
  const FxpTensorRecord *cells;
  const FxpFormat *format;
  gsize n;

  fxp_course_take_steps (course, 40);
  go (course);
  snapshot = fxp_course_take_snapshot (course);
  format = &fxp_snapshot_get_tensor (snapshot, id)->format;
  g_assert_cmpint (format->frac_bits, ==, 8);
  g_assert_cmpint (format->word_bits, ==, 10);
  fxp_snapshot_get_records (snapshot, &n);
  g_assert_cmpuint (n, ==, 8);
  cells = fxp_snapshot_get_tensor_records (snapshot, 0);
  g_assert_cmpint (cells[FXP_ROLE_WEIGHT].frac_bits, ==, 4);
  cells = fxp_snapshot_get_tensor_records (snapshot, n - 1);
  g_assert_cmpint (cells[FXP_ROLE_WEIGHT].frac_bits, ==, 8);
  g_assert_cmpint (cells[FXP_ROLE_WEIGHT_ACC].frac_bits, ==, 11);
  fxp_course_free (course);
}

/* An edit in mid-run is logged, and what it begins anew goes on the same after a checkpoint. */
static void
test_edit_and_replay (void)
{
  g_autoptr (FxpExperiment) experiment = make_experiment (1, NULL);
  Drive *drives[2];
  char *fingerprints[2];

  for (guint i = 0; i < 2; i++)
    {
      guint64 serial;

      drives[i] = drive_new (experiment, i + 1);
      drive_wait (drives[i], fxp_trainer_run_until (drives[i]->trainer, 0, 50));
      drive_set (drives[i], "precision.*.weight.scaling", "fixed", &serial);
      drive_set (drives[i], "precision.1.activation.scaling", "abs-max", &serial);
      drive_wait_serial (drives[i], serial);
      drive_wait (drives[i], fxp_trainer_run_until (drives[i]->trainer, 0, 90));
      fingerprints[i] = drive_fingerprint (drives[i]);
    }
  g_assert_cmpstr (fingerprints[0], ==, fingerprints[1]);
  drive_assert_same_records (drives[0], 0, drives[1], 0);
  for (guint i = 0; i < 2; i++)
    {
      drive_free (drives[i]);
      g_free (fingerprints[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/training/dynamic/R6-courbariaux", test_courbariaux);
  g_test_add_func ("/training/dynamic/R6-update-words", test_update_words);
  g_test_add_func ("/training/dynamic/R7-resume", test_resume);
  g_test_add_func ("/training/dynamic/told", test_told);
  g_test_add_func ("/training/dynamic/edit-and-replay", test_edit_and_replay);
  return g_test_run ();
}
