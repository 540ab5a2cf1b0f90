/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "value-choice.h"

#include <glib/gi18n.h>

struct _FxuValueChoice
{
  GtkWidget parent_instance;

  FxuSession *session;
  char *key;
  char **choices;

  GtkWidget *drop_down;
  GtkStringList *list; /* the choices, and last what is no choice */
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (FxuValueChoice, fxu_value_choice, GTK_TYPE_WIDGET)

static guint
find (FxuValueChoice *self, const char *value)
{
  guint i = 0;

  while (self->choices[i] != NULL && g_strcmp0 (self->choices[i], value) != 0)
    i++;
  return i;
}

static void
refresh (FxuValueChoice *self)
{
  g_autofree char *value =
    fxp_experiment_get_value (fxu_session_get_experiment (self->session), self->key);
  guint n = g_strv_length (self->choices);
  guint i = find (self, value);
  gboolean has_mixed = g_list_model_get_n_items (G_LIST_MODEL (self->list)) > n;

  self->refreshing = TRUE;
  if (i == n && !has_mixed)
    /* translators: the tensors' settings differ */
    gtk_string_list_append (self->list, _ ("mixed"));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->drop_down), i);
  if (i < n && has_mixed)
    gtk_string_list_remove (self->list, n);
  self->refreshing = FALSE;
}

static void
selected_cb (FxuValueChoice *self)
{
  guint i = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->drop_down));

  if (self->refreshing || i >= g_strv_length (self->choices))
    return;

  if (!fxu_session_set_value (self->session, self->key, self->choices[i]))
    refresh (self);
}

static void
fxu_value_choice_dispose (GObject *object)
{
  FxuValueChoice *self = FXU_VALUE_CHOICE (object);

  g_clear_pointer (&self->drop_down, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_value_choice_parent_class)->dispose (object);
}

static void
fxu_value_choice_finalize (GObject *object)
{
  FxuValueChoice *self = FXU_VALUE_CHOICE (object);

  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->choices, g_strfreev);

  G_OBJECT_CLASS (fxu_value_choice_parent_class)->finalize (object);
}

static void
fxu_value_choice_class_init (FxuValueChoiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fxu_value_choice_dispose;
  object_class->finalize = fxu_value_choice_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "valuechoice");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_value_choice_init (FxuValueChoice *self)
{
}

static void
setup_item_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
bind_item_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkStringObject *string = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_object_get_string (string));
}

/* The button may be narrower than its longest choice; the list that opens is not. */
static void
allow_narrow (GtkDropDown *drop_down)
{
  g_autoptr (GtkListItemFactory) wide = gtk_drop_down_get_factory (drop_down) != NULL
                                          ? g_object_ref (gtk_drop_down_get_factory (drop_down))
                                          : NULL;
  g_autoptr (GtkListItemFactory) narrow = gtk_signal_list_item_factory_new ();

  g_signal_connect (narrow, "setup", G_CALLBACK (setup_item_cb), NULL);
  g_signal_connect (narrow, "bind", G_CALLBACK (bind_item_cb), NULL);
  gtk_drop_down_set_list_factory (drop_down, wide);
  gtk_drop_down_set_factory (drop_down, narrow);
}

GtkWidget *
fxu_value_choice_new (FxuSession *session,
                      const char *key,
                      const char *label,
                      const char *const *choices)
{
  FxuValueChoice *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);
  g_return_val_if_fail (key != NULL && label != NULL && choices != NULL, NULL);

  self = g_object_new (FXU_TYPE_VALUE_CHOICE, NULL);
  self->session = g_object_ref (session);
  self->key = g_strdup (key);
  self->choices = g_strdupv ((char **)choices);
  self->list = gtk_string_list_new (choices);
  self->drop_down = gtk_drop_down_new (G_LIST_MODEL (self->list), NULL);
  allow_narrow (GTK_DROP_DOWN (self->drop_down));
  gtk_widget_set_parent (self->drop_down, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drop_down),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label,
                                  -1);
  refresh (self);
  g_signal_connect_object (self->drop_down,
                           "notify::selected",
                           G_CALLBACK (selected_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (refresh),
                           self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
fxu_value_choice_set_key (FxuValueChoice *self, const char *key)
{
  g_return_if_fail (FXU_IS_VALUE_CHOICE (self));
  g_return_if_fail (key != NULL);

  g_free (self->key);
  self->key = g_strdup (key);
  refresh (self);
}
