/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "shortcuts.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *group;
  const char *keys;   /* as GtkShortcutsShortcut shows them; separated by spaces */
  const char *action; /* NULL: a key of a widget, only told in the help */
  const char *title;
  gboolean is_plain; /* no modifier, so entries and buttons come first */
} Shortcut;

static const char run_group[] = N_ ("Run");
static const char cell_group[] = N_ ("Precision cell");
static const char cluster_group[] = N_ ("Weights of a cluster");
static const char file_group[] = N_ ("Experiment");
static const char view_group[] = N_ ("Window");

static const Shortcut shortcuts[] = {
  {run_group, "space", "win.run", N_ ("Run or pause"), TRUE},
  {run_group, "period", "win.step", N_ ("One step"), TRUE},
  {run_group, "<Shift>period greater", "win.epoch", N_ ("To the end of the epoch"), TRUE},
  {run_group, "<Control>r", "win.reset", N_ ("Back to the start, same seed"), FALSE},
  {run_group, "<Control><Shift>r", "win.new-seed", N_ ("Another seed"), FALSE},
  {cell_group, "Up Down", NULL, N_ ("One fraction bit more or less"), FALSE},
  {cell_group, "<Shift>Up <Shift>Down", NULL, N_ ("Move the binary point"), FALSE},
  {cell_group, "Page_Up Page_Down", NULL, N_ ("Four bits more or less"), FALSE},
  {cell_group, "0...9", NULL, N_ ("Type a word length, then Enter"), FALSE},
  {cell_group, "Home End", NULL, N_ ("Shortest and longest word"), FALSE},
  {cell_group, "f", NULL, N_ ("Float, and back"), FALSE},
  {cell_group, "a", NULL, N_ ("As the newest assignment has it"), FALSE},
  {cell_group, "l", NULL, N_ ("Locked for assignments, and back"), FALSE},
  {cell_group, "Left Right", NULL, N_ ("Previous and next tensor"), FALSE},
  {cell_group, "<Control>Up <Control>Down", NULL, N_ ("Previous and next layer"), FALSE},
  {cluster_group, "Left Right", NULL, N_ ("Previous and next weight"), FALSE},
  {cluster_group, "Page_Up Page_Down", NULL, N_ ("Previous and next cluster"), FALSE},
  {cluster_group, "Up Down", NULL, N_ ("Previous and next output"), FALSE},
  {cluster_group, "s", NULL, N_ ("Sorted, or as they lie"), FALSE},
  {file_group, "<Control>o", "win.open-dialog", N_ ("Open an experiment"), FALSE},
  {file_group, "<Control>s", "win.save-again", N_ ("Save"), FALSE},
  {file_group, "<Control><Shift>s", "win.save-dialog", N_ ("Save as"), FALSE},
  {file_group, "<Control>z", "win.undo", N_ ("Undo"), FALSE},
  {file_group, "<Control><Shift>z", "win.redo", N_ ("Redo"), FALSE},
  {view_group, "F9", "win.show-setup", N_ ("Show or hide the settings"), FALSE},
  {view_group, "F10", NULL, N_ ("Menu"), FALSE},
  {view_group, "F1", "win.help", N_ ("Keys"), FALSE},
  {view_group, "question", "win.help", N_ ("Keys"), TRUE},
  {view_group, "<Control>w", "win.close", N_ ("Close the window"), FALSE},
  {view_group, "<Control>q", "app.quit", N_ ("Quit"), FALSE},
};

void
fxa_shortcuts_install (GtkApplication *application)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    {
      g_auto (GStrv) keys = g_strsplit (shortcuts[i].keys, " ", -1);

      if (shortcuts[i].action != NULL && !shortcuts[i].is_plain)
        gtk_application_set_accels_for_action (application,
                                               shortcuts[i].action,
                                               (const char *const *)keys);
    }
}

static void
add_shortcut (GtkShortcutController *controller, const char *key, const char *action)
{
  GtkShortcutTrigger *trigger = gtk_shortcut_trigger_parse_string (key);

  g_assert (trigger != NULL);
  gtk_shortcut_controller_add_shortcut (controller,
                                        gtk_shortcut_new (trigger, gtk_named_action_new (action)));
}

void
fxa_shortcuts_attach (GtkWidget *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    {
      g_auto (GStrv) keys = g_strsplit (shortcuts[i].keys, " ", -1);

      if (!shortcuts[i].is_plain)
        continue;
      for (guint k = 0; keys[k] != NULL; k++)
        add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), keys[k], shortcuts[i].action);
    }
  gtk_widget_add_controller (window, controller);
}

static void
append_shortcut (GString *xml, const Shortcut *shortcut)
{
  g_autofree char *keys = g_markup_escape_text (shortcut->keys, -1);
  g_autofree char *title = g_markup_escape_text (_ (shortcut->title), -1);

  g_string_append_printf (xml,
                          "<child><object class='GtkShortcutsShortcut'>"
                          "<property name='accelerator'>%s</property>"
                          "<property name='title'>%s</property>"
                          "</object></child>",
                          keys,
                          title);
}

/* GTK 4.8 builds this window from markup only. */
static char *
make_markup (void)
{
  GString *xml = g_string_new ("<interface><object class='GtkShortcutsWindow' id='help'>"
                               "<property name='modal'>1</property>"
                               "<child><object class='GtkShortcutsSection'>"
                               "<property name='section-name'>keys</property>"
                               "<property name='max-height'>16</property>");
  const char *group = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    {
      if (shortcuts[i].group != group)
        {
          g_autofree char *title = g_markup_escape_text (_ (shortcuts[i].group), -1);

          g_string_append_printf (xml,
                                  "%s<child><object class='GtkShortcutsGroup'>"
                                  "<property name='title'>%s</property>",
                                  group != NULL ? "</object></child>" : "",
                                  title);
          group = shortcuts[i].group;
        }
      /* A second key for the same need not be told. */
      if (i == 0 || shortcuts[i].action == NULL ||
          g_strcmp0 (shortcuts[i].action, shortcuts[i - 1].action) != 0)
        append_shortcut (xml, &shortcuts[i]);
    }
  g_string_append (xml, "</object></child></object></child></object></interface>");
  return g_string_free (xml, FALSE);
}

GtkWindow *
fxa_shortcuts_make_window (void)
{
  g_autofree char *markup = make_markup ();
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_string (markup, -1);

  return GTK_WINDOW (gtk_builder_get_object (builder, "help"));
}
