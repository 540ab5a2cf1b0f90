/* SPDX-License-Identifier: MIT */
/* Linked buttons for the states of an action. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;  /* the state, a string */
  const char *label; /* to be translated */
} FxaChoice;

GtkWidget *fxa_choice_switch_new (const char *action,
                                  const FxaChoice *choices,
                                  gsize n) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
