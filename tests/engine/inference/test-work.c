/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/work.h"
#include "number/error.h"
#include "../dataset/scratch-folder.h"

static void
assert_layer (const FxpWork *self,
              guint i,
              const char *name,
              guint kernel,
              guint64 n_inputs,
              guint64 n_outputs,
              guint64 n_positions,
              gboolean is_dense)
{
  const FxpWorkLayer *layer = fxp_work_get_layer (self, i);

  g_assert_cmpstr (layer->name, ==, name);
  g_assert_cmpuint (layer->kernel, ==, kernel);
  g_assert_cmpuint (layer->n_inputs, ==, n_inputs);
  g_assert_cmpuint (layer->n_outputs, ==, n_outputs);
  g_assert_cmpuint (layer->n_positions, ==, n_positions);
  g_assert_cmpint (layer->is_dense, ==, is_dense);
}

static void
test_topology (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpTopology) topology = fxp_topology_parse ("3x9x8-4C3-MP2-RES(6/2)-5FC-2", &error);
  g_autoptr (FxpWork) work = fxp_work_new (topology, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (fxp_work_get_name (work), ==, "3x9x8-4C3-MP2-RES(6/2)-5FC-2");
  g_assert_null (fxp_work_get_source (work));
  g_assert_cmpuint (fxp_work_get_n_layers (work), ==, 6);
  assert_layer (work, 0, "conv1", 3, 3, 4, 7 * 6, FALSE);
  /* 3 x 3 after pooling, and every second of these. */
  assert_layer (work, 1, "res1a", 3, 4, 6, 4, FALSE);
  assert_layer (work, 2, "res1b", 3, 6, 6, 4, FALSE);
  assert_layer (work, 3, "res1s", 1, 4, 6, 4, FALSE);
  assert_layer (work, 4, "fc1", 1, 24, 5, 1, TRUE);
  assert_layer (work, 5, "fc2", 1, 5, 2, 1, TRUE);
}

