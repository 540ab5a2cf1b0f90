/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "look.h"

static gboolean
has_high_contrast (GtkWidget *widget)
{
  g_autofree char *theme = NULL;

  g_object_get (gtk_widget_get_settings (widget), "gtk-theme-name", &theme, NULL);
  return theme != NULL &&
         (g_str_has_prefix (theme, "HighContrast") || g_str_has_prefix (theme, "Default-hc"));
}

const FxuPalette *
fxu_look_get_palette (GtkWidget *widget)
{
  GdkRGBA text;
  gboolean dark;

  /* The text tells: light letters stand on something dark, whatever the theme is called. */
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &text);
  dark = 0.30f * text.red + 0.59f * text.green + 0.11f * text.blue > 0.5f;
  return fxu_palette_get (dark, has_high_contrast (widget));
}

gboolean
fxu_look_get_animations (GtkWidget *widget)
{
  gboolean animations = TRUE;

  g_object_get (gtk_widget_get_settings (widget), "gtk-enable-animations", &animations, NULL);
  return animations;
}
