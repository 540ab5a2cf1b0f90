/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/conversion.h"
#include "inference/integer-private.h"
#include "inference/model-content-private.h"
#include "number/error.h"
#include "trained-net.h"

#include <glib/gstdio.h>
#include <string.h>

#define CONVNET  "1x8x8-6C3P-BN-MP2-8C3P-BN-8C1-BN-GAP-10"
#define RESIDUAL "1x8x8-4C3P-BN-RES(4)-RES(6/2)-GAP-10"
#define DENSE    "64-20-D20-12-10"

static const char *const types[] = {FXP_MODEL_TYPE_1, FXP_MODEL_TYPE};
static const FxpEnvelope envelope = {"fxpmodel", 2, 1, types, "other"};

static FxpModel *
convert (const char *topology, const FxpConversionOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpTrained) trained = trained_net_new (topology, "relu");
  FxpModel *model = fxp_conversion_cluster (trained, options, &error);

  g_assert_no_error (error);
  return model;
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

static double *
run (FxpModel *model)
{
  g_autoptr (FxpInteger) engine = fxp_integer_new (model, NULL);
  g_autofree double *inputs = g_new (double, 16 * 64);
  const FxpNoise noise = fxp_noise_new (3, 0, 0, 0, FXP_STREAM_INITIALIZE);

  for (guint32 i = 0; i < 16 * 64; i++)
    inputs[i] = fxp_noise_uniform (noise, i);
  g_assert_true (fxp_integer_run (engine, inputs, 16, NULL));
  return g_memdup2 (fxp_integer_get_logits (engine), 16 * 10 * sizeof (double));
}

static void
assert_same_logits (FxpModel *a, FxpModel *b)
{
  g_autofree double *of_a = run (a);
  g_autofree double *of_b = run (b);

  g_assert_cmpmem (of_a, 160 * sizeof *of_a, of_b, 160 * sizeof *of_b);
}

static void
assert_same_clusters (FxpClusters *a, FxpClusters *b)
{
  const gsize n = fxp_clusters_get_n_clusters (a);
  const FxpWeightShape *shape = fxp_clusters_get_shape (a);

  g_assert_true (
    fxp_cluster_options_equal (fxp_clusters_get_options (a), fxp_clusters_get_options (b)));
  g_assert_cmpint (fxp_clusters_is_plain (a), ==, fxp_clusters_is_plain (b));
  g_assert_cmpuint (fxp_clusters_get_n_terms (a), ==, fxp_clusters_get_n_terms (b));
  g_assert_cmpint (fxp_clusters_get_exponent (a), ==, fxp_clusters_get_exponent (b));
  for (guint term = 0; term < fxp_clusters_get_n_terms (a); term++)
    {
      g_assert_cmpmem (fxp_clusters_get_codes (a, term),
                       shape->n_units * shape->n_inputs * shape->n_pixels,
                       fxp_clusters_get_codes (b, term),
                       shape->n_units * shape->n_inputs * shape->n_pixels);
      g_assert_cmpmem (fxp_clusters_get_scales (a, term),
                       2 * n,
                       fxp_clusters_get_scales (b, term),
                       2 * n);
    }
}

static void
assert_round_trip (const char *topology, const FxpConversionOptions *options)
{
  g_autoptr (FxpModel) model = convert (topology, options);
  g_autoptr (FxpModel) loaded = store_and_load (model);

  g_assert_null (fxp_model_get_trained (loaded));
  g_assert_true (fxp_shape_equal (fxp_model_get_input (model), fxp_model_get_input (loaded)));
  g_assert_cmpuint (fxp_model_get_n_classes (loaded), ==, 10);
  g_assert_false (fxp_model_is_reestimated (loaded));
  for (guint i = 0; i < fxp_model_get_n_weighted (model); i++)
    {
      assert_same_clusters (fxp_model_get_clusters (model, i), fxp_model_get_clusters (loaded, i));
      g_assert_true (fxp_format_equal (fxp_model_get_input_format (model, i),
                                       fxp_model_get_input_format (loaded, i)));
      g_assert_cmpint (fxp_model_is_wide (model, i), ==, fxp_model_is_wide (loaded, i));
    }
  assert_same_logits (model, loaded);
}