static void
test_input (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpTopology) topology = fxp_topology_parse ("4C3-2", NULL);
  g_autoptr (FxpWork) work = fxp_work_new (topology, &FXP_SHAPE_3 (1, 5, 5), &error);

  g_assert_no_error (error);
  assert_layer (work, 0, "conv1", 3, 1, 4, 9, FALSE);
  assert_layer (work, 1, "fc1", 1, 36, 2, 1, TRUE);
  g_assert_null (fxp_work_new (topology, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "does not state its input's shape"));
  g_clear_error (&error);
  g_assert_null (fxp_work_new (topology, &FXP_SHAPE_3 (1, 2, 2), &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
}

static void
test_presets (void)
{
  g_auto (GStrv) names = fxp_work_list_presets ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_strv_length (names), ==, 8);
  for (char **name = names; *name != NULL; name++)
    {
      g_autoptr (FxpWork) work = fxp_work_new_preset (*name, &error);

      g_assert_no_error (error);
      g_assert_nonnull (fxp_work_get_source (work));
      if (name[1] != NULL)
        g_assert_cmpstr (name[0], <, name[1]);
    }
  g_assert_null (fxp_work_new_preset ("resnet-51", &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
  g_assert_nonnull (strstr (error->message, "\"resnet-51\""));
  g_assert_nonnull (strstr (error->message, "lenet-5, resnet-101, resnet-101-b"));
}

/* Names, and what is repeated. */
static void
test_blocks (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpWork) work = fxp_work_new_preset ("resnet-101", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (fxp_work_get_name (work), ==, "ResNet-101");
  /* 33 blocks of three, four projections, the first and the last layer. */
  g_assert_cmpuint (fxp_work_get_n_layers (work), ==, 33 * 3 + 4 + 2);
  assert_layer (work, 0, "conv1", 7, 3, 64, 112 * 112, FALSE);
  assert_layer (work, 1, "res2.1s", 1, 64, 256, 56 * 56, FALSE);
  assert_layer (work, 24, "res4.1s", 1, 512, 1024, 14 * 14, FALSE);
  assert_layer (work, 28, "res4.2a", 1, 1024, 256, 14 * 14, FALSE);
  assert_layer (work, 91, "res4.23a", 1, 1024, 256, 14 * 14, FALSE);
  assert_layer (work, 104, "fc1", 1, 2048, 1000, 1, TRUE);
}

#define NETWORK "[network]\nname=mine\n"

static const struct
{
  const char *text;
  const char *says; /* NULL: it is good */
} files[] = {
  {NETWORK "[conv]\n1=3x3 1>2 4x5\n[fc]\n1=40>10\n", NULL},
  {NETWORK "[b*]\nblocks=7-7\n1=3x3 1>2 4x5\n", NULL},
  {NETWORK, "it has no layers"},
  {NETWORK "[conv]\n", "it has no layers"},
  {"[conv]\n1=3x3 1>2 4x5\n", "[network] name: nothing, expected the network's name"},
  {"no key file\n", "expected a key file with a group [network]"},
  {NETWORK "[conv]\n1=\n", "[conv] 1: \"\", expected a convolution such as"},
  {NETWORK "[conv]\n1=3x2 1>2 4x5\n", "[conv] 1: \"3x2 1>2 4x5\", expected a convolution"},
  {NETWORK "[conv]\n1=3x3 1>2\n", "[conv] 1: \"3x3 1>2\", expected a convolution"},
  {NETWORK "[conv]\n1=1>2 4x5\n", "[conv] 1: \"1>2 4x5\", expected a convolution"},
  {NETWORK "[conv]\n1=3x3 -1>2 4x5\n", "expected a convolution"},
  {NETWORK "[conv]\n1=3x3 1>2 4x5x\n", "expected a convolution"},
  {NETWORK "[conv]\n1=0x0 1>2 4x5\n", "[conv] 1: \"0x0 1>2 4x5\", expected sizes of at least 1"},
  {NETWORK "[fc]\n1=0>2\n", "expected sizes of at least 1"},
  {NETWORK "[fc]\n1=1000000>2\n", "[fc] 1: \"1000000>2\", expected a convolution"},
  {NETWORK "[c]\n1=999x999 999999>999999 9x9\n", "[c] 1: layer c1 takes too many"},
  {NETWORK "[b*]\n1=3x3 1>2 4x5\n", "[b*] blocks: nothing, expected the first and the last"},
  {NETWORK "[b*]\nblocks=3-2\n1=1>2\n", "[b*] blocks: \"3-2\", expected the first and the last"},
  {NETWORK "[b*]\nblocks=0-2\n1=1>2\n", "[b*] blocks: \"0-2\", expected"},
  {NETWORK "[b*]\nblocks=2\n1=1>2\n", "[b*] blocks: \"2\", expected"},
  {NETWORK "[b*]\nblocks=1-1001\n1=1>2\n", "[b*] blocks: \"1-1001\", expected"},
  {NETWORK "[b]\nblocks=1-2\n1=1>2\n", "[b] blocks: \"1-2\", expected a group with *"},
  {NETWORK "[b*]\nblocks=1-1000\n1=1>2\n2=2>1\n", "[b*] 1: layer b5131 is one too many"},
};

static void
test_files (void)
{
  char *folder = scratch_folder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path =
        scratch_folder_write (folder, "own.ini", files[i].text, strlen (files[i].text));
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpWork) work = fxp_work_load (file, &error);

      g_test_message ("%s", error != NULL ? error->message : "good");
      g_assert_cmpint (work != NULL, ==, files[i].says == NULL);
      g_assert_cmpint (work != NULL, ==, error == NULL);
      if (error != NULL)
        g_assert_nonnull (strstr (error->message, files[i].says));
      if (error != NULL)
        g_assert_true (g_str_has_prefix (error->message, path));
    }
  scratch_folder_remove (folder);
}

static void
test_no_file (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/at/all.ini");
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_work_load (file, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_true (g_str_has_prefix (error->message, "/nowhere/at/all.ini: "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/operation-work/topology", test_topology);
  g_test_add_func ("/operation-work/input", test_input);
  g_test_add_func ("/operation-work/presets", test_presets);
  g_test_add_func ("/operation-work/blocks", test_blocks);
  g_test_add_func ("/operation-work/files", test_files);
  g_test_add_func ("/operation-work/no-file", test_no_file);
  return g_test_run ();
}
