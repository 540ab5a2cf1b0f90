/* SPDX-License-Identifier: MIT */
/* Commands that convert the network to few-bit weights, and what can be read of it. */
#include "config.h"

#include "window-private.h"
#include "convert/convert-text.h"
#include "convert/convert-view.h"

#include <glib/gi18n.h>

static FxuConversion *
get_conversion (FxaWindow *self)
{
  return fxu_session_get_conversion (self->session);
}

static void
refuse_state (GSimpleAction *action, GVariant *state, gpointer data)
{
}

const char *
fxa_window_get_converting (FxaWindow *self)
{
  return fxu_convert_text_nick (fxu_conversion_get_activity (get_conversion (self), NULL, NULL));
}

static void
start_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  static const char *const names[FXU_N_JOBS] = {
    [FXU_JOB_CONVERT] = "convert",
    [FXU_JOB_REESTIMATE] = "reestimate",
    [FXU_JOB_TUNE] = "fine-tune",
    [FXU_JOB_CERTIFY] = "certify",
    [FXU_JOB_SWEEP] = "sweep",
  };

  for (guint i = 0; i < FXU_N_JOBS; i++)
    if (g_str_equal (names[i], g_action_get_name (G_ACTION (action))))
      fxu_conversion_start (get_conversion (data), i);
}

static void
cancel_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fxu_conversion_cancel (get_conversion (data));
}

/* What a script may set, all at once. */
typedef struct
{
  FxpConversionOptions options;
  guint64 n_images, n_steps;
  double rate;
  gboolean sweep_tunes;
} Wanted;

static gboolean
parse_count (const char *text, guint64 most, guint64 *count)
{
  return g_ascii_string_to_unsigned (text, 10, 0, most, count, NULL);
}

/* 0: the default. */
static gboolean
parse_rate (const char *text, double *rate)
{
  char *end;

  *rate = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && *rate >= 0.0 && *rate <= FXU_RATE_MAX;
}

static gboolean
set_number (Wanted *wanted, const char *name, guint64 count)
{
  FxpConversionOptions *options = &wanted->options;

  if (g_str_equal (name, "n"))
    options->clusters.size = (guint)count;
  else if (g_str_equal (name, "bits"))
    options->clusters.bits = (guint)count;
  else if (g_str_equal (name, "terms"))
    options->clusters.terms = (guint)count;
  else if (g_str_equal (name, "asymmetric"))
    options->clusters.asymmetric = count != 0;
  else if (g_str_equal (name, "activation-bits"))
    options->activation_bits = (guint)count;
  else if (g_str_equal (name, "unsigned"))
    options->is_unsigned = count != 0;
  else if (g_str_equal (name, "intermediate"))
    options->intermediate_bits = (guint)count;
  else if (g_str_equal (name, "batches"))
    options->calibration_batches = (guint)count;
  else if (g_str_equal (name, "images"))
    wanted->n_images = count;
  else if (g_str_equal (name, "steps"))
    wanted->n_steps = MAX (count, 1);
  else if (g_str_equal (name, "sweep-tunes"))
    wanted->sweep_tunes = count != 0;
  else
    return FALSE;
  return TRUE;
}

/* "n=4", "method=opt": as the command line has them. */
static gboolean
set_option (Wanted *wanted, const char *word)
{
  g_auto (GStrv) parts = g_strsplit (word, "=", 2);
  FxpClusterOptions *clusters = &wanted->options.clusters;
  guint64 count;

  if (g_strv_length (parts) != 2)
    return FALSE;
  if (g_str_equal (parts[0], "method"))
    return fxp_cluster_method_parse (parts[1], &clusters->method, NULL);
  if (g_str_equal (parts[0], "granularity"))
    return fxp_granularity_parse (parts[1], &clusters->granularity, NULL);
  if (g_str_equal (parts[0], "last"))
    return fxp_last_weights_parse (parts[1], &wanted->options.last, NULL);
  if (g_str_equal (parts[0], "exponents"))
    return fxp_exponents_parse (parts[1], &wanted->options.exponents, NULL);
  if (g_str_equal (parts[0], "rate"))
    return parse_rate (parts[1], &wanted->rate);
  return parse_count (parts[1], G_MAXUINT, &count) && set_number (wanted, parts[0], count);
}

static void
options_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;
  FxuConversion *conversion = get_conversion (self);
  g_auto (GStrv) words = g_strsplit (g_variant_get_string (parameter, NULL), " ", -1);
  Wanted wanted = {
    .options = *fxu_conversion_get_options (conversion),
    .n_images = fxu_conversion_get_n_images (conversion),
    .n_steps = fxu_conversion_get_n_steps (conversion),
    .rate = fxu_conversion_get_rate (conversion),
    .sweep_tunes = fxu_conversion_get_sweep_tunes (conversion),
  };

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !set_option (&wanted, words[i]))
      {
        g_autofree char *message =
          g_strdup_printf (_ ("convert-options: “%s” is not one; expected NAME=VALUE such as "
                              "method=opt, n=4 or images=1000"),
                           words[i]);

        fxa_window_tell (self, GTK_MESSAGE_ERROR, message);
        return;
      }
  if (!fxu_conversion_set_options (conversion, &wanted.options))
    return;
  fxu_conversion_set_n_images (conversion, wanted.n_images);
  fxu_conversion_set_n_steps (conversion, wanted.n_steps);
  fxu_conversion_set_rate (conversion, wanted.rate);
  fxu_conversion_set_sweep_tunes (conversion, wanted.sweep_tunes);
}

static void
select_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  guint layer, output, cluster;

  g_variant_get (parameter, "(uuu)", &layer, &output, &cluster);
  fxu_convert_view_select (FXU_CONVERT_VIEW (FXA_WINDOW (data)->conversion),
                           layer,
                           output,
                           cluster);
}

/* The first line says, in no language, what is under way; the status tells of that a little later.
 */
static void
conversion_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;
  g_autofree char *text = fxu_convert_view_describe (FXU_CONVERT_VIEW (self->conversion));

  g_simple_action_set_state (action,
                             g_variant_new_take_string (
                               g_strdup_printf ("%s\n%s", fxa_window_get_converting (self), text)));
}

/* Nothing to save: no dialog to ask for a file.  The command with a path says so. */
static void
update_save (FxaWindow *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "save-network-dialog");

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action),
                               fxu_conversion_explain_save (get_conversion (self)) == NULL);
}

static const GActionEntry entries[] = {
  {.name = "convert", .activate = start_cb},
  {.name = "reestimate", .activate = start_cb},
  {.name = "fine-tune", .activate = start_cb},
  {.name = "certify", .activate = start_cb},
  {.name = "sweep", .activate = start_cb},
  {.name = "convert-cancel", .activate = cancel_cb},
  {.name = "convert-options", .parameter_type = "s", .activate = options_cb},
  {.name = "convert-select", .parameter_type = "(uuu)", .activate = select_cb},
  {.name = "conversion", .state = "''", .activate = conversion_cb, .change_state = refuse_state},
};

void
fxa_window_add_convert_actions (FxaWindow *self)
{
  static const char *const told_by[] = {"clustered", "changed", "progress"};

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (gsize i = 0; i < G_N_ELEMENTS (told_by); i++)
    g_signal_connect_object (get_conversion (self),
                             told_by[i],
                             G_CALLBACK (fxa_window_update_status_soon),
                             self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (get_conversion (self),
                           "changed",
                           G_CALLBACK (update_save),
                           self,
                           G_CONNECT_SWAPPED);
  update_save (self);
}
