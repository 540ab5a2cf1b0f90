/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "drawing-module.h"

#include "fxp.h"

/* Beside the program where both were built, else where it is installed. */
static char *
find_module (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  if (program != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (program);
      g_autofree char *path = g_build_filename (folder, DRAWING_MODULE, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return g_build_filename (MODULEDIR, DRAWING_MODULE, NULL);
}

FxaFigureDraw
fxa_drawing_module_get (GError **error)
{
  static FxaFigureDraw draw;
  static const FxpSymbol symbols[] = {{FXA_FIGURE_DRAW_NAME, &draw}, {NULL}};
  static FxpLibrary library = {.symbols = symbols};

  if (library.file_name == NULL)
    library.file_name = find_module ();
  return fxp_library_open (&library, error) ? draw : NULL;
}
