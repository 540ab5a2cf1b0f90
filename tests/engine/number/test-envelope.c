/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/envelope-private.h"
#include "number/error.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *const types[] = {"(sad)", "(sadu)"};

static const FxpEnvelope envelope = {
  .magic = "envelope",
  .version = 6,
  .version_min = 5,
  .types = types,
  .other = "this is no envelope",
};

/* As an older program would. */
static const FxpEnvelope older = {
  .magic = "envelope",
  .version = 5,
  .version_min = 5,
  .types = types,
  .other = "this is no envelope",
};

static GVariant *
make_content (void)
{
  const double values[] = {1.5, -0.0, 3e300};

  return g_variant_new ("(s@adu)",
                        "text",
                        g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, values, 3, 8),
                        77);
}

static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) content = g_variant_ref_sink (make_content ());
  g_autoptr (GBytes) bytes = fxp_envelope_seal (&envelope, content);
  g_autoptr (GVariant) opened = fxp_envelope_open (&envelope, bytes, "file", &error);

  g_assert_no_error (error);
  g_assert_true (g_variant_equal (opened, content));
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), 8, "envelope", 8);
  g_assert_cmpuint (g_bytes_get_size (bytes),
                    ==,
                    FXP_ENVELOPE_HEAD_BYTES + g_variant_get_size (content));
}

static void
test_versions (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) old =
    fxp_envelope_seal (&older,
                       g_variant_new ("(s@ad)",
                                      "x",
                                      g_variant_new_array (G_VARIANT_TYPE_DOUBLE, NULL, 0)));
  g_autoptr (GBytes) new = fxp_envelope_seal (&envelope, make_content ());
  g_autoptr (GVariant) opened = fxp_envelope_open (&envelope, old, "file", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (g_variant_get_type_string (opened), ==, "(sad)");
  g_assert_null (fxp_envelope_open (&older, new, "file", &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_VERSION);
  g_assert_cmpstr (error->message,
                   ==,
                   "file: offset 8: a newer program wrote this file, version 6; expected version 5 "
                   "to 5");
}

static void
test_offsets (void)
{
  g_autoptr (GBytes) bytes = fxp_envelope_seal (&envelope, make_content ());
  g_autoptr (GVariant) opened = fxp_envelope_open (&envelope, bytes, "file", NULL);
  g_autoptr (GVariant) text = g_variant_get_child_value (opened, 0);
  const gsize offset = fxp_envelope_find_offset (opened, text);

  g_assert_cmpuint (fxp_envelope_find_offset (opened, opened), ==, FXP_ENVELOPE_HEAD_BYTES);
  g_assert_cmpmem ((const char *)g_bytes_get_data (bytes, NULL) + offset, 5, "text", 5);
}

/* Every bit of it, and every length. */
static void
test_damage (void)
{
  g_autoptr (GBytes) bytes = fxp_envelope_seal (&envelope, make_content ());
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  for (gsize bit = 0; bit < 8 * n_bytes; bit++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, n_bytes);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) damaged = NULL;

      copy[bit / 8] ^= 1 << bit % 8;
      damaged = g_bytes_new_take (g_steal_pointer (&copy), n_bytes);
      /* One bit makes no 5 of version 6. */
      g_assert_null (fxp_envelope_open (&envelope, damaged, "file", &error));
      g_assert_true (error->domain == FXP_ERROR);
      g_assert_true (g_str_has_prefix (error->message, "file: offset "));
    }
  for (gsize length = 0; length <= n_bytes + 3; length++)
    {
      g_autofree guint8 *copy = g_malloc0 (n_bytes + 3);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) cut = NULL;
      g_autoptr (GVariant) opened = NULL;

      memcpy (copy, data, n_bytes);
      cut = g_bytes_new (copy, length);
      opened = fxp_envelope_open (&envelope, cut, "file", &error);
      g_assert_cmpint (opened != NULL, ==, length == n_bytes);
      g_assert_cmpint (error == NULL, ==, length == n_bytes);
    }
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("roundoff-envelope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "file", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GBytes) bytes = fxp_envelope_seal (&envelope, make_content ());
  g_autoptr (GBytes) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_envelope_read (&envelope, file, path, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  found = fxp_envelope_read (&envelope, file, path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (found, bytes));
  g_file_set_contents (path, "something else", -1, &error);
  g_assert_no_error (error);
  g_assert_null (fxp_envelope_read (&envelope, file, path, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
  g_assert_true (g_str_has_suffix (error->message, "file: offset 0: this is no envelope"));
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/envelope/round-trip", test_round_trip);
  g_test_add_func ("/envelope/versions", test_versions);
  g_test_add_func ("/envelope/offsets", test_offsets);
  g_test_add_func ("/envelope/damage", test_damage);
  g_test_add_func ("/envelope/files", test_files);
  return g_test_run ();
}
