/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/library.h"

#include "number/error.h"

#include <dlfcn.h>
#include <glib/gi18n-lib.h>
#include <string.h>

static GMutex mutex;

/* What the dynamic linker said, without the name in front, which the sentence has already. */
static char *
describe_failure (const FxpLibrary *self)
{
  const char *text = dlerror ();
  gsize n_name = strlen (self->file_name);

  if (text == NULL)
    text = "";
  if (strncmp (text, self->file_name, n_name) == 0 && g_str_has_prefix (text + n_name, ": "))
    text += n_name + strlen (": ");
  return g_utf8_make_valid (text, -1);
}

static gboolean
fill_places (const FxpLibrary *self, void *handle, GError **error)
{
  for (const FxpSymbol *symbol = self->symbols; symbol->name != NULL; symbol++)
    {
      void *function = dlsym (handle, symbol->name);

      if (function == NULL)
        {
          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_LIBRARY,
                       _ ("the library %s lacks %s"),
                       self->file_name,
                       symbol->name);
          return FALSE;
        }
      /* POSIX has both kinds of pointers alike; C knows no conversion of one into the other. */
      memcpy (symbol->place, &function, sizeof function);
    }
  return TRUE;
}

/* Not g_module_open(), which takes libz.so.1.la in the current folder for libz.so.1 and loads what
 * that names: a folder of somebody's data must not be able to do so. */
static gboolean
load (FxpLibrary *self, GError **error)
{
  void *handle = dlopen (self->file_name, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
  g_autofree char *reason = NULL;

  if (handle != NULL)
    return fill_places (self, handle, error);
  reason = describe_failure (self);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_LIBRARY,
               /* translators: the library's file, why in the words of the system */
               _ ("the library %s cannot be loaded: %s"),
               self->file_name,
               reason);
  return FALSE;
}

gboolean
fxp_library_open (FxpLibrary *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->file_name != NULL && self->symbols != NULL, FALSE);

  g_mutex_lock (&mutex);
  if (!self->is_open)
    self->is_open = load (self, error);
  g_mutex_unlock (&mutex);
  /* What was open stays so. */
  return self->is_open;
}
