/* SPDX-License-Identifier: MIT */
#include "drive.h"

#include "number/error.h"
#include "training/checkpoint-content-private.h"
#include "training/checkpoint-tensors-private.h"

#include <math.h>

/* A convolution with batch normalization, then an output layer without. */
static FxpCheckpoint *
make_checkpoint (const char *momentum)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("dataset.name",
                                                                "digits",
                                                                "network.topology",
                                                                "3C3-BN-10",
                                                                "precision.2.momentum.format",
                                                                "Q2.5",
                                                                "training.momentum",
                                                                momentum,
                                                                NULL);
  Drive *drive = drive_new (experiment, 1);
  FxpCheckpoint *checkpoint;

  drive_wait (drive, fxp_trainer_step (drive->trainer, 4));
  checkpoint = drive_checkpoint (drive);
  drive_free (drive);
  return checkpoint;
}

static void
assert_stored (const FxpCheckpoint *checkpoint,
               guint layer,
               FxpLearnt what,
               FxpFormat format,
               const FxpShape *shape)
{
  for (guint twin = 0; twin < 2; twin++)
    {
      const FxpStored *stored = fxp_checkpoint_get_stored (checkpoint, twin == 1, layer, what);

      if (shape == NULL)
        {
          g_assert_null (stored);
          continue;
        }
      g_assert_nonnull (stored);
      g_assert_true (fxp_format_equal (stored->format, twin == 1 ? FXP_FORMAT_FLOAT : format));
      g_assert_true (fxp_shape_equal (&stored->shape, shape));
    }
}

/* Layers have what belongs to them, momenta only with momentum. */
static void
test_kinds (void)
{
  for (guint with = 0; with < 2; with++)
    {
      g_autoptr (FxpCheckpoint) made = make_checkpoint (with == 1 ? "0.5" : "0");
      g_autoptr (GBytes) bytes = fxp_checkpoint_to_bytes (made);
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpCheckpoint) read = fxp_checkpoint_new_from_bytes (bytes, "a.ckpt", &error);
      const FxpFormat q5 = FXP_FORMAT_SIGNED (8, 5);
      const FxpShape filters = FXP_SHAPE_1 (3), units = FXP_SHAPE_1 (10);
      const FxpShape weights = FXP_SHAPE_2 (10, 108), kernels = FXP_SHAPE_4 (3, 1, 3, 3);

      g_assert_no_error (error);
      assert_stored (read, 0, FXP_LEARNT_BIAS, q5, NULL);
      assert_stored (read, 0, FXP_LEARNT_GAMMA, FXP_FORMAT_FLOAT, &filters);
      assert_stored (read, 0, FXP_LEARNT_BETA, FXP_FORMAT_FLOAT, &filters);
      assert_stored (read, 0, FXP_LEARNT_MEAN, FXP_FORMAT_FLOAT, &filters);
      assert_stored (read, 0, FXP_LEARNT_VARIANCE, FXP_FORMAT_FLOAT, &filters);
      assert_stored (read, 1, FXP_LEARNT_BIAS, FXP_FORMAT_FLOAT, &units);
      assert_stored (read, 1, FXP_LEARNT_GAMMA, q5, NULL);
      assert_stored (read, 1, FXP_LEARNT_VARIANCE, q5, NULL);
      assert_stored (read, 0, FXP_LEARNT_MOMENTUM, FXP_FORMAT_FLOAT, with ? &kernels : NULL);
      assert_stored (read, 1, FXP_LEARNT_MOMENTUM, q5, with ? &weights : NULL);
      assert_stored (read, 0, FXP_LEARNT_BIAS_MOMENTUM, q5, NULL);
      assert_stored (read, 1, FXP_LEARNT_BIAS_MOMENTUM, FXP_FORMAT_FLOAT, with ? &units : NULL);
      assert_stored (read, 0, FXP_LEARNT_BETA_MOMENTUM, FXP_FORMAT_FLOAT, with ? &filters : NULL);
      assert_stored (read, 1, FXP_LEARNT_BETA_MOMENTUM, q5, NULL);
      g_assert_cmpstr (fxp_checkpoint_get_fingerprint (read),
                       ==,
                       fxp_checkpoint_get_fingerprint (made));
    }
}

