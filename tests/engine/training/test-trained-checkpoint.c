/* SPDX-License-Identifier: MIT */
/* What a checkpoint gives to conversion. */
#include "drive.h"

#include "number/error.h"
#include "training/checkpoint-private.h"
#include "training/fine-tuning.h"

static FxpCheckpoint *
make_checkpoint (gboolean twin, const char *format, const char *residue)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("dataset.name",
                                                                "digits",
                                                                "network.topology",
                                                                "3C3-BN-12FC-10",
                                                                "training.twin",
                                                                twin ? "true" : "false",
                                                                "precision.*.*.format",
                                                                format,
                                                                "precision.*.weight-acc.format",
                                                                residue,
                                                                NULL);
  Drive *drive = drive_new (experiment, 1);
  FxpCheckpoint *checkpoint;

  drive_wait (drive, fxp_trainer_step (drive->trainer, 5));
  checkpoint = drive_checkpoint (drive);
  drive_free (drive);
  return checkpoint;
}

static FxpTrained *
get_trained (const FxpCheckpoint *checkpoint)
{
  g_autoptr (GError) error = NULL;
  FxpTrained *trained = fxp_trained_new_from_checkpoint (checkpoint, &error);

  g_assert_no_error (error);
  return trained;
}

static double
get_value (const FxpCheckpoint *checkpoint, gboolean of_twin, guint layer, FxpLearnt what, gsize i)
{
  const FxpStored *stored = fxp_checkpoint_get_stored (checkpoint, of_twin, layer, what);
  const gsize n = fxp_shape_get_n (&stored->shape);
  g_autofree double *values = g_new (double, n);

  fxp_format_decode (stored->format, g_bytes_get_data (stored->data, NULL), n, values);
  return values[i];
}

/* The twin where there is one, or the run that is float itself: every tensor as it is. */
static void
test_float (void)
{
  for (guint i = 0; i < 2; i++)
    {
      const gboolean twin = i == 1;
      g_autoptr (FxpCheckpoint) checkpoint =
        make_checkpoint (twin, twin ? "Q3.8" : "float", twin ? "Q-3.18" : "float");
      g_autoptr (FxpTrained) trained = get_trained (checkpoint);
      const FxpTrainedLayer *first = fxp_trained_get_layer (trained, 0);
      const FxpTrainedLayer *second = fxp_trained_get_layer (trained, 1);

      g_assert_cmpuint (fxp_trained_get_n_layers (trained), ==, 3);
      g_assert_cmpuint (fxp_trained_get_n_classes (trained), ==, 10);
      g_assert_cmpuint (fxp_shape_get_n (fxp_trained_get_input (trained)), ==, 64);
      g_assert_cmpuint (first->n_units, ==, 3);
      g_assert_cmpuint (first->n_inputs, ==, 1);
      g_assert_cmpuint (first->n_pixels, ==, 9);
      g_assert_cmpuint (second->n_inputs, ==, 3 * 36);
      g_assert_cmpuint (second->n_pixels, ==, 1);
      g_assert_null (first->bias);
      g_assert_null (second->gamma);
      for (gsize j = 0; j < 27; j++)
        g_assert_cmpfloat (first->weights[j],
                           ==,
                           get_value (checkpoint, twin, 0, FXP_LEARNT_WEIGHT, j));
      for (gsize j = 0; j < 3; j++)
        {
          g_assert_cmpfloat (first->gamma[j],
                             ==,
                             get_value (checkpoint, twin, 0, FXP_LEARNT_GAMMA, j));
          g_assert_cmpfloat (first->beta[j],
                             ==,
                             get_value (checkpoint, twin, 0, FXP_LEARNT_BETA, j));
          g_assert_cmpfloat (first->mean[j],
                             ==,
                             get_value (checkpoint, twin, 0, FXP_LEARNT_MEAN, j));
          g_assert_cmpfloat (first->variance[j],
                             ==,
                             get_value (checkpoint, twin, 0, FXP_LEARNT_VARIANCE, j));
        }
      for (gsize j = 0; j < 12; j++)
        g_assert_cmpfloat (second->bias[j],
                           ==,
                           get_value (checkpoint, twin, 1, FXP_LEARNT_BIAS, j));
    }
}

/* Without a float network: whole words, of which W alone would be a part. */
static void
test_words (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint (FALSE, "Q3.4", "Q-3.18");
  g_autoptr (FxpTrained) trained = get_trained (checkpoint);
  const FxpTrainedLayer *layer = fxp_trained_get_layer (trained, 1);
  guint n_split = 0;

  for (gsize i = 0; i < 12 * 3 * 36; i++)
    {
      const double weight = get_value (checkpoint, FALSE, 1, FXP_LEARNT_WEIGHT, i);
      const double residue = get_value (checkpoint, FALSE, 1, FXP_LEARNT_WEIGHT_ACC, i);

      g_assert_cmpfloat (layer->weights[i], ==, weight + residue);
      n_split += residue != 0;
    }
  g_assert_cmpuint (n_split, >, 0);
}

static void
test_missing (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint (TRUE, "Q3.8", "Q-3.18");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < checkpoint->tensors->len; i++)
    {
      FxpStored *stored = &g_array_index (checkpoint->tensors, FxpStored, i);

      if (stored->of_twin && stored->layer == 0 && stored->what == FXP_LEARNT_MEAN)
        stored->what = FXP_N_LEARNT;
    }
  g_assert_null (fxp_trained_new_from_checkpoint (checkpoint, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
  g_assert_cmpstr (error->message,
                   ==,
                   "the checkpoint has no mean of layer conv1; expected all that the layer has "
                   "learnt");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trained-checkpoint/float", test_float);
  g_test_add_func ("/trained-checkpoint/words", test_words);
  g_test_add_func ("/trained-checkpoint/missing", test_missing);
  return g_test_run ();
}