static void
test_round_trips (void)
{
  static const char *const topologies[] = {CONVNET, RESIDUAL, DENSE};
  static const FxpClusterOptions clusters[] = {
    {FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 4, 1, FALSE},
    {FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 3, 3, FALSE},
    {FXP_CLUSTER_TWN, 2, FXP_GRANULARITY_WEIGHTS, 4, 1, TRUE},
    {FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_FILTER, 4, 2, TRUE},
    {FXP_CLUSTER_LINEAR, 3, FXP_GRANULARITY_LAYER, 4, 1, FALSE},
    {FXP_CLUSTER_LINEAR, 8, FXP_GRANULARITY_KERNELS, 64, 1, FALSE},
    {FXP_CLUSTER_POWER, 4, FXP_GRANULARITY_KERNELS, 2, 1, FALSE},
    {FXP_CLUSTER_NONE, 4, FXP_GRANULARITY_KERNELS, 4, 1, FALSE},
    {FXP_CLUSTER_NONE, 8, FXP_GRANULARITY_KERNELS, 4, 1, FALSE},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (topologies); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (clusters); k++)
      {
        FxpConversionOptions options;

        fxp_conversion_options_init (&options);
        options.clusters = clusters[k];
        options.last = k % 2 == 0 ? FXP_LAST_WEIGHTS_BYTE : FXP_LAST_WEIGHTS_CLUSTERS;
        options.activation_bits = k == 5 ? 12 : 8;
        options.is_unsigned = k % 3 == 0;
        options.exponents = k == 1 ? FXP_EXPONENTS_DYNAMIC : FXP_EXPONENTS_STATIC;
        options.scaling = k == 2 ? FXP_SCALING_NITI : FXP_SCALING_ABS_MAX;
        options.calibration_batches = 3 + (guint)k;
        options.intermediate_bits = k < 6 && k % 2 == 1 ? 8 + (guint)k : 0;
        assert_round_trip (topologies[i], &options);
      }
}

/* Options come back as they were. */
static void
test_options (void)
{
  FxpConversionOptions options;
  const FxpConversionOptions *found;

  fxp_conversion_options_init (&options);
  options.last = FXP_LAST_WEIGHTS_CLUSTERS;
  options.activation_bits = 6;
  options.is_unsigned = TRUE;
  options.scaling = FXP_SCALING_RISTRETTO;
  options.exponents = FXP_EXPONENTS_PREDICTIVE;
  options.calibration_batches = 7;
  options.calibration_size = 33;
  options.intermediate_bits = 11;
  {
    g_autoptr (FxpModel) model = convert (CONVNET, &options);
    g_autoptr (FxpModel) loaded = store_and_load (model);

    found = fxp_model_get_options (loaded);
    g_assert_true (fxp_cluster_options_equal (&found->clusters, &options.clusters));
    g_assert_cmpint (found->last, ==, options.last);
    g_assert_cmpuint (found->activation_bits, ==, 6);
    g_assert_true (found->is_unsigned);
    g_assert_cmpint (found->scaling, ==, FXP_SCALING_RISTRETTO);
    g_assert_cmpint (found->exponents, ==, FXP_EXPONENTS_PREDICTIVE);
    g_assert_cmpuint (found->calibration_batches, ==, 7);
    g_assert_cmpuint (found->calibration_size, ==, 33);
    g_assert_cmpuint (found->intermediate_bits, ==, 11);
  }
}

/* After re-estimation A and B are other ones, and so are exponents. */
static void
test_reestimated (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (FxpModel) reestimated = NULL;
  g_autoptr (FxpModel) loaded = NULL;
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  options.calibration_batches = 2;
  model = convert (CONVNET, &options);
  reestimated = fxp_conversion_reestimate (model, dataset, 2, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  loaded = store_and_load (reestimated);
  g_assert_true (fxp_model_is_reestimated (loaded));
  assert_same_logits (reestimated, loaded);
}

/* What was learnt can be given back, if it is of such a network. */
static void
test_with_trained (void)
{
  g_autoptr (FxpTrained) trained = trained_net_new (CONVNET, "relu");
  g_autoptr (FxpTrained) other = trained_net_new (RESIDUAL, "relu");
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (FxpModel) loaded = NULL;
  g_autoptr (FxpModel) whole = NULL;
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  model = convert (CONVNET, &options);
  loaded = store_and_load (model);
  whole = fxp_model_with_trained (loaded, trained, &error);
  g_assert_no_error (error);
  g_assert_true (fxp_model_get_trained (whole) == trained);
  g_assert_null (fxp_model_get_trained (loaded));
  assert_same_logits (whole, model);
  g_assert_null (fxp_model_with_trained (loaded, other, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "expected " CONVNET " on 1x8x8 with 10"));
}

/* The float network keeps what was learnt. */
static void
test_off (void)
{
  FxpConversionOptions options;
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (FxpModel) loaded = NULL;

  fxp_conversion_options_init (&options);
  options.clusters.method = FXP_CLUSTER_NONE;
  options.activation_bits = 32;
  g_assert_true (fxp_conversion_options_is_off (&options));
  model = convert (RESIDUAL, &options);
  loaded = store_and_load (model);
  g_assert_null (fxp_model_get_clusters (loaded, 0));
  for (guint i = 0; i < fxp_model_get_n_weighted (model); i++)
    {
      const FxpTrainedLayer *a = fxp_trained_get_layer (fxp_model_get_trained (model), i);
      const FxpTrainedLayer *b = fxp_trained_get_layer (fxp_model_get_trained (loaded), i);
      const gsize n = a->n_units;

      g_assert_cmpuint (b->n_units, ==, n);
      g_assert_cmpmem (a->weights,
                       n * a->n_inputs * a->n_pixels * sizeof (double),
                       b->weights,
                       n * b->n_inputs * b->n_pixels * sizeof (double));
      g_assert_cmpint (a->gamma == NULL, ==, b->gamma == NULL);
      g_assert_cmpint (a->bias == NULL, ==, b->bias == NULL);
      if (a->gamma != NULL)
        g_assert_cmpmem (a->variance, 8 * n, b->variance, 8 * n);
      else
        g_assert_cmpmem (a->bias, 8 * n, b->bias, 8 * n);
    }
}

static GBytes *
make_bytes (void)
{
  FxpConversionOptions options;
  g_autoptr (FxpModel) model = NULL;

  fxp_conversion_options_init (&options);
  model = convert ("1x8x8-2C3P-BN-3C1-BN-GAP-10", &options);
  return fxp_model_to_bytes (model);
}

static void
assert_broken (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_model_new_from_bytes (bytes, "model", &error));
  g_assert_true (error->domain == FXP_ERROR);
  g_assert_true (g_str_has_prefix (error->message, "model: "));
  g_assert_nonnull (strstr (error->message, "offset"));
}

