/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment-keys-private.h"
#include "experiment/precision-keys-private.h"
#include "number/quotation-private.h"
#include "dataset/dataset.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define FIELD(type, key, experiment)                                                               \
  G_STRUCT_MEMBER (type, (gpointer)fxp_experiment_get_settings (experiment), (key)->offset)
#define EDIT(type, key, experiment)                                                                \
  G_STRUCT_MEMBER (type, fxp_experiment_edit_settings (experiment), (key)->offset)

/* A decimal number in the C locale; no hexadecimal, no "nan", no "inf". */
static gboolean
read_decimal (const char *text, double *number)
{
  char *end = NULL;

  if (*text == '\0' || strspn (text, "0123456789+-.eE") != strlen (text))
    return FALSE;
  *number = g_ascii_strtod (text, &end);
  return *end == '\0';
}

static gboolean
fail (FxpError code, const char *text, GError **error, const char *expected)
{
  g_autofree char *found = fxp_quote (text);

  /* translators: a quoted text and what it should be, as in: "-1" is not a number above 0 */
  g_set_error (error, FXP_ERROR, code, _ ("%s is not %s"), found, expected);
  return FALSE;
}

/* A number outside its range is told from what is no number at all. */
static FxpError
get_error_code (const char *text)
{
  double number;

  return read_decimal (text, &number) ? FXP_ERROR_RANGE : FXP_ERROR_PARSE;
}

gboolean
fxp_parse_count (const char *text, guint64 min, guint64 max, guint64 *number, GError **error)
{
  g_autofree char *least = NULL;
  g_autofree char *greatest = NULL;
  g_autofree char *expected = NULL;

  if (g_ascii_isdigit (*text) && g_ascii_string_to_unsigned (text, 10, min, max, number, NULL))
    return TRUE;
  least = g_strdup_printf ("%" G_GUINT64_FORMAT, min);
  greatest = g_strdup_printf ("%" G_GUINT64_FORMAT, max);
  expected = g_strdup_printf (_ ("a whole number in %s..%s"), least, greatest);
  return fail (get_error_code (text), text, error, expected);
}

static char *
get_text (const FxpKey *self, const FxpExperiment *experiment)
{
  return g_strdup (FIELD (char *, self, experiment));
}

static gboolean
is_line (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_iscntrl (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

static gboolean
check_line (const FxpKey *self, const char *text, GError **error)
{
  g_autofree char *expected = NULL;
  glong n;

  if (is_line (text))
    {
      n = g_utf8_strlen (text, -1);
      if (n >= (glong)self->min && n <= (glong)self->max)
        return TRUE;
    }
  expected =
    g_strdup_printf (_ ("one line of %d to %d characters"), (int)self->min, (int)self->max);
  return fail (FXP_ERROR_PARSE, text, error, expected);
}

static gboolean
set_text (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  char **field;

  if (!check_line (self, text, error))
    return FALSE;
  field = &EDIT (char *, self, experiment);
  g_free (*field);
  *field = g_strdup (text);
  return TRUE;
}

/* The data come from a built-in set or from a path, so setting one clears the other. */
static gboolean
set_dataset_name (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  const char *const *names = fxp_dataset_get_builtin_names ();
  FxpSettings *settings;

  if (!g_strv_contains (names, text))
    {
      g_autofree char *choices = g_strjoinv (", ", (char **)names);
      g_autofree char *expected = g_strdup_printf (_ ("a built-in data set (%s)"), choices);

      return fail (FXP_ERROR_PARSE, text, error, expected);
    }
  settings = fxp_experiment_edit_settings (experiment);
  g_clear_pointer (&settings->dataset_path, g_free);
  g_free (settings->dataset_name);
  settings->dataset_name = g_strdup (text);
  return TRUE;
}

static gboolean
set_dataset_path (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  FxpSettings *settings;

  if (!check_line (self, text, error))
    return FALSE;
  settings = fxp_experiment_edit_settings (experiment);
  g_clear_pointer (&settings->dataset_name, g_free);
  g_free (settings->dataset_path);
  settings->dataset_path = g_strdup (text);
  return TRUE;
}

static char *
get_seed (const FxpKey *self, const FxpExperiment *experiment)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, FIELD (guint64, self, experiment));
}

static gboolean
set_seed (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  guint64 number;

  if (!fxp_parse_count (text, 0, G_MAXUINT64, &number, error))
    return FALSE;
  EDIT (guint64, self, experiment) = number;
  return TRUE;
}

static char *
get_count (const FxpKey *self, const FxpExperiment *experiment)
{
  return g_strdup_printf ("%u", FIELD (guint, self, experiment));
}

static gboolean
set_count (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  guint64 number;

  if (!fxp_parse_count (text, self->min, self->max, &number, error))
    return FALSE;
  EDIT (guint, self, experiment) = number;
  return TRUE;
}

