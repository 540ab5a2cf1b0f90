/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/command-private.h"

FxpCommand *
fxp_command_new (FxpCommandKind kind, guint64 serial)
{
  FxpCommand *self = g_new0 (FxpCommand, 1);

  self->kind = kind;
  self->serial = serial;
  return self;
}

void
fxp_command_free (FxpCommand *self)
{
  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
  g_clear_pointer (&self->checkpoint, fxp_checkpoint_unref);
  g_clear_object (&self->file);
  g_free (self);
}

gboolean
fxp_command_superseded (FxpCommand *self, FxpCommand *next)
{
  if (self->kind != next->kind)
    return FALSE;
  switch (self->kind)
    {
    case FXP_COMMAND_SET_EXPERIMENT:
      if (next->dataset == NULL)
        next->dataset = g_steal_pointer (&self->dataset);
      return TRUE;
    case FXP_COMMAND_SET_SPEED:
    case FXP_COMMAND_SET_VIEW:
    case FXP_COMMAND_SET_SAMPLE:
      return TRUE;
    default:
      return FALSE;
    }
}
