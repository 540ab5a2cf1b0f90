/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "application.h"
#include "color-scheme.h"
#include "shortcuts.h"
#include "window.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#define THREADS_MAX 256
/* Exit status where the command line itself is wrong. */
#define EXIT_USAGE 2

struct _FxaApplication
{
  GtkApplication parent_instance;

  FxaPreferences *preferences;
  FxaColorScheme *color_scheme;
};

G_DEFINE_FINAL_TYPE (FxaApplication, fxa_application, GTK_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  {"version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL},
  {"paused", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Do not start training"), NULL},
  {"seed", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Seed of data and weights"), N_ ("N")},
  {"threads", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Threads of the worker"), N_ ("N")},
  {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_ ("[FILE|PRESET]")},
  {NULL},
};

/* One core is left to the window. */
static guint
default_threads (void)
{
  guint n = g_get_num_processors ();

  return n > 1 ? n - 1 : 1;
}

/* A name from the list of presets, or a file. */
static FxpExperiment *
load_experiment (GApplicationCommandLine *command_line, const char *argument, GError **error)
{
  g_auto (GStrv) presets = fxp_presets_list ();
  g_autoptr (GFile) file = NULL;

  if (argument == NULL)
    return fxp_experiment_new ();
  if (g_strv_contains ((const char *const *)presets, argument))
    return fxp_preset_load (argument, error);

  file = g_application_command_line_create_file_for_arg (command_line, argument);
  return fxp_experiment_load (file, NULL, error);
}

/* A GVariantDict of options holds no 0, so the number is taken as text. */
static gboolean
read_threads (GVariantDict *dict, guint *n_threads, GError **error)
{
  const char *text;
  guint64 number;

  *n_threads = default_threads ();
  if (!g_variant_dict_lookup (dict, "threads", "&s", &text))
    return TRUE;
  if (g_ascii_string_to_unsigned (text, 10, 1, THREADS_MAX, &number, NULL))
    {
      *n_threads = (guint)number;
      return TRUE;
    }
  g_set_error (error,
               G_OPTION_ERROR,
               G_OPTION_ERROR_BAD_VALUE,
               _ ("--threads: “%s” is not a whole number in 1..%d"),
               text,
               THREADS_MAX);
  return FALSE;
}

static FxpExperiment *
read_arguments (GApplicationCommandLine *command_line,
                GVariantDict *dict,
                guint *n_threads,
                GError **error)
{
  g_autofree const char **files = NULL;
  g_autoptr (FxpExperiment) experiment = NULL;
  const char *seed;

  g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^a&ay", &files);
  if (files != NULL && files[0] != NULL && files[1] != NULL)
    {
      g_set_error (error,
                   G_OPTION_ERROR,
                   G_OPTION_ERROR_BAD_VALUE,
                   _ ("“%s” is one argument too many; expected one file or preset"),
                   files[1]);
      return NULL;
    }

  if (!read_threads (dict, n_threads, error))
    return NULL;

  experiment = load_experiment (command_line, files != NULL ? files[0] : NULL, error);
  if (experiment == NULL || !g_variant_dict_lookup (dict, "seed", "&s", &seed))
    return g_steal_pointer (&experiment);
  return fxp_experiment_with_value (experiment, "experiment.seed", seed, error);
}

static int
fxa_application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  GVariantDict *dict = g_application_command_line_get_options_dict (command_line);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));
  g_autoptr (FxpExperiment) experiment = NULL;
  g_autoptr (GError) error = NULL;
  guint n_threads;
  gboolean paused = FALSE;
  int n_arguments = 0;

  g_strfreev (g_application_command_line_get_arguments (command_line, &n_arguments));
  if (window != NULL && n_arguments <= 1)
    {
      gtk_window_present (window);
      return EXIT_SUCCESS;
    }

  experiment = read_arguments (command_line, dict, &n_threads, &error);
  if (experiment == NULL)
    {
      g_application_command_line_printerr (command_line, "roundoff: %s\n", error->message);
      return g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE) ? EXIT_USAGE
                                                                               : EXIT_FAILURE;
    }
  g_variant_dict_lookup (dict, "paused", "b", &paused);
  window = fxa_window_new (FXA_APPLICATION (application), experiment, n_threads, paused);
  gtk_window_present (window);
  return EXIT_SUCCESS;
}

/* GApplication ends with 1 for an option it does not know, before it registers. */
static gboolean
fxa_application_local_command_line (GApplication *application, char ***arguments, int *status)
{
  gboolean done = G_APPLICATION_CLASS (fxa_application_parent_class)
                    ->local_command_line (application, arguments, status);

  if (done && *status == EXIT_FAILURE && !g_application_get_is_registered (application))
    *status = EXIT_USAGE;
  return done;
}

static int
fxa_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  if (!g_variant_dict_contains (dict, "version"))
    return -1;

  g_print ("roundoff %s\n", ROUNDOFF_VERSION);
  return EXIT_SUCCESS;
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkApplication *application = data;
  GList *windows;

  /* Each window ends its worker as it closes. */
  while ((windows = gtk_application_get_windows (application)) != NULL)
    gtk_window_destroy (windows->data);
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_show_about_dialog (gtk_application_get_active_window (data),
                         "program-name",
                         _ ("Roundoff"),
                         "version",
                         ROUNDOFF_VERSION,
                         "logo-icon-name",
                         ROUNDOFF_APPLICATION_ID,
                         "comments",
                         _ ("Watch a neural network learn in fixed-point numbers."),
                         "license-type",
                         GTK_LICENSE_MIT_X11,
                         "translator-credits",
                         /* translators: your names, one a line */
                         _ ("translator-credits"),
                         NULL);
}

static void
load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/io/github/roundoff/Roundoff/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void
fxa_application_startup (GApplication *application)
{
  FxaApplication *self = FXA_APPLICATION (application);
  const GActionEntry actions[] = {
    {.name = "quit", .activate = quit_cb},
    {.name = "about", .activate = about_cb},
  };

  G_APPLICATION_CLASS (fxa_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (application),
                                   actions,
                                   G_N_ELEMENTS (actions),
                                   application);
  fxa_shortcuts_install (GTK_APPLICATION (application));
  gtk_window_set_default_icon_name (ROUNDOFF_APPLICATION_ID);
  load_style ();
  self->color_scheme = fxa_color_scheme_new (self->preferences);
}

static void
fxa_application_dispose (GObject *object)
{
  FxaApplication *self = FXA_APPLICATION (object);

  g_clear_object (&self->color_scheme);
  g_clear_object (&self->preferences);

  G_OBJECT_CLASS (fxa_application_parent_class)->dispose (object);
}

static void
fxa_application_class_init (FxaApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxa_application_dispose;
  application_class->startup = fxa_application_startup;
  application_class->command_line = fxa_application_command_line;
  application_class->local_command_line = fxa_application_local_command_line;
  application_class->handle_local_options = fxa_application_handle_local_options;
}

static void
fxa_application_init (FxaApplication *self)
{
  self->preferences = fxa_preferences_new ();
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (G_APPLICATION (self),
                                            _ ("Watch a neural network learn in fixed-point "
                                               "numbers."));
}

FxaApplication *
fxa_application_new (void)
{
  return g_object_new (FXA_TYPE_APPLICATION,
                       "application-id",
                       ROUNDOFF_APPLICATION_ID,
                       "flags",
                       G_APPLICATION_HANDLES_COMMAND_LINE,
                       NULL);
}

FxaPreferences *
fxa_application_get_preferences (FxaApplication *self)
{
  g_return_val_if_fail (FXA_IS_APPLICATION (self), NULL);

  return self->preferences;
}