/* Fifteen digits where they say it exactly, as what people type: 0.1, not 0.MANY0000001. */
static char *
get_real (const FxpKey *self, const FxpExperiment *experiment)
{
  double number = FIELD (double, self, experiment);
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, "%.15g", number);
  if (g_ascii_strtod (buffer, NULL) != number)
    g_ascii_dtostr (buffer, sizeof buffer, number);
  return g_strdup (buffer);
}

static gboolean
set_real (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  g_autofree char *expected = NULL;
  char least[G_ASCII_DTOSTR_BUF_SIZE], greatest[G_ASCII_DTOSTR_BUF_SIZE];
  double number;

  if (read_decimal (text, &number) && number >= self->min && number <= self->max)
    {
      /* Minus zero becomes zero: it would be written differently and mean the same. */
      EDIT (double, self, experiment) = number + 0.0;
      return TRUE;
    }
  g_ascii_formatd (least, sizeof least, "%g", self->min);
  g_ascii_formatd (greatest, sizeof greatest, "%g", self->max);
  expected = g_strdup_printf (_ ("a number in %s..%s"), least, greatest);
  return fail (get_error_code (text), text, error, expected);
}

/* Above its minimum, not equal to it. */
static gboolean
set_positive (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  g_autofree char *expected = NULL;
  char greatest[G_ASCII_DTOSTR_BUF_SIZE];
  double number;

  if (!read_decimal (text, &number) || number <= 0)
    return fail (get_error_code (text), text, error, _ ("a number above 0"));
  if (number <= self->max)
    {
      EDIT (double, self, experiment) = number;
      return TRUE;
    }
  g_ascii_formatd (greatest, sizeof greatest, "%.0f", self->max);
  expected = g_strdup_printf (_ ("a number up to %s"), greatest);
  return fail (FXP_ERROR_RANGE, text, error, expected);
}

static char *
get_switch (const FxpKey *self, const FxpExperiment *experiment)
{
  return g_strdup (FIELD (gboolean, self, experiment) ? "true" : "false");
}

static gboolean
set_switch (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  gboolean on = g_str_equal (text, "true");

  if (!on && !g_str_equal (text, "false"))
    return fail (FXP_ERROR_PARSE, text, error, _ ("true or false"));
  EDIT (gboolean, self, experiment) = on;
  return TRUE;
}

static char *
get_topology (const FxpKey *self, const FxpExperiment *experiment)
{
  return g_strdup (fxp_topology_get_text (fxp_experiment_get_topology (experiment)));
}

static gboolean
set_topology (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  g_autoptr (FxpTopology) topology = fxp_topology_parse (text, error);

  if (topology == NULL)
    return FALSE;
  fxp_experiment_set_topology (experiment, topology);
  return TRUE;
}

static char *
get_activation (const FxpKey *self, const FxpExperiment *experiment)
{
  return g_strdup (fxp_activation_get_nick (FIELD (FxpActivation, self, experiment)));
}

static gboolean
set_activation (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  FxpActivation activation;

  if (!fxp_activation_parse (text, &activation, error))
    return FALSE;
  EDIT (FxpActivation, self, experiment) = activation;
  return TRUE;
}

#define AT(field) G_STRUCT_OFFSET (FxpSettings, field)

/* clang-format off */
static const FxpKey keys[] = {
  { "experiment", "title", get_text, set_text, AT (title), 0, 200, FXP_LIVE },
  { "experiment", "description", get_text, set_text, AT (description), 0, 1000, FXP_LIVE },
  { "experiment", "seed", get_seed, set_seed, AT (seed), 0, 0, FXP_RESET },
  { "dataset", "name", get_text, set_dataset_name, AT (dataset_name), 0, 0, FXP_RESET },
  { "dataset", "path", get_text, set_dataset_path, AT (dataset_path), 1, 4096, FXP_RESET },
  { "dataset", "samples", get_count, set_count, AT (dataset_samples), 10, 1000000, FXP_RESET },
  { "dataset", "noise", get_real, set_real, AT (dataset_noise), 0, 50, FXP_RESET },
  { "dataset", "test-share", get_real, set_real, AT (dataset_test_share), 0.05, 0.95, FXP_RESET },
  { "network", "topology", get_topology, set_topology, 0, 0, 0, FXP_RESET },
  { "network", "activation", get_activation, set_activation, AT (activation), 0, 0, FXP_LIVE },
  { "training", "rate", get_real, set_positive, AT (rate), 0, 1e6, FXP_LIVE },
  { "training", "batch", get_count, set_count, AT (batch), 1, 65536, FXP_LIVE },
  { "training", "epochs", get_count, set_count, AT (epochs), 1, 1e9, FXP_LIVE },
  { "training", "twin", get_switch, set_switch, AT (twin), 0, 0, FXP_RESET_IF_SET },
  { "training", "evaluate-every", get_count, set_count, AT (evaluate_every), 1, 1e9, FXP_LIVE },
  { "training", "record-every", get_count, set_count, AT (record_every), 1, 1e9, FXP_LIVE },
  { "training", "statistics-every", get_count, set_count, AT (statistics_every), 1, 1e9, FXP_LIVE },
};
/* clang-format on */

