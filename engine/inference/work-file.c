/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/work-private.h"

#include "data/roundoff-data.h"
#include "number/error.h"
#include "number/quotation-private.h"
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/io/github/roundoff/Roundoff/operations/"
#define SUFFIX ".ini"
/* The greatest network that ships takes a fraction of this; anything longer is another file. */
#define SIZE_MAX_BYTES (256 * 1024)

/* [network] says what it is; every other group is a block of layers, one a key, named group and
 * key together.  A group with a * in its name and a key `blocks` stands for several. */
#define GROUP_NETWORK "network"
#define KEY_NAME      "name"
#define KEY_SOURCE    "source"
#define KEY_BLOCKS    "blocks"
#define BLOCKS_MAX    1000
/* "3x3 64>128 28x28": kernel, inputs and outputs, pixels of the output; "2048>1000" is dense. */
#define LAYER_PATTERN                                                                              \
  "^(?:([0-9]{1,3})x\\1 )?([0-9]{1,6})>([0-9]{1,6})(?(1) ([0-9]{1,5})x([0-9]{1,5}))$"
enum
{
  MATCH_KERNEL = 1,
  MATCH_INPUTS,
  MATCH_OUTPUTS,
  MATCH_ROWS,
  MATCH_COLUMNS,
};

/* One file being read. */
typedef struct
{
  const char *name;
  GKeyFile *keys;
  GRegex *pattern; /* of a layer */
  FxpWork *work;
} Reading;

static gboolean
fail_value (const Reading *self,
            const char *group,
            const char *key,
            const char *text,
            const char *expected,
            GError **error)
{
  g_autofree char *found = text != NULL ? fxp_quote (text) : g_strdup (_ ("nothing"));

  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               /* translators: file, group, key, what was found, what was expected */
               _ ("%s: [%s] %s: %s, expected %s"),
               self->name,
               group,
               key,
               found,
               expected);
  return FALSE;
}

/* A number that the pattern has taken for digits; without a match 1. */
static guint64
fetch_number (GMatchInfo *match, int number)
{
  g_autofree char *digits = g_match_info_fetch (match, number);

  return digits == NULL || *digits == '\0' ? 1 : g_ascii_strtoull (digits, NULL, 10);
}

