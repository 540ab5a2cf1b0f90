/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "preferences.h"

#define WIDTH_DEFAULT  1280
#define HEIGHT_DEFAULT 800

struct _FxaPreferences
{
  GObject parent_instance;

  GSettings *settings; /* NULL where the schema is not installed */
  char *color_scheme;
};

G_DEFINE_FINAL_TYPE (FxaPreferences, fxa_preferences, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_COLOR_SCHEME,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static const char *const color_schemes[] = {"system", "light", "dark", NULL};

static void
fxa_preferences_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FxaPreferences *self = FXA_PREFERENCES (object);

  if (id == PROP_COLOR_SCHEME)
    g_value_set_string (value, self->color_scheme);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
fxa_preferences_finalize (GObject *object)
{
  FxaPreferences *self = FXA_PREFERENCES (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->color_scheme, g_free);

  G_OBJECT_CLASS (fxa_preferences_parent_class)->finalize (object);
}

static void
fxa_preferences_class_init (FxaPreferencesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fxa_preferences_get_property;
  object_class->finalize = fxa_preferences_finalize;

  props[PROP_COLOR_SCHEME] =
    g_param_spec_string ("color-scheme",
                         NULL,
                         NULL,
                         "system",
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
fxa_preferences_init (FxaPreferences *self)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  /* GSettings ends the program where the schema is missing, as in an uninstalled run. */
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, ROUNDOFF_APPLICATION_ID, TRUE);
  if (schema != NULL)
    self->settings = g_settings_new_full (schema, NULL, NULL);
  self->color_scheme = self->settings != NULL
                         ? g_settings_get_string (self->settings, "color-scheme")
                         : g_strdup ("system");
}

FxaPreferences *
fxa_preferences_new (void)
{
  return g_object_new (FXA_TYPE_PREFERENCES, NULL);
}

const char *
fxa_preferences_get_color_scheme (FxaPreferences *self)
{
  g_return_val_if_fail (FXA_IS_PREFERENCES (self), NULL);

  return self->color_scheme;
}

gboolean
fxa_preferences_set_color_scheme (FxaPreferences *self, const char *name)
{
  g_return_val_if_fail (FXA_IS_PREFERENCES (self), FALSE);

  if (!g_strv_contains (color_schemes, name))
    return FALSE;
  if (g_str_equal (self->color_scheme, name))
    return TRUE;

  g_free (self->color_scheme);
  self->color_scheme = g_strdup (name);
  if (self->settings != NULL)
    g_settings_set_string (self->settings, "color-scheme", name);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_COLOR_SCHEME]);
  return TRUE;
}

void
fxa_preferences_get_window_size (FxaPreferences *self, int *width, int *height, gboolean *maximized)
{
  g_return_if_fail (FXA_IS_PREFERENCES (self));

  *width = WIDTH_DEFAULT;
  *height = HEIGHT_DEFAULT;
  *maximized = FALSE;
  if (self->settings == NULL)
    return;

  g_settings_get (self->settings, "window-size", "(ii)", width, height);
  *maximized = g_settings_get_boolean (self->settings, "window-maximized");
}

void
fxa_preferences_set_window_size (FxaPreferences *self, int width, int height, gboolean maximized)
{
  g_return_if_fail (FXA_IS_PREFERENCES (self));

  if (self->settings == NULL)
    return;

  g_settings_set_boolean (self->settings, "window-maximized", maximized);
  /* The size to come back to is that of the window as it was before. */
  if (!maximized)
    g_settings_set (self->settings, "window-size", "(ii)", width, height);
}