const FxpKey *
fxp_keys_get (guint *n)
{
  *n = G_N_ELEMENTS (keys);
  return keys;
}

const FxpKey *
fxp_key_find (const char *group, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].group, group) && g_str_equal (keys[i].name, name))
      return &keys[i];
  return NULL;
}

gboolean
fxp_key_set (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  g_autofree char *stripped = NULL;

  /* Space around a value means nothing, except in the name of a file. */
  if (self->set == set_dataset_path)
    return self->set (self, experiment, text, error);
  stripped = g_strstrip (g_strdup (text));
  return self->set (self, experiment, stripped, error);
}

static gboolean
key_equal (const FxpKey *key, const FxpExperiment *a, const FxpExperiment *b)
{
  g_autofree char *of_a = key->get (key, a);
  g_autofree char *of_b = key->get (key, b);

  return g_strcmp0 (of_a, of_b) == 0;
}

static gboolean
shares_keys (const FxpExperiment *a, const FxpExperiment *b)
{
  return fxp_experiment_shares_settings (a, b) &&
         fxp_experiment_get_topology (a) == fxp_experiment_get_topology (b);
}

gboolean
fxp_experiment_keys_equal (const FxpExperiment *a, const FxpExperiment *b)
{
  if (shares_keys (a, b))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!key_equal (&keys[i], a, b))
      return FALSE;
  return TRUE;
}

gboolean
fxp_experiment_needs_reset (const FxpExperiment *a, const FxpExperiment *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (shares_keys (a, b))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (keys[i].effect == FXP_LIVE || key_equal (&keys[i], a, b))
        continue;
      if (keys[i].effect == FXP_RESET || FIELD (gboolean, &keys[i], b))
        return TRUE;
    }
  return FALSE;
}

char **
fxp_experiment_diff (const FxpExperiment *a, const FxpExperiment *b)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (FxpExperiment) from = NULL;

  g_return_val_if_fail (a != NULL && b != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *value = keys[i].get (&keys[i], b);
      g_autofree char *change = NULL;

      if (value == NULL || key_equal (&keys[i], a, b))
        continue;
      change = g_strdup_printf ("%s.%s=%s", keys[i].group, keys[i].name, value);
      g_strv_builder_add (builder, change);
    }
  /* With another topology the precision of its layers is already what was carried over. */
  from = fxp_experiment_copy (a);
  if (!key_equal (fxp_key_find ("network", "topology"), a, b))
    fxp_experiment_set_topology (from, fxp_experiment_get_topology (b));
  fxp_precision_diff (from, b, builder);
  return g_strv_builder_end (builder);
}

static gboolean
set_value (FxpExperiment *self, const char *key, const char *value, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (key, ".", 5);
  guint n_parts = g_strv_length (parts);
  const FxpKey *row = n_parts == 2 ? fxp_key_find (parts[0], parts[1]) : NULL;
  FxpPlace place;

  if (row != NULL)
    return fxp_key_set (row, self, value, error);
  if (n_parts == 4 && g_str_equal (parts[0], "precision"))
    return fxp_place_parse (parts[1], parts[2], &place, error) &&
           fxp_precision_set (self, &place, parts[3], value, error);
  g_set_error_literal (error,
                       FXP_ERROR,
                       FXP_ERROR_PARSE,
                       _ ("there is no such key; expected one such as training.rate, "
                          "network.topology or precision.1.weight.format"));
  return FALSE;
}

FxpExperiment *
fxp_experiment_with_value (FxpExperiment *self, const char *key, const char *value, GError **error)
{
  g_autoptr (FxpExperiment) other = NULL;
  g_autofree char *shown = NULL;

  g_return_val_if_fail (self != NULL && key != NULL && value != NULL, NULL);

  other = fxp_experiment_copy (self);
  if (set_value (other, key, value, error))
    return g_steal_pointer (&other);
  shown = fxp_quote (key);
  shown[strlen (shown) - 1] = '\0';
  g_prefix_error (error, "%s: ", shown + 1);
  return NULL;
}

char *
fxp_experiment_get_value (const FxpExperiment *self, const char *key)
{
  g_auto (GStrv) parts = NULL;
  const FxpKey *row;
  FxpPlace place;

  g_return_val_if_fail (self != NULL && key != NULL, NULL);

  parts = g_strsplit (key, ".", 5);
  if (g_strv_length (parts) == 2)
    {
      row = fxp_key_find (parts[0], parts[1]);
      return row != NULL ? row->get (row, self) : NULL;
    }
  /* What is no key has no value; why it is none matters only where one is set. */
  if (g_strv_length (parts) == 4 && g_str_equal (parts[0], "precision") &&
      fxp_place_parse (parts[1], parts[2], &place, NULL))
    return fxp_precision_get (self, &place, parts[3]);
  return NULL;
}
