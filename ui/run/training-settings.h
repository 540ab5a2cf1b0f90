/* SPDX-License-Identifier: MIT */
/* How it trains: rate and schedule, momentum and decay, batches, activation, twin. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_TRAINING_SETTINGS (fxu_training_settings_get_type ())
G_DECLARE_FINAL_TYPE (FxuTrainingSettings, fxu_training_settings, FXU, TRAINING_SETTINGS, GtkWidget)

GtkWidget *fxu_training_settings_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
