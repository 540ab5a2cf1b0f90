/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/training-settings.h"
#include "beat.h"
#include "run/cluster-settings.h"
#include "run/settings-rows.h"
#include "value-check.h"
#include "value-choice.h"
#include "value-entry.h"

#include <glib/gi18n.h>

struct _FxuTrainingSettings
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *box;
  GtkWidget *rows;
  GtkWidget *rate_now;          /* the rate of the next step, where a schedule changes it */
  GtkWidget *period, *overflow; /* F and M of cells whose point follows a rate of overflows */
  GtkWidget *more;
  GtkWidget *schedule_steps;
  GtkWidget *schedule_factor;
  guint update_id;
};

G_DEFINE_FINAL_TYPE (FxuTrainingSettings, fxu_training_settings, GTK_TYPE_WIDGET)

static void
update_rate (FxuTrainingSettings *self)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);
  g_autofree char *text = NULL;

  if (snapshot == NULL)
    return;
  /* translators: learning rate at this moment of a schedule */
  text = g_strdup_printf (_ ("now %.3g"), fxp_snapshot_get_rate (snapshot));
  gtk_label_set_text (GTK_LABEL (self->rate_now), text);
}

static void
update_cb (gpointer item, gpointer data)
{
  FxuTrainingSettings *self = data;

  self->update_id = 0;
  if (gtk_widget_get_mapped (self->rate_now))
    update_rate (self);
}

static void
snapshot_cb (FxuTrainingSettings *self)
{
  if (self->update_id == 0)
    self->update_id = fxu_beat_add (FXU_BEATS_FIGURE, update_cb, self);
}

/* Whether the point of any tensor is moved by how often its values overflow. */
static gboolean
has_controllers (FxpExperiment *experiment)
{
  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensorId id = {(guint16)layer, (guint16)role};

        if (fxp_experiment_moves (experiment, id) &&
            fxp_experiment_get_scaling (experiment, id) == FXP_SCALING_OVERFLOW_RATE)
          return TRUE;
      }
  return FALSE;
}

/* Only what the schedule in force and the rules of the cells use. */
static void
refresh (FxuTrainingSettings *self)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);
  gboolean is_controlled = has_controllers (experiment);
  gboolean is_scheduled = settings->schedule != FXP_SCHEDULE_CONSTANT;

  fxu_settings_rows_set_visible (self->rows, self->rate_now, is_scheduled);
  fxu_settings_rows_set_visible (self->rows, self->period, is_controlled);
  fxu_settings_rows_set_visible (self->rows, self->overflow, is_controlled);
  fxu_settings_rows_set_visible (self->more, self->schedule_steps, is_scheduled);
  fxu_settings_rows_set_visible (self->more, self->schedule_factor, is_scheduled);
  update_rate (self);
}

static void
fxu_training_settings_dispose (GObject *object)
{
  FxuTrainingSettings *self = FXU_TRAINING_SETTINGS (object);

  g_clear_handle_id (&self->update_id, fxu_beat_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_training_settings_parent_class)->dispose (object);
}

static void
fxu_training_settings_class_init (FxuTrainingSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_training_settings_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_training_settings_init (FxuTrainingSettings *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

static GtkWidget *
add_entry (FxuTrainingSettings *self,
           GtkWidget *rows,
           const char *name,
           const char *key,
           const char *spoken,
           FxuStepValue step)
{
  return fxu_settings_rows_add (rows, name, fxu_value_entry_new (self->session, key, spoken, step));
}

static char *
step_overflow (const char *text, int direction)
{
  g_autofree char *next = fxu_settings_step_decade (text, direction);

  /* More than half of all is not allowed. */
  return next == NULL || g_ascii_strtod (next, NULL) > 0.5 ? NULL : g_steal_pointer (&next);
}

/* Of dynamic fixed point: how often the controller of Courbariaux, Bengio and David decides, and
 * what it allows. */
static void
add_controller (FxuTrainingSettings *self)
{
  self->period = add_entry (self,
                            self->rows,
                            _ ("Period"),
                            "training.scaling-period",
                            _ ("Steps between two decisions about a binary point (F)"),
                            fxu_settings_step_double);
  gtk_widget_set_tooltip_text (self->period,
                               _ ("Cells with scaling overflow-rate: every so many steps the\n"
                                  "binary point moves by a bit at most (F)."));
  self->overflow = add_entry (self,
                              self->rows,
                              _ ("Overflows"),
                              "training.scaling-overflow",
                              _ ("Share of values that may overflow (M)"),
                              step_overflow);
  gtk_widget_set_tooltip_text (self->overflow,
                               _ ("Cells with scaling overflow-rate: where a greater share of\n"
                                  "values overflows, the range doubles; where even with half the\n"
                                  "range it would not, it halves (M)."));
}

static void
fill (FxuTrainingSettings *self)
{
  const char *activations[FXP_N_ACTIVATIONS + 1] = {NULL};
  GtkWidget *twin;

  for (guint i = 0; i < FXP_N_ACTIVATIONS; i++)
    activations[i] = fxp_activation_get_nick (i);

  self->rows = fxu_settings_rows_new ();
  add_entry (self,
             self->rows,
             _ ("Rate"),
             "training.rate",
             _ ("Learning rate"),
             fxu_settings_step_decade);
  self->rate_now = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->rate_now), 0.0f);
  gtk_widget_add_css_class (self->rate_now, "caption");
  fxu_settings_rows_add (self->rows, "", self->rate_now);
  add_entry (self,
             self->rows,
             _ ("Batch"),
             "training.batch",
             _ ("Batch size"),
             fxu_settings_step_double);
  fxu_settings_rows_add (self->rows,
                         _ ("Activation"),
                         fxu_value_choice_new (self->session,
                                               "network.activation",
                                               _ ("Activation function"),
                                               activations));
  twin = fxu_value_check_new (self->session, "training.twin", _ ("Float twin beside it"));
  gtk_widget_set_tooltip_text (twin,
                               _ ("The same run in floating point: same seed, same batches.\n"
                                  "It takes about half of the time."));
  fxu_settings_rows_add_wide (self->rows, twin);
  add_controller (self);
}

