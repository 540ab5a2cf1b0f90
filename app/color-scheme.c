/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "color-scheme.h"

#include <gtk/gtk.h>

#define PORTAL_NAMESPACE    "org.freedesktop.appearance"
#define PORTAL_KEY          "color-scheme"
#define PORTAL_PREFERS_DARK 1

struct _FxaColorScheme
{
  GObject parent_instance;

  FxaPreferences *preferences;
  GDBusProxy *portal; /* NULL where the desktop has none */
  GCancellable *cancellable;
  gboolean system_is_dark;
  gboolean theme_is_dark; /* what GTK itself was told to use */
};

G_DEFINE_FINAL_TYPE (FxaColorScheme, fxa_color_scheme, G_TYPE_OBJECT)

static void
apply (FxaColorScheme *self)
{
  const char *name = fxa_preferences_get_color_scheme (self->preferences);
  gboolean dark = g_str_equal (name, "dark");

  if (g_str_equal (name, "system"))
    dark = self->system_is_dark || self->theme_is_dark;
  g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", dark, NULL);
}

static void
take_system (FxaColorScheme *self, GVariant *value)
{
  g_autoptr (GVariant) inner = g_variant_ref (value);

  /* Portals wrap the number in one variant or in two. */
  while (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *unwrapped = g_variant_get_variant (inner);

      g_variant_unref (inner);
      inner = unwrapped;
    }
  if (!g_variant_is_of_type (inner, G_VARIANT_TYPE_UINT32))
    return;

  self->system_is_dark = g_variant_get_uint32 (inner) == PORTAL_PREFERS_DARK;
  apply (self);
}

static void
portal_signal_cb (GDBusProxy *portal,
                  const char *sender,
                  const char *name,
                  GVariant *parameters,
                  FxaColorScheme *self)
{
  g_autoptr (GVariant) value = NULL;
  const char *namespace, *key;

  if (!g_str_equal (name, "SettingChanged") ||
      !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssv)")))
    return;

  g_variant_get (parameters, "(&s&s@v)", &namespace, &key, &value);
  if (g_str_equal (namespace, PORTAL_NAMESPACE) && g_str_equal (key, PORTAL_KEY))
    take_system (self, value);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FxaColorScheme) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  g_autoptr (GVariant) value = NULL;

  /* A desktop without this setting is as light as GTK's own settings say. */
  if (reply == NULL || !g_variant_is_of_type (reply, G_VARIANT_TYPE ("(v)")))
    return;

  value = g_variant_get_child_value (reply, 0);
  take_system (self, value);
}

static void
portal_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FxaColorScheme) self = data;
  g_autoptr (GError) error = NULL;
  GDBusProxy *portal = g_dbus_proxy_new_for_bus_finish (result, &error);

  /* No session bus. */
  if (portal == NULL)
    return;

  self->portal = portal;
  g_signal_connect_object (portal, "g-signal", G_CALLBACK (portal_signal_cb), self, 0);
  g_dbus_proxy_call (portal,
                     "Read",
                     g_variant_new ("(ss)", PORTAL_NAMESPACE, PORTAL_KEY),
                     G_DBUS_CALL_FLAGS_NO_AUTO_START,
                     -1,
                     self->cancellable,
                     read_cb,
                     g_object_ref (self));
}

static void
fxa_color_scheme_dispose (GObject *object)
{
  FxaColorScheme *self = FXA_COLOR_SCHEME (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->portal);
  g_clear_object (&self->preferences);

  G_OBJECT_CLASS (fxa_color_scheme_parent_class)->dispose (object);
}

static void
fxa_color_scheme_class_init (FxaColorSchemeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fxa_color_scheme_dispose;
}

static void
fxa_color_scheme_init (FxaColorScheme *self)
{
  self->cancellable = g_cancellable_new ();
}

FxaColorScheme *
fxa_color_scheme_new (FxaPreferences *preferences)
{
  FxaColorScheme *self;

  g_return_val_if_fail (FXA_IS_PREFERENCES (preferences), NULL);

  self = g_object_new (FXA_TYPE_COLOR_SCHEME, NULL);
  self->preferences = g_object_ref (preferences);
  g_object_get (gtk_settings_get_default (),
                "gtk-application-prefer-dark-theme",
                &self->theme_is_dark,
                NULL);
  g_signal_connect_object (preferences,
                           "notify::color-scheme",
                           G_CALLBACK (apply),
                           self,
                           G_CONNECT_SWAPPED);
  apply (self);
  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SESSION,
                            G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES |
                              G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START,
                            NULL,
                            "org.freedesktop.portal.Desktop",
                            "/org/freedesktop/portal/desktop",
                            "org.freedesktop.portal.Settings",
                            self->cancellable,
                            portal_cb,
                            g_object_ref (self));
  return self;
}
