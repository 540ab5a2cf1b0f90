/* SPDX-License-Identifier: MIT */
/* Where binary points are, as a part of checkpoints: read back, of no version before 4, and refused
 * where no run can have come to it. */
#include "config.h"

#include "checkpoint-bytes.h"
#include "drive.h"

#include "number/error.h"
#include "training/checkpoint-content-private.h"
#include "training/checkpoint-scalers-private.h"

#include <string.h>

/* What of a checkpoint's content holds scalers. */
#define AT_SCALERS 10

/* Of a run whose first layer's W moves (and W_acc with it), and A by another rule. */
static FxpCheckpoint *
make_checkpoint (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("network.topology",
                                                                "2-3-2",
                                                                "precision.1.weight.scaling",
                                                                "overflow-rate",
                                                                "precision.1.weight.format",
                                                                "Q5.4",
                                                                "precision.1.weight-acc.format",
                                                                "Q-4.7",
                                                                "precision.2.activation.scaling",
                                                                "predictive",
                                                                "precision.2.bias.scaling",
                                                                "abs-max",
                                                                "training.scaling-period",
                                                                "10",
                                                                NULL);
  Drive *drive = drive_new (experiment, 1);
  FxpCheckpoint *checkpoint;

  drive_wait (drive, fxp_trainer_step (drive->trainer, 35));
  checkpoint = drive_checkpoint (drive);
  drive_free (drive);
  return checkpoint;
}

/* @checkpoint's content without scalers, or with others. */
static GVariant *
with_scalers (const FxpCheckpoint *checkpoint, GVariant *scalers)
{
  g_autoptr (GVariant) content = fxp_checkpoint_pack (checkpoint);
  GVariant *parts[AT_SCALERS + 1];
  GVariant *other;

  for (gsize i = 0; i < AT_SCALERS; i++)
    parts[i] = g_variant_get_child_value (content, i);
  parts[AT_SCALERS] = scalers;
  other = g_variant_new_tuple (parts, scalers == NULL ? AT_SCALERS : AT_SCALERS + 1);
  for (gsize i = 0; i < AT_SCALERS; i++)
    g_variant_unref (parts[i]);
  return g_variant_ref_sink (other);
}

static FxpCheckpoint *
read_content (guint32 version, GVariant *content, GError **error)
{
  g_autoptr (GBytes) bytes =
    make_bytes (version, g_variant_get_data (content), g_variant_get_size (content));

  return fxp_checkpoint_new_from_bytes (bytes, "some.ckpt", error);
}

static void
test_formats (void)
{
  const FxpTensorId weight = {0, FXP_ROLE_WEIGHT}, residue = {0, FXP_ROLE_WEIGHT_ACC};
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();
  g_autoptr (GBytes) bytes = fxp_checkpoint_to_bytes (checkpoint);
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCheckpoint) read = fxp_checkpoint_new_from_bytes (bytes, "some.ckpt", &error);
  const FxpStored *stored;

  g_assert_no_error (error);
  /* W and A: a bias that is float has no scaler, whatever its rule. */
  g_assert_cmpuint (read->scalers->len, ==, 2);
  g_assert_cmpint (fxp_checkpoint_get_format (read, weight).frac_bits, ==, 7);
  g_assert_cmpint (fxp_checkpoint_get_format (read, residue).frac_bits, ==, 10);
  stored = fxp_checkpoint_get_stored (read, FALSE, 0, FXP_LEARNT_WEIGHT);
  g_assert_true (fxp_format_equal (stored->format, FXP_FORMAT_SIGNED (10, 7)));
  stored = fxp_checkpoint_get_stored (read, FALSE, 0, FXP_LEARNT_WEIGHT_ACC);
  g_assert_true (fxp_format_equal (stored->format, FXP_FORMAT_SIGNED (4, 10)));
}