/* How what G_W says reaches what is learnt. */
static void
add_update (FxuTrainingSettings *self)
{
  const char *gradients[FXP_N_GRADIENTS + 1] = {NULL};
  GtkWidget *choice, *clip;

  for (guint i = 0; i < FXP_N_GRADIENTS; i++)
    gradients[i] = fxp_gradients_get_nick (i);

  choice = fxu_value_choice_new (self->session,
                                 "training.gradients",
                                 _ ("What weights learn from"),
                                 gradients);
  gtk_widget_set_tooltip_text (choice,
                               _ ("ternary: each gradient of a weight becomes 0 or, with its\n"
                                  "sign, the greatest of its layer, by a chance that keeps\n"
                                  "the mean (TernGrad). Not in the float twin."));
  fxu_settings_rows_add (self->more, _ ("Gradients"), choice);
  clip = fxu_value_check_new (self->session, "training.clip", _ ("Clip to ±1"));
  gtk_widget_set_tooltip_text (clip,
                               _ ("Weights, biases, γ and β stay between -1 and 1,\n"
                                  "in the float twin too, as in Sakr and Shanbhag's baseline."));
  fxu_settings_rows_add_wide (self->more, clip);
}

static void
fill_more (FxuTrainingSettings *self)
{
  const char *schedules[FXP_N_SCHEDULES + 1] = {NULL};

  for (guint i = 0; i < FXP_N_SCHEDULES; i++)
    schedules[i] = fxp_schedule_get_nick (i);

  self->more = fxu_settings_rows_new ();
  add_entry (self, self->more, _ ("Momentum"), "training.momentum", _ ("Momentum"), NULL);
  add_entry (self, self->more, _ ("Decay"), "training.weight-decay", _ ("Weight decay"), NULL);
  add_update (self);
  fxu_settings_rows_add (self->more,
                         _ ("Schedule"),
                         fxu_value_choice_new (self->session,
                                               "training.schedule",
                                               _ ("Schedule of the learning rate"),
                                               schedules));
  self->schedule_steps = add_entry (self,
                                    self->more,
                                    _ ("At steps"),
                                    "training.schedule-steps",
                                    _ ("Steps at which the rate changes, separated by commas"),
                                    NULL);
  self->schedule_factor = add_entry (self,
                                     self->more,
                                     _ ("Factor"),
                                     "training.schedule-factor",
                                     _ ("What the rate is multiplied by"),
                                     NULL);
  add_entry (self,
             self->more,
             _ ("Epochs"),
             "training.epochs",
             _ ("Epochs after which a run counts as done"),
             fxu_settings_step_double);
}

GtkWidget *
fxu_training_settings_new (FxuSession *session)
{
  FxuTrainingSettings *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_TRAINING_SETTINGS, NULL);
  self->session = g_object_ref (session);
  fill (self);
  fill_more (self);
  gtk_box_append (GTK_BOX (self->box), fxu_settings_rows_make_heading (_ ("Training")));
  gtk_box_append (GTK_BOX (self->box), self->rows);
  gtk_box_append (GTK_BOX (self->box),
                  fxu_settings_rows_make_fold (_ ("Update and schedule"), self->more));
  gtk_box_append (GTK_BOX (self->box),
                  fxu_settings_rows_make_fold (_ ("Weights in clusters"),
                                               fxu_cluster_settings_new (session)));
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (refresh),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "snapshot", G_CALLBACK (snapshot_cb), self, G_CONNECT_SWAPPED);
  refresh (self);
  return GTK_WIDGET (self);
}
