/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/quotation-private.h"

/* Longer texts would push what was expected out of the reader's sight. */
#define CHARACTERS_MAX 60

char *
fxp_quote (const char *text)
{
  GString *quoted = g_string_new ("\"");
  guint n = 0;

  for (const char *at = text; *at != '\0'; n++)
    {
      gunichar c = g_utf8_get_char_validated (at, -1);

      if (n == CHARACTERS_MAX)
        {
          g_string_append (quoted, "…");
          break;
        }
      if (c == (gunichar)-1 || c == (gunichar)-2 || g_unichar_iscntrl (c))
        {
          g_string_append_printf (quoted, "\\x%02x", (guchar)*at);
          at++;
          continue;
        }
      g_string_append_unichar (quoted, c);
      at = g_utf8_next_char (at);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}
