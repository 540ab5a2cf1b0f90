/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/tensor-private.h"

#include <string.h>

#define ALIGNMENT 64

static gboolean
is_zero (const FxpTensor *tensor)
{
  const guint8 *bytes = tensor->data;

  for (gsize i = 0; i < fxp_tensor_get_n_bytes (tensor); i++)
    if (bytes[i] != 0)
      return FALSE;
  return TRUE;
}

static void
test_new (void)
{
  static const FxpFormat formats[] = {
    {1, 0, TRUE},
    {8, 3, FALSE},
    {9, 3, TRUE},
    {16, 3, FALSE},
    {17, 0, FALSE},
    {32, 5, TRUE},
    {32, 5, FALSE},
    {0, 0, TRUE},
  };
  static const gsize sizes[] = {1, 1, 2, 2, 4, 4, 4, 4};

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (FxpTensor) tensor = fxp_tensor_new (&FXP_SHAPE_3 (3, 5, 7), formats[i]);

      g_assert_cmpuint (tensor->n, ==, 105);
      g_assert_cmpuint (fxp_tensor_get_n_bytes (tensor), ==, 105 * sizes[i]);
      g_assert_cmpuint ((gsize)tensor->data % ALIGNMENT, ==, 0);
      g_assert_true (fxp_tensor_at (tensor, 9) == (guint8 *)tensor->data + 9 * sizes[i]);
      g_assert_true (is_zero (tensor));
    }
}

static void
test_value (void)
{
  g_autoptr (FxpTensor) fixed = fxp_tensor_new (&FXP_SHAPE_1 (3), FXP_FORMAT_SIGNED (12, 4));
  g_autoptr (FxpTensor) real = fxp_tensor_new (&FXP_SHAPE_1 (2), FXP_FORMAT_FLOAT);

  *(gint16 *)fxp_tensor_at (fixed, 1) = -40;
  g_assert_cmpfloat (fxp_tensor_get_value (fixed, 0), ==, 0);
  g_assert_cmpfloat (fxp_tensor_get_value (fixed, 1), ==, -2.5);
  *(float *)fxp_tensor_at (real, 1) = 0.1f;
  g_assert_cmpfloat (fxp_tensor_get_value (real, 1), ==, 0.1f);
}

static void
test_set_format (void)
{
  g_autoptr (FxpTensor) tensor = fxp_tensor_new (&FXP_SHAPE_1 (100), FXP_FORMAT_SIGNED (16, 4));
  gpointer data = tensor->data;

  memset (tensor->data, 1, fxp_tensor_get_n_bytes (tensor));
  fxp_tensor_set_format (tensor, FXP_FORMAT_UNSIGNED (8, 2));
  g_assert_true (tensor->data == data);
  g_assert_cmpint (tensor->storage, ==, FXP_STORAGE_U8);
  g_assert_true (is_zero (tensor));

  memset (tensor->data, 1, fxp_tensor_get_n_bytes (tensor));
  fxp_tensor_set_format (tensor, FXP_FORMAT_FLOAT);
  g_assert_cmpint (tensor->storage, ==, FXP_STORAGE_F32);
  g_assert_cmpuint (fxp_tensor_get_n_bytes (tensor), ==, 400);
  g_assert_cmpuint ((gsize)tensor->data % ALIGNMENT, ==, 0);
  g_assert_true (is_zero (tensor));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/tensor/new", test_new);
  g_test_add_func ("/tensor/tensor/value", test_value);
  g_test_add_func ("/tensor/tensor/set-format", test_set_format);
  return g_test_run ();
}
