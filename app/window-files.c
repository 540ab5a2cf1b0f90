/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "window-private.h"
#include "screenshot.h"

#include <glib/gi18n.h>

/* A command with a path: an action of its own, and one that asks for the path. */
typedef struct
{
  const char *name;
  const char *title; /* of the dialog; NULL: there is none */
  GtkFileChooserAction mode;
  const char *pattern; /* files to show, or NULL */
  const char *suggestion;
  void (*run) (FxaWindow *self, GFile *file);
} FileCommand;

static void
open_data (FxaWindow *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path != NULL)
    fxu_session_set_value (self->session, "dataset.path", path);
  else
    fxa_window_tell (self, GTK_MESSAGE_ERROR, _ ("Data can only be read from a local file"));
}

static void
open_experiment (FxaWindow *self, GFile *file)
{
  fxu_session_open (self->session, file);
}

static void
save_experiment (FxaWindow *self, GFile *file)
{
  fxu_session_save (self->session, file);
}

static void
open_checkpoint (FxaWindow *self, GFile *file)
{
  fxu_session_open_checkpoint (self->session, file);
}

static void
save_checkpoint (FxaWindow *self, GFile *file)
{
  fxu_session_save_checkpoint (self->session, file);
}

static void
save_network (FxaWindow *self, GFile *file)
{
  fxu_conversion_save (fxu_session_get_conversion (self->session), file);
}

static void
export_npz (FxaWindow *self, GFile *file)
{
  fxu_session_export_npz (self->session, file);
}

static void
write_log (FxaWindow *self, GFile *file)
{
  fxu_session_set_log_file (self->session, file);
}

static void
screenshot_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FxaWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (!fxa_screenshot_write_finish (result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fxa_window_tell (self, GTK_MESSAGE_ERROR, error->message);
}

static void
screenshot (FxaWindow *self, GFile *file)
{
  fxa_screenshot_write_async (GTK_WIDGET (self),
                              file,
                              self->cancellable,
                              screenshot_cb,
                              g_object_ref (self));
}

static gboolean
has_suffix (const char *name, const char *suffix)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_str_has_suffix (lower, suffix);
}

/* An experiment or a checkpoint by its name, data otherwise. */
static void
open_any (FxaWindow *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  if (has_suffix (name, ".roundoff"))
    open_experiment (self, file);
  else if (has_suffix (name, ".checkpoint"))
    open_checkpoint (self, file);
  else
    open_data (self, file);
}

#define OPEN GTK_FILE_CHOOSER_ACTION_OPEN
#define SAVE GTK_FILE_CHOOSER_ACTION_SAVE

static const FileCommand commands[] = {
  {"open-data", N_ ("Open data"), OPEN, NULL, NULL, open_data},
  {"open-folder",
   N_ ("Open a folder with data"),
   GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
   NULL,
   NULL,
   open_data},
  {"open-any", N_ ("Open"), OPEN, NULL, NULL, open_any},
  {"open", N_ ("Open experiment"), OPEN, "*.roundoff", NULL, open_experiment},
  {"save", N_ ("Save experiment"), SAVE, "*.roundoff", "experiment.roundoff", save_experiment},
  {"open-checkpoint", N_ ("Open checkpoint"), OPEN, "*.checkpoint", NULL, open_checkpoint},
  {"save-checkpoint",
   N_ ("Save checkpoint"),
   SAVE,
   "*.checkpoint",
   "run.checkpoint",
   save_checkpoint},
  {"save-network", N_ ("Save network"), SAVE, "*.model", "network.model", save_network},
  {"export-npz", N_ ("Export tensors for NumPy"), SAVE, "*.npz", "run.npz", export_npz},
  {"log", N_ ("Write run log"), SAVE, "*.log", "run.log", write_log},
  {"screenshot", N_ ("Save picture of the window"), SAVE, "*.png", "roundoff.png", screenshot},
};

static const FileCommand *
find_command (const char *action_name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, action_name))
      return &commands[i];
  return NULL;
}

static void
path_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const FileCommand *command = find_command (g_action_get_name (G_ACTION (action)));
  const char *path = g_variant_get_string (parameter, NULL);
  g_autoptr (GFile) file = *path != '\0' ? g_file_new_for_commandline_arg (path) : NULL;

  /* Nothing to write to ends the log; the others need a file. */
  if (file != NULL || command->run == write_log)
    command->run (data, file);
  else
    fxa_window_tell (data, GTK_MESSAGE_ERROR, _ ("No file was named"));
}

static void
response_cb (GtkNativeDialog *dialog, int response, FxaWindow *self)
{
  const FileCommand *command = g_object_get_data (G_OBJECT (dialog), "command");
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    command->run (self, file);
  gtk_native_dialog_hide (dialog);
  g_clear_object (&self->chooser);
}

static void
add_filters (GtkFileChooser *chooser, const char *pattern)
{
  g_autoptr (GtkFileFilter) some = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (some, pattern);
  gtk_file_filter_add_pattern (some, pattern);
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, some);
  gtk_file_chooser_add_filter (chooser, all);
}

static void
ask (FxaWindow *self, const FileCommand *command)
{
  const char *accept = command->mode == SAVE ? _ ("_Save") : _ ("_Open");

  /* One at a time. */
  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (_ (command->title),
                                               GTK_WINDOW (self),
                                               command->mode,
                                               accept,
                                               NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (command->pattern != NULL)
    add_filters (GTK_FILE_CHOOSER (self->chooser), command->pattern);
  if (command->suggestion != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), command->suggestion);
  g_object_set_data (G_OBJECT (self->chooser), "command", (gpointer)command);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
dialog_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree char *name = g_strdup (g_action_get_name (G_ACTION (action)));

  name[strlen (name) - strlen ("-dialog")] = '\0';
  ask (data, find_command (name));
}

/* To where it came from, if anywhere. */
static void
save_again_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FxaWindow *self = data;
  GFile *file = fxu_session_get_file (self->session);

  if (file != NULL)
    fxu_session_save (self->session, file);
  else
    ask (self, find_command ("save"));
}

static void
stop_log_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  write_log (data, NULL);
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, FxaWindow *self)
{
  GSList *files = g_value_get_boxed (value);

  if (files == NULL)
    return FALSE;
  open_any (self, files->data);
  return TRUE;
}

/* What is dropped anywhere on the window is opened. */
static void
take_drops (FxaWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

void
fxa_window_add_file_actions (FxaWindow *self)
{
  const GActionEntry entries[] = {
    {.name = "save-again", .activate = save_again_cb},
    {.name = "stop-log", .activate = stop_log_cb},
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *dialog = g_strconcat (commands[i].name, "-dialog", NULL);
      const GActionEntry pair[] = {
        {.name = commands[i].name, .parameter_type = "s", .activate = path_cb},
        {.name = dialog, .activate = dialog_cb},
      };

      g_action_map_add_action_entries (G_ACTION_MAP (self), pair, G_N_ELEMENTS (pair), self);
    }
  take_drops (self);
}
