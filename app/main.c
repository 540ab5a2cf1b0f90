/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "application.h"
#include "pulse.h"
#include "data/roundoff-data.h"

#include <glib/gi18n.h>
#include <locale.h>

/* The plots are drawn by Cairo, so a GL renderer would upload each frame of each as a texture; and
 * where there is no GPU, a software GL takes the core that trains.  Measured there: first frame
 * after 0.7 s against 0.2 s, 235 MB against 77 MB.  Who sets the variables has the last word. */
static void
prefer_cairo (void)
{
  if (g_getenv ("GSK_RENDERER") != NULL)
    return;
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
  g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
}

int
main (int argc, char *argv[])
{
  g_autoptr (FxaApplication) application = NULL;

  fxa_pulse_begin ();
  prefer_cairo ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  /* A static library's bundle does not register itself. */
  roundoff_data_get_resource ();

  application = fxa_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