/* The same but for tensors. */
static FxpCheckpoint *
make_empty (const FxpCheckpoint *checkpoint)
{
  return fxp_checkpoint_new (checkpoint->experiment,
                             g_strdup (""),
                             &checkpoint->position,
                             (const FxpTensorSums *)checkpoint->tensor_sums->data,
                             (const FxpLayerSums *)checkpoint->layer_sums->data,
                             checkpoint->probe);
}

/* A checkpoint as read from the tensors of @checkpoint, the one at @changed being another. */
static gboolean
read_changed (const FxpCheckpoint *checkpoint, FxpLearnt changed, GBytes *data, GError **error)
{
  g_autoptr (FxpCheckpoint) source = NULL;
  g_autoptr (FxpCheckpoint) target = NULL;
  g_autoptr (GVariant) packed = NULL;

  source = make_empty (checkpoint);
  target = make_empty (checkpoint);
  for (guint i = 0; i < checkpoint->tensors->len; i++)
    {
      FxpStored stored = g_array_index (checkpoint->tensors, FxpStored, i);
      gboolean is_changed = !stored.of_twin && stored.layer == 0 && stored.what == changed;

      if (is_changed && data == NULL)
        continue;
      stored.data = g_bytes_ref (is_changed ? data : stored.data);
      fxp_checkpoint_add_bytes (source, &stored);
    }
  packed = g_variant_ref_sink (fxp_checkpoint_pack_tensors (source));
  /* In one piece, as from a file. */
  g_variant_get_data (packed);
  return fxp_checkpoint_unpack_tensors (target, packed, "a.ckpt", 1000, error);
}

static void
check_refused (const FxpCheckpoint *checkpoint, FxpLearnt changed, GBytes *data, const char *why)
{
  g_autoptr (GError) error = NULL;
  guint64 offset;

  g_assert_false (read_changed (checkpoint, changed, data, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "a.ckpt: offset "));
  offset = g_ascii_strtoull (error->message + strlen ("a.ckpt: offset "), NULL, 10);
  g_assert_cmpuint (offset, >=, 1000);
  g_assert_cmpuint (offset, <, 20000);
  g_assert_nonnull (strstr (error->message, why));
}

static void
test_hostile (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ("0.5");
  static const float negative[3] = {1, -0x1p-100f, 2}, diverged[3] = {1, NAN, INFINITY};
  g_autoptr (GBytes) below = g_bytes_new_static (negative, sizeof negative);
  g_autoptr (GBytes) beyond = g_bytes_new_static (diverged, sizeof diverged);
  g_autoptr (GBytes) few = g_bytes_new_static (negative, 2 * sizeof (float));
  g_autoptr (GError) error = NULL;

  g_assert_true (read_changed (checkpoint, FXP_N_LEARNT, NULL, &error));
  check_refused (checkpoint, FXP_LEARNT_VARIANCE, below, "variance of layer 1 is negative");
  check_refused (checkpoint, FXP_LEARNT_VARIANCE, few, "variance of layer 1 has 8 bytes");
  check_refused (checkpoint, FXP_LEARNT_GAMMA_MOMENTUM, few, "gamma-momentum of layer 1 has 8");
  check_refused (checkpoint, FXP_LEARNT_MEAN, NULL, "offset 1000: found 27 tensors; expected 28");
  /* What a run that diverged leaves. */
  g_assert_true (read_changed (checkpoint, FXP_LEARNT_VARIANCE, beyond, &error));
  g_assert_true (read_changed (checkpoint, FXP_LEARNT_MEAN, below, &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/checkpoint-tensors/kinds", test_kinds);
  g_test_add_func ("/training/checkpoint-tensors/hostile", test_hostile);

  return g_test_run ();
}
