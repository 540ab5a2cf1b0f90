/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/page-switch.h"

#include <glib/gi18n.h>

#define LABEL_CHARS 5

/* In the order of FxuMapKind. */
static const struct
{
  const char *label;
  const char *tooltip;
} sides[FXU_N_SIDES] = {
  {N_ ("fixed"), N_ ("The fixed-point run")},
  {N_ ("float"), N_ ("The float twin")},
  /* translators: difference, very short */
  {N_ ("diff."), N_ ("Fixed minus float")},
};

struct _FxuPageSwitch
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *chooser;
  GtkStringList *labels;
  GtkWidget *side_box;
  GtkWidget *buttons[FXU_N_SIDES];
  guint side;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (FxuPageSwitch, fxu_page_switch, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_PAGE_CHOSEN,
  SIGNAL_SIDE_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
chosen_cb (FxuPageSwitch *self)
{
  guint page = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->chooser));

  if (!self->refreshing && page != GTK_INVALID_LIST_POSITION)
    g_signal_emit (self, signals[SIGNAL_PAGE_CHOSEN], 0, page);
}

static void
press_side (FxuPageSwitch *self)
{
  self->refreshing = TRUE;
  for (guint i = 0; i < FXU_N_SIDES; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->buttons[i]), i == self->side);
  self->refreshing = FALSE;
}

static void
toggled_cb (FxuPageSwitch *self, GtkWidget *button)
{
  if (self->refreshing)
    return;
  for (guint i = 0; i < FXU_N_SIDES; i++)
    if (button == self->buttons[i])
      self->side = i;
  /* Also when the click would leave none of them pressed. */
  press_side (self);
  g_signal_emit (self, signals[SIGNAL_SIDE_CHOSEN], 0, self->side);
}

static void
fxu_page_switch_dispose (GObject *object)
{
  FxuPageSwitch *self = FXU_PAGE_SWITCH (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (fxu_page_switch_parent_class)->dispose (object);
}

static guint
add_signal (const char *name)
{
  return g_signal_new (name,
                       FXU_TYPE_PAGE_SWITCH,
                       G_SIGNAL_RUN_LAST,
                       0,
                       NULL,
                       NULL,
                       NULL,
                       G_TYPE_NONE,
                       1,
                       G_TYPE_UINT);
}

static void
fxu_page_switch_class_init (FxuPageSwitchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_page_switch_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "pageswitch");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[SIGNAL_PAGE_CHOSEN] = add_signal ("page-chosen");
  signals[SIGNAL_SIDE_CHOSEN] = add_signal ("side-chosen");
}

static void
setup_item_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  /* Narrow panes shorten it. */
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), LABEL_CHARS);
  gtk_list_item_set_child (item, label);
}

static void
bind_item_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkStringObject *string = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_object_get_string (string));
}

static GtkWidget *
make_chooser (FxuPageSwitch *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkWidget *chooser;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_item_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_item_cb), NULL);
  self->labels = gtk_string_list_new (NULL);
  chooser = gtk_drop_down_new (G_LIST_MODEL (self->labels), NULL);
  gtk_drop_down_set_factory (GTK_DROP_DOWN (chooser), factory);
  gtk_widget_set_hexpand (chooser, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chooser),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Page"),
                                  -1);
  g_signal_connect_object (chooser,
                           "notify::selected",
                           G_CALLBACK (chosen_cb),
                           self,
                           G_CONNECT_SWAPPED);
  return chooser;
}

static void
fxu_page_switch_init (FxuPageSwitch *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->chooser = make_chooser (self);
  self->side_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (self->side_box, "linked");
  for (guint i = 0; i < FXU_N_SIDES; i++)
    {
      self->buttons[i] = gtk_toggle_button_new_with_label (_ (sides[i].label));
      gtk_widget_set_tooltip_text (self->buttons[i], _ (sides[i].tooltip));
      g_signal_connect_object (self->buttons[i],
                               "toggled",
                               G_CALLBACK (toggled_cb),
                               self,
                               G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (self->side_box), self->buttons[i]);
    }
  gtk_box_append (GTK_BOX (self->box), self->chooser);
  gtk_box_append (GTK_BOX (self->box), self->side_box);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
fxu_page_switch_new (void)
{
  return g_object_new (FXU_TYPE_PAGE_SWITCH, NULL);
}

void
fxu_page_switch_set_pages (FxuPageSwitch *self, const char *const *labels, guint n)
{
  g_return_if_fail (FXU_IS_PAGE_SWITCH (self));

  self->refreshing = TRUE;
  while (g_list_model_get_n_items (G_LIST_MODEL (self->labels)) > 0)
    gtk_string_list_remove (self->labels, 0);
  for (guint i = 0; i < n; i++)
    gtk_string_list_append (self->labels, labels[i]);
  self->refreshing = FALSE;
}

void
fxu_page_switch_show (FxuPageSwitch *self, guint page, guint n_sides, FxuMapKind side)
{
  g_return_if_fail (FXU_IS_PAGE_SWITCH (self));

  self->refreshing = TRUE;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->chooser), page);
  self->refreshing = FALSE;
  self->side = side;
  press_side (self);
  for (guint i = 0; i < FXU_N_SIDES; i++)
    gtk_widget_set_visible (self->buttons[i], i < n_sides);
  gtk_widget_set_visible (self->side_box, n_sides > 0);
}