/* As it was before binary points moved: nothing is said of them, and no experiment asks for it. */
static void
test_version_3 (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  Drive *drive = drive_new (experiment, 1);
  g_autoptr (FxpCheckpoint) still = NULL;
  g_autoptr (FxpCheckpoint) moving = make_checkpoint ();
  g_autoptr (FxpCheckpoint) read = NULL;
  g_autoptr (GVariant) older = NULL;
  g_autoptr (GVariant) impossible = NULL;
  g_autoptr (GError) error = NULL;

  drive_wait (drive, fxp_trainer_step (drive->trainer, 5));
  still = drive_checkpoint (drive);
  drive_free (drive);
  older = with_scalers (still, NULL);
  read = read_content (3, older, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fxp_checkpoint_get_fingerprint (read),
                   ==,
                   fxp_checkpoint_get_fingerprint (still));
  g_clear_pointer (&read, fxp_checkpoint_unref);
  /* Tensors in formats that have moved are others than the experiment's. */
  impossible = with_scalers (moving, NULL);
  read = read_content (3, impossible, &error);
  g_assert_null (read);
  g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
}

/* Layer, role, exponent, arrays, both sums, maxima: of W, then of A. */
static const char *const hostile[][2] = {
  {"@a(qqiuddad) []", "found binary points of 0 tensors that move; expected 2"},
  {"@a(qqiuddad) [(0, 0, -7, 5, 0.0, 0.0, []), (1, 1, -8, 0, 0.0, 0.0, []), (1, 2, 0, 0, 0.0, 0.0, "
   "[])]",
   "found binary points of 3 tensors"},
  {"@a(qqiuddad) [(0, 1, -7, 5, 0.0, 0.0, []), (1, 1, -8, 0, 0.0, 0.0, [])]", "entry 1"},
  {"@a(qqiuddad) [(0, 0, -127, 5, 0.0, 0.0, []), (1, 1, -8, 0, 0.0, 0.0, [])]", "entry 1"},
  {"@a(qqiuddad) [(0, 0, 97, 5, 0.0, 0.0, []), (1, 1, -8, 0, 0.0, 0.0, [])]", "entry 1"},
  {"@a(qqiuddad) [(0, 0, -7, 5, -1.0, 0.0, []), (1, 1, -8, 0, 0.0, 0.0, [])]", "entry 1"},
  {"@a(qqiuddad) [(0, 0, -7, 5, 0.0, inf, []), (1, 1, -8, 0, 0.0, 0.0, [])]", "entry 1"},
  {"@a(qqiuddad) [(0, 0, -7, 5, 0.0, 0.0, []), (1, 1, -8, 0, 0.0, 0.0, [1.0, -1.0])]", "entry 2"},
  {"@a(qqiuddad) [(0, 0, -7, 5, 0.0, 0.0, []), (1, 1, -8, 0, 0.0, 0.0, [0.0, 0.0, 0.0, 0.0, 0.0, "
   "0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])]",
   "entry 2"},
  /* Then the tensors, which are in the formats that were said, would be in others. */
  {"@a(qqiuddad) [(0, 0, -6, 5, 0.0, 0.0, []), (1, 1, -8, 0, 0.0, 0.0, [])]",
   "expected weight of layer 1"},
};

static void
test_hostile (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();

  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autoptr (GError) error = NULL;
      GVariant *scalers = g_variant_parse (NULL, hostile[i][0], NULL, NULL, &error);
      g_autoptr (GVariant) content = NULL;
      g_autoptr (FxpCheckpoint) read = NULL;

      g_assert_no_error (error);
      content = with_scalers (checkpoint, scalers);
      read = read_content (4, content, &error);
      g_assert_null (read);
      g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
      g_test_message ("%s", error->message);
      g_assert_true (g_str_has_prefix (error->message, "some.ckpt: offset "));
      g_assert_nonnull (strstr (error->message, hostile[i][1]));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/training/checkpoint-scalers/formats", test_formats);
  g_test_add_func ("/training/checkpoint-scalers/version-3", test_version_3);
  g_test_add_func ("/training/checkpoint-scalers/hostile", test_hostile);
  return g_test_run ();
}