/* Every byte, and many lengths. */
static void
test_damage (void)
{
  g_autoptr (GBytes) bytes = make_bytes ();
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  for (gsize i = 0; i < n_bytes; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, n_bytes);
      g_autoptr (GBytes) damaged = NULL;

      copy[i] ^= 1 << i % 8;
      damaged = g_bytes_new_take (g_steal_pointer (&copy), n_bytes);
      assert_broken (damaged);
    }
  for (gsize length = 0; length < n_bytes; length += 13)
    {
      g_autoptr (GBytes) cut = g_bytes_new (data, length);

      assert_broken (cut);
    }
}

/* What has the right checksum may be wrong all the same: any byte of the content, sealed anew,
 * makes a model or an error, and no crash. */
static void
test_forged (void)
{
  g_autoptr (GBytes) bytes = make_bytes ();
  gsize n_bytes, n_refused = 0;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);
  const gsize n = n_bytes - FXP_ENVELOPE_HEAD_BYTES;

  for (gsize i = 0; i < n; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (data + FXP_ENVELOPE_HEAD_BYTES, n);
      g_autoptr (GBytes) content = NULL;
      g_autoptr (GVariant) variant = NULL;
      g_autoptr (GBytes) forged = NULL;
      g_autoptr (FxpModel) model = NULL;
      g_autoptr (GError) error = NULL;

      copy[i] ^= 1 << (i * 5) % 8;
      content = g_bytes_new_take (g_steal_pointer (&copy), n);
      variant = g_variant_ref_sink (
        g_variant_new_from_bytes (G_VARIANT_TYPE (FXP_MODEL_TYPE), content, FALSE));
      forged = fxp_envelope_seal (&envelope, variant);
      model = fxp_model_new_from_bytes (forged, "model", &error);
      g_assert_cmpint (model == NULL, ==, error != NULL);
      n_refused += model == NULL;
    }
  g_assert_cmpuint (n_refused, >, n / 2);
}

/* @index-th child of the content in another's place. */
static GBytes *
replace_child (gsize index, GVariant *child)
{
  g_autoptr (GBytes) bytes = make_bytes ();
  g_autoptr (GVariant) content = fxp_envelope_open (&envelope, bytes, "model", NULL);
  g_autoptr (GVariant) owned = g_variant_ref_sink (child);
  GVariant *children[9];
  GBytes *replaced;

  for (gsize i = 0; i < 9; i++)
    children[i] = i == index ? g_variant_ref (owned) : g_variant_get_child_value (content, i);
  replaced = fxp_envelope_seal (&envelope, g_variant_new_tuple (children, 9));
  for (gsize i = 0; i < 9; i++)
    g_variant_unref (children[i]);
  return replaced;
}

