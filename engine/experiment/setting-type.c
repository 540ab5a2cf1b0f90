/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/setting-type-private.h"

#include "experiment/experiment-keys-private.h"
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

const FxpSettingType fxp_setting_text = {get_text, set_text};

/* The data come from a built-in set or from a path, so setting one clears the other. */
static gboolean
set_dataset_name (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  FxpSettings *settings;

  if (!fxp_dataset_is_name (text))
    {
      g_autofree char *builtin = g_strjoinv (", ", (char **)fxp_dataset_get_builtin_names ());
      g_autofree char *published = g_strjoinv (", ", (char **)fxp_dataset_get_published_names ());
      g_autofree char *expected =
        g_strdup_printf (_ ("a built-in data set (%s, %s)"), builtin, published);

      return fail (FXP_ERROR_PARSE, text, error, expected);
    }
  settings = fxp_experiment_edit_settings (experiment);
  g_clear_pointer (&settings->dataset_path, g_free);
  g_free (settings->dataset_name);
  settings->dataset_name = g_strdup (text);
  return TRUE;
}

const FxpSettingType fxp_setting_name = {get_text, set_dataset_name};

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

const FxpSettingType fxp_setting_path = {get_text, set_dataset_path};

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

const FxpSettingType fxp_setting_seed = {get_seed, set_seed};

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

const FxpSettingType fxp_setting_count = {get_count, set_count};

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

const FxpSettingType fxp_setting_real = {get_real, set_real};

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

const FxpSettingType fxp_setting_positive = {get_real, set_positive};

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

const FxpSettingType fxp_setting_switch = {get_switch, set_switch};

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

const FxpSettingType fxp_setting_topology = {get_topology, set_topology};

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

const FxpSettingType fxp_setting_activation = {get_activation, set_activation};

static char *
get_schedule (const FxpKey *self, const FxpExperiment *experiment)
{
  return g_strdup (fxp_schedule_get_nick (FIELD (FxpSchedule, self, experiment)));
}

static gboolean
set_schedule (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  FxpSchedule schedule;

  if (!fxp_schedule_parse (text, &schedule, error))
    return FALSE;
  EDIT (FxpSchedule, self, experiment) = schedule;
  return TRUE;
}

const FxpSettingType fxp_setting_schedule = {get_schedule, set_schedule};

static char *
get_gradients (const FxpKey *self, const FxpExperiment *experiment)
{
  return g_strdup (fxp_gradients_get_nick (FIELD (FxpGradients, self, experiment)));
}

static gboolean
set_gradients (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  FxpGradients gradients;

  if (!fxp_gradients_parse (text, &gradients, error))
    return FALSE;
  EDIT (FxpGradients, self, experiment) = gradients;
  return TRUE;
}

const FxpSettingType fxp_setting_gradients = {get_gradients, set_gradients};

static char *
get_steps (const FxpKey *self, const FxpExperiment *experiment)
{
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < settings->n_schedule_steps; i++)
    g_string_append_printf (text,
                            "%s%" G_GUINT64_FORMAT,
                            i > 0 ? "," : "",
                            settings->schedule_steps[i]);
  return g_string_free (text, FALSE);
}

static gboolean
set_steps (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", FXP_SCHEDULE_STEPS_MAX + 1);
  guint n = g_strv_length (parts);
  guint64 steps[FXP_SCHEDULE_STEPS_MAX] = {0};
  g_autofree char *greatest = NULL;
  g_autofree char *expected = NULL;
  FxpSettings *settings;
  gboolean rises = n <= FXP_SCHEDULE_STEPS_MAX;

  for (guint i = 0; i < n && rises; i++)
    rises = fxp_parse_count (g_strstrip (parts[i]), self->min, self->max, &steps[i], NULL) &&
            (i == 0 || steps[i] > steps[i - 1]);
  if (rises)
    {
      settings = fxp_experiment_edit_settings (experiment);
      memcpy (settings->schedule_steps, steps, sizeof steps);
      settings->n_schedule_steps = n;
      return TRUE;
    }
  greatest = g_strdup_printf ("%" G_GUINT64_FORMAT, (guint64)self->max);
  expected = g_strdup_printf (_ ("up to %d rising whole numbers in %d..%s with commas between"),
                              FXP_SCHEDULE_STEPS_MAX,
                              (int)self->min,
                              greatest);
  return fail (FXP_ERROR_PARSE, text, error, expected);
}

const FxpSettingType fxp_setting_steps = {get_steps, set_steps};