/* The layer of a key, in the block whose name is @block. */
static gboolean
read_layer (Reading *self, const char *group, const char *block, const char *key, GError **error)
{
  g_autofree char *text = g_key_file_get_string (self->keys, group, key, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  FxpWorkLayer layer;

  if (text == NULL || !g_regex_match (self->pattern, text, 0, &match))
    return fail_value (self,
                       group,
                       key,
                       text,
                       _ ("a convolution such as 3x3 64>128 28x28 or a dense layer such as "
                          "2048>1000"),
                       error);
  layer = (FxpWorkLayer){
    .kernel = (guint)fetch_number (match, MATCH_KERNEL),
    .n_inputs = fetch_number (match, MATCH_INPUTS),
    .n_outputs = fetch_number (match, MATCH_OUTPUTS),
    .n_positions = fetch_number (match, MATCH_ROWS) * fetch_number (match, MATCH_COLUMNS),
    .is_dense = strchr (text, 'x') == NULL,
  };
  if (layer.kernel == 0 || layer.n_inputs == 0 || layer.n_outputs == 0 || layer.n_positions == 0)
    return fail_value (self, group, key, text, _ ("sizes of at least 1"), error);
  layer.name = g_strconcat (block, key, NULL);
  if (fxp_work_add (self->work, &layer, error))
    return TRUE;
  g_prefix_error (error, "%s: [%s] %s: ", self->name, group, key);
  return FALSE;
}

/* @number: of the block, in place of the * of @group's name. */
static gboolean
read_block (Reading *self, const char *group, guint64 number, GError **error)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  g_auto (GStrv) parts = g_strsplit (group, "*", -1);
  g_autofree char *block = g_strjoinv (digits, parts);
  g_auto (GStrv) names = g_key_file_get_keys (self->keys, group, NULL, NULL);

  for (char **key = names; key != NULL && *key != NULL; key++)
    if (!g_str_equal (*key, KEY_BLOCKS) && !read_layer (self, group, block, *key, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_group (Reading *self, const char *group, GError **error)
{
  g_autofree char *text = g_key_file_get_string (self->keys, group, KEY_BLOCKS, NULL);
  g_auto (GStrv) ends = text != NULL ? g_strsplit (text, "-", 2) : NULL;
  const gboolean repeats = strchr (group, '*') != NULL;
  guint64 first, last;

  if (!repeats && text == NULL)
    return read_block (self, group, 0, error);
  if (!repeats || ends == NULL || g_strv_length (ends) != 2 ||
      !g_ascii_string_to_unsigned (ends[0], 10, 1, BLOCKS_MAX, &first, NULL) ||
      !g_ascii_string_to_unsigned (ends[1], 10, first, BLOCKS_MAX, &last, NULL))
    return fail_value (self,
                       group,
                       KEY_BLOCKS,
                       text,
                       repeats ? _ ("the first and the last of its blocks, such as 2-23")
                               : _ ("a group with * in its name, such as [res4.*]"),
                       error);
  for (guint64 number = first; number <= last; number++)
    if (!read_block (self, group, number, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_groups (Reading *self, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (self->keys, NULL);
  g_autofree char *name = g_key_file_get_string (self->keys, GROUP_NETWORK, KEY_NAME, NULL);
  g_autofree char *source = g_key_file_get_string (self->keys, GROUP_NETWORK, KEY_SOURCE, NULL);

  if (name == NULL)
    return fail_value (self, GROUP_NETWORK, KEY_NAME, NULL, _ ("the network's name"), error);
  self->work = fxp_work_new_empty (name, source);
  for (char **group = groups; *group != NULL; group++)
    if (!g_str_equal (*group, GROUP_NETWORK) && !read_group (self, *group, error))
      return FALSE;
  if (fxp_work_get_n_layers (self->work) > 0)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s: it has no layers, expected a group of them, such as [conv]"),
               self->name);
  return FALSE;
}

static FxpWork *
read_bytes (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GRegex) pattern = g_regex_new (LAYER_PATTERN, 0, 0, NULL);
  g_autoptr (GError) local_error = NULL;
  Reading reading = {.name = name, .keys = keys, .pattern = pattern};

  g_assert (pattern != NULL);
  if (!g_key_file_load_from_bytes (keys, bytes, G_KEY_FILE_NONE, &local_error))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ ("%s: expected a key file with a group [%s]: %s"),
                   name,
                   GROUP_NETWORK,
                   local_error->message);
      return NULL;
    }
  if (!read_groups (&reading, error))
    g_clear_pointer (&reading.work, fxp_work_unref);
  return reading.work;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

char **
fxp_work_list_presets (void)
{
  char **names = g_resource_enumerate_children (roundoff_data_get_resource (), FOLDER, 0, NULL);

  g_assert (names != NULL);
  for (char **name = names; *name != NULL; name++)
    *strrchr (*name, '.') = '\0';
  qsort (names, g_strv_length (names), sizeof *names, compare_texts);
  return names;
}

FxpWork *
fxp_work_new_preset (const char *name, GError **error)
{
  g_auto (GStrv) names = fxp_work_list_presets ();
  g_autofree char *path = NULL;
  g_autofree char *file = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  if (!g_strv_contains ((const char *const *)names, name))
    {
      g_autofree char *found = fxp_quote (name);
      g_autofree char *choices = g_strjoinv (", ", names);

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ ("%s is not a network to count, expected one of %s"),
                   found,
                   choices);
      return NULL;
    }
  file = g_strconcat (name, SUFFIX, NULL);
  path = g_strconcat (FOLDER, file, NULL);
  bytes = g_resource_lookup_data (roundoff_data_get_resource (), path, 0, error);
  return bytes != NULL ? read_bytes (bytes, file, error) : NULL;
}

FxpWork *
fxp_work_load (GFile *file, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  name = g_file_get_parse_name (file);
  bytes = g_file_load_bytes (file, NULL, NULL, error);
  if (bytes == NULL)
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  if (g_bytes_get_size (bytes) <= SIZE_MAX_BYTES)
    return read_bytes (bytes, name, error);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               _ ("%s: it has %zu bytes, expected a table of layers of at most %d"),
               name,
               g_bytes_get_size (bytes),
               SIZE_MAX_BYTES);
  return NULL;
}
