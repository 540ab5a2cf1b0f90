/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "choice-switch.h"

#include <glib/gi18n.h>

GtkWidget *
fxa_choice_switch_new (const char *action, const FxaChoice *choices, gsize n)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (box, "linked");
  gtk_widget_add_css_class (box, "choices");
  gtk_widget_add_css_class (box, "chartswitch");
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  for (gsize i = 0; i < n; i++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (_ (choices[i].label));

      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", choices[i].name);
      gtk_box_append (GTK_BOX (box), button);
    }
  return box;
}