static void
assert_says (gsize index, GVariant *child, const char *words)
{
  g_autoptr (GBytes) bytes = replace_child (index, child);
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_model_new_from_bytes (bytes, "model", &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_messages (void)
{
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  assert_says (0, g_variant_new_string ("nonsense"), "experiment at offset");
  options.activation_bits = 40;
  assert_says (1, fxp_model_pack_options (&options), "activation bits: 40");
  options.activation_bits = 8;
  options.clusters.method = FXP_CLUSTER_LINEAR;
  options.clusters.bits = 4;
  assert_says (1, fxp_model_pack_options (&options), "bytes of codes; expected");
  fxp_conversion_options_init (&options);
  options.clusters.size = 1;
  assert_says (1, fxp_model_pack_options (&options), "scales; expected");
  assert_says (2,
               g_variant_new_parsed ("([@t 8, 8], @u 10)"),
               "the size of a sample is not one or three numbers");
  assert_says (2, g_variant_new_parsed ("([@t 1, 7, 8], @u 10)"), "it takes 1x8x8 as input");
  assert_says (2, g_variant_new_parsed ("([@t 1, 8, 8], @u 11)"), "11");
  assert_says (4, g_variant_new_int16 (200), "200 fraction bits");
  assert_says (4, g_variant_new_int16 (3), "A and B are not those");
  assert_says (5, g_variant_new_parsed ("[@n 3]"), "found 1 formats");
  assert_says (5, g_variant_new_parsed ("[@n 3, 100, 3, 0]"), "fraction bits; expected");
  assert_says (6,
               g_variant_new_array (g_variant_type_element (
                                      G_VARIANT_TYPE (FXP_MODEL_PRODUCTS_TYPE)),
                                    NULL,
                                    0),
               "found 0 layers with weights; expected 3");
  assert_says (8, g_variant_new_parsed ("(@u 7, @ay [0, 0, 0])"), "intermediate bits: 7");
  assert_says (8, g_variant_new_parsed ("(@u 8, @ay [0, 0])"), "found 2 layers");
  assert_says (8,
               g_variant_new_parsed ("(@u 8, @ay [0, 99, 0])"),
               "shifted by 99; expected at most");
  assert_says (8,
               g_variant_new_parsed ("(@u 0, @ay [0, 1, 0])"),
               "shifted by 1; expected at most 0");
}

/* Version 1 had exact sums alone, and is still read. */
static void
test_version_1 (void)
{
  static const FxpEnvelope first = {"fxpmodel", 1, 1, types, "other"};
  g_autoptr (GBytes) bytes = make_bytes ();
  g_autoptr (GVariant) content = fxp_envelope_open (&envelope, bytes, "model", NULL);
  g_autoptr (GBytes) old = NULL;
  g_autoptr (FxpModel) loaded = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *children[8];

  for (gsize i = 0; i < 8; i++)
    children[i] = g_variant_get_child_value (content, i);
  old = fxp_envelope_seal (&first, g_variant_new_tuple (children, 8));
  for (gsize i = 0; i < 8; i++)
    g_variant_unref (children[i]);
  loaded = fxp_model_new_from_bytes (old, "model", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fxp_model_get_options (loaded)->intermediate_bits, ==, 0);
  again = fxp_model_to_bytes (loaded);
  g_assert_true (g_bytes_equal (again, bytes));
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("roundoff-model-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "net.model", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (FxpModel) loaded = NULL;

  fxp_conversion_options_init (&options);
  model = convert (CONVNET, &options);
  g_assert_null (fxp_model_load (file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (fxp_model_save (model, file, NULL, &error));
  g_assert_no_error (error);
  loaded = fxp_model_load (file, NULL, &error);
  g_assert_no_error (error);
  assert_same_logits (model, loaded);
  g_file_set_contents (path, "roundoff: a checkpoint", -1, NULL);
  g_assert_null (fxp_model_load (file, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
  g_assert_nonnull (strstr (error->message, "this is no converted network"));
  g_remove (path);
  g_rmdir (folder);
}

/* Codes are packed: about 2 bits of 32. */
static void
test_size (void)
{
  FxpConversionOptions options;
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (FxpModel) off = NULL;
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (GBytes) whole = NULL;

  fxp_conversion_options_init (&options);
  options.clusters.size = 64;
  model = convert ("1x8x8-64C3P-BN-64C3P-BN-64C3P-BN-GAP-10", &options);
  packed = fxp_model_to_bytes (model);
  options.clusters.method = FXP_CLUSTER_NONE;
  options.activation_bits = 32;
  off = convert ("1x8x8-64C3P-BN-64C3P-BN-64C3P-BN-GAP-10", &options);
  whole = fxp_model_to_bytes (off);
  g_assert_cmpuint (15 * g_bytes_get_size (packed), <, g_bytes_get_size (whole));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-file/round-trips", test_round_trips);
  g_test_add_func ("/model-file/options", test_options);
  g_test_add_func ("/model-file/reestimated", test_reestimated);
  g_test_add_func ("/model-file/with-trained", test_with_trained);
  g_test_add_func ("/model-file/off", test_off);
  g_test_add_func ("/model-file/damage", test_damage);
  g_test_add_func ("/model-file/forged", test_forged);
  g_test_add_func ("/model-file/messages", test_messages);
  g_test_add_func ("/model-file/version-1", test_version_1);
  g_test_add_func ("/model-file/files", test_files);
  g_test_add_func ("/model-file/size", test_size);
  return g_test_run ();
}
